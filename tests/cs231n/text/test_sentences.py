"""Sentences of scenes and of files, as lists of words."""

import lzma

import pytest

from cs231n.drawn.scenes import load_caption_scenes
from cs231n.text.sentences import EVERYDAY, everyday_is_here, read_sentences

pytestmark = pytest.mark.assignment4


def test_sentences_of_scenes_are_those_of_the_drawn_set():
    scenes = load_caption_scenes(3, "train", progress=False)
    expected = [said["words"] for five in scenes.sentences for said in five]
    assert read_sentences("scenes", limit=15) == expected


def test_a_tenth_of_the_pictures_of_a_table_is_held_out(tmp_path):
    lines = [f"{i // 5}.jpg\tA dog number {i} runs ." for i in range(200)]
    path = tmp_path / "table.tsv.xz"
    path.write_bytes(lzma.compress("\n".join(lines).encode()))
    sentences = read_sentences(path)
    assert len(sentences) == 180
    assert sentences[0][:3] == ["a", "dog", "number"]
    assert read_sentences(path, limit=7) == sentences[:7]


def test_without_a_mirror_there_are_no_everyday_sentences(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    monkeypatch.delenv("CS231N_DATA_MIRROR", raising=False)
    assert not everyday_is_here()


@pytest.mark.data
def test_the_everyday_sentences(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    assert everyday_is_here()
    assert len(read_sentences(EVERYDAY)) == 35555
