"""A server of one small archive, and a cache and registry that know no other."""

import hashlib
import io
import re
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from cs231n.data import fetch, registry


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


class ToyServer(ThreadingHTTPServer):
    """Serves a tar.gz with one file, toy/picture, and writes down what it is asked.

    Each request is answered by the next step of the plan, a function of the `Answer`.
    """

    picture = np.random.default_rng(0).bytes(300_000)  # does not compress

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.plan, self.asked = [self.well], []
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            member = tarfile.TarInfo("toy/picture")
            member.size = len(self.picture)
            tar.addfile(member, io.BytesIO(self.picture))
        self.data = buffer.getvalue()
        self.half = len(self.data) // 2

    def well(self, answer, tag='"one"'):
        """Serve properly: ranges, and If-Range."""
        wanted = re.fullmatch(r"bytes=(\d+)-", answer.headers.get("Range", ""))
        if not wanted or answer.headers.get("If-Range", tag) != tag:
            return answer.give(self.data, tag=tag)
        start, size = int(wanted[1]), len(self.data)
        content = f"bytes {start}-{size - 1}/{size}"
        return answer.give(self.data[start:], 206, tag=tag, Content_Range=content)

    @property
    def ranges(self):
        """The ranges asked for, one for each request."""
        return [asked.get("Range") for asked in self.asked]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(fetch, "PAUSE", 0.01)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("CS231N_DATA_MIRROR", raising=False)
    server = ToyServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def toy_cache(server, tmp_path, monkeypatch):
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
        size = {len(server.data)}
        checksum = "sha256:{hashlib.sha256(server.data).hexdigest()}"
        inside = "toy"
    """
    private = rows.replace("toy]", "private]").replace("urls", "#").replace("toy-", "private-")
    drawn = '[pictures10]\ntitle=""\nkind="drawn"\nlicence=""\ncard=""\nfolder="pictures10"\n'
    (tmp_path / "registry.toml").write_text(rows + private + drawn)
    monkeypatch.setattr(registry, "REGISTRY", tmp_path / "registry.toml")
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
