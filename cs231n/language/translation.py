"""The parts of a translator that are not layers: batches of sources, what is handed over, a score.

Shapes: N sentences, S words in the longest source, H numbers in a state.
"""

import numpy as np

__all__ = ["exact_share", "last_states", "source_batch"]


def source_batch(sentences, null=0, reverse=True):
    """Put sources of different lengths into one array, each one backwards.

    Parameters
    ----------
    sentences : sequence of N sequences of int
        Words of each source, as people read them. A sentence may be filled up with `null` behind
        its end already; these are no words.
    null : int
        The number that fills up.
    reverse : bool
        Whether the words of each source come in reverse order: the last one first.

    Returns
    -------
    words : ndarray, shape (N, S), int64
        The words of a source come first, then `null`. S is the number of words of the longest, and
        1 if none has words.
    lengths : ndarray, shape (N,), int64
        How many words each source has; 0 is allowed.

    References
    ----------
    I. Sutskever et al., "Sequence to sequence learning with neural networks", 2014, section 3.3.
    """
    ### BEGIN SOLUTION: take `null` off, count, and write each source, reversed, from column 0 on
    given = [[word for word in sentence if word != null] for sentence in sentences]
    lengths = np.array([len(sentence) for sentence in given], dtype=np.int64)
    words = np.full((len(given), max([1, *lengths])), null, dtype=np.int64)
    for row, sentence in zip(words, given):
        row[: len(sentence)] = sentence[::-1] if reverse else sentence
    ### END SOLUTION
    return words, lengths


def last_states(states, lengths):
    """Take the state that each sequence ends in.

    Parameters
    ----------
    states : ndarray, shape (N, S, H)
        After each step. What lies behind a sequence's end may be anything, nan included.
    lengths : ndarray, shape (N,), int
        Steps of each sequence, from 0 to S.

    Returns
    -------
    ndarray, shape (N, H), dtype of states
        states[n, lengths[n] - 1]; 0 for a sequence of no steps.
    """
    ### BEGIN SOLUTION: of each row of the batch the state after its own last step
    last = states[np.arange(len(states)), np.maximum(lengths, 1) - 1]  # (N, H)
    last[np.asarray(lengths) == 0] = 0
    ### END SOLUTION
    return last


def exact_share(translations, references):
    """Compute the share of sentences that are right from their first word to their last.

    Parameters
    ----------
    translations, references : sequences of N sequences of str or int
        Words, as lists, tuples or arrays: only the words count.

    Returns
    -------
    float
        From 0 to 1; 0 if there are no sentences.

    Raises
    ------
    ValueError
        If there are not as many translations as references.
    """
    if len(translations) != len(references):
        raise ValueError(
            f"exact_share: there are {len(translations)} translations and {len(references)} "
            "references; there should be one of each for every sentence."
        )
    ### BEGIN SOLUTION: count the sentences whose words are all the same, and no others
    same = [list(a) == list(b) for a, b in zip(translations, references)]
    return sum(same) / max(1, len(same))
    ### END SOLUTION
