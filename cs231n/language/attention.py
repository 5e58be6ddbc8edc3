"""Attention: each step of a decoder looks back at all states of an encoder.

Shapes: N sentences, T steps of the decoder, S steps of the encoder, H numbers in a state.
"""

import numpy as np

__all__ = ["align_words", "attend", "attend_backward", "attention_weights"]


def attention_weights(scores, lengths):
    """Turn scores of places in the source into weights: a softmax over the places that count.

    weights[n, t, s] = exp(scores[n, t, s]) / sum over s' < lengths[n] of exp(scores[n, t, s'])

    Parameters
    ----------
    scores : ndarray, shape (N, T, S)
        They may be large, and what lies behind a source's end may be anything, nan included.
    lengths : ndarray, shape (N,), int
        How many places of each source count, from 0 to S: the first ones.

    Returns
    -------
    ndarray, shape (N, T, S), dtype of scores
        Rows sum to 1, and are 0 behind the end. A source without words has weights of 0.
    """
    counts = np.arange(scores.shape[2]) < np.asarray(lengths)[:, None, None]  # (N, 1, S)
    ### BEGIN SOLUTION: a softmax over the places where `counts` is true; 0 elsewhere
    scores = np.where(counts, scores, -np.inf)
    largest = scores.max(axis=2, keepdims=True)
    weights = np.exp(scores - np.where(np.isfinite(largest), largest, 0))
    total = weights.sum(axis=2, keepdims=True)
    return weights / np.where(total > 0, total, 1)
    ### END SOLUTION


def attend(h, encoded, W, lengths):
    """Compute a context vector for each step of the decoder: a weighted mean of encoder states.

    scores = (h W) . encoded, weights = softmax of scores, context = sum of weights * encoded

    Parameters
    ----------
    h : ndarray, shape (N, T, H)
        States of the decoder.
    encoded : ndarray, shape (N, S, H)
        States of the encoder.
    W : ndarray, shape (H, H)
    lengths : ndarray, shape (N,), int
        As in `attention_weights`.

    Returns
    -------
    context : ndarray, shape (N, T, H), dtype of h
    weights : ndarray, shape (N, T, S)
    cache : tuple
        For `attend_backward`.

    References
    ----------
    M.-T. Luong et al., "Effective approaches to attention-based neural machine translation", 2015,
    section 3.1, "general".
    """
    ### BEGIN SOLUTION: scores by two products of matrices, weights, context; a cache
    query = h @ W  # (N, T, H)
    scores = query @ encoded.transpose(0, 2, 1)  # (N, T, S)
    weights = attention_weights(scores, lengths)
    context = weights @ encoded  # (N, T, H)
    cache = h, encoded, W, query, weights
    ### END SOLUTION
    return context, weights, cache


def attend_backward(dcontext, cache):
    """Go back through `attend`.

    Parameters
    ----------
    dcontext : ndarray, shape (N, T, H)
    cache : tuple

    Returns
    -------
    dh : ndarray, shape (N, T, H)
    dencoded : ndarray, shape (N, S, H)
        Encoder states enter twice: into the scores, and into the mean.
    dW : ndarray, shape (H, H)
    """
    ### BEGIN SOLUTION: dencoded from the mean, through the softmax to the scores, and from there
    h, encoded, W, query, weights = cache
    dencoded = weights.transpose(0, 2, 1) @ dcontext  # (N, S, H)
    dweights = dcontext @ encoded.transpose(0, 2, 1)  # (N, T, S)
    dscores = weights * (dweights - (weights * dweights).sum(axis=2, keepdims=True))
    dencoded += dscores.transpose(0, 2, 1) @ query
    dquery = dscores @ encoded  # (N, T, H)
    dh = dquery @ W.T
    dW = h.reshape(-1, h.shape[2]).T @ dquery.reshape(-1, h.shape[2])
    ### END SOLUTION
    return dh, dencoded, dW


def align_words(weights, length, reverse=True):
    """Name, for each word of a translation, the word of the source that it looks at most.

    Parameters
    ----------
    weights : ndarray, shape (T, S)
        Of one sentence.
    length : int
        Words of its source, 1 or more; what lies behind them does not count.
    reverse : bool
        Whether the encoder read the source backwards: then place 0 is its last word.

    Returns
    -------
    ndarray, shape (T,), int
        Places in the source as people read it, from 0. Of equal weights the earlier place in this
        order wins.
    """
    ### BEGIN SOLUTION: the place of the largest weight, in the order in which people read
    weights = weights[:, :length]
    if reverse:
        weights = weights[:, ::-1]
    return weights.argmax(axis=1)
    ### END SOLUTION
