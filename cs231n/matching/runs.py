"""A run of `python -m cs231n rank train`: a folder with a model and what it reached."""

import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from cs231n.captioning.training import split_off
from cs231n.files.run_folders import write_json
from cs231n.language.vocabulary import Vocabulary
from cs231n.matching.data import Spread, pairs_of
from cs231n.matching.evaluation import retrieval_rows, same_text
from cs231n.matching.matcher import FILE, Matcher
from cs231n.matching.model import MatchingModel
from cs231n.matching.sets import default_regions, load_regions
from cs231n.matching.training import Trainer

__all__ = ["evaluate", "fit", "rows_as_json", "train_run"]

RESULT = "run.json"


def train_run(settings, data, out, regions=None, report=None, say=None, progress=True):
    """Train a model, save it, and evaluate it on the validation pictures.

    Parameters
    ----------
    settings : Settings
    data, regions, report, progress :
        As of `sets.load_regions`.
    out : Path
        A folder, which is made.
    say : callable, optional
        Is called with a line of text after each epoch.

    Returns
    -------
    run : dict
        What OUT/run.json holds.
    rows : dict
        See `evaluation.retrieval_rows`.

    Raises
    ------
    FileExistsError
        If `out` holds a run: none is overwritten.
    NotImplementedError
        If an exercise that is needed is not written yet.
    ValueError
        If the data cannot be used.
    """
    if (Path(out) / FILE).exists():
        raise FileExistsError(f"{out} holds a run already; name another folder (--out).")
    regions = regions or default_regions(data)
    sets = load_regions(data, ("train", "val"), regions, report, progress)
    if "train" not in sets:
        raise ValueError(f"{data} has no picture of the split train to learn from.")
    train, val = sets["train"], sets.get("val")
    if val is None:
        train, val = split_off(train, settings.seed)
    start = time.monotonic()
    matcher, trainers = fit(settings, train, val, regions, say)
    seconds = time.monotonic() - start
    matcher.facts = {"data": str(data), "pictures": len(train), "seconds": round(seconds, 1)}
    matcher.save(out)
    rows = evaluate(matcher, val)
    run = {
        "data": str(data),
        "regions": regions,
        "settings": asdict(settings),
        "pictures": len(train),
        "words": len(matcher.vocabulary),
        "seconds": seconds,
        "rsum_by_epoch": [trainer.history for trainer in trainers],
        "val": rows_as_json(rows),
    }
    write_json(Path(out) / RESULT, run)
    return run, rows


def fit(settings, train, val, regions, say=None):
    """Train an ensemble on a `RegionSet`, stopping by another; return it and its trainers."""
    vocabulary = Vocabulary.count(train.flat_sentences, settings.at_least)
    spread = Spread.of(train)
    pairs, held_out = (pairs_of(one, vocabulary, spread) for one in (train, val))
    models, trainers = [], []
    for number in range(settings.models):
        seed = settings.seed + number
        model = MatchingModel(train.regions.shape[2], len(vocabulary), settings, seed)
        trainer = Trainer(model, pairs, held_out, seed, say)
        trainer.train()
        models.append(model)
        trainers.append(trainer)
    return Matcher(models, vocabulary, spread, regions), trainers


def evaluate(matcher, data):
    """Compare a matcher with what needs none; see `evaluation.retrieval_rows`."""
    scores = matcher.scores(data, data.flat_sentences)
    fits = same_text(data.flat_sentences, data.owners, len(data))
    return retrieval_rows(scores, data.owners, data.kinds, fits)


def rows_as_json(rows):
    """Rows of `retrieval_rows` as plain values."""
    names = ("picture to sentence", "median", "sentence to picture", "median of pictures")
    return {
        name: {
            key: value.tolist() if isinstance(value, np.ndarray) else value
            for key, value in zip(names, row)
        }
        for name, row in rows.items()
    }
