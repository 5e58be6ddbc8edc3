"""Feedback and formgrader in a real browser: what is there, and what does not run."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cs231n.checks.table import Exercise
from grading.intake.collect import Submission
from grading.reporting import feedback, gradebook
from grading.reporting.course_folder import open_gradebook

pytestmark = pytest.mark.browser
ROWS = [
    Exercise("loss", "a1", "softmax", "The loss", 3, "Which maximum?", "cs231n.losses:softmax"),
    Exercise("why", "a1", "softmax", "Explain", 4, "?", kind="written"),
]
ANSWER = """The *maximum* cancels, **because** $e^{a-b} = e^a / e^b$.

<script>document.title = "stolen"</script>
<img src="x" onerror="document.title = 'stolen'">
<span id="loss" class="score">fake</span>
[click](javascript:alert)
<iframe srcdoc="<script>parent.document.title = 'stolen'</script>"></iframe>
"""
MESSAGE = "loss is off <script>document.title = 'stolen'</script>" + "x" * 200


def marks(grade_id, solution, points):
    marks = {"grade_id": grade_id, "grade": True, "solution": solution, "points": points}
    return {"nbgrader": {**marks, "locked": not solution, "task": False, "schema_version": 3}}


def notebook(answer):
    return new_notebook(
        cells=[
            new_markdown_cell("# Softmax\n\n| a | b |\n|---|---|\n| 1 | 2 |", id="top"),
            new_code_cell('check("loss")', id="loss", metadata=marks("loss", False, 3)),
            new_markdown_cell(answer, id="why", metadata=marks("why", True, 4)),
        ]
    )


def results():
    check = {"name": "shift_changes_nothing", "outcome": "fail", "weight": 1.0, "error": 0.5}
    check |= {"message": MESSAGE, "expected": "1.0", "got": "2.0", "where": "loss", "hidden": False}
    verdict = {"status": "fail", "points": 0.0, "max": 3.0, "message": MESSAGE, "seconds": 0.2}
    record = {"score": 0.0, "max": 3.0, "flags": ["y" * 300]}
    record["exercises"] = {"loss": {**verdict, "checks": [{**check, "odd": False}]}}
    return {"assignment": "a1", "tier": "bubblewrap", "students": {"ada": record}}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A graded class of one, with feedback and gradebook."""
    out = tmp_path_factory.mktemp("course")
    submission = Submission(
        "ada", notebooks={"softmax": nbformat.writes(notebook(ANSWER)).encode()}
    )
    table = {row.id: row for row in ROWS}
    gradebook.write(out, "a1", results(), [submission], {"softmax": notebook("Write.")}, table)
    feedback.write(out, "a1", results(), [submission], ROWS)
    return out


@pytest.fixture(scope="module")
def server(course, tmp_path_factory):
    """Jupyter, started in the course folder as the README says; its address."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"]
    command += [f"--port={port}", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=t"]
    environment = {name: text for name, text in os.environ.items() if "JUPYTER" not in name}
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(
            command, cwd=course, env={**environment, "HOME": str(home)}, stdout=log, stderr=log
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/api", process, home / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address, process, log):
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    yield page
    page.close()


@pytest.mark.slow
def test_formgrader_shows_a_written_answer_and_takes_its_score(server, course, page):
    page.goto(f"{server}/formgrader/manage_assignments?token=t")
    page.get_by_role("link", name="a1").wait_for()
    page.goto(f"{server}/formgrader/gradebook/a1/softmax")
    page.get_by_text("Submission #1").first.click()
    answer = page.locator(".nbgrader_cell", has=page.locator("textarea"))
    answer.wait_for()
    assert "The maximum cancels, because" in answer.inner_text()
    assert answer.locator("em").inner_text() == "maximum"
    assert page.locator("th", has_text="b").count() == 1  # a table of the notebook's own prose
    assert "shift changes nothing" in page.locator("#notebook").first.inner_text()  # the verdict
    alive = "script, iframe, img[src], [onerror], [class=score]:not(input), a[href^=javascript]"
    assert answer.locator(alive).count() == 0
    assert page.locator("#loss").evaluate_all("all => all.map(e => e.tagName)") == ["INPUT"]
    score = page.locator("input#why")
    score.fill("3.5")
    answer.locator("textarea").fill("Well said.")
    page.locator("h4").click()  # leave the field, which saves it
    page.wait_for_timeout(500)
    page.wait_for_load_state("networkidle")
    if shots := os.environ.get("CS231N_SCREENSHOTS"):
        page.screenshot(path=f"{shots}/formgrader.png", full_page=True)
    assert page.title() == "softmax"
    with open_gradebook(course) as book:
        assert book.find_grade("why", "softmax", "a1", "ada").score == 3.5
        assert book.find_comment("why", "softmax", "a1", "ada").comment == "Well said."


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("name", ["feedback/ada.html", "index.html"])
def test_pages_fit_every_width_and_run_nothing(course, page, name, width):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 700})
    page.goto((course / name).as_uri())
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title() != "stolen"
    assert "ada" in page.inner_text("body")
    assert said == []
