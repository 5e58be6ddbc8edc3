"""What metrics of sentences count: n-grams in common, lengths, and words in the same order.

A sentence is a list of words; `metrics.py` makes BLEU and ROUGE-L of these numbers.
"""

import math
from collections import Counter

__all__ = ["brevity_penalty", "clipped_matches", "longest_common", "ngrams"]


def ngrams(words, n):
    """Count the n words that stand behind each other: a Counter of tuples.

    Parameters
    ----------
    words : list of str
    n : int

    Returns
    -------
    collections.Counter
        Empty if there are fewer than n words.

    Examples
    --------
    >>> ngrams(["a", "b", "a", "b"], 2)
    Counter({('a', 'b'): 2, ('b', 'a'): 1})
    """
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def clipped_matches(words, references, n):
    """Count the n-grams of a sentence, and how many of them stand in its references.

    An n-gram that the sentence has several times is counted at most as often as in the one
    reference that has it most often.

    Parameters
    ----------
    words : list of str
    references : list of list of str
        One at least.
    n : int

    Returns
    -------
    right, total : int
        Those that stand in a reference, and all of them.

    References
    ----------
    K. Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002,
    section 2.1.
    """
    ### BEGIN SOLUTION: of each n-gram, the smaller of its count and the largest in a reference
    counts, most = ngrams(words, n), Counter()
    for reference in references:
        most |= ngrams(reference, n)  # of each n-gram the larger count
    return sum((counts & most).values()), sum(counts.values())
    ### END SOLUTION


def brevity_penalty(candidates, references):
    """Compute BLEU's factor against sentences that are too short: min(1, exp(1 - r / c)).

    c is the number of words in all candidates. r adds up, candidate by candidate, the length of
    that reference which comes closest to the candidate's; of two equally close ones the shorter.

    Parameters
    ----------
    candidates : list of list of str
    references : list of list of list of str
        For each candidate one at least.

    Returns
    -------
    float
        From 0 to 1; 0 if no candidate has a word.

    References
    ----------
    K. Papineni et al., ACL 2002, section 2.2.
    """
    c = sum(len(words) for words in candidates)
    if c == 0:
        return 0.0
    ### BEGIN SOLUTION: r, from the closest lengths of the whole set; then the factor
    r = 0
    for words, others in zip(candidates, references):
        lengths = [len(other) for other in others]
        r += min(lengths, key=lambda length: (abs(length - len(words)), length))
    return min(1.0, math.exp(1 - r / c))
    ### END SOLUTION


def longest_common(first, second):
    """Compute the length of the longest common subsequence of two sentences.

    A subsequence keeps the order but may leave words out: "a red circle" is one of "a small red
    or blue circle".

    Parameters
    ----------
    first, second : list of str

    Returns
    -------
    int
        0 if they have no word in common.

    References
    ----------
    C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", 2004, section 3.
    """
    ### BEGIN SOLUTION: a table: the longest of the first i words and the first k of the other
    row = [0] * (len(second) + 1)
    for word in first:
        above, row = row, [0]
        for k, other in enumerate(second):
            row.append(above[k] + 1 if word == other else max(above[k + 1], row[k]))
    return row[-1]
    ### END SOLUTION
