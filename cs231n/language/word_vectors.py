"""Word vectors that learn to tell a word's neighbours from words drawn at random, and from counts.

Skip-gram with negative sampling. A word has two vectors: v as the centre of a window, u as the
context of another. Words are numbers from 0 to V - 1; D is the length of a vector.
"""

import numpy as np

from cs231n.kernels.fast_recurrent import word_embedding_backward_fast

__all__ = [
    "batch_loss",
    "context_pairs",
    "draw_negatives",
    "keep_probabilities",
    "noise_distribution",
    "pair_loss",
    "ppmi",
]


def context_pairs(words, window):
    """Pair every word of a sentence with each word that stands at most `window` places from it.

    Parameters
    ----------
    words : sequence of int
        The T words of one sentence, in order.
    window : int
        1 or more; windows are cut off at both ends of the sentence.

    Returns
    -------
    centres, contexts : ndarray, shape (P,), int64
        P pairs: those of the first word, then those of the second, and so on; the contexts of one
        centre from left to right. A word is no context of itself, but one that comes twice is a
        context of its other occurrence. A sentence of one word, or none, has no pairs.
    """
    words = np.asarray(words, dtype=np.int64)
    ### BEGIN SOLUTION: the places in each word's window, without its own and those outside
    offsets = np.concatenate([np.arange(-window, 0), np.arange(1, window + 1)])
    places = np.arange(len(words))[:, None] + offsets  # (T, 2 * window)
    inside = (places >= 0) & (places < len(words))
    centres = np.broadcast_to(words[:, None], places.shape)[inside]
    contexts = words[places[inside]]
    ### END SOLUTION
    return centres, contexts


def keep_probabilities(counts, threshold=1e-3):
    """Compute how likely each word is to stay when frequent words are thinned out.

        keep[w] = min(1, sqrt(threshold / f[w])),   f[w] = counts[w] / sum of counts

    Parameters
    ----------
    counts : ndarray, shape (V,), int
        How often each word occurs; 0 for one that does not occur, which would be kept.
    threshold : float

    Returns
    -------
    ndarray, shape (V,), float64

    References
    ----------
    T. Mikolov et al.: Distributed representations of words and phrases and their
    compositionality, 2013, section 2.3, which writes down the probability of leaving a word out.
    """
    counts = np.asarray(counts, dtype=np.float64)
    ### BEGIN SOLUTION: the square root, at most 1, and 1 where the count is 0
    shares = counts / counts.sum()
    return np.sqrt(threshold / np.maximum(shares, threshold))
    ### END SOLUTION


def noise_distribution(counts, power=0.75):
    """Compute how likely each word is to be drawn as a negative: in proportion to counts ** power.

    Parameters
    ----------
    counts : ndarray, shape (V,), int
        How often each word occurs. What does not occur is not drawn, whatever the power.
    power : float
        1 draws words as they occur, 0 all that occur alike.

    Returns
    -------
    ndarray, shape (V,), float64
        Sums to 1.

    References
    ----------
    Mikolov et al. 2013, as above, section 2.2.
    """
    counts = np.asarray(counts, dtype=np.float64)
    ### BEGIN SOLUTION: powers of the counts that are not 0, normalised
    weights = np.where(counts > 0, np.maximum(counts, 1) ** power, 0)
    return weights / weights.sum()
    ### END SOLUTION


def draw_negatives(noise, contexts, K, rng):
    """Draw K negatives for each pair, none of them the pair's own context.

    Parameters
    ----------
    noise : ndarray, shape (V,), float64
        Probabilities of the words; two or more are above 0.
    contexts : ndarray, shape (B,), int
        The context of each pair.
    K : int
        How many negatives a pair gets; the same word may come twice among them.
    rng : numpy.random.Generator
        All that is random comes from it.

    Returns
    -------
    ndarray, shape (B, K), int64
        Row i has the words that `noise` draws when contexts[i] is left out: whatever equals it is
        drawn again.

    Raises
    ------
    ValueError
        If fewer than two words can be drawn.
    """
    noise, contexts = np.asarray(noise, dtype=np.float64), np.asarray(contexts)
    if np.count_nonzero(noise) < 2:
        raise ValueError(
            f"draw_negatives: noise has {np.count_nonzero(noise)} words with a probability above "
            "0, but there should be 2 or more, so that one is left beside the context."
        )
    ### BEGIN SOLUTION: draw B x K words; then those that hit their context, until none does
    negatives = rng.choice(len(noise), size=(len(contexts), K), p=noise)
    hits = negatives == contexts[:, None]  # (B, K)
    while hits.any():
        negatives[hits] = rng.choice(len(noise), size=np.count_nonzero(hits), p=noise)
        hits = negatives == contexts[:, None]
    return negatives
    ### END SOLUTION


