"""Arrays of other libraries, by what they can do: neither JAX nor PyTorch is imported here.

What reads as an array has `dtype` and `__array__`. A tensor with `detach` shares its memory with
NumPy and is moved in place, as a NumPy array is. Any other array, JAX's for one, is taken not to
change: f gets a new one after each move.
"""

import numpy as np


def is_foreign(array):
    """Tell whether this is an array of another library than NumPy."""
    return hasattr(array, "__array__") and hasattr(array, "dtype") and not _is_numpy(array)


def _is_numpy(array):
    return isinstance(array, np.ndarray | np.generic)


def moves_in_place(leaf):
    """Tell whether moving :func:`movable`'s array moves `leaf` itself."""
    return _is_numpy(leaf) or hasattr(leaf, "detach")


def movable(leaf, name):
    """Return a NumPy array that can be moved: `leaf`, its memory, or a copy of what cannot move."""
    if not is_foreign(leaf):
        return leaf
    if not moves_in_place(leaf):
        return np.array(leaf)
    try:
        return np.asarray(leaf.detach())
    except Exception as error:
        raise TypeError(
            f"{name} is a {type(leaf).__name__} whose memory NumPy cannot read ({error}); pass it "
            "as float32 or float64, on the CPU."
        ) from error


def like(leaf, array):
    """Return the NumPy array `array` as f expects it in the place of `leaf`; it shares nothing."""
    if hasattr(leaf, "detach"):
        tensor = leaf.detach().clone()
        tensor = tensor.cdouble() if array.dtype.kind == "c" else tensor.double()
        np.copyto(np.asarray(tensor), array)
        return tensor.requires_grad_(leaf.requires_grad)
    if is_foreign(leaf) and hasattr(leaf, "__array_namespace__"):
        return leaf.__array_namespace__().asarray(array.copy())
    return array


def plain(out, what="what f returned"):
    """Return a result as a NumPy array: detached, and fetched from where it was computed."""
    if _is_numpy(out):
        return np.asarray(out)
    try:
        out = out.detach() if hasattr(out, "detach") else out
        return np.asarray(out.cpu() if hasattr(out, "cpu") else out)
    except Exception as error:
        raise TypeError(
            f"{what} is a {type(out).__name__} that NumPy cannot read ({error}); "
            "return numbers or arrays of float32 or float64."
        ) from error


def copied(tree, what):
    """Return a copy of dicts, lists and tuples, every array in them as a NumPy array."""
    if isinstance(tree, dict):
        return {key: copied(part, what) for key, part in tree.items()}
    if isinstance(tree, list | tuple):
        parts = [copied(part, what) for part in tree]
        return parts if isinstance(tree, list) else tuple(parts)
    if is_foreign(tree) or _is_numpy(tree):
        return np.array(plain(tree, what))
    return tree
