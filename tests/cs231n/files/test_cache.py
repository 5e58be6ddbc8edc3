"""Where data lies, files that appear whole, and locks."""

import errno
import threading
import time

import pytest

from cs231n.files import cache


def test_cache_is_beside_the_package(monkeypatch):
    monkeypatch.delenv("CS231N_DATA_CACHE", raising=False)
    assert cache.cache_folder() == cache.ROOT / "datasets" / "cache"


def test_cache_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "elsewhere"))
    assert cache.cache_folder() == tmp_path / "elsewhere"


def test_cache_is_in_the_home_of_who_installed_the_package_away_from_its_data(
    monkeypatch, tmp_path
):
    monkeypatch.delenv("CS231N_DATA_CACHE", raising=False)
    monkeypatch.setattr(cache, "ROOT", tmp_path)
    monkeypatch.setattr(cache.Path, "home", lambda: tmp_path / "home")
    assert cache.cache_folder() == tmp_path / "home" / ".cache" / "cs231n-kit"


def test_a_folder_that_cannot_be_written_to_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(OSError, match=r"cannot write to the data folder .* CS231N_DATA_CACHE"):
        cache.writable_cache()


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "numbers"
    path.write_bytes(b"old")
    with cache.whole_file(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_finished_never_appears(tmp_path):
    def stop():
        with cache.whole_file(tmp_path / "numbers") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_held_by_one_at_a_time(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    events = []

    def second():
        with cache.lock("toy"):
            events.append("second")

    thread = threading.Thread(target=second)
    with cache.lock("toy"):
        thread.start()
        time.sleep(0.15)
        events.append("first")
    thread.join(10)
    assert events == ["first", "second"]
    assert "toy: another process is at work on it; waiting." in capsys.readouterr().err


def test_a_file_system_without_locks_is_named(monkeypatch, tmp_path):
    def refuse(file):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "_lock_now", refuse)
    with pytest.raises(OSError, match=r"has no locks .* CS231N_DATA_CACHE"), cache.lock("toy"):
        pass
