"""The commands `language train`, `language evaluate` and `language sample`."""

import json
import os
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from cs231n.commands.language import command
from cs231n.commands.support.cli import main
from cs231n.text import memory

pytestmark = pytest.mark.assignment4

SMALL = ["--hidden", "8", "--vector", "4", "--batch-size", "4", "--steps", "10", "--epochs", "1"]
SMALL += ["--orders", "2", "--val-every", "20", "--checkpoint-every", "5"]
TEXT = "f(abc) and [d] or {e}\n    one more line\n    another one\n\n" * 40


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(memory, "WRITTEN", 100)
    (tmp_path / "text.txt").write_text(TEXT)

    def run_(*arguments):
        return CliRunner().invoke(command, [str(argument) for argument in arguments])

    return run_


def test_the_group_is_a_command_of_the_kit():
    result = CliRunner().invoke(main, ["language", "--help"])
    for name in ("train", "evaluate", "sample"):
        assert f"\n  {name} " in result.output


def test_train_evaluate_and_sample_characters(run):
    result = run("train", "text.txt", *SMALL, "--out", "a")
    assert result.exit_code == 0, result.output
    assert "bits per character" in result.output
    assert "2-gram" in result.output
    assert "better than the best n-gram (Witten-Bell, order 2)" in result.output
    result = run("evaluate", "a")
    assert "Beyond the reach of the 2-gram" in result.output
    found = json.loads(run("evaluate", "a", "--json").stdout)
    assert found["best_order"] == 2
    assert found["memory"]["reach"] == 1
    assert found["tokens"] == len(TEXT) // 10
    one = run("sample", "a", "--prime", "and ", "--length", 50, "--seed", 3)
    assert one.stdout.startswith("and ")
    assert one.stdout == run("sample", "a", "--prime", "and ", "--length", 50, "--seed", 3).stdout
    greedy = run("sample", "a", "--greedy", "--length", 300, "--count", 2)
    assert "it goes round in a circle: " in greedy.stderr
    assert "\n--------\n" in greedy.stdout


def test_train_and_sample_words(run):
    rows = [f"{i}.jpg\tA dog sees {k} cats .\n" for i in range(30) for k in range(5)]
    with open("said.tsv", "w") as file:
        file.writelines(rows)
    result = run("train", "said.tsv", "--level", "words", *SMALL, "--out", "w")
    assert result.exit_code == 0, result.output
    assert "3 of 30 pictures" in result.output
    for name in ("perplexity", "unknown", "of known words"):
        assert name in result.output
    assert run("sample", "w", "--prime", "A dog", "--count", 3).stdout.count("A dog ") == 3
    assert "Beyond" not in run("evaluate", "w").output


def test_bytes_of_any_text(run, tmp_path):
    (tmp_path / "greek.txt").write_text("αβγ δε\n" * 200, encoding="utf-8")
    cell = ["--cell", "rnn", "--activation", "relu", "--layers", 1, "--rule", "rmsprop"]
    result = run("train", "greek.txt", "--level", "bytes", *SMALL, *cell, "--out", "b")
    assert result.exit_code == 0, result.output
    assert "bits per byte" in result.output
    assert run("sample", "b", "--prime", "α", "--length", 9).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "nix.txt"], "there is no file nix.txt; check its name"),
        (["train", "docstring"], "There is no data set named 'docstring'"),
        (["train", "text.txt", "--hidden", "0"], "hidden_dim is 0, but should be 1 or more"),
        (["train", "text.txt", "--batch-size", "999"], "a batch of 999 rows of 64 tokens needs"),
        (["train", "--resume", "--out", "nix"], "nix holds no run to resume"),
        (["evaluate", "nix"], "nix holds no model.npz: train one there with"),
        (["sample", "nix"], "nix holds no model.npz"),
    ],
)
def test_what_can_be_foreseen_is_one_line(run, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert result.output.count("\n") == 1


def test_runs_are_not_overwritten_and_know_their_text(run, tmp_path):
    run("train", "text.txt", *SMALL, "--out", "a")
    assert "a holds a run already" in run("train", "text.txt", *SMALL, "--out", "a").output
    before = (tmp_path / "a" / "model.npz").read_bytes()
    assert run("train", "--resume", "--out", "a").exit_code == 0
    assert (tmp_path / "a" / "model.npz").read_bytes() == before
    (tmp_path / "text.txt").write_text(TEXT + "more")
    assert "is not what it was when the run in a" in run("train", "--resume", "--out", "a").output
    (tmp_path / "a" / "settings.json").write_text("{}")
    assert "is damaged, or of another version" in run("train", "--resume", "--out", "a").output
    os.replace(tmp_path / "a" / "solver_latest.npz", tmp_path / "a" / "model.npz")
    assert "holds something else than a language model" in run("sample", "a").output


def test_a_killed_run_comes_to_the_same_bytes(run, tmp_path):
    code = (
        "import os, signal\n"
        "from cs231n.text import training\n"
        "step, steps = training.LanguageSolver._step, []\n"
        "def stopping(self):\n"
        "    steps.append(step(self))\n"
        f"    if len(steps) == 23: os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
        "training.LanguageSolver._step = stopping\n"
        "from cs231n.commands.language import command\n"
        "command()"
    )
    arguments = ["train", "text.txt", *SMALL, "--dropout", "0.2"]
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--out", "killed"],
        capture_output=True,
        check=False,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert not (tmp_path / "killed" / "model.npz").exists()
    result = run("train", "--resume", "--out", "killed")
    assert result.exit_code == 0, result.output
    assert "since it was resumed" in result.output
    run(*arguments, "--out", "whole")
    killed, whole = (tmp_path / name / "model.npz" for name in ("killed", "whole"))
    assert killed.read_bytes() == whole.read_bytes()
