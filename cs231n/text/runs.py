"""A run of `python -m cs231n language train`: a folder with all that it was made of and came to.

RUN/settings.json       what was asked for, written first; --resume reads it
RUN/solver_latest.npz   the checkpoint
RUN/model.npz           the network and its tokens: what `load_model` reads
RUN/training.png        loss by step, and held out, beside the best n-gram
RUN/run.json            settings, a hash of the text, seconds, results
"""

import json
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.files.run_folders import check_run, write_json
from cs231n.text.corpora import Corpus, load_corpus
from cs231n.text.evaluation import Evaluation, evaluate, ngram_rows
from cs231n.text.recurrent_lm import RecurrentLM
from cs231n.text.settings import Settings
from cs231n.text.tokens import END, Tokens
from cs231n.text.training import LanguageSolver

__all__ = ["corpus_of", "load_model", "tokens_of", "train_run"]

SETTINGS, MODEL, RESULT, PLOT = "settings.json", "model.npz", "run.json", "training.png"
CHECKPOINT = "solver"


def train_run(
    settings: Settings,
    data: str,
    out: Path,
    length: int | None = None,
    resume: bool = False,
    progress: bool = True,
) -> tuple[dict, Evaluation]:
    """Train a language model, save it, and compare it with n-grams.

    Parameters
    ----------
    settings : Settings
    data, length, progress :
        As of `corpora.load_corpus`.
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
        If `out` holds a run and `resume` is False, unless it was stopped before its first
        checkpoint.
    FileNotFoundError
        If there is nothing to resume.
    ValueError
        If the text is not what it was when the run was begun, or cannot be used.
    """
    asked = _begun(out, resume)
    if asked is not None:
        settings, data = Settings(**asked["settings"]), asked["data"]
        length = asked["length"]
    corpus = load_corpus(data, settings.level, length, progress)
    if asked is not None and asked["digest"] != corpus.digest:
        raise ValueError(
            f"{data} is not what it was when the run in {out} was begun; begin another one (--out)."
        )
    tokens, train, held_out = tokens_of(corpus, settings)
    model = _new_model(settings, tokens, train)
    solver = _solver(settings, model, {"train": train, "held_out": held_out}, out, resume, progress)
    if asked is None:
        asked = {"data": str(data), "length": length, "digest": corpus.digest}
        asked |= {"settings": asdict(settings)}
        write_json(out / SETTINGS, asked)
    ngrams, _ = ngram_rows(train, held_out, len(tokens), tokens.unknown, settings.orders)
    start, cpu = time.monotonic(), time.process_time()
    solver.train()
    seconds = {"seconds": time.monotonic() - start, "cpu_seconds": time.process_time() - cpu}
    _save_model(out / MODEL, settings, tokens, model, asked)
    found = evaluate(model, train, held_out, tokens.unknown, ngrams=ngrams)
    _draw(solver, found, out / PLOT)
    run = (
        asked
        | seconds
        | {
            "resumed": resume,
            "parts": corpus.parts,
            "parameters": sum(value.size for value in model.params.values()),
            "tokens": len(tokens),
            "trained_on": solver.num_train,
            "held_out": found.tokens,
            "steps": solver.iteration,
            "epochs": solver.iteration / solver.iterations_per_epoch,
            "val_history": solver.val_history,
            "model": found.model,
            "ngrams": found.ngrams,
        }
    )
    write_json(out / RESULT, run)
    return run, found


def load_model(out: Path) -> tuple[RecurrentLM, Tokens, dict]:
    """Read the network of a run, its tokens, and what was asked for.

    Raises
    ------
    FileNotFoundError
        If there is no trained model.
    ValueError
        If the file holds something else.
    """
    path = Path(out) / MODEL
    if not path.is_file():
        raise FileNotFoundError(
            f"{out} holds no {MODEL}: train one there with `python -m cs231n language train`, or "
            "finish its training with --resume."
        )
    saved = load_tree(path)
    if not isinstance(saved, dict) or saved.get("kind") != "language model":
        raise ValueError(f"{path} holds something else than a language model.")
    settings = Settings(**saved["asked"]["settings"])
    tokens = Tokens(settings.level, saved["symbols"])
    model = _new_model(settings, tokens, None)
    model.params = saved["params"]
    return model, tokens, saved["asked"]


