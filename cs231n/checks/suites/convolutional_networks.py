"""Checks of the notebook `convolutional_networks`; those of normalisation: `picture_norms`."""

import numpy as np

from cs231n.checks import picture_norms  # noqa: F401  (it registers its checks)
from cs231n.checks.api import (
    ROUNDING,
    ROUNDING32,
    assert_close,
    assert_that,
    exercise,
    oracle,
    require_array,
    take,
)
from cs231n.checks.conv_probes import (
    NAMES,
    conv_param,
    convnet,
    draw_net,
    draw_pictures_and_filters,
    pool_param,
    require_out,
    require_picture_gradient,
)
from cs231n.checks.diagnosis import assert_no_mistake
from cs231n.checks.fc_probes import PENALTY, loss_and_gradients, require_first_params
from cs231n.checks.handed_in import check_steps
from cs231n.checks.handed_in_convnet import require_convnet_accuracy

# Per cent of unseen pictures; each step counts. What nets reach: tests/cs231n/test_cnn_hand_in.py
FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL = 62, 72, 80, 85
MEAN = "This is a mean over the pictures: dout has the 1/N of the loss in it already."

# --- convolution, forwards


@exercise("conv-forward-naive", weight=2)
def outputs_are_filters_times_what_they_see(student, rng):
    require_conv_forward(student, rng, 1, 1)


@exercise("conv-forward-naive")
def pictures_without_padding(student, rng):
    require_conv_forward(student, rng, 1, 0, x=(3, 2, 4, 6), w=(5, 2, 2, 3))


@exercise("conv-forward-naive")
def filters_that_step_by_two_and_three(student, rng):
    require_conv_forward(student, rng, 2, 1, x=(2, 3, 9, 7), w=(4, 3, 3, 3))
    require_conv_forward(student, rng, 3, 2, x=(1, 2, 10, 6), w=(3, 2, 4, 2))


@exercise("conv-forward-naive")
def outputs_of_float32_are_float32(student, rng):
    require_conv_forward(student, rng, 1, 1, dtype=np.float32)


def require_conv_forward(student, rng, stride, pad, dtype=np.float64, **shapes):
    """Require the output of a convolution, and name common slips."""
    x, w, b = draw_pictures_and_filters(rng, dtype=dtype, **shapes)
    result = student.convolution.conv_forward_naive(x, w, b, conv_param(stride, pad))
    out, _ = take(result, "out", "cache")
    wide = [a.astype(np.float64) for a in (x, w, b)]
    expected = oracle.convolve(*wide, stride, pad).astype(dtype)
    flipped = oracle.convolve(wide[0], wide[1][:, :, ::-1, ::-1], wide[2], stride, pad)
    slips = [
        (expected - b[:, np.newaxis, np.newaxis], "The bias is missing: one number a filter."),
        (flipped.astype(dtype), "The filter is turned round: w[f, c, 0, 0] meets the first pixel."),
    ]
    what = f"out at stride {stride}, pad {pad}"
    require_out(out, expected, what, slips, tolerance(dtype))


def tolerance(dtype):
    return ROUNDING32 if dtype == np.float32 else ROUNDING


# --- convolution, backwards


@exercise("conv-backward-naive", weight=3)
def derivatives_add_up_over_places_and_pictures(student, rng):
    require_conv_backward(student, rng, 1, 1)


@exercise("conv-backward-naive", weight=2)
def derivatives_where_nothing_is_padded(student, rng):
    require_conv_backward(student, rng, 1, 0, x=(3, 2, 4, 6), w=(5, 2, 2, 3))


@exercise("conv-backward-naive", weight=2)
def derivatives_of_longer_steps(student, rng):
    require_conv_backward(student, rng, 2, 1, x=(2, 3, 8, 7), w=(4, 3, 3, 2))
    require_conv_backward(student, rng, 3, 2, x=(1, 2, 9, 6), w=(3, 2, 4, 2))


@exercise("conv-backward-naive")
def derivatives_of_float32_are_float32(student, rng):
    require_conv_backward(student, rng, 1, 1, dtype=np.float32)


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


# --- max pooling


