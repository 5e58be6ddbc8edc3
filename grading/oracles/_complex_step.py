"""Derivatives without differences: f(x + ih) has the imaginary part h f'(x), to the last digit."""

import numpy as np

STEP = 1e-30


def complex_step_gradient(function, x):
    """Derivative of a function of an array, entry by entry.

    Parameters
    ----------
    function : callable
        Takes a nested list of complex numbers in the shape of x and returns one; it may compare
        real parts, and must not take absolute values.
    x : ndarray, two-dimensional

    Returns
    -------
    ndarray, of the shape of x, float64

    References
    ----------
    W. Squire, G. Trapp: Using Complex Variables to Estimate Derivatives of Real Functions,
    SIAM Review 40, 1998.
    """
    point = x.astype(complex).tolist()
    gradient = np.zeros(x.shape)
    for (i, j), value in np.ndenumerate(x):
        point[i][j] = complex(value, STEP)
        gradient[i, j] = function(point).imag / STEP
        point[i][j] = complex(value)
    return gradient


def slopes(function, x):
    """Derivative of a function of an array by each of its entries.

    Parameters
    ----------
    function : callable
        Takes a complex array in the shape of x and returns one complex number.
    x : ndarray, any shape

    Returns
    -------
    ndarray, of the shape of x, float64
    """
    derivative = np.empty(x.shape)
    for where in np.ndindex(x.shape):
        moved = x.astype(np.complex128)
        moved[where] += 1j * STEP
        derivative[where] = function(moved).imag / STEP
    return derivative
