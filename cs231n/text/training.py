"""Train a language model: on parallel streams of a text, or on sentences side by side."""

from typing import Any, ClassVar

import numpy as np

from cs231n.language.streams import sentence_batch, stream_batches
from cs231n.text.evaluation import held_out_loss
from cs231n.text.tokens import END
from cs231n.training import loop, training_recipe
from cs231n.training.batches import order_by_length
from cs231n.training.solver_state import require_same_params

__all__ = ["LanguageSolver"]


class LanguageSolver(loop.TrainingLoop):
    """Takes steps on a text: each batch goes on where the one before it ended.

    The text is cut into rows that lie below each other; a batch is some columns of them, whose
    first states are the last ones of the batch before, and no derivative goes further back. At the
    beginning of an epoch states are zero. Of words, a batch is some sentences of about one length.
    The learning rate is full for a share of all steps, then it falls in a straight line to 0.

    Parameters
    ----------
    model : RecurrentLM
    data : dict
        train, held_out : arrays of tokens (L,), or lists of them, one a sentence.
    **kwargs
        `loop.DEFAULTS`, with checkpoint_every (50), and steps (80), clip_norm (1), full_rate (0.3),
        val_every (0: after each epoch), patience (4).

    Attributes
    ----------
    best_value : float or None
        The least held-out loss, nats a token; the model has its parameters after training.
    val_history : list of tuple
        (iteration, held-out loss).

    Raises
    ------
    ValueError
        If the text is too short for one batch, or training diverges: the loss is not finite.
    """

    SETTINGS: ClassVar = {
        **loop.DEFAULTS,
        "steps": 80,
        "clip_norm": 1.0,
        "full_rate": 0.3,
        "val_every": 0,
        "patience": 4,
        "checkpoint_every": 50,
    }
    PROGRESS: ClassVar = ("best_value", "best_params", "loss_history", "val_history", "states")
    EXAMPLES = "tokens"

    def train(self, steps: int | None = None) -> None:
        """Train to the end, or for so many steps more; at the end the model has the best values."""
        total = self.num_iterations
        self._run(total if steps is None else min(self.iteration + steps, total))
        if self.iteration >= total or self._stops_early:
            self._take_best()

    @property
    def num_train(self) -> int:
        """Tokens that are trained on."""
        train = self.data["train"]
        return sum(map(len, train)) if self._of_sentences else len(train)

    @property
    def iterations_per_epoch(self) -> int:
        """Batches of an epoch."""
        if self._of_sentences:
            return max(len(self.data["train"]) // self.batch_size, 1)
        return len(self.batches[0])

    @property
    def _of_sentences(self) -> bool:
        return isinstance(self.data["train"], list)

    @property
    def _stops_early(self) -> bool:
        values = [value for _, value in self.val_history]
        return bool(values) and len(values) - 1 - int(np.argmin(values)) >= self.patience

    def _take_data(self, data: dict[str, Any]) -> None:
        self.data = data
        if not self._of_sentences:
            self.batches = stream_batches(data["train"], self.batch_size, self.steps)

    def _reset(self) -> None:
        super()._reset()
        self.order, self.best_value, self.states, self.val_history = None, None, None, []

    def _step(self) -> None:
        place = self.iteration % self.iterations_per_epoch
        batch = self._sentences(place) if self._of_sentences else self._columns(place)
        loss, grads, self.states = self.model.loss(*batch, states=self.states)
        if not np.isfinite(loss):
            raise ValueError(
                f"training diverged at step {self.iteration + 1}: the loss is {loss}; lower the "
                "learning rate."
            )
        self.loss_history.append(float(loss))
        grads, _ = training_recipe.clip_by_norm(grads, self.clip_norm)
        for config in self.optim_configs.values():
            config["learning_rate"] = self.optim_config["learning_rate"] * self._rate()
        params, self.optim_configs = self._updated(grads)
        self.model.params.update(params)

    def _rate(self) -> float:
        """What the learning rate is multiplied with at this step."""
        done = self.iteration / self.num_iterations
        return min(1.0, (1 - done) / max(1 - self.full_rate, 1e-9))

    def _columns(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        if place == 0:
            self.states = None
        x, y = self.batches
        return x[place], y[place]

    def _sentences(self, place: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        train, size = self.data["train"], self.batch_size
        if place == 0:
            lengths = np.array([len(sentence) for sentence in train])
            self.order = order_by_length(self.rng, lengths, size)
        chosen = self.order[place * size : (place + 1) * size]
        return sentence_batch([train[i] for i in chosen], END)

    def _measure_and_save(self, epoch_end: bool, total: int) -> None:
        every = self.val_every or self.iterations_per_epoch
        if self.iteration % every == 0 or self.iteration == total:
            value = held_out_loss(self.model, self.data["held_out"], self.data["train"])
            self.val_history.append((self.iteration, value))
            if self.best_value is None or value < self.best_value:
                self.best_value = value
                self._keep_as_best()
        if self.iteration == total or self.iteration % self.checkpoint_every == 0:
            self._save_checkpoint("latest")

    def _news(self) -> dict[str, str]:
        news = super()._news() | {"loss": f"{np.mean(self.loss_history[-50:]):.3f}"}
        if self.val_history:
            news["held out"] = f"{self.val_history[-1][1]:.3f}"
        return news

    def _state(self) -> dict[str, Any]:
        return {"kind": "text", "state": training_recipe.snapshot(self)}

    @staticmethod
    def _require_state(saved: Any, model: Any, path: Any) -> None:
        if not isinstance(saved, dict) or saved.get("kind") != "text":
            raise ValueError(f"{path} holds something else than the state of a language solver.")
        require_same_params(saved["state"]["params"], model, path)

    def _restore(self, saved: dict[str, Any], path: Any) -> None:
        training_recipe.restore(self, saved["state"])
