"""The captioner of the demonstration's diligent student, trained for a moment and graded."""

import io

import numpy as np
import pytest

from cs231n.checks.table import read_table
from cs231n.drawn.features import scene_features
from cs231n.drawn.scenes import load_caption_scenes
from cs231n.drawn.telling import telling
from cs231n.handin.captioner import read_captioner, write_sentences
from grading.authoring import train_captioner as module
from grading.authoring.train_captioner import train_captioner
from grading.intake.collect import Submission
from grading.jail.jail import Jail
from grading.judging.verifier import Oracles, hidden_resources, verify

pytestmark = pytest.mark.assignment3


@pytest.fixture(scope="module")
def files():
    return train_captioner(epochs=1)


def test_one_epoch_tells_more_than_any_single_sentence(files):
    assert list(files) == ["best_captioner.npz"]
    with np.load(io.BytesIO(files["best_captioner.npz"]), allow_pickle=False) as archive:
        model = read_captioner({name: archive[name] for name in archive.files})
    val = load_caption_scenes(200, "val")
    sentences = write_sentences(model, scene_features(val.X))
    assert telling(sentences, val.scenes) > 0.15


def test_other_captions_are_not_trained_on(monkeypatch):
    few = {"train_features": np.zeros((3, 512))}
    monkeypatch.setattr(module, "load_coco_data", lambda pca_features: few)
    with pytest.raises(RuntimeError, match="not the embedded scenes; hide the others"):
        train_captioner()


def test_the_grader_reads_the_numbers_and_no_line_of_the_students(files):
    modules = {"cs231n/rnn_layers.py": b"raise SystemExit"}
    submission = Submission("ada", modules=modules, hand_in=files)
    with Jail({"cs231n/__init__.py": b""}, "rlimits") as jail:
        row = read_table()["captioner-tuned"]
        (result,) = verify(submission, [row], jail, Oracles({}), (231, 7), hidden_resources(5))
    assert (result.flags, result.status) in [([], "partial"), ([], "pass")]
    assert result.points >= 4  # an epoch goes past the second step


def test_hidden_scenes_depend_on_the_secret_and_are_not_to_be_changed():
    first, again, other = (hidden_resources(secret)["scenes"] for secret in (5, 5, 6))
    X, worlds = first(3)
    X[:] = 0
    worlds.clear()
    np.testing.assert_array_equal(first(3)[0], again(3)[0])
    assert len(first(3)[1]) == 3
    assert (again(3)[0] != other(3)[0]).any()
