"""Checks of the notebook `decoding`: sentences out of a model's scores.

Those of sentences' own scores are in `sentence_scores`.
"""

import numpy as np

from cs231n.checks.api import assert_close, assert_that, exercise, oracle, require_array
from cs231n.checks.judge.decoding import (
    END,
    LONGEST,
    START,
    STATES,
    WORDS,
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
from cs231n.checks.judge.diagnosis import assert_no_mistake

# --- log-softmax


@exercise("log-softmax", weight=3)
def rows_are_logarithms_of_probabilities(student, rng):
    scores = 3 * rng.normal(size=(4, 7))
    got = student.language.decoding.log_softmax(scores)
    mistakes = [
        (oracle.log_softmax_decimal(scores.T).T, "The sum runs over the words of a row: axis=1."),
        (
            np.exp(oracle.log_softmax_decimal(scores)),
            "These are probabilities, no logarithms.",
        ),
        (
            scores - np.log(np.exp(scores).sum()),
            "Every row has a sum of its own: axis=1, keepdims=True.",
        ),
        (-oracle.log_softmax_decimal(scores), "The sign is turned: log-probabilities are below 0."),
        (
            oracle.log_softmax_decimal(scores) / np.log(2),
            "Logarithms are natural, not to base 2.",
        ),
    ]
    assert_no_mistake(got, oracle.log_softmax_decimal(scores), "the log-probabilities", mistakes)


@exercise("log-softmax", weight=2)
def large_scores_do_not_overflow(student, rng):
    for far in (1e4, -1e4):
        scores = far + rng.normal(size=(3, 5))
        got = student.language.decoding.log_softmax(scores)
        require_array(got, "the log-probabilities", scores.shape)
        message = f"Scores near {far:g} give inf or nan: subtract the largest first."
        assert_that(np.all(np.isfinite(got)), message, "finite numbers", "inf or nan")
        # the scores themselves have lost five of their digits
        assert_close(got, oracle.log_softmax_decimal(scores), f"of scores near {far:g}", 1e-8)


@exercise("log-softmax")
def rows_may_lie_far_from_each_other(student, rng):
    scores = rng.normal(size=(3, 4)) + np.array([[0.0], [-3000.0], [2000.0]])
    got = student.language.decoding.log_softmax(scores)
    message = "A row far below the others gives inf: every row has a largest score of its own."
    assert_that(np.all(np.isfinite(got)), message, "finite numbers", "inf or nan")
    assert_close(got, oracle.log_softmax_decimal(scores), "the log-probabilities", 1e-8)


@exercise("log-softmax")
def a_word_far_below_is_unlikely_and_not_impossible(student, rng):
    scores = rng.normal(size=(2, 4)) - [0, 0, 900, 2000]
    got = student.language.decoding.log_softmax(scores)
    require_array(got, "the log-probabilities", scores.shape)
    message = "A score 900 below the others gives -inf: do not take the logarithm of a probability."
    assert_that(np.all(np.isfinite(got)), message, "about -900", "-inf")
    assert_close(got, oracle.log_softmax_decimal(scores), "the log-probabilities")


@exercise("log-softmax")
def single_precision_scores_give_double_precision(student, rng):
    scores = rng.normal(size=(3, 5)).astype(np.float32)
    got = student.language.decoding.log_softmax(scores)
    assert_close(got, oracle.log_softmax_decimal(scores), "of float32 scores")


# --- decode-walk


@exercise("decode-walk", weight=3)
def each_step_reads_the_word_chosen_last(student, rng):
    for end in (-0.5, -0.5, -20):
        for takes in ("largest", "smallest"):
            machine = draw_machine(rng, end if takes == "largest" else -end)
            got, _ = call(student.checks.beside.decoding.walked, machine, 6, takes)
            expected = oracle.walked_sentence(machine, END, 6, takes)
            assert_sentence(got, expected, "the sentence")


@exercise("decode-walk")
def a_function_chooses_from_log_probabilities(student, rng):
    machine = draw_machine(rng, -20)
    _, seen = call(student.checks.beside.decoding.walked, machine, 3, "largest")
    message = "`choose` should be called once a word."
    assert_that(len(seen) == 3, message, "3 calls", f"{len(seen)}")
    words = oracle.walked_sentence(machine, END, 3, "largest")["words"]
    for step, row in enumerate(seen):
        options = [[*words[:step], word] for word in range(WORDS)]
        expected = [oracle.given_sentence(machine, row, END)["logprobs"][-1] for row in options]
        require_array(row, "what `choose` is given", (WORDS,))
        assert_close(row, np.array(expected), f"what `choose` is given in step {step + 1}")


@exercise("decode-walk", weight=2)
def end_ends_the_sentence_and_counts(student, rng):
    machine = draw_machine(rng, 6)
    got, _ = call(student.checks.beside.decoding.walked, machine, 5, "largest")
    expected = oracle.walked_sentence(machine, END, 5, "largest")
    assert_sentence(got, expected, "a sentence whose first word is <END>")


@exercise("decode-walk", weight=2)
def nothing_is_longer_than_max_length(student, rng):
    for longest in (1, 3):
        machine = draw_machine(rng, -20)
        got, _ = call(student.checks.beside.decoding.walked, machine, longest, "largest")
        expected = oracle.walked_sentence(machine, END, longest, "largest")
        assert_sentence(got, expected, f"a sentence cut at max_length = {longest}")


# --- decode-greedy


@exercise("decode-greedy", weight=3)
def the_likeliest_word_at_every_step(student, rng):
    for end in (-1, 0, -20):
        machine = draw_machine(rng, end)
        got = call(student.checks.beside.decoding.greedy, machine, 6)
        expected = oracle.walked_sentence(machine, END, 6, "largest")
        assert_sentence(got, expected, "the greedy sentence")


@exercise("decode-greedy")
def greedy_stops_at_max_length(student, rng):
    for longest in (1, 5):
        machine = draw_machine(rng, -20)
        got = call(student.checks.beside.decoding.greedy, machine, longest)
        expected = oracle.walked_sentence(machine, END, longest, "largest")
        assert_sentence(got, expected, f"a sentence cut at max_length = {longest}")


@exercise("decode-greedy")
def the_sentence_is_about_its_picture(student, rng):
    moves, scores, _, start = draw_machine(rng, -1)
    for first in range(STATES):
        machine = moves, scores, first, start
        got = call(student.checks.beside.decoding.greedy, machine, 3)
        expected = oracle.walked_sentence(machine, END, 3, "largest")
        assert_sentence(got, expected, f"the greedy sentence of picture {first}")


# --- tempered-probabilities


@exercise("tempered-probabilities", weight=3)
def log_probabilities_are_divided_by_the_temperature(student, rng):
    for temperature in (0.3, 0.7, 2.5):
        logprobs = draw_logprobs(rng)
        got = student.language.decoding.tempered_probabilities(logprobs, temperature)
        p = np.exp(logprobs)
        powers = np.exp(logprobs / temperature)
        mistakes = [
            (oracle.tempered_shares(logprobs, 1 / temperature), "Divide by the temperature."),
            (powers, "These do not sum to 1: normalise after the division."),
            (p, "The temperature has no effect: divide the logarithms, then exponentiate."),
        ]
        expected = oracle.tempered_shares(logprobs, temperature)
        assert_no_mistake(got, expected, f"the probabilities at {temperature}", mistakes)


@exercise("tempered-probabilities")
def at_one_they_are_the_model_s(student, rng):
    logprobs = draw_logprobs(rng, 5)
    got = student.language.decoding.tempered_probabilities(logprobs, 1.0)
    assert_close(got, oracle.tempered_shares(logprobs, 1.0), "the probabilities at 1")


@exercise("tempered-probabilities", weight=2)
def any_temperature_gives_finite_numbers(student, rng):
    for temperature in (1e-3, 1e-6, 1e3):
        logprobs = draw_logprobs(rng, 6) - rng.uniform(0, 3, size=6)
        got = student.language.decoding.tempered_probabilities(logprobs, temperature)
        require_array(got, "the probabilities", logprobs.shape)
        message = f"At {temperature:g} some are nan: 0 / 0, where all exponentials have vanished."
        assert_that(np.all(np.isfinite(got)), message, "finite numbers", "nan")
        expected = oracle.tempered_shares(logprobs, temperature)
        assert_close(got, expected, f"the probabilities at {temperature:g}")


@exercise("tempered-probabilities")
def what_cannot_come_does_not_come(student, rng):
    logprobs = np.append(draw_logprobs(rng, 4), -np.inf)
    got = student.language.decoding.tempered_probabilities(logprobs, 1.7)
    expected = oracle.tempered_shares(logprobs, 1.7)
    assert_close(got, expected, "the probabilities where one word is impossible")


# --- decode-score


@exercise("decode-score", weight=3)
def every_word_counts_and_the_end(student, rng):
    for words in ([3, 0, 5], [1, 4, 4, 3, 0]):
        machine = draw_machine(rng)
        got = call(student.checks.beside.decoding.score, machine, words)
        expected = oracle.given_sentence(machine, [*words, END], END)
        assert_sentence(got, expected, "the sentence that was given")


@exercise("decode-score")
def the_empty_sentence_has_an_end(student, rng):
    machine = draw_machine(rng)
    got = call(student.checks.beside.decoding.score, machine, [])
    expected = oracle.given_sentence(machine, [END], END)
    assert_sentence(got, expected, "the sentence without words")


@exercise("decode-score")
def long_sentences_are_scored_to_their_end(student, rng):
    machine = draw_machine(rng)
    words = [int(word) for word in rng.choice([0, 1, 3, 5], size=40)]
    got = call(student.checks.beside.decoding.score, machine, words)
    expected = oracle.given_sentence(machine, [*words, END], END)
    assert_sentence(got, expected, "a sentence of 40 words")


@exercise("decode-score")
def unlikely_words_are_scored_as_they_are(student, rng):
    machine = draw_machine(rng, end=-30)
    got = call(student.checks.beside.decoding.score, machine, [0])
    expected = oracle.given_sentence(machine, [0, END], END)
    assert_sentence(got, expected, "a sentence whose end is unlikely")


# --- extend-beams


@exercise("extend-beams", weight=3)
def the_best_of_all_continuations_are_kept(student, rng):
    for _ in range(4):
        beginnings, logprobs = draw_beginnings(rng, 3), draw_next(rng, 3)
        logprobs[:, END] -= 20
        result = extend(student, beginnings, logprobs, 4)
        require_continuations(result, beginnings, logprobs, 4)


@exercise("extend-beams", weight=2)
def what_says_end_is_done(student, rng):
    for shift in (1.5, 30):
        beginnings, logprobs = draw_beginnings(rng, 4), draw_next(rng, 4)
        logprobs[:, END] = -rng.exponential(size=4) / shift
        result = extend(student, beginnings, logprobs, 5)
        require_continuations(result, beginnings, logprobs, 5)


@exercise("extend-beams")
def one_beginning_without_words_is_the_first_step(student, rng):
    logprobs = draw_next(rng, 1)
    for width in (1, 3):
        result = extend(student, [([], [])], logprobs, width)
        require_continuations(result, [([], [])], logprobs, width)


@exercise("extend-beams")
def a_width_beyond_all_continuations_keeps_all(student, rng):
    beginnings, logprobs = draw_beginnings(rng, 2), draw_next(rng, 2)
    for width in (2 * WORDS, 50):
        result = extend(student, beginnings, logprobs, width)
        require_continuations(result, beginnings, logprobs, width)


@exercise("extend-beams")
def equal_ones_are_not_lost(student, rng):
    beginnings = [([word], [-1.25]) for word in (0, 3, 5)]
    logprobs = np.full((3, WORDS), -2.0)
    going, rows, done = extend(student, beginnings, logprobs, 7)
    said = [(row, *sentence["words"]) for row, sentence in zip(rows, going)]
    said += [tuple(sentence["words"]) for sentence in done]
    message = "All continuations are equally likely here: any 7 different ones should be kept."
    assert_that(len(set(said)) == len(said) == 7, message, "7 different ones", f"{len(set(said))}")


# --- beam-search


@exercise("beam-search", weight=2)
def a_beam_of_one_is_greedy(student, rng):
    for end in (-1, 0, 1):
        machine = draw_machine(rng, end)
        found = search(student, machine, 1, 6)
        expected = oracle.walked_sentence(machine, END, 6, "largest")
        require_found(found, [expected], "width 1")


@exercise("beam-search", weight=2)
def a_beam_as_wide_as_the_tree_finds_the_best_of_all(student, rng):
    for best in (1, 6):
        machine = draw_machine(rng, words=5)
        found = search(student, machine, 5**LONGEST, LONGEST, 0.0, best)
        expected = oracle.best_sentences(machine, END, LONGEST, 0.0, best)
        require_found(found, expected, "a beam as wide as the tree")


@exercise("beam-search", weight=3)
def a_narrow_beam_keeps_the_best_beginnings(student, rng):
    for width in (2, 3, 5):
        machine = draw_machine(rng, -1)
        found = search(student, machine, width, 6)
        expected = oracle.beam_sentences(machine, END, width, 6, 0.0, width)
        require_found(found, expected, f"width {width}")


@exercise("beam-search", weight=2)
def sentences_are_ranked_with_the_length_penalty(student, rng):
    for penalty in (0.5, 1.0):
        machine = draw_machine(rng, 0.5, sharpness=0.6)
        found = search(student, machine, 4, 7, penalty, 4)
        expected = oracle.beam_sentences(machine, END, 4, 7, penalty, 4)
        require_found(found, expected, f"length_penalty {penalty:g}")


@exercise("beam-search", weight=2)
def there_is_always_an_answer(student, rng):
    machine = draw_machine(rng, -40)
    expected = oracle.beam_sentences(machine, END, 3, 5, 0.0, 3)
    require_found(search(student, machine, 3, 5), expected, "where <END> never comes")
    machine = draw_machine(rng, 6)
    expected = oracle.beam_sentences(machine, END, 1, 5, 0.0, 1)
    require_found(search(student, machine, 3, 5)[:1], expected, "where <END> comes first")


@exercise("beam-search")
def a_sentence_that_ends_soon_may_be_beaten(student, rng):
    # <END> first has a chance of 0.4; word 3, then <END>, one of 0.55: a beam of two finds it
    moves = np.zeros((3, WORDS), dtype=np.int64)
    moves[0, START], moves[:, 3] = 1, 2
    chances = np.full((3, WORDS), 0.0125)
    chances[1, END], chances[1, 3], chances[2, END] = 0.4, 0.55, 0.9375
    machine = moves, np.log(chances), 0, START
    found = search(student, machine, 2, 5, 0.0, 1)
    message = "The first sentence that ends need not be the best: go on while others could beat it."
    assert_that(found[0]["words"] == [3], message, "[3]", str(found[0]["words"]))
    require_found(found, oracle.best_sentences(machine, END, 3, 0.0, 1), "width 2")


@exercise("beam-search")
def a_beam_wider_than_the_vocabulary_works(student, rng):
    machine = draw_machine(rng, -0.5)
    found = search(student, machine, 2 * WORDS, 5, 0.0, 3)
    expected = oracle.beam_sentences(machine, END, 2 * WORDS, 5, 0.0, 3)
    require_found(found, expected, f"width {2 * WORDS}")
