"""Train a model: batches, an update rule, accuracies, the best parameters, and checkpoints.

    solver = Solver(model, data, update_rule="adam", num_epochs=5, checkpoint_name="runs/net")
    solver.train()

A run that was stopped goes on where its last checkpoint was written, and ends bit for bit as if
it had never been stopped::

    solver = Solver.resume("runs/net_latest.npz", model, data)
    solver.train()
"""

import copy
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from cs231n.training import loop
from cs231n.training.solver_state import randomness, require_same_params, restore_randomness

DATA = ("X_train", "y_train", "X_val", "y_val")


class Solver(loop.TrainingLoop):
    """Trains a model by stochastic gradient descent and keeps the parameters that validate best.

    A model has `params`, a dict of arrays, and `loss(X, y)`, which returns the loss and a dict of
    gradients, or scores (N, C) where y is None.

    Parameters
    ----------
    model : object
    data : dict
        X_train (N, ...), y_train (N,), X_val (N_val, ...), y_val (N_val,).
    update_rule : str
        A rule of `cs231n.optim`: sgd, sgd_momentum, rmsprop, adam.
    optim_config : dict
        The rule's settings, such as learning_rate.
    lr_decay : float
        The learning rate is multiplied by this after every epoch.
    batch_size : int
        Examples in a step, drawn with replacement.
    num_epochs : int
    num_train_samples, num_val_samples : int or None
        How many examples accuracy is measured on, drawn anew every time; None for all.
    checkpoint_name : str, optional
        Write `<name>_epoch_<n>.npz` after every epoch, and `<name>_latest.npz`.
    checkpoint_every : int, optional
        Write `<name>_latest.npz` after so many steps, too.
    print_every : int
        Steps between losses printed.
    verbose : bool
        Print losses and accuracies.
    progress : bool
        Show a live line on stderr instead: loss, accuracy, steps a second, time left.
    rng : numpy.random.Generator, optional
        Where batches are drawn from; by default the global `np.random`.
    seed : int, optional
        Short for rng=np.random.default_rng(seed).

    Attributes
    ----------
    epoch, iteration : int
        Epochs and steps done.
    loss_history : list
        One number for every step.
    train_acc_history, val_acc_history : list
        Accuracies after the first step, every epoch and the last step.
    best_val_acc : float
    best_params : dict
        Those of the best validation accuracy; before the first measurement, the first ones.
    best_bn_params : list of dict or None
        The model's `bn_params` at that time: running averages fit the weights they came from.
    optim_configs : dict
        Settings and state of the rule for every parameter.

    Raises
    ------
    ValueError
        If an argument is unknown or the data does not fit.
    """

    SETTINGS: ClassVar = {**loop.DEFAULTS, "num_train_samples": 1000, "num_val_samples": None}
    PROGRESS: ClassVar = (
        "iteration",
        "epoch",
        "best_val_acc",
        "best_params",
        "best_bn_params",
        "loss_history",
        "train_acc_history",
        "val_acc_history",
        "optim_configs",
    )

    def train(self) -> None:
        """Train to the end of the last epoch; the model then has the best parameters."""
        self._run(self.num_iterations)
        self._take_best()

    @property
    def num_train(self) -> int:
        """Training examples."""
        return len(self.X_train)

    def check_accuracy(
        self,
        X: np.ndarray,
        y: np.ndarray,
        num_samples: int | None = None,
        batch_size: int = 100,
    ) -> float:
        """Measure the share of examples whose largest score is that of their label.

        Parameters
        ----------
        X : ndarray, shape (N, ...)
        y : ndarray, shape (N,), int
        num_samples : int, optional
            Take only so many, drawn without replacement.
        batch_size : int
            Examples whose scores are computed together.

        Returns
        -------
        float
        """
        if num_samples is not None and len(X) > num_samples:
            chosen = self.rng.choice(len(X), num_samples, replace=False)
            X, y = X[chosen], y[chosen]
        predicted = [
            np.argmax(self.model.loss(X[low : low + batch_size]), axis=1)
            for low in range(0, len(X), batch_size)
        ]
        return float(np.mean(np.concatenate(predicted) == y))

    def _take_data(self, data: dict[str, np.ndarray]) -> None:
        _require_data(data)
        self.X_train, self.y_train, self.X_val, self.y_val = (data[key] for key in DATA)

    def _reset(self) -> None:
        super()._reset()
        self.best_val_acc = 0.0
        self.train_acc_history, self.val_acc_history = [], []

    def _step(self) -> None:
        chosen = self.rng.choice(len(self.X_train), self.batch_size)
        loss, grads = self.model.loss(self.X_train[chosen], self.y_train[chosen])
        self.loss_history.append(loss)
        params, self.optim_configs = self._updated(grads)
        self.model.params.update(params)

    def _measure_and_save(self, epoch_end: bool, total: int) -> None:
        if epoch_end or self.iteration in (1, total):
            self._measure()
        if epoch_end:
            self._save_checkpoint(f"epoch_{self.epoch}")
        if epoch_end or (self.checkpoint_every and self.iteration % self.checkpoint_every == 0):
            self._save_checkpoint("latest")

    def _measure(self) -> None:
        """Measure accuracies, and keep the parameters if they validate better than any before."""
        train_acc = self.check_accuracy(self.X_train, self.y_train, self.num_train_samples)
        val_acc = self.check_accuracy(self.X_val, self.y_val, self.num_val_samples)
        self.train_acc_history.append(train_acc)
        self.val_acc_history.append(val_acc)
        if self._prints:
            place = f"(Epoch {self.epoch} / {self.num_epochs})"
            print(f"{place} train acc: {train_acc:f}; val_acc: {val_acc:f}")
        if val_acc > self.best_val_acc or len(self.val_acc_history) == 1:
            self.best_val_acc = val_acc
            self._keep_as_best()

    def _keep_as_best(self) -> None:
        """Copy the parameters, and the running averages that belong to them."""
        super()._keep_as_best()
        self.best_bn_params = copy.deepcopy(getattr(self.model, "bn_params", None))

    def _take_best(self) -> None:
        super()._take_best()
        if self.best_bn_params is not None:
            self.model.bn_params = copy.deepcopy(self.best_bn_params)

    def _news(self) -> dict[str, str]:
        accuracies = self.val_acc_history
        return super()._news() | {
            "loss": f"{np.mean(self.loss_history[-50:]):.3f}",
            "val": f"{accuracies[-1]:.1%}" if accuracies else "-",
        }

    def _state(self) -> dict[str, Any]:
        """What a checkpoint holds beside settings and progress."""
        return {
            "params": self.model.params,
            "bn_params": getattr(self.model, "bn_params", None),  # running means, not in params
            "randomness": randomness(self.rng, self.model),
        }

    @staticmethod
    def _require_state(saved: Any, model: Any, path: str | Path) -> None:
        """Raise ValueError unless this is the state of a solver of such a model."""
        if not isinstance(saved, dict) or not saved.keys() >= {"progress", "params"}:
            raise ValueError(f"{path} holds something else than a solver's state.")
        require_same_params(saved["params"], model, path)

    def _restore(self, saved: dict[str, Any], path: str | Path) -> None:
        """Set the model and the random numbers to where they were."""
        self.rng = restore_randomness(saved["randomness"], self.rng, self.model)
        self.model.params.update(saved["params"])
        if saved["bn_params"] is not None:
            self.model.bn_params = saved["bn_params"]


def _require_data(data: dict[str, np.ndarray]) -> None:
    missing = [key for key in DATA if key not in data]
    if missing:
        raise ValueError(f"data lacks {', '.join(missing)}; it should have {', '.join(DATA)}")
    for part in ("train", "val"):
        count, labels = len(data[f"X_{part}"]), len(data[f"y_{part}"])
        if count != labels or count == 0:
            msg = f"X_{part} has {count} examples and y_{part} {labels} labels"
            raise ValueError(f"{msg}; there should be one label for each, and one at least")