@exercise("max-pool-forward-naive", weight=2)
def the_largest_of_each_window_comes_out(student, rng):
    require_pool_forward(student, rng.normal(size=(2, 3, 6, 8)), 2, 2, 2)


@exercise("max-pool-forward-naive")
def windows_need_not_be_square(student, rng):
    require_pool_forward(student, rng.normal(size=(2, 3, 9, 8)), 3, 2, 2)
    require_pool_forward(student, rng.normal(size=(3, 2, 4, 9)), 2, 4, 1)


@exercise("max-pool-forward-naive")
def windows_may_overlap_or_leave_gaps(student, rng):
    require_pool_forward(student, rng.normal(size=(2, 3, 7, 5)), 3, 3, 1)
    require_pool_forward(student, rng.normal(size=(2, 3, 9, 8)), 2, 2, 3)


@exercise("max-pool-forward-naive")
def numbers_below_zero_and_float32(student, rng):
    x = -rng.uniform(1, 2, size=(2, 3, 4, 6)).astype(np.float32)
    require_pool_forward(student, x, 2, 2, 2)


def require_pool_forward(student, x, HH, WW, stride):
    """Require the largest number of each window."""
    result = student.convolution.max_pool_forward_naive(x, pool_param(HH, WW, stride))
    out, _ = take(result, "out", "cache")
    expected = oracle.largest_of_windows(x, HH, WW, stride)
    below = "Where all numbers of a window are below 0, so is their largest."
    what = f"out of windows of {HH} x {WW} at stride {stride}"
    require_out(out, expected, what, [(np.maximum(expected, 0), below)], tolerance(x.dtype))


@exercise("max-pool-backward-naive", weight=2)
def the_winner_of_a_window_gets_what_arrives(student, rng):
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 6, 8)), 2, 2, 2)
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 9, 8)), 3, 2, 3)


@exercise("max-pool-backward-naive", weight=2)
def a_winner_of_several_windows_gets_the_sum(student, rng):
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 7, 5)), 3, 3, 1)
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 9, 8)), 3, 4, 2)


@exercise("max-pool-backward-naive")
def pixels_between_the_windows_get_nothing(student, rng):
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 9, 8)), 2, 2, 3)


@exercise("max-pool-backward-naive")
def float32_stays_on_the_way_back(student, rng):
    x = rng.normal(size=(2, 3, 7, 5)).astype(np.float32)
    require_pool_backward(student, rng, x, 3, 2, 1)


@exercise("max-pool-backward-naive")
def equal_winners_share_what_arrives_and_no_more(student, rng):
    x = rng.integers(2, size=(2, 3, 6, 9)).astype(float)  # like units of a ReLU: many are equal
    require_shared(student, rng, x, 2, 3, 3)
    require_shared(student, rng, np.zeros((2, 1, 4, 6)), 2, 2, 2)


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
    for n, c, oh, ow in np.ndindex(dout.shape):
        where = np.s_[n, c, oh * stride : oh * stride + HH, ow * stride : ow * stride + WW]
        total, arrived = float(dx[where].sum()), float(dout[n, c, oh, ow])
        message = (
            "Where numbers of a window are equal they get more, or less, than arrives. Give all "
            "of it to one of them."
        )
        place, same = f"the window of dout[{n}, {c}, {oh}, {ow}]", abs(total - arrived) < ROUNDING
        assert_that(same, message, f"{arrived:.6g} in all", f"{total:.6g}", place)
        others = dx[where][x[where] < top[n, c, oh, ow]]
        message = "A pixel that is not the largest of its window gets something."
        assert_that(not np.any(others), message, "0", str(others), place)


# --- a network of three layers


@exercise("three-layer-init", weight=2)
def parameters_are_random_weights_and_zero_biases(student, rng):
    require_first_convnet(student, 0.05, np.float32, (3, 10, 16), 16, 5, 30, 40)


@exercise("three-layer-init")
def odd_pictures_lose_their_last_row_and_column(student, rng):
    require_first_convnet(student, 0.4, np.float64, (4, 11, 7), 32, 3, 12, 90)


