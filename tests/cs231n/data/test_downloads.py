"""Data sets on their way into the cache: fetched, checked, unpacked, from wherever they are."""

import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from children import PATIENCE, interruptible, wait_until

from cs231n.data import downloads, fetch, registry

ROOT = Path(registry.__file__).parents[1]


def fails(match):
    return pytest.raises(downloads.DownloadError, match=match)


def names(toy_cache):
    """What lies in the cache, locks apart."""
    return sorted(path.name for path in toy_cache.iterdir() if path.suffix != ".lock")


def slowly(answer):
    """Send the first half, and the second a while later."""
    answer.give(answer.server.data[: answer.server.half], length=len(answer.server.data))
    answer.wfile.flush()
    time.sleep(0.3)
    answer.wfile.write(answer.server.data[answer.server.half :])


def test_fetch_brings_the_archive_and_nothing_else(server, toy_cache):
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data
    assert names(toy_cache) == ["toy.tar.gz"]


def test_fetch_asks_once_for_what_it_has(server, toy_cache):
    for _ in range(2):
        downloads.fetch("toy", progress=False)
    assert len(server.asked) == 1


def test_fetch_replaces_an_archive_that_was_changed(server, toy_cache):
    downloads.fetch("toy", progress=False).write_bytes(b"something else")
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data


def test_prepare_unpacks_and_leaves_nothing_else(server, toy_cache):
    folder = downloads.prepare("toy", progress=False)
    assert (folder / "picture").read_bytes() == server.picture
    assert folder == toy_cache / "toy-folder"
    assert names(toy_cache) == ["toy-folder"]


def test_progress_goes_to_stderr(server, toy_cache, capsys):
    server.plan = [slowly]
    downloads.prepare("toy")
    out, err = capsys.readouterr()
    assert out == ""
    assert "toy: 100%" in err


def test_offline_is_one_sentence_with_the_command(server, toy_cache, monkeypatch):
    text = registry.REGISTRY.read_text().replace(str(server.server_port), "9")
    registry.REGISTRY.write_text(text)
    with fails(r"cannot be reached\); run `python -m cs231n data get toy` again when the network"):
        downloads.prepare("toy", progress=False)


def test_an_address_that_is_none_is_named(server, toy_cache, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", "http://[")
    with fails(r"http://\[/toy.tar.gz: cannot be asked"):
        downloads.fetch("private", progress=False)


def test_a_mirror_folder_comes_first(server, toy_cache, tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    (tmp_path / "toy.tar.gz").write_bytes(server.data)
    assert (downloads.prepare("toy", progress=False) / "picture").read_bytes() == server.picture
    assert server.asked == []
    assert (tmp_path / "toy.tar.gz").exists()


@pytest.mark.parametrize("content", [None, b"short", "as long"])
def test_a_bad_mirror_leaves_the_public_address(server, toy_cache, tmp_path, monkeypatch, content):
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    if content is not None:
        content = bytes(len(server.data)) if content == "as long" else content
        (tmp_path / "toy.tar.gz").write_bytes(content)
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data


def test_a_mirror_address_comes_first(server, toy_cache, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", server.url + "/mirror/")
    assert downloads.fetch("private", progress=False).read_bytes() == server.data


def test_each_failed_source_is_named(server, toy_cache, tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    server.plan = [lambda answer: answer.give(b"an apology", 404)]
    with fails(r"/toy.tar.gz: there is no such file; http.*/toy.tar.gz: answers 404"):
        downloads.fetch("toy", progress=False)


def test_a_set_without_address_asks_for_a_mirror(server, toy_cache):
    with fails("private has no public address; set CS231N_DATA_MIRROR"):
        downloads.fetch("private", progress=False)


def test_unknown_names_list_near_ones(server, toy_cache):
    with pytest.raises(LookupError, match=r"named 'toi'. Near: toy"):
        downloads.prepare("toi")


def test_drawn_sets_are_not_fetched(server, toy_cache):
    with pytest.raises(ValueError, match="pictures10 is drawn by the kit"):
        downloads.fetch("pictures10")


def test_many_at_once_ask_once(server, toy_cache):
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: downloads.prepare("toy", progress=False), range(8)))
    assert {(folder / "picture").read_bytes() for folder in folders} == {server.picture}
    assert len(server.asked) == 1


def child(code):
    """Start another process that runs code with this registry and cache."""
    path = f"registry.Path({str(registry.REGISTRY)!r})"
    code = f"from cs231n.data import downloads, registry\nregistry.REGISTRY = {path}\n{code}"
    return interruptible([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE)


def test_processes_at_once_ask_once(server, toy_cache):
    children = [child("downloads.prepare('toy', progress=False)") for _ in range(3)]
    assert [(process.communicate(), process.returncode)[1] for process in children] == [0, 0, 0]
    assert names(toy_cache) == ["toy-folder"]
    assert len(server.asked) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_download_that_is_stopped_goes_on_later(server, toy_cache, how):
    stopped = threading.Event()

    def stall(answer):
        answer.give(server.data[: server.half], length=len(server.data))
        answer.wfile.flush()
        stopped.wait(PATIENCE)

    server.plan = [stall, server.well]
    part = toy_cache / "toy.tar.gz.part"
    with child("downloads.prepare('toy', progress=False)") as process:
        wait_until(
            lambda: part.exists() and part.stat().st_size >= server.half - fetch.PIECE, process
        )
        process.send_signal(how)
    stopped.set()
    assert "toy-folder" not in names(toy_cache)
    assert "toy.tar.gz" not in names(toy_cache)
    assert next(row for row in downloads.available() if row.name == "toy").state.startswith(
        "partly"
    )
    kept = part.stat().st_size
    assert (downloads.prepare("toy", progress=False) / "picture").read_bytes() == server.picture
    assert server.ranges == [None, f"bytes={kept}-"]


def test_unpacking_that_is_killed_leaves_nothing_that_counts(server, toy_cache):
    code = """
from cs231n.data import archives
from cs231n.files import cache
archives.os.rename = lambda *paths: cache.os.kill(cache.os.getpid(), 9)
downloads.prepare("toy", progress=False)
"""
    process = child(code)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    left = [name for name in names(toy_cache) if name.startswith(".toy-folder-")]
    assert len(left) == 1
    assert "toy-folder" not in names(toy_cache)
    downloads.prepare("toy", progress=False)
    assert names(toy_cache) == ["toy-folder"]


def test_available_tells_what_is_here(server, toy_cache, tmp_path, monkeypatch):
    def states():
        return {row.name: row.state for row in downloads.available()}

    assert states()["toy"] == "not here"
    assert states()["pictures10"] == "drawn here, nothing to fetch"
    downloads.fetch("toy", progress=False)
    assert states()["toy"] == "fetched, not unpacked"
    downloads.prepare("toy", progress=False)
    assert states()["toy"] == "in the cache"
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    (tmp_path / "toy.tar.gz").write_bytes(server.data)
    assert states()["private"] == "in the mirror"


def test_prepare_from_mirror_takes_the_first_that_is_there(
    server, toy_cache, tmp_path, monkeypatch
):
    assert downloads.prepare_from_mirror(("toy", "private")) is None
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    (tmp_path / "toy.tar.gz").write_bytes(server.data)
    assert downloads.prepare_from_mirror(("toy", "private"), progress=False) == "toy"
    assert downloads.prepare_from_mirror(("private", "toy"), progress=False) == "toy"
    assert server.asked == []


def test_importing_prints_nothing_and_asks_no_network():
    code = "import cs231n.data.downloads, sys; assert 'requests' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
