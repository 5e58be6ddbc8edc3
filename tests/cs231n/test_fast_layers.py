"""Convolution and pooling three ways: against the definition, each other, and as transposes."""

import numpy as np
import pytest

from cs231n import fast_layers
from cs231n.fast_layers import (
    conv_backward_fast,
    conv_backward_im2col,
    conv_backward_strides,
    conv_forward_fast,
    conv_forward_im2col,
    conv_forward_strides,
    max_pool_backward_fast,
    max_pool_backward_im2col,
    max_pool_backward_reshape,
    max_pool_forward_fast,
    max_pool_forward_im2col,
    max_pool_forward_reshape,
)

pytestmark = pytest.mark.assignment2

CONVOLUTIONS = [
    (conv_forward_fast, conv_backward_fast),
    (conv_forward_strides, conv_backward_strides),
    (conv_forward_im2col, conv_backward_im2col),
]
POOLS = [
    (max_pool_forward_fast, max_pool_backward_fast),
    (max_pool_forward_im2col, max_pool_backward_im2col),
]
TILING_POOLS = [*POOLS, (max_pool_forward_reshape, max_pool_backward_reshape)]
# x, w, stride, pad: one picture, one channel, one filter, not square, steps that do not fit
SHAPES = [
    ((2, 3, 5, 7), (4, 3, 3, 2), 2, 1),
    ((1, 3, 7, 5), (2, 3, 2, 3), 1, 0),
    ((3, 1, 4, 6), (5, 1, 4, 1), 3, 2),
    ((2, 2, 6, 5), (1, 2, 1, 1), 2, 0),
    ((2, 3, 5, 4), (2, 3, 5, 6), 1, 1),
    ((2, 1, 6, 9), (3, 1, 3, 3), 4, 0),  # the last rows and columns stay unseen
    ((1, 2, 3, 4), (3, 2, 2, 2), 1, 4),  # filters that see nothing but zeros
]
# x, HH, WW, stride: tiles, overlaps, gaps, windows that do not tile
WINDOWS = [
    ((2, 3, 4, 6), 2, 2, 2),
    ((2, 3, 7, 5), 3, 2, 2),
    ((1, 2, 9, 7), 3, 3, 1),
    ((3, 1, 8, 9), 2, 1, 3),
    ((2, 2, 5, 40), 2, 2, 2),
    ((1, 1, 40, 20), 20, 17, 3),  # more than 256 places in a window
]
# Sums of some hundred products of numbers near 1.
TOLERANCE = {"float32": {"rtol": 1e-4, "atol": 1e-4}, "float64": {"rtol": 1e-11, "atol": 1e-11}}


def draw(rng, x_shape, w_shape, stride, pad, dtype="float64"):
    x, w, b = (rng.normal(size=s).astype(dtype) for s in (x_shape, w_shape, w_shape[:1]))
    return x, w, b, {"stride": stride, "pad": pad}


