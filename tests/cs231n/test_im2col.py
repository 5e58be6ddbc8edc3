"""Pictures as columns: against the definition, against each other, and as transposes."""

import numpy as np
import pytest

from cs231n import im2col as module
from cs231n.im2col import (
    KERNELS,
    col2im,
    col2im_indices,
    get_im2col_indices,
    im2col,
    im2col_indices,
)
from cs231n.kernels.windows import count_places

# (N, C, H, W), HH, WW, pad, stride: one picture, one channel, not square, steps that do not fit
CASES = [
    ((2, 3, 5, 7), 3, 2, 1, 2),
    ((1, 3, 7, 5), 2, 3, 0, 1),
    ((3, 1, 4, 6), 4, 1, 2, 3),
    ((2, 2, 6, 5), 1, 1, 0, 2),
    ((2, 3, 5, 4), 5, 6, 1, 1),
    ((2, 1, 6, 9), 3, 3, 0, 4),  # the last rows and columns stay unseen
]
compiled = pytest.mark.skipif(
    KERNELS != "cython",
    reason="the kernel is not compiled; run `python setup.py build_ext --inplace`",
)


def columns_by_definition(x, HH, WW, pad, stride):
    N, C, H, W = x.shape
    OH, OW = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = np.zeros((C * HH * WW, OH * OW * N), dtype=x.dtype)
    for n, c, i, j, oh, ow in np.ndindex(N, C, HH, WW, OH, OW):
        row, column = (c * HH + i) * WW + j, (oh * OW + ow) * N + n
        cols[row, column] = padded[n, c, oh * stride + i, ow * stride + j]
    return cols


def test_im2col_of_a_hand_sized_picture():
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])  # (1, 1, 2, 3)
    cols = im2col(x, 2, 2, 0, 1)
    np.testing.assert_array_equal(cols, [[1, 2], [2, 3], [4, 5], [5, 6]])


def test_col2im_of_a_hand_sized_picture():
    cols = np.array([[1.0, 2.0], [2.0, 3.0], [4.0, 5.0], [5.0, 6.0]])
    dx = col2im(cols, (1, 1, 2, 3), 2, 2, 0, 1)
    np.testing.assert_array_equal(dx, [[[[1, 4, 3], [4, 10, 6]]]])  # the middle is seen twice


@pytest.mark.parametrize(("shape", "HH", "WW", "pad", "stride"), CASES)
@pytest.mark.parametrize("function", [im2col, im2col_indices])
def test_columns_are_those_of_the_definition(rng, function, shape, HH, WW, pad, stride):
    x = rng.normal(size=shape)
    expected = columns_by_definition(x, HH, WW, pad, stride)
    np.testing.assert_array_equal(function(x, HH, WW, pad, stride), expected)


@pytest.mark.parametrize(("shape", "HH", "WW", "pad", "stride"), CASES)
@pytest.mark.parametrize(("forward", "back"), [(im2col, col2im), (im2col_indices, col2im_indices)])
def test_col2im_is_the_transpose_of_im2col(rng, forward, back, shape, HH, WW, pad, stride):
    x = rng.normal(size=shape)
    cols = forward(x, HH, WW, pad, stride)
    other = rng.normal(size=cols.shape)
    inner = np.sum(x * back(other, shape, HH, WW, pad, stride))
    np.testing.assert_allclose(inner, np.sum(cols * other), rtol=1e-12)  # rounding of a sum


@pytest.mark.parametrize(("shape", "HH", "WW", "pad", "stride"), CASES)
def test_indices_name_the_entries_of_the_columns(rng, shape, HH, WW, pad, stride):
    x = rng.normal(size=shape)
    k, i, j = get_im2col_indices(shape, HH, WW, pad, stride)
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = padded[:, k, i, j].transpose(1, 2, 0).reshape(k.size, -1)
    np.testing.assert_array_equal(cols, im2col_indices(x, HH, WW, pad, stride))