@exercise("three-layer-init")
def no_argument_gives_cifar10(student, rng):
    params = student.classifiers.cnn.ThreeLayerConvNet().get("params")
    shapes = convnet_shapes((3, 32, 32), 32, 7, 100, 10)
    require_first_params(params, shapes, 1e-3, np.float32)


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


@exercise("three-layer-convnet", weight=2)
def scores_of_oblong_pictures(student, rng):
    params, X = draw_net(rng), rng.normal(size=(3, 2, 7, 6))
    scores = convnet(student, params, (2, 7, 6)).loss(X)
    expected = oracle.convnet_scores(params, X)
    slips = [(np.maximum(expected, 0), "The scores have a ReLU: the last layer is affine alone.")]
    assert_no_mistake(scores, expected, "scores", slips)


@exercise("three-layer-convnet", weight=3)
def loss_and_all_gradients_match(student, rng):
    require_convnet(student, rng, 0.0)
    require_convnet(student, rng, 0.0, input_dim=(1, 4, 6), F=2, size=1, M=3, K=3)


@exercise("three-layer-convnet", weight=3)
def penalty_counts_the_weights_of_all_three_layers(student, rng):
    params, X, y = draw_net(rng), rng.normal(size=(3, 2, 7, 6)), rng.integers(4, size=3)
    plain, plain_grads = loss_and_gradients(convnet(student, params, (2, 7, 6)), X, y, NAMES)
    net = convnet(student, params, (2, 7, 6), reg=PENALTY)
    loss, grads = loss_and_gradients(net, X, y, NAMES)
    added = oracle.convnet_loss(params, X, y, PENALTY) - oracle.convnet_loss(params, X, y, 0.0)
    parts = {name: PENALTY / 2 * float(np.sum(value**2)) for name, value in params.items()}
    slips = [(0.0, "The penalty is missing: add 0.5 * reg * sum(W * W) for every W.")]
    slips += [(2 * added, "The penalty has a factor 1/2 here: 0.5 * reg * sum(W * W).")]
    slips += [(added - parts[W], f"The penalty leaves out {W}.") for W in ("W1", "W2", "W3")]
    slips += [(sum(parts.values()), "The penalty counts the biases: it is for the weights alone.")]
    assert_no_mistake(loss - plain, added, f"what reg = {PENALTY} adds to the loss", slips)
    expected = oracle.convnet_gradients(params, X, y, PENALTY)
    expected_plain = oracle.convnet_gradients(params, X, y, 0.0)
    for name in NAMES:
        for got in (grads[name], plain_grads[name]):
            require_array(got, f'grads["{name}"]', shape=params[name].shape)
        what = f'what reg = {PENALTY} adds to grads["{name}"]'
        assert_close(grads[name] - plain_grads[name], expected[name] - expected_plain[name], what)


@exercise("three-layer-convnet")
def a_float32_net_computes_in_float32(student, rng):
    params, X, y = draw_net(rng), rng.normal(size=(3, 2, 7, 6)), rng.integers(4, size=3)
    expected = oracle.convnet_gradients(params, X, y, PENALTY)
    narrow = {name: value.astype(np.float32) for name, value in params.items()}
    net = convnet(student, narrow, (2, 7, 6), reg=np.float64(PENALTY), dtype="float32")
    scores = oracle.convnet_scores(params, X).astype(np.float32)
    assert_close(net.loss(X), scores, "scores of a float32 net", ROUNDING32)
    _, grads = loss_and_gradients(net, X, y, NAMES)
    for name in NAMES:
        what = f'grads["{name}"] of a float32 net'
        assert_close(grads[name], expected[name].astype(np.float32), what, ROUNDING32)


@exercise("three-layer-convnet")
def the_parameters_stay_as_they_were(student, rng):
    params, X, y = draw_net(rng), rng.normal(size=(3, 2, 7, 6)), rng.integers(4, size=3)
    net = convnet(student, params, (2, 7, 6), reg=PENALTY)
    loss_and_gradients(net, X, y, NAMES)
    after = net.get("params")
    for name, before in params.items():
        assert_close(after[name], before, f"{name}, which loss should only read,")


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


check_steps("convnet-tuned", require_convnet_accuracy, (FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL))
