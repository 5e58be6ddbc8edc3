"""What may be checked: real floats in arrays, in nested dicts, lists and tuples of arrays."""

import copy

import numpy as np

from .arrays import is_foreign, movable, plain


def flatten(x, name=""):
    """Yield path and value of everything in x that is not a dict, list or tuple.

    The path of x["conv1"]["W"] is conv1/W, of x["layers"][0] layers[0], of x[0] x[0], of x alone x.
    """
    if isinstance(x, dict | list | tuple):
        for key, part in _parts(x):
            yield from flatten(part, _path(x, name, key))
    else:
        yield name or "x", x


def _parts(x):
    return x.items() if isinstance(x, dict) else enumerate(x)


def _path(x, name, key):
    if isinstance(x, dict):
        return f"{name}/{key}" if name else str(key)
    return f"{name or 'x'}[{key}]"


def rebuild(x, arrays):
    """Return the structure of x around other arrays, in the order of :func:`flatten`."""
    return _rebuild(x, iter(arrays))


def _rebuild(x, arrays):
    if isinstance(x, dict):
        clone = copy.copy(x)
        clone.update({key: _rebuild(part, arrays) for key, part in x.items()})
        return clone
    if isinstance(x, list | tuple):
        parts = [_rebuild(part, arrays) for part in x]
        if isinstance(x, list):
            return parts
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    return next(arrays)


def leaves(x):
    """Return the names and the arrays of x, as NumPy arrays that can be moved."""
    found = list(flatten(x))
    names = [name for name, _ in found]
    arrays = [movable(leaf, name) for name, leaf in found]
    for name, array in zip(names, arrays):
        require_real_array(array, name)
        if not array.flags.writeable:
            raise ValueError(f"{name} is read-only and cannot be moved; pass {name}.copy().")
        if not np.all(np.isfinite(array)):
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise ValueError(f"{name} holds {array[where]} at {list(where)}; x must be finite.")
    _refuse_shared_memory(names, arrays)
    return names, arrays


def require_real_array(array, name):
    """Raise TypeError unless `array` is a NumPy array of real floating-point numbers."""
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"{name} should be a NumPy array of floats, but is a {type(array).__name__}; "
            f"pass np.array({name}, dtype=float), and let f read that array."
        )
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(
            f"{name} should hold floats, but its dtype is {array.dtype}, which cannot take a small "
            f"step; pass {name}.astype(float), and let f read that array."
        )


def _refuse_shared_memory(names, arrays):
    for i, first in enumerate(arrays):
        for j in range(i):
            try:
                shared = np.shares_memory(first, arrays[j], max_work=10_000)
            except np.exceptions.TooHardError:
                shared = False
            if shared:
                raise ValueError(
                    f"{names[j]} and {names[i]} share memory, so moving one moves the other; "
                    "pass the shared array once, or pass copies."
                )


def weighted_sum(out, df):
    """Return sum(out * df) in float64 or complex128, and the unit roundoff of `out`.

    df is None when `out` is one number.
    """
    if isinstance(df, list | tuple):
        if not isinstance(out, list | tuple) or len(out) != len(df):
            raise ValueError(
                f"df holds {len(df)} arrays, so f should return {len(df)}; "
                f"it returned {describe(out)}."
            )
        parts = [weighted_sum(o, d) for o, d in zip(out, df)]
        return sum(value for value, _ in parts), max((eps for _, eps in parts), default=0.0)
    if isinstance(out, list | tuple) or out is None:
        raise TypeError(
            f"f should return a number, or an array with df given, but returned {describe(out)}; "
            "return the value alone, or leave grad out and return (value, gradient)."
        )
    kind, out = describe(out), plain(out)
    if out.dtype.kind not in "fciub":
        raise TypeError(f"f should return numbers, but returned {kind}.")
    eps = float(np.finfo(out.dtype).eps) if out.dtype.kind in "fc" else 0.0
    if df is None:
        if out.size != 1:
            raise ValueError(
                f"f returned an array of shape {out.shape}, and only a number has a gradient; "
                "pass df, the derivative of the loss by that array."
            )
        return out.reshape(())[()].astype(complex if out.dtype.kind == "c" else float), eps
    df = plain(df, "df")
    if df.shape not in (out.shape, ()):
        raise ValueError(f"f returned shape {out.shape}, but df has {df.shape}; they must agree.")
    return np.sum(out * df.astype(float)), eps


def describe(out):
    """Return what `out` is, in a few words."""
    if isinstance(out, np.ndarray):
        return f"an array of shape {out.shape} and dtype {out.dtype}"
    if is_foreign(out):
        return f"a {type(out).__name__} of shape {tuple(out.shape)} and dtype {out.dtype}"
    length = f" of {len(out)}" if isinstance(out, list | tuple) else ""
    return "None" if out is None else f"a {type(out).__name__}{length}"


def magnitude(out, df):
    """Return sum(|out * df|)."""
    if isinstance(df, list | tuple):
        return sum(magnitude(o, d) for o, d in zip(out, df))
    return float(np.sum(np.abs(plain(out) * plain(df, "df"))))


def match_gradient(x, grad, what="the gradient"):
    """Return the gradient's arrays in the order of x's.

    Raises TypeError or ValueError if they do not fit.
    """
    names, arrays = leaves(x)
    parts = _gradient_parts(x, grad, what)
    return [_one_gradient(name, a, g, what) for name, a, g in zip(names, arrays, parts)]


def _gradient_parts(x, grad, what, name=""):
    """Yield what stands in the gradient for each array of x; refuse another structure."""
    if not isinstance(x, dict | list | tuple):
        yield grad
        return
    title = f"{what} of {name}" if name else what
    if isinstance(x, dict):
        _refuse_other_keys(x, grad, title, name or "x")
    elif not isinstance(grad, list | tuple) or len(grad) != len(x):
        count = "1 part" if len(x) == 1 else f"{len(x)} parts"
        raise TypeError(f"{name or 'x'} has {count}, so {title} should, but is {describe(grad)}.")
    for key, part in _parts(x):
        yield from _gradient_parts(part, grad[key], what, _path(x, name, key))


def _refuse_other_keys(x, grad, title, name):
    if not isinstance(grad, dict):
        raise TypeError(f"{name} is a dict, so {title} should be one, but is {describe(grad)}.")
    missing = [str(key) for key in x if key not in grad]
    if missing:
        raise ValueError(
            f"{title} has no {', '.join(missing)}; it has {', '.join(map(str, grad)) or 'no keys'}."
        )


def _one_gradient(name, array, grad, what):
    if isinstance(grad, float) and array.ndim == 0:
        grad = np.array(grad)
    grad = plain(grad, f"{what} of {name}") if is_foreign(grad) else grad
    if not isinstance(grad, np.ndarray | np.floating):
        raise TypeError(
            f"{what} of {name} is {describe(grad)}; it should be an array of shape {array.shape}"
            + ("; does the function return it?" if grad is None else ".")
        )
    grad = np.asarray(grad)
    if grad.shape != array.shape:
        raise ValueError(f"{what} of {name} has shape {grad.shape}, but {name} has {array.shape}.")
    if not np.issubdtype(grad.dtype, np.floating):
        raise TypeError(
            f"{what} of {name} has dtype {grad.dtype}, which cannot hold a gradient; it should be "
            f"{array.dtype}."
        )
    if not np.all(np.isfinite(grad)):
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(grad))[0])
        raise ValueError(f"{what} of {name} is {grad[index]} at {list(index)}; f is finite there.")
    return grad
