"""How well sentences fit pictures: words look for the regions that they are about.

Shapes: N pictures of R regions each and M sentences of T words each, all vectors of H numbers.
regions (N, R, H) and words (M, T, H) are filled up to the same R and T; the masks (N, R) and
(M, T), of bool, say which of them are there. Every score compares every sentence with every picture
and gives (N, M).
"""

import numpy as np

__all__ = [
    "alignment_backward",
    "alignment_forward",
    "attention_backward",
    "attention_forward",
    "unit_backward",
    "unit_forward",
]

TINY = 1e-8  # a vector shorter than this counts as if it were this long


def alignment_forward(regions, words, region_mask, word_mask, mean=False):
    """Score sentences by the region that suits each word best: S_nm = sum_t max_r v_nr . s_mt.

    Parameters
    ----------
    regions : ndarray, shape (N, R, H), float
    words : ndarray, shape (M, T, H), float
    region_mask : ndarray, shape (N, R), bool
        Which regions are there; others are never chosen, whatever finite numbers stand there.
        Every picture has one.
    word_mask : ndarray, shape (M, T), bool
        Which words are there; others add nothing.
    mean : bool
        Divide the sum by the number of the sentence's words; a sentence without words scores 0
        either way.

    Returns
    -------
    scores : ndarray, shape (N, M)
    cache : tuple
        For `alignment_backward`.

    References
    ----------
    A. Karpathy and L. Fei-Fei, "Deep visual-semantic alignments for generating image
    descriptions", CVPR 2015, equation 8.
    """
    ### BEGIN SOLUTION: for each word its best region's product; sum over the words that are there
    (N, R, _), (M, T, _) = regions.shape, words.shape
    highest = np.full((N, M, T), -np.inf, dtype=regions.dtype)
    best = np.zeros((N, M, T), dtype=np.int32)
    for r in range(R):  # faster than argmax along an axis as short
        products = np.tensordot(regions[:, r], words, (1, 2))  # (N, M, T)
        better = (products > highest) & region_mask[:, r, None, None]
        highest, best = np.where(better, products, highest), np.where(better, r, best)
    weights = _word_weights(word_mask, mean, regions.dtype)
    scores = (np.where(word_mask, highest, 0) * weights).sum(axis=2)
    cache = regions, words, best, weights
    ### END SOLUTION
    return scores, cache


def alignment_backward(dscores, cache):
    """Go back through `alignment_forward`.

    A word pulls at the region that suits it best alone: the first one, where several do equally.

    Parameters
    ----------
    dscores : ndarray, shape (N, M)
        dL/dscores.
    cache : tuple

    Returns
    -------
    dregions : ndarray, shape (N, R, H)
    dwords : ndarray, shape (M, T, H)
    """
    ### BEGIN SOLUTION: a word's share of dscores goes to its best region's product
    regions, words, best, weights = cache
    shares = dscores[:, :, None] * weights  # (N, M, T)
    dregions, dwords = np.empty_like(regions), np.zeros_like(words)
    for r in range(regions.shape[1]):
        dproducts = np.where(best == r, shares, 0)
        dregions[:, r] = np.tensordot(dproducts, words, 2)
        dwords += np.tensordot(dproducts, regions[:, r], (0, 0))
    ### END SOLUTION
    return dregions, dwords


def attention_forward(regions, words, region_mask, word_mask, mean=False, sharpness=9.0):
    """Score sentences by regions that words attend to: softly, where `alignment_forward` takes one.

    a_ntmr = softmax over the regions of (sharpness v_nr . s_mt)
    S_nm = sum_t s_mt . (sum_r a_ntmr v_nr)

    Parameters
    ----------
    regions, words, region_mask, word_mask, mean :
        As of `alignment_forward`. A region that is not there gets no attention.
    sharpness : float
        Towards infinity it is `alignment_forward`; at 0 all regions count alike.

    Returns
    -------
    scores : ndarray, shape (N, M)
    cache : tuple
        For `attention_backward`.

    References
    ----------
    K.-H. Lee et al., "Stacked cross attention for image-text matching", ECCV 2018 (there, the word
    is compared with the attended region by their cosine).
    """
    ### BEGIN SOLUTION: softmax over the regions that are there, then the mean product under it
    products = _products(regions, words)  # (N, M, T, R)
    there = np.broadcast_to(region_mask[:, None, None], products.shape)
    tempered = np.where(there, sharpness * products, -np.inf)
    attention = np.exp(tempered - tempered.max(axis=3, keepdims=True))
    attention /= attention.sum(axis=3, keepdims=True)
    products = np.where(there, products, 0)
    attended = (attention * products).sum(axis=3)  # (N, M, T)
    weights = _word_weights(word_mask, mean, attended.dtype)
    scores = (np.where(word_mask, attended, 0) * weights).sum(axis=2)
    cache = regions, words, products, attention, attended, weights, sharpness
    ### END SOLUTION
    return scores, cache


def attention_backward(dscores, cache):
    """Go back through `attention_forward`; arguments and results as of `alignment_backward`."""
    regions, words, products, attention, attended, weights, sharpness = cache
    shares = dscores[:, :, None] * weights  # (N, M, T)
    spread = 1 + sharpness * (products - attended[..., None])
    dproducts = shares[..., None] * attention * spread
    return _products_backward(dproducts.astype(regions.dtype, copy=False), regions, words)


def unit_forward(x):
    """Divide vectors by their length: y = x / max(|x|, 1e-8).

    Parameters
    ----------
    x : ndarray, shape (..., H), float

    Returns
    -------
    y : ndarray, shape (..., H)
        The product of two of them is the cosine of the angle between them. Zeros stay zeros.
    cache : tuple
        For `unit_backward`: y, and the lengths (..., 1) that x was divided by.
    """
    lengths = np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), x.dtype.type(TINY))
    y = x / lengths
    return y, (y, lengths)


def unit_backward(dy, cache):
    """Go back through `unit_forward`, as for vectors that are not shorter than 1e-8.

    Parameters
    ----------
    dy : ndarray, shape (..., H)
        dL/dy.
    cache : tuple
        y, and the lengths (..., 1).

    Returns
    -------
    dx : ndarray, shape (..., H)
        Has no part along x: a longer x has the same y.
    """
    y, lengths = cache
    ### BEGIN SOLUTION: take the part of dy along y away, and divide by the length
    along = (dy * y).sum(axis=-1, keepdims=True)
    return (dy - along * y) / lengths
    ### END SOLUTION


def _products(regions, words):
    """v_nr . s_mt of all regions and words, (N, M, T, R)."""
    (N, R, H), (M, T, _) = regions.shape, words.shape
    products = words.reshape(M * T, H) @ regions.reshape(N * R, H).T  # (M*T, N*R)
    return products.reshape(M, T, N, R).transpose(2, 0, 1, 3)


def _products_backward(dproducts, regions, words):
    """Go back through `_products`."""
    (N, R, H), (M, T, _) = regions.shape, words.shape
    flat = dproducts.transpose(1, 2, 0, 3).reshape(M * T, N * R)
    dregions = (flat.T @ words.reshape(M * T, H)).reshape(regions.shape)
    return dregions, (flat @ regions.reshape(N * R, H)).reshape(words.shape)


def _word_weights(word_mask, mean, dtype):
    """What each word counts, (M, T)."""
    weights = word_mask.astype(dtype)
    if mean:
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1)
    return weights
