"""The frame of both solvers: steps, epochs, the learning rate, the best parameters, checkpoints."""

from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.training.solver_state import (
    choose_rng,
    copied,
    live_line,
    rule_named,
    settings_of,
    updated,
)

__all__ = ["DEFAULTS", "TrainingLoop"]

DEFAULTS = {
    "update_rule": "sgd",
    "optim_config": {},
    "lr_decay": 1.0,
    "batch_size": 100,
    "num_epochs": 10,
    "print_every": 10,
    "verbose": True,
    "checkpoint_name": None,
    "checkpoint_every": None,
    "progress": False,
}


class TrainingLoop:
    """What `Solver` and `CaptioningSolver` have in common.

    A solver names its settings and histories, and has `_take_data(data)`, which raises ValueError
    at data that does not fit; `num_train`; `_step()`, which appends to `loss_history`;
    `_measure_and_save(epoch_end, total)`; and, for checkpoints, `_state()`,
    `_require_state(saved, model, path)` and `_restore(saved, path)`.

    Parameters
    ----------
    model : object
        With `params`, a dict of arrays, and `loss`.
    data : dict
    **kwargs
        Settings, by default those of `SETTINGS`, and `rng` or `seed`.

    Raises
    ------
    ValueError
        If an argument is unknown or the data does not fit.
    """

    SETTINGS: ClassVar[dict[str, Any]] = DEFAULTS
    PROGRESS: ClassVar[tuple[str, ...]] = ()  # attributes that a checkpoint holds
    EXAMPLES = "examples"  # what data consists of, for people

    def __init__(self, model: Any, data: dict[str, Any], **kwargs: Any) -> None:
        self.model = model
        self.rng = choose_rng(kwargs.pop("rng", None), kwargs.pop("seed", None))
        self._settings = settings_of(kwargs, self.SETTINGS)
        for key, value in self._settings.items():
            setattr(self, key, value)
        self.update_rule = rule_named(self.update_rule)
        self._take_data(data)
        self._reset()

    @classmethod
    def resume(
        cls,
        path: str | Path,
        model: Any,
        data: dict[str, Any],
        rng: np.random.Generator | None = None,
        **changes: Any,
    ) -> Self:
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
            Settings to change, such as num_epochs=20 to train longer. A function among the
            settings is not saved, and must be given again.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no checkpoint, or it is of another model or other data, or a function lacks.
        """
        saved = load_tree(path)
        cls._require_state(saved, model, path)
        solver = cls(model, data, rng=rng, **{**saved["settings"], **changes})
        if saved["num_train"] != solver.num_train:
            raise ValueError(
                f"{path} was written while training on {saved['num_train']} {cls.EXAMPLES}; this "
                f"data has {solver.num_train}: give the same data."
            )
        solver._restore(saved, path)
        for key in cls.PROGRESS:
            setattr(solver, key, saved["progress"][key])
        return solver

    @property
    def iterations_per_epoch(self) -> int:
        """Steps in an epoch, at least one."""
        return max(self.num_train // self.batch_size, 1)

    @property
    def num_iterations(self) -> int:
        """Steps in all epochs."""
        return self.num_epochs * self.iterations_per_epoch

    def _run(self, stop: int) -> None:
        """Take the steps up to number `stop`, unless it is time to stop before."""
        with live_line(self.num_iterations, self.iteration, self.progress) as bar:
            while self.iteration < stop and not self._stops_early:
                self._step()
                self.iteration += 1
                self._after_step(self.num_iterations)
                bar.set_postfix(self._news(), refresh=False)
                bar.update()

    @property
    def _stops_early(self) -> bool:
        return False

    def _after_step(self, total: int) -> None:
        """Report, measure and save where it is time to."""
        if self._prints and (self.iteration - 1) % self.print_every == 0:
            loss = self.loss_history[-1]
            print(f"(Iteration {self.iteration} / {total}) loss: {loss:f}")
        epoch_end = self.iteration % self.iterations_per_epoch == 0
        if epoch_end:
            self._end_epoch()
        self._measure_and_save(epoch_end, total)

    @property
    def _prints(self) -> bool:
        return self.verbose and not self.progress

    def _news(self) -> dict[str, str]:
        """What the live line says beside time."""
        return {"epoch": f"{self.epoch}/{self.num_epochs}"}

    def _reset(self) -> None:
        """Forget all progress; the parameters of the model stay."""
        self.iteration, self.epoch = 0, 0
        self.loss_history = []
        self.optim_configs = {name: dict(self.optim_config) for name in self.model.params}
        self._keep_as_best()

    def _updated(self, grads: dict[str, np.ndarray]) -> tuple[dict, dict]:
        """The parameters after a step, and what the rule keeps; neither is taken over yet."""
        return updated(self.model.params, grads, self.update_rule, self.optim_configs)

    def _end_epoch(self) -> None:
        self.epoch += 1
        for config in self.optim_configs.values():
            if "learning_rate" in config:  # not if no step was taken yet
                config["learning_rate"] *= self.lr_decay

    def _keep_as_best(self) -> None:
        """Copy the parameters."""
        self.best_params = copied(self.model.params)

    def _take_best(self) -> None:
        """Give the model the best parameters."""
        self.model.params = copied(self.best_params)

    def _save_checkpoint(self, label: str) -> None:
        """Write everything that `resume` needs, if checkpoints have a name."""
        if not self.checkpoint_name:
            return
        saved = {
            "settings": self._settings,
            "progress": {key: getattr(self, key) for key in self.PROGRESS},
            "num_train": self.num_train,
        }
        save_tree(f"{self.checkpoint_name}_{label}.npz", saved | self._state())
