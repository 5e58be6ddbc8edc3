"""Checks of the notebook `language_models`: counting, perplexity, writing, and circles.

Those of the network are in `language_networks`.
"""

import numpy as np

from cs231n.checks.api import assert_close, assert_that, exercise, kind, oracle, require_array, take
from cs231n.checks.failures import CheckFailure
from cs231n.checks.judge.language import (
    START,
    counted,
    draw_scored,
    draw_text,
    perplexity_slips,
    require_chances,
    require_counts,
    require_perplexities,
)

# --- ngram-counts


@exercise("ngram-counts", weight=3)
def every_token_follows_the_tokens_before_it(student, rng):
    for n in (2, 3):
        require_counts(student, draw_text(rng), n, f"n = {n}")


@exercise("ngram-counts")
def without_context_tokens_are_counted(student, rng):
    require_counts(student, draw_text(rng), 1, "n = 1")


@exercise("ngram-counts")
def sequences_may_be_short_empty_and_alike(student, rng):
    sequences = [[], [2], *draw_text(rng, lengths=(6,)), [2], []]
    for n in (1, 4):
        require_counts(student, sequences, n, f"n = {n}, with empty sequences and short ones")
    require_counts(student, [], 2, "no sequence")


@exercise("ngram-counts")
def sequences_may_be_arrays(student, rng):
    for dtype in (np.int32, np.int64, np.uint8):
        sequences = [np.array(tokens, dtype=dtype) for tokens in draw_text(rng)]
        require_counts(student, sequences, 2, f"n = 2, tokens of {np.dtype(dtype)}")


# --- witten-bell


def queries_of(rng, V, context, tokens=None):
    """Ask for each of V tokens behind one context."""
    return [(token, tuple(context)) for token in (range(V) if tokens is None else tokens)]


@exercise("witten-bell", weight=3)
def counts_of_all_contexts_are_mixed(student, rng):
    V, sequences = 6, draw_text(rng, lengths=(14, 3, 11))
    rows = counted(sequences, 3)
    queries = queries_of(rng, V, []) + queries_of(rng, V, sequences[0][:1])
    queries += queries_of(rng, V, sequences[0][:2]) + queries_of(rng, V, sequences[2][3:5])
    require_chances(student, rows, V, queries, "order 3")


@exercise("witten-bell", weight=2)
def a_context_that_never_came_changes_nothing(student, rng):
    V, (sequence,) = 6, draw_text(rng, V=4, lengths=(15,))
    rows = counted([sequence], 3)
    contexts = [(5, sequence[4]), (sequence[4], 5), (4, 5)]  # 4 and 5 never came
    queries = [(int(token), c) for c in contexts for token in (sequence[5], 4)]
    require_chances(student, rows, V, queries, "a context that never came")


@exercise("witten-bell")
def sentences_begin_behind_start(student, rng):
    V, sequences = 5, draw_text(rng)
    queries = queries_of(rng, V, (START, START)) + queries_of(rng, V, (START, sequences[0][0]))
    require_chances(student, counted(sequences, 3), V, queries, "behind START")


@exercise("witten-bell")
def more_context_than_the_order_is_not_looked_at(student, rng):
    V, sequences = 5, draw_text(rng)
    queries = queries_of(rng, V, sequences[2][:6])
    for order in (1, 2):
        require_chances(student, counted(sequences, order), V, queries, f"order {order}")


@exercise("witten-bell")
def probabilities_sum_to_one(student, rng):
    V, sequences = 5, draw_text(rng, V=4)
    rows = counted(sequences, 4)
    for context in [(), tuple(sequences[0][:3]), (3, 4, 2)]:
        queries = queries_of(rng, V, context)
        got = student.checks.beside.ngrams.chances(4, V, rows, queries)
        assert_close(float(np.sum(got)), 1.0, "the sum of the probabilities of all tokens")
        require_chances(student, rows, V, queries, "order 4")


# --- lm-perplexity


@exercise("lm-perplexity", weight=3)
def all_tokens_count_alike(student, rng):
    sequences, logprobs = draw_scored(rng)
    slips = perplexity_slips(logprobs, sequences, 0)
    require_perplexities(student, logprobs, sequences, 0, "with unknown token 0", slips)


