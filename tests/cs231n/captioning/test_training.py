"""How a captioner is trained: its batches, its averages, its words."""

import numpy as np
import pytest

from cs231n import optim
from cs231n.captioning.captioner import Captioner
from cs231n.captioning.sets import CaptionSet
from cs231n.captioning.settings import Settings
from cs231n.captioning.training import ByLength, arrays_of, require_written, split_off, train_model
from cs231n.checks.table import read_table
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.language import decoding, sentence_scores
from cs231n.training import training_recipe

pytestmark = pytest.mark.assignment3
SETTINGS = Settings(
    hidden_dim=6, wordvec_dim=5, num_epochs=3, batch_size=7, at_least=2, dropout=0.2, seed=4
)
SAID = [
    ["a red star", "there is one red star", "star"],
    ["a blue ring", "one ring is there", "ring"],
]


@pytest.fixture
def sets(rng):
    """Twenty pictures to train on and six to validate on, of two kinds that features tell."""

    def make(n):
        kinds = np.arange(n) % 2
        said = np.empty(n, dtype=object)
        said[:] = [[text.split() for text in SAID[kind]] for kind in kinds]
        features = rng.standard_normal((n, 4)).astype(np.float32) + 3 * kinds[:, None]
        features[:, 3] = 1
        none = np.full(n, None)
        return CaptionSet(
            np.full(n, "train"), np.arange(n).astype(str), said, features, kinds, none
        )

    return make(20), make(6)


def solver_of(data, **kwargs):
    model = CaptioningRNN(data["word_to_idx"], 4, 5, 6, "lstm", dropout=0.2, fast=True, seed=0)
    return ByLength(model, data, update_rule="adam", verbose=False, seed=1, **kwargs)


def test_arrays_of_standardises_by_the_training_pictures(sets):
    data, vocabulary, (mean, scale) = arrays_of(*sets, SETTINGS)
    np.testing.assert_allclose(data["train_features"][:, :3].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(data["train_features"][:, :3].std(axis=0), 1, rtol=1e-5)
    np.testing.assert_array_equal(data["val_features"], (sets[1].features - mean) / scale)
    assert np.isfinite(data["val_features"]).all()
    assert data["train_captions"].shape == (60, 7)
    assert data["val_captions"].shape == (18, 7)
    assert sorted(vocabulary.idx_to_word[4:]) == [
        "a",
        "blue",
        "is",
        "one",
        "red",
        "ring",
        "star",
        "there",
    ]


def test_an_epoch_takes_every_sentence_once_with_others_of_its_length(sets):
    data, _, _ = arrays_of(*sets, SETTINGS)
    solver = solver_of(data, batch_size=5, num_epochs=1)
    order = solver._new_order(60)
    assert sorted(order) == list(range(60))
    lengths = (data["train_captions"] != 0).sum(axis=1)[order].reshape(12, 5)
    assert np.ptp(lengths, axis=1).mean() < 1
    assert (order != solver._new_order(60)).any()


def test_batches_are_as_long_as_their_longest_sentence(sets):
    data, _, _ = arrays_of(*sets, SETTINGS)
    solver = solver_of(data, batch_size=5, num_epochs=1)
    captions, features = solver._batch()
    assert captions.shape[1] == (captions != 0).sum(axis=1).max()
    assert features.shape == (5, 4)


def test_validation_sees_the_mean_of_the_parameters(sets):
    data, _, _ = arrays_of(*sets, SETTINGS)
    seen = []
    solver = solver_of(
        data,
        batch_size=20,
        num_epochs=2,
        val_every=1 / 3,
        measure=lambda model: seen.append(model.params["Wh"].copy()) or len(seen),
    )
    steps, mean = [], None
    for number in range(1, 7):
        solver.train(steps=1)
        if number < 6:
            steps.append(solver.model.params["Wh"].copy())
            share = max(0.01, 9 / (9 + number))
            mean = steps[-1] if mean is None else mean + share * (steps[-1] - mean)
            np.testing.assert_allclose(seen[-1], mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(solver.model.params["Wh"], seen[-1])
    assert (seen[-2] != steps[-1]).any()


def test_train_model_learns_to_tell_the_kinds(sets, tmp_path):
    longer = {"num_epochs": 60, "patience": 60, "learning_rate": 0.005}
    settings = Settings(**{**vars(SETTINGS), **longer, "hidden_dim": 20, "dropout": 0.0})
    data, vocabulary, _ = arrays_of(*sets, settings)
    model, solver = train_model(settings, data, sets[1], tmp_path / "m", 3, progress=False)
    sentences = Captioner([model], vocabulary).write(data["val_features"])
    assert ["star" in words for words in sentences] == [True, False] * 3
    assert ["ring" in words for words in sentences] == [False, True] * 3
    assert solver.val_history[0][1] < solver.best_value


def test_train_model_resumes_to_the_last_bit(sets, tmp_path):
    data, _, _ = arrays_of(*sets, SETTINGS)
    whole, _ = train_model(SETTINGS, data, sets[1], tmp_path / "whole", 3, progress=False)
    short = Settings(**{**vars(SETTINGS), "num_epochs": 1})
    train_model(short, data, sets[1], tmp_path / "part", 3, progress=False)
    again, solver = train_model(
        SETTINGS, data, sets[1], tmp_path / "part", 3, resume=True, progress=False
    )
    assert solver.epoch == 3
    for name, value in whole.params.items():
        np.testing.assert_array_equal(again.params[name], value)


def test_split_off_takes_a_tenth(sets):
    train, val = split_off(sets[0], seed=0)
    assert (len(train), len(val)) == (18, 2)
    assert set(train.names) | set(val.names) == set(sets[0].names)
    with pytest.raises(ValueError, match="there is 1 picture to train on; give 2 or more"):
        split_off(sets[0].rows(np.array([0])), seed=0)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("models", 0, "models is 0, but should be 1 or more"),
        ("batch_size", -1, "batch_size is -1, but should be 1 or more"),
        ("learning_rate", 0.0, "learning_rate is 0.0, but should be above 0"),
    ],
)
def test_settings_say_what_is_too_small(name, value, message):
    with pytest.raises(ValueError, match=message):
        Settings(**{name: value})


