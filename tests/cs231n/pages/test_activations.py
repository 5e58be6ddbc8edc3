"""The page of activations: how layers are grouped, what is said of them, and the command."""

import base64
import io
import re

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from cs231n import net_visualization
from cs231n.classifiers.efficientnet import EfficientNetLite0
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.commands.support.cli import main
from cs231n.pages import activations
from cs231n.pages.activation_layers import Layer, atlas, heat, run, stages

pytestmark = pytest.mark.assignment2
LAYERS = [
    ["conv", 5, 3],
    "batchnorm",
    "relu",
    ["pool", 2],
    ["conv", 6, 3],
    "relu",
    ["dropout", 0.5],
    ["affine", 9],
    "relu",
    ["affine", 4],
]
NAMES = ["ant & bee", "<cat>", "dog", "eel"]


def make_net(channels=3):
    return LayeredNet(LAYERS, (channels, 12, 16), seed=0, mean=100, std=60, class_names=NAMES)


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8)


@pytest.fixture
def page(tmp_path, picture):
    net = make_net()
    path = activations.write_activations_page(net, picture, tmp_path, "a net", "a pic", maps=4)
    return path.read_text()


def decoded(uri):
    return Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/png;base64,"))))


def test_a_stage_begins_with_weights_or_is_what_stands_before_a_dot():
    assert stages(["conv1", "batchnorm1", "relu1", "pool1", "affine1"]) == [
        ["conv1", "batchnorm1", "relu1", "pool1"],
        ["affine1"],
    ]
    assert stages(["stem.conv", "stem.relu", "b1.project", "b1.add", "pool", "classifier"]) == [
        ["stem.conv", "stem.relu"],
        ["b1.project", "b1.add", "pool"],
        ["classifier"],
    ]


def test_the_relu_is_shown_first_and_what_it_cuts_off_not_at_all(picture):
    net = make_net()
    X = net.preprocess(picture[None])
    found = run(net, X)
    shown = [(one.name, one.main.name, [inner.name for inner in one.inner]) for one in found]
    assert shown == [
        ("conv1", "relu1", ["pool1"]),
        ("conv2", "relu2", []),
        ("affine1", "relu3", []),
        ("affine2", "affine2", []),
    ]
    assert found[0].words == "5 filters of 3 × 3 over 3 channels"
    assert found[2].words == "288 numbers to 9"
    for stage in found:
        for layer in (stage.main, *stage.inner):
            np.testing.assert_array_equal(layer.values, net.forward(X, end=layer.name)[0][0])


def test_blocks_with_a_way_round_them_are_run_whole(rng):
    net = EfficientNetLite0(7, blocks=((1, 3, 1, 1, 4, 3), (2, 3, 2, 2, 3, 5)), head=8, seed=0)
    X = rng.standard_normal((1, 3, 16, 16)).astype(np.float32)
    found = {stage.name: stage for stage in run(net, X)}
    assert list(found) == ["stem", "block1", "block2", "block3", "head", "classifier"]
    assert found["block3"].main.name == "block3.add"
    inner = [one.name for one in found["block3"].inner]
    assert inner == ["block3.expand_relu", "block3.depthwise_relu", "block3.project"]
    assert found["block3"].words.endswith("plus the stage's input")
    assert "a filter of 3 × 3 for each of 10 channels" in found["block3"].words
    np.testing.assert_array_equal(found["classifier"].main.values, net.forward(X)[0][0])


def test_numbers_of_a_layer():
    values = np.zeros((4, 2, 3))
    values[1], values[3, 0, 0] = 2, 3
    layer = Layer("relu1", values, "")
    assert (layer.shape, layer.signed, layer.dead) == ("4 × 2 × 3", False, 2)
    assert layer.silent == pytest.approx(17 / 24)
    order, strength = layer.strongest(2)
    assert order.tolist() == [1, 3]  # 3 is larger somewhere, but not as strong in all
    np.testing.assert_allclose(strength, [2, 3 / np.sqrt(6)])


def test_an_atlas_has_the_maps_row_by_row_each_over_its_own_range():
    values = np.zeros((3, 2, 2))
    values[0, 0, 0], values[2] = 5, [[1, 2], [4, 0]]
    uri, columns, rows = atlas(Layer("relu1", values, ""), [2, 0, 1])
    assert (columns, rows) == (2, 2)
    expected = np.zeros((4, 4))
    expected[:2, :2], expected[0, 2] = [[64, 128], [255, 0]], 255
    np.testing.assert_array_equal(np.asarray(decoded(uri)), expected)  # numbers of colours


def test_values_around_zero_have_zero_in_the_middle():
    picture = np.asarray(decoded(heat(np.array([[-1.0, 0.0, 1.0]]), signed=True)))
    np.testing.assert_array_equal(picture, [[0, 128, 255]])


