"""The historical functions, as notebooks of all years call them."""

import random
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import cs231n.gradient_check
from cs231n.gradient_check import (
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    eval_numerical_gradient_blobs,
    eval_numerical_gradient_net,
    fixed_randomness,
    grad_check_sparse,
    rel_error,
)

# A central difference at h = 1e-5 rounds by 1e-16 / 1e-5 and is off by h**2; a hundred of that.
CENTRAL = 1e-9


def cubes(x):
    return np.sum(x**3)


class Boom(Exception):
    """Raised by functions under test."""


def test_importing_needs_numpy_only_and_prints_nothing():
    code = (
        "import sys, cs231n.gradient_check\n"
        "kit = {name for name in sys.modules if name.startswith('cs231n.')}\n"
        "others = [name for name in kit if not name.startswith('cs231n.gradient')]\n"
        "print(others, 'matplotlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("[] False\n", "")


def test_a_star_import_brings_all_public_names():
    assert all(hasattr(cs231n.gradient_check, name) for name in cs231n.gradient_check.__all__)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 4), (0, 3)])
def test_eval_numerical_gradient_of_a_sum_of_cubes(shape, rng):
    x = rng.normal(size=shape)
    grad = eval_numerical_gradient(cubes, x, verbose=False)
    assert grad.shape == shape
    np.testing.assert_allclose(grad, 3 * x**2, atol=CENTRAL)


def test_eval_numerical_gradient_prints_each_entry_when_verbose(capsys):
    eval_numerical_gradient(cubes, np.array([[0.0, 1.0]]))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("] ")[0] for line in lines] == ["[0, 0", "[0, 1"]
    assert float(lines[1].split("] ")[1]) == pytest.approx(3, abs=CENTRAL)


def test_f_may_ignore_its_argument_and_read_the_same_array():
    x = np.array([1.0, -2.0])
    grad = eval_numerical_gradient(lambda _: cubes(x), x, False)
    np.testing.assert_allclose(grad, [3, 12], atol=CENTRAL)


def test_a_transposed_view_is_moved_where_it_lies(rng):
    x = rng.normal(size=(2, 3))
    grad = eval_numerical_gradient(lambda _: cubes(x), x.T, verbose=False)
    np.testing.assert_allclose(grad, 3 * x.T**2, atol=CENTRAL)


def test_a_float32_gradient_keeps_its_dtype_and_counts_the_step_really_taken():
    x = np.array([100.0], dtype=np.float32)  # 100 + 1e-5 rounds; so does half of the move
    grad = eval_numerical_gradient(lambda x: np.sum(x, dtype=np.float64), x, False, h=2e-5)
    assert grad.dtype == np.float32
    np.testing.assert_array_equal(grad, np.float32([1.0]))


def test_eval_numerical_gradient_array_weighs_the_output(rng):
    x, w, df = rng.normal(size=(2, 3)), rng.normal(size=(3, 5)), rng.normal(size=(2, 5))
    grad = eval_numerical_gradient_array(lambda x: x @ w, x, df)
    np.testing.assert_allclose(grad, df @ w.T, atol=CENTRAL)


def test_eval_numerical_gradient_array_copies_an_output_that_f_reuses(rng):
    x, out = rng.normal(size=3), np.empty(3)
    grad = eval_numerical_gradient_array(lambda x: np.square(x, out=out), x, np.ones(3))
    np.testing.assert_allclose(grad, 2 * x, atol=CENTRAL)


def product_of_blobs(rng):
    """Return two input blobs, an output blob, and the function that multiplies into it."""
    a, b, out = (
        SimpleNamespace(vals=rng.normal(size=(2, 3)), diffs=rng.normal(size=(2, 3)))
        for _ in range(3)
    )

    def forward(a, b, out):
        out.vals = a.vals * b.vals

    return a, b, out, forward


