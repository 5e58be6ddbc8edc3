"""Dense and depthwise convolutions with SAME padding, against loops and numeric derivatives."""

import math

import numpy as np
import pytest

from cs231n.kernels import tap_convolution as taps

pytestmark = pytest.mark.assignment2

# N, C, H, W, F, HH, WW, stride: no two sides alike, strides that leave a rest, filters wider than x
SHAPES = [
    (2, 3, 7, 5, 4, 3, 3, 1),
    (1, 2, 8, 6, 3, 3, 3, 2),
    (3, 1, 9, 4, 2, 5, 3, 2),
    (1, 4, 5, 11, 2, 1, 1, 1),
    (2, 2, 7, 4, 3, 1, 1, 2),
    (1, 3, 2, 3, 2, 5, 5, 1),
    (1, 2, 10, 7, 3, 2, 4, 3),
]


def in_loops(x, w, b, stride):
    """The definition, for w (F, C, HH, WW): a sum over all taps that lie on the picture."""
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    OH, OW = math.ceil(H / stride), math.ceil(W / stride)
    top = max((OH - 1) * stride + HH - H, 0) // 2
    left = max((OW - 1) * stride + WW - W, 0) // 2
    out = np.zeros((N, F, OH, OW)) + b[:, None, None]
    for n, f, r, s, c, i, j in np.ndindex(N, F, OH, OW, C, HH, WW):
        row, column = r * stride + i - top, s * stride + j - left
        if 0 <= row < H and 0 <= column < W:
            out[n, f, r, s] += x[n, c, row, column] * w[f, c, i, j]
    return out


def dense(shape, rng, dtype=np.float64):
    N, C, H, W, F, HH, WW, stride = shape
    sizes = (N, C, H, W), (F, C, HH, WW), (F,)
    return *(rng.standard_normal(size).astype(dtype) for size in sizes), stride


def depthwise(shape, rng, dtype=np.float64):
    N, C, H, W, _, HH, WW, stride = shape
    sizes = (N, C, H, W), (C, HH, WW), (C,)
    return *(rng.standard_normal(size).astype(dtype) for size in sizes), stride


@pytest.mark.parametrize(
    ("size", "filter_size", "stride", "expected"),
    [(224, 3, 2, (0, 1, 112)), (7, 3, 1, (1, 1, 7)), (56, 5, 2, (1, 2, 28)), (7, 1, 2, (0, 0, 4))],
)
def test_same_padding_puts_the_odd_zero_last(size, filter_size, stride, expected):
    assert taps.same_padding(size, filter_size, stride) == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_dense_is_its_definition(shape, rng):
    x, w, b, stride = dense(shape, rng)
    np.testing.assert_allclose(
        taps.same_conv_forward(x, w, b, stride), in_loops(x, w, b, stride), atol=1e-12
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_depthwise_is_a_dense_one_of_diagonal_filters(shape, rng):
    x, w, b, stride = depthwise(shape, rng)
    diagonal = np.zeros((len(w), *w.shape))
    diagonal[np.arange(len(w)), np.arange(len(w))] = w
    np.testing.assert_allclose(
        taps.depthwise_forward(x, w, b, stride), in_loops(x, diagonal, b, stride), atol=1e-12
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["same_conv", "depthwise"])
def test_derivatives_are_adjoint_to_the_forward_pass(shape, kind, rng):
    # Linear in x and in w: <dout, conv(u, w)> = <dx, u> and <dout, conv(x, v)> = <dw, v>.
    x, w, b, stride = (dense if kind == "same_conv" else depthwise)(shape, rng)
    forward, dx, dw = (getattr(taps, f"{kind}_{one}") for one in ("forward", "dx", "dw"))
    dout = rng.standard_normal(forward(x, w, b, stride).shape)
    u, v = rng.standard_normal(x.shape), rng.standard_normal(w.shape)
    got_dx, got_dw = dx(dout, w, x.shape, stride), dw(dout, x, w.shape, stride)
    assert (got_dx.shape, got_dw.shape) == (x.shape, w.shape)
    assert np.vdot(got_dx, u) == pytest.approx(np.vdot(dout, forward(u, w, 0 * b, stride)))
    assert np.vdot(got_dw, v) == pytest.approx(np.vdot(dout, forward(x, v, 0 * b, stride)))


@pytest.mark.parametrize("kind", ["same_conv", "depthwise"])
def test_inputs_stay_as_they_are_and_float32_stays_float32(kind, rng):
    make = dense if kind == "same_conv" else depthwise
    x, w, b, stride = make(SHAPES[1], rng, np.float32)
    before = x.copy(), w.copy(), b.copy()
    forward, dx, dw = (getattr(taps, f"{kind}_{one}") for one in ("forward", "dx", "dw"))
    out = forward(x, w, b, stride)
    results = out, dx(out, w, x.shape, stride), dw(out, x, w.shape, stride)
    assert {one.dtype for one in results} == {np.dtype(np.float32)}
    for old, new in zip(before, (x, w, b), strict=True):
        np.testing.assert_array_equal(old, new)


def test_channel_groups_of_any_size_give_the_same(rng, monkeypatch):
    x, w, b, stride = depthwise((2, 5, 6, 7, 1, 3, 3, 2), rng)
    whole = taps.depthwise_forward(x, w, b, stride)
    dx = taps.depthwise_dx(whole, w, x.shape, stride)
    monkeypatch.setattr(taps, "CHUNK", 2 * 6 * 7)
    np.testing.assert_array_equal(taps.depthwise_forward(x, w, b, stride), whole)
    np.testing.assert_array_equal(taps.depthwise_dx(whole, w, x.shape, stride), dx)
