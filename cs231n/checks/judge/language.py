"""What the checks of language models share: drawn texts, counts, and what should come of them."""

import math

import numpy as np

from cs231n.checks.asserts import assert_that, kind
from cs231n.checks.failures import CheckFailure
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake

START = -1


def draw_text(rng, V=5, lengths=(7, 1, 9)):
    """Draw sequences, lists of tokens; few enough tokens that some pairs come twice."""
    chances = rng.dirichlet(0.6 * np.ones(V))
    return [rng.choice(V, size=length, p=chances).tolist() for length in lengths]


def require_counts(student, sequences, n, what):
    """Require the n-grams of these sequences to be counted."""
    got = student.checks.beside.ngrams.counts(sequences, n)
    is_rows = isinstance(got, list)
    message = "count_ngrams should return a dict of dicts: counts[context][token]."
    assert_that(is_rows, message, "a dict of dicts", kind(got))
    contexts = [context for context, _, _ in got]
    right = all(isinstance(context, tuple) and len(context) == n - 1 for context in contexts)
    message = f"{what}: each context should be a tuple of n - 1 = {n - 1} tokens."
    strange = next((c for c in contexts if not isinstance(c, tuple) or len(c) != n - 1), None)
    assert_that(right, message, f"a tuple of {n - 1}", str(strange))
    expected = {(c, t): count for c, t, count in _expected_counts(sequences, n)}
    have = {(context, token): count for context, token, count in got}
    if have == expected:
        return
    for mistake, sentence in count_slips(sequences, n):
        if have == mistake != expected:
            raise CheckFailure(sentence, *_first_difference(expected, have))
    never = [key for key, count in have.items() if key not in expected and count == 0]
    message = f"{what}: some counts differ."
    if never:
        message = f"{what}: what was never seen has no entry, not a 0."
    raise CheckFailure(message, *_first_difference(expected, have))


def _expected_counts(sequences, n):
    rows = oracle.ngrams_looked_up(sequences, n, START)
    return [(tuple(context), token, count) for context, token, count in rows]


def _first_difference(expected, have):
    """Texts of the first n-gram, in order, whose counts differ: expected, got and where."""
    keys = sorted({*expected, *have}, key=str)
    key = next(key for key in keys if expected.get(key) != have.get(key))
    where = f"counts[{key[0]}][{key[1]}]"
    return str(expected.get(key, "no entry")), str(have.get(key, "no entry")), where


def count_slips(sequences, n):
    """Counts of those who pad, join or cut otherwise."""
    joined = [[token for sequence in sequences for token in sequence]]
    padded = [[START] * (n - 1) + list(sequence) for sequence in sequences]
    counted = [_expected_counts(some, n) for some in (joined, padded)]
    joined, padded = ({(c, t): count for c, t, count in rows} for rows in counted)
    expected = _expected_counts(sequences, n)
    inner = {(c, t): count for c, t, count in expected if START not in c}
    present = {(c, t): 1 for c, t, _ in expected}
    turned = {(c[::-1], t): count for c, t, count in expected}
    return [
        (joined, "N-grams reach from one sequence into the next: each begins with START anew."),
        (padded, "START is counted as a token: it is read and never predicted."),
        (inner, "The first n - 1 tokens of each sequence are missing: START stands before them."),
        (present, "Every n-gram counts once here, however often it comes."),
        (turned, "The contexts are turned round: the oldest token comes first."),
    ]


def counted(sequences, order):
    """For each length of context, from 0 on, the rows (context, token, count) of a text."""
    return [_expected_counts(sequences, n) for n in range(1, order + 1)]


def require_chances(student, rows, V, queries, what):
    """Require the mixed probability of each (token, context)."""
    got = student.checks.beside.ngrams.chances(len(rows), V, rows, queries)
    for (token, context), value in zip(queries, got):
        right = oracle.mixed_chance(rows, V, token, context)
        where = f"{what}: P({token} | {', '.join(map(str, context)) or 'nothing'})"
        assert_no_mistake(value, right, where, chance_slips(rows, V, token, context))