@exercise("lm-perplexity")
def no_token_need_be_unknown(student, rng):
    sequences, logprobs = draw_scored(rng)
    require_perplexities(student, logprobs, sequences, None, "without an unknown token")
    require_perplexities(student, logprobs, sequences, 9, "where no token is unknown")


@exercise("lm-perplexity")
def any_token_may_stand_for_the_unknown(student, rng):
    sequences, logprobs = draw_scored(rng, lengths=(5, 1, 6))
    slips = perplexity_slips(logprobs, sequences, 5)
    require_perplexities(student, logprobs, sequences, 5, "with unknown token 5", slips)


@exercise("lm-perplexity")
def all_may_be_unknown(student, rng):
    logprobs = [np.log(rng.uniform(0.1, 0.9, size=3))]
    require_perplexities(student, logprobs, [[2, 2, 2]], 2, "where all is unknown")


# --- lm-write


def draw_tables(rng, V=6, S=7, end=2, bias=-1.0):
    """Draw tables (moves, scores) of a `WordMachine`; `end` is less likely, or more."""
    scores = 1.5 * rng.normal(size=(S, V))
    scores[:, end] += bias
    return rng.integers(S, size=(S, V)), scores


def require_written(student, tables, prime, takes=0, temperature=1.0, end=2, longest=6, what=""):
    """Require the text that tables of chances lead to, and the probabilities on the way."""
    args = (*tables, prime, takes, temperature, end, longest)
    got, offered = take(student.checks.beside.writing.written(*args), "text", "offered")
    text, chances = oracle.written_by_tables(*args)
    message = f"{what}: write should return a list of tokens."
    assert_that(isinstance(got, list), message, "a list", kind(got))
    for row, right in zip(offered, chances):
        require_array(row, "what `pick` is given", shape=right.shape)
        for mistake, sentence in offered_slips(tables, prime, temperature, right):
            if np.allclose(row, mistake, 1e-9) and not np.allclose(right, mistake, 1e-9):
                raise CheckFailure(f"{what}: {sentence}", str(right.round(4)), str(row.round(4)))
        assert_close(row, right, f"{what}: what `pick` is given")
    message = f"{what} is another text."
    if got == [*text, end]:
        message = f"{what} has `end` in it: the text comes without."
    elif got == [*prime, *text]:
        message = f"{what} has the beginning in it: return only what was written."
    elif end is not None and end in got:
        message = f"{what} goes on after `end`, which ends it."
    elif text and got[: len(text)] == text:
        message = f"{what} goes on too long."
    elif got == text[: len(got)] and len(got) < len(text):
        message = f"{what} stops too early."
    assert_that(got == text, message, str(text), str(got))
    message = f"{what}: `pick` should be called once for each token, `end` included."
    assert_that(len(offered) == len(chances), message, f"{len(chances)} calls", f"{len(offered)}")


def offered_slips(tables, prime, temperature, right):
    """Probabilities before the first token of those who prime otherwise, or do not divide."""
    args = (0, temperature, None, 1)
    slips = []
    for some, sentence in [
        (prime[:1], "Only the first token of the beginning is read."),
        (prime[-1:], "Only the last token of the beginning is read."),
        ([*prime, prime[-1]], "The last token of the beginning is read twice."),
        (prime[:-1], "The last token of the beginning is not read."),
    ]:
        slips.append((oracle.written_by_tables(*tables, some, *args)[1][0], sentence))
    p = np.asarray(right) ** temperature
    slips.append((p / p.sum(), "The temperature has no effect: divide the scores by it."))
    return slips


@exercise("lm-write", weight=3)
def the_beginning_is_read_then_each_token_written(student, rng):
    for prime in ([4], [4, 1, 3, 0]):
        for takes in (0, 1):
            tables = draw_tables(rng, bias=-20)
            what = f"the text behind {len(prime)} token(s)"
            require_written(student, tables, prime, takes, what=what)


@exercise("lm-write", weight=2)
def end_ends_the_text(student, rng):
    for bias in (0.5, 0.5, 30):
        require_written(student, draw_tables(rng, bias=bias), [4, 0], what="a text that ends")


@exercise("lm-write")
def max_length_cuts_the_text(student, rng):
    for longest in (1, 4):
        tables, what = draw_tables(rng, bias=-20), f"a text cut at max_length = {longest}"
        require_written(student, tables, [4, 0], longest=longest, what=what)


