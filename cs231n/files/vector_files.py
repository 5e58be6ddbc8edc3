"""Files of word vectors, as word2vec and GloVe write them; none can run code.

    .vec   word2vec's text: a line "V D", then a line a word, its name and D numbers
    .bin   word2vec's binary: the same line, then a word's name, a space, and D float32 numbers
    .txt   GloVe's text: as .vec, without the first line

`write_vectors` goes by these endings. `read_vectors` looks at what is in a file, whatever its name;
one that ends in .gz is unpacked first.
"""

import gzip
import mmap
import re
import zlib
from pathlib import Path

import numpy as np

from cs231n.files.cache import whole_file

__all__ = ["ENDINGS", "read_vectors", "require_ending", "write_vectors"]

ENDINGS = (".vec", ".bin", ".txt")
HEADER = re.compile(rb"(\d{1,12})[ \t]+(\d{1,6})[ \t]*(?:\r?\n|$)")
LONGEST_WORD, LONGEST_LINE = 2_000, 200_000  # bytes; a file of word vectors has none longer


def read_vectors(path, only=None):
    """Read a file of word vectors of any of the three formats.

    Parameters
    ----------
    path : str or Path
    only : collection of str, optional
        Words that are wanted; others are skipped, so that a file of millions fits into memory.

    Returns
    -------
    words : list of str
        In the order of the file, mostly the commonest first. Of a word that comes twice, the first.
    vectors : ndarray, shape (V, D), float32

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is of another kind, cut off, or damaged.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; give the path of a file of word vectors.")
    data = _bytes_of(path)
    header = HEADER.match(data[:64])
    rows = _rows_of_text(path, data, header) if _is_text(data, header) else None
    if rows is None:
        rows = _rows_of_binary(path, data, header)
    found, only = {}, None if only is None else set(only)
    for word, numbers in rows:
        if word not in found and (only is None or word in only):
            found[word] = numbers
        size = len(numbers)
    vectors = np.array(list(found.values()), dtype=np.float32).reshape(-1, size)
    if not np.all(np.isfinite(vectors)):
        word = list(found)[int(np.argmin(np.isfinite(vectors).all(axis=1)))]
        raise ValueError(f"{path}: the vector of {word!r} holds inf or nan; the file is damaged.")
    return list(found), vectors


def write_vectors(path, words, vectors):
    """Write word vectors in the format of the file's ending; `read_vectors` gives the same numbers.

    Parameters
    ----------
    path : str or Path
        Ends in .vec, .bin or .txt.
    words : sequence of str
        Without spaces.
    vectors : ndarray, shape (V, D)
        Written as float32.

    Raises
    ------
    ValueError
        If the ending is another one, a word cannot be written, or there is not one finite vector
        for each word.
    """
    path, vectors = Path(path), np.asarray(vectors, dtype="<f4")
    require_ending(path)
    if vectors.ndim != 2 or not vectors.size or len(words) != len(vectors):
        raise ValueError(
            f"write_vectors: expected an array (V, D) of the vectors of {len(words)} words but got "
            f"one of shape {vectors.shape}."
        )
    if not np.all(np.isfinite(vectors)):
        raise ValueError("write_vectors: some vectors hold inf or nan; nothing was written.")
    odd = next((word for word in words if not word or re.search(r"\s", word)), None)
    if odd is not None:
        raise ValueError(
            f"write_vectors: {odd!r} cannot be written; words should not be empty, nor have spaces."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        if path.suffix != ".txt":
            file.write(f"{len(words)} {vectors.shape[1]}\n".encode())
        for word, row in zip(words, vectors):
            numbers = row.tobytes() if path.suffix == ".bin" else " ".join(map(str, row)).encode()
            file.write(word.encode() + b" " + numbers + b"\n")


def require_ending(path):
    """Raise ValueError unless a file's name says in which format to write it."""
    if Path(path).suffix not in ENDINGS:
        raise ValueError(
            f"{path} should end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}, which says in what "
            "format word vectors are written."
        )


def _bytes_of(path):
    """All of a file: mapped, not read, or unpacked."""
    try:
        if path.suffix == ".gz":
            return gzip.decompress(path.read_bytes())
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise ValueError(f"{path} is not a whole .gz file; fetch it again.") from None
    except ValueError:  # an empty file cannot be mapped
        raise ValueError(f"{path} is empty; it should be a file of word vectors.") from None


def _is_text(data, header):
    """Whether the first word is followed by numbers in digits, as many as the header says."""
    start = header.end() if header else 0
    line = data[start : start + LONGEST_LINE].partition(b"\n")[0].split()
    try:
        numbers = [float(field) for field in line[1:]]
        return header is None or len(numbers) >= int(header[2])
    except ValueError:  # a word with spaces in it, or no text at all
        return header is None


def _rows_of_text(path, data, header):
    """Words and vectors of a text, line by line."""
    place, number, size = (header.end(), 1, int(header[2])) if header else (0, 0, 0)
    count = 0
    while place < len(data):
        end = data.find(b"\n", place, place + LONGEST_LINE)
        end = min(len(data), place + LONGEST_LINE) if end < 0 else end
        line, number = data[place:end], number + 1
        place = end + 1
        if not line.strip():
            continue
        size = size or len(line.split()) - 1
        yield _row_of_line(path, line, number, size)
        count += 1
    if not count:
        raise ValueError(f"{path} holds no word vectors.")
    if header and count != int(header[1]):
        raise ValueError(
            f"{path} should hold {int(header[1])} words by its first line but holds {count}; it "
            "is cut off or damaged: fetch it again."
        )


def _row_of_line(path, line, number, size):
    """A word and its vector."""
    try:
        word, *fields = line.decode().rstrip().rsplit(" " if b" " in line else None, size)
        numbers = np.array(fields, dtype=np.float32)
    except (UnicodeDecodeError, ValueError):
        numbers = np.empty(0)
    if not size or len(numbers) != size:
        raise ValueError(
            f"{path}, line {number}: expected a word and {size or 'some'} numbers; the file is cut "
            "off or damaged, or is not one of word vectors (word2vec or GloVe, text or binary)."
        )
    return word, numbers


def _rows_of_binary(path, data, header):
    """Words and vectors of word2vec's binary format, which may have line ends between them."""
    count, size = int(header[1]), int(header[2])
    place = header.end()
    for number in range(count):
        while data[place : place + 1] == b"\n":
            place += 1
        space = data.find(b" ", place, place + LONGEST_WORD)
        numbers = data[space + 1 : space + 1 + 4 * size]
        if space < 0 or len(numbers) < 4 * size:
            raise ValueError(
                f"{path} should hold {count} words by its first line but ends, or cannot be read, "
                f"in word {number + 1}; it is cut off or damaged: fetch it again."
            )
        try:
            word = data[place:space].decode()
        except UnicodeDecodeError:
            raise ValueError(
                f"{path}: the name of word {number + 1} is not UTF-8; the file is damaged, or "
                "another encoding was used."
            ) from None
        yield word, np.frombuffer(numbers, dtype="<f4")
        place = space + 1 + 4 * size
    if not count or not size:
        raise ValueError(f"{path} holds no word vectors.")
