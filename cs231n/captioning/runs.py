"""A run of `python -m cs231n caption train`: a folder with all that it was made of and came to.

RUN/settings.json        what was asked for, written first; --resume reads it
RUN/model1_latest.npz    checkpoints, one for each model
RUN/captioner.npz        what `Captioner.load` reads
RUN/training.png         loss, and what the validation pictures said
RUN/run.json             settings, hashes of the data, seconds, all scores
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from cs231n.captioning.captioner import FILE as CAPTIONER
from cs231n.captioning.captioner import Captioner
from cs231n.captioning.consensus import Memory
from cs231n.captioning.evaluation import Evaluation, evaluate
from cs231n.captioning.first_vectors import read_first_vectors
from cs231n.captioning.sets import SCENES, CaptionSet, load_caption_set
from cs231n.captioning.settings import Settings
from cs231n.captioning.training import arrays_of, require_written, split_off, train_model
from cs231n.files.run_folders import check_run, write_json

__all__ = ["data_of", "train_run"]

SETTINGS, RESULT, PLOT = "settings.json", "run.json", "training.png"


def train_run(
    settings: Settings,
    data: str,
    out: Path,
    features: str | None = None,
    resume: bool = False,
    report: Callable[[Path, str], None] | None = None,
    progress: bool = True,
) -> tuple[dict, Evaluation]:
    """Train a captioner, save it, and evaluate it on the validation pictures.

    Parameters
    ----------
    settings : Settings
    data, features, report, progress :
        As of `sets.load_caption_set`.
    out : Path
        A folder, which is made.
    resume : bool
        Go on with the run there, with the settings that it was begun with, bit for bit.

    Returns
    -------
    run : dict
        What RUN/run.json holds.
    evaluation : Evaluation

    Raises
    ------
    FileExistsError
        If `out` holds a run and `resume` is False: no run is overwritten, unless it was stopped
        before its first checkpoint.
    FileNotFoundError
        If there is nothing to resume.
    NotImplementedError
        If exercises that are needed are not written yet; nothing is read or written then.
    ValueError
        If the data is not what it was when the run was begun, or cannot be used.
    """
    asked = _begun(out, resume)
    if asked is not None:
        settings, data, features = (
            Settings(**asked["recipe"]),
            asked["data"],
            asked["features"],
        )
    require_written()
    train, val = _split(data, features, settings.seed, report, progress)
    digests = {"train": train.digest, "val": val.digest}
    if asked is None:
        asked = {"data": str(data), "features": features and str(features)}
        asked |= {"recipe": asdict(settings), "digests": digests}
        write_json(out / SETTINGS, asked)
    elif asked["digests"] != digests:
        raise ValueError(
            f"{data} is not what it was when the run in {out} was begun; begin another one (--out)."
        )
    start = time.monotonic()
    captioner, solvers, with_vectors = _train(settings, train, val, out, resume, progress)
    seconds = time.monotonic() - start
    captioner.extractor = _extractor(data, features)
    captioner.facts = {"data": str(data), "pictures": len(train), "seed": settings.seed}
    captioner.facts |= {"models": settings.models, "seconds": round(seconds, 1)}
    captioner.save(out)
    _draw(solvers, out / PLOT)
    evaluation = evaluate(captioner, val, progress=progress)
    scores = {"decoder": captioner.decoder, **next(iter(evaluation.rows.values()))}
    captioner.facts["val_cider_d"] = round(scores["cider_d"], 3)
    captioner.save(out)
    run = asked | {
        "seconds": seconds,
        "resumed": resume,
        "parameters": sum(value.size for value in captioner.models[0].params.values()),
        "words": len(captioner.vocabulary),
        "words_with_vectors": with_vectors,
        "steps": [solver.iteration for solver in solvers],
        "val_greedy_cider_d": [solver.best_value for solver in solvers],
        "val": asdict(evaluation),
    }
    write_json(out / RESULT, run)
    return run, evaluation


def data_of(out: Path, features: Path | None = None) -> tuple[str, Path | None]:
    """Return the data that a run was trained on, and the file of features unless one is named.

    Raises
    ------
    FileNotFoundError
        If there is no run.
    """
    path = Path(out) / SETTINGS
    if not path.is_file():
        raise FileNotFoundError(
            f"{out} holds no {SETTINGS} that would say what it was trained on; name the data, too."
        )
    asked = _read(path)
    return asked["data"], features or asked["features"]


def _begun(out, resume):
    """The settings of the run in a folder, if there is one to resume."""
    path = out / SETTINGS
    trained = (out / CAPTIONER).exists() or any(out.glob("*_latest.npz"))
    check_run(out, SETTINGS, trained, resume)
    return _read(path) if resume else None


def _read(path):
    """Settings from a file."""
    try:
        asked = json.loads(path.read_text(encoding="utf-8"))
        known = {field.name for field in fields(Settings)}
        if asked.keys() >= {"data", "features", "recipe"} and asked["recipe"].keys() <= known:
            return asked
    except (ValueError, AttributeError):
        pass
    raise ValueError(f"{path} is damaged, or of another version; begin another run (--out).")


def _split(data, features, seed, report, progress) -> tuple[CaptionSet, CaptionSet]:
    """Pictures to train on and to validate on."""
    splits = ("train", "val") if str(data) == SCENES else ()
    both = load_caption_set(data, splits or ("train", "val"), features, report, progress)
    train = both.of("train")
    if "val" in both.splits:
        return train, both.of("val")
    return split_off(train, seed)


def _extractor(data, features):
    if features is not None:
        return "given"
    return "scenes" if str(data) == SCENES else "efficientnet-lite0"


def _train(settings, train, val, out, resume, progress):
    """Train all models, one after the other."""
    arrays, vocabulary, spread = arrays_of(train, val, settings)
    settings, first = read_first_vectors(settings, vocabulary.idx_to_word)
    models, solvers = [], []
    for number in range(settings.models):
        name = out / f"model{number + 1}"
        seed, how = settings.seed + number, {"resume": resume, "progress": progress}
        model, solver = train_model(settings, arrays, val, name, seed, first=first, **how)
        models.append(model)
        solvers.append(solver)
    memory = Memory.of(train, arrays["train_features"])
    captioner = Captioner(models, vocabulary, "given", {}, *spread, memory)
    return captioner, solvers, len(first.words) if first else 0


def _draw(solvers, path):
    """Draw losses of steps, and after each epoch the perplexity and CIDEr-D of validation."""
    import matplotlib.pyplot as plt  # takes a second to import

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.6), layout="constrained")
    for number, solver in enumerate(solvers, 1):
        losses, colour = np.array(solver.loss_history), f"C{(number - 1) % 10}"
        epochs = np.arange(1, len(losses) + 1) / solver.iterations_per_epoch
        width = max(1, min(len(losses), solver.iterations_per_epoch // 2))
        smooth = np.convolve(losses, np.full(width, 1 / width), mode="valid")
        left.plot(epochs[width - 1 :], smooth, color=colour)
        for axes, history in (
            (middle, solver.val_perplexity_history),
            (right, solver.val_history),
        ):
            steps, values = np.array(history).T
            axes.plot(
                steps / solver.iterations_per_epoch,
                values,
                "o-",
                color=colour,
                markersize=3,
                label=f"model {number}",
            )
    left.set(xlabel="epoch", ylabel="nats a sentence", title="training loss, mean of half an epoch")
    middle.set(xlabel="epoch", ylabel="perplexity of a word", title="validation: perplexity")
    right.set(xlabel="epoch", ylabel="CIDEr-D, greedy", title="validation: sentences")
    if len(solvers) > 1:
        right.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)
