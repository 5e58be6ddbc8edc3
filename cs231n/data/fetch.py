"""One file from one source, a folder or an address, resumed where it broke off."""

import json
import time
from pathlib import Path

import requests
import urllib3
from tqdm import tqdm

__all__ = ["TransferError", "bring", "forget"]

TRIES = 4  # in a row, without one more byte
PAUSE = 0.5  # seconds before the second try; doubled before each further one
TIMEOUT = (10, 30)  # seconds to connect, and between two pieces
PIECE = 1 << 16  # bytes


class TransferError(OSError):
    """A source does not have the file, or did not give it."""


class Interrupted(Exception):
    """A transfer broke off in a way that another try may mend."""


def bring(source: str | Path, part: Path, size: int, *, label: str, progress: bool = True) -> bool:
    """Bring a file of `size` bytes from a source; what comes is not checked.

    When this ends early in whatever way, `part` keeps what came, and a further call goes on from
    there if the source is the same address, its file has not changed, and it serves ranges.

    Parameters
    ----------
    source : Path or str
        A file, or an http(s) address.
    part : Path
        Where to put it.
    size : int
        Its length; not one byte more is written.
    label : str
        Stands before the progress bar on stderr.
    progress : bool

    Returns
    -------
    bool
        Whether the file consists of pieces from more than one request.

    Raises
    ------
    TransferError
        With the reason, in half a sentence.
    """
    options = {"unit": "B", "unit_scale": True, "desc": label, "disable": not progress}
    options["delay"] = 0.01  # no bar until there is something to show
    with tqdm(total=size, **options) as bar:
        if isinstance(source, Path):
            _copy(source, part, size, bar)
            return False
        return _download(source, part, size, bar)


def forget(part: Path) -> None:
    """Delete a partial file and the notes about it."""
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)


def _notes(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _copy(source: Path, part: Path, size: int, bar: tqdm) -> None:
    """Copy a file from a folder."""
    forget(part)
    try:
        found = source.stat().st_size
    except OSError:
        raise TransferError("there is no such file") from None
    if found != size:
        raise TransferError(f"has {found:,} bytes where {size:,} are expected")
    with open(source, "rb") as original, open(part, "wb") as file:
        while piece := original.read(PIECE):
            file.write(piece)
            bar.update(len(piece))


def _download(url: str, part: Path, size: int, bar: tqdm) -> bool:
    """Ask until the part is complete, or nothing more comes."""
    if _length(part) > size:
        forget(part)
    resumed, idle, best = True, 0, _length(part)
    while _length(part) < size:
        try:
            resumed = not _one_request(url, part, size, bar)
        except Interrupted as error:
            idle = 0 if _length(part) > best else idle + 1
            best = max(best, _length(part))
            if idle == TRIES:
                raise TransferError(str(error)) from None
            time.sleep(PAUSE * 2**idle)
    return resumed


def _one_request(url: str, part: Path, size: int, bar: tqdm) -> bool:
    """Ask for what is missing and append it; say whether that meant starting afresh."""
    have, headers = _range_headers(url, part)
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
            start = _start_of(response, part, have, size)
            _refuse_other_length(response, size - start)
            if start == 0:
                _write_notes(url, part, response)
            bar.update(start - bar.n)
            _append(response, part, size, bar)
            return start == 0
    except (requests.ConnectionError, requests.Timeout) as error:
        late = isinstance(error, requests.Timeout)
        raise Interrupted("does not answer" if late else "cannot be reached") from None
    except requests.RequestException as error:
        raise TransferError(f"cannot be asked ({error})") from None


def _range_headers(url: str, part: Path) -> tuple[int, dict[str, str]]:
    """Return how many bytes can be kept, and the headers that ask for the rest."""
    headers = {"Accept-Encoding": "identity"}
    try:
        notes = json.loads(_notes(part).read_text(encoding="utf-8"))
        same = notes["url"] == url and notes["validator"]
    except (OSError, ValueError, KeyError, TypeError):
        same = False
    have = _length(part)
    if not (same and have):
        return 0, headers
    return have, headers | {"Range": f"bytes={have}-", "If-Range": notes["validator"]}


def _start_of(response: requests.Response, part: Path, have: int, size: int) -> int:
    """Return the position at which the answer's bytes begin."""
    if response.status_code == 200:
        return 0
    if response.status_code in (206, 416):
        given = response.headers.get("Content-Range", "no range")
        if have and given.replace("*", str(size)) == f"bytes {have}-{size - 1}/{size}":
            return have
        forget(part)  # another range than the one asked for: the next try asks for all
        raise Interrupted(f"answers with {given} instead of the bytes from {have:,} on")
    reason = f"answers {response.status_code} {response.reason}".strip()
    if response.status_code in (408, 429) or response.status_code >= 500:
        raise Interrupted(reason)
    raise TransferError(reason)


def _refuse_other_length(response: requests.Response, expected: int) -> None:
    """Raise if the server announces another length: it has another file, or a page to log in."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) != expected:
        raise TransferError(f"offers {int(announced):,} bytes where {expected:,} are expected")


def _write_notes(url: str, part: Path, response: requests.Response) -> None:
    """Start afresh, and note by what the server will know that its file is still the same."""
    tag = response.headers.get("ETag", "")
    validator = response.headers.get("Last-Modified") if tag[:2] in ("", "W/") else tag
    part.unlink(missing_ok=True)
    _notes(part).write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")


def _append(response: requests.Response, part: Path, size: int, bar: tqdm) -> None:
    """Write the body behind what the part holds."""
    with open(part, "ab") as file:
        try:
            # The raw bytes: an archive that is labelled as compressed must not be unpacked here.
            for piece in response.raw.stream(PIECE, decode_content=False):
                if file.tell() + len(piece) > size:
                    raise TransferError(f"sends more than the {size:,} bytes that are expected")
                file.write(piece)
                bar.update(len(piece))
        except urllib3.exceptions.HTTPError:
            raise Interrupted(f"broke off after {file.tell():,} of {size:,} bytes") from None
        if file.tell() < size:
            raise Interrupted(f"stopped after {file.tell():,} of {size:,} bytes")


def _length(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
