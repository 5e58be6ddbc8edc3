"""Files of word vectors: three formats, read and written, and what is wrong with damaged ones."""

import gzip
import struct

import numpy as np
import pytest

from cs231n.files.vector_files import ENDINGS, read_vectors, require_ending, write_vectors

pytestmark = pytest.mark.assignment4
WORDS = ["the", "naïve", "don't", "3"]
VECTORS = np.array([[0.1, -2.5e-8], [1e20, 3], [-0.0, 1 / 3], [7, -1]], dtype=np.float32)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_is_read_to_the_last_bit(ending, tmp_path):
    path = tmp_path / "folder" / f"words{ending}"
    write_vectors(path, WORDS, VECTORS)
    words, vectors = read_vectors(path)
    assert words == WORDS
    np.testing.assert_array_equal(vectors, VECTORS)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"2 3\ncat 1 2 3\ndog 4 5 6\n", ["cat", "dog"]),
        (b"2 3\r\ncat 1 2 3 \r\ndog 4 5 6", ["cat", "dog"]),
        (b"cat 1 2 3\ndog 4 5 6\n", ["cat", "dog"]),
        (b"cat\t1\t2\t3\ndog\t4\t5\t6\n\n", ["cat", "dog"]),
        (b"cat 1 2 3\nat home 4 5 6\n", ["cat", "at home"]),
        (b"1990 1 2 3\n7 4 5 6\n", ["1990", "7"]),
        (b"cat 1 2 3\ndog 4 5 6\ncat 9 9 9\n", ["cat", "dog"]),
        (b"2 3\ncat " + struct.pack("<3f", 1, 2, 3) + b"dog " + struct.pack("<3f", 4, 5, 6), 0),
    ],
)
def test_files_of_other_programs(text, words, tmp_path):
    for name, data in (("file", text), ("file.gz", gzip.compress(text))):
        (tmp_path / name).write_bytes(data)
        found, vectors = read_vectors(tmp_path / name)
        assert found == (words or ["cat", "dog"])
        np.testing.assert_array_equal(vectors, [[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize("ending", ENDINGS)
def test_only_the_words_wanted_are_kept(ending, tmp_path):
    write_vectors(tmp_path / f"a{ending}", WORDS, VECTORS)
    words, vectors = read_vectors(tmp_path / f"a{ending}", only={"3", "the", "other"})
    assert words == ["the", "3"]
    np.testing.assert_array_equal(vectors, VECTORS[[0, 3]])
    words, vectors = read_vectors(tmp_path / f"a{ending}", only=[])
    assert (words, vectors.shape) == ([], (0, 2))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "holds no word vectors"),
        (b"0 3\n", "holds no word vectors"),
        (b"4000 50", "ends, or cannot be read, in word 1"),
        (b"hello there\n", "line 1: expected a word and 1 numbers"),
        (b"hello\n", "line 1: expected a word and some numbers"),
        (b"cat 1 2 3\ndog 4 5\n", "line 2: expected a word and 3 numbers"),
        (b"cat 1 2 3\ndog 4 5 six\n", "line 2: expected a word and 3 numbers"),
        (b"2 3\ncat 1 2 3\n", "should hold 2 words by its first line but holds 1"),
        (b"1 3\ncat 1 2 3\ndog 1 2 3\n", "should hold 1 words by its first line but holds 2"),
        (b"2 3\ncat 1 2 3\ndog 1 2\n", "line 3: expected a word and 3 numbers"),
        (b"2 2\ncat " + struct.pack("<2f", 1, 2) + b"dog \0\0", "cannot be read, in word 2"),
        (b"1 1\n\xff\xfe " + struct.pack("<f", 1), "name of word 1 is not UTF-8"),
        (b"cat 1 nan\n", "vector of 'cat' holds inf or nan"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is not one of word vectors"),
        (b"\x80\x04\x95cnumpy\nload\n.", "is not one of word vectors"),
    ],
)
def test_a_damaged_file_is_one_sentence(data, message, tmp_path):
    (tmp_path / "x.bin").write_bytes(data)
    with pytest.raises(ValueError, match=message):
        read_vectors(tmp_path / "x.bin")


def test_every_cut_of_a_binary_file_is_noticed(tmp_path):
    write_vectors(tmp_path / "whole.bin", WORDS, VECTORS)
    whole = (tmp_path / "whole.bin").read_bytes()
    for length in range(len(whole) - 1):  # the last byte ends a line that is over
        (tmp_path / "cut.bin").write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"cut\.bin"):
            read_vectors(tmp_path / "cut.bin")


def test_a_damaged_packed_file(tmp_path):
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"cat 1 2\n" * 100)[:30])
    with pytest.raises(ValueError, match=r"x\.gz is not a whole \.gz file"):
        read_vectors(tmp_path / "x.gz")


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.bin does not exist; give the path"):
        read_vectors(tmp_path / "nothing.bin")


@pytest.mark.parametrize(
    ("words", "vectors", "message"),
    [
        (["a", "b"], np.ones((3, 2)), r"the vectors of 2 words but got one of shape \(3, 2\)"),
        (["a"], np.array([[np.nan]]), "inf or nan"),
        (["a b"], np.ones((1, 2)), "'a b' cannot be written"),
        ([""], np.ones((1, 2)), "'' cannot be written"),
    ],
)
def test_nothing_is_written_that_could_not_be_read(words, vectors, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        write_vectors(tmp_path / "x.txt", words, vectors)
    assert list(tmp_path.iterdir()) == []


def test_the_ending_says_the_format():
    with pytest.raises(ValueError, match=r"x\.npz should end in \.vec, \.bin or \.txt"):
        require_ending("x.npz")
