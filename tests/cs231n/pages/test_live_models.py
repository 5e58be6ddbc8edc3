"""Networks of every class and file become lists that compute the same; and the command."""

import dataclasses

import numpy as np
import pytest
from click.testing import CliRunner

from cs231n.classifiers.cnn import ThreeLayerConvNet
from cs231n.classifiers.fc_net import FullyConnectedNet, TwoLayerNet
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.commands.support.cli import main
from cs231n.files.checkpoint import save_tree
from cs231n.handin.convnet import save_convnet
from cs231n.handin.nets import save_deep_net
from cs231n.pages.live.characters import character_model
from cs231n.pages.live.files import read_live_model
from cs231n.pages.live.models import folded, from_params, picture_model, read_picture_model
from cs231n.pages.live.moving import first_difference, trace
from cs231n.pages.live.writing import packed, write_live_page

pytestmark = pytest.mark.assignment4
V, D, H = 5, 3, 4


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def drawn(rng, net):
    """The net, its parameters drawn anew so that none of them is 0 or 1."""
    for name, value in net.params.items():
        net.params[name] = rng.normal(size=value.shape).astype(np.float32) / 4
    return net


def require_same(model, scores, picture):
    """Require the scores of a network, (C,), from a model's list of layers."""
    found = trace(model.layers, model.preprocess(picture))
    assert first_difference([scores], [found[-2]]) is None
    assert found[-1].sum() == pytest.approx(1)


@pytest.mark.parametrize("normalization", [None, "batchnorm", "layernorm"])
@pytest.mark.parametrize("order", ["hwc", "chw"])
def test_a_fully_connected_net_computes_the_same(rng, normalization, order):
    mean, picture = rng.uniform(size=(8, 8, 3)), rng.integers(256, size=(8, 8, 3))
    net = drawn(rng, FullyConnectedNet([7, 6], 8 * 8 * 3, 5, 0.5, normalization))
    net.loss(rng.normal(size=(9, 192)), rng.integers(5, size=9))
    x, flat = (picture - mean) / 50, mean
    if order == "chw":
        x, flat = x.transpose(2, 0, 1), mean.transpose(2, 0, 1)
    model = picture_model(net, mean=flat, std=50.0, order=order)
    require_same(model, net.loss(x.reshape(1, -1))[0], picture)


def test_a_two_layer_net_and_a_convnet_compute_the_same(rng):
    picture = rng.integers(256, size=(8, 8, 3))
    net = drawn(rng, TwoLayerNet(192, 6, 5))
    require_same(picture_model(net, std=99.0), net.loss(picture.reshape(1, -1) / 99)[0], picture)
    net = drawn(rng, ThreeLayerConvNet((3, 8, 8), 4, 3, 6, 5))
    X = picture.transpose(2, 0, 1)[None] / 99
    require_same(picture_model(net, std=99.0), net.loss(X)[0], picture)


def test_folding_leaves_the_probabilities_alone(rng):
    layers = [("conv", 4, 3), "batchnorm", "relu", ("affine", 6), "batchnorm", "relu"]
    net = LayeredNet([*layers, ("affine", 5)], (3, 8, 8), seed=0, mean=90, std=40)
    picture = rng.integers(256, size=(8, 8, 3))
    net.forward(rng.normal(size=(9, 3, 8, 8)), mode="train")
    model = folded(picture_model(net))
    names = [layer["name"] for layer in model.layers]
    assert names[:3] == ["conv1 batchnorm1", "relu1", "affine1 batchnorm2"]
    require_same(model, net.loss(net.preprocess(picture[None]))[0], picture)


def test_files_of_every_kind_are_read(rng, tmp_path):
    picture = rng.integers(256, size=(32, 32, 3))
    net = drawn(rng, LayeredNet([("conv", 3, 3), "relu", ("affine", 10)], seed=0, mean=9, std=70))
    expected = net.loss(net.preprocess(picture[None]))[0]
    for path in (net.save(tmp_path / "a.npz"), save_convnet(net, tmp_path / "b.npz")):
        require_same(read_picture_model(path), expected, picture)
    deep = drawn(rng, FullyConnectedNet([6], 3072, 10))
    mean = rng.uniform(size=(32, 32, 3))
    path = save_deep_net(deep, mean, tmp_path / "c.npz", scale=64)
    expected = deep.loss((picture - mean).reshape(1, -1) / 64)[0]
    require_same(read_picture_model(path), expected, picture)
    path = deep.save(tmp_path / "d.npz")
    require_same(read_picture_model(path, mean=mean, std=64.0), expected, picture)
    assert read_picture_model(path).name == "d"


