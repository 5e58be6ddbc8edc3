"""Train the networks that an assignment asks for, as a diligent student would hand them in."""

import contextlib
import functools
import io
import tempfile
from pathlib import Path

import numpy as np

from cs231n.classifiers import TwoLayerNet
from cs231n.classifiers.fc_net import FullyConnectedNet
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.classifiers.training import Augmented
from cs231n.drawn.pictures10 import draw_pictures
from cs231n.features import color_histogram_hsv, extract_features, hog_feature, standardize_features
from cs231n.handin.convnet import save_convnet
from cs231n.handin.nets import save_deep_net, save_features_net, save_net
from cs231n.solver import Solver
from grading.authoring.train_captioner import captioner_in

SEED = 231
COUNT, HELD_OUT = 5000, 500


def train_hand_in(assignment: str = "assignment1") -> dict[str, bytes]:
    """An assignment's files of weights, name to content; trained anew each time.

    Those of assignment 1 take some seconds, those of assignment 2 a minute, that of assignment 3
    twenty seconds; assignment 4 asks for none.
    """
    state = np.random.get_state()
    np.random.seed(SEED)
    try:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            paths = [train(Path(folder)) for train in NETS[assignment]]
            return {path.name: path.read_bytes() for path in paths}
    finally:
        np.random.set_state(state)


@functools.lru_cache(maxsize=1)
def _pictures():
    """What nets of pictures are trained on, (X, y), and the held-out ones behind them."""
    return draw_pictures(COUNT + HELD_OUT, seed=SEED)


def _pixels_net(folder):
    X, y = _pictures()
    mean_image = X[:COUNT].mean(axis=0)
    rows = ((X - mean_image) / 64).reshape(len(X), -1).astype(np.float32)  # (N, 3072)
    net = _fit(rows, y, hidden=100, std=1e-2, learning_rate=5e-2, num_iters=1000)
    return save_net(net, mean_image, folder / "best_net.npz", scale=64)


def _features_net(folder):
    X, y = _pictures()
    raw = extract_features(X, [hog_feature, color_histogram_hsv])  # (N, F)
    rows = standardize_features(raw[:COUNT], raw)[1]
    net = _fit(rows, y, hidden=100, std=1e-1, learning_rate=0.3, num_iters=1000)
    return save_features_net(net, raw[:COUNT], folder / "best_features.npz")


def _fit(rows, y, hidden, std, learning_rate, num_iters):
    net = TwoLayerNet(rows.shape[1], hidden, 10, std=std)
    net.params = {name: value.astype(rows.dtype) for name, value in net.params.items()}
    split = (rows[:COUNT], y[:COUNT], rows[COUNT:], y[COUNT:])
    net.train(*split, learning_rate=learning_rate, reg=5e-3, num_iters=num_iters)
    return net


def _deep_net(folder):
    X, y = _pictures()
    mean_image = X[:COUNT].mean(axis=0)
    rows = ((X - mean_image) / 64).reshape(len(X), -1).astype(np.float32)  # (N, 3072)
    net = FullyConnectedNet([300, 100], reg=2e-2, weight_scale=3e-2)
    _solve(net, rows, y, "sgd_momentum", 3e-2, num_epochs=14)
    return save_deep_net(net, mean_image, folder / "best_fc_net.npz", scale=64)


def _convnet(folder):
    X, y = _pictures()
    layers = [("conv", 16, 5), "relu", ("pool", 2), ("conv", 32, 5), "relu", ("pool", 2)]
    layers += [("affine", 100), "relu", ("affine", 10)]
    train = X[:COUNT]
    mean, std = train.mean(axis=(0, 1, 2)), train.std(axis=(0, 1, 2))
    net = LayeredNet(layers, reg=1e-3, mean=mean, std=std, seed=0)
    model = Augmented(net, shift=2)
    _solve(model, net.preprocess(X), y, "adam", 2e-3, num_epochs=8, batch_size=50)
    return save_convnet(net, folder / "best_convnet.npz")


def _solve(model, rows, y, rule, learning_rate, **settings):
    data = {"X_train": rows[:COUNT], "y_train": y[:COUNT]}
    data |= {"X_val": rows[COUNT:], "y_val": y[COUNT:]}
    solver = Solver(
        model,
        data,
        update_rule=rule,
        optim_config={"learning_rate": learning_rate},
        lr_decay=0.8,
        verbose=False,
        seed=0,
        **settings,
    )
    solver.train()


NETS = {
    "assignment1": (_pixels_net, _features_net),
    "assignment2": (_deep_net, _convnet),
    "assignment3": (captioner_in,),
    "assignment4": (),
}
