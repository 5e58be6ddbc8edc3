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
from typing import Any

import numpy as np

from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.training.solver_state import (
    choose_rng,
    copied,
    live_line,
    randomness,
    require_same_params,
    restore_randomness,
    rule_named,
    settings_of,
    updated,
)

DEFAULTS = {
    "update_rule": "sgd",
    "optim_config": {},
    "lr_decay": 1.0,
    "batch_size": 100,
    "num_epochs": 10,
    "num_train_samples": 1000,
    "num_val_samples": None,
    "checkpoint_name": None,
    "checkpoint_every": None,
    "print_every": 10,
    "verbose": True,
    "progress": False,
}
DATA = ("X_train", "y_train", "X_val", "y_val")
PROGRESS = (
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


class Solver:
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

    def __init__(self, model: Any, data: dict[str, np.ndarray], **kwargs: Any) -> None:
        self.model = model
        self.rng = choose_rng(kwargs.pop("rng", None), kwargs.pop("seed", None))
        _require_data(data)
        self.X_train, self.y_train, self.X_val, self.y_val = (data[key] for key in DATA)
        self._settings = settings_of(kwargs, DEFAULTS)
        for key, value in self._settings.items():
            setattr(self, key, value)
        self.update_rule = rule_named(self.update_rule)
        self._reset()

    @classmethod
    def resume(
        cls,
        path: str | Path,
        model: Any,
        data: dict[str, np.ndarray],
        rng: np.random.Generator | None = None,
        **changes: Any,
    ) -> "Solver":
        """Make the solver that wrote a checkpoint, as it was then.

        The model's parameters and the random numbers, those of `np.random` included, are set to
        where they were.

        Parameters
        ----------
        path : str or Path
        model : object
            Of the same architecture.
        data : dict
            The same data.
        rng : numpy.random.Generator, optional
            One that others hold too, to be set; by default a new one is made if there was one.
        **changes
            Settings to change, such as num_epochs=20 to train longer.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no checkpoint, or it is of another model or other data.
        """
        state = load_tree(path)
        _require_same(state, model, data, path)
        solver = cls(model, data, **{**state["settings"], **changes})
        solver.rng = restore_randomness(state["randomness"], rng, model)
        for key in PROGRESS:
            setattr(solver, key, state["progress"][key])
        model.params.update(state["params"])
        if state["bn_params"] is not None:
            model.bn_params = state["bn_params"]
        return solver

    def train(self) -> None:
        """Train to the end of the last epoch; the model then has the best parameters."""
        num_iterations = self.num_epochs * self.iterations_per_epoch
        with live_line(num_iterations, self.iteration, self.progress) as bar:
            while self.iteration < num_iterations:
                self._step()
                self.iteration += 1
                self._after_step(num_iterations)
                bar.set_postfix(self._news(), refresh=False)
                bar.update()
        self.model.params = copied(self.best_params)
        if self.best_bn_params is not None:
            self.model.bn_params = copy.deepcopy(self.best_bn_params)

    def _after_step(self, num_iterations: int) -> None:
        """Report, measure and save where it is time to."""
        if self._prints and (self.iteration - 1) % self.print_every == 0:
            loss = self.loss_history[-1]
            print(f"(Iteration {self.iteration} / {num_iterations}) loss: {loss:f}")
        epoch_end = self.iteration % self.iterations_per_epoch == 0
        if epoch_end:
            self._end_epoch()
        if epoch_end or self.iteration in (1, num_iterations):
            self._measure()
        if epoch_end:
            self._save_checkpoint(f"epoch_{self.epoch}")
        if epoch_end or (self.checkpoint_every and self.iteration % self.checkpoint_every == 0):
            self._save_checkpoint("latest")

    @property
    def iterations_per_epoch(self) -> int:
        """Steps in an epoch, at least one."""
        return max(len(self.X_train) // self.batch_size, 1)

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

    @property
    def _prints(self) -> bool:
        return self.verbose and not self.progress

    def _news(self) -> dict[str, str]:
        """What the live line says beside time."""
        accuracies = self.val_acc_history
        return {
            "epoch": f"{self.epoch}/{self.num_epochs}",
            "loss": f"{np.mean(self.loss_history[-50:]):.3f}",
            "val": f"{accuracies[-1]:.1%}" if accuracies else "-",
        }

    def _reset(self) -> None:
        """Forget all progress; the parameters of the model stay."""
        self.iteration, self.epoch = 0, 0
        self.best_val_acc = 0.0
        self._keep_as_best()
        self.loss_history, self.train_acc_history, self.val_acc_history = [], [], []
        self.optim_configs = {name: dict(self.optim_config) for name in self.model.params}

    def _step(self) -> None:
        chosen = self.rng.choice(len(self.X_train), self.batch_size)
        loss, grads = self.model.loss(self.X_train[chosen], self.y_train[chosen])
        self.loss_history.append(loss)
        old = self.model.params, grads, self.update_rule, self.optim_configs
        params, self.optim_configs = updated(*old)
        self.model.params.update(params)

    def _end_epoch(self) -> None:
        self.epoch += 1
        for config in self.optim_configs.values():
            config["learning_rate"] *= self.lr_decay

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
        self.best_params = copied(self.model.params)
        self.best_bn_params = copy.deepcopy(getattr(self.model, "bn_params", None))

    def _save_checkpoint(self, label: str) -> None:
        """Write everything that `resume` needs, if checkpoints have a name."""
        if not self.checkpoint_name:
            return
        state = {
            "settings": self._settings,
            "progress": {key: getattr(self, key) for key in PROGRESS},
            "params": self.model.params,
            "bn_params": getattr(self.model, "bn_params", None),  # running means, not in params
            "randomness": randomness(self.rng, self.model),
            "num_train": len(self.X_train),
        }
        save_tree(f"{self.checkpoint_name}_{label}.npz", state)


def _require_data(data: dict[str, np.ndarray]) -> None:
    missing = [key for key in DATA if key not in data]
    if missing:
        raise ValueError(f"data lacks {', '.join(missing)}; it should have {', '.join(DATA)}")
    for part in ("train", "val"):
        count, labels = len(data[f"X_{part}"]), len(data[f"y_{part}"])
        if count != labels or count == 0:
            msg = f"X_{part} has {count} examples and y_{part} {labels} labels"
            raise ValueError(f"{msg}; there should be one label for each, and one at least")


def _require_same(state: Any, model: Any, data: dict[str, np.ndarray], path: str | Path) -> None:
    """Raise ValueError unless a checkpoint is of this model and as much data."""
    if not isinstance(state, dict) or "progress" not in state:
        raise ValueError(f"{path} holds something else than a solver's state.")
    _require_data(data)
    require_same_params(state["params"], model, path)
    if state["num_train"] != len(data["X_train"]):
        msg = f"{path} was written while training on {state['num_train']} examples"
        raise ValueError(f"{msg}; X_train has {len(data['X_train'])}: give the same data.")
