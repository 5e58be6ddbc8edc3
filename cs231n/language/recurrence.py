"""Recurrent layers for language models: the rectified cell, and layers on top of each other.

Shapes: N sequences of T tokens; what goes in is (N, T, D), states are (N, T, H).
"""

import numpy as np

from cs231n.rnn_layers import rnn_backward, rnn_forward

__all__ = ["relu_rnn_backward", "relu_rnn_forward", "stack_backward", "stack_forward"]


def relu_rnn_forward(x, h0, Wx, Wh, b):
    """Run a recurrent layer whose cells are rectified: h_t = max(0, x_t Wx + h_{t-1} Wh + b).

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
    h0 : ndarray, shape (N, H)
        The state before the first step.
    Wx : ndarray, shape (D, H)
    Wh : ndarray, shape (H, H)
    b : ndarray, shape (H,)

    Returns
    -------
    h : ndarray, shape (N, T, H)
        The states after each step, in the precision of the inputs.
    cache : tuple
    """
    ### BEGIN SOLUTION: h, (N, T, H), one step after another; cache
    h = x @ Wx + b  # (N, T, H); each step is replaced by its state below
    prev_h = h0
    for t in range(x.shape[1]):
        prev_h = h[:, t] = np.maximum(0, h[:, t] + prev_h @ Wh)
    cache = x, h0, Wx, Wh, h
    ### END SOLUTION
    return h, cache


def relu_rnn_backward(dh, cache):
    """Go back through `relu_rnn_forward`.

    Parameters
    ----------
    dh : ndarray, shape (N, T, H)
        Derivatives of the loss with respect to each state, without what flows through later states.
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, T, D)
    dh0 : ndarray, shape (N, H)
    dWx : ndarray, shape (D, H)
    dWh : ndarray, shape (H, H)
    db : ndarray, shape (H,)
        A cell that is 0 passes nothing back.
    """
    ### BEGIN SOLUTION: dx, dh0, dWx, dWh and db, from the last step to the first
    x, h0, Wx, Wh, h = cache
    da, dh0 = np.empty_like(h), np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        da[:, t] = (dh[:, t] + dh0) * (h[:, t] > 0)
        dh0 = da[:, t] @ Wh.T  # with respect to the state before this step
    prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)  # (N, T, H)
    sums = ([0, 1], [0, 1])  # over sequences and steps
    dx, db = da @ Wx.T, da.sum(axis=(0, 1))
    dWx, dWh = np.tensordot(x, da, axes=sums), np.tensordot(prev_h, da, axes=sums)
    ### END SOLUTION
    return dx, dh0, dWx, dWh, db


CELLS = ("relu", "tanh")


def passes_of(cell):
    """The forward and the backward pass of a layer of these cells, as the names stand now."""
    if cell == "relu":
        return relu_rnn_forward, relu_rnn_backward
    return rnn_forward, rnn_backward


def stack_forward(x, states, layers, cell):
    """Run recurrent layers on top of each other: each reads the states of the one below.

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
        What the lowest layer reads.
    states : list of ndarray, shape (N, H)
        For each layer, the lowest first, its state before the first step.
    layers : list of tuple
        For each layer (Wx, Wh, b), as its cell takes them.
    cell : {"relu", "tanh"}
        Which of `CELLS`.

    Returns
    -------
    h : ndarray, shape (N, T, H)
        States of the highest layer.
    last : list of ndarray, shape (N, H)
        For each layer, the lowest first, its state after the last step.
    caches : list
        For each layer what its backward pass needs.
    """
    forward, _ = passes_of(cell)
    ### BEGIN SOLUTION: h, last and caches, from the lowest layer to the highest
    h, last, caches = x, [], []
    for h0, weights in zip(states, layers):
        h, cache = forward(h, h0, *weights)
        last.append(h[:, -1])
        caches.append(cache)
    ### END SOLUTION
    return h, last, caches


def stack_backward(dh, caches, cell):
    """Go back through `stack_forward`.

    Parameters
    ----------
    dh : ndarray, shape (N, T, H)
        Derivatives of the loss with respect to the states of the highest layer.
    caches : list
    cell : {"relu", "tanh"}

    Returns
    -------
    dx : ndarray, shape (N, T, D)
    grads : list of tuple
        For each layer, the lowest first, (dWx, dWh, db).
    """
    _, backward = passes_of(cell)
    ### BEGIN SOLUTION: dx and grads, from the highest layer to the lowest
    grads = []
    for cache in reversed(caches):
        dh, _, *of_weights = backward(dh, cache)
        grads.insert(0, tuple(of_weights))
    dx = dh
    ### END SOLUTION
    return dx, grads
