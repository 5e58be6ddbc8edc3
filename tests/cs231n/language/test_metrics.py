"""Metrics of sentences: by hand on small sets, by other programs' numbers, and their pitfalls."""

import math
import time

import numpy as np
import pytest
import sacrebleu
from nltk.translate.bleu_score import corpus_bleu

from cs231n.captioning.files import read_captions, words_of
from cs231n.data import downloads
from cs231n.language.metrics import bleu, cider_d, cider_d_each, rouge_l, tokenize


def words(*sentences):
    return [sentence.split() for sentence in sentences]


CANDIDATES = words("a red circle above a blue square", "two squares", "a green circle")
REFERENCES = [
    words("a red circle is above a blue square", "there is a red circle over a blue square"),
    words("there are two red squares", "two squares", "two red squares side by side"),
    words("a small green triangle", "one green triangle left of a circle"),
]


def test_tokens_are_lower_case_words_without_punctuation():
    assert tokenize("A man -- in (red): don't!") == ["a", "man", "in", "red", "don", "t"]
    assert tokenize("...") == []


def test_bleu_by_hand():
    scores = bleu(CANDIDATES, REFERENCES)
    assert scores[0] == pytest.approx(12 / 12 * math.exp(1 - 14 / 12))
    assert scores[1] == pytest.approx(math.sqrt(6 / 9) * math.exp(1 - 14 / 12))
    # trigrams: a red circle, a blue square, above a blue of 6; tetragrams: above a blue square of 4
    assert scores[2] == pytest.approx((6 / 9 * 3 / 6) ** (1 / 3) * math.exp(1 - 14 / 12))
    assert scores[3] == pytest.approx((6 / 9 * 3 / 6 * 1 / 4) ** (1 / 4) * math.exp(1 - 14 / 12))


def test_a_word_counts_as_often_as_in_the_reference_that_has_it_most():
    scores = bleu(words("the the the the"), [words("the cat", "the dog the")])
    assert scores[0] == pytest.approx(2 / 4)


def test_bleu_takes_the_shorter_of_two_equally_near_lengths():
    both = [words("a b c d", "a b c d e f")]
    assert bleu(words("a b c d e"), both)[0] == pytest.approx(1)  # r = 4, not 6
    assert bleu(words("a b c d e"), [both[0][1:]])[0] == pytest.approx(math.exp(1 - 6 / 5))


def test_nothing_said_scores_nothing():
    assert bleu([[]], [words("a b")]) == [0, 0, 0, 0]
    assert rouge_l([[]], [words("a b")]) == 0
    assert cider_d([[], []], [words("a b"), words("c")]) == 0


def test_rouge_takes_the_best_precision_and_the_best_recall():
    # precision 3/3 against the first, recall 2/2 against the second
    assert rouge_l(words("a b c"), [words("a x b x c x", "b c")]) == pytest.approx(1)
    precision, recall = 2 / 3, 2 / 4
    expected = 2.44 * precision * recall / (recall + 1.44 * precision)
    assert rouge_l(words("a b x"), [words("a y b z")]) == pytest.approx(expected)


def test_cider_by_hand():
    # log 2 for every word but "a", which both pictures have; no n-gram is longer than one word
    scores = cider_d_each(words("x", "a"), [words("x", "a"), words("a")])
    assert scores == pytest.approx([10 / 4 / 2, 0])


def test_cider_of_the_only_reference_is_ten():
    first, second = "a b c d e", "f g h i j"
    assert cider_d(words(first, second), [words(first), words(second)]) == pytest.approx(10)


def test_cider_of_one_picture_is_nothing():
    assert cider_d(words("a b c d"), [words("a b c d")]) == 0


def test_cider_has_less_for_another_length():
    references = [words("a b c d e f"), words("g h i j")]
    (short, _), (longer, _) = (
        cider_d_each(words(sentence, "g"), references) for sentence in ("a b c", "a b c d e")
    )
    assert 0 < short < longer < 10


def test_an_order_that_is_lost_costs_the_longer_n_grams():
    references = [words("a red circle above a blue square"), words("two green squares")]
    right = cider_d_each(words("a red circle above a blue square", "x"), references)[0]
    swapped = cider_d_each(words("a blue circle above a red square", "x"), references)[0]
    assert right == pytest.approx(10)
    assert 0 < swapped < 0.6 * right


