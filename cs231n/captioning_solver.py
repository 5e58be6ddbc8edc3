"""Train a captioning model: batches, clipped gradients, an update rule, perplexity, checkpoints.

    solver = CaptioningSolver(model, data, update_rule="rmsprop", clip=5, num_epochs=10,
                              val_every=1, checkpoint_name="runs/captions")
    solver.train()

A run that was stopped goes on where its last checkpoint was written, and ends bit for bit as if
it had never been stopped::

    solver = CaptioningSolver.resume("runs/captions_latest.npz", model, data)
    solver.train()
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.language.vocabulary import NULL, SPECIAL
from cs231n.training import training_recipe
from cs231n.training.diagnosis import perplexity_of
from cs231n.training.solver_state import (
    choose_rng,
    copied,
    live_line,
    require_same_params,
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
    "print_every": 10,
    "verbose": True,
    "clip": None,
    "clip_norm": None,
    "shuffle": False,
    "val_every": None,
    "num_val_samples": 1000,
    "measure": None,
    "patience": None,
    "checkpoint_name": None,
    "checkpoint_every": None,
    "progress": False,
}
DATA = ("train_captions", "train_image_idxs", "train_features", "word_to_idx")
VAL_DATA = ("val_captions", "val_image_idxs", "val_features")
PROGRESS = (
    "best_value",
    "best_params",
    "loss_history",
    "perplexity_history",
    "norm_history",
    "val_history",
    "val_perplexity_history",
    "skipped",
)
MOST_SKIPPED = 10  # steps in a row; then something is wrong that does not go away


class Diverged(ValueError):
    """Training met numbers that are not finite, step after step."""


class CaptioningSolver:
    """Trains a captioning model by stochastic gradient descent.

    A model has `params`, a dict of arrays; `loss(features, captions)`, which returns the loss, a
    sum over words divided by the number of sentences, and a dict of gradients; and, if validated,
    `logprobs(features, captions)`. If it has a generator `rng`, its state goes into checkpoints.

    Parameters
    ----------
    model : CaptioningRNN or alike
    data : dict
        Of `coco_utils.load_coco_data`: train_captions (M, T), train_image_idxs (M,), train_features
        (N, D), word_to_idx; the same of val if `val_every` is given.
    update_rule : str
        A rule of `cs231n.optim`: sgd, sgd_momentum, rmsprop, adam.
    optim_config : dict
        The rule's settings, such as learning_rate.
    lr_decay : float
        The learning rate is multiplied by this after every epoch.
    batch_size : int
        Sentences in a step.
    num_epochs : int
    print_every : int
        Steps between losses printed.
    verbose : bool
        Print losses and validation perplexities.
    clip : float, optional
        Bring every number of the gradients into -clip ... clip.
    clip_norm : float, optional
        Shorten the gradient, of all parameters together, to this length.
    shuffle : bool
        Take each sentence once an epoch, in a new order, instead of drawing with replacement.
    val_every : float, optional
        Epochs between validations; the last step is followed by one, too.
    num_val_samples : int or None
        Validate on so many sentences, always the same; None for all.
    measure : callable, optional
        Takes the model, returns a number that should grow; minus the validation perplexity if it
        is not given.
    patience : int, optional
        Stop after so many validations that brought nothing better.
    checkpoint_name : str, optional
        Write `<name>_latest.npz` after every epoch.
    checkpoint_every : int, optional
        Write it after so many steps instead.
    progress : bool
        Show a live line on stderr instead of printing: loss, perplexity, words a second, time left.
    rng : numpy.random.Generator, optional
        Where batches are drawn from; by default the global `np.random`.
    seed : int, optional
        Short for rng=np.random.default_rng(seed).

    Attributes
    ----------
    epoch, iteration : int
        Epochs and steps done.
    loss_history, perplexity_history : list of float
        Loss and perplexity of each step's batch.
    norm_history : list of float
        With `clip_norm`, the gradients' norms before clipping, where they were finite.
    val_history : list of tuple
        (iteration, value) of each validation, where a larger value is better.
    val_perplexity_history : list of tuple
        (iteration, perplexity).
    best_value : float or None
    best_params : dict
        Those of the best value; without validations, those after the last step.
    skipped : list of tuple
        (iteration, reason) of steps that were not taken, as something was not a finite number.
    optim_configs : dict
        Settings and state of the rule for every parameter.

    Raises
    ------
    ValueError
        If an argument is unknown or does not fit the others, or the data lacks something.
    """

    def __init__(self, model: Any, data: dict[str, Any], **kwargs: Any) -> None:
        self.model, self.data = model, data
        self.rng = choose_rng(kwargs.pop("rng", None), kwargs.pop("seed", None))
        self._settings = settings_of(kwargs, DEFAULTS)
        for key, value in self._settings.items():
            setattr(self, key, value)
        self.update_rule = rule_named(self.update_rule)
        self._require_sense()
        self._null = data["word_to_idx"][SPECIAL[NULL]]
        self._reset()

    @classmethod
    def resume(
        cls,
        path: str | Path,
        model: Any,
        data: dict[str, Any],
        rng: np.random.Generator | None = None,
        **changes: Any,
    ) -> "CaptioningSolver":
        """Make the solver that wrote a checkpoint, as it was then.

        The model's parameters and all random numbers, those of `np.random` and of `model.rng`
        included, are set to where they were.

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
            Settings to change, such as num_epochs=20 to train longer. `measure` must be given
            again if there was one, for a function is not saved.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no checkpoint, or it is of another model or other data, or `measure` lacks.
        """
        saved = load_tree(path)
        _require_same(saved, model, data, path)
        if saved["measured"] and changes.get("measure") is None:
            raise ValueError(f"{path} was written by a run with a measure: give it again.")
        solver = cls(model, data, rng=rng, **{**saved["settings"], **changes})
        training_recipe.restore(solver, saved["state"])
        for key in PROGRESS:
            setattr(solver, key, saved["progress"][key])
        return solver

    def train(self, steps: int | None = None) -> None:
        """Train to the end of the last epoch, or for so many steps more.

        At the end, or when patience is, the model has the best parameters.

        Raises
        ------
        Diverged
            If ten steps in a row met numbers that are not finite. The model then has its
            parameters from before the first of them.
        """
        total = self.num_epochs * self.iterations_per_epoch
        stop = total if steps is None else min(self.iteration + steps, total)
        self._start, self._words = time.perf_counter(), 0
        with live_line(total, self.iteration, self.progress) as bar:
            while self.iteration < stop and not self.is_out_of_patience:
                self._step()
                self._after_step(total)
                bar.set_postfix(self._news(), refresh=False)
                bar.update()
        if self.iteration >= total or self.is_out_of_patience:
            if not self.val_history:
                self.best_params = copied(self.model.params)
            self.model.params = copied(self.best_params)

    @property
    def iterations_per_epoch(self) -> int:
        """Steps in an epoch, at least one."""
        return max(len(self.data["train_captions"]) // self.batch_size, 1)

    @property
    def is_out_of_patience(self) -> bool:
        """Whether the last validations brought nothing better, `patience` of them."""
        values = [value for _, value in self.val_history]
        if self.patience is None or not values:
            return False
        return len(values) - 1 - int(np.argmax(values)) >= self.patience

    def _require_sense(self) -> None:
        needed = DATA + VAL_DATA if self.val_every else DATA
        missing = ", ".join(key for key in needed if key not in self.data)
        if missing:
            raise ValueError(f"data lacks {missing}; it should have {', '.join(needed)}.")
        if not len(self.data["train_captions"]):
            raise ValueError("train_captions is empty; there should be one sentence at least.")
        for key in ("measure", "patience"):
            if self._settings[key] is not None and not self.val_every:
                raise ValueError(f"{key} is given but not val_every: say how often to validate.")
        for key in ("clip", "clip_norm"):
            bound = self._settings[key]
            if bound is not None and not bound > 0:
                raise ValueError(f"{key} is {bound}; it should be above 0, or None.")

    def _reset(self) -> None:
        """Forget all progress; the parameters of the model stay."""
        self.iteration, self.epoch, self.order = 0, 0, None
        self.best_value, self.best_params = None, copied(self.model.params)
        self.loss_history, self.perplexity_history, self.norm_history = [], [], []
        self.val_history, self.val_perplexity_history, self.skipped = [], [], []
        self.optim_configs = {name: dict(self.optim_config) for name in self.model.params}

    def _step(self) -> None:
        captions, features = self._batch()
        self.iteration += 1
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss, grads = self.model.loss(features, captions)
            self._note_loss(float(loss), captions)
            what = "the loss" if not np.isfinite(loss) else _not_finite(grads, "the gradient of")
            if what is None:
                old = self.model.params, self._clipped(grads), self.update_rule, self.optim_configs
                params, configs = updated(*old)
                what = _not_finite(params, "the next")
        if what is None:
            self.model.params.update(params)
            self.optim_configs = configs
        else:
            self._skip(f"{what} is not finite")

    def _batch(self) -> tuple[np.ndarray, np.ndarray]:
        """Take sentences (N, T), as long as the longest of them, and their features (N, D)."""
        chosen = self._choose()
        captions = self.data["train_captions"][chosen]
        longest = 1 + np.flatnonzero((captions != self._null).any(axis=0))[-1]
        pictures = self.data["train_image_idxs"][chosen]
        return captions[:, : max(longest, 2)], self.data["train_features"][pictures]

    def _choose(self) -> np.ndarray:
        """Choose the numbers of a batch's sentences."""
        count, place = len(self.data["train_captions"]), self.iteration % self.iterations_per_epoch
        if not self.shuffle:
            return self.rng.choice(count, self.batch_size)
        if place == 0:
            self.order = self._new_order(count)
        return self.order[place * self.batch_size : (place + 1) * self.batch_size]

    def _new_order(self, count: int) -> np.ndarray:
        """The sentences of an epoch, in the order in which batches are cut from them."""
        return self.rng.permutation(count)

    def _note_loss(self, loss: float, captions: np.ndarray) -> None:
        words = int(np.sum(captions[:, 1:] != self._null))
        self._words += words
        self.loss_history.append(loss)
        self.perplexity_history.append(float(np.exp(loss * len(captions) / words)))

    def _clipped(self, grads: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        if self.clip is not None:
            grads = training_recipe.clip_elementwise(grads, self.clip)
        if self.clip_norm is not None:
            grads, norm = training_recipe.clip_by_norm(grads, self.clip_norm)
            self.norm_history.append(float(norm))
        return grads

    def _skip(self, reason: str) -> None:
        """Note and say that a step was not taken; raise Diverged if it is one of too many."""
        self.skipped.append((self.iteration, reason))
        self._say(f"(Iteration {self.iteration}) skipped: {reason}")
        last = [iteration for iteration, _ in self.skipped[-MOST_SKIPPED:]]
        if len(last) == MOST_SKIPPED and last[0] == self.iteration - MOST_SKIPPED + 1:
            raise Diverged(
                f"Training stopped at step {self.iteration}: {MOST_SKIPPED} steps in a row were "
                f"skipped, the last as {reason}; lower the learning rate, or clip gradients "
                "(clip_norm=1)."
            )

    def _after_step(self, total: int) -> None:
        """Report, validate and save where it is time to."""
        if self.verbose and not self.progress and (self.iteration - 1) % self.print_every == 0:
            loss = self.loss_history[-1]
            print(f"(Iteration {self.iteration} / {total}) loss: {loss:f}")
        epoch_end = self.iteration % self.iterations_per_epoch == 0
        if epoch_end:
            self.epoch += 1
            for config in self.optim_configs.values():
                if "learning_rate" in config:  # not if no step was taken yet
                    config["learning_rate"] *= self.lr_decay
        if self.val_every:
            steps = max(round(self.val_every * self.iterations_per_epoch), 1)
            if self.iteration % steps == 0 or self.iteration == total:
                self._validate()
        if self.checkpoint_name:
            every = self.checkpoint_every
            if self.iteration == total or (self.iteration % every == 0 if every else epoch_end):
                self._save_checkpoint()

    def _validate(self) -> None:
        """Measure, and keep the parameters if they are better than any before."""
        with np.errstate(over="ignore", invalid="ignore"):
            ppl = perplexity_of(self.model, self.data, "val", self.num_val_samples)
            value = -ppl if self.measure is None else float(self.measure(self.model))
        value = -np.inf if np.isnan(value) else value
        self.val_perplexity_history.append((self.iteration, ppl))
        self.val_history.append((self.iteration, value))
        of_it = "" if self.measure is None else f"; measure: {value:f}"
        epochs = self.iteration / self.iterations_per_epoch
        if self.verbose and not self.progress:
            print(f"(Epoch {epochs:g} / {self.num_epochs}) val perplexity: {ppl:f}{of_it}")
        if self.best_value is None or value > self.best_value:
            self.best_value, self.best_params = value, copied(self.model.params)

    def _say(self, text: str) -> None:
        if self.progress:
            tqdm.write(text)
        elif self.verbose:
            print(text)

    def _news(self) -> dict[str, str]:
        """What the live line says beside time."""
        seconds = max(time.perf_counter() - self._start, 1e-9)
        news = {
            "epoch": f"{self.epoch}/{self.num_epochs}",
            "loss": f"{_recent(self.loss_history):.3f}",
            "perplexity": f"{_recent(self.perplexity_history):.2f}",
            "words/s": f"{self._words / seconds:,.0f}",
        }
        if self.val_perplexity_history:
            news["val"] = f"{self.val_perplexity_history[-1][1]:.2f}"
        return news

    def _save_checkpoint(self) -> None:
        """Write everything that `resume` needs; the file appears when it is whole."""
        settings = {key: value for key, value in self._settings.items() if key != "measure"}
        saved = {
            "kind": "captions",
            "settings": settings,
            "measured": self.measure is not None,
            "state": training_recipe.snapshot(self),
            "progress": {key: getattr(self, key) for key in PROGRESS},
            "num_train": len(self.data["train_captions"]),
        }
        save_tree(f"{self.checkpoint_name}_latest.npz", saved)


def _not_finite(arrays: dict[str, np.ndarray], what: str) -> str | None:
    """Name an array that holds what is no finite number, or whose square is none."""
    for name, array in arrays.items():
        if not np.isfinite(np.vdot(array, array)):
            return f"{what} {name}"
    return None


def _recent(history: list[float]) -> float:
    """The mean of the last steps that were finite."""
    values = np.array(history[-50:])
    values = values[np.isfinite(values)]
    return float(np.mean(values)) if values.size else np.nan


def _require_same(saved: Any, model: Any, data: dict[str, Any], path: str | Path) -> None:
    """Raise ValueError unless a checkpoint is of this model and as much data."""
    if not isinstance(saved, dict) or saved.get("kind") != "captions":
        raise ValueError(f"{path} holds something else than a captioning solver's state.")
    require_same_params(saved["state"]["params"], model, path)
    if saved["num_train"] != len(data.get("train_captions", ())):
        msg = f"{path} was written while training on {saved['num_train']} sentences"
        raise ValueError(f"{msg}; give the same data.")
