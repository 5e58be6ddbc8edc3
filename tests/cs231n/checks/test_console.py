"""What a console cannot show is said in ASCII, and tables cut no name."""

import io
import subprocess
import sys

import pytest
from rich.console import Console
from rich.table import Column, Table

from cs231n import checks
from cs231n.checks.console import ERRORS, PLAIN, in_ascii, least_width, print_whole, printable
from cs231n.checks.report import MARKS
from cs231n.checks.runner import ExerciseResult
from cs231n.checks.table import read_table


def stream(encoding):
    return io.TextIOWrapper(io.BytesIO(), encoding)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("✓ “a” – b…", '+ "a" - b...'),
        ("dL/dW ≈ ∂L × 2 → ±1 ≤ 3", "dL/dW ~ dL x 2 -> +-1 <= 3"),
        ("Müller, Zoë, e\u0301", "Muller, Zoe, e"),
        ("ﬁne ² ≠ ≯", "fine 2 != ?"),
        ("日本 \udcff", "?? ?"),
        ("plain\ttext\n", "plain\ttext\n"),
    ],
)
def test_a_text_in_ascii_reads_much_the_same(text, expected):
    assert in_ascii(text) == expected


def test_marks_stay_different_and_one_column_wide():
    marks = [in_ascii(mark) for mark in MARKS.values()]
    assert len(set(marks)) == len(MARKS)
    assert {len(mark) for mark in marks} == {1}


def test_every_substitute_is_ascii():
    assert "".join(PLAIN.values()).isascii()


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "✓ ½ é ?"),
        ("cp1252", "+ ½ é ?"),
        ("ascii", "+ ~ e ?"),
        ("cs231n_ascii", "+ ~ e ?"),
    ],
)
def test_a_stream_gets_what_its_encoding_has(encoding, expected):
    assert printable("✓ ½ é \udcff", stream(encoding)) == expected


def test_a_stream_without_an_encoding_takes_everything_but_half_characters():
    assert printable("✓\udcff", io.StringIO()) == "✓?"


def test_the_handler_is_for_encoding_only():
    with pytest.raises(UnicodeDecodeError, match="can't decode byte 0xff"):
        b"\xff".decode("utf-8", ERRORS)


def test_a_codec_of_another_name_is_still_unknown():
    with pytest.raises(LookupError, match="unknown encoding: cs231n_latin"):
        "a".encode("cs231n_latin")


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "✓"), ("cp1252", "+")])
def test_check_in_a_script_prints_on_any_console(monkeypatch, encoding, mark):
    row = read_table()["knn-two-loops"]
    passed = ExerciseResult(row.id, "pass", row.points, row.points, "", 0.1)
    monkeypatch.setattr(checks, "run_local", lambda rows: [passed])
    out = stream(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    checks.check(row.id)
    out.flush()
    assert out.buffer.getvalue().decode(encoding) == f"{mark} knn-two-loops: 3 of 3 points\n"


def test_streams_are_prepared_whatever_they_are():
    code = """
import sys
from cs231n.checks.console import prepare_streams
sys.stdout = None
prepare_streams()
print("“✓”", file=sys.stderr)
"""
    run = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", code],
        env={"PYTHONIOENCODING": "ascii:strict"},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stderr.strip()) == (0, b'"+"')


def table_of(*columns):
    view = Table(*(Column(no_wrap=True) for _ in columns))
    view.add_row(*columns)
    return view


def printed(width, *views):
    console = Console(file=io.StringIO(), width=width)
    print_whole(console, *views)
    return console.file.getvalue()


def test_the_first_table_that_fits_is_printed():
    views = table_of("one", "two", "three"), table_of("one", "two"), table_of("one")
    least = [least_width(Console(width=10), view) for view in views]
    for width, view in zip(least, ("three", "two", "one")):
        text = printed(width, *views)
        assert view in text
        assert max(map(len, text.splitlines())) <= width


def test_cells_of_several_words_stay_whole():
    views = table_of("one exercise", "1.82 of 3"), table_of("one exercise")
    least = least_width(Console(width=10), views[0])
    assert "1.82 of 3" in printed(least, *views)
    assert "1.82" not in printed(least - 1, *views)
    assert "one exercise" in printed(5, *views)


def test_where_none_fits_the_last_is_wider_than_the_console():
    assert "a-long-name-of-an-exercise" in printed(
        9, table_of("a-long-name-of-an-exercise", "more"), table_of("a-long-name-of-an-exercise")
    )
