"""What check_gradient refuses, in which words, and the forms beside it."""

import numpy as np
import pytest
from smooth_model import linear

from cs231n.gradient_check import (
    assert_gradient,
    assert_gradients_close,
    check_gradient,
    numerical_gradient,
)

# What a numeric gradient in float64 is good for: 1e-16 of rounding over a step of 6e-6.
NUMERIC = 1e-9


def cubes(x):
    return np.sum(x**3)


@pytest.fixture
def params(rng):
    return {"W": rng.normal(size=(2, 3)) / 4, "b": rng.normal(size=3), "s": np.array(1.7)}


# ------------------------------------------------------------------ f misbehaves


class Boom(Exception):
    """Raised by functions under test."""


@pytest.mark.parametrize("call", [1, 2, 3, 4, 15, 30, 60])
def test_when_f_raises_x_is_put_back_and_the_error_says_where(call, params):
    before, calls = {k: v.tobytes() for k, v in params.items()}, []
    grad = {k: np.array(2 * v) for k, v in linear(params)[1].items()}

    def f(p):
        calls.append(1)
        if len(calls) == call:
            raise Boom
        return linear(p)[0]

    with pytest.raises(Boom) as caught:
        check_gradient(f, params, grad, method="central")
    assert "gradient check: f raised this" in caught.value.__notes__[0]
    assert {k: v.tobytes() for k, v in params.items()} == before


def test_x_is_put_back_bit_by_bit_after_a_check(params):
    params["b"][0] = -0.0
    before = {k: v.tobytes() for k, v in params.items()}
    check_gradient(linear, params)
    numerical_gradient(lambda p: linear(p)[0], params)
    assert {k: v.tobytes() for k, v in params.items()} == before


def test_f_that_changes_its_input_is_named_and_undone():
    x = {"w": np.ones(2), "v": np.ones(3)}

    def f(p):
        p["v"] *= 2
        return np.sum(p["v"])

    with pytest.raises(ValueError, match=r"f changed its input v in place; let f work on a copy"):
        check_gradient(f, x, x)
    np.testing.assert_array_equal(x["v"], np.ones(3))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_f_is_finite_at_x(bad):
    with pytest.raises(ValueError, match=r"f returned (nan|inf) at x"):
        check_gradient(lambda x: bad, np.ones(2), np.ones(2))


def test_f_is_finite_somewhere_around_x():
    x = np.array([2.0, 1.0])

    def f(x):
        return 1.0 if x[1] == 1.0 else np.nan

    with pytest.raises(ValueError, match=r"f is not finite with x\[1\] moved by 0.125 nor at any"):
        check_gradient(f, x, np.zeros(2))


@pytest.mark.parametrize("out", [None, (1.0, 2.0, 3.0), [1.0]])
def test_with_grad_f_returns_a_value_alone(out):
    with pytest.raises(TypeError, match=r"f should return a number, or an array with df given"):
        check_gradient(lambda x: out, np.ones(2), np.ones(2))


@pytest.mark.parametrize("out", [1.0, None, (1.0, 2.0, 3.0)])
def test_without_grad_f_returns_a_pair(out):
    with pytest.raises(TypeError, match=r"should return the pair \(value, gradient\), but it"):
        check_gradient(lambda x: out, np.ones(2))


def test_an_array_output_needs_df():
    with pytest.raises(ValueError, match=r"f returned an array of shape \(2,\).*pass df"):
        check_gradient(lambda x: x, np.ones(2), np.ones(2))


def test_df_has_the_shape_of_the_output():
    with pytest.raises(ValueError, match=r"f returned shape \(2,\), but df has \(3,\)"):
        check_gradient(lambda x: x, np.ones(2), np.ones(2), df=np.ones(3))


def test_a_list_of_df_wants_as_many_outputs():
    with pytest.raises(
        ValueError, match=r"df holds 2 arrays, so f should return 2; it returned an"
    ):
        check_gradient(lambda x: x, np.ones(2), np.ones(2), df=[np.ones(2), np.ones(2)])


def test_f_returns_numbers():
    with pytest.raises(TypeError, match=r"f should return numbers, but returned a str"):
        check_gradient(lambda x: "1.0", np.ones(2), np.ones(2))


def test_f_returns_real_numbers():
    with pytest.raises(TypeError, match=r"f returned a complex number for real x"):
        check_gradient(lambda x: 1j * np.sum(x), np.ones(2), np.ones(2))


def test_f_is_a_function():
    with pytest.raises(TypeError, match=r"f should be a function of x, but is a float"):
        check_gradient(1.0, np.ones(2), np.ones(2))


# ------------------------------------------------------------------ x and the gradient misbehave


def test_x_is_an_array():
    with pytest.raises(
        TypeError, match=r"x should be a NumPy array of floats, but is a float; pass"
    ):
        check_gradient(np.square, 2.0, 4.0)
    with pytest.raises(TypeError, match=r"W should be a NumPy array of floats, but is a set"):
        check_gradient(np.sum, {"W": {1.0}}, {})


@pytest.mark.parametrize("dtype", [int, bool, complex])
def test_x_holds_floats(dtype):
    with pytest.raises(TypeError, match=r"x should hold floats, but its dtype is"):
        check_gradient(np.sum, np.ones(2, dtype=dtype), np.ones(2))


def test_x_is_writeable():
    x = np.ones(2)
    x.flags.writeable = False
    with pytest.raises(ValueError, match=r"x is read-only and cannot be moved; pass x.copy\(\)"):
        check_gradient(np.sum, x, x)


def test_x_is_finite():
    with pytest.raises(ValueError, match=r"x holds nan at \[1\]; x must be finite"):
        check_gradient(np.sum, np.array([1.0, np.nan]), np.ones(2))


