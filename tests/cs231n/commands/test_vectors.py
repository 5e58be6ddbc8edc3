"""The commands `vectors train`, `vectors nearest` and `vectors map`."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from cs231n.commands.support.cli import main
from cs231n.commands.vectors import command
from cs231n.files.vector_files import read_vectors, write_vectors
from cs231n.text import sentences

pytestmark = pytest.mark.assignment4


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sentences, "SIZES", {"train": 80})

    def run_(*arguments):
        return CliRunner().invoke(command, [str(argument) for argument in arguments])

    return run_


@pytest.fixture
def words(tmp_path):
    """A file of fifteen words, the first two of which are short."""
    rng = np.random.default_rng(0)
    write_vectors(
        tmp_path / "w.txt", ["a", "of", *(f"w{i}x" for i in range(13))], rng.normal(size=(15, 4))
    )
    return tmp_path / "w.txt"


def test_the_group_is_a_command_of_the_kit():
    result = CliRunner().invoke(main, ["vectors", "--help"])
    for name in ("train", "nearest", "map"):
        assert f"\n  {name} " in result.output


@pytest.mark.parametrize("name", ["x.bin", "x.vec", "x.txt"])
def test_train_on_scenes_then_ask(run, name):
    result = run("train", "scenes", "--out", f"runs/{name}", "--epochs", 2, "--size", 12)
    assert result.exit_code == 0, result.output
    assert "400 sentences" in result.stderr
    assert f"Wrote runs/{name}." in result.stdout
    known, vectors = read_vectors(f"runs/{name}")
    assert known[0] == "a"
    assert vectors.shape == (len(known), 12)
    result = run("nearest", f"runs/{name}", "red", "blue", "-k", 3)
    assert len(result.stdout.splitlines()) == 3
    assert not {"red", "blue"} & {line.split()[1] for line in result.stdout.splitlines()}


def test_nearest_answers_analogies(run, words):
    write_vectors("man.vec", ["man", "men", "dog", "dogs"], [[1, 0], [1, 1], [-1, 0.1], [-1, 1]])
    result = run("nearest", "man.vec", "man", "men", "dog", "--analogy")
    assert result.stdout.split()[1] == "dogs"


@pytest.mark.parametrize("layout", ["tsne", "pca"])
def test_a_map_is_a_picture(run, words, layout):
    result = run("map", words, "--out", "m/map.png", "--groups", 3, "--layout", layout)
    assert result.exit_code == 0, result.output
    assert "Wrote m/map.png: 13 words." in result.stdout
    assert sum(int(line.split()[-2]) for line in result.stdout.splitlines()[:-1]) == 13
    with Image.open("m/map.png") as picture:
        assert picture.width > 800


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "scenes", "--out", "x.npz"], "x.npz should end in .vec, .bin or .txt"),
        (["train", "scenes", "--epochs", 0], "epochs is 0, but should be 1 or more"),
        (["train", "nothing.txt"], "there is no file nothing.txt"),
        (["nearest", "nothing.bin", "dog"], "nothing.bin does not exist; give the path"),
        (["nearest", "w.txt", "dog"], "There is no vector for 'dog' among 15 words"),
        (["nearest", "w.txt", "w1x", "--analogy"], "an analogy has three words, A B C, but 1"),
        (["map", "empty.txt"], "empty.txt is empty"),
    ],
)
def test_what_is_wrong_is_one_line(run, words, tmp_path, arguments, message):
    (tmp_path / "empty.txt").write_text("")
    result = run(*arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.strip().count("\n") == 0
