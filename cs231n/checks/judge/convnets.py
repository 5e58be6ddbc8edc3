"""What the checks of convolutional networks share: drawn layers and nets, and known mistakes."""

import numpy as np

from cs231n.checks.asserts import (
    ROUNDING,
    ROUNDING32,
    assert_close,
    assert_that,
    require_array,
    take,
)
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake
from .fc_nets import loss_and_gradients, require_first_params

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
MEAN = "This is a mean over the pictures: dout has the 1/N of the loss in it already."


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


def require_conv_forward(student, rng, stride, pad, dtype=np.float64, **shapes):
    """Require the output of a convolution, and name common slips."""
    x, w, b = draw_pictures_and_filters(rng, dtype=dtype, **shapes)
    result = student.convolution.conv_forward_naive(x, w, b, conv_param(stride, pad))
    out, _ = take(result, "out", "cache")
    wide = [a.astype(np.float64) for a in (x, w, b)]
    expected = oracle.convolve(*wide, stride, pad).astype(dtype)
    flipped = oracle.convolve(wide[0], wide[1][:, :, ::-1, ::-1], wide[2], stride, pad)
    slips = [
        (expected - b.reshape(-1, 1, 1), "The bias is missing: one number a filter."),
        (flipped.astype(dtype), "The filter is turned round: w[f, c, 0, 0] meets the first pixel."),
    ]
    what = f"out at stride {stride}, pad {pad}"
    require_out(out, expected, what, slips, tolerance(dtype))


def tolerance(dtype):
    """What counts as rounding in this precision."""
    return ROUNDING32 if dtype == np.float32 else ROUNDING


def require_conv_backward(student, rng, stride, pad, dtype=np.float64, **shapes):
    """Require dx, dw and db, also where the last pixels are seen by no filter."""
    x, w, b = draw_pictures_and_filters(rng, dtype=dtype, **shapes)
    wide = [a.astype(np.float64) for a in (x, w, b)]
    dout = rng.normal(size=oracle.convolve(*wide, stride, pad).shape).astype(dtype)
    cache = (x, w, b, conv_param(stride, pad))
    result = student.convolution.conv_backward_naive(dout, cache)
    dx, dw, db = take(result, "dx", "dw", "db")
    gradients = oracle.convolution_gradients(*wide[:2], dout.astype(np.float64), stride, pad)
    expected = [a.astype(dtype) for a in gradients]
    tol, at, N = tolerance(dtype), f"at stride {stride}, pad {pad}", len(x)
    one = "db adds up over pictures and places: here it is of one picture alone."
    slips = [(expected[2] / N, MEAN), (dout[0].sum(axis=(1, 2)), one)]
    assert_no_mistake(db, expected[2], f"db {at}", slips, tol)
    assert_no_mistake(dw, expected[1], f"dw {at}", [(expected[1] / N, MEAN)], tol)
    require_picture_gradient(dx, expected[0], f"dx {at}", pad, tol)


def require_pool_forward(student, x, HH, WW, stride):
    """Require the largest number of each window."""
    result = student.convolution.max_pool_forward_naive(x, pool_param(HH, WW, stride))
    out, _ = take(result, "out", "cache")
    expected = oracle.largest_of_windows(x, HH, WW, stride)
    below = "Where all numbers of a window are below 0, so is their largest."
    what = f"out of windows of {HH} x {WW} at stride {stride}"
    require_out(out, expected, what, [(np.maximum(expected, 0), below)], tolerance(x.dtype))


def pool_backward(student, rng, x, HH, WW, stride):
    """Draw dout, and return it with the student's dx."""
    dout = rng.normal(size=oracle.largest_of_windows(x, HH, WW, stride).shape).astype(x.dtype)
    dx = student.convolution.max_pool_backward_naive(dout, (x, pool_param(HH, WW, stride)))
    return dout, dx


def require_pool_backward(student, rng, x, HH, WW, stride):
    """Require dx where no two numbers are equal."""
    dout, dx = pool_backward(student, rng, x, HH, WW, stride)
    expected = oracle.received_by_pixels(x, dout, HH, WW, stride)
    overwritten = oracle.last_received_by_pixels(x, dout, HH, WW, stride)
    slips = [(overwritten, "A pixel that wins several windows gets the sum: add, do not assign.")]
    what = f"dx of windows of {HH} x {WW} at stride {stride}"
    assert_no_mistake(dx, expected, what, slips, tolerance(x.dtype))


def require_shared(student, rng, x, HH, WW, stride):
    """Require that of windows which do not overlap only maxima get shares, and all of it."""
    dout, dx = pool_backward(student, rng, x, HH, WW, stride)
    require_array(dx, "dx", shape=x.shape, dtype=x.dtype)
    top = oracle.largest_of_windows(x, HH, WW, stride)
    for window in np.ndindex(dout.shape):
        n, c, oh, ow = window
        where = np.s_[n, c, oh * stride : oh * stride + HH, ow * stride : ow * stride + WW]
        total, arrived = float(dx[where].sum()), float(dout[window])
        message = (
            "Where numbers of a window are equal they get more, or less, than arrives. Give all "
            "of it to one of them."
        )
        place, same = f"the window of dout[{n}, {c}, {oh}, {ow}]", abs(total - arrived) < ROUNDING
        assert_that(same, message, f"{arrived:.6g} in all", f"{total:.6g}", place)
        others = dx[where][x[where] < top[window]]
        message = "A pixel that is not the largest of its window gets something."
        assert_that(not np.any(others), message, "0", str(others), place)


def convnet_shapes(input_dim, F, size, M, K):
    """The shapes of all parameters where filters of odd size keep height and width."""
    C, H, W = input_dim
    weights = {"W1": (F, C, size, size), "W2": (F * (H // 2) * (W // 2), M), "W3": (M, K)}
    return weights | {"b1": (F,), "b2": (M,), "b3": (K,)}


def require_first_convnet(student, scale, dtype, input_dim, *sizes):
    """Require the first parameters of a net: F filters of a size, M hidden units, K classes."""
    make = student.classifiers.cnn.ThreeLayerConvNet
    net = make(input_dim, *sizes, weight_scale=scale, dtype=np.dtype(dtype).name)
    require_first_params(net.get("params"), convnet_shapes(input_dim, *sizes), scale, dtype)


def require_convnet(student, rng, reg, N=3, input_dim=(2, 7, 6), size=3, **sizes):
    """Require the loss and the gradient by every parameter of a net."""
    params = draw_net(rng, input_dim, size=size, **sizes)
    X, y = rng.normal(size=(N, *input_dim)), rng.integers(len(params["b3"]), size=N)
    net, at = convnet(student, params, input_dim, reg), f"at reg = {reg:g}, filters of {size}"
    loss, grads = loss_and_gradients(net, X, y, NAMES)
    assert_close(loss, oracle.convnet_loss(params, X, y, reg), f"the loss {at}")
    expected = oracle.convnet_gradients(params, X, y, reg)
    for name in NAMES:
        assert_close(grads[name], expected[name], f'grads["{name}"] {at}')
