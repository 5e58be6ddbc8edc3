"""METEOR-exact+stem: by hand, and beside nltk's without its synonyms."""

import random

import numpy as np
import pytest
from nltk.translate.meteor_score import meteor_score

from cs231n.captioning.files import read_captions, words_of
from cs231n.data import downloads
from cs231n.drawn import scenes
from cs231n.language.meteor import meteor

pytestmark = pytest.mark.assignment3


class NoSynonyms:
    """Stands for WordNet, which would have to be downloaded."""

    def synsets(self, word):
        return []


def by_nltk(candidates, references):
    pairs = zip(candidates, references)
    return np.mean([meteor_score(others, words, wordnet=NoSynonyms()) for words, others in pairs])


def words(*sentences):
    return [sentence.split() for sentence in sentences]


def test_meteor_by_hand():
    # "red" and "circles" (by its stem) are paired, in two chunks: P = 2/4, R = 2/3
    P, R = 2 / 4, 2 / 3
    expected = (1 - 0.5 * (2 / 2) ** 3) * P * R / (0.9 * P + 0.1 * R)
    got = meteor(words("red and blue circles"), [words("circle is red")])
    assert got == pytest.approx(expected, abs=1e-12)


def test_a_sentence_that_is_a_reference_pays_for_one_chunk():
    references = [words("no such thing", "a small red circle")]
    assert meteor(words("a small red circle"), references) == pytest.approx(1 - 0.5 / 4**3)


def test_words_themselves_go_before_their_stems():
    # "circles" takes "circles", so that "circle" is left for "circle": one chunk
    got = meteor(words("circle circles"), [words("circle circles")])
    assert got == pytest.approx(1 - 0.5 / 2**3)


def test_nothing_in_common_scores_nothing():
    assert meteor([[], ["a"]], [words("a b"), words("b")]) == 0


def test_meteor_of_drawn_sentences_is_that_of_nltk():
    rng = random.Random(231)
    forms = ["square", "squares", "squared", "red", "reddish", "circle", "circles", "is", "being"]
    forms += ["be", "left", "leaves", "the", "a"]

    def sentence():
        return rng.choices(forms, k=rng.randint(1, 14))

    references = [[sentence() for _ in range(rng.randint(1, 5))] for _ in range(500)]
    candidates = [sentence() for _ in references]
    expected = by_nltk(candidates, references)
    assert 0.2 < expected < 0.9
    assert meteor(candidates, references) == pytest.approx(expected, abs=1e-9)


def test_meteor_of_the_scenes_sentences_is_that_of_nltk():
    five = scenes.load_caption_scenes(100, "val").sentences
    said = [[sentence["words"] for sentence in row] for row in five]
    candidates, references = [row[0] for row in said], [row[1:] for row in said]
    expected = by_nltk(candidates, references)
    assert meteor(candidates, references) == pytest.approx(expected, abs=1e-9)


@pytest.mark.data
def test_meteor_of_people_s_sentences_is_that_of_nltk(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    rows = read_captions(downloads.prepare("ucm-captions", progress=False))
    said = [[words_of(text) for text in row.sentences] for row in rows if row.split == "val"]
    for kept in range(5):
        candidates = [row[kept] for row in said]
        references = [row[:kept] + row[kept + 1 :] for row in said]
        expected = by_nltk(candidates, references)
        assert meteor(candidates, references) == pytest.approx(expected, abs=1e-9)


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match="there are 1 candidates and references of 2 pictures"):
        meteor(words("a"), [words("a"), words("b")])
    with pytest.raises(ValueError, match="picture 0 has no reference"):
        meteor(words("a"), [[]])