def chance_slips(rows, V, token, context):
    """Probabilities of those who mix otherwise."""
    context = tuple(context)[max(0, len(context) - len(rows) + 1) :]
    seen = [
        [row for row in found if row[0] == context[len(context) - k :]]
        for k, found in enumerate(rows[: len(context) + 1])
    ]
    values = {"first": 0.0, "sums": 1 / V, "doubled": 1 / V, "kinds": 1 / V, "zero": 1 / V}
    for group in seen:
        own = sum(count for _, other, count in group if other == token)
        total, kinds = sum(count for *_, count in group), len(group)
        if not group:
            values["zero"] = 0.0
            continue
        values["first"] = (own + kinds * values["first"]) / (total + kinds)
        values["sums"] = own / total if own else values["sums"]
        values["doubled"] = own / total + kinds / (total + kinds) * values["doubled"]
        values["kinds"] = (own + V * values["kinds"]) / (total + V)
        values["zero"] = (own + kinds * values["zero"]) / (total + kinds)
    return [
        (values["first"], "Below the empty context stands 1 / V, not 0."),
        (values["sums"], "Shorter contexts are mixed in, whether or not the token was seen."),
        (values["doubled"], "The probabilities do not sum to 1: divide the count by c + T, too."),
        (values["kinds"], "T is how many different tokens followed this context, not V."),
        (values["zero"], "A context that never came changes nothing: take that of the shorter."),
    ]


def draw_scored(rng, V=6, lengths=(4, 9, 2)):
    """Draw sequences of tokens, and logarithms of what each was worth."""
    sequences = [rng.integers(V, size=length) for length in lengths]
    sequences[0][:2] = 0, V - 1
    return sequences, [np.log(rng.uniform(0.02, 0.9, size=length)) for length in lengths]


def require_perplexities(student, logprobs, sequences, unknown, what, slips=()):
    """Require the dict that `perplexities` should return; slips are dicts with a sentence each."""
    got = student.language.ngrams.perplexities(logprobs, sequences, unknown)
    expected = oracle.perplexities_by_products(logprobs, sequences, unknown)
    names = ", ".join(f'"{name}"' for name in expected)
    is_one = isinstance(got, dict) and got.keys() == expected.keys()
    assert_that(is_one, f"perplexities should return a dict of {names}.", names, kind(got))
    for name, right in expected.items():
        value = got[name]
        if math.isnan(right):
            is_nan = isinstance(value, float | np.floating) and math.isnan(value)
            message = f'{what}: "{name}" should be nan where no token is known.'
            assert_that(is_nan, message, "nan", str(value))
        else:
            told = [(mistake[name], sentence) for mistake, sentence in slips if name in mistake]
            assert_no_mistake(value, right, f'{what}: "{name}"', told)


def perplexity_slips(logprobs, sequences, unknown):
    """What comes of other means, other bases, and other tokens."""
    values, tokens = np.concatenate(logprobs), np.concatenate(sequences)
    rows = [float(np.mean(row)) for row in logprobs]
    without_end = np.concatenate([row[:-1] for row in logprobs if len(row) > 1])
    odd, nats, words = tokens == unknown, float(-values.mean()), len(tokens) - len(sequences)
    told = {
        "perplexity": [
            (math.exp(-np.mean(rows)), "A long sentence counts for more than a short one."),
            (math.exp(-without_end.mean()), "END counts, too: it is predicted like a word."),
            (
                math.exp(-values.sum() / words),
                "END is among the logarithms, so it is among the tokens they are divided by.",
            ),
            (float(np.mean(1 / np.exp(values))), "The mean is that of the logarithms."),
            (math.exp(-nats), "The sign is turned: a perplexity is 1 or more."),
            (2**nats, "The logarithms are natural: exp, not 2 to the power."),
        ],
        "bits": [
            (nats, "These are nats: a bit is log(2) of them."),
            (nats * math.log(2), "A bit is log(2) nats, so there are more bits than nats."),
        ],
        "unknown": [
            (1 - float(odd.mean()), "This is the share of the known tokens."),
            (float(odd.sum()), "This is a number of tokens: take their share."),
        ],
        "known": [
            (
                math.exp(-values[~odd].sum() / len(tokens)),
                "The logarithms of the known tokens are divided by the number of all.",
            ),
            (math.exp(nats), "This is that of all tokens: leave the unknown ones out."),
        ],
    }
    return [({name: value}, text) for name, pairs in told.items() for value, text in pairs]
