"""Words and numbers, there and back."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from cs231n.language import vocabulary as module
from cs231n.language.vocabulary import SPECIAL, Vocabulary

SENTENCES = [["a", "red", "ball"], ["a", "blue", "ball"], ["a", "ball"], ["the", "red"]]


def test_words_are_numbered_by_frequency_behind_the_special_ones():
    vocabulary = Vocabulary.count(SENTENCES, at_least=1)
    assert vocabulary.idx_to_word == [
        *("<NULL>", "<START>", "<END>", "<UNK>"),
        *("a", "ball", "red", "blue", "the"),
    ]
    assert vocabulary.word_to_idx["<NULL>"] == 0
    assert vocabulary.word_to_idx["blue"] == 7
    assert len(vocabulary) == 9


def test_rare_words_are_left_out():
    assert Vocabulary.count(SENTENCES, at_least=2).idx_to_word[4:] == ["a", "ball", "red"]
    assert Vocabulary.count(SENTENCES, at_least=1, most=2).idx_to_word[4:] == ["a", "ball"]


def test_special_words_of_a_text_are_not_counted_twice():
    assert Vocabulary.count([["<UNK>", "a"]], at_least=1).idx_to_word == [*SPECIAL, "a"]


def test_sentences_are_framed_filled_up_and_cut():
    vocabulary = Vocabulary(["a", "ball"])
    row = vocabulary.encode(["a", "big", "ball"], 7)
    assert row.dtype == np.int32
    assert row.tolist() == [1, 4, 3, 5, 2, 0, 0]
    assert vocabulary.encode(["a", "big", "ball"], 4).tolist() == [1, 4, 3, 2]
    assert vocabulary.encode([], 2).tolist() == [1, 2]


def test_all_sentences_of_pictures_with_any_number_of_them():
    vocabulary = Vocabulary(["a", "ball"])
    captions, image_idxs = vocabulary.encode_all([[["a"], ["ball"]], [], [["a", "ball"]]], 4)
    assert captions.tolist() == [[1, 4, 2, 0], [1, 5, 2, 0], [1, 4, 5, 2]]
    assert image_idxs.tolist() == [0, 0, 2]
    assert captions.dtype == image_idxs.dtype == np.int32
    nothing, nobody = vocabulary.encode_all([[], []], 4)
    assert nothing.shape == (0, 4)
    assert nobody.shape == (0,)


def test_decoding_is_the_inverse_of_encoding():
    vocabulary = Vocabulary.count(SENTENCES, at_least=1)
    captions, _ = vocabulary.encode_all([SENTENCES], 6)
    assert vocabulary.decode(captions) == SENTENCES
    assert vocabulary.decode(captions[1]) == SENTENCES[1:2]
    assert vocabulary.decode(np.array([[4, 3, 5]])) == [["a", "<UNK>", "ball"]]


def test_the_rate_of_unknown_words():
    vocabulary = Vocabulary(["a", "ball"])
    assert vocabulary.unknown_rate(SENTENCES) == 4 / 10
    assert vocabulary.unknown_rate([]) == 0


def test_words_come_back_from_a_file_with_their_numbers(tmp_path):
    vocabulary = Vocabulary(["größe", "狗"])
    vocabulary.save(tmp_path / "vocab.json")
    assert Vocabulary.load(tmp_path / "vocab.json").word_to_idx == vocabulary.word_to_idx
    content = json.loads((tmp_path / "vocab.json").read_text(encoding="utf-8"))
    assert content["word_to_idx"]["狗"] == 5


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"idx_to_word": ["a"]}', '{"idx_to_word": [1]}', '{"idx_to_word": 1}']
)
def test_other_files_are_no_vocabulary(tmp_path, text):
    (tmp_path / "vocab.json").write_text(text)
    with pytest.raises(ValueError, match=r"vocab\.json should be a table with 'idx_to_word'"):
        Vocabulary.load(tmp_path / "vocab.json")


def test_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*vocab"):
        Vocabulary.load(tmp_path / "vocab.json")
    with pytest.raises(ValueError, match="the word 'a' comes twice"):
        Vocabulary(["a", "b", "a"])
    with pytest.raises(ValueError, match="no word comes 9 times in the 10 words given"):
        Vocabulary.count(SENTENCES, at_least=9)
    with pytest.raises(ValueError, match="length should be 2 or more but is 1"):
        Vocabulary([]).encode([], 1)


def test_no_other_module_spells_a_special_word():
    root = Path(module.__file__).parents[1]
    spelled = set()
    for path in root.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text()))
        values = {node.value for node in nodes if isinstance(node, ast.Constant)}
        if values & set(SPECIAL):
            spelled.add(path.relative_to(root).as_posix())
    # checks have models of words of their own, whose numbers stand in no order
    own = {name for name in spelled if name.startswith("checks/")}
    assert spelled - own == {"language/vocabulary.py"}