EXERCISES = {(row.module, row.name): row.id for row in read_table().values()}


def unwrite(monkeypatch, module, name):
    """Put the stub of an exercise in its place, as a release has it."""
    monkeypatch.setattr(module, name, None)
    stub = f"raise NotImplementedError('{EXERCISES[module.__name__, name]}: write it in that file')"
    exec(f"def {name}(*args, **kwargs): {stub}", vars(module))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (optim, "adam"),
        (training_recipe, "bias_from_counts"),
        (training_recipe, "clip_elementwise"),
        (training_recipe, "perplexity"),
        (training_recipe, "exchange_pictures"),
        (training_recipe, "snapshot"),
        (training_recipe, "restore"),
        (decoding, "log_softmax"),
        (decoding, "extend_beams"),
        (decoding, "beam_search"),
        (sentence_scores, "clipped_matches"),
        (sentence_scores, "brevity_penalty"),
        (sentence_scores, "longest_common"),
    ],
)
def test_what_is_not_written_is_named(monkeypatch, module, name):
    require_written()
    unwrite(monkeypatch, module, name)
    file = module.__name__.replace(".", "/") + ".py"
    exercise = EXERCISES[module.__name__, name]
    message = rf"not written yet: {name} in {file}\. Write .* `python -m cs231n check {exercise}`"
    with pytest.raises(NotImplementedError, match=message):
        require_written()


def test_all_that_is_not_written_is_named_at_once(monkeypatch):
    for module, name in (
        (training_recipe, "bias_from_counts"),
        (training_recipe, "snapshot"),
        (decoding, "extend_beams"),
    ):
        unwrite(monkeypatch, module, name)
    places = (
        r"bias_from_counts, snapshot in cs231n/training/training_recipe\.py; "
        r"extend_beams in cs231n/language/decoding\.py\. "
        r".* check bias-from-counts extend-beams solver-snapshot`"
    )
    with pytest.raises(NotImplementedError, match=places):
        require_written()


def test_a_slip_in_an_exercise_is_no_missing_one(monkeypatch):
    """What it should return is for the checks to say."""
    monkeypatch.setattr(training_recipe, "perplexity", lambda logprobs, mask: None)
    require_written()
