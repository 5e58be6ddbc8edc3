"""Networks from descriptions: shapes, derivatives, running in part, saving, and what is refused."""

import numpy as np
import pytest

from cs231n.classifiers.designs import DESIGNS, design, lenet5, vgg_style
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.gradient_check import eval_numerical_gradient

pytestmark = pytest.mark.assignment2

EVERY_KIND = [
    ("conv", 4, 3),
    "batchnorm",
    "relu",
    ("pool", 2),
    ("conv", 6, (3, 2), {"stride": 2, "pad": 1}),
    ("groupnorm", 3),
    "relu",
    ("pool", (2, 1), 1),
    ("affine", 7),
    "layernorm",
    "relu",
    ("affine", 8),
    "batchnorm",
    "relu",
    ("dropout", 1.0),
    ("affine", 5),
]


@pytest.fixture
def net():
    return LayeredNet(EVERY_KIND, (3, 10, 12), reg=0.3, dtype=np.float64, seed=1)


@pytest.fixture
def batch(rng):
    return rng.normal(size=(6, 3, 10, 12)), rng.integers(5, size=6)


def test_layers_are_named_in_order_and_counted_by_kind(net):
    assert net.layers[:7] == [
        "conv1",
        "batchnorm1",
        "relu1",
        "pool1",
        "conv2",
        "groupnorm1",
        "relu2",
    ]
    assert net.layers[-1] == "affine3"
    assert net.params["conv2.w"].shape == (6, 4, 3, 2)
    assert net.params["groupnorm1.gamma"].shape == (6,)
    assert net.out_shape == (5,)


def test_first_weights_have_the_size_that_keeps_activations(rng):
    weights = LayeredNet([("conv", 200, 5)], (8, 9, 9), seed=0).params["conv1.w"]
    assert weights.std() == pytest.approx(np.sqrt(2 / (8 * 25)), rel=0.02)
    small = LayeredNet([("conv", 200, 5)], (8, 9, 9), weight_scale=1e-3, seed=0).params["conv1.w"]
    assert small.std() == pytest.approx(1e-3, rel=0.02)


def test_the_same_seed_gives_the_same_net():
    nets = [LayeredNet(lenet5(), seed=seed).params["conv1.w"] for seed in (3, 3, 4)]
    np.testing.assert_array_equal(nets[0], nets[1])
    assert not np.array_equal(nets[0], nets[2])


def test_gradients_are_the_derivatives_of_the_loss(net, batch):
    _, grads = net.loss(*batch)
    assert set(grads) == set(net.params)
    for name, value in net.params.items():
        numeric = eval_numerical_gradient(lambda _: net.loss(*batch)[0], value, verbose=False)
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-4, atol=1e-7, err_msg=name)


def test_the_derivative_by_the_pictures(net, batch, rng):
    X, _ = batch
    net.loss(*batch)  # so that there are running averages
    out, cache = net.forward(X)
    dout = rng.normal(size=out.shape)
    dX, grads = net.backward(dout, cache)
    numeric = eval_numerical_gradient(lambda x: np.sum(net.forward(x)[0] * dout), X, verbose=False)
    np.testing.assert_allclose(dX, numeric, rtol=1e-5, atol=1e-8)
    assert grads["affine3.b"].shape == (5,)


def test_float32_stays_float32(batch):
    net = LayeredNet(EVERY_KIND, (3, 10, 12), reg=0.3, seed=1)
    X, y = batch
    loss, grads = net.loss(X, y)
    assert {value.dtype for value in grads.values()} == {np.dtype(np.float32)}
    assert net.loss(X).dtype == np.float32
    assert np.isfinite(loss)


def test_parts_of_the_net_make_the_whole(net, batch):
    X, _ = batch
    middle, _ = net.forward(X, end="relu2")
    rest, _ = net.forward(middle, start="pool2")
    np.testing.assert_array_equal(rest, net.forward(X)[0])
    by_number, _ = net.forward(X, end=6)
    np.testing.assert_array_equal(by_number, middle)
    last, _ = net.forward(net.forward(X, end=-2)[0], start=-1)
    np.testing.assert_array_equal(last, rest)


def test_another_rule_for_the_way_back_through_a_relu(net, batch):
    X, _ = batch
    out, cache = net.forward(X, end="relu1")
    seen = []

    def rule(dout, x):
        seen.append(x)
        return np.zeros_like(dout)

    dX, _ = net.backward(np.ones_like(out), cache, relu_backward=rule)
    assert not dX.any()
    np.testing.assert_array_equal(np.maximum(seen[0], 0), out)


def test_testing_uses_running_averages_and_changes_nothing(net, batch):
    X, y = batch
    net.loss(X, y)
    before = [dict(state) for state in net.bn_params]
    np.testing.assert_array_equal(net.loss(X)[:2], net.loss(X[:2]))
    for state, old in zip(net.bn_params, before):
        np.testing.assert_array_equal(state["running_mean"], old["running_mean"])


def test_training_is_the_same_where_a_normalisation_does_the_relu(batch):
    description = [("conv", 4, 3), "batchnorm", "relu", ("affine", 5)]
    apart = LayeredNet(description, (3, 10, 12), dtype=np.float64, seed=2)
    together = LayeredNet(description, (3, 10, 12), dtype=np.float64, seed=2)
    apart._has_relu_behind = lambda name: False
    (loss, grads), (expected, wanted) = together.loss(*batch), apart.loss(*batch)
    assert loss == pytest.approx(expected, rel=1e-12)
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, wanted[name], rtol=1e-9, atol=1e-12)


