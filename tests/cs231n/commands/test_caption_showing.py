"""The commands `caption predict` and `caption page`, on runs that were never trained."""

import builtins
import io
import json
import re
import tracemalloc
from collections import Counter
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from cs231n.captioning import features as caption_features
from cs231n.captioning import inputs, predictions
from cs231n.captioning.captioner import Captioner
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.commands.support.caption_showing import page, predict
from cs231n.language.vocabulary import Vocabulary
from cs231n.pages import captions

pytestmark = pytest.mark.assignment3
COMMAND = click.Group(commands={"predict": predict, "page": page})
SAMPLE = ("--decoder", "sample")
WORDS = ("a", "red", "circle", "there", "is", "blue", "star")


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A folder with a run for photographs, one for scenes, and one with features from a file."""

    def compute(X, extractor):
        features = np.zeros((len(X), caption_features.EXTRACTORS[extractor].dim), np.float32)
        features[:, :3] = X.mean(axis=(1, 2)) / 9
        return features

    monkeypatch.setattr(caption_features, "compute", compute)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    vocabulary = Vocabulary(WORDS)
    for extractor, dim in [("efficientnet-lite0", 1280), ("scenes", 864), ("given", 7)]:
        model = CaptioningRNN(vocabulary.word_to_idx, dim, 5, 6, "lstm", seed=1)
        facts = {"seed": 1, "scores": {"BLEU-4": 0.123456}, "of": [1, 2]}
        Captioner([model], vocabulary, extractor, facts).save(tmp_path / "runs" / extractor)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for name, colour in [("a.png", (200, 20, 40)), ("b.png", (20, 60, 220))]:
        Image.new("RGB", (40, 30), colour).save(pictures / name)
    return tmp_path


@pytest.fixture
def run(runs):
    def run_(*arguments):
        return CliRunner().invoke(COMMAND, [str(argument) for argument in arguments])

    return run_


def sentences(output):
    return re.findall(r"^ +(-[\d.]+)  (.*)$", output, re.MULTILINE)


def test_predict_prints_a_sentence_for_each_picture(run):
    result = run("predict", "runs/efficientnet-lite0", "pictures")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert (lines[0], lines[2]) == ("a.png", "b.png")
    assert all(set(text.split()) <= set(WORDS) for _, text in sentences(result.stdout))
    assert len(lines) == 4


def test_predict_prints_the_best_and_their_words_and_writes_json(run, runs):
    more = ("--best", 3, "--words", "--json", runs / "deep" / "out.json", "--decoder", "beam")
    result = run("predict", "runs/efficientnet-lite0", "pictures/b.png", *more)
    assert result.exit_code == 0
    assert len(sentences(result.stdout)) == 3
    [row] = json.loads((runs / "deep" / "out.json").read_text())
    assert (row["image_id"], row["file_name"]) == (0, "b.png")
    assert row["caption"] == sentences(result.stdout)[0][1]
    assert f"{row['logprob']:.2f}" == sentences(result.stdout)[0][0]
    assert len(row["others"]) == 2
    odds = [float(p) for p in re.findall(r"[a-zED<>]+ (\d\.\d\d)", result.stdout.splitlines()[2])]
    np.testing.assert_allclose(odds, np.exp([w["logprob"] for w in row["words"]]), atol=0.005)


def test_predict_reports_what_cannot_be_read_and_goes_on(run, runs):
    (runs / "pictures" / "a.png").write_bytes(b"nothing")
    result = run("predict", "runs/efficientnet-lite0", "pictures")
    assert result.exit_code == 0
    assert "pictures/a.png is damaged or no picture" in result.stderr
    assert result.stdout.startswith("b.png\n")


def test_predict_fails_if_none_could_be_read(run, runs):
    for name in ("a.png", "b.png"):
        (runs / "pictures" / name).write_bytes(b"")
    result = run("predict", "runs/efficientnet-lite0", "pictures", "--json", "out.json")
    assert result.exit_code == 1
    assert "none of the 2 files could be read" in result.stderr
    assert json.loads((runs / "out.json").read_text()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("predict", "runs/none", "pictures"), "holds no captioner; train one with"),
        (("predict", "runs/scenes", "pictures"), "trained on the embedded scenes and cannot see"),
        (("predict", "runs/given", "pictures"), "trained on features from a file"),
        (("predict", "runs/efficientnet-lite0", "nowhere"), "there is no file or folder nowhere"),
        (
            ("predict", "runs/efficientnet-lite0", "pictures", "--decoder", "greedy", "--best", 2),
            "greedy finds one sentence",
        ),
        (
            ("predict", "runs/efficientnet-lite0", "pictures", "--decoder", "consensus"),
            "remembers no pictures",
        ),
        (
            ("predict", "runs/efficientnet-lite0", "pictures", *SAMPLE, "--temperature", 0),
            "temperature is 0.0, but should be above 0",
        ),
        (("page", "runs/efficientnet-lite0", "scenes"), "has no words for the embedded scenes"),
        (("page", "runs/scenes", "scenes", "--split", "vla"), "split should be one of train, val"),
        (("page", "runs/scenes", "scenes", "--most", 1001), "there are 1,000 scenes"),
        (("page", "runs/efficientnet-lite0", "ucm"), "there is no file or folder ucm"),
    ],
)
def test_what_can_be_foreseen_is_one_sentence(run, arguments, words):
    result = run(*arguments)
    assert result.exit_code == 1
    *_, last = result.stderr.replace("\r", "\n").strip().splitlines()
    assert last.startswith("Error: ")
    assert words in last
    assert "Traceback" not in result.stderr


def test_a_sample_is_the_same_for_the_same_seed(run):
    common = ("predict", "runs/efficientnet-lite0", "pictures", *SAMPLE, "--best", 4)
    first, again = (run(*common, "--seed", 5).stdout for _ in range(2))
    assert first == again
    assert run(*common, "--seed", 6).stdout != first


def test_page_of_photographs(run, runs):
    (runs / "pictures" / "c.png").write_bytes(b"")
    result = run("page", "runs/efficientnet-lite0", "pictures", "--out", "pages/deep/p.html")
    assert result.exit_code == 0
    assert result.stdout.startswith("Wrote pages/deep/p.html (2 pictures, 0.0 MB): open it")
    text = (runs / "pages" / "deep" / "p.html").read_text()
    assert "<title>What “efficientnet-lite0” says about pictures</title>" in text
    assert "<dt>training: scores</dt><dd>BLEU-4 0.1235</dd>" in text
    assert "<dt>training: of</dt><dd>1, 2</dd>" in text
    assert "<dt>shown</dt><dd>pictures</dd>" in text
    assert "<dt>decoder</dt><dd>beam of 5, ranked by log-probability per word</dd>" in text
    assert "<li>pictures/c.png is empty</li>" in text
    assert re.search(r"^pictures/c\.png is empty$", result.stderr.replace("\r", "\n"), re.MULTILINE)
    [rows] = re.findall(r'<script type="application/json">(.*?)</script>', text)
    assert [len(row["s"]) for row in json.loads(rows)] == [5, 5]


def test_page_of_scenes(run, runs):
    arguments = ("--most", 6, "--decoder", "greedy", "--out", "page.html")
    result = run("page", "runs/scenes", "scenes", *arguments)
    assert result.exit_code == 0
    text = (runs / "page.html").read_text()
    assert "<title>What “scenes” says about embedded scenes (val)</title>" in text
    assert "true sentences" in text
    [rows] = re.findall(r'<script type="application/json">(.*?)</script>', text)
    rows = json.loads(rows)
    assert [row["n"] for row in rows] == [f"scene val/{i}" for i in range(6)]
    assert all(row["s"][0][3] in ("true", "false", "ungrammatical") for row in rows)


def test_page_of_nothing_that_can_be_read(run, runs):
    for name in ("a.png", "b.png"):
        (runs / "pictures" / name).write_bytes(b"")
    result = run("page", "runs/efficientnet-lite0", "pictures")
    assert result.exit_code == 1
    assert "none of the 2 pictures could be read" in result.stderr


@pytest.fixture
def counted(monkeypatch):
    """How often each file is opened, and how many pictures are decoded."""
    opened, decoded, plain_open, plain_decode = Counter(), [], io.open, Image.open

    def count_open(file, *args, **kwargs):
        opened[Path(file).name if isinstance(file, str | Path) else file] += 1
        return plain_open(file, *args, **kwargs)

    def count_decode(file, *args, **kwargs):
        decoded.append(file)
        return plain_decode(file, *args, **kwargs)

    for module in (io, builtins):
        monkeypatch.setattr(module, "open", count_open)
    monkeypatch.setattr(Image, "open", count_decode)
    return opened, decoded


@pytest.mark.parametrize("warm", [False, True])
def test_a_photograph_on_its_way_to_the_page_is_read_and_decoded_once(run, counted, warm):
    opened, decoded = counted
    words = ("page", "runs/efficientnet-lite0", "pictures", "--best", 1)
    if warm:  # features are in the cache, the pictures have to be decoded to be shown
        run("predict", "runs/efficientnet-lite0", "pictures")
        opened.clear()
        decoded.clear()
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert (opened["a.png"], opened["b.png"], len(decoded)) == (1, 1, 2)


def test_a_photograph_whose_features_are_known_is_not_decoded_to_be_told_of(run, counted):
    opened, decoded = counted
    first = run("predict", "runs/efficientnet-lite0", "pictures")
    assert (opened["a.png"], opened["b.png"], len(decoded)) == (1, 1, 2)
    again = run("predict", "runs/efficientnet-lite0", "pictures")
    assert (opened["a.png"], opened["b.png"], len(decoded)) == (2, 2, 2)
    assert again.stdout == first.stdout


def test_what_waits_for_the_page_takes_little_memory(runs, monkeypatch):
    chunk, count = 4, 40
    monkeypatch.setattr(caption_features, "CHUNK", chunk)
    paths = [runs / "pictures" / f"{i}.png" for i in range(count)]
    for i, path in enumerate(paths):
        Image.new("RGB", (300, 300), (6 * i, 90, 20)).save(path)
    captioner = Captioner.load(runs / "runs" / "efficientnet-lite0")
    tracemalloc.start()
    found = inputs.photographs(captioner, paths, shown=True)
    told = predictions.predict(captioner, found, predictions.Plan("greedy"))
    kept = [captions.with_thumbnail(one) for one in told]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == count
    assert all(one.picture.pixels is None and one.picture.thumbnail for one in kept)
    assert peak < 4 * chunk * 224 * 224 * 3  # all pictures would take ten chunks
