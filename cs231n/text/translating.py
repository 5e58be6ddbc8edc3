"""Train a translator on sentence pairs, save it, and measure what it reaches.

RUN/settings.json     what was asked for, written first; --resume reads it
RUN/model_latest.npz  the checkpoint of each epoch
RUN/translator.npz    what `TrainedTranslator.load` reads
RUN/run.json          settings, hashes of the data, seconds, scores
"""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.files.run_folders import check_run, write_json
from cs231n.language import decoding
from cs231n.language.attention import align_words
from cs231n.language.greedy import likeliest_words
from cs231n.language.translation import exact_share
from cs231n.language.translator import Translator
from cs231n.language.vocabulary import END, NULL, SPECIAL, START, Vocabulary
from cs231n.text.pairs import LANGUAGES, PairSet, draw_pairs, numbers_of, read_pairs, split_pairs
from cs231n.text.translation_settings import Settings

__all__ = ["TrainedTranslator", "data_of", "evaluate", "load_pairs", "train", "train_run"]

MODEL, CHECKPOINT = "translator.npz", "model_latest.npz"
SETTINGS, RESULT = "settings.json", "run.json"
MEASURED = 200  # sentences of val that are translated after each epoch
LIKELY = 1e-3  # less than a sentence counts; where none is exact yet, some epoch is the best, too


