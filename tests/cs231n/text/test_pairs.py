"""Pairs of sentences: files read, splits, numbers of words."""

import numpy as np
import pytest

from cs231n.drawn.languages import Pair
from cs231n.text.pairs import PairSet, draw_pairs, read_pairs, split_pairs

pytestmark = pytest.mark.assignment4


def written(folder, name, text):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_file_of_pairs(tmp_path):
    path = written(tmp_path, "pairs.tsv", "the cat\tle chat\tmore\r\n\nein Hund\tun chien\n")
    pairs = read_pairs(path)
    assert [pair.source for pair in pairs] == [("the", "cat"), ("ein", "Hund")]
    assert [pair.target for pair in pairs] == [("le", "chat"), ("un", "chien")]


def test_two_parallel_files(tmp_path):
    one, other = written(tmp_path, "a", "x y\nz\n"), written(tmp_path, "b", "1 2 3\n4\n")
    assert read_pairs(one, other) == [
        Pair(("x", "y"), ("1", "2", "3"), ()),
        Pair(("z",), ("4",), ()),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "pairs is empty; it should hold a sentence in each line"),
        (" \n\n", "pairs is empty"),
        ("a\tb\nc d\n\ne\n", "2 of 4 lines have no tab, the first of them line 2"),
        ("a\tb\n\tc\n", "1 sentences have no translation, or no source, the first of them in line"),
        (b"\xff\xfe\x00a", "pairs is not a text file in UTF-8"),
    ],
)
def test_files_that_are_not_pairs(tmp_path, text, message):
    path = written(tmp_path, "pairs", text)
    with pytest.raises(ValueError, match=message):
        read_pairs(path)


def test_files_of_unequal_length(tmp_path):
    one, other = written(tmp_path, "a", "x\ny\n"), written(tmp_path, "b", "1\n")
    with pytest.raises(ValueError, match=r"a has 2 lines and .*b has 1: line by line"):
        read_pairs(one, other)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*nix; name a file of sentence"):
        read_pairs(tmp_path / "nix")


def test_a_split_of_a_file_shares_no_source():
    pairs = [Pair((str(n // 2), "a"), (str(n),), ()) for n in range(60)]
    splits = split_pairs(pairs, seed=0)
    assert len(splits["val"]) == 3
    assert len(splits["train"]) == 54
    assert not {p.source for p in splits["val"]} & {p.source for p in splits["train"]}
    with pytest.raises(ValueError, match="there are 5 different source sentences"):
        split_pairs(pairs[:10], seed=0)


def test_drawn_pairs_share_no_source_and_long_ones_are_longer():
    pairs = draw_pairs(sentences=100, seed=1, kinds=4, longest=7, held_out=20)
    assert {split: len(rows) for split, rows in pairs.splits.items()} == {
        "train": 100,
        "val": 20,
        "test": 20,
        "long": 20,
    }
    assert len({pair.source for rows in pairs.splits.values() for pair in rows}) == 160
    assert {len(pair.source) for pair in pairs.splits["train"]} == {5, 6, 7}
    assert all(8 <= len(pair.source) <= 14 for pair in pairs.splits["long"])
    assert pairs.digest == draw_pairs(100, 1, 4, 7, 20).digest
    assert pairs.digest != draw_pairs(100, 2, 4, 7, 20).digest


def test_numbers_of_words():
    splits = {
        "train": [Pair(("a", "b"), ("x",), ()), Pair(("a",), ("y", "x"), ())],
        "val": [Pair(("c", "a"), ("x",), ())],
        "none": [],
    }
    pairs = PairSet.of(splits)
    assert pairs.sources("train").tolist() == [[4, 5], [4, 0]]
    assert pairs.targets("train").tolist() == [[1, 4, 2, 0], [1, 5, 4, 2]]
    assert pairs.sources("val").tolist() == [[3, 4]]
    assert pairs.targets("none").shape == (0, 2)
    data = pairs.solver_data()
    np.testing.assert_array_equal(data["train_features"], pairs.sources("train"))
    assert data["val_image_idxs"].tolist() == [0]
