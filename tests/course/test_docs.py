"""What the documentation says is so: numbers, links, commands and examples."""

import ast
import doctest
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import cs231n.commands.support.cli
import grading.cli
from cs231n.checks.runner import checks_of
from cs231n.checks.suites import features, two_layer_net
from cs231n.checks.table import assignments, read_table, select
from cs231n.data.registry import read_registry
from grading.authoring.figures import MOST_BYTES
from grading.release.links import join, links

ROOT = Path(__file__).resolve().parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
)
PAGES = [name for name in LISTED.stdout.split("\0") if name and (ROOT / name).is_file()]
HANDOUT = "assignments/assignment1/README.md"
HANDOUTS = [f"assignments/{name}/README.md" for name in assignments()]
CARD = "datasets/cards/pictures10.md"
GROUPS = {"cs231n": cs231n.commands.support.cli.main, "grading": grading.cli.main}


def text(page):
    return (ROOT / page).read_text(encoding="utf-8")


def table_rows(page, first):
    """The cells of a page's table rows whose first cell matches, without emphasis and code."""
    rows = [line.strip("|").split("|") for line in text(page).splitlines() if line[:1] == "|"]
    rows = [[re.sub(r"[`*]", "", cell).strip() for cell in row] for row in rows]
    return [row for row in rows if re.fullmatch(first, row[0])]


def named_commands():
    """Every `python -m cs231n ...` and `python -m grading ...` of the pages, cut into words."""
    found = []
    for page in PAGES:
        for line in text(page).splitlines():
            line = line.partition("  #")[0].rstrip()
            for package, words in re.findall(r"python -m (cs231n|grading)\b(?!\.)([^`\n]*)", line):
                found.append((page, package, shlex.split(words)))
    return found


