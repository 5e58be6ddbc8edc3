"""The commands `rank features`, `train`, `evaluate`, `search` and `page`."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from cs231n.captioning import features as caption_features
from cs231n.commands.rank import command
from cs231n.drawn import scenes

pytestmark = pytest.mark.assignment4
SMALL = ["--dim", "8", "--epochs", "2", "--batch-size", "5"]
COLOURS = {"red": (220, 30, 30), "green": (30, 200, 40), "blue": (20, 40, 230), "grey": (90,) * 3}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in an empty folder; features of pictures are their mean colours."""

    def compute(X, extractor):
        found = np.zeros((len(X), caption_features.EXTRACTORS[extractor].dim), np.float32)
        found[:, :3] = found[:, 1280:1283] = X.mean(axis=(1, 2))
        return found

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(caption_features, "compute", compute)
    monkeypatch.setattr(scenes, "SIZES", {"train": 12, "val": 4, "test": 3})
    monkeypatch.setattr(scenes, "CHUNK", 12)
    return lambda *arguments: CliRunner().invoke(command, [str(one) for one in arguments])


@pytest.fixture
def pictures(tmp_path):
    """A folder of photographs of one colour each, with sentences."""
    folder, rows = tmp_path / "pictures", []
    folder.mkdir()
    for name, colour in COLOURS.items():
        Image.new("RGB", (30, 20), colour).save(folder / f"{name}.png")
        said = [{"raw": f"a {name} wall"}, {"raw": f"all is {name}"}]
        rows.append({"filename": f"{name}.png", "split": "train", "sentences": said})
    rows[3]["split"] = "val"
    rows.append({"filename": "gone.png", "split": "train", "sentences": [{"raw": "no file"}]})
    (folder / "dataset.json").write_text(json.dumps({"images": rows}))
    return folder


def test_scenes_are_learnt_and_measured(run):
    result = run("train", "scenes", "--out", "here", *SMALL)
    assert result.exit_code == 0, result.output
    made = run("page", "here", "--out", "page.html", "--most", "3")
    assert "Wrote page.html (3 pictures" in made.output
    for words in ("Learnt from 12 pictures", "model ", "perfect search", "chance", "Wrote here"):
        assert words in result.output
    again = run("train", "scenes", "--out", "here", *SMALL)
    assert again.exit_code == 1
    assert "here holds a run already; name another folder (--out)." in again.output
    rows = json.loads(run("evaluate", "here", "--split", "test", "--json").output)["rows"]
    assert rows["model"]["picture to sentence"][2] == 100


def test_photographs_are_learnt_and_found(run, pictures):
    assert "4 of 5 pictures have regions: 4 computed" in run("features", pictures).output
    result = run("train", pictures, "--out", "walls", *SMALL)
    assert result.exit_code == 0, result.output
    assert "left out:" in result.output
    assert "(1 picture," in run("page", "walls", "--out", "walls.html").output
    found = run("search", "walls", "a red platypus", pictures, "--best", "2")
    assert "not known: platypus" in found.output
    assert found.output.count(".png") == 2


def test_what_cannot_be_searched_for(run, pictures):
    run("train", pictures, "--out", "walls", *SMALL)
    result = run("search", "walls", "platypus", pictures)
    assert result.exit_code == 1
    assert "the model knows none of the words of 'platypus'" in result.output
    (pictures / "broken").mkdir()
    (pictures / "broken" / "one.png").write_bytes(b"no picture")
    result = run("search", "walls", "a wall", pictures / "broken")
    assert result.exit_code == 1
    assert "none of the 1 files could be read" in result.output
    assert "holds no matcher.npz" in run("search", "nowhere", "a wall", pictures).output


def test_what_cannot_be_trained_on(run, pictures):
    rows = json.loads((pictures / "dataset.json").read_text())
    for row in rows["images"]:
        row["split"] = "val"
    (pictures / "dataset.json").write_text(json.dumps(rows))
    assert "has no picture of the split train to learn from" in run("train", pictures).output
    assert "its splits: val" in run("evaluate", _trained(run), pictures, "--split", "test").output
    assert "scenes are computed when needed" in run("features", "scenes").output


def test_pictures_that_cannot_be_read_or_have_no_sentence(run, pictures):
    rows = json.loads((pictures / "dataset.json").read_text())
    rows["images"] = [rows["images"][-1], rows["images"][0] | {"sentences": []}]
    (pictures / "dataset.json").write_text(json.dumps(rows))
    result = run("train", pictures)
    assert "has no sentence" in result.output
    assert "has no picture that can be read and has a sentence in the split" in result.output
    (pictures / "red.png").write_bytes(b"no picture")
    assert "none of the 2 pictures could be read" in run("features", pictures).output


def _trained(run):
    """A run whose regions are photographs'."""
    from cs231n.language.vocabulary import Vocabulary
    from cs231n.matching.data import Spread
    from cs231n.matching.matcher import Matcher
    from cs231n.matching.model import MatchingModel
    from cs231n.matching.settings import Settings

    model = MatchingModel(1280, 5, Settings(dim=4))
    spread = Spread(np.zeros(1280, np.float32), np.ones(1280, np.float32))
    Matcher([model], Vocabulary(["a"]), spread, "grid", {"data": "x"}).save("made")
    return "made"
