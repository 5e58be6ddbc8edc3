"""Trained networks as files: what the exercises in tuning hand in."""

from pathlib import Path

import numpy as np

from cs231n.files.cache import whole_file

NET, FEATURES_NET = "hand_in/best_net.npz", "hand_in/best_features.npz"
DEEP_NET = "hand_in/best_fc_net.npz"
MOST_HIDDEN = 1000  # units; with 3,072 inputs a file of 12 MB
MOST_LAYERS = 8
KEYS = ("W1", "b1", "W2", "b2", "mean", "std")


def save_net(net, mean_image, path=NET, scale=1.0):
    """Save a two-layer network that was trained on (pixels - mean picture) / scale.

    Parameters
    ----------
    net : TwoLayerNet
        Trained on rows of 32 * 32 * 3 numbers.
    mean_image : ndarray, shape (3072,) or (32, 32, 3)
        What was subtracted from every picture, whose pixels run from 0 to 255, before training.
    path : str or Path
    scale : float
        What the difference was divided by, above 0.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If the arrays are not such that they can be graded; nothing is written then.
    """
    mean = np.ravel(np.asarray(mean_image))
    return _save(dict(net.params, mean=mean, std=np.full(mean.shape, float(scale))), path)


def save_features_net(net, train_features, path=FEATURES_NET):
    """Save a two-layer network that was trained on standardised features.

    Parameters
    ----------
    net : TwoLayerNet
        Trained on HOG features (144) followed by a colour histogram, as `standardize_features`
        returns them.
    train_features : ndarray, shape (N, F)
        The training features before they were standardised: grading uses their mean and standard
        deviation.
    path : str or Path

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If the arrays are not such that they can be graded; nothing is written then.
    """
    varies = train_features.max(axis=0) > train_features.min(axis=0)
    std = np.where(varies, train_features.std(axis=0), 1)
    return _save(dict(net.params, mean=train_features.mean(axis=0), std=std), path)


def save_deep_net(net, mean_image, path=DEEP_NET, scale=1.0):
    """Save a fully connected network that was trained on (pixels - mean picture) / scale.

    Parameters
    ----------
    net : FullyConnectedNet
        Trained on rows of 32 * 32 * 3 numbers, without normalisation; dropout does no harm.
    mean_image : ndarray, shape (3072,) or (32, 32, 3)
        What was subtracted from every picture, whose pixels run from 0 to 255, before training.
    path : str or Path
    scale : float
        What the difference was divided by, above 0.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If the arrays are not such that they can be graded; nothing is written then.
    """
    mean = np.ravel(np.asarray(mean_image))
    arrays = dict(net.params, mean=mean, std=np.full(mean.shape, float(scale)))
    return _save(arrays, path, tuple(arrays), require_gradable_deep)


def load_net(path=NET):
    """Load what `save_net` or `save_features_net` wrote.

    Returns
    -------
    dict
        W1 (D, H), b1 (H,), W2 (H, C), b2 (C,), and mean (D,) and std (D,): the network expects
        (x - mean) / std.

    Raises
    ------
    ValueError
        If the file holds something else.
    """
    arrays = read_arrays(path)
    require_gradable(arrays)
    return arrays


def require_gradable(arrays, num_classes=10):
    """Raise ValueError, saying what is wrong, unless these arrays are a network to be graded."""
    require_numbers(arrays, KEYS)
    W1, W2 = arrays["W1"], arrays["W2"]
    if W1.ndim != 2 or W2.ndim != 2 or 0 in W1.shape:
        raise ValueError(f"W1 and W2 should be matrices but are {W1.shape} and {W2.shape}.")
    D, H = W1.shape
    if H > MOST_HIDDEN:
        msg = f"The network has {H} hidden units; at most {MOST_HIDDEN} can be handed in."
        raise ValueError(msg)
    expected = {"b1": (H,), "W2": (H, num_classes), "b2": (num_classes,), "mean": (D,), "std": (D,)}
    _require_shapes(arrays, expected)


def require_gradable_deep(arrays, num_classes=10):
    """Raise ValueError, saying what is wrong, unless these are a deeper network to be graded."""
    count = max(sum(str(key).startswith("W") for key in arrays), 1)
    keys = [f"{kind}{layer}" for layer in range(1, count + 1) for kind in "Wb"] + ["mean", "std"]
    require_numbers(arrays, keys)
    others = [str(key) for key in arrays if key not in keys]
    if others:
        msg = f"The network should consist of the arrays {', '.join(keys)}, not {others[0]}"
        raise ValueError(f"{msg}: it is handed in without normalisation.")
    sizes = [*arrays["W1"].shape[:1], *(arrays[f"b{i}"].size for i in range(1, count + 1))]
    if count > MOST_LAYERS or max(sizes[1:]) > MOST_HIDDEN or 0 in sizes:
        msg = f"The network has {count} layers of the sizes {sizes[1:]}"
        raise ValueError(
            f"{msg}; 1 to {MOST_LAYERS} layers of 1 to {MOST_HIDDEN} units can be handed in."
        )
    shapes = {"mean": arrays["W1"].shape[:1], "std": arrays["W1"].shape[:1]}
    for layer in range(1, count + 1):
        after = sizes[layer] if layer < count else num_classes
        shapes |= {f"W{layer}": (sizes[layer - 1], after), f"b{layer}": (after,)}
    _require_shapes(arrays, shapes)


def require_numbers(arrays, keys):
    """Raise ValueError unless these arrays are there, and hold real and finite numbers."""
    missing = [key for key in keys if key not in arrays]
    if missing:
        msg = (
            f"The network should consist of the arrays {', '.join(keys)}; "
            f"{', '.join(missing)} is missing."
        )
        raise ValueError(msg)
    for key in keys:
        if type(arrays[key]) is not np.ndarray or arrays[key].dtype.kind not in "fiu":
            raise ValueError(f"{key} should be an array of real numbers.")
        if not np.all(np.isfinite(arrays[key])):
            msg = f"{key} holds nan or inf: training has diverged. Try a smaller learning rate."
            raise ValueError(msg)


def _require_shapes(arrays, expected):
    """Raise ValueError unless the arrays have these shapes, and std divides."""
    for key, shape in expected.items():
        if arrays[key].shape != shape:
            W1 = arrays["W1"].shape
            msg = f"{key} should be {shape}, to go with W1 {W1}, but is {arrays[key].shape}."
            raise ValueError(msg)
    if not np.all(arrays["std"] > 0):
        raise ValueError("std should be above 0 everywhere: the inputs are divided by it.")


def _save(arrays, path, keys=KEYS, require=require_gradable):
    """Write arrays as float32, all of the file or nothing."""
    arrays = {key: np.asarray(value) for key, value in arrays.items()}
    require(arrays)
    return write_arrays({key: arrays[key].astype(np.float32) for key in keys}, path)


def write_arrays(arrays, path):
    """Write arrays to a file, all of it or nothing; return its Path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        np.savez(file, **arrays)
    return path


def read_arrays(path):
    """Read what `write_arrays` wrote; never a pickle."""
    with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}


def described(params, text):
    """Join arrays, as float32, with a description as bytes: there are no strings in the file."""
    arrays = {name: np.asarray(value, dtype=np.float32) for name, value in params.items()}
    return arrays | {"description": np.frombuffer(text.encode(), dtype=np.uint8)}
