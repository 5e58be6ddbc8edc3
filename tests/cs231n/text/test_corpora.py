"""Texts from whatever a person names, and one sentence for what is none."""

import json
import lzma
import os

import pytest

from cs231n.drawn import scenes
from cs231n.text import corpora, docstrings
from cs231n.text.corpora import load_corpus

pytestmark = pytest.mark.assignment4

MIRROR = os.environ.get("CS231N_DATA_MIRROR", "")
LINE = "A dog runs over the green grass, and a cat looks on.\n"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CS231N_DATA_MIRROR", raising=False)


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(("\ufeff" + LINE * 40).replace("\n", "\r\n").encode())
    return path


def test_the_last_tenth_of_a_text_is_held_out(text):
    corpus = load_corpus(text, "characters")
    whole = LINE * 40
    assert corpus.train + corpus.held_out == whole
    assert len(corpus.held_out) == len(whole) // 10
    assert load_corpus(text, "characters", 1100).train == whole[:990]
    assert corpus.digest != load_corpus(text, "bytes").digest


def test_words_of_a_text_are_those_of_its_sentences(text, tmp_path):
    corpus = load_corpus(text, "words")
    assert (len(corpus.train), len(corpus.held_out)) == (36, 4)
    assert corpus.train[0][:3] == ["a", "dog", "runs"]
    wrapped = tmp_path / "wrapped.txt"
    wrapped.write_text("One sentence goes\nover lines. Another does\nnot end\n\nhere! " * 30)
    assert load_corpus(wrapped, "words").train[1] == ["another", "does", "not", "end"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b" \n", "is empty; give a text of 1,000 characters or more"),
        (b"\x89PNG\r\n\x1a\n" * 300, r"is not a text in UTF-8 \(byte 0 is not\)"),
        (b"a\0b" * 999, "holds zero bytes: it is a binary file"),
        (b"too short", "has 9 characters; a language model needs 1,000 or more"),
    ],
)
def test_what_is_no_text_is_named(tmp_path, content, message):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        load_corpus(tmp_path / "a.txt", "characters")


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nix\.txt; check its name"):
        load_corpus(tmp_path / "nix.txt", "characters")
    with pytest.raises(LookupError, match="There is no data set named 'docstring'"):
        load_corpus("docstring", "characters")
    with pytest.raises(ValueError, match="cifar10 has no sentences"):
        load_corpus("cifar10", "words")
    with pytest.raises(ValueError, match="is a folder without sentences"):
        load_corpus(tmp_path, "characters")
    (tmp_path / "few.txt").write_text("one word after another and " * 50)
    with pytest.raises(ValueError, match="has 1 sentences; words need 20 or more"):
        load_corpus(tmp_path / "few.txt", "words")


def test_sentences_are_held_out_by_picture(tmp_path):
    rows = [f"{i}.jpg\tA dog number {i} says {k} .\n" for i in range(30) for k in range(5)]
    (tmp_path / "s.tsv.xz").write_bytes(lzma.compress("".join(rows).encode()))
    corpus = load_corpus(tmp_path / "s.tsv.xz", "words")
    assert corpus.parts == "3 of 30 pictures"
    held, learnt = ({words[3] for words in part} for part in (corpus.held_out, corpus.train))
    assert (len(corpus.held_out), len(held), len(learnt)) == (15, 3, 27)
    assert not held & learnt
    as_text = load_corpus(tmp_path / "s.tsv.xz", "characters")
    assert as_text.held_out.count("\n") == 15
    with pytest.raises(ValueError, match="a length is for texts"):
        load_corpus(tmp_path / "s.tsv.xz", "characters", 100)


def test_a_table_that_is_none_is_named(tmp_path):
    (tmp_path / "a.tsv").write_text("1.jpg\tA dog .\nno tab here\n")
    with pytest.raises(ValueError, match="line 2: expected a picture's name, a tab"):
        load_corpus(tmp_path / "a.tsv", "words")
    (tmp_path / "a.tsv.xz").write_bytes(b"not compressed")
    with pytest.raises(ValueError, match="is damaged, or not a table in UTF-8"):
        load_corpus(tmp_path / "a.tsv.xz", "words")
    (tmp_path / "b.tsv").write_text("1.jpg\tA dog .\n")
    with pytest.raises(ValueError, match="give 20 or more, about several pictures"):
        load_corpus(tmp_path / "b.tsv", "words")


def test_caption_sets_keep_their_splits(tmp_path):
    images = [
        {
            "filename": f"{i}.jpg",
            "split": "train" if i < 25 else "val" if i < 27 else "test",
            "sentences": [{"raw": f"A dog number {i}."}],
        }
        for i in range(30)
    ]
    (tmp_path / "dataset.json").write_text(json.dumps({"images": images}))
    corpus = load_corpus(tmp_path, "words")
    assert (len(corpus.train), len(corpus.held_out)) == (25, 2)
    assert corpus.parts == "the pictures of val"


def test_scenes_are_drawn(monkeypatch):
    monkeypatch.setattr(scenes, "SIZES", {"train": 8, "val": 2})
    monkeypatch.setattr(scenes, "CHUNK", 8)
    corpus = load_corpus("scenes", "words", progress=False)
    assert (len(corpus.train), len(corpus.held_out)) == (40, 10)


def test_docstrings_have_no_copies(tmp_path):
    library = tmp_path / "lib"
    (library / "test").mkdir(parents=True)
    (library / "test" / "c.py").write_text('"""Of a test."""')
    (library / "b.py").write_text(
        '"""First.\n\nTwice."""\ndef f():\n    """Twice.\n\n    Löss."""\n'
        'class C:\n    """Twice."""',
        encoding="utf-8",
    )
    (library / "a.py").write_text(
        '"""Before b."""\nclass D:\n    """First.\n    A\n      Indented."""'
    )
    (library / "broken.py").write_text("def f(:")
    assert (
        docstrings.docstrings(library) == "Before b.\n\nFirst.\nA\n  Indented.\n\nFirst.\n\nTwice."
    )
    (library / "a.py").unlink()
    assert docstrings.docstrings(library).startswith("Before b."), "the text is kept"
    with pytest.raises(ValueError, match=r"no Python file below .* has a documentation string"):
        docstrings.docstrings(library / "test" / "none")


def test_docstrings_are_cut_to_the_length_of_a_known_text(monkeypatch):
    monkeypatch.setattr(corpora, "docstrings", lambda progress: "ab" * 1_000_000)
    corpus = load_corpus("docstrings", "characters")
    assert len(corpus.train) + len(corpus.held_out) == 1_115_394


def test_docstrings_need_no_cache(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.py").write_text('"""Said."""')
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "file" / "cache"))
    assert docstrings.docstrings(tmp_path / "lib") == "Said."


@pytest.mark.data
def test_everyday_sentences_are_held_out_by_picture(monkeypatch):
    monkeypatch.setenv("CS231N_DATA_MIRROR", MIRROR)
    corpus = load_corpus("everyday-sentences", "words", progress=False)
    assert corpus.parts == "790 of 7,901 pictures"
    assert (len(corpus.train), len(corpus.held_out)) == (35_555, 3_950)
