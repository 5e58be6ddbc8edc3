"""Models of the next word by chances and by counts."""

import numpy as np
import pytest

from cs231n.language import decoding
from cs231n.language.word_models import END, START, WordChain, WordTree

pytestmark = pytest.mark.assignment3
NO_PICTURE = np.zeros(1)
CHANCES = {
    "": {"a": 0.6, "the": 0.4},
    "a": {"red": 0.5, "blue": 0.3, "<END>": 0.2},
    "the": {"sun": 1.0},
}


def test_sentences_of_a_tree_have_their_chances():
    tree = WordTree(CHANCES)
    found = decoding.beam_search(tree, NO_PICTURE, START, END, width=20, best=4)
    chances = {tree.text(s): float(np.exp(s.logprob)) for s in found}
    assert chances == pytest.approx(
        {"the sun <END>": 0.4, "a red <END>": 0.3, "a blue <END>": 0.18, "a <END>": 0.12}
    )


def test_greedy_takes_the_likeliest_branch_first():
    tree = WordTree(CHANCES)
    assert tree.text(decoding.greedy(tree, NO_PICTURE, START, END)) == "a red <END>"
    cut = decoding.greedy(tree, NO_PICTURE, START, END, max_length=1)
    assert tree.text(cut) == "a"


def test_a_chain_of_one_word_counts_pairs():
    chain = WordChain(["a", "b", "a", "b", "a", "c"], order=1)
    words = np.array([chain.word_to_idx["a"], chain.word_to_idx["b"]])
    scores, state = chain.advance(chain.begin(np.zeros((2, 1))), words)
    after_a, after_b = np.exp(decoding.log_softmax(scores))
    assert after_a[[chain.word_to_idx[w] for w in "abc"]] == pytest.approx([0, 2 / 3, 1 / 3])
    assert after_b[chain.word_to_idx["a"]] == pytest.approx(1)
    assert state[0].tolist() == [[word] for word in words]


def test_a_chain_of_two_words_tells_where_it_is():
    text = ["a", "b", "c", "a", "c", "b", "a", "b", "c"]
    chain = WordChain(text, order=2)
    a, b, c = (chain.word_to_idx[word] for word in "abc")
    state = chain.begin(np.zeros((1, 1)))
    _, state = chain.advance(state, np.array([a]))
    scores, _ = chain.advance(state, np.array([b]))
    assert scores[0].argmax() == c
    scores, _ = chain.advance(state, np.array([c]))
    assert scores[0].argmax() == b
    scores, _ = chain.advance(state, np.array([a]))  # "a a" never comes; behind "a": b, twice
    assert scores[0].argmax() == b


def test_a_chain_begins_with_the_commonest_word_and_greedy_goes_in_circles():
    chain = WordChain(["to", "be", "or", "not", "to", "be", "that", "is", "to"], order=1)
    said = decoding.greedy(chain, NO_PICTURE, START, END, max_length=9)
    assert chain.text(said) == "to be or not to be or not to"


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match=r"behind 'a' sum to 0\.9; they should sum to 1"):
        WordTree({"": {"a": 1.0}, "a": {"b": 0.9}})
    with pytest.raises(ValueError, match="order is 3; it should be 1 or more, and less than the 3"):
        WordChain(["a", "b", "c"], order=3)
