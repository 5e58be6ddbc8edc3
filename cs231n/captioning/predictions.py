"""Sentences about pictures, with what is known of their truth: for `caption predict` and `page`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from cs231n.captioning.files import words_of
from cs231n.captioning.inputs import InputPicture
from cs231n.captioning.settings import DECODERS
from cs231n.drawn.truth import judge, what_is_wrong
from cs231n.language import decoding
from cs231n.language.metrics import cider_d_each
from cs231n.language.vocabulary import END, SPECIAL, START

__all__ = ["Caption", "Plan", "Prediction", "as_results", "predict", "references_of", "with_scores"]


@dataclass(frozen=True)
class Caption:
    """A sentence that a model wrote.

    Attributes
    ----------
    words : tuple of str
        "<END>" is the last if it was said.
    logprobs : tuple of float
        Natural logarithms of the words' probabilities.
    truth : str
        "true", "false" or "ungrammatical" where that is known, else "".
    wrong : str
        What is wrong, in the words of `drawn.truth.what_is_wrong`.
    cider : float or None
        CIDEr-D beside the references, where it was computed.
    """

    words: tuple[str, ...]
    logprobs: tuple[float, ...]
    truth: str = ""
    wrong: str = ""
    cider: float | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return " ".join(word for word in self.words if word != SPECIAL[END])

    @property
    def logprob(self) -> float:
        """Of the whole sentence, its end included."""
        return float(sum(self.logprobs))

    @property
    def per_word(self) -> float:
        """The mean log-probability of a word."""
        return self.logprob / max(1, len(self.logprobs))


@dataclass(frozen=True)
class Prediction:
    """A picture and the sentences about it, the chosen one first."""

    picture: InputPicture
    captions: tuple[Caption, ...]


@dataclass(frozen=True)
class Plan:
    """How sentences are found.

    Attributes
    ----------
    decoder : {"greedy", "beam", "consensus", "sample"} or None
        None: what the captioner takes by itself.
    width : int
        Of the beam.
    best : int
        How many sentences of each picture.
    temperature, seed : float, int
        Of "sample".

    Raises
    ------
    ValueError
        If there is no such decoder, or several sentences are asked of "greedy".
    """

    decoder: str | None = None
    width: int = 5
    best: int = 1
    temperature: float = 1.0
    seed: int = 231

    def __post_init__(self):
        if self.decoder not in (None, *DECODERS):
            raise ValueError(
                f"decoder is {self.decoder!r} but should be one of {', '.join(DECODERS)}."
            )
        if self.decoder == "greedy" and self.best > 1:
            raise ValueError(
                f"greedy finds one sentence of each picture, not {self.best}; take the decoder "
                "beam or sample, or ask for one."
            )

    def describe(self, captioner, features: np.ndarray, number: int) -> list[decoding.Sentence]:
        """Find sentences for the features (D,) of picture `number`."""
        if self.decoder != "sample":
            return captioner.describe(
                features, width=self.width, best=self.best, decoder=self.decoder
            )
        rng = np.random.default_rng([self.seed, number])  # others beside it change nothing
        draw = (captioner, features, START, END, rng, self.temperature)
        return [decoding.sample(*draw) for _ in range(self.best)]

    def named(self, captioner) -> str:
        """Say it in a few words."""
        options = {"width": max(self.width, self.best), "temperature": self.temperature}
        return DECODERS[self.decoder or captioner.decoder].about.format(**options)


def predict(captioner, pictures: Iterable[InputPicture], plan: Plan) -> Iterator[Prediction]:
    """Write sentences about pictures.

    Parameters
    ----------
    captioner : Captioner
    pictures : iterable of InputPicture
    plan : Plan

    Yields
    ------
    Prediction
        Where the scene is known, with the truth of every sentence.
    """
    for number, picture in enumerate(pictures):
        found = plan.describe(captioner, picture.features, number)
        captions = [_spelled(captioner, sentence) for sentence in found]
        if picture.scene is not None:
            captions = [_judged(caption, picture.scene) for caption in captions]
        yield Prediction(picture, tuple(captions))


def with_scores(predictions: list[Prediction]) -> list[Prediction]:
    """Give every sentence its CIDEr-D beside its picture's references.

    The weights of n-grams come from the references of these pictures, and each sentence is scored
    as if it was its picture's answer. Nothing changes where the truth is known, or unless at least
    two pictures have references.
    """
    places = [
        i
        for i, one in enumerate(predictions)
        if one.picture.references and one.picture.scene is None
    ]
    if len(places) < 2:
        return predictions
    references = references_of([predictions[i] for i in places])
    found = {i: list(predictions[i].captions) for i in places}
    for rank in range(max(map(len, found.values()))):
        ranks = [min(rank, len(found[i]) - 1) for i in places]
        said = [words_of(found[i][k].text) for i, k in zip(places, ranks)]
        for i, k, score in zip(places, ranks, cider_d_each(said, references)):
            found[i][k] = replace(found[i][k], cider=score)
    return [
        replace(one, captions=tuple(found.get(i, one.captions)))
        for i, one in enumerate(predictions)
    ]


def references_of(predictions: list[Prediction]) -> list[list[list[str]]]:
    """Return the references of each picture, cut into words."""
    return [[words_of(text) for text in one.picture.references] for one in predictions]


def as_results(predictions: Iterable[Prediction]) -> list[dict]:
    """Make a list as COCO's evaluation reads it: image_id, caption, and more."""
    results = []
    for one in predictions:
        row = {
            "image_id": one.picture.key,
            "file_name": one.picture.name,
            **_result(one.captions[0]),
        }
        if len(one.captions) > 1:
            row["others"] = [_result(caption) for caption in one.captions[1:]]
        results.append(row)
    return results


def _result(caption):
    words = [{"word": word, "logprob": p} for word, p in zip(caption.words, caption.logprobs)]
    return {"caption": caption.text, "logprob": caption.logprob, "words": words}


def _spelled(captioner, sentence):
    words = [captioner.vocabulary.idx_to_word[number] for number in sentence.words]
    if sentence.finished:
        words.append(SPECIAL[END])
    return Caption(tuple(words), tuple(sentence.logprobs))


def _judged(caption, scene):
    words = caption.text.split()
    return replace(caption, truth=judge(words, scene), wrong=what_is_wrong(words, scene))
