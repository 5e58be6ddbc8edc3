"""Checks of the notebook `word_vectors`: neighbours and analogies."""

import numpy as np

from cs231n.checks.api import assert_that, exercise, oracle, take
from cs231n.checks.judge.word_vectors import require_nearest

# --- nearest-words


def _nearest(student, vectors, query, k, leave_out, what):
    result = student.language.word_relations.nearest(vectors, query, k, leave_out)
    require_nearest(result, oracle.by_nearness(vectors, query, list(leave_out)), k, what)


@exercise("nearest-words", weight=3)
def the_largest_cosines_come_first(student, rng):
    for k in (5, 1):
        vectors = rng.normal(size=(9, 4)) * 10 ** rng.uniform(-1, 1, size=(9, 1))
        query = 3 * rng.normal(size=4)
        words, _ = take(
            student.language.word_relations.nearest(vectors, query, k), "words", "cosines"
        )
        by_product = np.argsort(-(vectors @ query))[:k]
        message = "Words are sorted by their dot products: divide by the lengths of the vectors."
        expected = oracle.by_nearness(vectors, query, [])
        slip = np.array_equal(words, by_product) and not np.array_equal(words, expected[0][:k])
        assert_that(not slip, message, str(expected[0][:k]), str(words))
        _nearest(student, vectors, query, k, (), f"for k = {k}")


@exercise("nearest-words", weight=2)
def words_of_the_query_are_left_out(student, rng):
    vectors = rng.normal(size=(8, 3))
    for leave_out in ([5], [5, 0], (2, 5, 5)):
        _nearest(student, vectors, vectors[5], 3, leave_out, f"without {list(leave_out)}")


@exercise("nearest-words")
def no_more_come_back_than_there_are(student, rng):
    vectors = rng.normal(size=(5, 3))
    for leave_out in ([], [1, 3], [0, 1, 2, 3, 4]):
        what = f"for k = 9 of 5 words without {len(leave_out)}"
        _nearest(student, vectors, rng.normal(size=3), np.int64(9), leave_out, what)


@exercise("nearest-words")
def a_vector_of_zeros_is_like_nothing(student, rng):
    vectors = rng.normal(size=(6, 3))
    vectors[2] = 0
    _nearest(student, vectors, vectors[4], 6, [4], "where a vector is all zeros")
    _nearest(student, vectors, np.zeros(3), 6, [], "where the query is all zeros")


@exercise("nearest-words")
def of_equally_near_words_the_smallest_number_is_first(student, rng):
    vectors = rng.choice([-1.0, 1.0], size=(12, 4)) * rng.choice([1, 2, 4], size=(12, 1))
    _nearest(student, vectors, np.ones(4), 7, [0], "where many are equally near")


@exercise("nearest-words")
def cosines_of_float32_vectors_are_float64(student, rng):
    vectors = rng.normal(size=(7, 4)).astype(np.float32)
    _nearest(student, vectors, vectors[1], 3, [1], "of float32 vectors")


# --- word-analogy


def _analogy(student, vectors, a, b, c, k, what):
    result = student.language.word_relations.analogy(vectors, a, b, c, k)
    require_nearest(result, oracle.by_offset(vectors, a, b, c), k, what)


@exercise("word-analogy", weight=3)
def what_is_to_c_as_b_is_to_a(student, rng):
    for _ in range(3):
        vectors = rng.normal(size=(12, 4))
        a, b, c = (int(word) for word in rng.permutation(12)[:3])
        _analogy(student, vectors, a, b, c, 4, f"for {a} : {b} = {c} : ?")


@exercise("word-analogy")
def a_parallelogram_has_a_fourth_corner(student, rng):
    side, up = np.linalg.qr(rng.normal(size=(4, 2)))[0].T
    vectors = np.array([side, up, -side, -up, *(0.1 * rng.normal(size=(5, 4)) + side)])
    _analogy(student, vectors, 0, 1, 1, 2, "where b and c are one word")
    _analogy(student, vectors, 0, 3, 2, 2, "in a square")


@exercise("word-analogy", weight=2)
def long_vectors_do_not_outweigh_short_ones(student, rng):
    for _ in range(3):
        vectors = rng.normal(size=(12, 4)) * 10.0 ** rng.uniform(-1.5, 1.5, size=(12, 1))
        a, b, c = (int(word) for word in rng.permutation(12)[:3])
        _analogy(student, vectors, a, b, c, 3, "where lengths differ")


@exercise("word-analogy")
def the_three_words_are_no_answers(student, rng):
    vectors = rng.normal(size=(6, 3))
    for a, b, c in ((0, 1, 2), (4, 4, 1), (3, 5, 3)):
        _analogy(student, vectors, a, b, c, 6, "for k = 6 of 6 words")


@exercise("word-analogy")
def an_analogy_has_one_answer_by_default(student, rng):
    vectors = rng.normal(size=(7, 3)).astype(np.float32)
    result = student.language.word_relations.analogy(vectors, 2, 0, 6)
    require_nearest(result, oracle.by_offset(vectors, 2, 0, 6), 1, "by default")
