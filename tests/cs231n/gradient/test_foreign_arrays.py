"""Arrays of other libraries: by stand-ins everywhere, and by JAX and PyTorch where these are."""

import sys

import numpy as np
import pytest
from foreign_arrays import FrozenArray, Tensor

from cs231n.gradient_check import (
    assert_gradients_close,
    check_gradient,
    eval_numerical_gradient,
    fixed_randomness,
    numerical_gradient,
    step_sweep,
)

SINGLE, DOUBLE = 4.92e-3, 6.06e-6  # the tolerances


def squares(p):
    """Value and gradient of sum(w * W**2) for arrays of any kind, in the kind of W."""
    w = np.asarray(p["W"])
    weights = np.arange(1.0, 1 + w.size, dtype=w.dtype).reshape(w.shape)
    kind, wide = type(p["W"]), getattr(p["W"], "wide", True)
    return kind(np.sum(weights * w**2), wide), {"W": kind(2 * weights * w, wide)}


@pytest.fixture
def frozen(rng):
    return {"W": FrozenArray(rng.normal(size=(2, 3)))}


# ------------------------------------------------------------------ arrays that cannot be moved


@pytest.mark.parametrize(("wide", "tolerance"), [(False, SINGLE), (True, DOUBLE)])
def test_the_precision_that_comes_back_decides(wide, tolerance, rng):
    x = {"W": FrozenArray(rng.normal(size=(2, 3)), wide)}
    report = check_gradient(squares, x)
    assert report.ok
    assert report.tolerance == pytest.approx(tolerance, rel=1e-2)


def test_f_gets_new_arrays_of_the_same_kind_and_x_stays(frozen):
    before, seen = np.array(frozen["W"]), []

    def f(p):
        assert p["W"].dtype == np.float32
        seen.append(p["W"])
        return squares(p)

    check_gradient(f, frozen, method="central")
    assert {type(array) for array in seen} == {FrozenArray}
    assert len({np.asarray(array).tobytes() for array in seen}) > 6
    assert not any(np.shares_memory(seen[0], array) for array in seen[1:])
    np.testing.assert_array_equal(frozen["W"], before)


@pytest.mark.parametrize("entry", [(0, 0), (1, 2)])
@pytest.mark.parametrize(("wide", "off"), [(False, 0.02), (True, 1e-4)])
def test_a_wrong_entry_is_found(entry, wide, off, rng):
    x = {"W": FrozenArray(rng.uniform(1, 2, size=(2, 3)), wide)}
    grad = np.array(squares(x)[1]["W"])
    grad[entry] *= 1 + off
    report = check_gradient(lambda p: squares(p)[0], x, {"W": FrozenArray(grad, wide)})
    assert report["W"].count("wrong") == 1
    assert report["W"].worst == entry


def test_a_gradient_function_gets_the_same_kind(frozen):
    def grad(p):
        assert isinstance(p["W"], FrozenArray)
        return squares(p)[1]

    assert check_gradient(lambda p: squares(p)[0], frozen, grad).ok
    assert step_sweep(lambda p: squares(p)[0], frozen, grad).best_error < 1e-3


def test_numerical_gradients_and_comparisons(frozen):
    grad = numerical_gradient(lambda p: squares(p)[0], frozen)
    assert type(grad["W"]) is np.ndarray
    assert_gradients_close(squares(frozen)[1], grad)
    assert_gradients_close(grad, squares(frozen)[1])


def test_numpy_arrays_beside_frozen_ones_are_moved_in_place(frozen):
    b = np.ones(3)
    both = {**frozen, "b": b}

    def f(p):
        value, grad = squares(p)
        return np.asarray(value) + np.sum(b**2), {**grad, "b": 2 * b}

    assert check_gradient(f, both).ok
    np.testing.assert_array_equal(b, np.ones(3))


def test_an_output_and_df_of_another_library(rng):
    x, df = FrozenArray(rng.normal(size=4), True), FrozenArray(rng.normal(size=4), True)
    grad = 2 * np.asarray(x) * np.asarray(df)
    report = check_gradient(lambda x: FrozenArray(np.asarray(x) ** 2, True), x, grad, df=df)
    assert report.ok


