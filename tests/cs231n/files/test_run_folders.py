"""Folders of runs: none is overwritten, none that is not there goes on."""

import json

import pytest

from cs231n.files.run_folders import check_run, write_json


@pytest.fixture
def begun(tmp_path):
    write_json(tmp_path / "run" / "settings.json", {"word": "naïve"})
    return tmp_path / "run"


def test_json_is_written_as_it_reads(begun):
    text = (begun / "settings.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"word": "naïve"}
    assert "naïve" in text
    assert [path.name for path in begun.iterdir()] == ["settings.json"]


def test_a_run_that_was_trained_is_not_overwritten(begun):
    with pytest.raises(FileExistsError, match=r"holds a run already: go on with it \(--resume\)"):
        check_run(begun, "settings.json", trained=True, resume=False)


def test_what_is_not_there_does_not_go_on(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no run to resume"):
        check_run(tmp_path, "settings.json", trained=False, resume=True)


def test_all_else_may_begin_or_go_on(begun, tmp_path):
    check_run(begun, "settings.json", trained=False, resume=False)
    check_run(begun, "settings.json", trained=True, resume=True)
    check_run(tmp_path, "settings.json", trained=True, resume=False)
