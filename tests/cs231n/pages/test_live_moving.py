"""What brings a network into another runtime, by hand-sized examples."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.pages.live import figures
from cs231n.pages.live.moving import (
    NEGATIVE,
    POSITIVE,
    ZERO,
    diverging_colours,
    first_difference,
    fold_batchnorm,
    pack_floats,
    quantize,
    smoothed,
    trace,
    unpack_floats,
)

pytestmark = pytest.mark.assignment4


def test_one_is_four_bytes_of_which_the_last_two_are_not_zero():
    assert pack_floats([1.0]) == "AACAPw=="  # 00 00 80 3f
    assert pack_floats([1.0], "float16") == "ADw="  # 00 3c
    assert pack_floats([]) == ""


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_numbers_come_back(kind):
    values = np.random.default_rng(0).normal(size=(2, 3, 5)).astype(kind)
    found = unpack_floats(pack_floats(values.transpose(2, 0, 1), kind), (5, 2, 3), kind)
    assert found.dtype == kind
    np.testing.assert_array_equal(found.transpose(1, 2, 0), values)


def test_another_count_of_numbers_is_refused():
    with pytest.raises(ValueError, match=r"holds 3 numbers, but the shape \(2, 2\) takes 4"):
        unpack_floats(pack_floats([1, 2, 3]), (2, 2))


def test_a_folded_layer_gives_what_both_gave():
    rng = np.random.default_rng(1)
    w, x = rng.normal(size=(4, 3)), rng.normal(size=(7, 4))
    b, gamma, beta, mean = rng.normal(size=(4, 3))
    var = rng.uniform(0.1, 2, size=3)
    normalized = (x @ w + b - mean) / np.sqrt(var + 0.01)
    folded_w, folded_b = fold_batchnorm(w, b, gamma, beta, mean, var, eps=0.01)
    np.testing.assert_allclose(x @ folded_w + folded_b, gamma * normalized + beta, rtol=1e-12)


def test_a_trace_by_hand():
    layers = [
        {"kind": "affine", "w": np.array([[1.0, -1.0], [2.0, 1.0]]), "b": np.array([0.5, 0.0])},
        {"kind": "relu"},
        {"kind": "softmax"},
    ]
    a, r, p = trace(layers, np.array([1.0, -1.0]))
    np.testing.assert_array_equal(a, [-0.5, -2.0])
    np.testing.assert_array_equal(r, [0.0, 0.0])
    np.testing.assert_array_equal(p, [0.5, 0.5])
    assert trace([], np.ones(2)) == []


def test_the_first_difference_by_hand():
    ours = [np.array([1.0, 200.0]), np.zeros(2)]
    assert first_difference(ours, [ours[0] + 0.01, ours[1] + 5e-5]) is None
    assert first_difference(ours, [ours[0] + 0.03, ours[1] + 5e-5]) == 0
    assert first_difference(ours, [ours[0], ours[1] + 2e-4]) == 1


def test_codes_are_off_by_half_a_step_at_most():
    w = np.array([[-1.0, 0.0], [0.26, 2.0]])
    codes, low, step = quantize(w, bits=2)
    assert (low, step) == (-1.0, 1.0)
    np.testing.assert_array_equal(codes, [[0, 1], [1, 3]])
    codes, low, step = quantize(np.full(3, 0.7))
    assert (codes.tolist(), low, step) == ([0, 0, 0], 0.7, 0.0)


def test_zero_is_in_the_middle_and_ends_are_as_far():
    found = diverging_colours(np.array([-2.0, 0.0, 1.0, 2.0])).tolist()
    assert found[0] == list(NEGATIVE)
    assert found[1] == list(ZERO)
    assert found[3] == list(POSITIVE)


def test_a_constant_stays_what_it_is():
    np.testing.assert_allclose(smoothed([5.0] * 7, 0.9), 5.0, rtol=1e-12)


def test_figures_show_each_layer_and_both_curves():
    layers = [{"name": "conv1"}, {"name": "affine1"}]
    axes = figures.show_trace(np.zeros((4, 4, 3)), layers, [np.ones((2, 4, 4)), np.ones(5)])
    assert axes[1, 0].get_title(loc="left") == "conv1: 2 x 4 x 4"
    assert axes[2, 0].get_title(loc="left") == "affine1: 5"
    ax = figures.plot_smoothed([3, 2, 1], [3, 2.5, 2])
    assert [line.get_label() for line in ax.lines] == ["one batch", "smoothed"]
    plt.close("all")
