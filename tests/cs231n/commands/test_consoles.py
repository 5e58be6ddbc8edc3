"""Every verb on consoles that cannot print everything: the same exit codes, and the work done."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from cs231n.checks.manifest import manifest
from cs231n.checks.table import select

pytestmark = pytest.mark.assignment1
VERBS = [  # and how each ends
    (["check", "knn-two-loops"], 0),
    (["check", "knn-no-loops"], 1),
    (["check", "knn-no-loops→é"], 1),
    (["check", "--json", "knn-no-loops"], 1),
    (["hint", "knn", "--more"], 0),
    (["data", "list"], 0),
    (["data", "get", "“nothing”"], 1),
    (["info"], 0),
    (["caption", "--help"], 0),
    (["caption", "predict", "Übung–\udcff", "café.jpg"], 1),
    (["submit", "assignment1", "--allow-missing"], 0),
    (["--help"], 0),
]
# One process for all, as importing takes longest; each verb starts where `python -m` does.
RUN = """
import json, runpy, sys
from cs231n import checks
from cs231n.checks.table import select
from cs231n.classifiers import KNearestNeighbor

def wrong(self, X):
    raise ValueError("naïve “loops” → ∂x ≠ 日本 \\udcff")

KNearestNeighbor.compute_distances_no_loops = wrong
every, codes = checks.run_local, []
checks.run_local = lambda rows: every([row for row in rows if row.notebook == "knn"][:3])
for verb in json.loads(sys.argv[1]):
    sys.argv = ["cs231n", *verb]
    try:
        runpy.run_module("cs231n", run_name="__main__")
    except SystemExit as error:
        codes.append(error.code)
with open("codes.json", "w") as file:
    json.dump(codes, file)
"""
CONSOLES = {
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.fixture(scope="module", params=CONSOLES)
def done(request, tmp_path_factory):
    """Every verb run on a console: its folder, its encoding, and what was printed."""
    folder = tmp_path_factory.mktemp(request.param)
    for name in manifest(select("assignment1")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if not name.startswith("hand_in"):
            (folder / name).write_text("naïve", encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    env |= {"CS231N_DATA_CACHE": str(folder / "cache"), **CONSOLES[request.param]}
    script = tmp_path_factory.mktemp("script") / "run.py"
    script.write_text(RUN, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, script, json.dumps([verb for verb, _ in VERBS])],
        cwd=folder,
        env=env,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode("utf-8", "replace")
    encoding = "ascii" if request.param == "C" else request.param
    return folder, encoding, run.stdout, run.stderr


def test_every_verb_ends_as_it_does_anywhere(done):
    codes = json.loads((done[0] / "codes.json").read_text())
    assert list(zip([verb for verb, _ in VERBS], codes, strict=True)) == VERBS


def test_everything_printed_is_in_the_consoles_encoding(done):
    _, encoding, out, errors = done
    assert "Traceback" not in errors.decode(encoding)
    rows = [line.replace("|", " ").split() for line in out.decode(encoding).splitlines()]
    mark = "✓" if encoding == "utf-8" else "+"
    assert [mark, "knn-two-loops"] in [row[:2] for row in rows]


def test_a_message_keeps_what_can_be_kept(done):
    _, encoding, out, _ = done
    expected = {
        "utf-8": "naïve “loops” → ∂x ≠ 日本 ?",
        "cp1252": "naïve “loops” -> dx != ?? ?",
        "ascii": 'naive "loops" -> dx != ?? ?',
    }
    assert expected[encoding] in out.decode(encoding)


def test_the_zip_is_written(done):
    (path,) = done[0].glob("hand_in/*.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.read("knn.ipynb").decode() == "naïve"