def convolution_by_definition(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    (N, _, H, W), (F, _, HH, WW) = padded.shape, w.shape
    out = np.zeros((N, F, 1 + (H - HH) // stride, 1 + (W - WW) // stride))
    for n, f, oh, ow in np.ndindex(out.shape):
        top, left = oh * stride, ow * stride
        out[n, f, oh, ow] = np.sum(w[f] * padded[n, :, top : top + HH, left : left + WW]) + b[f]
    return out


def pool_by_definition(x, dout, HH, WW, stride):
    """Largest numbers, and what the first of the largest receives."""
    out, dx = np.zeros(dout.shape), np.zeros(x.shape)
    for n, c, oh, ow in np.ndindex(dout.shape):
        top, left = oh * stride, ow * stride
        i, j = max(np.ndindex(HH, WW), key=lambda ij: x[n, c, top + ij[0], left + ij[1]])
        out[n, c, oh, ow] = x[n, c, top + i, left + j]
        dx[n, c, top + i, left + j] += dout[n, c, oh, ow]
    return out, dx


def window(HH, WW, stride):
    return {"pool_height": HH, "pool_width": WW, "stride": stride}


@pytest.mark.parametrize(("forward", "backward"), CONVOLUTIONS)
def test_convolution_by_hand(forward, backward):
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])  # (1, 1, 2, 3)
    w, b = np.array([[[[1.0, 10.0]]]]), np.array([0.5])  # a filter of 1 x 2
    out, cache = forward(x, w, b, {"stride": 1, "pad": 0})
    np.testing.assert_array_equal(out, [[[[21.5, 32.5], [54.5, 65.5]]]])
    dx, dw, db = backward(np.array([[[[1.0, 2.0], [0.0, 1.0]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[1, 12, 20], [0, 1, 10]]]])
    np.testing.assert_array_equal(dw, [[[[1 + 4 + 5, 2 + 6 + 6]]]])
    np.testing.assert_array_equal(db, [4])


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("forward", "backward"), CONVOLUTIONS)
def test_convolution_is_that_of_the_definition(rng, forward, backward, dtype, shapes):
    x, w, b, param = draw(rng, *shapes, dtype)
    out, _ = forward(x, w, b, param)
    assert out.dtype == dtype
    expected = convolution_by_definition(x, w, b, param)
    np.testing.assert_allclose(out, expected, **TOLERANCE[dtype])


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize(("forward", "backward"), CONVOLUTIONS)
def test_backward_is_the_transpose_of_forward(rng, forward, backward, shapes):
    """Out is linear in x, in w and in b; so <out of one of them, dout> = <it, its derivative>."""
    x, w, b, param = draw(rng, *shapes)
    out, cache = forward(x, w, b, param)
    dout = rng.normal(size=out.shape)
    dx, dw, db = backward(dout, cache)
    other = rng.normal(size=x.shape)
    nothing = np.zeros_like(b)
    for value, derivative, moved in (
        (x, dx, forward(x, w, nothing, param)[0]),
        (other, dx, forward(other, w, nothing, param)[0]),
        (w, dw, forward(x, w, nothing, param)[0]),
        (b, db, out - forward(x, w, nothing, param)[0]),
    ):
        assert derivative.shape == value.shape
        np.testing.assert_allclose(np.sum(value * derivative), np.sum(moved * dout), rtol=1e-9)


@pytest.mark.parametrize("size", [(2, 2), (3, 2)])
def test_derivatives_by_each_number_are_those_of_differences(rng, size):
    x, w, b, param = draw(rng, (2, 1, 4, 3), (2, 1, *size), 2, 1)
    out, cache = conv_forward_fast(x, w, b, param)
    dout = rng.normal(size=out.shape)
    for array, derivative in zip((x, w, b), conv_backward_fast(dout, cache)):
        for index in np.ndindex(array.shape):
            before, sums = array[index], []
            for array[index] in (before + 1, before - 1):  # linear: steps may be large
                sums.append(np.sum(conv_forward_fast(x, w, b, param)[0] * dout))
            array[index] = before
            np.testing.assert_allclose(derivative[index], (sums[0] - sums[1]) / 2, atol=1e-11)


def test_a_shifted_picture_gives_a_shifted_result(rng):
    x, w, b, param = draw(rng, (2, 3, 9, 11), (4, 3, 3, 2), 1, 0)
    out, _ = conv_forward_fast(x, w, b, param)
    shifted, _ = conv_forward_fast(x[:, :, 1:, 2:], w, b, param)
    np.testing.assert_allclose(shifted, out[:, :, 1:, 2:], **TOLERANCE["float64"])


def test_pictures_of_a_batch_do_not_meet(rng):
    x, w, b, param = draw(rng, (5, 3, 6, 7), (4, 3, 3, 3), 1, 1)
    order = rng.permutation(5)
    out, _ = conv_forward_fast(x, w, b, param)
    np.testing.assert_array_equal(conv_forward_fast(x[order], w, b, param)[0], out[order])


@pytest.mark.parametrize(("forward", "backward"), CONVOLUTIONS)
def test_inputs_stay_as_they_are_and_may_lie_anyhow(rng, forward, backward):
    x, w, b, param = draw(rng, (2, 3, 7, 5), (4, 3, 3, 2), 1, 1, "float32")
    expected, cache = forward(x, w, b, param)
    dout = rng.normal(size=expected.shape).astype(np.float32)
    derivatives = backward(dout, cache)
    anyhow = [np.asfortranarray(a) for a in (x, w, dout)]
    anyhow.append(np.repeat(b, 2)[::2])
    before = [a.copy() for a in anyhow]
    for array in anyhow:
        array.flags.writeable = False
    out, cache = forward(anyhow[0], anyhow[1], anyhow[3], param)
    np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-6)
    for one, other in zip(backward(anyhow[2], cache), derivatives):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
        assert one.dtype == np.float32
    for array, copy in zip(anyhow, before):
        np.testing.assert_array_equal(array, copy)