def test_what_has_no_namespace_reaches_f_as_a_numpy_array(monkeypatch, frozen):
    monkeypatch.delattr(FrozenArray, "__array_namespace__")
    values = frozen["W"]
    grad = 2 * np.asarray(values)
    report = check_gradient(lambda x: np.sum(x.astype(np.float64) ** 2), values, grad)
    assert report.ok


def test_a_frozen_array_of_integers_takes_no_step():
    x = FrozenArray(np.arange(3))
    with pytest.raises(TypeError, match=r"x should hold floats, but its dtype is int64"):
        check_gradient(lambda x: 0.0, x, x)


def test_a_result_that_holds_no_numbers_is_described():
    x = FrozenArray(np.ones(2))
    with pytest.raises(TypeError, match=r"returned a FrozenArray of shape \(2,\) and dtype <U1"):
        check_gradient(lambda x: FrozenArray(["a", "b"]), x, x)


# ------------------------------------------------------------------ float32 that hides


def hidden(x):
    """Compute in float32 and return a Python float, as float(f(x)) does in JAX."""
    x = np.asarray(x, dtype=np.float32)
    return float(np.sum(np.exp(x) * x, dtype=np.float32))


def test_float32_behind_a_python_float_is_found_out(rng):
    x = rng.normal(size=7)
    grad = np.exp(x) * (1 + x)
    report = check_gradient(hidden, x, grad)
    assert report.ok
    assert report.precision == "float32"
    grad[3] *= 1.02
    assert check_gradient(hidden, x, grad)["x"].worst == (3,)


@pytest.mark.parametrize(
    "f", [lambda x: 3.0, lambda x: np.sum(x), lambda x: np.sum(x**2), lambda x: np.max(x)]
)
def test_round_values_are_not_taken_for_float32(f):
    x = np.array([1.0, 2.0, 4.0])
    assert check_gradient(f, x, numerical_gradient(f, x)).precision == "float64"


def test_the_report_says_what_float32_cannot_tell(monkeypatch, frozen):
    monkeypatch.setitem(sys.modules, "jax", None)
    text = str(check_gradient(squares, frozen))
    assert (
        "float32 lets errors below 4.9e-03 pass, and may take a kink beside x for an error" in text
    )
    assert "in float64: x.astype(float), " in text
    assert ', jax.config.update("jax_enable_x64", True) in JAX.' in text
    assert "lets errors below" not in str(
        check_gradient(lambda x: np.sum(x), np.ones(2), np.ones(2))
    )


# ------------------------------------------------------------------ tensors


