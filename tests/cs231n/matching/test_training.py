"""Training: batches, what is kept, and the measures beside it."""

import numpy as np
import pytest

from cs231n.drawn.scenes import load_caption_scenes
from cs231n.drawn.worlds import SIDE
from cs231n.language.vocabulary import Vocabulary
from cs231n.matching import data, evaluation, matcher, retrieval, runs, sets
from cs231n.matching.model import MatchingModel
from cs231n.matching.settings import Settings
from cs231n.matching.training import Pairs, Trainer, batches

pytestmark = pytest.mark.assignment4
TINY = Settings(dim=16, word_dim=16, dropout=0.0, epochs=3, learning_rate=1e-2, batch_size=20)


@pytest.fixture(scope="module")
def drawn():
    return load_caption_scenes(40, "val", progress=False)


def uneven():
    owners = np.array([0, 0, 0, 1, 2, 2])
    zeros = np.zeros((3, 1, 2), np.float32)
    return Pairs(zeros, np.ones((3, 1), bool), np.ones((6, 2), int), np.full(6, 2), owners)


def test_batches_have_every_sentence_once_and_no_picture_twice():
    pairs, seen = uneven(), []
    for pictures, sentences in batches(pairs, 2, np.random.default_rng(0)):
        assert len(set(pictures)) == len(pictures)
        np.testing.assert_array_equal(pairs.owners[sentences], pictures)
        seen += sentences.tolist()
    assert len(seen) == len(set(seen)) >= 4  # a picture alone in a batch has no negatives


def test_training_learns_and_keeps_the_best(drawn):
    objects = data.objects_of_scenes(drawn)
    vocabulary, spread = Vocabulary.count(objects.flat_sentences, 1), data.Spread.of(objects)
    pairs = data.pairs_of(objects, vocabulary, spread)
    lines, model = [], MatchingModel(22, len(vocabulary), TINY)
    trainer = Trainer(model, pairs, pairs, report=lines.append)
    trainer.train()
    assert trainer.best == max(trainer.history) > 100
    assert len(lines) == len(trainer.history)
    assert lines[0].startswith("epoch 1: loss")


def test_words_that_are_not_known_become_unknown():
    words, lengths = data.numbers_of([["a", "b"], []], Vocabulary(["a"]))
    np.testing.assert_array_equal(words, [[4, 3], [0, 0]])
    np.testing.assert_array_equal(lengths, [2, 0])


def test_windows_slide_over_scenes(drawn):
    windows = data.windows_of_scenes(drawn)
    assert windows.regions.shape == (40, 25, 22)
    assert windows.boxes[0, 0].tolist() == [0, 0, 20 / SIDE, 20 / SIDE]


def test_a_query_needs_a_right_answer():
    with pytest.raises(ValueError, match="query 1 has no right answer"):
        retrieval.best_ranks(np.zeros((2, 2)), np.array([[True, False], [False, False]]))


def test_rows_beside_a_perfect_model():
    owners = np.array([0, 0, 1])
    right = retrieval.owned_by(owners, 2)
    kinds, fits = np.array([0, 1]), evaluation.same_text([["a"], ["b"], ["a"]], owners, 2)
    np.testing.assert_array_equal(fits, [[True, True, True], [True, False, True]])
    rows = evaluation.retrieval_rows(right * 1.0, owners, kinds, fits)
    np.testing.assert_array_equal(rows["model"][0], [100, 100, 100])
    np.testing.assert_allclose(rows["perfect search"][2], [200 / 3, 100, 100])
    np.testing.assert_array_equal(rows["kind of place alone"][2], [100, 100, 100])
    np.testing.assert_allclose(rows["chance"][0], [50, 100, 100])


def test_grounding_rows_by_hand():
    boxes = np.array([[[0, 0, 2, 2], [5, 5, 3, 3]]], dtype=float)
    rows = evaluation.grounding_rows(
        [np.array([0, 1])], boxes, np.ones((1, 2), bool), [0], [[[0], [0]]], boxes
    )
    assert rows == {"model": 0.5, "largest": 0.0, "chance": 0.5}


def test_sentences_are_grounded_and_told_from_foils(drawn):
    objects = data.objects_of_scenes(drawn)
    found, _ = runs.fit(TINY, objects, objects, "objects")
    pairs = data.pairs_of(objects, found.vocabulary, found.spread)
    grounded = evaluation.ground_sentences(found.models[0], pairs, 0.1)
    assert [len(one) for one in grounded] == pairs.lengths.tolist()
    assert all(objects.mask[n, regions].all() for n, regions in zip(pairs.owners, grounded))
    said = [one for five in drawn.sentences for one in five]
    foils = data.numbers_of([one["foil"] for one in said], found.vocabulary)
    rows = evaluation.foil_rows(found.models[0], pairs, *foils, [one["foil_kind"] for one in said])
    assert rows["colour"] > 60


def test_true_sentences_of_scenes(drawn):
    objects = data.objects_of_scenes(drawn)
    fits = evaluation.true_of_scenes(objects.flat_sentences[:10], drawn.scenes)
    assert fits[0, :5].all()
    assert fits[1, 5:].all()
    assert not fits.all()


def test_a_model_is_saved_and_loaded(tmp_path, drawn):
    objects = data.objects_of_scenes(drawn)
    one, _ = runs.fit(TINY, objects, objects, "objects")
    one.facts = {"data": "scenes"}
    one.save(tmp_path)
    other = matcher.Matcher.load(tmp_path)
    sentences = [["a", "red", "star"], ["a", "platypus"]]
    np.testing.assert_array_equal(one.scores(objects, sentences), other.scores(objects, sentences))
    assert other.unknown(["a", "platypus"]) == ["platypus"]
    with pytest.raises(ValueError, match="trained on regions of 22 numbers, but these have 3"):
        other.scores(data.RegionSet(np.zeros((1, 1, 3)), *[None] * 5), sentences)


def test_models_that_cannot_be_loaded(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no matcher\.npz; train one"):
        matcher.Matcher.load(tmp_path)
    matcher.save_tree(tmp_path / matcher.FILE, {"settings": {}})
    with pytest.raises(ValueError, match="is damaged, or of another version; train anew"):
        matcher.Matcher.load(tmp_path)


def test_sets_that_cannot_be_loaded():
    with pytest.raises(ValueError, match="no regions of the kind 'grid'; take objects or sliding"):
        sets.load_regions("scenes", ("val",), "grid")
    with pytest.raises(ValueError, match="the split 'best' has no pictures; these have: train"):
        sets.load_regions("scenes", ("best",))