def test_eval_numerical_gradient_blobs_gives_one_gradient_for_each_input(rng):
    a, b, out, forward = product_of_blobs(rng)
    da, db = eval_numerical_gradient_blobs(forward, (a, b), out)
    np.testing.assert_allclose(da, b.vals * out.diffs, atol=CENTRAL)
    np.testing.assert_allclose(db, a.vals * out.diffs, atol=CENTRAL)


def test_eval_numerical_gradient_net_calls_forward(rng):
    a, b, out, forward = product_of_blobs(rng)
    net = SimpleNamespace(forward=lambda: forward(a, b, out))
    _, db = eval_numerical_gradient_net(net, (a, b), out)
    np.testing.assert_allclose(db, a.vals * out.diffs, atol=CENTRAL)


def run_all(f, x):
    """Yield each historical function as a call without arguments, on the same x."""
    blob = SimpleNamespace(vals=x, diffs=np.ones_like(x))
    out = SimpleNamespace(vals=np.zeros(1), diffs=np.ones(1))

    def forward(*blobs):
        out.vals = np.array(f(x))

    yield lambda: eval_numerical_gradient(f, x, verbose=False)
    yield lambda: eval_numerical_gradient_array(f, x, 1.0)
    yield lambda: eval_numerical_gradient_blobs(forward, (blob,), out)
    yield lambda: grad_check_sparse(f, x, np.zeros_like(x), 5)


@pytest.mark.parametrize("number", range(4))
def test_x_is_put_back_bit_by_bit(number, rng):
    x = np.concatenate([rng.normal(size=5), [-0.0, 1e-300, 0.1]])
    before = x.tobytes()
    list(run_all(cubes, x))[number]()
    assert x.tobytes() == before


@pytest.mark.parametrize("number", range(4))
def test_x_is_put_back_when_f_raises(number, rng):
    x = rng.normal(size=5)
    before, calls = x.tobytes(), []

    def f(x):
        calls.append(1)
        if len(calls) == 4:
            raise Boom
        return cubes(x)

    with pytest.raises(Boom):
        list(run_all(f, x))[number]()
    assert x.tobytes() == before


@pytest.mark.parametrize("number", range(4))
def test_integers_cannot_take_a_step(number):
    with pytest.raises(TypeError, match=r"dtype is int64, which cannot take a small step; pass"):
        list(run_all(cubes, np.arange(3)))[number]()


def test_a_list_is_no_array():
    with pytest.raises(TypeError, match=r"x should be a NumPy array of floats, but is a list"):
        eval_numerical_gradient(sum, [1.0, 2.0])


def test_a_step_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match=r"step h should be positive, but is 0"):
        eval_numerical_gradient(cubes, np.ones(2), False, h=0)


def test_a_step_lost_in_rounding_is_refused():
    with pytest.raises(ValueError, match=r"h = 1e-05 is lost in the rounding of x\[1\] = 10000"):
        eval_numerical_gradient(cubes, np.array([0, 1e4], dtype=np.float32), False)


def test_grad_check_sparse_prints_and_returns_the_errors(capsys, rng):
    x = rng.uniform(1, 2, size=(3, 4))  # no entry so small that rounding matters beside it
    errors = grad_check_sparse(cubes, x, 3 * x**2, num_checks=7)
    lines = capsys.readouterr().out.splitlines()
    assert errors.shape == (7,)
    assert errors.max() < CENTRAL
    assert len(lines) == 7
    assert "numerical" in lines[0]
    assert "relative error" in lines[0]


def test_grad_check_sparse_sees_a_wrong_entry(capsys):
    x = np.array([1.0])
    assert grad_check_sparse(cubes, x, np.array([6.0]), 1)[0] == pytest.approx(1 / 3, abs=CENTRAL)
    assert "3.000000e+00, analytic 6.000000e+00" in capsys.readouterr().out


def test_grad_check_sparse_calls_0_over_0_no_error(capsys):
    errors = grad_check_sparse(lambda x: 0.0, np.ones(3), np.zeros(3), 4)
    np.testing.assert_array_equal(errors, np.zeros(4))
    assert "nan" not in capsys.readouterr().out


