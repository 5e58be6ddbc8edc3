"""The captioner of the demonstration's diligent student.

Trained for 4 epochs, and judged on 2,000 scenes nobody has seen, see `SHARES` below.
"""

import io

import numpy as np
import pytest

from cs231n.caption_scenes import load_caption_scenes
from cs231n.hand_in_captioner import read_captioner, write_sentences
from cs231n.scene_features import scene_features
from cs231n.scene_telling import telling
from grading import train_captioner as module
from grading.train_captioner import train_captioner

pytestmark = pytest.mark.assignment3


@pytest.fixture(scope="module")
def arrays():
    files = train_captioner(epochs=1)
    assert list(files) == ["best_captioner.npz"]
    with np.load(io.BytesIO(files["best_captioner.npz"]), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def test_one_epoch_tells_more_than_any_single_sentence(arrays):
    val = load_caption_scenes(200, "val")
    sentences = write_sentences(read_captioner(arrays), scene_features(val.X))
    assert telling(sentences, val.scenes) > 0.15


def test_other_captions_are_not_trained_on(monkeypatch):
    few = {"train_features": np.zeros((3, 512))}
    monkeypatch.setattr(module, "load_coco_data", lambda pca_features: few)
    with pytest.raises(RuntimeError, match="not the embedded scenes; hide the others"):
        train_captioner()
