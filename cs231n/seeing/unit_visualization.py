"""Looking at single units of a network: their activations, and the patches they answer to.

A unit is one output of an affine layer, or one filter of a convolution, whose map holds one
activation for each place.
"""

import numpy as np


def activation_maps(model, X, layers):
    """Run pictures through a network once, and keep what comes out of some layers.

    Parameters
    ----------
    model : seeing model
        A chain of layers: `layers` are their names in order, each takes what the one before it
        puts out, and `forward(X, start=name, end=name)[0]` runs one of them.
    X : ndarray, shape (N, C, H, W)
    layers : list of str
        Names of layers, in any order.

    Returns
    -------
    dict
        The output of each of these layers by its name; no others.
    """
    maps = {}
    ### BEGIN SOLUTION: run the layers one by one, each on what came out of the one before
    out = X
    for name in model.layers:
        out, _ = model.forward(out, start=name, end=name)
        if name in layers:
            maps[name] = out
    ### END SOLUTION
    return maps


def dead_units(model, X, layer, batch_size=100):
    """Tell which units of a layer are never above 0, whatever the picture and the place.

    Parameters
    ----------
    model : seeing model
    X : ndarray, shape (N, C, H, W)
        They are run in batches of batch_size, the last of which may be smaller.
    layer : str
        Its output is (N, M) or (N, F, H', W').
    batch_size : int

    Returns
    -------
    ndarray, shape (M,) or (F,), bool
    """
    dead = True
    for first in range(0, len(X), batch_size):
        out, _ = model.forward(X[first : first + batch_size], end=layer)
        ### BEGIN SOLUTION: a unit that is above 0 anywhere in this batch is alive
        alive = out > 0
        dead = dead & ~np.any(alive, axis=(0, *range(2, alive.ndim)))
        ### END SOLUTION
    return dead


def receptive_field(geometry):
    """Compute which pixels a place of a map sees, from the layers that lead to it.

    Parameters
    ----------
    geometry : list of (size, stride, pad)
        Of each convolution or pooling on the way, the first one first: the height (and width) of
        its window, by how much it moves, and how many zeros pad each side of its input.

    Returns
    -------
    size, stride, start : int
        A place in row i of the map sees `size` rows of pixels, the first of which is
        start + i * stride. With padding, start may be below 0. Columns are the same.

    References
    ----------
    A. Araujo, W. Norris, J. Sim: Computing receptive fields of convolutional neural networks,
    Distill, 2019, equations 1-5.
    """
    size, stride, start = 1, 1, 0  # before the first layer a place is a pixel
    ### BEGIN SOLUTION: what does each layer do to size, stride and start?
    for window, step, pad in geometry:
        size += (window - 1) * stride
        start -= pad * stride
        stride *= step
    ### END SOLUTION
    return size, stride, start


def layer_geometry(model, layer):
    """List (size, stride, pad) of the convolutions and poolings of a LayeredNet up to a layer.

    Raises
    ------
    ValueError
        If a window is not square, or the layer is not part of the net.
    """
    if layer not in model.layers:
        names = ", ".join(model.layers)
        raise ValueError(f"layer_geometry: there is no layer {layer!r}; there are {names}.")
    geometry = []
    for name in model.layers[: model.layers.index(layer) + 1]:
        part = model.parts[name]
        if part.kind == "conv":
            window, moves = part.w_shape[2:], part.conv_param
        elif part.kind == "pool":
            moves = part.pool_param
            window = moves["pool_height"], moves["pool_width"]
        else:
            continue
        if window[0] != window[1]:
            raise ValueError(f"layer_geometry: {name} has windows of {window}; only squares work.")
        geometry.append((window[0], moves["stride"], moves.get("pad", 0)))
    return geometry


def top_patches(images, maps, field, k=9):
    """Cut out of pictures what a filter answers to most.

    Parameters
    ----------
    images : ndarray, shape (N, H, W, 3)
    maps : ndarray, shape (N, H', W')
        The activations of one filter.
    field : (size, stride, start)
        What a place of the map sees, as `receptive_field` returns it.
    k : int
        How many patches, at most one of each picture, so k <= N.

    Returns
    -------
    patches : ndarray, shape (k, size, size, 3), dtype of images
        The k pictures with the largest maxima, largest first, each cut to what its largest
        activation saw. Pixels outside of the picture are 0.
    values : ndarray, shape (k,)
        These activations.
    """
    size, stride, start = field
    patches = np.zeros((k, size, size, images.shape[3]), dtype=images.dtype)
    values = np.zeros(k, dtype=maps.dtype)
    ### BEGIN SOLUTION: the best place of each picture, the best k pictures; then cut
    flat = maps.reshape(len(maps), -1)  # (N, H' * W')
    order = np.argsort(-flat.max(axis=1), kind="stable")[:k]
    padded = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
    for rank, n in enumerate(order):
        i, j = divmod(int(flat[n].argmax()), maps.shape[2])
        top, left = (size + start + place * stride for place in (i, j))
        patches[rank] = padded[n, top : top + size, left : left + size]
        values[rank] = flat[n].max()
    ### END SOLUTION
    return patches, values
