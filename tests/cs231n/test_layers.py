"""Fully connected layers, ReLU and the losses of scores: examples by hand, derivatives, errors."""

import itertools

import numpy as np
import pytest

from cs231n import layers
from cs231n.gradient_check import assert_gradient
from cs231n.layers import (
    affine_backward,
    affine_forward,
    relu_backward,
    relu_forward,
    softmax_loss,
    svm_loss,
)

pytestmark = pytest.mark.assignment2

# The same sums in another order.
ROUNDING = 1e-12
LOSSES = [softmax_loss, svm_loss]


def draw_affine(rng, N=4, shape=(2, 3, 5), M=7, dtype=np.float64):
    D = int(np.prod(shape))
    sizes = ((N, *shape), (D, M), (M,))
    return [rng.normal(size=size).astype(dtype) for size in sizes]


def test_affine_of_a_hand_sized_example():
    x, w, b = (
        np.array([[[1.0], [2.0]]]),
        np.array([[1.0, 0.0], [3.0, -1.0]]),
        np.array([10.0, 20.0]),
    )
    out, cache = affine_forward(x, w, b)
    np.testing.assert_array_equal(out, [[17.0, 18.0]])
    dx, dw, db = affine_backward(np.array([[1.0, -1.0]]), cache)
    np.testing.assert_array_equal(dx, [[[1.0], [4.0]]])
    np.testing.assert_array_equal(dw, [[1.0, -1.0], [2.0, -2.0]])
    np.testing.assert_array_equal(db, [1.0, -1.0])


def test_affine_caches_what_went_in(rng):
    x, w, b = draw_affine(rng)
    _, cache = affine_forward(x, w, b)
    assert all(kept is given for kept, given in zip(cache, (x, w, b), strict=True))


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 3, 5), (1, 1, 1, 2)])
@pytest.mark.parametrize("N", [1, 4])
def test_affine_gradients(rng, N, shape):
    x, w, b = draw_affine(rng, N, shape)
    dout = rng.normal(size=(N, 7))
    grads = dict(zip("xwb", affine_backward(dout, affine_forward(x, w, b)[1])))
    inputs = {"x": x, "w": w, "b": b}
    assert_gradient(
        lambda p: np.sum(dout * affine_forward(p["x"], p["w"], p["b"])[0]), inputs, grads
    )


def test_affine_backward_is_the_adjoint_of_forward(rng):
    x, w, b = draw_affine(rng)
    dout = rng.normal(size=(4, 7))
    dx, _, _ = affine_backward(dout, (x, w, b))
    out, _ = affine_forward(x, w, np.zeros(7))
    assert np.sum(out * dout) == pytest.approx(np.sum(x * dx), rel=ROUNDING)


def test_affine_of_no_examples(rng):
    x, w, b = draw_affine(rng, N=0)
    out, cache = affine_forward(x, w, b)
    dx, dw, db = affine_backward(out, cache)
    assert (out.shape, dx.shape) == ((0, 7), x.shape)
    assert not dw.any()
    assert not db.any()


@pytest.mark.parametrize(
    ("x", "w", "b", "message"),
    [
        ((4, 3, 2, 3), (12, 5), (5,), r"w is \(12, 5\), but each example has 3\*2\*3 = 18 numbers"),
        ((4, 3), (3,), (5,), r"w is \(3,\), but each example has 3 numbers; w should be \(3, M\)"),
        ((4, 3), (3, 5), (1, 5), r"b is \(1, 5\), but w has 5 columns; b should be \(5,\)"),
    ],
)
def test_affine_refuses_shapes_that_do_not_fit(x, w, b, message):
    with pytest.raises(ValueError, match=message):
        affine_forward(np.zeros(x), np.zeros(w), np.zeros(b))


def test_relu_and_its_slope_on_both_sides_and_at_the_kink():
    x = np.array([[-2.0, 0.0, 3.0]])
    out, cache = relu_forward(x)
    np.testing.assert_array_equal(out, [[0.0, 0.0, 3.0]])
    np.testing.assert_array_equal(relu_backward(np.array([[5.0, 6.0, 7.0]]), cache), [[0, 0, 7]])
    assert cache is x


@pytest.mark.parametrize("shape", [(), (4,), (2, 3, 5, 7)])
def test_relu_takes_any_shape(rng, shape):
    x = np.asarray(rng.normal(size=shape))
    out, cache = relu_forward(x)
    np.testing.assert_array_equal(out, np.where(x > 0, x, 0))
    assert np.shape(relu_backward(np.ones(shape), cache)) == shape


def test_softmax_loss_of_a_hand_sized_example():
    loss, dx = softmax_loss(np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 2.0]]), np.array([1, 0]))
    assert loss == pytest.approx((np.log(4) + np.log(8 / 3)) / 2, rel=ROUNDING)
    expected = np.array([[1, -6, 5], [-5, 3, 2]]) / 16
    np.testing.assert_allclose(dx, expected, rtol=1e-11, atol=ROUNDING)


