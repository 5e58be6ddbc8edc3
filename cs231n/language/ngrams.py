"""Language models that only count: n-grams, interpolated after Witten and Bell, and perplexity.

Tokens are whole numbers from 0 to V - 1, words or characters alike. A sequence is a sentence, its
END as the last token, or a whole text. START stands before every sequence, as often as a context
needs; it is read and never predicted, so it is none of the V tokens.
"""

from collections import Counter

import numpy as np

__all__ = ["START", "NgramModel", "count_ngrams", "perplexities"]

START = -1


def count_ngrams(sequences, n):
    """Count which token follows which n - 1 tokens.

    Every token of every sequence counts once: it follows the n - 1 tokens before it, with START for
    those that would lie before the beginning. No n-gram reaches from one sequence into the next.

    Parameters
    ----------
    sequences : iterable of sequences of int
        Lists or arrays (T,); an empty one counts for nothing.
    n : int
        1 or more.

    Returns
    -------
    dict
        From contexts, tuples of n - 1 tokens with the oldest first, to {token: how often it
        follows}. It holds only what was seen. The context of n = 1 is ().
    """
    counts = {}
    ### BEGIN SOLUTION: counts[context][token], for every token of every sequence
    grams = Counter()
    for sequence in sequences:
        tokens = [START] * (n - 1) + np.asarray(sequence, dtype=int).tolist()
        grams.update(zip(*(tokens[k:] for k in range(n))))
    for (*context, token), count in grams.items():
        counts.setdefault(tuple(context), {})[token] = count
    ### END SOLUTION
    return counts


class NgramModel:
    """Predicts a token from the few tokens before it, with counts of all shorter contexts mixed in.

    Parameters
    ----------
    order : int
        n, the length of its longest n-grams; of order 1, it looks at no context at all.
    V : int
        How many tokens there are, END and the unknown word among them, START not.

    Attributes
    ----------
    counts : list of dict
        counts[k] is what `count_ngrams` returns for n = k + 1: its contexts are k tokens long.
    totals : list of dict
        totals[k][context] is the sum of counts[k][context].values().

    Raises
    ------
    ValueError
        If order or V is below 1.

    References
    ----------
    I. Witten and T. Bell, "The zero-frequency problem", 1991 (method C); S. Chen and J. Goodman,
    "An empirical study of smoothing techniques for language modeling", 1998, section 2.6.
    """

    def __init__(self, order, V):
        if order < 1 or V < 1:
            raise ValueError(
                f"NgramModel: order is {order} and V is {V}; both should be 1 or more."
            )
        self.order, self.V = order, V
        self.counts, self.totals = [], []

    def fit(self, sequences):
        """Count the n-grams of all lengths up to `order`.

        Parameters
        ----------
        sequences : iterable of sequences of int

        Returns
        -------
        NgramModel
            Itself.

        Raises
        ------
        ValueError
            If a token is not one of 0 to V - 1.
        """
        sequences = list(sequences)
        for sequence in filter(len, sequences):
            low, high = int(np.min(sequence)), int(np.max(sequence))
            if low < 0 or high >= self.V:
                wrong = low if low < 0 else high
                raise ValueError(
                    f"NgramModel.fit: {wrong} is not a token; tokens run from 0 to {self.V - 1}."
                )
        self.counts = [count_ngrams(sequences, n) for n in range(1, self.order + 1)]
        self.totals = [{c: sum(row.values()) for c, row in found.items()} for found in self.counts]
        return self

    def probability(self, token, context):
        """Mix what followed the context with what followed shorter ones, down to 1 / V.

        With c, how often anything followed the context h, T, how many different tokens did, and h',
        which is h without its oldest token:

        P(token | h) = (count(h, token) + T P(token | h')) / (c + T)

        Below the empty context stands 1 / V for every token. A context that never came has the
        probabilities of the shorter one.

        Parameters
        ----------
        token : int
        context : tuple of int
            The tokens before it, the oldest first; only the last order - 1 are looked at, and there
            may be fewer.

        Returns
        -------
        float
            Above 0; over all V tokens they sum to 1.
        """
        ### BEGIN SOLUTION: from 1 / V, through ever longer contexts: self.counts, self.totals
        chance = 1 / self.V
        for length, (counts, totals) in enumerate(zip(self.counts, self.totals)):
            known = tuple(context[len(context) - length :])
            if length > len(context) or known not in counts:
                break
            followers, total = counts[known], totals[known]
            kinds = len(followers)
            chance = (followers.get(token, 0) + kinds * chance) / (total + kinds)
        return chance
        ### END SOLUTION

    def logprobs(self, sequence):
        """Natural logarithms of the probabilities of all tokens of a sequence.

        Parameters
        ----------
        sequence : sequence of int, (T,)

        Returns
        -------
        ndarray, shape (T,), float64
        """
        before = self.order - 1
        tokens = [START] * before + np.asarray(sequence, dtype=int).tolist()
        chances = [
            self.probability(tokens[t], tuple(tokens[t - before : t]))
            for t in range(before, len(tokens))
        ]
        return np.log(np.array(chances, dtype=np.float64))

    def distribution(self, context):
        """Probabilities (V,) of what follows these tokens."""
        return np.array([self.probability(token, tuple(context)) for token in range(self.V)])


def perplexities(logprobs, sequences, unknown=None):
    """Say how well a model predicted some sequences.

    The mean runs over all tokens of all sequences together, END included: a long sentence counts
    for more than a short one.

    Parameters
    ----------
    logprobs : list of ndarray, (T,)
        For each sequence the natural logarithm of each token's probability.
    sequences : list of sequences of int, (T,)
        The tokens themselves.
    unknown : int, optional
        The token that stands for all unknown words. By default there is none.

    Returns
    -------
    dict
        "perplexity": exp of minus the mean; "bits": minus the mean, to base 2, for a token;
        "unknown": the share of tokens that are unknown, from 0 to 1; "known": the perplexity of all
        other tokens, nan if there are none.

    Raises
    ------
    ValueError
        If there is no token at all, or numbers of tokens and logarithms differ.
    """
    lengths = [len(sequence) for sequence in sequences]
    if [len(row) for row in logprobs] != lengths or not sum(lengths):
        raise ValueError(
            f"perplexities: {sum(len(row) for row in logprobs)} logarithms for {sum(lengths)} "
            "tokens; give one for each token, and one token or more."
        )
    logprobs, tokens = np.concatenate(logprobs), np.concatenate(sequences)
    ### BEGIN SOLUTION: a dict of "perplexity", "bits", "unknown" and "known"
    is_known = np.full(len(tokens), True) if unknown is None else tokens != unknown
    mean = logprobs.mean()
    known = np.exp(-logprobs[is_known].mean()) if is_known.any() else np.nan
    return {
        "perplexity": float(np.exp(-mean)),
        "bits": float(-mean / np.log(2)),
        "unknown": float(1 - is_known.mean()),
        "known": float(known),
    }
    ### END SOLUTION
