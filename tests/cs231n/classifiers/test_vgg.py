"""VGG-16: its shape, and the usual weight files."""

from itertools import pairwise

import numpy as np
import pytest

from cs231n.classifiers.vgg import load_vgg_weights, vgg16, vgg16_layers
from cs231n.kernels.tap_convolution import same_conv_forward

pytestmark = pytest.mark.assignment2
SMALL = {"num_classes": 7, "input_size": 64, "width": 2, "hidden": 11}
CONVS = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)  # the numbers in the files' names
POOLS = (4, 9, 16, 23, 30)
AFFINES = (0, 3, 6)


@pytest.fixture
def arrays(rng):
    """Weights of the small net under the usual names."""
    widths = [3, 2, 2, 4, 4, 8, 8, 8, 16, 16, 16, 16, 16, 16]
    sides = [16 * 2 * 2, 11, 11, 7]
    arrays = {}
    for number, C, F in zip(CONVS, widths, widths[1:], strict=False):
        arrays[f"features.{number}.weight"] = rng.standard_normal((F, C, 3, 3)) / np.sqrt(4 * C)
        arrays[f"features.{number}.bias"] = 0.3 * rng.standard_normal(F)
    for number, D, M in zip(AFFINES, sides, sides[1:], strict=False):
        arrays[f"classifier.{number}.weight"] = rng.standard_normal((M, D)) / np.sqrt(D)
        arrays[f"classifier.{number}.bias"] = rng.standard_normal(M)
    return {name: value.astype(np.float32) for name, value in arrays.items()}


@pytest.fixture
def path(arrays, tmp_path):
    np.savez(tmp_path / "vgg16.npz", **arrays)
    return tmp_path / "vgg16.npz"


@pytest.fixture
def X(rng):
    return rng.standard_normal((2, 3, 64, 64)).astype(np.float32)


def written_out(arrays, x):
    """The network module by module, in the words of the file."""
    for number in range(31):
        if number in CONVS:
            w, b = (arrays[f"features.{number}.{key}"] for key in ("weight", "bias"))
            x = same_conv_forward(x, w, b)
        elif number in POOLS:
            N, C, H, W = x.shape
            x = x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))
        else:
            x = np.maximum(x, 0)
    x = x.reshape(len(x), -1)
    for number in AFFINES:
        w, b = (arrays[f"classifier.{number}.{key}"] for key in ("weight", "bias"))
        x = np.einsum("nd,md->nm", x if number == 0 else np.maximum(x, 0), w) + b
    return x


def test_it_has_the_layers_of_the_paper():
    layers = vgg16_layers()
    convs = [layer[1] for layer in layers if layer[0] == "conv"]
    assert convs == [64, 64, 128, 128, 256, 256, 256, *[512] * 6]
    assert [layer for layer in layers if layer[0] == "affine"] == [
        ["affine", 4096],
        ["affine", 4096],
        ["affine", 1000],
    ]
    sizes = np.cumprod([2] * 5)[-1]
    weights = sum(9 * c * f + f for c, f in zip([3, *convs], convs, strict=False))
    sides = [512 * (224 // sizes) ** 2, 4096, 4096, 1000]
    weights += sum(d * m + m for d, m in pairwise(sides))
    assert weights == 138_357_544  # the paper says 138 million


def test_scores_from_a_file_are_those_of_the_network_written_out(arrays, path, X):
    net = vgg16(path, **SMALL)
    assert net.params["affine1.w"].shape == (64, 11)
    np.testing.assert_allclose(net.loss(X), written_out(arrays, X), rtol=1e-4, atol=1e-5)


def test_scores_are_those_of_torchs_modules(arrays, path, X):
    torch = pytest.importorskip("torch", reason="compares with PyTorch, which is optional")
    features, C = [], 3
    for factors in ((1, 1), (2, 2), (4, 4, 4), (8, 8, 8), (8, 8, 8)):
        for factor in factors:
            features += [torch.nn.Conv2d(C, 2 * factor, 3, padding=1), torch.nn.ReLU()]
            C = 2 * factor
        features.append(torch.nn.MaxPool2d(2))
    classifier, D = [], C * 4
    for M in (11, 11):
        classifier += [torch.nn.Linear(D, M), torch.nn.ReLU(), torch.nn.Dropout()]
        D = M
    net = torch.nn.ModuleDict(
        {
            "features": torch.nn.Sequential(*features),
            "classifier": torch.nn.Sequential(*classifier, torch.nn.Linear(D, 7)),
        }
    ).eval()
    net.load_state_dict({name: torch.tensor(value) for name, value in arrays.items()})
    with torch.no_grad():
        expected = net["classifier"](net["features"](torch.tensor(X)).flatten(1)).numpy()
    np.testing.assert_allclose(vgg16(path, **SMALL).loss(X), expected, rtol=1e-4, atol=1e-5)


def test_without_a_file_weights_are_drawn():
    net = vgg16(**SMALL, seed=3)
    assert net.params["conv13.w"].std() == pytest.approx(np.sqrt(2 / (9 * 16)), rel=0.1)
    assert net.class_names == []
    np.testing.assert_array_equal(
        net.params["affine3.w"], vgg16(**SMALL, seed=3).params["affine3.w"]
    )


def test_pixels_are_scaled_as_the_files_want_them():
    X = vgg16(**SMALL).preprocess(np.full((1, 64, 64, 3), 255, np.uint8))
    expected = (1 - np.array([0.485, 0.456, 0.406])) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(X[0, :, 5, 9], expected, rtol=1e-5)


@pytest.mark.parametrize("size", [0, 16, 100])
def test_a_size_that_cannot_be_halved_five_times_is_refused(size):
    with pytest.raises(ValueError, match=r"input_size is .* should be a multiple of 32"):
        vgg16(input_size=size)


def test_a_missing_or_foreign_array_is_named(arrays, path):
    with pytest.raises(ValueError, match=r"classifier.0.weight should hold the \(16, 11\)"):
        vgg16(path, **{**SMALL, "input_size": 32})
    del arrays["features.5.bias"]
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match=r"features.5.bias should .* of conv3.b, but is not there"):
        load_vgg_weights(vgg16(**SMALL), path)
