"""How good a captioner is, beside what no captioner is needed for."""

from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from cs231n.captioning import baselines
from cs231n.captioning.captioner import Captioner
from cs231n.captioning.sets import CaptionSet
from cs231n.drawn.truth import truthfulness, what_is_wrong
from cs231n.language.scoring import caption_scores
from cs231n.training.diagnosis import perplexity_of, picture_use

__all__ = ["Evaluation", "evaluate", "say", "scores_of"]

SEED = 231  # decides which pictures exchange sentences
HUMANS = 5  # sentences of a picture that are compared with its others, in turn


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found.

    Attributes
    ----------
    rows : dict
        Name -> scores, of the captioner first, then of the baselines; see `scores_of`.
    left_out : dict
        Name of a baseline -> why it is not among the rows.
    perplexity, exchanged : float
        With the right pictures, and with exchanged ones (None if there is one picture only).
    unknown : float
        Share of words that the captioner does not know; each counts as "<UNK>" in perplexities.
    sentences : list of str
        Those of the captioner.
    """

    rows: dict
    left_out: dict
    perplexity: float
    exchanged: float | None
    unknown: float
    sentences: list


def evaluate(
    captioner: Captioner,
    data: CaptionSet,
    decoder: str | None = None,
    width: int = 5,
    progress: bool = True,
) -> Evaluation:
    """Write a sentence about every picture, and compare all with what people wrote.

    Parameters
    ----------
    captioner : Captioner
    data : CaptionSet
    decoder, width :
        As of `Captioner.describe`.
    progress : bool

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        If the features do not fit, or the decoder cannot be used.
    """
    sentences = say(captioner, data.features, decoder, width, progress)
    rows = {decoder or captioner.decoder: scores_of(sentences, data)}
    left_out = {}
    for name, make in _others(captioner, data, sentences).items():
        try:
            rows[name] = make()
        except ValueError as error:
            left_out[name] = str(error)
    length = max(len(words) for said in data.sentences for words in said) + 2
    captions, image_idxs = captioner.vocabulary.encode_all(data.sentences, length)
    arrays = {
        "val_captions": captions,
        "val_image_idxs": image_idxs,
        "val_features": data.features,
        "word_to_idx": captioner.vocabulary.word_to_idx,
    }
    if len(data) > 1:
        use = picture_use(captioner, arrays)
        right, wrong = use.right, use.exchanged
    else:
        right, wrong = perplexity_of(captioner, arrays), None
    unknown = captioner.vocabulary.unknown_rate(words for said in data.sentences for words in said)
    return Evaluation(rows, left_out, right, wrong, unknown, [" ".join(s) for s in sentences])


def say(
    captioner: Captioner,
    features: np.ndarray,
    decoder: str | None = None,
    width: int = 5,
    progress: bool = True,
) -> list[list[str]]:
    """Write a sentence, a list of words, about each of the pictures with features (N, D)."""
    if (decoder or captioner.decoder) == "greedy":
        return captioner.write(features)
    bar = tqdm(features, desc="sentences", unit="picture", disable=not progress)
    best = [captioner.describe(row, width=width, decoder=decoder)[0] for row in bar]
    return [captioner.words(sentence).split() for sentence in best]


def scores_of(sentences: list, data: CaptionSet, references: list | None = None) -> dict:
    """Compare a sentence about each picture with what is known of it.

    Parameters
    ----------
    sentences : list of list of str
    data : CaptionSet
    references : list of list of list of str, optional
        By default all sentences of the set.

    Returns
    -------
    dict
        All that `caption_scores` returns; distinct, how many different sentences there are, and
        distinct_of_a_kind, how many of a kind on the average; on the embedded scenes truth, the
        share of true ones, and wrong, which errors the others have and how often. None stands for
        what is not known.
    """
    references = list(data.sentences) if references is None else references
    said = np.array([" ".join(words) for words in sentences])
    kinds = data.kinds if (data.kinds >= 0).all() else None
    of_a_kind = kinds is not None and float(
        np.mean([len(set(said[kinds == kind])) for kind in np.unique(kinds)])
    )
    return {
        **caption_scores(sentences, references),
        "distinct": len(set(said)),
        "distinct_of_a_kind": of_a_kind or None,
        **_truth(sentences, data.scenes),
    }


def _others(captioner, data, sentences):
    """Functions that make the rows beside the captioner's."""
    memory = captioner.memory
    rows = {}
    if memory is not None:
        seen, scale = captioner.normalised(data.features), captioner.scale
        made = {
            "nearest neighbour": lambda: baselines.nearest(memory, seen, scale),
            "12 nearest, consensus": lambda: baselines.neighbours_consensus(memory, seen, scale),
            "sentence of its kind": lambda: baselines.of_its_kind(memory, seen),
            "commonest sentence": lambda: baselines.commonest(memory, len(data)),
        }
        rows = {name: _scored(make, data) for name, make in made.items()}
    rng = np.random.default_rng(SEED)
    rows["exchanged sentences"] = _scored(lambda: baselines.exchanged(sentences, rng), data)
    rows["one of its own"] = lambda: _human(data)
    return rows


def _scored(make, data):
    return lambda: scores_of(make(), data)


def _human(data):
    """One sentence of every picture against its others: the mean over which one."""
    each = []
    for which in range(HUMANS):
        sentences, references, rows = baselines.one_of_its_own(data, which)
        if not sentences:
            raise ValueError("no picture has two sentences")
        each.append(scores_of(sentences, data.rows(rows), references))
    return _mean(each)


def _mean(each):
    """The mean of scores, number by number; of errors the first."""
    first = each[0]
    mean = {}
    for name, value in first.items():
        if isinstance(value, dict) or value is None:
            mean[name] = value
        else:
            mean[name] = np.mean([row[name] for row in each], axis=0).tolist()
    return mean


def _truth(sentences, scenes):
    """Whether sentences are true of embedded scenes, and what is wrong with those that are not."""
    if any(scene is None for scene in scenes):
        return {"truth": None, "wrong": None}
    wrong = [what_is_wrong(words, scene) for words, scene in zip(sentences, scenes)]
    errors = {name: wrong.count(name) for name in sorted(set(wrong) - {""})}
    return {"truth": truthfulness(sentences, list(scenes))["true"], "wrong": errors}