def test_the_first_layer_can_do_without_dx(rng):
    x, w, b, param = draw(rng, (2, 3, 7, 5), (4, 3, 3, 2), 1, 1)
    out, cache = conv_forward_fast(x, w, b, param)
    _, dw, db = conv_backward_fast(out, cache)
    nothing, *rest = conv_backward_fast(out, cache, need_dx=False)
    assert nothing is None
    np.testing.assert_array_equal(rest[0], dw)
    np.testing.assert_array_equal(rest[1], db)


def test_the_cache_keeps_only_what_was_there_before(rng):
    x, w, b, param = draw(rng, (2, 3, 7, 5), (4, 3, 3, 2), 1, 1)
    _, cache = conv_forward_fast(x, w, b, param)
    assert all(one is other for one, other in zip(cache, (x, w, b, param), strict=True))


@pytest.mark.parametrize("kernels", ["numpy", fast_layers.KERNELS])
def test_an_empty_batch_gives_empty_results(monkeypatch, kernels):
    monkeypatch.setattr(fast_layers, "KERNELS", kernels)
    x, w, b = np.zeros((0, 3, 5, 7)), np.ones((4, 3, 3, 2)), np.ones(4)
    out, cache = conv_forward_fast(x, w, b, {"stride": 1, "pad": 0})
    assert out.shape == (0, 4, 3, 6)
    dx, dw, db = conv_backward_fast(out, cache)
    assert dx.shape == x.shape
    assert not dw.any()
    assert not db.any()
    out, cache = max_pool_forward_fast(x, window(2, 2, 1))
    assert max_pool_backward_fast(out, cache).shape == x.shape


