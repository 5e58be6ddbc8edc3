"""Sentences about pictures: how they are found, judged, scored and written down."""

import json
import math

import numpy as np
import pytest

from cs231n.captioning.inputs import InputPicture
from cs231n.captioning.predictions import (
    Caption,
    Plan,
    Prediction,
    as_results,
    predict,
    with_scores,
)
from cs231n.captioning.settings import DECODERS
from cs231n.drawn.worlds import Scene, SceneObject
from cs231n.language.decoding import Sentence
from cs231n.language.metrics import cider_d_each
from cs231n.language.vocabulary import Vocabulary

pytestmark = pytest.mark.assignment3
WORDS = ["a", "red", "circle", "blue", "star", "is"]


class Parrot:
    """A captioner that says what it was given, whatever it sees; by chance it says any word."""

    decoder, extractor = "beam", "scenes"

    def __init__(self, *texts):
        self.vocabulary = Vocabulary(WORDS)
        self.texts, self.asked = texts, []

    def describe(self, features, **options):
        self.asked.append(options)
        number = self.vocabulary.word_to_idx
        return [
            Sentence(
                tuple(number[word] for word in text.split()), (-0.5,) * len(text.split()), False
            )
            for text in self.texts[: options["best"]]
        ]

    def begin(self, features):
        return (np.asarray(features),)

    def advance(self, state, words):
        return np.zeros((len(words), len(self.vocabulary))), state


def given(key, *references, scene=None):
    return InputPicture(key, f"{key}.png", np.zeros(3), None, references, scene)


def said(*texts):
    return tuple(Caption(tuple(text.split()), (-1.0,) * len(text.split())) for text in texts)


def test_a_saying_counts_its_end_and_does_not_show_it():
    caption = Caption(("a", "star", "<END>"), (-0.5, -1.0, -0.25))
    assert (caption.text, caption.logprob) == ("a star", -1.75)
    assert caption.per_word == pytest.approx(-1.75 / 3)
    assert (Caption((), ()).text, Caption((), ()).per_word) == ("", 0)


def test_predict_spells_the_captioners_sentences_and_passes_the_plan_on():
    parrot = Parrot("a red circle", "a star")
    [one] = predict(parrot, [given(5)], Plan("beam", width=7, best=2))
    assert [caption.text for caption in one.captions] == ["a red circle", "a star"]
    assert one.captions[0].logprobs == (-0.5, -0.5, -0.5)
    assert parrot.asked == [{"width": 7, "best": 2, "decoder": "beam"}]
    assert one.captions[0].truth == ""  # nobody knows


def test_sentences_about_scenes_are_judged():
    scene = Scene("val", 0, (SceneObject("star", "blue", "big", 30, 30, 9),))
    parrot = Parrot("a blue star", "a red star", "a a", "a circle")
    [one] = predict(parrot, [given(0, scene=scene)], Plan(best=4))
    assert [(s.truth, s.wrong) for s in one.captions] == [
        ("true", ""),
        ("false", "colour"),
        ("ungrammatical", "grammar"),
        ("false", "shape"),
    ]


def test_a_sample_depends_on_its_seed_and_place_and_on_nothing_beside_it():
    pictures, plan = [given(i) for i in range(4)], Plan("sample", best=2, seed=3)
    first, again = (list(predict(Parrot(), pictures, plan)) for _ in range(2))
    assert first == again
    assert len({s.text for one in first for s in one.captions}) == 8
    other = list(predict(Parrot(), pictures, Plan("sample", best=2, seed=4)))
    assert other[0].captions != first[0].captions
    alone = list(predict(Parrot(), pictures[:1], Plan("sample", best=1, seed=3)))
    assert alone[0].captions[0] == first[0].captions[0]


def test_a_sample_tells_the_end():
    captions = [one.captions[0] for one in predict(Parrot(), map(given, range(20)), Plan("sample"))]
    ended = [caption for caption in captions if caption.words[-1] == "<END>"]
    assert ended
    for caption in ended:
        assert len(caption.words) == len(caption.logprobs)
        assert caption.logprob == pytest.approx(-len(caption.words) * math.log(4 + len(WORDS)))


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(), "beam of 5, ranked by log-probability per word"),
        (Plan("beam", 3, 8), "beam of 8, ranked by log-probability per word"),
        (Plan("greedy"), "greedy"),
        (
            Plan("consensus"),
            "consensus, likely sentences ranked by those of training pictures that look alike",
        ),
        (Plan("sample", temperature=0.5), "sample, temperature 0.5"),
    ],
)
def test_a_plan_has_a_name(plan, words):
    assert plan.named(Parrot()) == words


def test_a_plan_knows_its_decoders():
    with pytest.raises(ValueError, match="decoder is 'best' but should be one of greedy, beam"):
        Plan("best")
    with pytest.raises(ValueError, match=r"greedy finds one sentence of each picture, not 3"):
        Plan("greedy", best=3)
    assert all(Plan(name).decoder == name for name in DECODERS)


def test_scores_are_those_of_each_sentence_in_its_picture():
    predictions = [
        Prediction(given(0, "A red circle.", "the circle is red"), said("a red circle", "a star")),
        Prediction(given(1), said("a star")),
        Prediction(given(2, "a blue star"), said("a star", "a blue star", "a red star")),
        Prediction(given(3, "a circle", "a blue circle"), said("a red star")),
    ]
    scored = with_scores(predictions)
    references = [
        [["a", "red", "circle"], ["the", "circle", "is", "red"]],
        [["a", "blue", "star"]],
        [["a", "circle"], ["a", "blue", "circle"]],
    ]
    for i, rank, place in [(0, 0, 0), (0, 1, 0), (2, 0, 1), (2, 1, 1), (2, 2, 1), (3, 0, 2)]:
        candidates = [["a"], ["a"], ["a"]]  # what the others say does not matter
        candidates[place] = list(scored[i].captions[rank].words)
        expected = cider_d_each(candidates, references)[place]
        assert scored[i].captions[rank].cider == pytest.approx(expected), (i, rank)
    assert scored[2].captions[1].cider == pytest.approx(max(s.cider for s in scored[2].captions))
    assert scored[1] == predictions[1]


@pytest.mark.parametrize(
    "pictures",
    [
        [given(0, "a star"), given(1)],
        [given(0, "a star", scene=object()), given(1, "a circle", scene=object())],
    ],
)
def test_scores_stay_away_where_they_mean_nothing(pictures):
    predictions = [Prediction(one, said("a star")) for one in pictures]
    assert with_scores(predictions) == predictions


def test_results_have_the_names_of_cocos():
    first = Caption(("a", "star", "<END>"), (-1.0, -2.0, -0.5))
    predictions = [
        Prediction(
            given(7), (Caption(("a", "star", "<END>"), (-1.0, -2.0, -0.5)), *said("a circle"))
        ),
        Prediction(given(9), said("a")),
    ]
    first, second = json.loads(json.dumps(as_results(predictions)))
    assert first == {
        "image_id": 7,
        "file_name": "7.png",
        "caption": "a star",
        "logprob": -3.5,
        "words": [
            {"word": "a", "logprob": -1.0},
            {"word": "star", "logprob": -2.0},
            {"word": "<END>", "logprob": -0.5},
        ],
        "others": [
            {
                "caption": "a circle",
                "logprob": -2.0,
                "words": [{"word": "a", "logprob": -1.0}, {"word": "circle", "logprob": -1.0}],
            }
        ],
    }
    assert "others" not in second
