"""Train a convolutional network for assignment 2, as a diligent student would hand it in."""

import tempfile
from pathlib import Path

import numpy as np

from cs231n.classifiers.designs import lenet5
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.classifiers.training import Augmented
from cs231n.drawn.pictures10 import draw_pictures
from cs231n.handin.convnet import save_convnet
from cs231n.solver import Solver

SEED = 231
COUNT, HELD_OUT, EPOCHS = 5000, 500, 14


def train_convnet(epochs: int = EPOCHS) -> dict[str, bytes]:
    """The file best_convnet.npz, name to content; trained anew each time, in ten seconds or so.

    Parameters
    ----------
    epochs : int
        Fourteen reach 88 per cent of unseen pictures, and more.
    """
    X, y = draw_pictures(COUNT + HELD_OUT, seed=SEED)
    mean = X[:COUNT].mean(axis=(0, 1, 2))
    net = LayeredNet(lenet5(), mean=mean, std=64.0, seed=SEED)
    inputs = net.preprocess(X)
    data = {"X_train": inputs[:COUNT], "y_train": y[:COUNT]}
    data |= {"X_val": inputs[COUNT:], "y_val": y[COUNT:]}
    state = np.random.get_state()
    np.random.seed(SEED)
    try:
        Solver(
            Augmented(net, shift=2),
            data,
            update_rule="adam",
            optim_config={"learning_rate": 2e-3},
            lr_decay=0.85,
            batch_size=50,
            num_epochs=epochs,
            num_train_samples=100,
            verbose=False,
            seed=SEED,
        ).train()
    finally:
        np.random.set_state(state)
    with tempfile.TemporaryDirectory() as folder:
        path = save_convnet(net, Path(folder) / "best_convnet.npz")
        return {path.name: path.read_bytes()}
