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
from typing import Any, ClassVar

import numpy as np
from tqdm import tqdm

from cs231n.language.vocabulary import NULL, SPECIAL
from cs231n.training import loop, training_recipe
from cs231n.training.diagnosis import perplexity_of
from cs231n.training.solver_state import require_same_params

DATA = ("train_captions", "train_image_idxs", "train_features", "word_to_idx")
VAL_DATA = ("val_captions", "val_image_idxs", "val_features")
MOST_SKIPPED = 10  # steps in a row; then something is wrong that does not go away


class Diverged(ValueError):
    """Training met numbers that are not finite, step after step."""


class CaptioningSolver(loop.TrainingLoop):
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

    SETTINGS: ClassVar = {
        **loop.DEFAULTS,
        "clip": None,
        "clip_norm": None,
        "shuffle": False,
        "val_every": None,
        "num_val_samples": 1000,
        "measure": None,
        "patience": None,
    }
    PROGRESS: ClassVar = (
        "best_value",
        "best_params",
        "loss_history",
        "perplexity_history",
        "norm_history",
        "val_history",
        "val_perplexity_history",
        "skipped",
    )
    EXAMPLES = "sentences"

    def train(self, steps: int | None = None) -> None:
        """Train to the end of the last epoch, or for so many steps more.

        At the end, or when patience is, the model has the best parameters.

        Raises
        ------
        Diverged
            If ten steps in a row met numbers that are not finite. The model then has its
            parameters from before the first of them.
        """
        total = self.num_iterations
        self._start, self._words = time.perf_counter(), 0
        self._run(total if steps is None else min(self.iteration + steps, total))
        if self.iteration >= total or self.is_out_of_patience:
            if not self.val_history:
                self._keep_as_best()
            self._take_best()

    @property
    def num_train(self) -> int:
        """Training sentences."""
        return len(self.data["train_captions"])

    @property
    def is_out_of_patience(self) -> bool:
        """Whether the last validations brought nothing better, `patience` of them."""
        values = [value for _, value in self.val_history]
        if self.patience is None or not values:
            return False
        return len(values) - 1 - int(np.argmax(values)) >= self.patience

    @property
    def _stops_early(self) -> bool:
        return self.is_out_of_patience

    def _take_data(self, data: dict[str, Any]) -> None:
        self.data = data
        self._require_sense()
        self._null = data["word_to_idx"][SPECIAL[NULL]]

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
        super()._reset()
        self.order, self.best_value = None, None
        self.perplexity_history, self.norm_history = [], []
        self.val_history, self.val_perplexity_history, self.skipped = [], [], []

    def _step(self) -> None:
        captions, features = self._batch()
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss, grads = self.model.loss(features, captions)
            self._note_loss(float(loss), captions)
            what = "the loss" if not np.isfinite(loss) else _not_finite(grads, "the gradient of")
            if what is None:
                params, configs = self._updated(self._clipped(grads))
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
        iteration = self.iteration + 1  # the step that is not taken counts, too
        self.skipped.append((iteration, reason))
        self._say(f"(Iteration {iteration}) skipped: {reason}")
        last = [number for number, _ in self.skipped[-MOST_SKIPPED:]]
        if len(last) == MOST_SKIPPED and last[0] == iteration - MOST_SKIPPED + 1:
            raise Diverged(
                f"Training stopped at step {iteration}: {MOST_SKIPPED} steps in a row were "
                f"skipped, the last as {reason}; lower the learning rate, or clip gradients "
                "(clip_norm=1)."
            )

    def _measure_and_save(self, epoch_end: bool, total: int) -> None:
        if self.val_every:
            steps = max(round(self.val_every * self.iterations_per_epoch), 1)
            if self.iteration % steps == 0 or self.iteration == total:
                self._validate()
        every = self.checkpoint_every
        if self.iteration == total or (self.iteration % every == 0 if every else epoch_end):
            self._save_checkpoint("latest")

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
        if self._prints:
            print(f"(Epoch {epochs:g} / {self.num_epochs}) val perplexity: {ppl:f}{of_it}")
        if self.best_value is None or value > self.best_value:
            self.best_value = value
            self._keep_as_best()

    def _say(self, text: str) -> None:
        if self.progress:
            tqdm.write(text)
        elif self.verbose:
            print(text)

    def _news(self) -> dict[str, str]:
        seconds = max(time.perf_counter() - self._start, 1e-9)
        news = super()._news() | {
            "loss": f"{_recent(self.loss_history):.3f}",
            "perplexity": f"{_recent(self.perplexity_history):.2f}",
            "words/s": f"{self._words / seconds:,.0f}",
        }
        if self.val_perplexity_history:
            news["val"] = f"{self.val_perplexity_history[-1][1]:.2f}"
        return news

    def _state(self) -> dict[str, Any]:
        """What a checkpoint holds beside progress; `measure`, a function, is left out."""
        return {
            "kind": "captions",
            "settings": {key: value for key, value in self._settings.items() if key != "measure"},
            "measured": self.measure is not None,
            "state": training_recipe.snapshot(self),
        }

    @staticmethod
    def _require_state(saved: Any, model: Any, path: str | Path) -> None:
        """Raise ValueError unless this is the state of a captioning solver of such a model."""
        if not isinstance(saved, dict) or saved.get("kind") != "captions":
            raise ValueError(f"{path} holds something else than a captioning solver's state.")
        require_same_params(saved["state"]["params"], model, path)

    def _restore(self, saved: dict[str, Any], path: str | Path) -> None:
        if saved["measured"] and self.measure is None:
            raise ValueError(f"{path} was written by a run with a measure: give it again.")
        training_recipe.restore(self, saved["state"])


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
