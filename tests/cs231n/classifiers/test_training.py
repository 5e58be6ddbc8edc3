"""Training on a whole set: what a run writes, that it goes on, and how pictures are varied."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from cs231n.classifiers import training
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.commands.support.cli import main
from cs231n.data_utils import load_pictures

pytestmark = pytest.mark.assignment2

TINY = training.Recipe("lenet5", num_training=300, num_epochs=2, batch_size=50, seed=1)


@pytest.fixture(autouse=True)
def small_sets(monkeypatch, tmp_path_factory):
    """Measure on 200 pictures where the command takes thousands."""
    folder = tmp_path_factory.getbasetemp() / "pictures-of-training"
    monkeypatch.setenv("CS231N_DATA_CACHE", str(folder))

    def few(name, num_training, num_validation, num_test, dtype):
        return load_pictures(name, num_training, 100, 200, dtype)

    monkeypatch.setattr(training.data_utils, "load_pictures", few)


def test_a_run_leaves_a_net_that_scores_what_it_says(tmp_path):
    run = training.train(TINY, "pictures10", tmp_path / "run")
    net = LayeredNet.load(run["net"])
    data = load_pictures("pictures10", 0, 0, 200, np.uint8)
    right = np.mean(net.predict(net.preprocess(data["X_test"])) == data["y_test"])
    assert run["test_accuracy"] == pytest.approx(right)
    assert net.class_names == data["classes"].tolist()
    assert run["parameters"] == sum(value.size for value in net.params.values())
    assert run["curves"].read_bytes().startswith(b"\x89PNG")
    assert 0 <= run["val_accuracy"] <= 1
    assert run["pictures"] == "pictures10"


class Stopped(Exception):
    """Stands for a machine that is switched off."""


def test_a_stopped_run_ends_as_one_that_went_through(tmp_path, monkeypatch):
    whole = training.train(TINY, "pictures10", tmp_path / "whole")
    measure = training.Solver._measure

    def stop_in_second_epoch(self):
        measure(self)
        if self.iteration > 1:
            self._save_checkpoint("latest")
            raise Stopped

    monkeypatch.setattr(training.Solver, "_measure", stop_in_second_epoch)
    with pytest.raises(Stopped):
        training.train(TINY, "pictures10", tmp_path / "stopped")
    monkeypatch.setattr(training.Solver, "_measure", measure)
    resumed = training.train(TINY, "pictures10", tmp_path / "stopped", resume=True)
    first, second = LayeredNet.load(whole["net"]), LayeredNet.load(resumed["net"])
    for name, value in first.params.items():
        np.testing.assert_array_equal(second.params[name], value)


def test_no_run_is_overwritten_and_none_resumed_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no run to resume: leave --resume out"):
        training.train(TINY, "pictures10", tmp_path, resume=True)
    (tmp_path / "run_latest.npz").write_bytes(b"")
    with pytest.raises(FileExistsError, match="holds a run already: go on with it"):
        training.train(TINY, "pictures10", tmp_path)


def test_the_command_trains_and_says_what_came_of_it(tmp_path):
    words = ["train", "--design", "lenet5", "--data", "pictures10", "--train-on", "200"]
    words += ["--epochs", "1", "--out", str(tmp_path / "run")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "62,006 parameters, trained for" in result.output
    assert "Accuracy on 10,000 test pictures of pictures10: " in result.output
    again = CliRunner().invoke(main, words)
    assert (again.exit_code, "holds a run already" in again.output) == (1, True)


def test_the_command_names_designs_it_knows(tmp_path):
    words = ["train", "--design", "alexnet", "--data", "pictures10", "--out", str(tmp_path / "a")]
    result = CliRunner().invoke(main, [*words, "--train-on", "100"])
    assert (result.exit_code, "no design 'alexnet'" in result.output) == (1, True)


def test_pictures_are_shifted_and_mirrored_whole(rng):
    X = rng.normal(size=(200, 2, 5, 6))
    np.random.seed(3)
    out = training.augment(X, shift=1)
    np.random.seed(3)
    np.testing.assert_array_equal(training.augment(X, shift=1), out)
    views = {}
    for before, after in zip(X, out):
        padded = np.pad(before, [(0, 0), (1, 1), (1, 1)])
        found = [
            (top, left, turn)
            for top in range(3)
            for left in range(3)
            for turn in (1, -1)
            if np.array_equal(padded[:, top : top + 5, left : left + 6][:, :, ::turn], after)
        ]
        assert len(found) == 1
        views[json.dumps(found[0])] = views.get(json.dumps(found[0]), 0) + 1
    assert len(views) == 18  # every shift, mirrored and not


def test_testing_sees_the_pictures_as_they_are(rng):
    net = LayeredNet([("affine", 3)], (2, 5, 6), seed=0)
    X = rng.normal(size=(4, 2, 5, 6))
    np.testing.assert_array_equal(training.Augmented(net).loss(X), net.loss(X))