def cubes(x):
    """Value and gradient for a tensor, both with a graph behind them."""
    return (
        Tensor(np.sum(x.memory**3), requires_grad=True),
        Tensor(3 * x.memory**2, requires_grad=True),
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("requires_grad", [False, True])
def test_a_tensor_is_moved_in_its_own_memory_and_put_back(dtype, requires_grad, rng):
    x = Tensor(rng.normal(size=5).astype(dtype), requires_grad)
    before = x.memory.tobytes()
    report = check_gradient(lambda _: cubes(x), x)
    assert report.ok
    assert report.precision == np.dtype(dtype).name
    assert check_gradient(lambda x: cubes(x)[0], x, lambda x: cubes(x)[1], method="complex").ok
    assert x.memory.tobytes() == before
    assert x.requires_grad == requires_grad


def test_a_wrong_entry_of_a_tensor_is_found(rng):
    x = Tensor(rng.uniform(1, 2, size=5), requires_grad=True)
    grad = cubes(x)[1]
    grad.memory[2] *= 1 + 1e-4
    assert check_gradient(lambda x: cubes(x)[0], x, grad)["x"].worst == (2,)


def test_a_float32_tensor_beside_a_kink_is_settled_on_float64_tensors():
    x = Tensor(np.array([1.0, 1e-5, -1.0], dtype=np.float32), requires_grad=True)
    kinds = set()

    def f(x):
        kinds.add((x.dtype.name, x.requires_grad))
        return Tensor(np.sum(np.maximum(x.memory, 0)))

    report = check_gradient(f, x, np.float32([1.0, 1.0, 0.0]), method="central")
    assert list(report["x"].verdicts) == ["ok", "ok", "ok"]
    assert kinds == {("float32", True), ("float64", True)}


def test_a_tensor_on_another_device_is_named():
    x = Tensor(np.ones(2), device="cuda:0")
    with pytest.raises(TypeError, match=r"W is a Tensor whose memory .*cuda:0.*on the CPU"):
        check_gradient(lambda p: 0.0, {"W": x}, {"W": x})


def test_a_result_on_another_device_is_fetched():
    def f(x):
        return Tensor(np.sum(x**3), device="cuda:0")

    assert check_gradient(f, np.ones(2), Tensor(3 * np.ones(2), True, "cuda:0")).ok


def test_a_result_that_numpy_cannot_read_is_named(monkeypatch):
    monkeypatch.setattr(Tensor, "cpu", lambda self: self)
    bad = Tensor(np.ones(2), device="meta")
    with pytest.raises(
        TypeError, match=r"what f returned is a Tensor that NumPy cannot read \(can't"
    ):
        check_gradient(lambda x: bad, np.ones(2), np.ones(2))
    with pytest.raises(TypeError, match=r"the gradient is a Tensor that NumPy cannot read \(can't"):
        check_gradient(lambda x: 0.0, np.ones(2), bad)


def test_the_historical_functions_read_results_and_refuse_tensors_as_x():
    x = np.array([1.0, -2.0])
    grad = eval_numerical_gradient(lambda x: cubes(Tensor(x))[0], x, verbose=False)
    np.testing.assert_allclose(grad, 3 * x**2, atol=1e-9)
    with pytest.raises(TypeError, match=r"x should be a NumPy array of floats, but is a Tensor"):
        eval_numerical_gradient(lambda x: 0.0, Tensor(x, requires_grad=True), verbose=False)


# ------------------------------------------------------------------ JAX itself


@pytest.fixture(params=[False, True], ids=["float32", "float64"])
def jax(request):
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", request.param)
    yield jax
    jax.config.update("jax_enable_x64", before)


@pytest.fixture
def jax_net(jax, rng):
    """A net of JAX, its parameters in layers, and what precision is to come back."""
    jnp = jax.numpy
    x = jnp.asarray(rng.normal(size=(7, 2)))

    def loss(p):
        hidden = jnp.tanh(x @ p["first"]["W"] + p["first"]["b"])
        return jnp.mean((hidden @ p["rest"][0]) ** 2)

    first = {"W": jnp.asarray(rng.normal(size=(2, 3))), "b": jnp.asarray(rng.normal(size=3))}
    params = {"first": first, "rest": (jnp.asarray(rng.normal(size=(3, 5))),)}
    return loss, params, "float64" if jax.config.jax_enable_x64 else "float32"


def test_value_and_grad_is_passed_as_it_is(jax, jax_net):
    loss, params, precision = jax_net
    for f in (jax.value_and_grad(loss), jax.jit(jax.value_and_grad(loss))):
        report = check_gradient(f, params)
        assert report.ok
        assert report.precision == precision
        assert [p.name for p in report.parameters] == ["first/W", "first/b", "rest[0]"]


def test_jax_takes_numpy_parameters_in_the_precision_it_has(jax, jax_net):
    loss, params, precision = jax_net
    double = jax.tree.map(lambda a: np.array(a, dtype=np.float64), params)
    assert check_gradient(jax.value_and_grad(loss), double).precision == precision
    grad = jax.tree.map(lambda a: np.array(a, dtype=np.float64), jax.grad(loss)(params))
    report = check_gradient(lambda p: float(loss(p)), double, grad)
    assert report.ok
    assert report.precision == precision


def test_a_wrong_entry_of_a_jax_gradient_is_found(jax, jax_net):
    loss, params, precision = jax_net
    grad = jax.grad(loss)(params)
    assert check_gradient(jax.jit(loss), params, jax.grad(loss)).ok
    entry = tuple(map(int, np.unravel_index(np.argmax(np.abs(grad["rest"][0])), (3, 5))))
    off = {"float64": 1 + 1e-4, "float32": 1.02}[precision]
    wrong = {**grad, "rest": (grad["rest"][0].at[entry].multiply(off),)}
    report = check_gradient(loss, params, wrong)
    assert [p.name for p in report.parameters if p.verdict == "wrong"] == ["rest[0]"]
    assert report["rest[0]"].worst == entry


def test_a_function_that_vmap_made_takes_df(jax, rng):
    rows = jax.numpy.asarray(rng.normal(size=(4, 3)))
    w, dout = (jax.numpy.asarray(rng.normal(size=size)) for size in (3, 4))
    f = jax.vmap(lambda row, w: jax.numpy.sin(row @ w), in_axes=(0, None))
    grad = jax.vjp(lambda w: f(rows, w), w)[1](dout)[0]
    assert check_gradient(lambda w: f(rows, w), w, grad, df=dout).ok
    assert not check_gradient(lambda w: f(rows, w), w, 1.05 * grad, df=dout).ok


def test_jax_arrays_read_from_elsewhere_never_move(jax_net, jax):
    loss, params, _ = jax_net
    report = check_gradient(lambda _: loss(params), params, jax.grad(loss))
    assert report.constant
    assert "does it use its argument?" in str(report)


# ------------------------------------------------------------------ PyTorch itself


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.manual_seed(0)
    return torch


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_parameters_of_a_torch_module(precision, torch):
    layers = torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)
    model = torch.nn.Sequential(*layers).to(getattr(torch, precision))
    x = torch.randn(5, 3, dtype=getattr(torch, precision))
    params = dict(model.named_parameters())
    before = {name: p.detach().clone() for name, p in params.items()}

    def loss(_):
        value = (model(x) ** 2).mean()
        return value, dict(zip(params, torch.autograd.grad(value, list(params.values()))))

    report = check_gradient(loss, params)
    assert report.ok
    assert report.precision == precision
    wrong = loss(params)[1]
    wrong["2.bias"][1] *= {"float64": 1 + 1e-4, "float32": 1.02}[precision]
    report = check_gradient(lambda p: loss(p)[0], params, wrong)
    assert [p.name for p in report.parameters if p.verdict == "wrong"] == ["2.bias"]
    assert all(torch.equal(before[name], p) for name, p in params.items())


