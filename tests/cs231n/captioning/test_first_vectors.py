"""Captioners whose words start from vectors of a file."""

import numpy as np
import pytest

from cs231n.captioning.first_vectors import FirstVectors, read_first_vectors
from cs231n.captioning.settings import Settings
from cs231n.files.vector_files import write_vectors

pytestmark = pytest.mark.assignment4


def test_rows_of_known_words_are_overwritten_on_the_scale_of_the_others(rng):
    table = rng.normal(size=(60, 5))
    before, words = table.copy(), {f"w{i}": i for i in range(60)}
    vectors = 40 * rng.normal(size=(31, 5))
    first = FirstVectors([*(f"w{2 * i}" for i in range(30)), "elsewhere"], vectors)
    assert first.put(table, words) == 30
    np.testing.assert_array_equal(table[1::2], before[1::2])
    ratio = table[::2] / vectors[:30]
    np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(np.mean(table[::2] ** 2)), before.std(), rtol=1e-5)


def test_the_file_says_how_long_vectors_are(tmp_path):
    write_vectors(tmp_path / "x.vec", ["dog", "cat"], np.ones((2, 7)))
    asked = Settings(wordvec_dim=3, word_vectors=str(tmp_path / "x.vec"))
    settings, first = read_first_vectors(asked, ["<NULL>", "a", "cat"])
    assert settings.wordvec_dim == 7
    assert first.words == ["cat"]


def test_without_a_file_nothing_changes():
    assert read_first_vectors(Settings(), ["a"]) == (Settings(), None)


def test_a_file_without_any_of_the_words_is_refused(tmp_path):
    write_vectors(tmp_path / "x.vec", ["chien"], np.ones((1, 7)))
    with pytest.raises(ValueError, match="has a vector for none of the 2 words"):
        read_first_vectors(Settings(word_vectors=str(tmp_path / "x.vec")), ["a", "dog"])