def leaves(group, names=()):
    """The commands below a group, by the words that call them."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, (*names, name))
        else:
            yield (*names, name), command


ALL_LEAVES = [(p, *leaf) for p, group in GROUPS.items() for leaf in leaves(group)]


def parse(group, words):
    """Read a command line as click would; return the names of its command, and the parameters.

    A command that is only named, as in "see `python -m grading release`", may lack arguments.
    """
    names = []
    while isinstance(group, click.Group):
        assert words, f"{names} needs a command"
        assert words[0] in group.commands, f"there is no command {words[0]!r}"
        names, group, words = [*names, words[0]], group.commands[words[0]], words[1:]
    return names, group.make_context(names[-1], words, resilient_parsing=not words).params


# ------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize("assignment", assignments())
def test_the_handout_has_a_row_for_each_exercise_in_order(assignment):
    rows, expected = select(assignment), []
    handout = f"assignments/{assignment}/README.md"
    for row in rows:
        code = f"{row.name} in {row.path.removeprefix('cs231n/')}"
        what = {"written": "an answer in words", "tuning": f"a net, saved as hand_in/{row.file}"}
        expected.append([row.id, row.notebook, what.get(row.kind, code), f"{row.points:g}"])
    ids = "|".join(row.id for row in rows)
    found = [row for row in table_rows(handout, ids) if len(row) == 4]
    assert found == expected
    (total,) = table_rows(handout, "sum")
    assert total[-1] == f"{sum(row.points for row in rows):g}"


@pytest.mark.parametrize(
    ("name", "suite"), [("net-tuned", two_layer_net), ("features-tuned", features)]
)
def test_the_handout_names_the_steps_of_the_tuned_nets(name, suite):
    steps = [suite.FIRST_STEP, suite.SECOND_STEP, suite.THIRD_STEP, suite.GOAL]
    assert [name, *map(str, steps)] in table_rows(HANDOUT, name)


@pytest.mark.parametrize("name", ["net-tuned", "features-tuned"])
def test_the_handout_names_what_each_step_is_worth(name):
    weights = [check.weight for check in checks_of(name)]
    points = read_table()[name].points
    worth = [points * sum(weights[: i + 1]) / sum(weights) for i in range(len(weights))]
    assert table_rows(HANDOUT, "points") == [["points", *(f"{p:g}" for p in worth)]]


@pytest.mark.parametrize("assignment", assignments())
def test_the_handout_names_the_notebooks_in_order(assignment):
    notebooks = dict.fromkeys(row.notebook for row in select(assignment))
    found = [row[0] for row in table_rows(f"assignments/{assignment}/README.md", r".*\.ipynb")]
    assert found == [f"{name}.ipynb" for name in notebooks]


@pytest.mark.parametrize("assignment", assignments())
def test_the_readme_counts_notebooks_exercises_and_points(assignment):
    rows = select(assignment)
    counts = [len({row.notebook for row in rows}), len(rows), f"{sum(r.points for r in rows):g}"]
    number = assignment.removeprefix("assignment")
    (found,) = table_rows("README.md", rf"\[{number}: .*\]\(assignments/{assignment}/README.md\)")
    assert found[2:5] == [str(count) for count in counts]


def ladder():
    """Lowest, mean and highest accuracy of each rung in per cent, as the card has them."""
    found = table_rows(CARD, r"(nearest|linear|two layers|small ConvNet).*")
    return [[float(cell) for cell in row[1:]] for row in found]


def test_the_card_has_the_ladder_that_its_test_measures():
    code = ast.parse((ROOT / "tests/course/test_ladder.py").read_text())
    values = {n.targets[0].id: n.value for n in code.body if isinstance(n, ast.Assign)}
    measured = ast.literal_eval(values["MEASURED"]).values()
    assert len(ladder()) == len(measured)
    for (low, _, high), ends in zip(ladder(), measured):
        assert [low, high] == pytest.approx([100 * end for end in ends], abs=0.06)


def test_the_readme_has_the_ladder_of_the_card():
    expected = [f"{low:.0f}-{high:.0f} %" for low, _, high in ladder()]
    assert expected in table_rows("README.md", r"\d+-\d+ %")


def test_the_last_notebook_draws_the_ladder_of_the_card():
    drawn = re.findall(r'"[^"]+": (0\.\d\d)\b', text("assignments/assignment1/features.md"))
    assert drawn == [f"{mean / 100:.2f}" for _, mean, _ in ladder()[:3]]


# ------------------------------------------------------------------------- links, figures


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page):
    for target in links(text(page)):
        assert (ROOT / join(page, target)).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_no_page_waits_for_words(page):
    assert not re.search(r"^[A-Z]{4,}$|\| [A-Z]{4,} \||\bTBD\b|\bFIXME\b|\bXX\b", text(page), re.M)


@pytest.mark.parametrize("page", ["README.md", *HANDOUTS])
def test_figures_are_small(page):
    pictures = [join(page, target) for target in links(text(page)) if target.endswith(".png")]
    assert pictures
    for name in pictures:
        assert (ROOT / name).stat().st_size <= MOST_BYTES, name


# ------------------------------------------------------------------------------ commands


def test_every_command_of_the_pages_is_understood(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(named_commands()) > 15
    for page, package, words in named_commands():
        for word in words:  # what has to exist: files by their ending, else folders
            place = tmp_path / word
            (place.parent if place.suffix else place).mkdir(parents=True, exist_ok=True)
            if place.suffix and not place.exists():
                place.touch()
        try:
            parse(GROUPS[package], words)
        except (click.UsageError, AssertionError) as error:
            pytest.fail(f"{page}: python -m {package} {' '.join(words)}: {error}")


def test_every_name_in_a_command_of_the_pages_is_known(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "collected").mkdir()
    for _, package, words in named_commands():
        names, params = parse(GROUPS[package], words)
        chosen = [*(params.get("names") or ()), params.get("assignment")]
        chosen += [params["name"]] if names == ["hint"] else []
        for name in filter(None, chosen):
            assert select(name)
        if names == ["data", "get"]:
            assert params["name"] in read_registry()


@pytest.mark.parametrize(("package", "names", "command"), ALL_LEAVES)
def test_every_command_is_in_the_pages(package, names, command):
    assert any(p == package and tuple(w[: len(names)]) == names for _, p, w in named_commands())


@pytest.mark.parametrize(("package", "names", "command"), ALL_LEAVES)
def test_every_command_has_help_and_an_example_that_is_understood(
    package, names, command, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (example,) = re.findall(rf"Example: python -m {package} (.*)", command.help)
    assert tuple(parse(GROUPS[package], shlex.split(example))[0]) == names
    assert len(command.help.splitlines()[0]) > 10
    for option in command.params:
        if isinstance(option, click.Option) and not option.required:
            assert option.help or option.show_default, option.name


def test_modules_that_the_pages_run_are_there():
    modules = {name for page in PAGES for name in re.findall(r"python -m (\w+\.\w+)", text(page))}
    assert modules
    for name in modules:
        assert importlib.util.find_spec(name), name


def test_every_target_of_the_makefile_is_listed_and_every_one_named_is_there():
    makefile = (ROOT / "Makefile").read_text()
    (targets,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.M)
    named = {name for page in PAGES for name in re.findall(r"^make (\w+)|`make (\w+)`", text(page))}
    assert {"".join(pair) for pair in named} <= set(targets.split())
    if shutil.which("make"):
        # not as a part of the `make test` that may have started this
        env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        run = subprocess.run(
            ["make", "help"], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
        assert [line.split()[0] for line in run.stdout.splitlines()] == targets.split()


# ------------------------------------------------------------------------------ examples


OPTIONAL = {"jax": "JAX is not installed", "torch": "PyTorch is not installed"}
EXAMPLES = [page for page in PAGES if ">>> " in text(page)]


def sections(page):
    """The sections of a page, each with the optional library that its examples import, or None."""
    for section in re.split(r"^(?=## )", text(page), flags=re.M):
        found = re.findall(rf"^>>> import ({'|'.join(OPTIONAL)})$", section, re.M)
        yield section, found[0] if found else None


def examples(page, library=None):
    """The page without the sections that need an optional library other than `library`."""
    return "".join(part for part, needs in sections(page) if needs in (None, library))


@pytest.mark.parametrize("page", EXAMPLES)
def test_the_examples_of_a_page_do_as_they_say(page):
    parsed = doctest.DocTestParser().get_doctest(examples(page), {}, page, page, 0)
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(parsed)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize(
    ("page", "library"),
    [(page, needs) for page in EXAMPLES for _, needs in sections(page) if needs],
)
def test_the_examples_that_need_another_library_do_as_they_say(page, library, tmp_path):
    if importlib.util.find_spec(library) is None:
        pytest.skip(OPTIONAL[library])
    (tmp_path / "page.md").write_text(examples(page, library), encoding="utf-8")
    run = subprocess.run(  # by itself: the examples change settings of the library
        [sys.executable, "-m", "doctest", "-o", "ELLIPSIS", str(tmp_path / "page.md")],
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
