"""What the checks of decoding share: machines, beginnings, and what sentences should be."""

import numpy as np

from cs231n.checks.asserts import assert_close, assert_that, kind, take
from cs231n.checks.oracles import oracle

END, START, WORDS, STATES = 2, 4, 6, 7  # words: 0 to 5
LONGEST = 4


def draw_machine(rng, end=0.0, words=WORDS, sharpness=1.5):
    """(moves, scores, first state, start): tables that say what is likely after what."""
    moves = rng.integers(STATES, size=(STATES, words))
    scores = sharpness * rng.normal(size=(STATES, words))
    scores[:, END] += end
    return moves, scores, int(rng.integers(STATES)), START


def call(probe, machine, *args):
    """Call a probe with a machine's tables, a picture's features, <START>, <END>, and the rest."""
    moves, scores, first, start = machine
    return probe(moves, scores, np.array([first, 0.5, -3.0]), start, END, *args)


def require_sentence(got, what):
    """Require a `Sentence`, which a probe hands on as a dict."""
    is_one = isinstance(got, dict) and got.keys() == {"words", "logprobs", "finished"}
    assert_that(is_one, f"{what} should be a Sentence.", "a Sentence", kind(got))


def assert_sentence(got, expected, what):
    """Require a sentence to have these words, log-probabilities and end."""
    require_sentence(got, what)
    words, right = got["words"], expected["words"]
    if words != right:
        message = f"{what} has other words."
        if words == [*right, END]:
            message = f"{what} has <END> among its words: they come without start and end."
        elif right and words[: len(right)] == right:
            message = f"{what} goes on too long: max_length counts <END>, too."
        elif words and words[0] == START and words[1:] == right[: len(words) - 1]:
            message = f"{what} has <START> among its words: they come without start and end."
        elif words and words == right[: len(words)]:
            message = f"{what} stops too early."
        elif words[:1] == right[:1] and len(right) > 1:
            message = (
                f"{what} goes wrong behind its first word: each step reads the word that was "
                "chosen last, in the state that the step before returned."
            )
        assert_that(False, message, str(right), str(words))
    message = f"{what}: finished says whether <END> was said."
    if expected["finished"] and len(got["logprobs"]) < len(expected["logprobs"]):
        message = f"{what} ends with <END>, which has to be said, and scored, too."
    same = got["finished"] == expected["finished"]
    assert_that(same, message, str(expected["finished"]), str(got["finished"]))
    logprobs, count = np.array(got["logprobs"]), len(expected["logprobs"])
    message = f"{what} has one log-probability for each word, and one for <END> where it was said."
    assert_that(len(logprobs) == count, message, f"{count} of them", f"{len(logprobs)}")
    assert_close(logprobs, np.array(expected["logprobs"]), f"{what}: logprobs")


def draw_logprobs(rng, words=7):
    """Log-probabilities (V,) of some words."""
    return np.log(rng.dirichlet(np.ones(words)))


def draw_beginnings(rng, count, words=WORDS):
    """Pairs of words and their log-probabilities, all of one length, and no two of them alike."""
    others = [word for word in range(words) if word != END]
    return [([others[k % len(others)], 3], list(-rng.exponential(size=2))) for k in range(count)]


def draw_next(rng, count, words=WORDS):
    """Log-probabilities (count, words) of the next word of each beginning."""
    return np.log(rng.dirichlet(0.7 * np.ones(words), size=count))


def extend(student, beginnings, logprobs, width):
    """What the student's extend_beams returns, its kinds checked."""
    probe = student.checks.beside.decoding.extend_beams
    going, rows, done = take(probe(beginnings, logprobs, END, width), "going", "rows", "done")
    message = "rows has one number for each sentence in going."
    assert_that(len(rows) == len(going), message, f"{len(going)} rows", f"{len(rows)}")
    for got, what in [*((s, "going") for s in going), *((s, "done") for s in done)]:
        require_sentence(got, f"what stands in {what}")
    return going, rows, done


def require_continuations(result, beginnings, logprobs, width):
    """Require what `extend` returns to be the best continuations, and in order."""
    going, rows, done = result
    totals = [sum(said) for _, said in beginnings]
    best = oracle.best_continuations(totals, logprobs, width)
    count = len(going) + len(done)
    message = "Of all continuations of all beginnings together, `width` are kept"
    message += " (or all of them, if there are fewer)."
    assert_that(count == len(best), message, f"{len(best)} of them", f"{count}")
    expected = [
        {
            "words": [*beginnings[row][0], *([] if word == END else [word])],
            "logprobs": [*beginnings[row][1], float(logprobs[row, word])],
            "finished": word == END,
        }
        for row, word in best
    ]
    right_rows = [row for row, word in best if word != END]
    groups = [(going, [s for s in expected if not s["finished"]], "going")]
    groups += [(done, [s for s in expected if s["finished"]], "done")]
    for got, right, name in groups:
        require_group(got, right, name)
    message = "rows says which beginning each sentence in going continues, counted from 0."
    assert_that(rows == right_rows, message, str(right_rows), str(rows))


def require_group(got, right, name):
    """Require the sentences in going, or in done, to be these."""
    message = f"{name} holds others than the best continuations"
    message += ": compare the sums of the whole sentences, not the last words alone."
    if len(got) != len(right):
        message = f"{name} has too many or too few: what says <END> is done, all else is going."
    have, want = ([s["words"] for s in group] for group in (got, right))
    if have != want and sorted(have) == sorted(want):
        message = f"{name} is in another order: the likeliest first, by the whole sentence's sum."
    assert_that(have == want, message, str(want), str(have))
    for one, other in zip(got, right):
        assert_sentence(one, other, f"a sentence in {name}")


def search(student, machine, *args):
    """What the student's beam_search returns: a list of sentences."""
    found = call(student.checks.beside.decoding.beam_search, machine, *args)
    is_list = isinstance(found, list) and len(found) > 0
    assert_that(is_list, "There is always an answer: a list of Sentence.", "a list", kind(found))
    return found


def require_found(found, expected, what):
    """Require these sentences, the best first."""
    message = f"{what}: `best` says how many come back, if there are so many."
    assert_that(len(found) == len(expected), message, f"{len(expected)}", f"{len(found)}")
    for place, (got, right) in enumerate(zip(found, expected)):
        assert_sentence(got, right, f"{what}: sentence {place + 1}")
