"""The cell state of an LSTM goes in and comes out, so that one sequence can be run in pieces."""

import numpy as np
import pytest

from cs231n.gradient_check import eval_numerical_gradient_array as numeric
from cs231n.kernels import fast_recurrent
from cs231n.kernels.fast_recurrent import lstm_backward_fast, lstm_forward_fast, lstm_last_cell

pytestmark = pytest.mark.assignment3

CLOSE = {"float32": 1e-5, "float64": 1e-12}  # of numbers near 1: sums in another order


@pytest.fixture(autouse=True, params=["cython", "numpy"])
def kernels(request, monkeypatch):
    """Each test runs with the kernel and with its twin."""
    if request.param == "cython" and fast_recurrent.KERNELS != "cython":
        pytest.skip("the kernels are not compiled")
    monkeypatch.setattr(fast_recurrent, "KERNELS", request.param)


def draw(N, T, D, H, dtype="float64"):
    """x, h0, Wx, Wh, b; c0; dh and dc: what arrives at the states and at the last cell."""
    rng = np.random.default_rng(8)
    shapes = [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,), (N, H), (N, T, H), (N, H)]
    arrays = [
        rng.standard_normal(shape).astype(dtype) * np.dtype(dtype).type(0.5) for shape in shapes
    ]
    return arrays[:5], *arrays[5:]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(2, 6, 3, 5), (7, 5, 4, 17), (25, 4, 6, 40)], ids=str)
def test_two_pieces_are_one_sequence(shape, dtype):
    arrays, c0, dh, dc = draw(*shape, dtype)
    x, h0, *weights = arrays
    whole, cache = lstm_forward_fast(*arrays, c0=c0)
    first, before = lstm_forward_fast(x[:, :2], h0, *weights, c0=c0)
    second, after = lstm_forward_fast(x[:, 2:], first[:, -1], *weights, c0=lstm_last_cell(before))
    close = {"rtol": CLOSE[dtype], "atol": CLOSE[dtype]}
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, **close)
    np.testing.assert_allclose(lstm_last_cell(after), lstm_last_cell(cache), **close)
    expected = lstm_backward_fast(dh, cache, dc=dc)
    dx2, dh1, dWx2, dWh2, db2, _, dc1 = lstm_backward_fast(dh[:, 2:], after, dc=dc)
    arrives = dh[:, :2].copy()
    arrives[:, -1] += dh1
    dx1, dh0, dWx1, dWh1, db1, _, dc0 = lstm_backward_fast(arrives, before, dc=dc1)
    found = (np.concatenate([dx1, dx2], axis=1), dh0, dWx1 + dWx2, dWh1 + dWh2, db1 + db2)
    close["rtol"] *= 10
    close["atol"] *= 50  # sums over all steps and sequences
    for ours, one in zip((*found, dc0), (*expected[:5], expected[6])):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, one, **close)


@pytest.mark.parametrize("lengths", [None, [3, 0, 1, 2]], ids=str)
def test_derivatives_by_the_first_cell_are_those_of_the_numbers(lengths):
    arrays, c0, dh, dc = draw(4, 3, 2, 5)
    lengths = None if lengths is None else np.array(lengths)

    def total(array):
        h, cache = lstm_forward_fast(*arrays, lengths=lengths, c0=c0)
        return np.array([np.sum(h * dh) + np.sum(lstm_last_cell(cache) * dc)])

    _, cache = lstm_forward_fast(*arrays, lengths=lengths, c0=c0)
    dx, dh0, dWx, dWh, db, dadded, dc0 = lstm_backward_fast(dh, cache, dc=dc)
    assert dadded is None
    for ours, array in zip((dx, dh0, dWx, dWh, db, dc0), (*arrays, c0)):
        expected = numeric(total, array, np.ones(1))
        np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-9)


def test_without_a_first_cell_it_is_zero():
    arrays, c0, dh, _ = draw(3, 4, 2, 9)
    (plain, cache), (zero, _) = (
        lstm_forward_fast(*arrays),
        lstm_forward_fast(*arrays, c0=np.zeros_like(c0)),
    )
    np.testing.assert_array_equal(plain, zero)
    for ours, one in zip(
        lstm_backward_fast(dh, cache), lstm_backward_fast(dh, cache, dc=np.zeros_like(c0))
    ):
        assert (ours is None and one is None) or np.array_equal(ours, one)


def test_a_sequence_that_takes_no_step_keeps_its_cell():
    arrays, c0, dh, dc = draw(3, 4, 2, 9)
    _, cache = lstm_forward_fast(*arrays, lengths=np.array([4, 0, 2]), c0=c0)
    np.testing.assert_array_equal(lstm_last_cell(cache)[1], c0[1])
    np.testing.assert_array_equal(lstm_backward_fast(dh, cache, dc=dc)[6][1], dc[1])


def test_cells_that_do_not_fit_are_named():
    arrays, c0, dh, dc = draw(3, 4, 2, 5)
    with pytest.raises(ValueError, match=r"c0 has shape \(2, 5\); it should be \(3, 5\)"):
        lstm_forward_fast(*arrays, c0=c0[:2])
    with pytest.raises(TypeError, match="c0 is of float32; it should be float64"):
        lstm_forward_fast(*arrays, c0=c0.astype("float32"))
    _, cache = lstm_forward_fast(*arrays, c0=c0)
    with pytest.raises(ValueError, match=r"dc has shape \(3, 4\); it should be \(3, 5\)"):
        lstm_backward_fast(dh, cache, dc=dc[:, 1:])
    with pytest.raises(TypeError, match="dc is of float32"):
        lstm_backward_fast(dh, cache, dc=dc.astype("float32"))
