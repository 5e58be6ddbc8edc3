"""The commands `caption features`, `caption train` and `caption evaluate`."""

import json
import os
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from cs231n.captioning import features, sets
from cs231n.captioning.captioner import Captioner
from cs231n.commands.caption import command
from cs231n.commands.support.cli import main
from cs231n.data import downloads
from cs231n.drawn import scenes
from cs231n.files.vector_files import write_vectors
from cs231n.training import training_recipe

pytestmark = pytest.mark.assignment3
SMALL = ["--hidden", "6", "--batch-size", "9", "--epochs", "2", "--at-least", "1"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(scenes, "SIZES", {"train": 12, "val": 4, "test": 3})
    monkeypatch.setattr(scenes, "CHUNK", 12)

    def run_(*arguments):
        return CliRunner().invoke(command, [str(argument) for argument in arguments])

    return run_


def test_the_group_is_a_command_of_the_kit():
    result = CliRunner().invoke(main, ["caption", "--help"])
    for name in ("features", "train", "evaluate", "predict", "page"):
        assert f"\n  {name} " in result.output


def test_train_and_evaluate_on_the_embedded_scenes(run):
    result = run("train", "scenes", *SMALL, "--out", "a")
    assert result.exit_code == 0, result.output
    assert "nearest neighbour" in result.output
    assert "No row 'sentence of its kind': kinds of pictures are not known" in result.output
    result = run("evaluate", "a", "--split", "test", "--decoder", "beam", "--json")
    found = json.loads(result.stdout)
    assert (found["data"], found["split"], found["pictures"]) == ("scenes", "test", 3)
    assert found["rows"]["one of its own"]["truth"] == 1
    assert len(found["sentences"]) == 3
    result = run("evaluate", "a", "--decoder", "greedy")
    assert "scenes, val, 4 pictures" in result.output
    assert "greedy" in result.output


def test_words_may_start_from_a_file(run, tmp_path):
    write_vectors(tmp_path / "w.bin", ["a", "star", "chien"], np.ones((3, 5)))
    result = run("train", "scenes", *SMALL, "--word-vectors", "w.bin", "--out", "a")
    assert result.exit_code == 0, result.output
    assert " words started from w.bin, the others at random." in result.output
    assert "\n2 of " in result.output
    assert Captioner.load("a").models[0].params["W_embed"].shape[1] == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--word-vectors", "no.bin"], "no.bin does not exist"),
        (["features", "nix"], "there is no file or folder nix; There is no data set named"),
        (["features", "scenes"], "features of the embedded scenes are computed when"),
        (["train", "nix"], "there is no file or folder nix"),
        (["train", "scenes", "--resume"], "holds no run to resume"),
        (["train", "scenes", "--epochs", "0"], "num_epochs is 0, but should be 1 or more"),
        (["train", "scenes", "--dropout", "2"], "dropout at"),
        (["train", "scenes", "--picture", "no"], 'picture is "no"; it should be one of'),
        (["evaluate", "nix"], "nix holds no captioner; train one with"),
    ],
)
def test_what_can_be_foreseen_is_one_line(run, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    assert message in line


def test_train_says_what_is_not_written_before_it_reads_pictures(run, tmp_path, monkeypatch):
    def unwritten(captions, V, null):
        raise NotImplementedError("bias-from-counts: write it")

    def read(*args):
        raise AssertionError("pictures were read")

    monkeypatch.setattr(training_recipe, "bias_from_counts", unwritten)
    monkeypatch.setattr(sets, "_scenes", read)
    for _ in range(2):
        result = run("train", "scenes", *SMALL, "--out", "a")
        assert result.exit_code == 1
        assert "exercises of yours that are not written yet" in result.stderr
        assert not (tmp_path / "a").exists()


def test_evaluate_says_which_splits_there_are(run):
    run("train", "scenes", *SMALL, "--out", "a")
    result = run("evaluate", "a", "--split", "dev")
    assert result.exit_code == 1
    assert "there is no picture of the split 'dev'; there is: train, val, test." in result.stderr


def test_features_names_bad_pictures_and_goes_on(run, tmp_path, monkeypatch):
    def compute(X, extractor):
        return np.ones((len(X), 1280), dtype=np.float32)

    monkeypatch.setattr(features, "compute", compute)
    folder = tmp_path / "mine"
    folder.mkdir()
    rows = [{"filename": f"{i}.png", "split": "train", "sentences": []} for i in range(3)]
    (folder / "dataset.json").write_text(json.dumps({"images": rows}))
    result = run("features", "mine")
    assert result.exit_code == 1
    assert "none of the 3 pictures of mine could be read" in result.stderr
    from PIL import Image

    Image.new("RGB", (9, 9)).save(folder / "1.png")
    result = run("features", "mine", "--out", "made/f.npy")
    assert result.exit_code == 0
    assert result.stderr.count("left out: ") == 2
    assert "1 of 3 pictures have features: 1 computed now, 0 before." in result.stdout
    np.testing.assert_array_equal(np.isnan(np.load("made/f.npy")[:, 0]), [True, False, True])


@pytest.mark.data
def test_the_three_commands_on_real_photographs(run, tmp_path, monkeypatch):
    """Ten pictures each of two kinds, from the mirror: half to train on, half to validate."""
    monkeypatch.delenv("CS231N_DATA_CACHE")
    source = downloads.prepare("ucm-captions", progress=False)
    content = json.loads((source / "dataset.json").read_text())
    chosen = [
        [row for row in content["images"] if row["split"] == split and row["imgid"] // 100 == kind]
        for kind in (0, 3)
        for split in ("train", "val")
    ]
    chosen = [row for rows in chosen for row in rows[:5]]
    folder = tmp_path / "ucm"
    (folder / "images").mkdir(parents=True)
    for row in chosen:
        shutil.copy(source / "images" / row["filename"], folder / "images")
    (folder / "dataset.json").write_text(json.dumps({"images": chosen, "dataset": "ucm"}))
    if "CS231N_DATA_MIRROR" in os.environ:
        monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    result = run("features", folder)
    assert "20 of 20 pictures have features: 20 computed now" in result.stdout
    result = run("train", folder, *SMALL, "--out", "a")
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "a" / "run.json").read_text())["val"]
    assert found["rows"]["sentence of its kind"]["distinct_of_a_kind"] == 1
    assert found["rows"]["sentence of its kind"]["cider_d"] > 3