@pytest.mark.parametrize(("forward", "backward"), TILING_POOLS)
def test_pooling_by_hand(forward, backward):
    x = np.array([[[[1.0, 7.0, 3.0, 3.0], [4.0, 5.0, 2.0, 3.0]]]])  # (1, 1, 2, 4)
    out, cache = forward(x, window(2, 2, 2))
    np.testing.assert_array_equal(out, [[[[7, 3]]]])
    dx = backward(np.array([[[[10.0, 20.0]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[0, 10, 20, 0], [0, 0, 0, 0]]]])  # the first 3 gets all


@pytest.mark.parametrize(("shape", "HH", "WW", "stride"), WINDOWS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("forward", "backward"), POOLS)
def test_pooling_is_that_of_the_definition(rng, forward, backward, dtype, shape, HH, WW, stride):
    x = rng.integers(-3, 4, size=shape).astype(dtype)  # full of ties
    out, cache = forward(x, window(HH, WW, stride))
    dout = rng.integers(-9, 9, size=out.shape).astype(dtype)
    dx = backward(dout, cache)
    assert out.dtype == dx.dtype == dtype
    expected, expected_dx = pool_by_definition(x, dout, HH, WW, stride)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(dx, expected_dx)


@pytest.mark.parametrize(("forward", "backward"), TILING_POOLS)
@pytest.mark.parametrize("place", range(4))
def test_nan_is_seen_wherever_it_stands(rng, forward, backward, place):
    x = rng.normal(size=(2, 3, 4, 32)).astype(np.float32)
    x[1, 2, 2 + place // 2, 6 + place % 2] = np.nan
    out, cache = forward(x, window(2, 2, 2))
    assert np.argwhere(np.isnan(out)).tolist() == [[1, 2, 1, 3]]
    dx = backward(np.ones_like(out), cache)
    assert dx[1, 2, 2 + place // 2, 6 + place % 2] == 1


def test_windows_that_do_not_tile_have_another_function():
    with pytest.raises(ValueError, match="2 x 2 with stride 2 do not tile a picture of 5 x 4"):
        max_pool_forward_reshape(np.zeros((1, 1, 5, 4)), window(2, 2, 2))


X, W, B = np.zeros((2, 3, 5, 7)), np.zeros((4, 3, 3, 2)), np.zeros(4)
STEP = {"stride": 1, "pad": 1}


@pytest.mark.parametrize("forward", [forward for forward, _ in CONVOLUTIONS])
@pytest.mark.parametrize(
    ("arrays", "error", "message"),
    [
        ((X[0], W, B), ValueError, r"x has shape \(3, 5, 7\); it should be \(N, C, H, W\)"),
        ((X, W[:, :2], B), ValueError, r"w has shape \(4, 2, 3, 2\), but x has 3 channels"),
        ((X, W[0], B), ValueError, r"w should be \(F, 3, HH, WW\)"),
        ((X, W, B[:3]), ValueError, r"b has shape \(3,\); for 4 filters it should be \(4,\)"),
        ((X.astype(int), W, B), TypeError, r"x is of int64; it should be float32 or float64"),
        ((X, W.astype("float32"), B), TypeError, "w is of float32; it should be float64, as x is"),
        ((X, W, B.astype(int)), TypeError, "b is of int64; it should be float64"),
        ((X, np.zeros((4, 3, 8, 2)), B), ValueError, "8 x 2 does not fit on a picture of 5 x 7"),
    ],
)
def test_what_makes_no_convolution_is_told(forward, arrays, error, message):
    with pytest.raises(error, match=message):
        forward(*arrays, STEP)


@pytest.mark.parametrize(("forward", "backward"), CONVOLUTIONS)
def test_upstream_of_another_shape_or_precision_is_told(forward, backward):
    out, cache = forward(X, W, B, STEP)
    with pytest.raises(ValueError, match=r"dout has shape \(2, 4, 5, 7\); it should be \(2, 4, 5"):
        backward(np.zeros((2, 4, 5, 7)), cache)
    with pytest.raises(TypeError, match="dout is of float32; it should be float64"):
        backward(out.astype(np.float32), cache)


@pytest.mark.parametrize(("forward", "backward"), TILING_POOLS)
def test_what_cannot_be_pooled_is_told(forward, backward):
    with pytest.raises(ValueError, match=r"x has shape \(3, 4, 6\); it should be \(N, C, H, W\)"):
        forward(np.zeros((3, 4, 6)), window(2, 2, 2))
    with pytest.raises(TypeError, match="x is of uint8; it should be float32 or float64"):
        forward(np.zeros((2, 3, 4, 6), dtype=np.uint8), window(2, 2, 2))
    with pytest.raises(ValueError, match="9 x 9 does not fit on a picture of 4 x 6"):
        forward(np.zeros((2, 3, 4, 6)), window(9, 9, 9))
    _, cache = forward(np.zeros((2, 3, 4, 6)), window(2, 2, 2))
    with pytest.raises(ValueError, match=r"dout has shape \(2, 3, 3, 2\); it should be"):
        backward(np.zeros((2, 3, 3, 2)), cache)
    with pytest.raises(TypeError, match="dout is of int64; it should be float32 or float64"):
        backward(np.zeros((2, 3, 2, 3), dtype=np.int64), cache)
