"""Texts in rows and sentences side by side."""

import numpy as np
import pytest

from cs231n.language.language_model import LanguageModel
from cs231n.language.streams import Trainer, run_stream, sentence_batch, stream_batches

pytestmark = pytest.mark.assignment4


def test_rows_of_a_text():
    x, y = stream_batches(np.arange(14), N=2, T=3)
    assert x.tolist() == [[[0, 1, 2], [6, 7, 8]], [[3, 4, 5], [9, 10, 11]]]
    np.testing.assert_array_equal(y, x + 1)


def test_a_text_that_is_too_short_is_refused():
    assert stream_batches(np.arange(7), 2, 3)[0].shape == (1, 2, 3)
    with pytest.raises(ValueError, match=r"2 rows of 3 tokens needs a text of 7; this one has 6"):
        stream_batches(np.arange(6), 2, 3)


def test_sentences_side_by_side():
    x, y, mask = sentence_batch([[3, 1], [], [2]], boundary=9)
    assert x.tolist() == [[9, 3, 1], [9, 9, 9], [9, 2, 9]]
    assert y.tolist() == [[3, 1, 9], [9, 9, 9], [2, 9, 9]]
    assert mask.tolist() == [[True] * 3, [True, False, False], [True, True, False]]


def test_pieces_of_a_text_have_the_losses_of_the_whole(rng):
    model = LanguageModel(5, 3, 4, num_layers=2, cell="tanh", dtype=np.float64)
    text = rng.integers(5, size=41)
    pieces = run_stream(model, *stream_batches(text, 2, 5))
    (whole,) = run_stream(model, *stream_batches(text, 2, 20))
    assert len(pieces) == 4
    assert np.mean(pieces) == pytest.approx(whole)


def test_a_step_goes_down_and_no_entry_goes_far(rng):
    model = LanguageModel(5, 3, 4, dtype=np.float64)
    before = {name: value.copy() for name, value in model.params.items()}
    trainer = Trainer(model, learning_rate=0.1, clip=0.5)
    trainer.step({name: np.full_like(value, 1e6) for name, value in before.items()})
    for name, value in before.items():
        np.testing.assert_allclose(model.params[name], value - 0.1, atol=1e-6)
