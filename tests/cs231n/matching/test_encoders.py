"""Words in context: both ways, and the derivatives."""

import numpy as np
import pytest

from cs231n.matching.encoders import both_ways_backward, both_ways_forward

pytestmark = pytest.mark.assignment4
LENGTHS = np.array([4, 2, 0])


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    params = {f"{name}{way}": rng.normal(size=(3, 3)) for name in "WU" for way in "fb"}
    params |= {f"b{way}": rng.normal(size=3) for way in "fb"}
    return (
        rng,
        rng.normal(size=(3, 4, 3)),
        params
        | {
            "Wd": rng.normal(size=(3, 2)),
            "bd": rng.normal(size=2),
        },
    )


def test_each_word_hears_of_all_the_others():
    _, x, params = drawn()
    params |= {name: abs(value) for name, value in params.items()}
    s, _ = both_ways_forward(abs(x), LENGTHS, params)
    moved = abs(x)
    moved[0, 2] += 1
    other, _ = both_ways_forward(moved, LENGTHS, params)
    assert (s[0] != other[0]).all()
    np.testing.assert_array_equal(s[1:], other[1:])
    np.testing.assert_array_equal(s[2], np.tile(params["bd"], (4, 1)))


def test_derivatives_are_those_of_differences():
    rng, x, params = drawn()
    s, cache = both_ways_forward(x, LENGTHS, params)
    ds = rng.normal(size=s.shape)
    dx, grads = both_ways_backward(ds, cache)
    for name, value in (params | {"x": x}).items():
        v, values = rng.normal(size=value.shape), []
        for h in (1e-6, -1e-6):
            moved = params | {"x": x} | {name: value + h * v}
            values.append((both_ways_forward(moved.pop("x"), LENGTHS, moved)[0] * ds).sum())
        slope = ((dx if name == "x" else grads[name]) * v).sum()
        np.testing.assert_allclose(slope, (values[0] - values[1]) / 2e-6, rtol=1e-5, atol=1e-7)
