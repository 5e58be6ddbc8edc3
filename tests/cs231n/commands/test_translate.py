"""The commands `translate train`, `evaluate`, `predict` and `figure`."""

import json

import pytest
from click.testing import CliRunner

from cs231n.commands.support.cli import main
from cs231n.commands.translate import command

pytestmark = pytest.mark.assignment4
SMALL = ["--hidden", "6", "--words", "4", "--epochs", "2", "--batch-size", "10"]
PAIRS = "".join(f"a{n % 7} b{n % 5} c{n % 3}\tz{n % 3} y{n % 5} x{n % 7}\n" for n in range(60))


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pairs.tsv").write_text(PAIRS)

    def run_(*arguments, **options):
        return CliRunner().invoke(command, [str(argument) for argument in arguments], **options)

    return run_


def test_the_group_is_a_command_of_the_kit():
    result = CliRunner().invoke(main, ["translate", "--help"])
    for name in ("train", "evaluate", "predict", "figure"):
        assert f"\n  {name} " in result.output


def test_all_verbs_on_a_file_of_pairs(run, tmp_path):
    result = run("train", "pairs.tsv", *SMALL, "--out", "a")
    assert result.exit_code == 0, result.output
    assert "val: " in result.stdout
    assert "% of 6 sentences are exact" in result.stdout
    found = json.loads(run("evaluate", "a", "--json").stdout)
    assert found["val"]["sentences"] == 6
    assert "pairs.tsv: " in run("evaluate", "a", "pairs.tsv").stdout
    result = run("predict", "a", "a1 b1 c1", "a2 nix c2 nix")
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == "2 of 4 words are unknown to the translator: nix.\n"
    assert run("predict", "a", input="a1 b1 c1\n").stdout == run("predict", "a", "a1 b1 c1").stdout
    result = run("figure", "a", "a1 b1 c1", "--out", "pictures/one.png")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "pictures" / "one.png").stat().st_size > 1000
    assert run("train", "--out", "a", "--resume").exit_code == 0


def test_two_parallel_files(run, tmp_path):
    for column, name in enumerate(("one.txt", "two.txt")):
        rows = (line.split("\t")[column] for line in PAIRS.splitlines())
        (tmp_path / name).write_text("\n".join(rows))
    result = run("train", "one.txt", "two.txt", *SMALL, "--no-attention", "--forwards")
    assert result.exit_code == 0, result.output
    result = run("figure", "runs/translator", "a1 b1 c1")
    assert "this translator has no attention" in result.stderr


def test_unknown_words_of_a_file_are_counted(run, tmp_path):
    assert run("train", "pairs.tsv", *SMALL, "--out", "a").exit_code == 0
    (tmp_path / "other.tsv").write_text("a1 nix\tz1\n")
    assert "; 50.0% of the source words are unknown." in run("evaluate", "a", "other.tsv").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "nix.tsv"], 'There is no file nix.tsv; name a file of sentence pairs, or "'),
        (["train", "empty.tsv"], "empty.tsv is empty"),
        (["train", "plain.txt"], "1 of 1 lines have no tab"),
        (["train", "plain.txt", "pairs.tsv"], "plain.txt has 1 lines and pairs.tsv has 60"),
        (["train", "languages", "plain.txt"], '"languages" has translations already; leave'),
        (["train", "--resume"], "holds no run to resume"),
        (["evaluate", "nix"], "nix holds no translator.npz"),
        (["predict", "nix", "a"], "nix holds no translator.npz"),
        (["figure", "nix", "a"], "nix holds no translator.npz"),
    ],
)
def test_what_can_be_foreseen_is_one_sentence(run, tmp_path, arguments, message):
    (tmp_path / "empty.tsv").write_text("")
    (tmp_path / "plain.txt").write_text("no tab here\n")
    result = run(*arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_nothing_to_translate(run):
    assert run("train", "pairs.tsv", *SMALL, "--out", "a").exit_code == 0
    assert "there is no sentence to translate" in run("predict", "a", input="\n").stderr
    assert "the sentence has no words" in run("figure", "a", " ").stderr