def test_a_gradient_by_torch_func_of_nested_tensors(torch):
    p = {"a": {"W": torch.randn(2, 3).double()}, "b": (torch.randn(4).double(),)}
    both = torch.func.grad_and_value(lambda p: p["a"]["W"].sin().sum() * p["b"][0].prod())
    assert check_gradient(lambda p: both(p)[::-1], p).ok


def test_the_random_numbers_of_torch_are_not_numpys(torch):
    x = torch.ones(20, dtype=torch.float64, requires_grad=True)

    def loss(x, seed=None):
        if seed is not None:
            torch.manual_seed(seed)
        value = torch.nn.functional.dropout(x).sum()
        return value, torch.autograd.grad(value, x)[0]

    with pytest.raises(ValueError, match=r"draws from something else.*seed PyTorch inside f"):
        check_gradient(fixed_randomness(0)(loss), x)
    assert check_gradient(lambda x: loss(x, seed=0), x).ok


def test_what_numpy_cannot_read_of_torch_is_named(torch):
    x = torch.ones(2, dtype=torch.bfloat16)
    with pytest.raises(TypeError, match=r"x is a Tensor whose memory NumPy cannot read .*BFloat16"):
        check_gradient(lambda x: x.sum(), x, np.ones(2))
    with pytest.raises(TypeError, match=r"what f returned is a Tensor that NumPy cannot read"):
        check_gradient(lambda _: x.sum(), np.ones(2), np.ones(2))
