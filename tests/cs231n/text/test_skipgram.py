"""Word vectors are trained: what is counted, what is learned, and what is refused."""

import numpy as np
import pytest

from cs231n.text.skipgram import Settings, SkipGram, count_pairs, expected_scores

pytestmark = pytest.mark.assignment4
SMALL = Settings(size=8, epochs=4, at_least=2, threshold=0.1)


@pytest.fixture(scope="module")
def sentences():
    """Animals eat, vehicles drive."""
    rng = np.random.default_rng(0)
    kinds = (
        (["dog", "cat", "cow"], ["eats", "sleeps"]),
        (["car", "bus", "van"], ["drives", "stops"]),
    )
    both = [kinds[i] for i in rng.integers(2, size=1500)]
    return [["a", str(rng.choice(nouns)), str(rng.choice(verbs))] for nouns, verbs in both]


def test_words_are_counted_and_rare_ones_left_out(sentences):
    model = SkipGram([*sentences, ["a", "hapax", "dog"]], SMALL)
    assert model.words[0] == "a"
    assert "hapax" not in model.words
    assert model.counts[0] == 1501
    assert len(model.centres) == 6 * 1500 + 2


def test_words_of_a_kind_come_to_lie_together(sentences):
    model = SkipGram(sentences, SMALL)
    losses = model.train(progress=False)
    assert len(losses) == 4
    assert losses[-1] < losses[0] < 6 * np.log(2)
    rows = model.V_in / np.linalg.norm(model.V_in, axis=1, keepdims=True)
    dog, cat, car = (rows[model.words.index(word)] for word in ("dog", "cat", "car"))
    assert dog @ cat > 0.8 > 0.5 > dog @ car
    expected, learned = expected_scores(model, sentences)
    assert np.corrcoef(expected, learned)[0, 1] > 0.6


def test_a_seed_makes_it_the_same(sentences):
    one, two = (SkipGram(sentences[:200], SMALL) for _ in range(2))
    one.train(progress=False), two.train(progress=False)
    np.testing.assert_array_equal(one.V_in, two.V_in)


def test_nothing_diverges_where_common_words_are_kept(sentences):
    model = SkipGram(sentences, Settings(size=8, epochs=3, threshold=1.0, learning_rate=1.0))
    assert np.isfinite(model.train(progress=False)).all()
    assert np.isfinite(model.V_in).all()


def test_pairs_are_counted_both_ways():
    table = count_pairs([["a", "b", "a"], ["c"]], ["a", "b", "c"], 1)
    np.testing.assert_array_equal(table, [[0, 2, 0], [2, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("sentences", [[["a"], ["b"], ["a"], ["b"]], [["a", "a"]] * 3])
def test_words_that_stand_alone_are_refused(sentences):
    with pytest.raises(ValueError, match="skip-gram needs words that stand beside others"):
        SkipGram(sentences, SMALL)


def test_no_word_is_common_enough():
    with pytest.raises(ValueError, match="no word comes 5 times"):
        SkipGram([["a", "b"]], Settings())


@pytest.mark.parametrize("name", ["size", "window", "negatives", "epochs", "at_least"])
def test_settings_count_from_one(name):
    with pytest.raises(ValueError, match=f"{name} is 0, but should be 1 or more"):
        Settings(**{name: 0})


@pytest.mark.parametrize("name", ["threshold", "learning_rate"])
def test_settings_are_above_zero(name):
    with pytest.raises(ValueError, match=f"{name} is 0, but should be above 0"):
        Settings(**{name: 0})