def test_svm_loss_of_a_hand_sized_example():
    # First: margins 0.5 and 3; second: none, one of them exactly met.
    loss, dx = svm_loss(np.array([[1.0, 0.5, 3.0], [0.0, 4.0, 3.0]]), np.array([0, 1]))
    assert loss == pytest.approx((0.5 + 3.0) / 2, rel=ROUNDING)
    np.testing.assert_array_equal(dx, [[-1.0, 0.5, 0.5], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize("loss_of", LOSSES)
@pytest.mark.parametrize(("N", "C"), [(1, 2), (5, 3), (3, 7)])
def test_loss_gradients(rng, loss_of, N, C):
    x, y = 2 * rng.normal(size=(N, C)), rng.integers(C, size=N)
    assert_gradient(lambda p: loss_of(p["x"], y)[0], {"x": x}, {"x": loss_of(x, y)[1]})


@pytest.mark.parametrize("loss_of", LOSSES)
def test_losses_are_unchanged_by_a_shift_of_all_scores(rng, loss_of):
    x, y = rng.normal(size=(6, 4)), rng.integers(4, size=6)
    loss, dx = loss_of(x, y)
    shifted, dshifted = loss_of(x + 1e4 * rng.choice([-1, 1], size=(6, 1)), y)
    assert shifted == pytest.approx(loss, rel=1e-9)
    np.testing.assert_allclose(dshifted, dx, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("loss_of", LOSSES)
def test_gradients_of_an_example_add_up_to_nothing(rng, loss_of):
    _, dx = loss_of(rng.normal(size=(6, 4)), rng.integers(4, size=6))
    np.testing.assert_allclose(dx.sum(axis=1), 0, atol=1e-15)


def test_softmax_loss_of_a_hopeless_example_is_the_distance():
    loss, dx = softmax_loss(np.array([[-2e4, 0.0, -5e3]]), np.array([0]))
    assert loss == 2e4
    np.testing.assert_array_equal(dx, [[-1.0, 1.0, 0.0]])


@pytest.mark.parametrize("loss_of", LOSSES)
@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ((4, 3), [0, 1, 2], r"the scores x are \(4, 3\) and the labels y \(3,\); they should be"),
        ((4,), [0, 1, 2, 0], r"x are \(4,\) .* should be \(N, C\) and \(N,\)"),
        ((0, 3), [], "with one example at least"),
        ((3, 3), [0, 1, 3], "labels run from 0 to 3, but x has 3 classes; .* from 0 to 2"),
        ((3, 3), [0, -1, 2], "labels run from -1 to 2"),
    ],
)
def test_losses_refuse_labels_that_do_not_fit(loss_of, x, y, message):
    with pytest.raises(ValueError, match=message):
        loss_of(np.zeros(x), np.array(y, dtype=int))


def every_call(rng, dtype):
    """All functions with their array arguments."""
    x, w, b = draw_affine(rng, dtype=dtype)
    dout, scores = rng.normal(size=(4, 7)).astype(dtype), rng.normal(size=(4, 3)).astype(dtype)
    y = rng.integers(3, size=4)
    return [
        (affine_forward, (x, w, b)),
        (lambda dout, x, w, b: affine_backward(dout, (x, w, b)), (dout, x, w, b)),
        (relu_forward, (x,)),
        (relu_backward, (x, x)),
        (softmax_loss, (scores, y)),
        (svm_loss, (scores, y)),
    ]


def test_layers_change_none_of_their_inputs(rng):
    for function, arguments in every_call(rng, np.float64):
        before = [a.copy() for a in arguments]
        function(*arguments)
        for a, copy in zip(arguments, before, strict=True):
            np.testing.assert_array_equal(a, copy)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_keep_the_precision(rng, dtype):
    for function, arguments in every_call(rng, dtype):
        results = function(*arguments)
        results = results if isinstance(results, tuple) else (results,)
        nested = [r if isinstance(r, tuple) else (r,) for r in results]
        found = {np.asarray(a).dtype for a in itertools.chain(*nested)}
        assert found == {np.dtype(dtype)}


def test_star_import_brings_all_historical_names():
    names = {}
    exec("from cs231n.layers import *", names)
    own = {"affine", "relu", "batchnorm", "layernorm", "dropout", "spatial_batchnorm"}
    historical = {f"{layer}_{way}" for layer in own for way in ("forward", "backward")}
    historical |= {"softmax_loss", "svm_loss", "batchnorm_backward_alt"}
    historical |= {"spatial_groupnorm_forward", "spatial_groupnorm_backward"}
    naive = itertools.product(("conv", "max_pool"), ("forward", "backward"))
    historical |= {f"{layer}_{way}_naive" for layer, way in naive}
    assert set(names) - {"__builtins__"} == historical
    assert set(dir(layers)) >= historical


def test_an_unknown_layer_lists_the_known_ones():
    with pytest.raises(AttributeError, match=r"no 'affine_sideways'; it has affine_backward, aff"):
        layers.affine_sideways  # noqa: B018