@dataclass
class TrainedTranslator:
    """A translator and the words of both its languages."""

    model: Translator
    source_words: Vocabulary
    target_words: Vocabulary

    def translate(
        self, sentences: list[tuple[str, ...]], width: int = 1, max_length: int = 60
    ) -> list[list[str]]:
        """Translate sentences of words: greedily, all at once, or each by beam search."""
        sources = numbers_of(sentences, self.source_words)
        if width == 1:
            rows = likeliest_words(self.model, sources, START, END, max_length)
        else:
            rows = [
                decoding.beam_search(self.model, source, START, END, width, max_length)[0].words
                for source in sources
            ]
        return [words for row in rows for words in self.target_words.decode(np.array(row))]

    def weights(self, source: tuple[str, ...], target: Iterable[str]) -> np.ndarray:
        """Attention of each target word, and of the end, to each source word as people read them.

        Returns
        -------
        ndarray, shape (T + 1, S)
        """
        self.require_attention()
        target = list(target)
        row = self.target_words.encode(target, len(target) + 2)[None]
        _, weights = self.model.follow(numbers_of([source], self.source_words), row)
        weights = weights[0, :, : len(source)]
        return weights[:, ::-1] if self.model.reverse else weights

    def require_attention(self) -> None:
        """Raise ValueError unless it has attention."""
        if not self.model.attention:
            raise ValueError("this translator has no attention: it was trained without.")

    def save(self, folder: Path) -> None:
        """Write it to a folder."""
        tree = {"kind": "translator", "settings": self.model.settings, "params": self.model.params}
        for name, words in (("source", self.source_words), ("target", self.target_words)):
            tree[name] = words.idx_to_word[len(SPECIAL) :]
        save_tree(folder / MODEL, tree)

    @classmethod
    def load(cls, folder: Path) -> "TrainedTranslator":
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is none, or it is something else.
        """
        path = Path(folder) / MODEL
        if not path.is_file():
            raise FileNotFoundError(
                f"{folder} holds no {MODEL}; train one: python -m cs231n translate train."
            )
        tree = load_tree(path)
        if not isinstance(tree, dict) or tree.get("kind") != "translator":
            raise ValueError(f"{path} holds something else than a translator.")
        model = Translator(**tree["settings"])
        model.params = tree["params"]
        return cls(model, Vocabulary(tree["source"]), Vocabulary(tree["target"]))


def load_pairs(data: str, targets: str | None, settings: Settings) -> PairSet:
    """Read the pairs of a file or two, or draw those of the small languages.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_pairs` and `split_pairs`, or if translations are given for the drawn languages.
    """
    if str(data) != LANGUAGES:
        pairs = split_pairs(read_pairs(data, targets), settings.seed)
        return PairSet.of(pairs, settings.at_least)
    if targets is not None:
        raise ValueError(f'"{LANGUAGES}" has translations already; leave {targets} out.')
    return draw_pairs(settings.sentences, settings.seed, settings.kinds, settings.longest)


def train(
    settings: Settings,
    pairs: PairSet,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: bool = True,
) -> tuple[TrainedTranslator, CaptioningSolver]:
    """Train a translator, and keep the epoch with the most exact translations of val.

    Where several have the same number, the probability of a right word decides.

    Parameters
    ----------
    settings : Settings
    pairs : PairSet
        With splits train and val.
    checkpoint : Path, optional
        A file, written after each epoch.
    resume : bool
        Go on from that file, if it is there.
    progress : bool
        Show a live line on stderr.
    """
    model = Translator(
        len(pairs.source_words),
        len(pairs.target_words),
        settings.wordvec_dim,
        settings.hidden_dim,
        settings.attention,
        settings.reverse,
        seed=settings.seed,
    )
    trained = TrainedTranslator(model, pairs.source_words, pairs.target_words)
    some = pairs.splits["val"][:MEASURED]
    sources, targets = pairs.sources("val")[:MEASURED], pairs.targets("val")[:MEASURED]

    def worth(_):
        said = trained.translate([pair.source for pair in some])
        logprobs = model.logprobs(sources, targets)
        likely = np.exp(logprobs.sum() / np.sum(targets[:, 1:] != NULL))
        return exact_share(said, [pair.target for pair in some]) + LIKELY * likely

    if resume and checkpoint is not None and checkpoint.exists():
        solver = CaptioningSolver.resume(checkpoint, model, pairs.solver_data(), measure=worth)
        solver.progress = progress
    else:
        solver = CaptioningSolver(
            model,
            pairs.solver_data(),
            update_rule="adam",
            optim_config={"learning_rate": settings.learning_rate},
            lr_decay=settings.lr_decay,
            batch_size=min(settings.batch_size, len(pairs.splits["train"])),
            num_epochs=settings.num_epochs,
            shuffle=True,
            clip_norm=5,
            val_every=1,
            num_val_samples=MEASURED,
            measure=worth,
            checkpoint_name=checkpoint and str(checkpoint).removesuffix("_latest.npz"),
            verbose=False,
            progress=progress,
            seed=settings.seed,
        )
    solver.train()
    return trained, solver


def evaluate(trained: TrainedTranslator, pairs: PairSet, split: str, width: int = 1) -> dict:
    """Measure translations of a split.

    Returns
    -------
    dict
        Its `sentences`; the share that is `exact`, and that by the number of words of the source;
        the share of source words that are `unknown`; with attention, and where the alignment is
        known, the share of words that are `aligned` right.
    """
    chosen = pairs.splits[split]
    sources, references = [p.source for p in chosen], [p.target for p in chosen]
    said = trained.translate(sources, width)
    lengths = {}
    for length in sorted({len(source) for source in sources}):
        some = [n for n, source in enumerate(sources) if len(source) == length]
        lengths[str(length)] = exact_share([said[n] for n in some], [references[n] for n in some])
    found = {"sentences": len(chosen), "exact": exact_share(said, references)}
    found |= {"by_length": lengths, "unknown": trained.source_words.unknown_rate(sources)}
    if trained.model.attention and chosen and all(pair.alignment for pair in chosen):
        found["aligned"] = alignment_share(trained, pairs, split)
    return found


def alignment_share(trained: TrainedTranslator, pairs: PairSet, split: str) -> float:
    """The share of words whose largest weight is at the source word that they come from.

    The right translations are told, so that each word has a source word to come from.
    """
    trained.require_attention()
    sources, reverse = pairs.sources(split), trained.model.reverse
    _, weights = trained.model.follow(sources, pairs.targets(split))
    right = total = 0
    for row, pair in zip(weights, pairs.splits[split]):
        places = align_words(row[: len(pair.target)], len(pair.source), reverse)
        right += int(np.sum(places == pair.alignment))
        total += len(pair.target)
    return right / max(1, total)


def train_run(
    settings: Settings,
    data: str,
    targets: str | None,
    out: Path,
    resume: bool = False,
    progress: bool = True,
) -> dict:
    """Train a translator, save it, and evaluate it on all splits but train.

    Parameters
    ----------
    settings : Settings
    data, targets : str
        As in `load_pairs`.
    out : Path
        A folder, which is made.
    resume : bool
        Go on with the run there, with the settings that it was begun with, bit for bit.

    Returns
    -------
    dict
        What RUN/run.json holds.

    Raises
    ------
    FileExistsError
        If `out` holds a run and `resume` is False.
    FileNotFoundError
        If there is nothing to resume.
    ValueError
        If the data is not what it was when the run was begun, or cannot be used.
    """
    asked = _begun(out, resume)
    if asked:
        settings, data, targets = Settings(**asked["settings"]), asked["data"], asked["targets"]
    pairs = load_pairs(data, targets, settings)
    if asked and asked["digest"] != pairs.digest:
        raise ValueError(
            f"{data} is not what it was when the run in {out} was begun; begin another one (--out)."
        )
    asked = {"data": str(data), "targets": targets and str(targets), "settings": asdict(settings)}
    asked["digest"] = pairs.digest
    write_json(out / SETTINGS, asked)
    start = time.monotonic()
    trained, solver = train(settings, pairs, out / CHECKPOINT, resume, progress)
    trained.save(out)
    result = asked | {
        "seconds": time.monotonic() - start,
        "resumed": resume,
        "parameters": sum(value.size for value in trained.model.params.values()),
        "words": [len(pairs.source_words), len(pairs.target_words)],
        "val_perplexity": [value for _, value in solver.val_perplexity_history],
        "scores": {
            split: evaluate(trained, pairs, split) for split in pairs.splits if split != "train"
        },
    }
    write_json(out / RESULT, result)
    return result


def data_of(out: Path) -> tuple[str, str | None, Settings]:
    """The data that a run was trained on, and its settings.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no run, or its settings are damaged.
    """
    path = Path(out) / SETTINGS
    if not path.is_file():
        raise FileNotFoundError(f"{out} holds no {SETTINGS}: it is not a translator's run.")
    try:
        asked: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return asked["data"], asked["targets"], Settings(**asked["settings"])
    except (ValueError, KeyError, TypeError):
        raise ValueError(
            f"{path} is damaged, or of another version; begin another run (--out)."
        ) from None


def _begun(out, resume):
    """What was asked for when the run in a folder was begun, if it is to go on."""
    trained = any((out / name).exists() for name in (MODEL, CHECKPOINT))
    check_run(out, SETTINGS, trained, resume)
    if not resume:
        return None
    data_of(out)
    return json.loads((out / SETTINGS).read_text(encoding="utf-8"))
