"""Downloads against a local server that misbehaves in every way servers do."""

import hashlib
import io
import re
import signal
import subprocess
import sys
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from cs231n import downloads, registry, transfer

ROOT = Path(registry.__file__).parents[1]
PICTURE = np.random.default_rng(0).bytes(300_000)  # what the archive holds; does not compress


def archive():
    """A tar.gz with one file, toy/picture."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo("toy/picture")
        member.size = len(PICTURE)
        tar.addfile(member, io.BytesIO(PICTURE))
    return buffer.getvalue()


DATA = archive()
HALF = len(DATA) // 2


class Answer(BaseHTTPRequestHandler):
    """Answers each request by the next step of the server's plan; the last step stays."""

    def do_GET(self):
        server = self.server
        server.asked.append(dict(self.headers))
        step = server.plan.pop(0) if len(server.plan) > 1 else server.plan[0]
        try:
            step(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *args):
        pass

    def give(self, body, status=200, length=None, tag='"one"', **headers):
        """Send a status, headers, and a body of which Content-Length may tell lies."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


def well(answer, data=DATA, tag='"one"'):
    """Serve properly: ranges, and If-Range."""
    wanted = re.fullmatch(r"bytes=(\d+)-", answer.headers.get("Range", ""))
    if not wanted or answer.headers.get("If-Range", tag) != tag:
        return answer.give(data, tag=tag)
    start = int(wanted[1])
    content = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return answer.give(data[start:], 206, tag=tag, Content_Range=content)


def without_ranges(answer):
    answer.give(DATA)


def breaks_off(answer):
    """Announce all, send half of what is missing, hang up."""
    wanted = re.fullmatch(r"bytes=(\d+)-", answer.headers.get("Range", ""))
    start = int(wanted[1]) if wanted else 0
    left = len(DATA) - start
    headers = {"Content_Range": f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"} if wanted else {}
    answer.give(DATA[start : start + left // 2], 206 if wanted else 200, left, **headers)


def breaks_off_without_ranges(answer):
    answer.give(DATA[:HALF], length=len(DATA))


def slowly(answer):
    """Send the first half, and the second a while later."""
    answer.give(DATA[:HALF], length=len(DATA))
    answer.wfile.flush()
    time.sleep(0.3)
    answer.wfile.write(DATA[HALF:])


def wrong_bytes(answer):
    answer.give(bytes(len(DATA)))


def status(code):
    return lambda answer: answer.give(b"an apology", code)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(transfer, "PAUSE", 0.01)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("CS231N_DATA_MIRROR", raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.plan, server.asked = [well], []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def cache(server, tmp_path, monkeypatch):
    """An empty cache, and a registry whose only sets are served here."""
    rows = f"""
        [toy]
        title = "a toy"
        kind = "folder"
        licence = "none"
        card = "cards/toy.md"
        folder = "toy-folder"
        file = "toy.tar.gz"
        urls = ["{server.url}/toy.tar.gz"]
        size = {len(DATA)}
        checksum = "sha256:{hashlib.sha256(DATA).hexdigest()}"
        inside = "toy"
    """
    private = rows.replace("toy]", "private]").replace("urls", "#").replace("toy-", "private-")
    drawn = '[pictures10]\ntitle=""\nkind="drawn"\nlicence=""\ncard=""\nfolder="pictures10"\n'
    (tmp_path / "registry.toml").write_text(rows + private + drawn)
    monkeypatch.setattr(registry, "REGISTRY", tmp_path / "registry.toml")
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def ranges(server):
    return [asked.get("Range") for asked in server.asked]


def fails(match):
    return pytest.raises(downloads.DownloadError, match=match)


def names(cache):
    """What lies in the cache, locks apart."""
    return sorted(path.name for path in cache.iterdir() if path.suffix != ".lock")


def test_fetch_brings_the_archive_and_nothing_else(server, cache):
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA
    assert names(cache) == ["toy.tar.gz"]


def test_fetch_asks_once_for_what_it_has(server, cache):
    for _ in range(2):
        downloads.fetch("toy", progress=False)
    assert len(server.asked) == 1


def test_fetch_replaces_an_archive_that_was_changed(server, cache):
    downloads.fetch("toy", progress=False).write_bytes(b"something else")
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA


def test_prepare_unpacks_and_leaves_nothing_else(server, cache):
    folder = downloads.prepare("toy", progress=False)
    assert (folder / "picture").read_bytes() == PICTURE
    assert folder == cache / "toy-folder"
    assert names(cache) == ["toy-folder"]


def test_progress_goes_to_stderr(server, cache, capsys):
    server.plan = [slowly]
    downloads.prepare("toy")
    out, err = capsys.readouterr()
    assert out == ""
    assert "toy: 100%" in err


def test_a_download_that_breaks_off_goes_on_where_it_was(server, cache):
    server.plan = [breaks_off, breaks_off, well]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA
    quarter = HALF + (len(DATA) - HALF) // 2
    assert ranges(server) == [None, f"bytes={HALF}-", f"bytes={quarter}-"]
    assert server.asked[1]["If-Range"] == '"one"'


def test_a_file_that_changed_in_between_is_fetched_afresh(server, cache):
    server.plan = [lambda a: a.give(bytes(HALF), length=len(DATA), tag='"zero"'), well]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA
    assert server.asked[1]["If-Range"] == '"zero"'


def test_pieces_that_do_not_fit_are_fetched_afresh(server, cache):
    server.plan = [lambda a: a.give(bytes(HALF), length=len(DATA)), well, well]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA
    assert ranges(server) == [None, f"bytes={HALF}-", None]


@pytest.mark.parametrize("tag", ['W/"weak"', ""])
def test_without_a_strong_tag_nothing_is_resumed(server, cache, tag):
    server.plan = [lambda a: a.give(DATA[:HALF], length=len(DATA), tag=tag), well]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA
    assert ranges(server) == [None, None]


def test_a_date_serves_where_there_is_no_tag(server, cache):
    date = "Thu, 01 Jan 2009 00:00:00 GMT"
    server.plan = [
        lambda a: a.give(DATA[:HALF], length=len(DATA), tag="", Last_Modified=date),
        lambda a: well(a, tag=date),
    ]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA
    assert (ranges(server)[1], server.asked[1]["If-Range"]) == (f"bytes={HALF}-", date)


def test_a_server_that_ignores_ranges_is_asked_for_all(server, cache):
    server.plan = [breaks_off_without_ranges, without_ranges]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA


@pytest.mark.parametrize(
    "answer",
    [
        lambda a: a.give(DATA[:5], 206, Content_Range=f"bytes 0-4/{len(DATA)}"),
        lambda a: a.give(b"", 416, Content_Range=f"bytes */{HALF}"),
    ],
)
def test_a_wrong_range_makes_it_ask_for_all(server, cache, answer):
    server.plan = [breaks_off, answer, well]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA
    assert ranges(server)[2] is None


def test_a_server_that_always_breaks_off_is_given_up_and_its_part_kept(server, cache):
    server.plan = [breaks_off_without_ranges]
    with fails(
        r"stopped|broke off after .* run `python -m cs231n data get toy` again to go on: 0\.2"
    ):
        downloads.fetch("toy", progress=False)
    assert len(server.asked) == 1 + transfer.TRIES
    assert names(cache) == ["toy.tar.gz.part", "toy.tar.gz.part.json"]


def test_a_server_in_trouble_is_asked_again(server, cache):
    server.plan = [status(503), status(429), well]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA


@pytest.mark.parametrize(("code", "times"), [(404, 1), (403, 1), (500, transfer.TRIES)])
def test_a_refusal_is_named(server, cache, code, times):
    server.plan = [status(code)]
    with fails(rf"toy could not be fetched \(.*: answers {code} .*CS231N_DATA_MIRROR"):
        downloads.prepare("toy", progress=False)
    assert len(server.asked) == times
    assert names(cache) == []


def test_wrong_bytes_are_deleted_and_both_checksums_named(server, cache):
    server.plan = [wrong_bytes]
    got = hashlib.sha256(bytes(len(DATA))).hexdigest()
    want = hashlib.sha256(DATA).hexdigest()
    with fails(f"checksum sha256:{got} where sha256:{want} is expected, and was deleted"):
        downloads.prepare("toy", progress=False)
    assert names(cache) == []


@pytest.mark.parametrize("length", [len(DATA) - 1, len(DATA) + 1, 10])
def test_a_server_that_announces_another_length_is_refused(server, cache, length):
    server.plan = [lambda a: a.give(DATA[:10], length=length)]
    with fails(f"offers {length:,} bytes where {len(DATA):,} are expected"):
        downloads.fetch("toy", progress=False)
    assert names(cache) == []


def chunked(size):
    """Serve without a length, `size` bytes of zeros in all."""

    def answer(handler):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(size // 1000):
            handler.wfile.write(b"3e8\r\n" + bytes(1000) + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return answer


def test_a_body_without_end_is_cut(server, cache):
    server.plan = [chunked(10 * len(DATA))]
    with fails(f"sends more than the {len(DATA):,} bytes"):
        downloads.fetch("toy", progress=False)
    assert max(path.stat().st_size for path in cache.iterdir()) <= len(DATA)


def test_a_body_that_ends_early_without_having_told_its_length_is_not_taken(server, cache):
    server.plan = [chunked(10_000)]
    with fails(f"stopped after 10,000 of {len(DATA):,} bytes"):
        downloads.prepare("toy", progress=False)


def test_a_label_of_compression_does_not_unpack_the_archive(server, cache):
    server.plan = [lambda a: a.give(DATA, Content_Encoding="gzip")]
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA


def test_a_server_that_says_nothing_is_given_up(server, cache, monkeypatch):
    monkeypatch.setattr(transfer, "TIMEOUT", (1, 0.05))
    server.plan = [lambda a: time.sleep(0.2)]
    with fails("does not answer"):
        downloads.fetch("toy", progress=False)


def test_offline_is_one_sentence_with_the_command(server, cache, monkeypatch):
    text = registry.REGISTRY.read_text().replace(str(server.server_port), "9")
    registry.REGISTRY.write_text(text)
    with fails(r"cannot be reached\); run `python -m cs231n data get toy` again when the network"):
        downloads.prepare("toy", progress=False)


def test_an_address_that_is_none_is_named(server, cache, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", "http://[")
    with fails(r"http://\[/toy.tar.gz: cannot be asked"):
        downloads.fetch("private", progress=False)


def test_a_mirror_folder_comes_first(server, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    (tmp_path / "toy.tar.gz").write_bytes(DATA)
    assert (downloads.prepare("toy", progress=False) / "picture").read_bytes() == PICTURE
    assert server.asked == []
    assert (tmp_path / "toy.tar.gz").exists()


@pytest.mark.parametrize("content", [None, b"short", bytes(len(DATA))])
def test_a_bad_mirror_leaves_the_public_address(server, cache, tmp_path, monkeypatch, content):
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    if content is not None:
        (tmp_path / "toy.tar.gz").write_bytes(content)
    assert downloads.fetch("toy", progress=False).read_bytes() == DATA


def test_a_mirror_address_comes_first(server, cache, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", server.url + "/mirror/")
    assert downloads.fetch("private", progress=False).read_bytes() == DATA


def test_each_failed_source_is_named(server, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    server.plan = [status(404)]
    with fails(r"/toy.tar.gz: there is no such file; http.*/toy.tar.gz: answers 404"):
        downloads.fetch("toy", progress=False)


def test_a_set_without_address_asks_for_a_mirror(server, cache):
    with fails("private has no public address; set CS231N_DATA_MIRROR"):
        downloads.fetch("private", progress=False)


def test_unknown_names_list_near_ones(server, cache):
    with pytest.raises(LookupError, match=r"named 'toi'. Near: toy"):
        downloads.prepare("toi")


def test_drawn_sets_are_not_fetched(server, cache):
    with pytest.raises(ValueError, match="pictures10 is drawn by the kit"):
        downloads.fetch("pictures10")


def test_many_at_once_ask_once(server, cache):
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: downloads.prepare("toy", progress=False), range(8)))
    assert {(folder / "picture").read_bytes() for folder in folders} == {PICTURE}
    assert len(server.asked) == 1


def child(code):
    """Start another process that runs code with this registry and cache."""
    path = f"registry.Path({str(registry.REGISTRY)!r})"
    code = f"from cs231n import downloads, registry\nregistry.REGISTRY = {path}\n{code}"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE)


def test_processes_at_once_ask_once(server, cache):
    children = [child("downloads.prepare('toy', progress=False)") for _ in range(3)]
    assert [(process.communicate(), process.returncode)[1] for process in children] == [0, 0, 0]
    assert names(cache) == ["toy-folder"]
    assert len(server.asked) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_download_that_is_stopped_goes_on_later(server, cache, how):
    stopped = threading.Event()

    def stall(answer):
        answer.give(DATA[:HALF], length=len(DATA))
        answer.wfile.flush()
        stopped.wait(20)

    server.plan = [stall, well]
    process = child("downloads.prepare('toy', progress=False)")
    part = cache / "toy.tar.gz.part"
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size >= HALF - transfer.PIECE):
        assert time.monotonic() < deadline, "the child fetches nothing"
        time.sleep(0.02)
    process.send_signal(how)
    process.communicate()
    stopped.set()
    assert "toy-folder" not in names(cache)
    assert "toy.tar.gz" not in names(cache)
    assert next(row for row in downloads.available() if row.name == "toy").state.startswith(
        "partly"
    )
    kept = part.stat().st_size
    assert (downloads.prepare("toy", progress=False) / "picture").read_bytes() == PICTURE
    assert ranges(server) == [None, f"bytes={kept}-"]


def test_unpacking_that_is_killed_leaves_nothing_that_counts(server, cache):
    code = """
