"""The table of scores, beside the functions that it is made of."""

import numpy as np
import pytest

from cs231n.language.meteor import meteor
from cs231n.language.metrics import bleu, cider_d, cider_d_each, rouge_l
from cs231n.language.scoring import SCORES, caption_scores

pytestmark = pytest.mark.assignment3
CANDIDATES = [["a", "red", "star"], ["two", "blue", "rings"], ["a", "ring"]]
REFERENCES = [
    [["a", "red", "star", "shines"], ["the", "star", "is", "red"]],
    [["two", "rings"]],
    [["a", "small", "ring"], ["one", "ring", "is", "here"], ["a", "ring"]],
]


def test_every_score_is_that_of_its_function():
    found, pair = caption_scores(CANDIDATES, REFERENCES), (CANDIDATES, REFERENCES)
    error = np.std(cider_d_each(*pair), ddof=1) / np.sqrt(3)
    assert list(found) == [*SCORES, "cider_d_error"]
    assert (found["bleu"], found["rouge_l"], found["meteor"]) == (
        bleu(*pair),
        rouge_l(*pair),
        meteor(*pair),
    )
    assert (found["cider_d"], found["cider_d_error"]) == (cider_d(*pair), pytest.approx(error))


def test_only_what_is_asked_for_is_computed():
    found = caption_scores(CANDIDATES, REFERENCES, ["bleu"])
    assert list(found) == ["bleu"]
    assert 0 < found["bleu"][0] < 1


def test_one_picture_has_no_standard_error():
    assert caption_scores(CANDIDATES[:1], REFERENCES[:1], ["cider_d"])["cider_d_error"] is None


def test_unknown_scores_and_missing_references_are_refused():
    with pytest.raises(ValueError, match=r"no score 'spice'; take some of bleu, rouge_l"):
        caption_scores(CANDIDATES, REFERENCES, ["spice"])
    with pytest.raises(ValueError, match="3 candidates and references of 2 pictures"):
        caption_scores(CANDIDATES, REFERENCES[:2])