def drawn(seed=1, pictures=30):
    """Sentences of pictures, of eight words drawn at random."""
    rng = np.random.default_rng(seed)

    def sentence():
        return [str(w) for w in rng.choice(list("abcdefgh"), size=rng.integers(4, 12))]

    references = [[sentence() for _ in range(rng.integers(1, 6))] for _ in range(pictures)]
    return [others[0][:3] + sentence()[:4] for others in references], references


def test_bleu_is_that_of_nltk():
    candidates, references = drawn()
    expected = [corpus_bleu(references, candidates, [1 / n] * n) for n in range(1, 5)]
    np.testing.assert_allclose(bleu(candidates, references), expected, atol=1e-9)


def test_bleu_is_that_of_sacrebleu():
    candidates, references = drawn()
    columns = list(zip(*[[" ".join(other) for other in (others * 5)[:5]] for others in references]))
    lines = [" ".join(words) for words in candidates]
    score = sacrebleu.corpus_bleu(lines, columns, tokenize="none", smooth_method="none").score
    assert bleu(candidates, references)[3] == pytest.approx(score / 100, abs=1e-9)


def by_pycocoevalcap(candidates, references):
    """BLEU-1..4, ROUGE-L, CIDEr-D; these three of its metrics need no Java."""
    coco = "pycocoevalcap"
    bleu_of = pytest.importorskip(f"{coco}.bleu.bleu", reason=f"{coco} is not installed").Bleu(4)
    rouge_of = pytest.importorskip(f"{coco}.rouge.rouge").Rouge()
    cider_of = pytest.importorskip(f"{coco}.cider.cider").Cider()
    said = {i: [" ".join(words)] for i, words in enumerate(candidates)}
    right = {i: [" ".join(other) for other in others] for i, others in enumerate(references)}
    bleus = bleu_of.compute_score(right, said, verbose=0)[0]
    return [*bleus, rouge_of.compute_score(right, said)[0], cider_of.compute_score(right, said)[0]]


def all_metrics(candidates, references):
    pair = candidates, references
    return [*bleu(*pair), rouge_l(*pair), cider_d(*pair)]


def test_what_pycocoevalcap_said_once():
    # Version 1.2, of the same sentences: for where it is not installed (its wheel has 100 MB).
    said = [0.6208918119433032, 1.9885346750860018]
    assert all_metrics(*drawn())[-2:] == pytest.approx(said, abs=1e-9)


# It adds 1e-9 to the number of n-grams, so that its BLEU is smaller by 1e-9 at most from 1 of them.
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_metrics_of_drawn_sentences_are_those_of_pycocoevalcap(seed):
    expected = by_pycocoevalcap(*drawn(seed))
    assert all_metrics(*drawn(seed)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.data
def test_metrics_of_people_s_sentences_are_those_of_other_programs(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    rows = read_captions(downloads.prepare("ucm-captions", progress=False))
    said = [[words_of(text) for text in row.sentences] for row in rows if row.split == "val"]
    candidates, references = [row[2] for row in said], [row[:2] + row[3:] for row in said]
    got = all_metrics(candidates, references)
    by_nltk = [corpus_bleu(references, candidates, [1 / n] * n) for n in range(1, 5)]
    assert got[:4] == pytest.approx(by_nltk, abs=1e-9)
    assert got == pytest.approx(by_pycocoevalcap(candidates, references), abs=1e-9)


def test_many_sentences_are_scored_quickly():
    candidates, references = drawn(pictures=1000)
    begin = time.process_time()
    cider_d(candidates, references)
    assert time.process_time() - begin < 4  # took 0.26 s


@pytest.mark.parametrize("metric", [bleu, rouge_l, cider_d])
def test_what_does_not_belong_together_is_refused(metric):
    with pytest.raises(ValueError, match="there are 1 candidates and references of 2 pictures"):
        metric(words("a"), [words("a"), words("b")])
    with pytest.raises(ValueError, match="one at least"):
        metric([], [])
    with pytest.raises(ValueError, match="picture 1 has no reference"):
        metric(words("a", "b"), [words("a"), []])
