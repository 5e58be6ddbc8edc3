"""Pictures from the web, served by this machine."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from cs231n import image_utils
from cs231n.image_utils import image_from_url

pytestmark = pytest.mark.assignment2
PICTURE = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def as_png(picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


PAGES = {"/own.png": as_png(PICTURE), "/grey.png": as_png(PICTURE[:, :, 0]), "/page": b"<html>"}


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path in PAGES else 404)
        self.end_headers()
        self.wfile.write(PAGES.get(self.path, b""))

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_picture_comes_as_it_is(web):
    got = image_from_url(f"{web}/own.png")
    np.testing.assert_array_equal(got, PICTURE, strict=True)


def test_a_grey_picture_has_three_equal_channels(web):
    got = image_from_url(f"{web}/grey.png")
    np.testing.assert_array_equal(got, np.repeat(PICTURE[:, :, :1], 3, axis=2))


def test_what_is_no_picture_is_refused(web):
    with pytest.raises(ValueError, match=r"what lies at http.*/page is no picture"):
        image_from_url(f"{web}/page")


def test_what_is_not_there_is_named(web):
    with pytest.raises(OSError, match=r"/none could not be fetched \(404 .*use load_image"):
        image_from_url(f"{web}/none")


def test_no_server_is_said_in_one_sentence():
    with pytest.raises(OSError, match=r"127.0.0.1:9/x could not be fetched"):
        image_from_url("http://127.0.0.1:9/x")


def test_other_addresses_are_refused():
    with pytest.raises(ValueError, match=r"file:///etc/passwd is no address"):
        image_from_url("file:///etc/passwd")


def test_huge_files_are_refused(web, monkeypatch):
    monkeypatch.setattr(image_utils, "MOST_BYTES", 50)
    with pytest.raises(ValueError, match=r"own.png is larger than"):
        image_from_url(f"{web}/own.png")
