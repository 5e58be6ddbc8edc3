"""Greedy decoding of many sentences at once, for all that must not wait for a student's decoder.

It works with any model that has `begin` and `advance`; see `decoding` for what these are.
"""

import numpy as np

__all__ = ["likeliest_words"]


def likeliest_words(model, features, start, end, max_length):
    """Write a sentence for each row of features, the word with the largest score at every step.

    Parameters
    ----------
    model : object
        With `begin` and `advance`.
    features : ndarray, shape (N, D)
    start, end : int
        Numbers of "<START>" and "<END>".
    max_length : int
        T, words at most, "<END>" among them.

    Returns
    -------
    ndarray, shape (N, T), int64
        Numbers of words; from the first `end` of a row on, all are `end`.
    """
    sentences = np.full((len(features), max_length), end, dtype=np.int64)
    state, latest = model.begin(features), np.full(len(features), start, dtype=np.int64)
    for column in sentences.T:
        scores, state = model.advance(state, latest)
        latest = np.where(latest == end, end, scores.argmax(axis=1))
        if (latest == end).all():
            break
        column[:] = latest
    return sentences
