"""Transfers from a local server that misbehaves in every way servers do."""

import hashlib
import re
import time

import pytest

from cs231n.data import downloads, fetch


def fails(match):
    return pytest.raises(downloads.DownloadError, match=match)


def names(toy_cache):
    """What lies in the cache, locks apart."""
    return sorted(path.name for path in toy_cache.iterdir() if path.suffix != ".lock")


def without_ranges(answer):
    answer.give(answer.server.data)


def breaks_off(answer):
    """Announce all, send half of what is missing, hang up."""
    data = answer.server.data
    wanted = re.fullmatch(r"bytes=(\d+)-", answer.headers.get("Range", ""))
    if not wanted:
        return answer.give(data[: len(data) // 2], length=len(data))
    start, left = int(wanted[1]), len(data) - int(wanted[1])
    content = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return answer.give(data[start : start + left // 2], 206, left, Content_Range=content)


def breaks_off_without_ranges(answer):
    answer.give(answer.server.data[: answer.server.half], length=len(answer.server.data))


def wrong_bytes(answer):
    answer.give(bytes(len(answer.server.data)))


def status(code):
    return lambda answer: answer.give(b"an apology", code)


def test_a_download_that_breaks_off_goes_on_where_it_was(server, toy_cache):
    server.plan = [breaks_off, breaks_off, server.well]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data
    quarter = server.half + (len(server.data) - server.half) // 2
    assert server.ranges == [None, f"bytes={server.half}-", f"bytes={quarter}-"]
    assert server.asked[1]["If-Range"] == '"one"'


def test_a_file_that_changed_in_between_is_fetched_afresh(server, toy_cache):
    server.plan = [
        lambda a: a.give(bytes(server.half), length=len(server.data), tag='"zero"'),
        server.well,
    ]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data
    assert server.asked[1]["If-Range"] == '"zero"'


def test_pieces_that_do_not_fit_are_fetched_afresh(server, toy_cache):
    server.plan = [
        lambda a: a.give(bytes(server.half), length=len(server.data)),
        server.well,
        server.well,
    ]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data
    assert server.ranges == [None, f"bytes={server.half}-", None]


@pytest.mark.parametrize("tag", ['W/"weak"', ""])
def test_without_a_strong_tag_nothing_is_resumed(server, toy_cache, tag):
    server.plan = [
        lambda a: a.give(server.data[: server.half], length=len(server.data), tag=tag),
        server.well,
    ]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data
    assert server.ranges == [None, None]


def test_a_date_serves_where_there_is_no_tag(server, toy_cache):
    date = "Thu, 01 Jan 2009 00:00:00 GMT"
    server.plan = [
        lambda a: a.give(
            server.data[: server.half], length=len(server.data), tag="", Last_Modified=date
        ),
        lambda a: server.well(a, tag=date),
    ]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data
    assert (server.ranges[1], server.asked[1]["If-Range"]) == (f"bytes={server.half}-", date)


def test_a_server_that_ignores_ranges_is_asked_for_all(server, toy_cache):
    server.plan = [breaks_off_without_ranges, without_ranges]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data


@pytest.mark.parametrize(
    "answer",
    [
        lambda a: a.give(a.server.data[:5], 206, Content_Range=f"bytes 0-4/{len(a.server.data)}"),
        lambda a: a.give(b"", 416, Content_Range=f"bytes */{a.server.half}"),
    ],
)
def test_a_wrong_range_makes_it_ask_for_all(server, toy_cache, answer):
    server.plan = [breaks_off, answer, server.well]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data
    assert server.ranges[2] is None


def test_a_server_that_always_breaks_off_is_given_up_and_its_part_kept(server, toy_cache):
    server.plan = [breaks_off_without_ranges]
    with fails(
        r"stopped|broke off after .* run `python -m cs231n data get toy` again to go on: 0\.2"
    ):
        downloads.fetch("toy", progress=False)
    assert len(server.asked) == 1 + fetch.TRIES
    assert names(toy_cache) == ["toy.tar.gz.part", "toy.tar.gz.part.json"]


def test_a_server_in_trouble_is_asked_again(server, toy_cache):
    server.plan = [status(503), status(429), server.well]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data


@pytest.mark.parametrize(("code", "times"), [(404, 1), (403, 1), (500, fetch.TRIES)])
def test_a_refusal_is_named(server, toy_cache, code, times):
    server.plan = [status(code)]
    with fails(rf"toy could not be fetched \(.*: answers {code} .*CS231N_DATA_MIRROR"):
        downloads.prepare("toy", progress=False)
    assert len(server.asked) == times
    assert names(toy_cache) == []


def test_wrong_bytes_are_deleted_and_both_checksums_named(server, toy_cache):
    server.plan = [wrong_bytes]
    got = hashlib.sha256(bytes(len(server.data))).hexdigest()
    want = hashlib.sha256(server.data).hexdigest()
    with fails(f"checksum sha256:{got} where sha256:{want} is expected, and was deleted"):
        downloads.prepare("toy", progress=False)
    assert names(toy_cache) == []


@pytest.mark.parametrize("more", [-1, 1, -100_000])
def test_a_server_that_announces_another_length_is_refused(server, toy_cache, more):
    length = len(server.data) + more
    server.plan = [lambda a: a.give(server.data[:10], length=length)]
    with fails(f"offers {length:,} bytes where {len(server.data):,} are expected"):
        downloads.fetch("toy", progress=False)
    assert names(toy_cache) == []


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


def test_a_body_without_end_is_cut(server, toy_cache):
    server.plan = [chunked(10 * len(server.data))]
    with fails(f"sends more than the {len(server.data):,} bytes"):
        downloads.fetch("toy", progress=False)
    assert max(path.stat().st_size for path in toy_cache.iterdir()) <= len(server.data)


def test_a_body_that_ends_early_without_having_told_its_length_is_not_taken(server, toy_cache):
    server.plan = [chunked(10_000)]
    with fails(f"stopped after 10,000 of {len(server.data):,} bytes"):
        downloads.prepare("toy", progress=False)


def test_a_label_of_compression_does_not_unpack_the_archive(server, toy_cache):
    server.plan = [lambda a: a.give(server.data, Content_Encoding="gzip")]
    assert downloads.fetch("toy", progress=False).read_bytes() == server.data


def test_a_server_that_says_nothing_is_given_up(server, toy_cache, monkeypatch):
    monkeypatch.setattr(fetch, "TIMEOUT", (1, 0.05))
    server.plan = [lambda a: time.sleep(0.2)]
    with fails("does not answer"):
        downloads.fetch("toy", progress=False)
