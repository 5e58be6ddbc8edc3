"""Hidden checks of the notebook `word_vectors`: other sizes, other draws."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, oracle
from cs231n.checks.judge.word_vectors import (
    draw_batch,
    draw_negatives,
    draw_tables,
    require_batch,
    require_nearest,
    require_no_hits,
    require_pairs,
    require_shares,
)
from cs231n.checks.suites.word_vectors import require_pair


@exercise("context-pairs", hidden=True)
def sentences_of_any_length(student, rng):
    for T, window in ((1, 4), (6, 4), (17, 5)):
        require_pairs(student, rng.integers(8, size=T), window, f"{T} words, window {window},")


@exercise("keep-probabilities", hidden=True)
def any_counts_and_threshold(student, rng):
    counts = np.floor(10 ** rng.uniform(0, 6, size=11)).astype(np.int64)
    threshold = float(10 ** rng.uniform(-5, -1))
    got = student.language.word_vectors.keep_probabilities(counts, threshold)
    assert_close(got, oracle.chances_to_stay(counts, threshold), "the probabilities")


@exercise("noise-distribution", hidden=True)
def any_counts_and_power(student, rng):
    counts = np.floor(10 ** rng.uniform(0, 6, size=11)).astype(np.int64) * rng.integers(2, size=11)
    counts[0] = 7
    power = float(rng.uniform(0.1, 1.5))
    got = student.language.word_vectors.noise_distribution(counts, power)
    assert_close(got, oracle.chances_of_noise(counts, power), "the distribution")


@exercise("draw-negatives", hidden=True)
def any_noise(student, rng):
    noise, contexts = rng.dirichlet(np.ones(7)), rng.integers(7, size=5000)
    (got,) = draw_negatives(student, noise, contexts, 3, int(rng.integers(10**6)))
    require_no_hits(got, contexts)
    require_shares(got, noise, contexts)


@exercise("pair-loss", hidden=True)
def pairs_of_any_size(student, rng):
    for D, K in ((2, 9), (7, 1)):
        v, u, *negatives = 10 ** rng.uniform(-1, 1) * rng.normal(size=(2 + K, D))
        require_pair(student, v, u, np.array(negatives), f"{D} numbers, {K} negatives,")


@exercise("batch-loss", hidden=True)
def batches_of_any_size(student, rng):
    for B, K, V, D in ((13, 2, 4, 3), (3, 7, 9, 2)):
        batch = draw_batch(rng, B, K, V)
        require_batch(student, draw_tables(rng, V, D), batch, f"{B} pairs of {V} words")


@exercise("nearest-words", hidden=True)
def neighbours_in_any_space(student, rng):
    for V, D, k in ((6, 9, 2), (15, 2, 5)):
        vectors, query = rng.normal(size=(V, D)), rng.normal(size=D)
        leave_out = [int(word) for word in rng.integers(V, size=2)]
        result = student.language.word_relations.nearest(vectors, query, k, leave_out)
        expected = oracle.by_nearness(vectors, query, leave_out)
        require_nearest(result, expected, k, f"of {V} vectors of {D} numbers")


@exercise("word-analogy", hidden=True)
def analogies_in_any_space(student, rng):
    for V, D in ((7, 9), (20, 2)):
        vectors = rng.normal(size=(V, D)) * rng.uniform(0.5, 2, size=(V, 1))
        a, b, c = (int(word) for word in rng.permutation(V)[:3])
        result = student.language.word_relations.analogy(vectors, a, b, c, 3)
        require_nearest(result, oracle.by_offset(vectors, a, b, c), 3, f"of {V} words")


@exercise("ppmi", hidden=True)
def tables_of_any_size(student, rng):
    for V in (1, 9):
        pairs = rng.integers(0, 20, size=(V, V)) * rng.integers(2, size=(V, V))
        pairs[0, 0] = 3
        got = student.language.word_vectors.ppmi(pairs)
        assert_close(got, oracle.excess_of_pairs(pairs), f"the PPMI of {V} words")
