"""Runs of `caption train`: folders that can be gone on with."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from children import wait_until

from cs231n.captioning import runs
from cs231n.captioning.captioner import Captioner
from cs231n.captioning.runs import data_of, train_run
from cs231n.captioning.settings import Settings

pytestmark = pytest.mark.assignment3
SETTINGS = Settings(
    hidden_dim=7, wordvec_dim=7, batch_size=8, num_epochs=6, patience=6, at_least=2, models=2
)
SAID = [["a red star", "there is a red star"], ["a blue ring", "one blue ring"]]
OPTIONS = {"hidden": 7, "batch-size": 8, "epochs": 6, "patience": 6, "at-least": 2, "models": 2}
SLOWLY = """
import sys, time
from cs231n.captioning.training import ByLength
from cs231n.commands.support.cli import main
step = ByLength._step
def _step(self):
    time.sleep(0.03)
    step(self)
ByLength._step = _step
main()
"""


@pytest.fixture
def data(tmp_path):
    """A dataset.json of 24 pictures, which nobody looks at, and a file of their features."""
    images = [
        {
            "filename": f"{i}.jpg",
            "split": "val" if i % 6 == 5 else "train",
            "sentences": [{"raw": text} for text in SAID[i % 2]],
        }
        for i in range(24)
    ]
    (tmp_path / "dataset.json").write_text(json.dumps({"images": images}))
    rng = np.random.default_rng(0)
    features = rng.standard_normal((24, 5)) + 2 * (np.arange(24) % 2)[:, None]
    np.save(tmp_path / "features.npy", features)
    return tmp_path / "dataset.json", tmp_path / "features.npy"


def run(data, out, **kwargs):
    return train_run(SETTINGS, str(data[0]), out, str(data[1]), progress=False, **kwargs)


def test_train_run_writes_what_it_came_to(data, tmp_path):
    result, evaluation = run(data, tmp_path / "run")
    captioner = Captioner.load(tmp_path / "run")
    assert (captioner.extractor, len(captioner.models)) == ("given", 2)
    assert captioner.facts["val_cider_d"] == pytest.approx(
        evaluation.rows["consensus"]["cider_d"], abs=5e-4
    )
    written = json.loads((tmp_path / "run" / "run.json").read_text())
    assert written == json.loads(json.dumps(result))
    assert written["recipe"]["seed"] == SETTINGS.seed
    assert len(written["digests"]["train"]) == 64
    assert (tmp_path / "run" / "training.png").read_bytes()[:4] == b"\x89PNG"
    first, second = captioner.models
    assert (first.params["Wh"] != second.params["Wh"]).any()
    assert data_of(tmp_path / "run") == (str(data[0]), str(data[1]))


def test_a_killed_run_goes_on_to_the_same_weights(data, tmp_path):
    run(data, tmp_path / "whole")
    options = [text for name, value in OPTIONS.items() for text in (f"--{name}", str(value))]
    command = ["caption", "train", str(data[0]), "--features", str(data[1]), *options]
    out = ["--out", str(tmp_path / "part")]
    running = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, *command, *out],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    wait_until((tmp_path / "part" / "model2_latest.npz").exists, running)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert not (tmp_path / "part" / "captioner.npz").exists()
    result, _ = run(data, tmp_path / "part", resume=True)
    assert result["resumed"]
    whole, part = Captioner.load(tmp_path / "whole"), Captioner.load(tmp_path / "part")
    for one, other in zip(whole.models, part.models, strict=True):
        for name, value in one.params.items():
            np.testing.assert_array_equal(other.params[name], value)


def test_a_set_without_validation_gives_a_tenth_of_it(data, tmp_path):
    content = json.loads(data[0].read_text())
    for image in content["images"]:
        image["split"] = "train"
    data[0].write_text(json.dumps(content))
    short = Settings(**{**vars(SETTINGS), "num_epochs": 1, "models": 1})
    _, evaluation = train_run(short, str(data[0]), tmp_path / "run", str(data[1]), progress=False)
    assert len(evaluation.sentences) == 2


def test_runs_are_neither_overwritten_nor_mixed(data, tmp_path):
    out = tmp_path / "run"
    with pytest.raises(FileNotFoundError, match="holds no run to resume: leave --resume out"):
        run(data, out, resume=True)
    run(data, out)
    with pytest.raises(FileExistsError, match="holds a run already: go on with it"):
        run(data, out)
    data[0].write_text(data[0].read_text().replace("one blue ring", "two blue rings"))
    with pytest.raises(ValueError, match="is not what it was when the run in"):
        run(data, out, resume=True)
    (out / "settings.json").write_text("{")
    with pytest.raises(ValueError, match="is damaged, or of another version; begin another run"):
        run(data, out, resume=True)
    with pytest.raises(FileNotFoundError, match=r"holds no settings\.json that would say what"):
        data_of(tmp_path)


def test_a_folder_in_which_nothing_was_trained_is_taken_again(data, tmp_path, monkeypatch):
    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(runs, "train_model", stopped)
        with pytest.raises(KeyboardInterrupt):
            run(data, tmp_path / "run")
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["settings.json"]
    other = Settings(**{**vars(SETTINGS), "num_epochs": 1, "models": 1})
    train_run(other, str(data[0]), tmp_path / "run", str(data[1]), progress=False)
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert settings["recipe"]["num_epochs"] == 1


def test_a_run_with_a_checkpoint_is_not_overwritten(data, tmp_path):
    (tmp_path / "settings.json").write_text("{}")
    (tmp_path / "model1_latest.npz").touch()
    with pytest.raises(FileExistsError, match="holds a run already: go on with it"):
        run(data, tmp_path)