def test_what_is_no_network_is_refused(rng, tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; name a saved network"):
        read_picture_model(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(ValueError, match="is not a file of arrays"):
        read_picture_model(tmp_path / "text.npz")
    np.savez(tmp_path / "other.npz", z=np.ones(3))
    with pytest.raises(ValueError, match="holds no network of the kit: it has z"):
        read_picture_model(tmp_path / "other.npz")
    save_tree(tmp_path / "tree.npz", {"params": {"conv1.w": np.ones(2)}})
    with pytest.raises(ValueError, match=r"holds no network with W1, b1, \.\.\.; save a Layered"):
        read_picture_model(tmp_path / "tree.npz")


def test_parameters_that_do_not_go_together_are_refused(rng):
    W, b = np.ones((192, 5)), np.zeros(5)
    for params, message in (
        ({}, "W1 is missing"),
        ({"W1": W}, "b1 is missing"),
        ({"W1": W[:50], "b1": b}, "50 inputs are no square picture"),
    ):
        with pytest.raises(ValueError, match=message):
            from_params(params)
    params = {"W1": W, "b1": b}
    with pytest.raises(ValueError, match="order is 'wch'"):
        from_params(params, order="wch")
    with pytest.raises(ValueError, match="W1 has 192 rows; a picture of"):
        from_params(params, input_dim=(3, 9, 9))
    with pytest.raises(ValueError, match="mean and std should be one number or 192"):
        from_params(params, mean=np.zeros(3))
    params = {"W1": np.ones((2, 3, 3, 3)), "b1": b[:2], "W2": np.ones((2 * 4 * 3, 5)), "b2": b}
    with pytest.raises(ValueError, match="The pictures are not square"):
        from_params(params)


def test_networks_that_the_page_cannot_show_are_refused():
    with pytest.raises(ValueError, match="shows networks for pictures"):
        picture_model(LayeredNet([("affine", 5)], (7,), seed=0))
    with pytest.raises(ValueError, match="should end in a list of scores"):
        picture_model(LayeredNet([("conv", 5, 3)], (3, 8, 8), seed=0))
    with pytest.raises(ValueError, match="has no running averages"):
        picture_model(LayeredNet([("conv", 5, 3), "batchnorm", ("affine", 2)], seed=0))


def text_params(rng, cell, layers=2):
    """Parameters as `language train` names them."""
    G = 4 * H if cell == "lstm" else H
    params = {"W_embed": rng.normal(size=(V, D))}
    for k in range(1, layers + 1):
        end = "" if k == 1 else str(k)
        params[f"Wx{end}"] = rng.normal(size=(D if k == 1 else H, G))
        params[f"Wh{end}"], params[f"b{end}"] = rng.normal(size=(H, G)), rng.normal(size=G)
    return params | {"W_vocab": rng.normal(size=(H, V)), "b_vocab": rng.normal(size=V)}


def test_a_step_of_an_lstm_is_that_of_the_layers(rng):
    from cs231n.rnn_layers import lstm_step_forward

    params = text_params(rng, "lstm")
    model = character_model(params, "abcde")
    h, c = np.zeros((2, 1, H)), np.zeros((2, 1, H))
    states = model.begin()
    for number in (3, 0, 3):
        x = params["W_embed"][[number]]
        for k, end in enumerate(("", "2")):
            own = (params[f"{key}{end}"] for key in ("Wx", "Wh", "b"))
            h[k], c[k] = lstm_step_forward(x, h[k], c[k], *own)[:2]
            x = h[k]
        scores, states = model.step(states, number)
    np.testing.assert_allclose(scores, (x @ params["W_vocab"])[0] + params["b_vocab"], rtol=1e-12)
    np.testing.assert_allclose(states[1][1], c[1, 0], rtol=1e-12)


@pytest.mark.parametrize(("cell", "squash"), [("tanh", np.tanh), ("relu", lambda a: a * (a > 0))])
def test_a_step_of_other_cells(rng, cell, squash):
    params = text_params(rng, cell, layers=1)
    model = character_model(params, "abcde", cell)
    _, states = model.step(model.begin(), 2)
    _, states = model.step(states, 1)
    h = squash(params["W_embed"][2] @ params["Wx"] + params["b"])
    h = squash(params["W_embed"][1] @ params["Wx"] + h @ params["Wh"] + params["b"])
    np.testing.assert_allclose(states[0][0], h, rtol=1e-12)


def test_arrays_that_are_no_model_of_characters_are_refused(rng):
    params = text_params(rng, "lstm")
    with pytest.raises(ValueError, match="has Wh2; it is missing"):
        character_model({key: v for key, v in params.items() if key != "Wh2"}, "abcde")
    with pytest.raises(ValueError, match="There are 5 scores"):
        character_model(params, "abcdef")
    with pytest.raises(ValueError, match="cell is 'gru'"):
        character_model(params, "abcde", "gru")
    with pytest.raises(ValueError, match="Layer 1 of a tanh model has the shapes"):
        character_model(params, "abcde", "tanh")
    with pytest.raises(ValueError, match="W_embed should have 5 rows"):
        character_model(params | {"W_embed": np.ones((6, D))}, "abcde")


def save_run(folder, params, level, symbols, cell="lstm"):
    """The file of a run of `language train`."""
    settings = {"level": level, "cell_type": cell, "activation": "tanh"}
    about = {"kind": "language model", "asked": {"settings": settings}, "symbols": symbols}
    return save_tree(folder / "model.npz", about | {"params": params})


def test_runs_of_language_models_are_read(rng, tmp_path):
    params = text_params(rng, "lstm")
    path = save_run(tmp_path / "a run", params, "characters", list("abcde"))
    for name in (path, path.parent):
        model = read_live_model(name)
        assert (model.name, model.cell, model.characters) == ("a run", "lstm", tuple("abcde"))
    params = text_params(rng, "rnn") | {"W_embed": np.ones((256, D)), "b_vocab": np.zeros(256)}
    params["W_vocab"] = np.ones((H, 256))
    model = read_live_model(save_run(tmp_path / "bytes", params, "bytes", [], "rnn"))
    assert (model.level, model.cell, model.characters[65]) == ("bytes", "tanh", "A")
    path = save_run(tmp_path / "words", params, "words", ["a", "b"])
    with pytest.raises(ValueError, match="is a model of words"):
        read_live_model(path)


def test_numbers_that_a_kind_cannot_hold_are_refused():
    with pytest.raises(ValueError, match="holds numbers that float16 cannot"):
        packed(np.array([1e6]), "float16")
    with pytest.raises(ValueError, match="weights is 'int4'"):
        write_live_page(None, "nowhere", weights="int4")


def small_pictures(rng):
    X, y = rng.integers(256, size=(6, 32, 32, 3)), np.arange(6) % 2
    parts = {f"{kind}_{part}": v for part in ("train", "val") for kind, v in (("X", X), ("y", y))}
    return parts | {"classes": np.array(["cat </script>", "dog"])}


def test_a_page_of_small_grey_pictures_is_whole(rng, tmp_path):
    net = LayeredNet([("conv", 2, 3), "relu", ("affine", 2)], (1, 10, 12), seed=0)
    model = dataclasses.replace(picture_model(net), name="<b>grey</b>")
    page = write_live_page(model, tmp_path / "page", small_pictures(rng)).read_text()
    assert "<title>&lt;b&gt;grey&lt;/b&gt;, live</title>" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    assert page.count("</script>") == page.count("<script")  # no name ends one


def test_the_command_writes_a_page_or_one_line(rng, tmp_path):
    net = LayeredNet([("conv", 2, 3), "batchnorm", ("affine", 10)], seed=0)
    net.forward(rng.normal(size=(4, 3, 32, 32)), mode="train")
    path = str(net.save(tmp_path / "net.npz"))
    mean = tmp_path / "mean.npy"
    np.save(mean, np.zeros((32, 32, 3)))
    deep = str(FullyConnectedNet([4], 3072, 10).save(tmp_path / "deep.npz"))
    for arguments in (
        [path, "--fold", "--weights", "uint8", "--name", "mine"],
        [deep, "--mean", str(mean), "--std", "60", "--channels-first"],
        [str(save_run(tmp_path / "run", text_params(rng, "lstm"), "characters", list("abcde")))],
    ):
        out = str(tmp_path / f"page{len(arguments)}")
        run = CliRunner().invoke(main, ["page", "live", *arguments, "--out", out])
        assert run.exit_code == 0, run.output
        assert run.stdout.startswith(f"Wrote {out}/index.html (")
    mean.write_text("hello")
    run = CliRunner().invoke(main, ["page", "live", deep, "--mean", str(mean)])
    assert run.exit_code == 1
    assert "is not an .npy file of numbers" in run.stderr
    run = CliRunner().invoke(main, ["page", "live", str(tmp_path / "none.npz")])
    assert (run.exit_code, run.stderr.count("\n")) == (1, 1)