@compiled
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("shape", "HH", "WW", "pad", "stride"), CASES)
def test_kernel_and_twin_agree_to_the_bit(rng, dtype, shape, HH, WW, pad, stride):
    x = rng.normal(size=shape).astype(dtype)
    cols = module._kernels().im2col_cython(x, HH, WW, pad, stride)
    twin = im2col_indices(x, HH, WW, pad, stride)
    np.testing.assert_array_equal(cols, twin, strict=True)
    other = rng.normal(size=cols.shape).astype(dtype)
    dx = module._kernels().col2im_cython(other, *shape, HH, WW, pad, stride)
    np.testing.assert_array_equal(
        dx, col2im_indices(other, shape, HH, WW, pad, stride), strict=True
    )


@compiled
def test_kernel_takes_arrays_that_are_read_only_or_not_contiguous(rng):
    x = rng.normal(size=(3, 2, 7, 5)).transpose(0, 1, 3, 2)
    x.flags.writeable = False
    cols = im2col_indices(x, 3, 2, 1, 1)
    np.testing.assert_array_equal(im2col(x, 3, 2, 1, 1), cols)
    other = np.asfortranarray(cols)
    other.flags.writeable = False
    np.testing.assert_array_equal(
        col2im(other, x.shape, 3, 2, 1, 1), col2im_indices(cols, x.shape, 3, 2, 1, 1)
    )


def test_the_twin_serves_where_the_kernel_is_missing(rng, monkeypatch):
    x = rng.normal(size=(2, 3, 5, 7))
    cols = im2col(x, 3, 2, 1, 2)
    dx = col2im(cols, x.shape, 3, 2, 1, 2)
    monkeypatch.setattr(module, "KERNELS", "numpy")
    monkeypatch.setattr(module, "im2col_cython", None, raising=False)
    monkeypatch.setattr(module, "col2im_cython", None, raising=False)
    np.testing.assert_array_equal(im2col(x, 3, 2, 1, 2), cols)
    np.testing.assert_array_equal(col2im(cols, x.shape, 3, 2, 1, 2), dx)


@pytest.mark.parametrize("function", [im2col, im2col_indices])
def test_inputs_stay_as_they_are(rng, function):
    x = rng.normal(size=(2, 3, 5, 7)).astype(np.float32)
    before = x.copy()
    assert function(x, 3, 2, 1, 2).dtype == np.float32
    np.testing.assert_array_equal(x, before)


def test_im2col_rejects_three_axes():
    with pytest.raises(ValueError, match=r"im2col: x has shape \(3, 5, 7\); it should be \(N, C"):
        im2col(np.zeros((3, 5, 7)), 3, 3, 1, 1)


def test_im2col_rejects_bytes():
    with pytest.raises(TypeError, match="x is of uint8; it should be float32 or float64"):
        im2col(np.zeros((2, 3, 5, 7), dtype=np.uint8), 3, 3, 1, 1)


def test_col2im_rejects_bytes():
    with pytest.raises(TypeError, match="cols is of uint8"):
        col2im(np.zeros((9, 4), dtype=np.uint8), (1, 1, 2, 2), 3, 3, 1, 1)


def test_col2im_rejects_columns_of_other_pictures():
    with pytest.raises(ValueError, match=r"cols has shape \(9, 5\).*it should be \(9, 4\)"):
        col2im(np.zeros((9, 5)), (1, 1, 2, 2), 3, 3, 1, 1)


def test_count_places_by_hand():
    assert count_places(5, 7, 3, 2, 1, 2) == (3, 4)


def test_a_filter_that_fits_nowhere_is_told():
    with pytest.raises(ValueError, match="4 x 2 does not fit on a picture of 3 x 9 with 0 zeros"):
        count_places(3, 9, 4, 2, 0, 1)


@pytest.mark.parametrize(("HH", "pad", "stride"), [(0, 0, 1), (2, -1, 1), (2, 0, 0)])
def test_numbers_without_sense_are_told(HH, pad, stride):
    with pytest.raises(ValueError, match="makes no sense"):
        count_places(5, 7, HH, 2, pad, stride)
