"""How good sentences are, beside those that need no captioner."""

import io

import numpy as np
import pytest
from rich.console import Console

from cs231n.captioning.captioner import Captioner
from cs231n.captioning.consensus import Memory
from cs231n.captioning.evaluation import evaluate, say, scores_of
from cs231n.captioning.report import as_json, print_evaluation
from cs231n.captioning.sets import CaptionSet
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.drawn.worlds import Scene, SceneObject
from cs231n.language.metrics import bleu, cider_d_each
from cs231n.language.vocabulary import Vocabulary

pytestmark = pytest.mark.assignment3
SAID = [
    ["a red star", "there is a star"],
    ["a blue ring", "one ring is blue"],
    ["a star", "a red star on a ring"],
]


def captions(sentences, kinds=(0, 1, 0), scenes=(None,) * 3):
    said, seen = np.empty(3, dtype=object), np.empty(3, dtype=object)
    said[:] = [[text.split() for text in texts] for texts in sentences]
    seen[:] = scenes
    features = np.array([[1.0, 0.1], [0.0, 1.0], [1.0, -0.2]], dtype=np.float32)
    return CaptionSet(np.full(3, "val"), np.arange(3), said, features, np.array(kinds), seen)


@pytest.fixture
def captioner():
    vocabulary = Vocabulary(["a", "red", "star", "ring", "blue", "is"])
    data = captions(SAID)
    memory = Memory.of(data, data.features)
    model = CaptioningRNN(vocabulary.word_to_idx, 2, 5, 6, "lstm", fast=True, seed=2)
    return Captioner([model], vocabulary, "given", {}, memory=memory)


def test_scores_of_are_those_of_the_metrics():
    data = captions(SAID)
    said = [["a", "star"], ["a", "ring"], ["a", "star"]]
    scores, each = scores_of(said, data), cider_d_each(said, list(data.sentences))
    assert scores["bleu"] == bleu(said, list(data.sentences))
    assert scores["cider_d"] == pytest.approx(np.mean(each))
    assert scores["cider_d_error"] == pytest.approx(np.std(each, ddof=1) / 3**0.5)
    assert (scores["distinct"], scores["distinct_of_a_kind"], scores["truth"]) == (2, 1.0, None)


def test_scores_of_count_what_is_said_of_a_kind():
    said = [["a", "star"], ["a", "star"], ["a", "ring"]]
    assert scores_of(said, captions(SAID, kinds=(0, 0, 0)))["distinct_of_a_kind"] == 2
    assert scores_of(said, captions(SAID, kinds=(0, 1, 0)))["distinct_of_a_kind"] == 1.5
    assert scores_of(said, captions(SAID, kinds=(0, -1, 0)))["distinct_of_a_kind"] is None


def test_scores_of_scenes_know_the_truth():
    red = SceneObject("star", "red", "big", 16, 20, 8)
    scenes = [Scene("val", i, (red,)) for i in range(3)]
    said = [["a", "red", "star"], ["a", "blue", "star"], ["star", "a"]]
    scores = scores_of(said, captions(SAID, scenes=scenes))
    assert scores["truth"] == pytest.approx(1 / 3)
    assert scores["wrong"] == {"colour": 1, "grammar": 1}


def test_evaluate_has_all_rows(captioner):
    found = evaluate(captioner, captions(SAID), progress=False)
    assert list(found.rows) == [
        "consensus",
        "nearest neighbour",
        "12 nearest, consensus",
        "sentence of its kind",
        "commonest sentence",
        "exchanged sentences",
        "one of its own",
    ]
    assert found.left_out == {}
    assert found.rows["nearest neighbour"]["cider_d"] == pytest.approx(
        np.mean(cider_d_each([texts[0].split() for texts in SAID], list(captions(SAID).sentences)))
    )
    assert found.unknown == pytest.approx(3 / 22)
    assert 1 < found.perplexity < 30
    assert [sentence.split() for sentence in found.sentences] == say(
        captioner, captions(SAID).features, progress=False
    )


def test_evaluate_says_which_rows_it_leaves_out(captioner):
    captioner.memory = Memory(captioner.memory.features, captioner.memory.sentences, np.full(3, -1))
    one_each = captions([texts[:1] for texts in SAID])
    found = evaluate(captioner, one_each, "greedy", progress=False)
    assert next(iter(found.rows)) == "greedy"
    assert found.left_out == {
        "sentence of its kind": "kinds of pictures are not known in this set",
        "one of its own": "no picture has two sentences",
    }


def test_evaluate_of_one_picture(captioner):
    found = evaluate(captioner, captions(SAID).rows(np.array([1])), "beam", progress=False)
    assert found.rows["beam"]["cider_d_error"] is None
    assert "exchanged sentences" in found.left_out
    assert found.perplexity > 1
    assert found.exchanged is None
    console = Console(record=True, width=80, file=io.StringIO())
    print_evaluation(found, "a picture", console)
    assert "with the right pictures, " in console.export_text()


def test_the_report_fits_into_80_columns(captioner):
    found = evaluate(captioner, captions(SAID), progress=False)
    console = Console(record=True, width=80, file=io.StringIO())
    print_evaluation(found, "three pictures", console)
    text = console.export_text()
    assert "…" not in text
    assert f"{found.rows['consensus']['cider_d']:.2f} ±" in text
    assert f"{found.exchanged:.2f} with exchanged ones, 13.64% of the words unknown." in text
    assert as_json(found, run="x")["run"] == "x"