@exercise("lm-write", weight=2)
def scores_are_divided_by_the_temperature(student, rng):
    for temperature in (0.4, 2.5, 1e-3):
        tables = draw_tables(rng)
        what = f"at temperature {temperature:g}"
        require_written(student, tables, [4, 3], 0, temperature, what=what)


@exercise("lm-write")
def without_end_nothing_ends(student, rng):
    tables = draw_tables(rng, bias=8)
    require_written(student, tables, [4, 3], end=None, longest=9, what="a text without an end")


@exercise("lm-write")
def large_scores_and_end_in_the_beginning(student, rng):
    moves, scores = draw_tables(rng)
    far = scores + rng.choice([-1000, 1000], size=(len(scores), 1))
    require_written(student, (moves, far), [4], what="scores near 1,000")
    require_written(student, (moves, scores), [2, 3], what="a beginning that holds `end`")


# --- find-loop


def require_circle(student, tokens, turns=2, what="the circle"):
    """Require (start, p), or None."""
    got = student.language.writing.find_loop(tokens, turns)
    right = oracle.circle_by_definition(tokens, turns)
    text = f"of {list(map(int, tokens))}" if len(tokens) < 16 else f"of {len(tokens)} tokens"
    if right is None:
        message = f"{what} {text}: its end does not come {turns} times in a row."
        assert_that(got is None, message, "None", str(got) if type(got) is tuple else kind(got))
        return
    is_pair = isinstance(got, tuple | list) and len(got) == 2
    message = f"{what} {text}: find_loop should return (start, p)."
    assert_that(is_pair, message, str(tuple(right)), kind(got))
    start, p = right
    message = f"{what} {text}: the length is that of the shortest circle."
    if tuple(got) == (p, start):
        message = f"{what} {text}: the start comes first, then the length."
    elif got[1] < p:
        message = f"{what} {text}: its end does not repeat with a length of {got[1]}."
    assert_that(got[1] == p, message, f"p = {p}", f"p = {got[1]}")
    message = f"{what} {text} begins elsewhere."
    if got[0] == len(tokens) - turns * p:
        message = f"{what} {text} goes further back than {turns} turns."
    elif got[0] > start:
        message = f"{what} {text} begins too late: it may begin in the middle of a turn."
    assert_that(got[0] == start, message, f"start = {start}", f"start = {got[0]}")


@exercise("find-loop", weight=3)
def the_circle_at_the_end(student, rng):
    for p, turns in ((2, 3), (3, 2), (4, 5)):
        turn = (10 + rng.permutation(p)).tolist()
        before = rng.integers(5, size=4).tolist()
        require_circle(student, [*before, *turn * turns])


@exercise("find-loop", weight=2)
def a_circle_may_begin_and_end_in_the_middle_of_a_turn(student, rng):
    for cut in (1, 2):
        turn = (10 + rng.permutation(4)).tolist()
        before = rng.integers(5, size=3).tolist()
        require_circle(student, [*before, *(turn * 4)[cut:]], what="a circle cut at its front")
        require_circle(student, [*before, *(turn * 4)[:-cut]], what="a circle cut at its end")


@exercise("find-loop")
def no_circle_is_none(student, rng):
    turn = (10 + rng.permutation(4)).tolist()
    require_circle(student, [3, *turn, *turn], what="a circle of two turns")
    require_circle(student, [*turn, *turn, 3], what="a circle that was left again,")
    require_circle(student, [*turn, *turn[:3]], what="less than two turns,")
    require_circle(student, rng.permutation(9).tolist(), what="a text without any,")
    for tokens in ([], [4]):
        require_circle(student, tokens, what="a text of no token, or one,")


@exercise("find-loop")
def the_shortest_circle_counts(student, rng):
    one, other = rng.permutation(9)[:2].tolist()
    require_circle(student, [one, *[other] * 6])
    require_circle(student, [one, other] * 4)
    require_circle(student, [one, one, other, one, one, other, one, one])


@exercise("find-loop")
def turns_says_how_often(student, rng):
    turn = (10 + rng.permutation(3)).tolist()
    before = rng.integers(5, size=7).tolist()
    for turns in (2, 3, 4):
        require_circle(student, [*before, *turn * 3], turns, f"turns = {turns}: the circle")


@exercise("find-loop")
def tokens_may_be_an_array(student, rng):
    turn = 10 + rng.permutation(5)
    require_circle(student, np.concatenate([[1, 2], *[turn] * 3]), what="an array's circle")
