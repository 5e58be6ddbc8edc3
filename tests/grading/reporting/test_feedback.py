"""Feedback pages: what a student needs to see is there, in words; nothing of theirs is alive."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs231n.checks.report import MARKS
from cs231n.checks.table import Exercise
from grading.intake.collect import Submission
from grading.reporting.feedback import REVEAL, WORDS, render, render_overview, revealed, write

LOSSES = "cs231n.losses:softmax"
ROWS = [
    Exercise("loss", "a1", "softmax", "The loss", 3, "Which maximum?", LOSSES, "notes: softmax"),
    Exercise("why", "a1", "softmax", "Explain", 4, "?", kind="written"),
    Exercise("near", "a1", "knn", "Neighbours", 2, "Which distance?", "cs231n.near:Near.find"),
]
META = {"assignment": "a1", "tier": "bubblewrap"}
FUZZ = settings(max_examples=25, deadline=None)  # the machine may be busy


def checked(name="sums_to_one", outcome="pass", **more):
    check = {"name": name, "outcome": outcome, "weight": 1.0, "error": None, "message": ""}
    return {**check, "expected": None, "got": None, "where": None, "hidden": False, **more}


def verdict(status, points, most, *checks, message="", seconds=0.25):
    basis = {"status": status, "points": points, "max": most, "message": message}
    return {**basis, "seconds": seconds, "checks": list(checks)}


FAILED = checked("large_scores", "fail", message="loss holds nan.", error=0.5)
FAILED |= {"expected": "2.3", "got": "nan", "where": "loss"}


def record(*flags, loss=None, near=None):
    exercises = {
        "loss": loss or verdict("partial", 1.5, 3.0, checked(error=1e-12), FAILED),
        "near": near or verdict("pass", 2.0, 2.0, checked("is_near")),
    }
    return {"score": 3.5, "max": 5.0, "flags": list(flags), "exercises": exercises}


class Page(HTMLParser):
    """The tags, attributes and visible text of a page."""

    def __init__(self, html):
        super().__init__()
        self.html, self.tags, self.attributes, self.pieces = html, [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        if self.tags[-1:] != ["style"]:
            self.pieces.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.pieces))


def page(data=None, reveal="message", student="ada", **meta):
    return Page(render(student, data or record(), ROWS, META | meta, reveal))


def test_the_page_tells_total_status_points_and_reasons():
    text = page().text
    for words in [
        "ada",
        "3.5 of 5 points",
        "Up to 4 more points come from written answers",
        "½ partly right",
        "1.5 of 3 points",
        "✗ large scores – wrong result",
        "loss holds nan.",
        "expected 2.3",
        "got nan",
        "where loss",
        "largest error 5.0e-01",
        "Hint Which maximum?",
        "To read notes: softmax",
        "0.25 s",
    ]:
        assert words in text


def test_what_is_right_asks_for_nothing_more():
    text = page().text
    assert "✓ sums to one – right, largest error 1.0e-12" in text
    assert "Which distance?" not in text


@pytest.mark.parametrize("status", MARKS)
def test_every_status_has_a_symbol_and_words(status):
    points = {"pass": 3.0, "partial": 1.0}.get(status, 0.0)
    html = page(record(loss=verdict(status, points, 3.0, checked(outcome="fail"))))
    assert WORDS[status] in html.text
    assert ("class", f"tag {status}") in html.attributes


def test_sections_follow_the_notebooks_in_the_tables_order():
    titles = ["softmax.ipynb", "The loss", "Explain", "knn.ipynb", "Neighbours"]
    places = [page().text.rindex(title) for title in titles]
    assert places == sorted(places)


def test_flags_and_the_time_of_receipt_are_told():
    html = page(record("x.py was not read."), received="2025-01-31T18:05:00+01:00")
    assert "Please note x.py was not read." in html.text
    assert "Received 31 January 2025, 18:05 UTC+01:00." in html.text
    assert "Please note" not in page().text


def test_the_jail_is_told_and_a_weaker_one_said_to_be():
    assert "jail without network" in page().text
    assert "weaker jail (rlimits)" in page(tier="rlimits").text
    assert "in the jail docker" in page(tier="docker").text


def test_a_verdict_without_checks_tells_its_message():
    html = page(record(loss=verdict("error", 0.0, 3.0, message="The process ended twice.")))
    assert "The process ended twice." in html.text


def test_an_exercise_without_a_verdict_is_not_written_yet():
    data = record()
    del data["exercises"]["loss"]
    assert "○ not written yet" in page(data).text


HIDDEN = {**FAILED, "hidden": True, "name": "secret_shape"}


@pytest.mark.parametrize(
    ("level", "there", "absent"),
    [
        (
            "none",
            ["1 further check counts, and is not shown"],
            ["secret shape", "holds nan", "2.3"],
        ),
        (
            "name",
            ["secret shape – wrong result, on hidden inputs"],
            ["holds nan", "2.3", "5.0e-01"],
        ),
        ("message", ["secret shape", "holds nan"], ["2.3", "5.0e-01"]),
        ("full", ["secret shape", "holds nan", "expected 2.3", "largest error 5.0e-01"], []),
    ],
)
def test_hidden_checks_show_what_their_level_allows(level, there, absent):
    data = record(loss=verdict("fail", 0.0, 3.0, HIDDEN, message="loss holds nan."))
    text = page(data, level).text
    assert [words for words in there if words not in text] == []
    assert [words for words in absent if words in text] == []


@pytest.mark.parametrize("level", REVEAL)
def test_visible_checks_stay_whole_at_every_level(level):
    assert revealed([FAILED], level) == [FAILED]


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="reveal is 'all'; it should be one of none, name"):
        revealed([], "all")


def test_pages_run_nothing_and_load_nothing():
    overview = Page(render_overview({"ada": record("<img src=x>")}, ROWS, META))
    for html in (page(), overview):
        assert not {"script", "img", "iframe", "link", "form", "object"} & set(html.tags)
        policy = next(v for k, v in html.attributes if k == "content" and "default-src" in v)
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
        links = [value for name, value in html.attributes if name in ("href", "src")]
        assert [link for link in links if not link.startswith(("#", "feedback/"))] == []


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}\x1b[31m\u202e\x00"


def hostile(text):
    check = checked(text, "fail", message=text, expected=text, got=text, where=text)
    data = record(text, loss=verdict("fail", 0.0, 3.0, check, message=text))
    return page(data), Page(render_overview({"ada": data}, ROWS, META))


def test_hostile_text_is_shown_as_text():
    for html in hostile(EVIL):
        assert not {"script", "img"} & set(html.tags)
        assert "onerror" not in dict(html.attributes)
        assert re.search("[\x00-\x08\x0b-\x1f\u202e]", html.html) is None
        assert "49" not in html.text


@FUZZ
@given(st.text(max_size=60))
def test_any_text_leaves_the_tags_as_they_are(text):
    for html, model in zip(hostile(text), hostile(text and "x"), strict=True):
        assert set(html.tags) <= set(model.tags) | {"dl", "dt", "dd", "p"}
        html.html.encode()


def test_a_long_message_is_cut():
    html = page(
        record(loss=verdict("fail", 0.0, 3.0, checked(outcome="fail", message="x" * 99_999)))
    )
    assert len(html.html) < 30_000


def test_write_makes_a_page_for_each_student_and_the_overview(tmp_path):
    results = META | {"students": {"ada": record(), "bob": record("flagged")}}
    submissions = [Submission("ada", received="2025-01-31T18:05:00+00:00")]
    write(tmp_path, "a1", results, submissions, ROWS)
    assert sorted(path.name for path in (tmp_path / "feedback").iterdir()) == [
        "ada.html",
        "bob.html",
    ]
    assert "Received 31 January 2025" in (tmp_path / "feedback/ada.html").read_text()
    assert "Received" not in (tmp_path / "feedback/bob.html").read_text()
    overview = Page((tmp_path / "index.html").read_text())
    assert ("href", "feedback/ada.html") in overview.attributes


def test_the_overview_tells_every_status_and_the_classs_average():
    students = {
        "ada": record(loss=verdict("pass", 3.0, 3.0)),
        "bob": record("a flag", loss=verdict("timeout", 0.0, 3.0)),
    }
    html = Page(render_overview(students, ROWS, META))
    assert "2 students" in html.text
    assert "50%" in html.text
    for word in ("right", "took too long", "read by a person"):
        assert word in html.text
    assert ("title", "a flag") in html.attributes
    assert "weaker than bubblewrap" not in html.text


def test_the_overview_of_a_weaker_jail_warns():
    html = Page(render_overview({}, ROWS, META | {"tier": "rlimits"}))
    assert "weaker than bubblewrap" in html.text
    assert "0 students" in html.text


def test_a_second_judging_is_told_above_the_checks():
    note = "Judged with the kit's <near> instead of yours: near did not pass."
    text = page(record(loss=verdict("pass", 3.0, 3.0, checked()) | {"note": note})).text
    assert text.index("The loss") < text.index(note) < text.index("sums to one")
    assert "Judged with" not in page().text
