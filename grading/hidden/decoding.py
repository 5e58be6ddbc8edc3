"""Hidden checks of the notebook `decoding`: other machines, vocabularies, widths and lengths."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, oracle
from cs231n.checks.judge.decoding import (
    END,
    START,
    assert_sentence,
    call,
    draw_beginnings,
    draw_logprobs,
    draw_machine,
    draw_next,
    extend,
    require_continuations,
    require_found,
    search,
)
from cs231n.checks.suites.sentence_scores import (
    draw_set,
    draw_words,
    require_common,
    require_matches,
    require_penalty,
)


@exercise("log-softmax", hidden=True)
def of_any_shape_and_size(student, rng):
    for shape in ((1, 9), (6, 1), (11, 30)):
        scores = 10.0 ** rng.uniform(-3, 3) * rng.normal(size=shape)
        got = student.language.decoding.log_softmax(scores)
        assert_close(got, oracle.log_softmax_decimal(scores), f"the logarithms of {shape}")


@exercise("decode-walk", hidden=True)
def walks_of_any_length(student, rng):
    for longest in (2, 9):
        machine = draw_machine(rng, -1, words=8)
        for takes in ("largest", "smallest"):
            got, _ = call(student.checks.beside.decoding.walked, machine, longest, takes)
            expected = oracle.walked_sentence(machine, END, longest, takes)
            assert_sentence(got, expected, f"a walk of up to {longest} words")


@exercise("decode-greedy", hidden=True)
def greedy_sentences_of_any_vocabulary(student, rng):
    for words in (5, 9):
        machine = draw_machine(rng, rng.uniform(-3, 1), words=words)
        got = call(student.checks.beside.decoding.greedy, machine, 8)
        expected = oracle.walked_sentence(machine, END, 8, "largest")
        assert_sentence(got, expected, f"the greedy sentence among {words} words")


@exercise("tempered-probabilities", hidden=True)
def any_temperature_of_any_vocabulary(student, rng):
    for words in (1, 2, 12):
        temperature = float(10 ** rng.uniform(-1, 1))
        logprobs = draw_logprobs(rng, words)
        got = student.language.decoding.tempered_probabilities(logprobs, temperature)
        expected = oracle.tempered_shares(logprobs, temperature)
        assert_close(got, expected, f"the probabilities at {temperature:.3g}")


@exercise("decode-score", hidden=True)
def any_sentence_has_its_score(student, rng):
    for length in (1, 7, 33):
        machine = draw_machine(rng, words=8)
        words = [int(word) for word in rng.choice([0, 1, 3, 5, 6, 7], size=length)]
        got = call(student.checks.beside.decoding.score, machine, words)
        expected = oracle.given_sentence(machine, [*words, END], END)
        assert_sentence(got, expected, f"a sentence of {length} words")


@exercise("extend-beams", hidden=True)
def any_number_of_beginnings_and_places(student, rng):
    for count, words, width in ((1, 5, 3), (3, 9, 2), (4, 7, 11), (2, 5, 40)):
        beginnings = draw_beginnings(rng, count, words)
        logprobs = draw_next(rng, count, words)
        result = extend(student, beginnings, logprobs, width)
        require_continuations(result, beginnings, logprobs, width)


@exercise("beam-search", hidden=True)
def any_width_length_and_penalty(student, rng):
    for width in (1, 2, 4, 9):
        penalty, best = float(rng.choice([0.0, 0.7, 1.0])), int(rng.integers(1, width + 1))
        machine = draw_machine(rng, rng.uniform(-2, 1), words=7)
        found = search(student, machine, width, 6, penalty, best)
        expected = oracle.beam_sentences(machine, END, width, 6, penalty, best)
        require_found(found, expected, f"width {width}, penalty {penalty:g}, best {best}")


@exercise("beam-search", hidden=True)
def other_words_may_be_start_and_end(student, rng):
    moves, scores, first, _ = draw_machine(rng, -1)
    machine = moves, scores, first, START - 1
    found = search(student, machine, 3, 6)
    expected = oracle.beam_sentences(machine, END, 3, 6, 0.0, 3)
    require_found(found, expected, "with another number for <START>")


@exercise("bleu-matches", hidden=True)
def any_words_and_references(student, rng):
    for count in (1, 2, 6):
        words = draw_words(rng, int(rng.integers(3, 15)), "abc")
        references = [draw_words(rng, int(rng.integers(1, 15)), "abc") for _ in range(count)]
        for n in (1, 2, 4):
            require_matches(student, words, references, n, f"{count} references, n = {n}")


@exercise("bleu-brevity", hidden=True)
def any_set_of_sentences(student, rng):
    for shift in (-3, 0, 1, 5):
        candidates, references = draw_set(rng, shift)
        require_penalty(student, candidates, references, "the penalty of a set")


@exercise("longest-common", hidden=True)
def any_two_sentences(student, rng):
    for letters in ("ab", "abcdef"):
        first = draw_words(rng, int(rng.integers(1, 9)), letters)
        second = draw_words(rng, int(rng.integers(1, 12)), letters)
        require_common(student, first, second, "of two sentences")
        require_common(student, np.repeat(first, 1).tolist(), first, "of a sentence and itself")
