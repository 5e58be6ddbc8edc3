"""Parameters in dicts of dicts, lists and tuples, as deep as they are."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from cs231n.gradient_check import (
    assert_gradients_close,
    check_gradient,
    numerical_gradient,
    plot_gradient_report,
    step_sweep,
)

Layer = namedtuple("Layer", "W b")


def loss(p):
    """Three layers: the first in a dict, the second in a named tuple in a list, the last alone."""
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    first, (second,) = p["first"], p["rest"]
    hidden = np.tanh(x @ first["W"] + first["b"])
    out = (hidden @ second.W + second.b) * p["scale"]
    dout = 2 * out * p["scale"]
    dhidden = dout @ second.W.T * (1 - hidden**2)
    return np.sum(out**2), {
        "first": {"W": x.T @ dhidden, "b": dhidden.sum(axis=0)},
        "rest": [(hidden.T @ dout, dout.sum(axis=0))],
        "scale": np.array(2 * np.sum(out**2) / p["scale"]),
    }


def value(p):
    return loss(p)[0]


@pytest.fixture
def params(rng):
    return {
        "first": OrderedDict(W=rng.normal(size=(2, 3)), b=rng.normal(size=3)),
        "rest": [Layer(rng.normal(size=(3, 5)), rng.normal(size=5))],
        "scale": np.array(0.7),
    }


PATHS = ["first/W", "first/b", "rest[0][0]", "rest[0][1]", "scale"]


@pytest.mark.parametrize("method", ["auto", "central", "complex"])
def test_every_array_is_checked_and_named_by_its_path(method, params):
    report = check_gradient(loss, params, method=method)
    assert report.ok
    assert [p.name for p in report.parameters] == PATHS
    assert all(p.looked_at == p.x.size for p in report.parameters)


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_entry_is_found_where_it_is(path, params):
    grad = loss(params)[1]
    places = dict(zip(PATHS, [*grad["first"].values(), *grad["rest"][0], grad["scale"]]))
    index = tuple(size - 1 for size in places[path].shape)
    places[path][index] *= 1.01
    report = check_gradient(value, params, grad)
    assert [p.name for p in report.parameters if p.verdict == "wrong"] == [path]
    assert report[path].worst == index
    assert f"  {path} " in str(report)
    with pytest.raises(KeyError, match=r"no parameter 'first'; it has first/W, first/b, rest\[0\]"):
        report["first"]


def test_a_list_alone_and_dicts_in_it():
    x = [{"a": np.ones(2)}, [np.ones(3), (np.ones(1),)]]
    report = check_gradient(lambda x: x[0]["a"].sum() + x[1][0].sum() + x[1][1][0].sum(), x, x)
    assert report.ok
    assert [p.name for p in report.parameters] == ["x[0]/a", "x[1][0]", "x[1][1][0]"]


def test_arrays_deep_inside_are_moved_in_place_and_put_back(params):
    before = [a.tobytes() for a in (params["first"]["W"], params["rest"][0].b)]
    assert check_gradient(lambda _: loss(params), params).ok
    assert [a.tobytes() for a in (params["first"]["W"], params["rest"][0].b)] == before


def test_a_deep_array_that_f_changes_is_named(params):
    def careless(p):
        p["first"]["b"] += 1.0
        return value(p)

    with pytest.raises(ValueError, match=r"f changed its input first/b in place"):
        check_gradient(careless, params, loss(params)[1])


def test_the_numeric_gradient_has_the_structure_of_x(params):
    grad = numerical_gradient(value, params)
    assert isinstance(grad["first"], OrderedDict)
    assert isinstance(grad["rest"][0], Layer)
    assert_gradients_close(loss(params)[1], grad)


def test_the_gradient_may_hold_more_keys_at_any_depth(params):
    grad = loss(params)[1]
    grad["first"]["frozen"] = grad["other"] = np.ones(2)
    assert check_gradient(value, params, grad).ok


def test_sweep_and_figure_take_paths(params):
    assert step_sweep(value, params, lambda p: loss(p)[1]).best_error < 1e-7
    ax = plot_gradient_report(check_gradient(loss, params), "first/W")
    assert ax.get_title(loc="right").startswith("first/W (2, 3): largest error")


def spoil(params, path, part):
    """Return the right gradient with something else at one path, a sequence of keys."""
    grad = loss(params)[1]
    place = grad
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = part
    return grad


@pytest.mark.parametrize(
    ("path", "part", "error", "message"),
    [
        (
            ["first"],
            {"W": np.ones((2, 3))},
            ValueError,
            r"the gradient of first has no b; it has W",
        ),
        (["first"], {}, ValueError, r"the gradient of first has no W, b; it has no keys"),
        (["first"], np.ones(3), TypeError, r"first is a dict, so the gradient of first should be"),
        (["rest"], [], TypeError, r"rest has 1 part, so the gradient of rest should, but is a li"),
        (["rest", 0], (1, 2, 3), TypeError, r"rest\[0\] has 2 parts, so .* but is a tuple of 3"),
        (["first", "b"], np.ones(4), ValueError, r"the gradient of first/b has shape \(4,\), but"),
        (["first", "b"], None, TypeError, r"the gradient of first/b is None; it should be an arra"),
        (["scale"], {"a": 1.0}, TypeError, r"the gradient of scale is a dict; it should be an arr"),
    ],
)
def test_another_structure_is_named_in_a_sentence(path, part, error, message, params):
    with pytest.raises(error, match=message):
        check_gradient(value, params, spoil(params, path, part))


def test_a_deep_leaf_that_is_not_an_array_is_named():
    x = {"conv1": {"W": np.ones(2), "size": 3}}
    with pytest.raises(TypeError, match=r"conv1/size should be a NumPy array of floats, but is a"):
        check_gradient(lambda p: 0.0, x, x)


def test_deep_arrays_share_no_memory():
    w = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"enc/W and dec/W share memory"):
        check_gradient(lambda p: 0.0, {"enc": {"W": w}, "dec": {"W": w.T}}, {})