def test_grad_check_sparse_draws_from_pythons_random(capsys):
    x = np.ones((50, 50))
    random.seed(3)
    grad_check_sparse(cubes, x, x, 5)
    first = capsys.readouterr().out
    random.seed(3)
    grad_check_sparse(cubes, x, x, 5)
    assert capsys.readouterr().out == first


def test_grad_check_sparse_refuses_a_gradient_of_another_shape():
    with pytest.raises(ValueError, match=r"analytic_grad has shape \(2,\), but x has \(3,\)"):
        grad_check_sparse(cubes, np.ones(3), np.ones(2))


def test_rel_error_by_hand():
    assert rel_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])) == 0.5
    assert rel_error(3.0, 1.0) == 0.5
    assert rel_error([2e-9], [0.0]) == pytest.approx(0.2)  # over 1e-8, not over 2e-9


@pytest.mark.parametrize("same", [np.zeros(3), np.zeros((0, 2)), -1.5, np.uint8([3])])
def test_rel_error_of_a_thing_with_itself_is_0(same):
    assert rel_error(same, same) == 0.0


def test_rel_error_of_unsigned_integers_does_not_wrap():
    assert rel_error(np.uint8([1]), np.uint8([3])) == 0.5


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_rel_error_lets_no_nan_pass(bad):
    assert rel_error(np.array([1.0, bad]), np.array([1.0, bad])) == np.inf


def test_rel_error_does_not_broadcast():
    with pytest.raises(ValueError, match=r"x has shape \(2, 3\) but y has \(3,\)"):
        rel_error(np.ones((2, 3)), np.ones(3))


def test_rel_error_wants_numbers():
    with pytest.raises(TypeError, match=r"y should hold numbers, but its dtype is object"):
        rel_error(np.ones(2), None)


def draw_everywhere(generator, state):
    return np.random.rand(), random.random(), generator.random(), state.rand()


def test_fixed_randomness_repeats_in_a_block_and_puts_all_back():
    generator, state = np.random.default_rng(5), np.random.RandomState(5)
    np.random.seed(1)
    random.seed(1)
    without = draw_everywhere(generator, state)
    again = [np.random.default_rng(5), np.random.RandomState(5)]
    np.random.seed(1)
    random.seed(1)
    inside = []
    for _ in range(2):
        with fixed_randomness(7, *again) as rng:
            inside.append((*draw_everywhere(*again), rng.random()))
    assert inside[0] == inside[1]
    assert draw_everywhere(*again) == without


def test_fixed_randomness_puts_back_after_an_error():
    np.random.seed(2)
    expected = np.random.rand()
    np.random.seed(2)
    with pytest.raises(Boom), fixed_randomness(0):
        raise Boom
    assert np.random.rand() == expected


def test_fixed_randomness_repeats_each_call_of_a_function_also_one_inside_another():
    @fixed_randomness(3)
    def outer():
        first = np.random.rand()
        fixed_randomness(4)(np.random.rand)()
        return first, np.random.rand()

    assert outer() == outer()
    with fixed_randomness(3):
        assert outer() == (np.random.rand(), np.random.rand())


def test_different_seeds_differ():
    assert fixed_randomness(1)(np.random.rand)() != fixed_randomness(2)(np.random.rand)()


@pytest.mark.parametrize("seed", [np.sin, 1.5, True])
def test_a_seed_is_an_integer(seed):
    with pytest.raises(
        TypeError, match=r"the seed should be an integer.*fixed_randomness\(0\)\(f\)"
    ):
        fixed_randomness(seed)


def test_a_seed_is_not_negative():
    with pytest.raises(ValueError, match=r"seed should be 0 or larger, but is -1"):
        fixed_randomness(-1)


def test_only_generators_come_after_the_seed():
    with pytest.raises(TypeError, match=r"one is a int; make one with np.random.default_rng"):
        fixed_randomness(0, 5)