def test_the_page_has_every_stage_and_asks_for_nothing(page):
    assert re.findall(r'<section id="(\w+)"><h2>(\w+)<', page) == [
        ("stage0", "conv1"),
        ("stage1", "conv2"),
        ("stage2", "affine1"),
        ("stage3", "affine2"),
    ]
    assert "the strongest 4 of 5 maps" in page
    assert "all 9 units" in page
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|@import|\$\w", page)
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)


def test_names_are_text_and_nothing_else(page):
    assert "ant &amp; bee" in page
    assert "&lt;cat&gt;" in page
    assert "<cat>" not in page


def test_what_is_not_written_yet_is_left_out(tmp_path, picture, monkeypatch):
    def stub(*args, **kwargs):
        raise NotImplementedError("saliency-maps: write it")

    monkeypatch.setattr(net_visualization, "compute_saliency_maps", stub)
    path = activations.write_activations_page(make_net(), picture, tmp_path)
    assert "Saliency appears here once" in path.read_text()


def test_grey_nets_see_grey_pictures(tmp_path, picture):
    net = LayeredNet([["conv", 2, 3], "relu", ["affine", 3]], (1, 12, 16), seed=0)
    path = activations.write_activations_page(net, picture, tmp_path)
    assert "class 2" in path.read_text()


def test_a_net_that_takes_no_pictures_is_refused():
    with pytest.raises(ValueError, match=r"take pictures of 1 or 3 channels; this one takes \(7,"):
        activations.input_size(LayeredNet([["affine", 3]], (7,)))


def test_models_are_found_by_what_their_file_holds(tmp_path):
    make_net().save(tmp_path / "own.npz")
    assert activations.load_model(str(tmp_path / "own.npz")).layers[0] == "conv1"
    np.savez(tmp_path / "vgg.npz", **{"features.0.weight": np.zeros(3)})
    with pytest.raises(ValueError, match=r"features.0.weight should hold the \(64, 3, 3, 3\)"):
        activations.load_model(str(tmp_path / "vgg.npz"))
    with pytest.raises(FileNotFoundError, match=r"There is no file none.npz; name a network saved"):
        activations.load_model("none.npz")


def test_pictures_are_files_or_those_of_scikit_image(tmp_path, picture):
    Image.fromarray(picture).save(tmp_path / "own.png")
    got = activations.load_picture(str(tmp_path / "own.png"), (12, 16))
    np.testing.assert_array_equal(got, picture)
    assert activations.load_picture("rocket", (20, 30)).shape == (20, 30, 3)
    for name in ("nowhere", "../data/rocket"):
        with pytest.raises(FileNotFoundError, match=r"There is no picture .* such as chelsea"):
            activations.load_picture(name, (12, 16))
    (tmp_path / "bad.png").write_bytes(b"no")
    with pytest.raises(ValueError, match=r"bad.png is damaged or no picture"):
        activations.load_picture(str(tmp_path / "bad.png"), (12, 16))


def test_the_command_writes_the_page(tmp_path):
    make_net().save(tmp_path / "own.npz")
    words = ["page", "activations", str(tmp_path / "own.npz"), "coffee", "--out", str(tmp_path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "index.html (0." in result.output
    assert "<title>coffee through own.npz</title>" in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize(
    ("model", "image", "message"),
    [("none.npz", "coffee", "There is no file none.npz"), ("own", "none", "There is no picture")],
)
def test_the_command_fails_in_one_line(tmp_path, model, image, message):
    model = model if model != "own" else str(make_net().save(tmp_path / "own.npz"))
    result = CliRunner().invoke(main, ["page", "activations", model, image])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {message}")
    assert result.stderr.count("\n") == 1


def test_a_layer_that_is_not_written_yet_is_named(tmp_path, monkeypatch):
    def stub(*args):
        raise NotImplementedError("affine-forward: write it in cs231n/layers.py")

    path = make_net().save(tmp_path / "own.npz")
    monkeypatch.setattr("cs231n.layers.affine_forward", stub)
    words = ["page", "activations", str(path), "coffee", "--out", str(tmp_path)]
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: affine-forward: write it in cs231n/layers.py\n",
    )


def test_the_page_of_the_pretrained_net_is_as_light_as_the_handout_says(tmp_path):
    net = activations.load_model("efficientnet-lite0")
    picture = activations.load_picture("chelsea", activations.input_size(net))
    path = activations.write_activations_page(net, picture, tmp_path)
    assert 2.3e6 < path.stat().st_size < 2.7e6
    assert "<span>Egyptian cat</span>" in path.read_text()
