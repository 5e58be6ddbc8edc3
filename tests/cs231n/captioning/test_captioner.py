"""A captioner: models, words and features in one file."""

import numpy as np
import pytest

from cs231n.captioning.captioner import FILE, Captioner
from cs231n.captioning.consensus import Memory
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.language import decoding
from cs231n.language.vocabulary import Vocabulary

pytestmark = pytest.mark.assignment3
WORDS = ["a", "red", "star", "ring"]


@pytest.fixture
def captioner(rng):
    vocabulary = Vocabulary(WORDS)
    models = [
        CaptioningRNN(vocabulary.word_to_idx, 7, 5, 6, cell, picture=picture, seed=i)
        for i, (cell, picture) in enumerate(
            [("lstm", "start"), ("rnn", "state"), ("lstm", "every")]
        )
    ]
    mean, scale = rng.standard_normal(7), rng.random(7) + 0.5
    memory = Memory(
        rng.standard_normal((3, 7)).astype(np.float16),
        [[["a", "star"]], [["a", "ring"]], [["red"]]],
        np.array([0, 1, 0]),
    )
    return Captioner(models, vocabulary, "given", {"data": "none"}, mean, scale, memory)


@pytest.fixture
def features(rng):
    return rng.standard_normal((4, 7)).astype(np.float32)


def test_an_ensemble_averages_probabilities(captioner, features):
    each = []
    for model in captioner.models:
        alone = Captioner(
            [model], captioner.vocabulary, "given", {}, captioner.mean, captioner.scale
        )
        state = alone.begin(features)
        _, state = alone.advance(state, np.full(4, 1))
        scores, _ = alone.advance(state, np.array([4, 5, 6, 7]))
        each.append(np.exp(scores))
    state = captioner.begin(features)
    _, state = captioner.advance(state, np.full(4, 1))
    scores, _ = captioner.advance(state, np.array([4, 5, 6, 7]))
    np.testing.assert_allclose(np.exp(scores), np.mean(each, axis=0), rtol=1e-6)
    np.testing.assert_allclose(np.exp(scores).sum(axis=1), 1)


def test_what_is_no_word_is_never_said(captioner, features):
    scores, _ = captioner.advance(captioner.begin(features), np.full(4, 1))
    assert np.isneginf(scores[:, [0, 1, 3]]).all()
    assert np.isfinite(scores[:, [2, 4, 5, 6, 7]]).all()


def test_logprobs_are_those_of_the_mean_probability(captioner, features):
    captions = np.array([[1, 4, 6, 2], [1, 7, 2, 0], [1, 3, 2, 0], [1, 2, 0, 0]])
    seen = captioner.normalised(features)
    each = [np.exp(model.logprobs(seen, captions)) for model in captioner.models]
    expected = np.log(np.mean(each, axis=0))
    np.testing.assert_allclose(captioner.logprobs(features, captions), expected, rtol=1e-9)
    assert captioner.logprobs(features, captions)[3, 1] == 0


def test_describe_is_what_the_decoders_say(captioner, features):
    row = features[0]
    greedy = decoding.greedy(captioner, row, 1, 2, 9)
    assert captioner.describe(row, max_length=9, decoder="greedy") == [greedy]
    beam = decoding.beam_search(captioner, row, 1, 2, 4, 9, 1.0, 3)
    assert captioner.describe(row, 4, 3, 1.0, 9, decoder="beam") == beam
    chosen = captioner.describe(row, best=2, max_length=9)
    assert len(chosen) == 2
    proposed = {sentence.words for sentence in captioner.describe(row, 20, 20, 1.0, 9, "beam")}
    assert {sentence.words for sentence in chosen} <= proposed


def test_write_is_greedy_for_many(captioner, features):
    alone = [captioner.describe(row, decoder="greedy", max_length=6)[0] for row in features]
    expected = [captioner.words(sentence).split() for sentence in alone]
    assert captioner.write(features, max_length=6) == expected


def test_a_captioner_survives_its_file(captioner, features, tmp_path):
    path = captioner.save(tmp_path / "run")
    again = Captioner.load(tmp_path / "run")
    assert path == tmp_path / "run" / FILE
    assert again.facts == {"data": "none"}
    assert (again.extractor, again.decoder) == ("given", "consensus")
    for row in features:
        assert again.describe(row, best=3) == captioner.describe(row, best=3)


def test_load_says_what_is_not_a_captioner(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no captioner; train one with"):
        Captioner.load(tmp_path)
    (tmp_path / FILE).write_bytes(b"PK")
    with pytest.raises(ValueError, match="is no checkpoint of this kit, or damaged"):
        Captioner.load(tmp_path)
    from cs231n.files.checkpoint import save_tree

    save_tree(tmp_path / FILE, {"form": "another"})
    with pytest.raises(ValueError, match="is no captioner of this kit; train it anew"):
        Captioner.load(tmp_path)


def changed_first_model(tree, **settings):
    tree["models"][0]["settings"] |= settings


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tree: tree.pop("words"), r"is damaged \(KeyError: 'words'\); train it anew"),
        (
            lambda tree: changed_first_model(tree, hidden_dim=40_000),
            "hidden_dim is 40000, its parameters have another size",
        ),
        (
            lambda tree: changed_first_model(tree, picture="step"),
            "parameters and settings do not fit",
        ),
        (lambda tree: changed_first_model(tree, bogus=1), "is damaged .TypeError: .*bogus"),
    ],
)
def test_load_says_what_is_damaged_before_it_makes_anything(captioner, tmp_path, change, message):
    path = captioner.save(tmp_path)
    tree = load_tree(path)
    change(tree)
    save_tree(path, tree)
    with pytest.raises(ValueError, match=message):
        Captioner.load(tmp_path)


def test_captioner_says_what_does_not_fit(captioner, features):
    with pytest.raises(ValueError, match="models is empty; give one CaptioningRNN or more"):
        Captioner([], captioner.vocabulary)
    with pytest.raises(ValueError, match="a model knows 8 words, but the vocabulary has 5"):
        Captioner(captioner.models, Vocabulary(["a"]))
    with pytest.raises(
        ValueError, match=r"features should be \(N, 7\) but are \(4, 6\); give those"
    ):
        captioner.begin(features[:, :6])
    with pytest.raises(ValueError, match="decoder is 'best' but should be one of greedy, beam"):
        captioner.describe(features[0], decoder="best")
    with pytest.raises(ValueError, match="features were given in a file"):
        captioner.features_of(np.zeros((1, 8, 8, 3), dtype=np.uint8))
    with pytest.raises(ValueError, match="features were given in a file"):
        assert captioner.picture_size
    captioner.memory = None
    assert captioner.decoder == "beam"
    with pytest.raises(ValueError, match="this captioner remembers no pictures, which consensus"):
        captioner.describe(features[0], decoder="consensus")