def pair_loss(v, u, negatives):
    """Compute the loss of one pair, and its derivatives with respect to all vectors in it.

        loss = -log s(u . v) - sum over k of log s(-n_k . v),   s(x) = 1 / (1 + exp(-x))

    Parameters
    ----------
    v : ndarray, shape (D,), float64
        The vector of the centre.
    u : ndarray, shape (D,), float64
        That of its context.
    negatives : ndarray, shape (K, D), float64
        Context vectors n_k of the negatives. Scores may be anything up to thousands.

    Returns
    -------
    loss : float
    dv : ndarray, shape (D,)
    du : ndarray, shape (D,)
    dnegatives : ndarray, shape (K, D)

    References
    ----------
    Y. Goldberg, O. Levy: word2vec explained, 2014, equation 4; the derivatives are yours.
    """
    loss, dv, du, dnegatives = 0.0, np.zeros_like(v), np.zeros_like(u), np.zeros_like(negatives)
    ### BEGIN SOLUTION: scores, -log s as logaddexp(0, -score), and s(score) - 1 or s(score)
    score, scores = u @ v, negatives @ v  # (), (K,)
    loss = float(np.logaddexp(0, -score) + np.logaddexp(0, scores).sum())
    dscore = -0.5 * (1 - np.tanh(score / 2))
    dscores = 0.5 * (1 + np.tanh(scores / 2))
    dv = dscore * u + dscores @ negatives
    du = dscore * v
    dnegatives = dscores[:, None] * v
    ### END SOLUTION
    return loss, dv, du, dnegatives


def batch_loss(V_in, V_out, centres, contexts, negatives):
    """Compute the mean loss of a batch of pairs, and its derivatives with respect to both tables.

    Each pair's loss is that of `pair_loss`. A word may be in many pairs of the batch, and many
    times in one: all that arrives at its vector adds up. np.add.at does that, and
    `word_embedding_backward_fast` does it in a fraction of the time.

    Parameters
    ----------
    V_in, V_out : ndarray, shape (V, D), float32 or float64
        The vectors of words as centres, and as contexts.
    centres, contexts : ndarray, shape (B,), int
    negatives : ndarray, shape (B, K), int

    Returns
    -------
    loss : float
        The mean over the B pairs.
    dV_in, dV_out : ndarray, shape (V, D), dtype of V_in
        0 for words that are not in the batch.
    """
    loss, dV_in, dV_out = 0.0, np.zeros_like(V_in), np.zeros_like(V_out)
    ### BEGIN SOLUTION: scores (B, 1 + K) of the pair and its negatives; rows of one word add up
    targets = np.concatenate([contexts[:, None], negatives], axis=1)  # (B, 1 + K)
    v, u = V_in[centres], V_out[targets]  # (B, D), (B, 1 + K, D)
    signs = np.full(targets.shape, -1, dtype=V_in.dtype)
    signs[:, 0] = 1
    margins = signs * np.einsum("bd,bkd->bk", v, u)  # large where the pair is told right
    loss = float(np.logaddexp(0, -margins).sum(axis=1).mean())
    dscores = -0.5 * signs * (1 - np.tanh(margins / 2)) / len(centres)
    dv = np.einsum("bk,bkd->bd", dscores, u)
    dV_in = word_embedding_backward_fast(dv[:, None], centres[:, None], len(V_in))
    du = dscores[:, :, None] * v[:, None]  # (B, 1 + K, D)
    dV_out = word_embedding_backward_fast(du, targets, len(V_out))
    ### END SOLUTION
    return loss, dV_in, dV_out


def ppmi(pairs):
    """Compute how much more often words stand together than by chance: positive PMI.

        ppmi[w, c] = max(0, log(pairs[w, c] * total / (row sum of w * column sum of c)))

    Parameters
    ----------
    pairs : ndarray, shape (V, V), int
        How often each word (row) has each context (column). Not all are 0, but rows and columns
        may be.

    Returns
    -------
    ndarray, shape (V, V), float64
        0 where a word and a context never met.

    References
    ----------
    K. Church, P. Hanks: Word association norms, mutual information, and lexicography, 1990;
    O. Levy, Y. Goldberg: Neural word embedding as implicit matrix factorization, 2014.
    """
    pairs = np.asarray(pairs, dtype=np.float64)
    ### BEGIN SOLUTION: expected counts of independent words, and the logarithm where pairs > 0
    expected = pairs.sum(axis=1, keepdims=True) * pairs.sum(axis=0) / pairs.sum()
    ratio = np.divide(pairs, expected, out=np.ones_like(pairs), where=pairs > 0)
    return np.log(np.maximum(ratio, 1))
    ### END SOLUTION