from cs231n import archives, cache
archives.os.rename = lambda *paths: cache.os.kill(cache.os.getpid(), 9)
downloads.prepare("toy", progress=False)
"""
    process = child(code)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    left = [name for name in names(cache) if name.startswith(".toy-folder-")]
    assert len(left) == 1
    assert "toy-folder" not in names(cache)
    downloads.prepare("toy", progress=False)
    assert names(cache) == ["toy-folder"]


def test_available_tells_what_is_here(server, cache, tmp_path, monkeypatch):
    def states():
        return {row.name: row.state for row in downloads.available()}

    assert states()["toy"] == "not here"
    assert states()["pictures10"] == "drawn here, nothing to fetch"
    downloads.fetch("toy", progress=False)
    assert states()["toy"] == "fetched, not unpacked"
    downloads.prepare("toy", progress=False)
    assert states()["toy"] == "in the cache"
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    (tmp_path / "toy.tar.gz").write_bytes(DATA)
    assert states()["private"] == "in the mirror"


def test_prepare_from_mirror_takes_the_first_that_is_there(server, cache, tmp_path, monkeypatch):
    assert downloads.prepare_from_mirror(("toy", "private")) is None
    monkeypatch.setenv("CS231N_DATA_MIRROR", str(tmp_path))
    (tmp_path / "toy.tar.gz").write_bytes(DATA)
    assert downloads.prepare_from_mirror(("toy", "private"), progress=False) == "toy"
    assert downloads.prepare_from_mirror(("private", "toy"), progress=False) == "toy"
    assert server.asked == []


def test_importing_prints_nothing_and_asks_no_network():
    code = "import cs231n.downloads, sys; assert 'requests' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
