"""What the solvers share: settings, sources of random numbers, steps, and the live line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from cs231n import optim

__all__ = [
    "choose_rng",
    "copied",
    "live_line",
    "randomness",
    "require_same_params",
    "restore_randomness",
    "rule_named",
    "settings_of",
    "updated",
]

MODELS_OWN = "the model's"  # instead of a state: batches are drawn from the model's generator


def settings_of(given: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Fill in what is not given; a ValueError names what is unknown."""
    unknown = [key for key in given if key not in defaults]
    if unknown:
        names = ", ".join(f'"{key}"' for key in unknown)
        raise ValueError(f"Unrecognized arguments {names}; known are {', '.join(defaults)}")
    return {**defaults, **given}


def rule_named(rule: Any) -> Callable:
    """Find an update rule of `cs231n.optim`; a ValueError says that there is none."""
    rule = str(rule)
    if rule.startswith("_") or not callable(getattr(optim, rule, None)):
        raise ValueError(f'Invalid update_rule "{rule}": cs231n.optim has no such rule')
    return getattr(optim, rule)


def updated(
    params: dict[str, np.ndarray],
    grads: dict[str, np.ndarray],
    rule: Callable,
    configs: dict[str, dict[str, Any]],
) -> tuple[dict[str, np.ndarray], dict[str, dict[str, Any]]]:
    """Take a step with every parameter; the old parameters and settings stay as they are.

    Returns
    -------
    params : dict of ndarray
    configs : dict of dict
        The rule's settings and state for each of them.
    """
    pairs = {name: rule(w, grads[name], dict(configs[name])) for name, w in params.items()}
    return {name: w for name, (w, _) in pairs.items()}, {name: c for name, (_, c) in pairs.items()}


def copied(params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Copy a dict and its arrays."""
    return {name: value.copy() for name, value in params.items()}


def live_line(total: int, initial: int, shown: bool) -> tqdm:
    """Show steps done and the time left on stderr, where it is `shown`."""
    look = {"unit": "step", "leave": False, "dynamic_ncols": True}
    return tqdm(total=total, initial=initial, disable=not shown, **look)


def choose_rng(rng: np.random.Generator | None, seed: int | None) -> Any:
    """Find out where batches are drawn from: the global `np.random` unless told otherwise."""
    if rng is not None and seed is not None:
        raise ValueError("Give rng or seed, not both: a seed makes an rng of its own.")
    if seed is not None:
        return np.random.default_rng(seed)
    return np.random if rng is None else rng


def randomness(rng: Any, model: Any = None) -> dict[str, Any]:
    """Note where all random numbers are: those of batches, of `np.random` and of the model.

    Parameters
    ----------
    rng : numpy.random.Generator, or np.random itself
    model : object, optional
        Which may have a generator of its own, `model.rng`.

    Returns
    -------
    dict
        Of plain values, for `restore_randomness`.
    """
    drawn = _generator_of(model)
    own = MODELS_OWN if rng is drawn else rng.bit_generator.state if rng is not np.random else None
    return {
        "global": np.random.get_state(legacy=False),
        "own": own,
        "model": None if drawn is None else drawn.bit_generator.state,
    }


def restore_randomness(saved: dict[str, Any], rng: Any = None, model: Any = None) -> Any:
    """Set all random numbers to where they were, and return what batches are drawn from.

    Parameters
    ----------
    saved : dict
        Of `randomness`.
    rng : numpy.random.Generator, optional
        One that others hold too, to be set; else a new one is made if there was one.
    model : object, optional

    Raises
    ------
    ValueError
        If batches came from `np.random` and `rng` is a generator, or the model that had a generator
        is not given.
    """
    own, given = saved["own"], None if rng is np.random else rng
    if own is None and given is not None:
        raise ValueError("The checkpoint's batches come from np.random: resume it without rng.")
    if saved.get("model") is not None and model is None:
        raise ValueError("The checkpoint has the state of a model's rng: give the model, too.")
    np.random.set_state(saved["global"])
    if saved.get("model") is not None:
        model.rng = _set(_generator_of(model), saved["model"])
    if own is None:
        return np.random
    return model.rng if own == MODELS_OWN else _set(given, own)


def require_same_params(saved: dict[str, np.ndarray], model: Any, path: str | Path) -> None:
    """Raise ValueError unless a checkpoint's parameters fit this model."""
    before = {name: value.shape for name, value in saved.items()}
    shapes = {name: value.shape for name, value in model.params.items()}
    if before != shapes:
        raise ValueError(f"{path} is of a model with {before}, but this one has {shapes}.")


def _generator_of(model: Any) -> np.random.Generator | None:
    rng = getattr(model, "rng", None)
    return rng if isinstance(rng, np.random.Generator) else None


def _set(rng: np.random.Generator | None, state: dict[str, Any]) -> np.random.Generator:
    """Set a generator to a state, or make one there."""
    if rng is None:
        rng = np.random.Generator(getattr(np.random, state["bit_generator"])())
    rng.bit_generator.state = state
    return rng
