"""The numbers on a page of captions: how good its sentences are, and what that is worth."""

import math

import numpy as np

from cs231n.captioning.baselines import exchanged
from cs231n.captioning.files import words_of
from cs231n.captioning.predictions import Prediction, references_of
from cs231n.drawn.truth import truthfulness
from cs231n.language.scoring import caption_scores

__all__ = ["FEWEST", "chosen_captions", "deciles", "summary"]

FEWEST = 50  # pictures below which shares of them say nothing
SEED = 0  # of the exchange


def chosen_captions(predictions: list[Prediction]):
    """Return the sentences that count, and those of them that are judged, and scored."""
    first = [one.captions[0] for one in predictions]
    return first, [s for s in first if s.truth], [s for s in first if s.cider is not None]


def summary(predictions: list[Prediction]) -> list[tuple[str, str, str]]:
    """Return what stands on top of the page: name, value and note.

    With `FEWEST` pictures or more, notes say what the same sentences reach when they are exchanged
    among the pictures: a model that ignores its pictures would lose nothing.
    """
    first, judged, scored = chosen_captions(predictions)
    rows = [("pictures", f"{len(first):,}", "")]
    rows.append(("different sentences", f"{len({s.text for s in first}):,}", ""))
    if judged:
        share = sum(s.truth == "true" for s in judged) / len(judged)
        known = [one for one in predictions if one.picture.scene is not None]
        said = [one.captions[0].text.split() for one in known]
        note = "checked against each scene"
        if len(known) >= FEWEST:
            scenes = [one.picture.scene for one in known]
            true = truthfulness(_exchanged(said), scenes)["true"]
            note = f"{100 * true:.1f} % if exchanged"
        rows.append(("true sentences", f"{100 * share:.1f} %", note))
    if scored:
        known = [one for one in predictions if one.picture.references]
        references = references_of(known)
        said = [words_of(one.captions[0].text) for one in known]
        note = "likeness to references, of 10"
        if len(known) >= FEWEST:
            others = caption_scores(_exchanged(said), references, ["cider_d"])
            note = f"of 10; {others['cider_d']:.2f} if exchanged"
        rows.append(("mean CIDEr-D", f"{sum(s.cider for s in scored) / len(scored):.2f}", note))
        four = caption_scores(said, references, ["bleu"])["bleu"]
        rows.append(("BLEU-4", f"{four[3]:.2f}", "of 1"))
    total, words = sum(s.logprob for s in first), sum(len(s.logprobs) for s in first)
    mean = f"{total / len(first):.2f}".replace("-", "−")
    note = f"{100 * math.exp(total / max(1, words)):.0f} % a word"
    return [*rows, ("mean log-probability", mean, note)]


def deciles(predictions: list[Prediction]) -> list[int]:
    """Return each picture's tenth, 0 to 9: from the least to the most likely sentence."""
    order = np.argsort([one.captions[0].logprob for one in predictions], kind="stable")
    found = np.empty(len(order), dtype=int)
    found[order] = np.arange(len(order)) * 10 // max(1, len(order))
    return found.tolist()


def _exchanged(sentences):
    return exchanged(sentences, np.random.default_rng(SEED))
