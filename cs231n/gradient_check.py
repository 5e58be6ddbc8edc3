"""Check gradients against numeric derivatives. Needs NumPy (and matplotlib for the figures) only.

The modern interface::

    check_gradient(f, x, grad)           -> GradientReport: .ok, .max_error, .worst, print(report)
    assert_gradient(f, x, grad)          the same, raising AssertionError with the report's text
    assert_gradients_close(dx, dx_num)   the same for two gradients that are there already
    numerical_gradient(f, x)             the numeric gradient, in the structure of x
    fixed_randomness(seed)               the same dropout mask on every call of f
    step_sweep(f, x, grad)               -> StepSweep: error against step
    plot_step_sweep(sweep)               its U-shaped plot
    plot_gradient_report(report)         a heat map of the errors of one parameter

The historical interface: eval_numerical_gradient, eval_numerical_gradient_array,
eval_numerical_gradient_blobs, eval_numerical_gradient_net, grad_check_sparse, rel_error.

x is an array, or a dict, list or tuple of arrays of any shape, for the modern interface also nested
and of JAX or PyTorch. All functions move x in place, since f may read the same array from
elsewhere, and put it back bit by bit, also when f raises; instead of JAX arrays, which cannot be
moved, f gets new ones.
"""

import random

import numpy as np

from cs231n.gradient.arrays import plain
from cs231n.gradient.checker import (
    assert_gradient,
    assert_gradients_close,
    check_gradient,
    numerical_gradient,
)
from cs231n.gradient.figures import plot_gradient_report, plot_step_sweep
from cs231n.gradient.inputs import require_real_array
from cs231n.gradient.randomness import fixed_randomness
from cs231n.gradient.report import GradientReport, ParameterReport
from cs231n.gradient.sweep import StepSweep, step_sweep

__all__ = [
    "GradientReport",
    "ParameterReport",
    "StepSweep",
    "assert_gradient",
    "assert_gradients_close",
    "check_gradient",
    "eval_numerical_gradient",
    "eval_numerical_gradient_array",
    "eval_numerical_gradient_blobs",
    "eval_numerical_gradient_net",
    "fixed_randomness",
    "grad_check_sparse",
    "numerical_gradient",
    "plot_gradient_report",
    "plot_step_sweep",
    "rel_error",
    "step_sweep",
]


def rel_error(x, y):
    """Return the largest relative error, max |x - y| / max(1e-8, |x| + |y|).

    Parameters
    ----------
    x, y : array_like of numbers
        Of the same shape.

    Returns
    -------
    float
        Between 0 and 1; 0 for empty arrays; inf if any number is nan or infinite, so that
        ``rel_error(x, y) < 1e-6`` never lets one pass.

    Raises
    ------
    ValueError
        If the shapes differ, which broadcasting would hide.
    TypeError
        If x or y are not numbers, None for instance.
    """
    x, y = np.asarray(x), np.asarray(y)
    for name, array in (("x", x), ("y", y)):
        if array.dtype.kind not in "fiubc":
            raise TypeError(
                f"rel_error: {name} should hold numbers, but its dtype is {array.dtype}."
            )
    if x.shape != y.shape:
        raise ValueError(f"rel_error: x has shape {x.shape} but y has {y.shape}; they must agree.")
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        return float("inf")
    x, y = np.multiply(x, 1.0), np.multiply(y, 1.0)  # unsigned integers cannot be negative
    return float(np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)), initial=0.0))


def eval_numerical_gradient(f, x, verbose=True, h=1e-5):
    """Return the numeric gradient of a function that returns a number, by central differences.

    df/dx[i] = (f(x with x[i] + h) - f(x with x[i] - h)) / (2 h)

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a number; it may ignore its argument and read the same array elsewhere.
    x : np.ndarray of floats, any shape
        Moved in place entry by entry, and put back.
    verbose : bool
        Print each entry.
    h : float
        The step. For float32 take 1e-2, or use :func:`check_gradient`, which chooses it.

    Returns
    -------
    np.ndarray of x's shape and dtype

    Raises
    ------
    TypeError
        If x is not an array of floats.
    ValueError
        If h is not positive, or so small that x does not move.
    """
    require_real_array(x, "x")
    grad = np.zeros_like(x)
    for index, ahead, behind, taken in _both_sides(lambda: f(x), x, h):
        grad[index] = (ahead - behind) / taken
        if verbose:
            print(list(index), float(grad[index]))
    return grad


