"""Checks of the notebook `word_vectors`: pairs, negatives, losses, counts.

Those of neighbours and analogies are in `word_relations`.
"""

import numpy as np

from cs231n.checks.api import (
    ROUNDING32,
    assert_close,
    assert_that,
    exercise,
    oracle,
    require_array,
    take,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.word_vectors import (
    batch_loss,
    draw_batch,
    draw_negatives,
    draw_tables,
    require_batch,
    require_finite,
    require_no_hits,
    require_pairs,
    require_shares,
)

# --- context-pairs


@exercise("context-pairs", weight=3)
def every_word_meets_those_within_its_window(student, rng):
    for window in (1, 2, 3):
        require_pairs(student, rng.permutation(20)[:9], window, f"a window of {window}")


@exercise("context-pairs")
def a_window_may_be_wider_than_the_sentence(student, rng):
    for T, window in ((2, 1), (3, 5), (4, np.int64(3))):
        require_pairs(student, rng.permutation(9)[:T], window, f"{T} words, window {window},")


@exercise("context-pairs")
def words_that_come_twice_are_each_other_s_context(student, rng):
    for words in ([4, 4, 1, 4], [2, 7, 2, 2, 7, 5]):
        require_pairs(student, words, 2, "a sentence with a word that comes twice")


@exercise("context-pairs")
def short_sentences_have_no_pairs(student, rng):
    for words in ([], [3]):
        require_pairs(student, words, 2, f"a sentence of {len(words)} words")


# --- keep-probabilities


@exercise("keep-probabilities", weight=3)
def frequent_words_are_thinned_out(student, rng):
    for threshold in (1e-3, 0.02):
        counts = np.append(rng.integers(100, 5000, size=6), [1, 40000])
        got = student.language.word_vectors.keep_probabilities(counts, threshold)
        share = counts / counts.sum()
        kept = np.minimum(1, threshold / share)
        mistakes = [
            (1 - np.sqrt(kept), "These are the probabilities of leaving a word out."),
            (np.sqrt(threshold / share), "A probability is at most 1."),
            (kept, "The square root is missing."),
            (
                np.minimum(1, np.sqrt(threshold / counts)),
                "f is the share of a word in all of them, not its count.",
            ),
        ]
        expected = oracle.chances_to_stay(counts, threshold)
        assert_no_mistake(got, expected, f"the probabilities at {threshold:g}", mistakes)


@exercise("keep-probabilities")
def rare_words_all_stay(student, rng):
    counts = rng.integers(1, 9, size=5)
    got = student.language.word_vectors.keep_probabilities(counts, 0.9)
    assert_close(got, np.ones(5), "the probabilities at a threshold above all shares")


@exercise("keep-probabilities")
def the_default_threshold_is_a_thousandth(student, rng):
    counts = rng.integers(1, 4000, size=9)
    got = student.language.word_vectors.keep_probabilities(counts)
    assert_close(got, oracle.chances_to_stay(counts, 1e-3), "the probabilities by default")


@exercise("keep-probabilities")
def a_word_that_never_comes_would_stay(student, rng):
    counts = np.array([0, 700, 0, 3, 90000], dtype=np.int32)
    got = student.language.word_vectors.keep_probabilities(counts, 1e-3)
    expected = oracle.chances_to_stay(counts, 1e-3)
    assert_close(got, expected, "the probabilities where a count is 0")


# --- noise-distribution


@exercise("noise-distribution", weight=3)
def counts_to_a_power_are_normalised(student, rng):
    for power in (0.75, 0.4, 1):
        counts = rng.integers(1, 3000, size=7)
        got = student.language.word_vectors.noise_distribution(counts, power)
        mistakes = [
            (counts**power, "These do not sum to 1: divide by their sum."),
            (counts / counts.sum(), "The power has no effect."),
            ((counts / counts.sum()) ** power, "Normalise after the power, not before."),
        ]
        expected = oracle.chances_of_noise(counts, power)
        assert_no_mistake(got, expected, f"the distribution, power {power:g}", mistakes)


@exercise("noise-distribution")
def the_default_power_is_three_quarters(student, rng):
    counts = rng.integers(1, 3000, size=5)
    got = student.language.word_vectors.noise_distribution(counts)
    assert_close(got, oracle.chances_of_noise(counts, 0.75), "the distribution by default")


@exercise("noise-distribution", weight=2)
def what_never_comes_is_never_drawn(student, rng):
    for power in (0.75, 0):
        counts = np.array([3, 0, 800, 0, 50])
        got = student.language.word_vectors.noise_distribution(counts, power)
        require_array(got, "the distribution", shape=(5,))
        message = f"A word with the count 0 has a probability above 0 at power {power:g}."
        assert_that(not np.any(got[counts == 0] > 0), message, "0", f"{np.max(got[[1, 3]]):.3g}")
        expected = oracle.chances_of_noise(counts, power)
        assert_close(got, expected, f"the distribution, power {power:g}")


# --- draw-negatives


@exercise("draw-negatives", weight=3)
def negatives_follow_the_noise_without_the_context(student, rng):
    noise = np.array([0.05, 0.1, 0.15, 0.2, 0.5])[rng.permutation(5)]
    contexts = rng.integers(5, size=4000)
    (got,) = draw_negatives(student, noise, contexts, 6, int(rng.integers(1000)))
    require_no_hits(got, contexts)
    require_shares(got, noise, contexts)


@exercise("draw-negatives")
def a_context_that_is_often_drawn_is_never_kept(student, rng):
    noise = np.array([0.9, 0.04, 0.06])
    contexts = np.zeros(600, dtype=np.int32)
    (got,) = draw_negatives(student, noise, contexts, 4, int(rng.integers(1000)))
    require_no_hits(got, contexts)
    require_shares(got, noise, contexts)


@exercise("draw-negatives")
def pairs_and_their_places_are_drawn_one_by_one(student, rng):
    noise, contexts = np.full(8, 0.125), np.full(500, 3)
    (got,) = draw_negatives(student, noise, contexts, 3, int(rng.integers(1000)))
    message = "All pairs get the same negatives: draw K for each."
    assert_that(len(np.unique(got, axis=0)) > 1, message, "different rows", "equal rows")
    twice = np.mean(got[:, 0] == got[:, 1])
    message = "How often a pair's first two negatives are the same word: each of the K is drawn "
    message += "from all words, with one in seven the same."
    assert_that(0.04 < twice < 0.25, message, "about 0.14", f"{twice:.2f}")


@exercise("draw-negatives")
def more_negatives_than_words_can_be_drawn(student, rng):
    noise, contexts = np.array([0.0, 0.3, 0.7, 0.0]), np.array([1, 2, 2, 1, 0, 3])
    (got,) = draw_negatives(student, noise, contexts, 9, int(rng.integers(1000)))
    require_no_hits(got, contexts)
    message = "A word with a probability of 0 is drawn."
    assert_that(bool(np.all(noise[got] > 0)), message, "words 1 and 2", str(np.unique(got)))


@exercise("draw-negatives")
def all_chance_comes_from_the_generator(student, rng):
    noise, contexts = np.full(50, 0.02), rng.integers(50, size=20)
    seed = int(rng.integers(1000))
    (one, two), (again,), (other,) = (
        draw_negatives(student, noise, contexts, 5, seed + k, times)
        for k, times in ((0, 2), (0, 1), (1, 1))
    )
    message = "A generator of the same seed gives other negatives: draw with rng alone."
    assert_that(np.array_equal(one, again), message)
    for draw in (two, other):
        message = "Generators in different states give the same negatives: draw with rng."
        assert_that(not np.array_equal(one, draw), message)


# --- pair-loss


def require_pair(student, v, u, negatives, what):
    """Require the loss of a pair, and the derivatives with respect to its vectors."""
    result = student.language.word_vectors.pair_loss(v, u, negatives)
    names = ("loss", "dv", "du", "dnegatives")
    loss, *got = take(result, *names)
    K, zero = len(negatives), np.zeros(1, dtype=np.int64)
    others = np.arange(1, K + 1)[None]
    tables = v[None], np.concatenate([u[None], negatives])
    right, dV_in, dV_out = oracle.skipgram(*tables, zero, zero, others)
    require_finite((loss, *got), what)
    score, scores = v @ u, v @ negatives.T
    of_pair, losses = np.logaddexp(-score, 0), np.logaddexp(0, scores)
    mistakes = [
        (-right, "The sign is turned: a loss is above 0."),
        (of_pair, "Only the pair counts here: the negatives have a loss, too."),
        (
            of_pair + np.logaddexp(-scores, 0).sum(),
            "Negatives should have low scores: their loss is -log s(-n . v).",
        ),
        (
            of_pair + losses.mean(),
            "The negatives' losses are summed, not averaged.",
        ),
    ]
    if K == 1:
        mistakes.pop()
    assert_no_mistake(loss, right, f"the loss of {what}", mistakes)
    for name, one, other in zip(names[1:], got, (dV_in[0], dV_out[0], dV_out[1:])):
        assert_close(one, other, f"{name} of {what}")


@exercise("pair-loss", weight=4)
def loss_and_derivatives_of_a_pair(student, rng):
    for D, K in ((5, 3), (4, 6)):
        v, u, *negatives = rng.normal(size=(2 + K, D))
        require_pair(student, v, u, np.array(negatives), f"a pair with {K} negatives")


@exercise("pair-loss")
def one_negative_and_one_number(student, rng):
    for D, K in ((3, 1), (1, 2)):
        v, u, *negatives = rng.normal(size=(2 + K, D))
        require_pair(student, v, u, np.array(negatives), f"vectors of {D} numbers, {K} negatives,")


@exercise("pair-loss")
def a_word_may_be_two_of_the_negatives(student, rng):
    v, u, n = rng.normal(size=(3, 4))
    require_pair(student, v, u, np.array([n, u, n]), "a pair with a negative that comes twice")


@exercise("pair-loss", weight=2)
def large_scores_give_finite_numbers(student, rng):
    for scale in (1000, -1000):
        v, u, *negatives = rng.normal(size=(5, 4))
        u = u + scale * v / (v @ v)
        negatives = np.array(negatives) + np.array([[-1], [1], [0]]) * scale * v / (v @ v)
        require_pair(student, v, u, negatives, f"a pair with scores near {scale:g}")


# --- batch-loss


@exercise("batch-loss", weight=3)
def a_batch_of_different_words(student, rng):
    tables, order = draw_tables(rng, 12), rng.permutation(12)
    batch = order[:3], order[3:6], order[6:].reshape(3, 2)
    require_batch(student, tables, batch, "a batch of different words")


@exercise("batch-loss", weight=3)
def what_arrives_at_a_repeated_word_adds_up(student, rng):
    tables = draw_tables(rng)
    centres, contexts, _ = draw_batch(rng, 6, 4)
    unlike = np.array([[(context + k) % 7 for k in (1, 2, 3, 4)] for context in contexts])
    batch = np.full(6, centres[0]), contexts, unlike
    _, dV_in, _ = batch_loss(student, tables, batch)
    _, right_in, _ = oracle.skipgram(*tables, *batch)
    require_array(dV_in, "dV_in", shape=right_in.shape)
    last = oracle.skipgram(*tables, *(part[-1:] for part in batch))[1] / 6
    message = "A centre that comes six times got the derivative of one pair alone: `dV[words] += ` "
    message += "adds once a word, however often it comes."
    assert_that(not np.allclose(dV_in, last), message)
    require_batch(student, tables, batch, "a batch with one centre")
    require_batch(student, tables, draw_batch(rng, 11, 4), "a batch with repeated words")


@exercise("batch-loss")
def a_word_may_come_twice_in_one_pair(student, rng):
    batch = np.array([2, 5]), np.array([2, 0]), np.array([[3, 3, 1], [4, 0, 4]])
    require_batch(student, draw_tables(rng), batch, "a batch with words twice in a pair")


@exercise("batch-loss")
def words_that_are_not_there_have_no_derivative(student, rng):
    tables, batch = draw_tables(rng, 9), draw_batch(rng, 4, 2, 5)
    _, *derivatives = batch_loss(student, tables, batch)
    for name, got in zip(("dV_in", "dV_out"), derivatives):
        require_array(got, name, shape=(9, 3))
        message = f"{name} is not 0 for words that are not in the batch."
        assert_that(not got[5:].any(), message, "0", f"{np.abs(got[5:]).max():.2g}")
    require_batch(student, tables, batch, "a batch of five of nine words")


@exercise("batch-loss")
def one_pair_is_a_batch(student, rng):
    tables = draw_tables(rng, 6, 4)
    batch = tuple(part.astype(np.int32) for part in draw_batch(rng, 1, 1, 6))
    require_batch(student, tables, batch, "a batch of one pair with one negative")


@exercise("batch-loss")
def large_scores_do_not_overflow_in_a_batch(student, rng):
    tables = draw_tables(rng, scale=30.0)
    require_batch(student, tables, draw_batch(rng, 8, 3), "a batch with scores of a thousand")


@exercise("batch-loss")
def float32_stays_float32(student, rng):
    tables = draw_tables(rng, 8, 5, np.float32)
    require_batch(student, tables, draw_batch(rng, 7, 3, 8), "a float32 batch", ROUNDING32)


# --- ppmi


@exercise("ppmi", weight=3)
def pairs_beside_what_chance_would_give(student, rng):
    pairs = rng.integers(1, 40, size=(6, 6))
    got = student.language.word_vectors.ppmi(pairs)
    total, rows, columns = pairs.sum(), pairs.sum(axis=1), pairs.sum(axis=0)
    pmi = np.log(pairs * total / np.outer(rows, columns))
    mistakes = [
        (pmi, "These are negative where words meet less often than by chance: 0 is the least."),
        (np.maximum(0, pmi) / np.log(2), "The logarithm is the natural one, not to base 2."),
        (np.exp(np.maximum(0, pmi)), "The logarithm is missing."),
        (
            np.maximum(0, np.log(pairs * total / np.outer(columns, rows))),
            "Row w has the sum of row w, column c that of column c.",
        ),
    ]
    assert_no_mistake(got, oracle.excess_of_pairs(pairs), "the PPMI", mistakes)


@exercise("ppmi", weight=2)
def pairs_that_never_met_have_zero(student, rng):
    pairs = rng.integers(0, 3, size=(7, 7)) * rng.integers(0, 9, size=(7, 7))
    pairs[0, 1] = 5
    got = student.language.word_vectors.ppmi(pairs)
    require_array(got, "the PPMI", shape=(7, 7))
    message = "Some entries are inf or nan: the logarithm of 0 is not taken."
    assert_that(np.all(np.isfinite(got)), message, "finite numbers", "inf or nan")
    assert_close(got, oracle.excess_of_pairs(pairs), "the PPMI with pairs that never met")


@exercise("ppmi")
def words_without_any_pair_have_zeros(student, rng):
    pairs = rng.integers(1, 9, size=(5, 5))
    pairs[2], pairs[:, 3] = 0, 0
    got = student.language.word_vectors.ppmi(pairs)
    require_array(got, "the PPMI", shape=(5, 5))
    message = "A word without pairs gives nan: 0 / 0."
    assert_that(np.all(np.isfinite(got)), message, "finite numbers", "inf or nan")
    assert_close(got, oracle.excess_of_pairs(pairs), "the PPMI of words without pairs")


@exercise("ppmi")
def large_counts_do_not_overflow(student, rng):
    pairs = rng.integers(0, 400_000, size=(5, 5)).astype(np.int32)
    got = student.language.word_vectors.ppmi(pairs)
    assert_close(got, oracle.excess_of_pairs(pairs), "the PPMI of large counts")
