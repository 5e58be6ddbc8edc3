"""Train a network on a whole set of pictures, and measure it: `python -m cs231n train`.

The recipe: pixels standardised per channel; pictures mirrored and shifted at random; Adam, whose
learning rate falls after every epoch; the parameters that validate best are kept. A run that was
stopped goes on from its last checkpoint.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cs231n import data_utils
from cs231n.classifiers.designs import design
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.solver import Solver

SHIFT = 4  # pixels; a shifted picture shows the mean colour where nothing is known
REG = 5e-4


@dataclass(frozen=True)
class Recipe:
    """What a run depends on, beside its pictures."""

    design: str
    num_training: int
    num_epochs: int
    batch_size: int = 100
    learning_rate: float = 2e-3
    lr_decay: float = 0.4
    seed: int = 231


class Augmented:
    """A net that is shown its training pictures mirrored and shifted at random, by `np.random`.

    Parameters
    ----------
    net : LayeredNet
        Whose `params` and `bn_params` this has, too.
    shift : int
        The largest shift, in pixels, up, down and sideways.
    """

    def __init__(self, net: LayeredNet, shift: int = SHIFT) -> None:
        self.net, self.shift = net, shift

    @property
    def params(self) -> dict[str, np.ndarray]:
        """Those of the net."""
        return self.net.params

    @params.setter
    def params(self, params: dict[str, np.ndarray]) -> None:
        self.net.params = params

    @property
    def bn_params(self) -> list[dict[str, Any]]:
        """Those of the net."""
        return self.net.bn_params

    @bn_params.setter
    def bn_params(self, states: list[dict[str, Any]]) -> None:
        self.net.bn_params = states

    def loss(self, X: np.ndarray, y: np.ndarray | None = None) -> Any:
        """The net's loss of other views of X (N, C, H, W); without y, its scores of X itself."""
        return self.net.loss(X) if y is None else self.net.loss(augment(X, self.shift), y)


def augment(X: np.ndarray, shift: int = SHIFT) -> np.ndarray:
    """Mirror half of the pictures, and shift each by some pixels; drawn from `np.random`.

    Parameters
    ----------
    X : ndarray, shape (N, C, H, W)
    shift : int
        The largest shift; what comes in from outside is 0.

    Returns
    -------
    ndarray, shape and dtype of X
    """
    N, C, H, W = X.shape
    padded = np.zeros((N, C, H + 2 * shift, W + 2 * shift), dtype=X.dtype)
    padded[:, :, shift : shift + H, shift : shift + W] = X
    tops, lefts = np.random.randint(2 * shift + 1, size=(2, N))
    mirrored = np.random.rand(N) < 0.5
    out = np.empty_like(X)
    for n in range(N):
        view = padded[n, :, tops[n] : tops[n] + H, lefts[n] : lefts[n] + W]
        out[n] = view[:, :, ::-1] if mirrored[n] else view
    return out


def train(recipe: Recipe, pictures: str | None, out: Path, resume: bool = False) -> dict[str, Any]:
    """Train a net, save it as `out/net.npz`, and measure it on the 10,000 test pictures.

    Parameters
    ----------
    recipe : Recipe
    pictures : str or None
        A set that `load_pictures` knows; None for CIFAR-10 where it is in the cache.
    out : Path
        A folder; checkpoints go there, too.
    resume : bool
        Go on from the last checkpoint in `out`.

    Returns
    -------
    dict
        test_accuracy, val_accuracy; seconds, of training; pictures, the set's name; parameters,
        their number; net and curves, the files that were written.

    Raises
    ------
    FileExistsError
        If `out` holds a run and `resume` is False: no run is overwritten.
    FileNotFoundError
        If there is nothing to resume, or the pictures are not here.
    """
    latest = out / "run_latest.npz"
    if latest.exists() and not resume:
        msg = f"{out} holds a run already: go on with it (--resume), or name another folder (--out)"
        raise FileExistsError(msg)
    if resume and not latest.exists():
        raise FileNotFoundError(f"{out} holds no run to resume: leave --resume out to begin one")
    data = data_utils.load_pictures(pictures, recipe.num_training, 1000, 10000, dtype=np.uint8)
    net = _make_net(recipe, data)
    for part in ("train", "val", "test"):
        data[f"X_{part}"] = net.preprocess(data[f"X_{part}"])
    solver = _make_solver(recipe, Augmented(net), data, out, latest if resume else None)
    start = time.monotonic()
    solver.train()
    seconds = time.monotonic() - start
    out.mkdir(parents=True, exist_ok=True)
    return {
        "seconds": seconds,
        "curves": _draw_curves(solver, out / "curves.png"),
        "test_accuracy": solver.check_accuracy(data["X_test"], data["y_test"]),
        "val_accuracy": solver.best_val_acc,
        "pictures": str(data["name"]),
        "parameters": sum(value.size for value in net.params.values()),
        "net": net.save(out / "net.npz"),
    }


def _draw_curves(solver: Solver, path: Path) -> Path:
    """Draw loss and accuracies over the epochs."""
    import matplotlib.pyplot as plt  # takes a second to import

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    steps = np.arange(1, len(solver.loss_history) + 1) / solver.iterations_per_epoch
    left.plot(steps, solver.loss_history, color="0.8", linewidth=0.6)
    width = max(1, len(steps) // 50)
    smooth = np.convolve(solver.loss_history, np.full(width, 1 / width), mode="valid")
    left.plot(steps[width - 1 :], smooth, color="C0")
    left.set(xlabel="epoch", ylabel="loss", title=f"loss, and its mean over {width} steps")
    for name, history in [("train", solver.train_acc_history), ("val", solver.val_acc_history)]:
        right.plot(np.arange(len(history)), 100 * np.array(history), "o-", label=name)
    right.set(xlabel="epoch", ylabel="per cent right", title="accuracy")
    right.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return path


def _make_net(recipe: Recipe, data: dict[str, np.ndarray]) -> LayeredNet:
    pixels = data["X_train"].reshape(-1, 3)
    mean = pixels.mean(axis=0, dtype=np.float64)
    std = np.sqrt(np.mean(np.square(pixels, dtype=np.float64), axis=0) - mean**2)
    return LayeredNet(
        design(recipe.design),
        reg=REG,
        seed=recipe.seed,
        mean=mean,
        std=std,
        class_names=data["classes"],
    )


def _make_solver(
    recipe: Recipe, model: Augmented, data: dict[str, np.ndarray], out: Path, latest: Path | None
) -> Solver:
    """A solver at the start of the run, or where a checkpoint was written."""
    if latest is not None:
        return Solver.resume(latest, model, data, num_epochs=recipe.num_epochs)
    np.random.seed(recipe.seed)
    return Solver(
        model,
        data,
        update_rule="adam",
        optim_config={"learning_rate": recipe.learning_rate},
        lr_decay=recipe.lr_decay,
        batch_size=recipe.batch_size,
        num_epochs=recipe.num_epochs,
        checkpoint_name=str(out / "run"),
        checkpoint_every=200,
        progress=True,
        seed=recipe.seed,
    )
