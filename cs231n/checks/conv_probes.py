"""What the checks of convolutional networks share: drawn layers and nets, and known mistakes."""

import numpy as np

from .asserts import assert_that, require_array
from .diagnosis import assert_no_mistake

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


def conv_param(stride, pad):
    """What a convolution is told beside its arrays."""
    return {"stride": stride, "pad": pad}


def pool_param(HH, WW, stride):
    """What a pooling is told beside its pictures."""
    return {"pool_height": HH, "pool_width": WW, "stride": stride}


def draw_pictures_and_filters(rng, x=(2, 3, 7, 5), w=(4, 3, 3, 2), dtype=np.float64):
    """Draw (x, w, b) of a convolution: all sides differ, and no bias is 0."""
    b = rng.choice([-1, 1], size=w[0]) * rng.uniform(0.5, 2, size=w[0])
    return tuple(a.astype(dtype) for a in (rng.normal(size=x), rng.normal(size=w), b))


def require_out(out, expected, what, mistakes, tol):
    """Require an output (N, F, OH, OW), and say so where its height and width are swapped."""
    require_array(out, what)
    turned = out.ndim == 4 and out.shape == expected.swapaxes(2, 3).shape != expected.shape
    message = f"{what} has height and width swapped: (N, F, OH, OW), where OH goes with H."
    assert_that(not turned, message, str(expected.shape), str(out.shape), what)
    swapped = (expected.swapaxes(2, 3), message)
    assert_no_mistake(out, expected, what, [*mistakes, swapped], tol)


def require_picture_gradient(dx, expected, what, pad, tol, mistakes=()):
    """Require a derivative by pictures, and say so where it still has the padding around it."""
    require_array(dx, what)
    N, C, H, W = expected.shape
    padded = (N, C, H + 2 * pad, W + 2 * pad)
    message = f"{what} still has the padding around it: only the pixels of x have a derivative."
    still = pad > 0 and dx.shape == padded
    assert_that(not still, message, str(expected.shape), str(dx.shape), what)
    assert_no_mistake(dx, expected, what, mistakes, tol)


def draw_net(rng, input_dim=(2, 7, 6), F=3, size=3, M=5, K=4):
    """Draw parameters of a ThreeLayerConvNet, none of them zero, the scores of either sign.

    Weights shrink with the number of inputs, so that activations stay about 1 in size.
    """
    C, H, W = input_dim
    side = 2 * ((size - 1) // 2) + 1 - size
    D = F * ((H + side) // 2) * ((W + side) // 2)
    signs = np.where(np.arange(K) % 2, 1.0, -1.0)
    return {
        "W1": rng.normal(size=(F, C, size, size)) * np.sqrt(2 / (C * size * size)),
        "b1": 0.5 * rng.normal(size=F),
        "W2": rng.normal(size=(D, M)) * np.sqrt(2 / D),
        "b2": 0.5 * rng.normal(size=M),
        "W3": rng.normal(size=(M, K)) * np.sqrt(2 / M),
        "b3": 2 * rng.permutation(signs),
    }


def convnet(student, params, input_dim, reg=0.0, dtype="float64"):
    """A student's ThreeLayerConvNet with these parameters."""
    (F, _, size, _), (_, M), K = params["W1"].shape, params["W2"].shape, len(params["b3"])
    make = student.classifiers.cnn.ThreeLayerConvNet
    net = make(
        input_dim=input_dim,
        num_filters=F,
        filter_size=size,
        hidden_dim=M,
        num_classes=K,
        reg=reg,
        dtype=dtype,
    )
    net.set("params", params)
    return net


def normalize_batches(forward, batches, gamma, beta, bn_param):
    """Normalise batch after batch with one bn_param; runs where the student's function does.

    Parameters
    ----------
    forward : callable
        Such as `spatial_batchnorm_forward`.
    batches : list of (mode, x)
    gamma, beta : ndarray
    bn_param : dict
        Without "mode".

    Returns
    -------
    outs : list of ndarray
    running_mean, running_var : what bn_param holds in the end, or None
    """
    outs = []
    for mode, x in batches:
        bn_param["mode"] = mode
        outs.append(forward(x, gamma, beta, bn_param)[0])
    return outs, bn_param.get("running_mean"), bn_param.get("running_var")
