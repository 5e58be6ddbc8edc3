"""Call functions with arrays as they are cut out of larger ones, and look what became of them."""

import numpy as np


def called_on_views(function, *arguments):
    """Call a function with every array as a view of a larger one.

    Returns
    -------
    result : what the function returned
    changed : bool
        Whether it wrote into one of the arrays.
    """
    views = [_view(one) if isinstance(one, np.ndarray) else one for one in arguments]
    result = function(*views)
    pairs = [(a, b) for a, b in zip(arguments, views) if isinstance(a, np.ndarray)]
    return result, any(not np.array_equal(a, b) for a, b in pairs)


def _view(array):
    """Every second entry along the last axis of an array twice as long."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array