def test_predict_goes_by_the_largest_score(net, batch):
    X, y = batch
    net.loss(X, y)
    np.testing.assert_array_equal(net.predict(X, batch_size=4), net.loss(X).argmax(axis=1))
    assert net.predict(X[:0]).shape == (0,)


def test_a_saved_net_comes_back_whole(net, batch, tmp_path):
    X, y = batch
    net.mean, net.class_names = np.array([1.0, 2.0, 3.0]), ["a", "b", "c", "d", "e"]
    net.loss(X, y)
    again = LayeredNet.load(net.save(str(tmp_path / "new" / "net.npz")))
    np.testing.assert_array_equal(again.loss(X), net.loss(X))
    assert (again.reg, again.class_names, again.mean.tolist()) == (0.3, net.class_names, [1, 2, 3])
    assert again.dtype == np.float64


def test_pictures_go_in_and_come_back(rng):
    net = LayeredNet([("affine", 2)], (3, 4, 5), mean=(100, 110, 120), std=(60, 61, 62))
    images = rng.integers(256, size=(2, 4, 5, 3), dtype=np.uint8)
    X = net.preprocess(images)
    assert (X.shape, X.dtype) == ((2, 3, 4, 5), np.float32)
    np.testing.assert_allclose(X[1, 2], (images[1, :, :, 2] - 120.0) / 62, rtol=1e-6)
    np.testing.assert_array_equal(net.deprocess(X), images)
    assert net.deprocess(X + 100).max() == 255


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (["tanh"], "Layer 1: There is no layer 'tanh'; a net can be made of conv, affine"),
        ([5], "Layer 1: There is no layer 5"),
        ([("conv", 4)], r"A layer \['conv', 4\] is not understood; write \[\"conv\", filters"),
        ([("conv", 4, 3, {"padding": 1})], "is not understood"),
        ([("conv", 0, 3)], "the number of filters should be a whole number of 1 or more, not 0"),
        ([("conv", 2, (3, 3, 3))], "the size of a filter should be one number or two"),
        ([("conv", 2, 9, {"pad": 0})], "a filter of 9 x 9 does not fit"),
        (["relu", ("affine", 2), ("pool", 2)], "Layer 3: pool works on pictures"),
        ([("dropout", 0)], r"probability in \(0, 1\], not 0"),
        (["layernorm"], 'pictures take "groupnorm"'),
        ([("groupnorm", 2)], "3 channels cannot be parted into 2 equal groups"),
    ],
)
def test_a_layer_that_makes_no_sense_is_refused(layers, message):
    with pytest.raises(ValueError, match=message):
        LayeredNet(layers, (3, 8, 8))


def test_running_in_part_refuses_what_does_not_fit(net, batch):
    with pytest.raises(ValueError, match="There is no layer 'conv9'; there are conv1, batchnorm1"):
        net.forward(batch[0], end="conv9")
    with pytest.raises(ValueError, match="Layer relu2 comes after conv1"):
        net.forward(batch[0], start="relu2", end="conv1")
    with pytest.raises(ValueError, match=r"conv1 takes \(N, 3, 10, 12\), but X is \(6, 10, 12\)"):
        net.forward(batch[0][:, 0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"description": None}, "This is no saved LayeredNet"),
        ({"description": np.array("[")}, "This is no saved LayeredNet"),
        ({"description": np.array("[]")}, "This is no saved LayeredNet"),
        ({"conv1.w": None}, "conv1.w should be floats of the shape .* but is nothing of the kind"),
        ({"conv1.b": np.zeros(3)}, r"conv1.b should be floats .*float64 \(3,\)"),
        ({"affine3.b": np.full(5, np.nan)}, "affine3.b holds nan or inf: training has diverged"),
    ],
)
def test_a_damaged_file_is_refused(net, change, message):
    arrays = {k: v for k, v in (net.to_arrays() | change).items() if v is not None}
    with pytest.raises(ValueError, match=message):
        LayeredNet.from_arrays(arrays)


@pytest.mark.parametrize("name", DESIGNS)
def test_designs_are_nets_for_cifar(name):
    net = LayeredNet(design(name), seed=0)
    assert net.loss(np.zeros((2, 3, 32, 32))).shape == (2, 10)


def test_lenet5_has_the_parameters_of_the_paper_but_for_its_sparse_table():
    sizes = {k: v.size for k, v in LayeredNet(lenet5(), (1, 32, 32)).params.items()}
    assert sizes["conv1.w"] + sizes["conv1.b"] == 156
    assert sizes["affine1.w"] + sizes["affine1.b"] == 48120
    assert sizes["affine2.w"] + sizes["affine2.b"] == 10164


def test_vgg_style_has_its_stages():
    assert vgg_style([(8,), (9, 10)], 4, normalize=False) == [
        ("conv", 8, 3), "relu", ("pool", 2),
        ("conv", 9, 3), "relu", ("conv", 10, 3), "relu", ("pool", 2),
        ("affine", 4),
    ]  # fmt: skip


def test_an_unknown_design_names_the_known_ones():
    with pytest.raises(LookupError, match="no design 'alexnet'; there are lenet5, small-vgg"):
        design("alexnet")