def test_two_parameters_share_no_memory():
    w = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"W and U share memory"):
        check_gradient(lambda p: np.sum(p["W"]), {"W": w, "U": w.T}, {"W": w, "U": w.T})


def test_views_that_interleave_share_no_memory():
    w = np.ones((2, 6))
    x = {"even": w[:, ::2], "odd": w[:, 1::2]}
    assert check_gradient(
        lambda p: np.sum(p["even"]), x, {"even": np.ones((2, 3)), "odd": np.zeros((2, 3))}
    ).ok


def check_with(grad):
    return check_gradient(
        lambda p: np.sum(p["W"]) + p["s"], {"W": np.ones((2, 3)), "s": np.array(1.0)}, grad
    )


def test_a_dict_wants_a_dict():
    with pytest.raises(
        TypeError, match=r"x is a dict, so the gradient should be one, but is a list of 2"
    ):
        check_with([np.ones((2, 3)), np.array(1.0)])


def test_a_missing_key_is_named():
    with pytest.raises(ValueError, match=r"the gradient has no W, s; it has w"):
        check_with({"w": np.ones((2, 3))})
    with pytest.raises(ValueError, match=r"the gradient has no W, s; it has no keys"):
        check_with({})


def test_a_list_wants_as_many():
    x = [np.ones(2), np.ones(3)]
    with pytest.raises(
        TypeError, match=r"x has 2 parts, so the gradient should, but is a list of 1"
    ):
        check_gradient(lambda x: 1.0, x, [np.ones(2)])


def test_a_gradient_of_none_is_named():
    with pytest.raises(
        TypeError, match=r"gradient of s is None; it should be an array of shape \(\);"
    ):
        check_with({"W": np.ones((2, 3)), "s": None})


def test_a_gradient_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"gradient of W has shape \(3, 2\), but W has \(2, 3\)"):
        check_with({"W": np.ones((3, 2)), "s": 1.0})


def test_a_gradient_of_integers_is_named():
    with pytest.raises(
        TypeError, match=r"gradient of W has dtype int64, which cannot hold a gradient"
    ):
        check_with({"W": np.ones((2, 3), dtype=int), "s": 1.0})


def test_a_gradient_of_nan_is_named():
    grad = np.ones((2, 3))
    grad[1, 0] = np.nan
    with pytest.raises(ValueError, match=r"gradient of W is nan at \[1, 0\]; f is finite there"):
        check_with({"W": grad, "s": 1.0})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"method": "backward"},
            r'method should be "auto", "central" or "complex", but is .backward',
        ),
        ({"entries": "some"}, r'entries should be "auto", "all" or a number, but is .some'),
        ({"entries": -1}, r"entries should be .* but is -1"),
        ({"entries": True}, r"entries should be .* but is True"),
        ({"directions": 0}, r"directions should be 1 or more, but is 0"),
        ({"step": 0.0}, r"step should be a positive number, but is 0.0"),
        ({"tolerance": -1}, r"tolerance should be a positive number, but is -1"),
        ({"tolerance": np.nan}, r"tolerance should be a positive number, but is nan"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(cubes, np.ones(2), 3 * np.ones(2), **options)


# ------------------------------------------------------------------ the other forms


def test_assert_gradient_returns_the_report_or_raises_its_text(params):
    assert assert_gradient(linear, params).max_error < NUMERIC
    wrong = {name: np.array(-value) for name, value in linear(params)[1].items()}
    with pytest.raises(AssertionError, match=r"WRONG(.|\n)*b +\(3,\)(.|\n)*\* analytic.*the sign"):
        assert_gradient(lambda p: linear(p)[0], params, wrong)


def test_assert_gradients_close_compares_what_is_there(rng):
    dx = rng.normal(size=(3, 4))
    assert_gradients_close({"x": dx}, {"x": dx + 1e-12})
    wrong = dx.copy()
    wrong[2, 1] += 0.1
    with pytest.raises(AssertionError, match=r"x +\(3, 4\) +12/12 +\[2, 1\]"):
        assert_gradients_close({"x": wrong}, {"x": dx})


def test_assert_gradients_close_forgives_what_rounding_puts_beside_large_entries():
    numeric = np.array([1.0, 1e-10])
    assert_gradients_close(np.array([1.0, 0.0]), numeric)
    with pytest.raises(AssertionError, match=r"WRONG: 1 entry"):
        assert_gradients_close(np.array([1.0, 0.0]), numeric, floor=0.0)


def test_assert_gradients_close_takes_read_only_arrays():
    fixed = np.broadcast_to(np.ones(3), (2, 3))
    assert assert_gradients_close(fixed, fixed).max_error == 0.0


def test_assert_gradients_close_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"gradient of x has shape \(2,\), but x has \(3,\)"):
        assert_gradients_close(np.ones(2), np.ones(3))


@pytest.mark.parametrize(("method", "bound"), [("central", NUMERIC), ("complex", 1e-14)])
def test_numerical_gradient_has_the_structure_of_x(method, bound, params):
    grad = numerical_gradient(lambda p: linear(p)[0], params, method=method)
    for name, expected in linear(params)[1].items():
        np.testing.assert_allclose(grad[name], expected, rtol=0, atol=bound * 10)


def test_numerical_gradient_knows_two_methods():
    with pytest.raises(ValueError, match=r'method should be "central" or "complex", but is .auto'):
        numerical_gradient(cubes, np.ones(2), method="auto")
    with pytest.raises(ValueError, match=r'f does not allow complex steps; use method="central"'):
        numerical_gradient(lambda x: np.sum(np.abs(x)), np.ones(2), method="complex")