def corpus_of(asked: dict, data: str | None = None, progress: bool = True) -> Corpus:
    """The text that a model was trained on, or another at the same level."""
    length = asked["length"] if data is None else None
    return load_corpus(data or asked["data"], asked["settings"]["level"], length, progress)


def tokens_of(corpus: Corpus, settings: Settings, tokens: Tokens | None = None) -> tuple:
    """Tokens that the training part has, unless given, and both parts in their numbers."""
    if tokens is None:
        counted = settings.level, corpus.train, settings.at_least, settings.most_words
        tokens = Tokens.count(*counted)
    if settings.level != "words":
        return tokens, tokens.encode(corpus.train), tokens.encode(corpus.held_out)
    return tokens, *(
        [tokens.encode(one) for one in part] for part in (corpus.train, corpus.held_out)
    )


def _new_model(settings, tokens, train):
    """A network before training."""
    counts = None
    if train is not None:
        words = isinstance(train, list)
        counts = np.bincount(np.concatenate(train) if words else train, minlength=len(tokens))
        counts[END] += len(train) if words else 0
    names = (
        "wordvec_dim",
        "hidden_dim",
        "num_layers",
        "cell_type",
        "activation",
        "dropout",
        "seed",
    )
    options = {name: getattr(settings, name) for name in names}
    return RecurrentLM(
        len(tokens), **options, drop_vectors=settings.level == "words", counts=counts
    )


def _solver(settings, model, data, out, resume, progress):
    """A solver at its beginning, or where its last checkpoint was written."""
    name = out / CHECKPOINT
    latest = out / f"{CHECKPOINT}_latest.npz"
    if resume and latest.exists():
        return LanguageSolver.resume(latest, model, data)
    names = ("batch_size", "steps", "update_rule", "clip_norm", "full_rate", "num_epochs")
    names += ("val_every", "patience", "checkpoint_every")
    return LanguageSolver(
        model,
        data,
        seed=settings.seed,
        optim_config={"learning_rate": settings.learning_rate},
        checkpoint_name=str(name),
        verbose=False,
        progress=progress,
        **{name: getattr(settings, name) for name in names},
    )


def _begun(out, resume):
    """The settings of the run in a folder, if there is one to resume."""
    path = out / SETTINGS
    trained = (out / MODEL).exists() or any(out.glob("*_latest.npz"))
    check_run(out, SETTINGS, trained, resume)
    if not resume:
        return None
    try:
        asked = json.loads(path.read_text(encoding="utf-8"))
        Settings(**asked["settings"])
        if asked.keys() >= {"data", "length", "digest"}:
            return asked
    except (ValueError, TypeError, KeyError):
        pass
    raise ValueError(f"{path} is damaged, or of another version; begin another run (--out).")


def _save_model(path, settings, tokens, model, asked):
    saved = {"kind": "language model", "asked": asked, "symbols": tokens.symbols}
    save_tree(path, saved | {"params": model.params})


def _draw(solver, found, path):
    """Draw the loss of steps, that of the held-out part, and the best n-gram's."""
    import matplotlib.pyplot as plt  # takes a second to import

    bits = np.log(2)
    losses, width = np.array(solver.loss_history), max(1, len(solver.loss_history) // 50)
    smooth = np.convolve(losses, np.full(width, 1 / width), mode="valid")
    figure, axes = plt.subplots(figsize=(6.5, 3.8), layout="constrained")
    axes.plot(np.arange(width, len(losses) + 1), smooth / bits, color="C0", label="training")
    steps, values = np.array(solver.val_history).T
    axes.plot(steps, values / bits, "o-", color="C1", markersize=4, label="held out")
    order = found.best_order
    axes.axhline(found.ngrams[order]["bits"], color="0.4", linestyle="--", label=f"{order}-gram")
    axes.set(xlabel="step", ylabel="bits per token", title="Loss of a language model")
    axes.set_ylim(top=min(smooth.max() / bits, 2 * found.ngrams[order]["bits"]))
    axes.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)