def eval_numerical_gradient_array(f, x, df, h=1e-5):
    """Return the numeric gradient of sum(f(x) * df), for a function that returns an array.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns an array.
    x : np.ndarray of floats, any shape
        Moved in place entry by entry, and put back.
    df : np.ndarray of f(x)'s shape, or a number
        The derivative of the loss by f's output.
    h : float
        The step.

    Returns
    -------
    np.ndarray of x's shape and dtype

    Raises
    ------
    TypeError
        If x is not an array of floats.
    ValueError
        If h is not positive, or so small that x does not move.
    """
    require_real_array(x, "x")
    grad = np.zeros_like(x)
    for index, ahead, behind, taken in _both_sides(lambda: f(x), x, h):
        grad[index] = np.sum((ahead - behind) * df) / taken
    return grad


def eval_numerical_gradient_blobs(f, inputs, output, h=1e-5):
    """Return numeric gradients for a function that writes into an output blob.

    A blob has ``vals`` and ``diffs``, two arrays of the same shape.

    Parameters
    ----------
    f : callable
        ``f(*inputs, output)`` reads the inputs' ``vals`` and writes ``output.vals``.
    inputs : tuple of blobs
        Their ``vals`` are moved in place, and put back.
    output : blob
        ``output.diffs`` is the derivative of the loss by ``output.vals``.
    h : float
        The step.

    Returns
    -------
    list of np.ndarray
        One for each input, of the shape of its ``vals``.

    Raises
    ------
    TypeError
        If an input's ``vals`` are not an array of floats.
    ValueError
        If h is not positive, or so small that ``vals`` do not move.
    """

    def forward():
        f(*inputs, output)
        return output.vals

    grads = []
    for blob in inputs:
        require_real_array(blob.vals, "x")
        grad = np.zeros_like(blob.vals)
        for index, ahead, behind, taken in _both_sides(forward, blob.vals, h):
            grad[index] = np.sum((ahead - behind) * output.diffs) / taken
        grads.append(grad)
    return grads


def eval_numerical_gradient_net(net, inputs, output, h=1e-5):
    """Return numeric gradients for a net whose ``forward()`` reads and writes blobs.

    Parameters
    ----------
    net : object
        ``net.forward()`` reads the inputs' ``vals`` and writes ``output.vals``.
    inputs, output, h
        As in :func:`eval_numerical_gradient_blobs`.

    Returns
    -------
    list of np.ndarray
        One for each input, of the shape of its ``vals``.
    """
    return eval_numerical_gradient_blobs(lambda *blobs: net.forward(), inputs, output, h)


def grad_check_sparse(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Compare the analytic gradient with a central difference in a few random entries, and print.

    Entries are drawn by Python's :mod:`random`.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a number.
    x : np.ndarray of floats, any shape
        Moved in place, and put back.
    analytic_grad : np.ndarray of x's shape
        The gradient under test.
    num_checks : int
        How many entries to draw.
    h : float
        The step.

    Returns
    -------
    np.ndarray of shape (num_checks,)
        |numeric - analytic| / (|numeric| + |analytic|), 0 for 0/0; empty if x is.

    Raises
    ------
    TypeError
        If x is not an array of floats.
    ValueError
        If analytic_grad has another shape than x, h is not positive, or x does not move.
    """
    analytic_grad = np.asarray(analytic_grad)
    require_real_array(x, "x")
    if analytic_grad.shape != x.shape:
        raise ValueError(
            f"grad_check_sparse: analytic_grad has shape {analytic_grad.shape}, "
            f"but x has {x.shape}; they must agree."
        )
    drawn = [
        tuple(random.randrange(size) for size in x.shape)
        for _ in range(num_checks if x.size else 0)
    ]
    errors = []
    for index, ahead, behind, taken in _both_sides(lambda: f(x), x, h, drawn):
        numeric, analytic = float((ahead - behind) / taken), float(analytic_grad[index])
        size = abs(numeric) + abs(analytic)
        errors.append(abs(numeric - analytic) / size if size != 0 else 0.0)
        print(
            f"{list(index)}: numerical {numeric:.6e}, analytic {analytic:.6e}, "
            f"relative error {errors[-1]:.1e}"
        )
    return np.array(errors)


def _both_sides(evaluate, x, h, indices=None):
    """Move each entry of x by +h and -h; yield its index, both values, and the whole move."""
    if not h > 0:
        raise ValueError(f"the step h should be positive, but is {h!r}.")
    for index in np.ndindex(x.shape) if indices is None else indices:
        old = x[index]
        try:
            x[index] = old + h
            ahead, right = np.array(plain(evaluate())), x[index]
            x[index] = old - h
            behind, left = np.array(plain(evaluate())), x[index]
        finally:
            x[index] = old
        taken = float(right - left)  # 2 h up to the rounding of x
        if taken == 0.0:
            raise ValueError(
                f"h = {h} is lost in the rounding of x{list(index)} = {old} ({x.dtype}); "
                "take a larger step."
            )
        yield index, ahead, behind, taken
