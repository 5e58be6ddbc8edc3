"""What the checks of word vectors share: tables and batches, and what draws should look like."""

import numpy as np

from cs231n.checks.asserts import (
    ROUNDING,
    assert_close,
    assert_labels,
    assert_that,
    require_array,
    take,
)
from cs231n.checks.oracles import oracle

FAR = 6.0  # standard errors that a share of draws may be off: once in a hundred million draws


def require_pairs(student, words, window, what):
    """Require the student's pairs of a sentence to be the right ones, in order."""
    result = student.language.word_vectors.context_pairs(words, window)
    got = take(result, "centres", "contexts")
    expected = oracle.window_pairs(list(words), window)
    P = len(expected[0])
    for name, numbers in zip(("centres", "contexts"), got):
        require_array(numbers, name)
        integers = numbers.dtype.kind in "iu"
        assert_that(integers, f"{name} holds numbers of words.", "integers", str(numbers.dtype))
    if got[0].shape != (P,) or got[1].shape != (P,):
        message = f"{what} has another number of pairs{_why(words, window, got)}"
        shapes = " and ".join(str(numbers.shape) for numbers in got)
        assert_that(False, message, f"{P} centres and contexts", shapes)
    pairs, right = (sorted(zip(*(x.tolist() for x in both))) for both in (got, expected))
    if pairs == right:
        message = f"{what} has the right pairs in another order: centre after centre, and the "
        message += "contexts of each from left to right."
        same = all(np.array_equal(*both) for both in zip(got, expected))
        assert_that(same, message, str(expected[1][:6]), str(got[1][:6]))
    if P:
        assert_labels(got[0], expected[0], f"centres of {what}")
        assert_labels(got[1], expected[1], f"contexts of {what}")


def _why(words, window, got):
    """What a wrong number of pairs suggests, where the number is that of a common slip."""
    T = len(words)
    right = sum(min(window, i) + min(window, T - 1 - i) for i in range(T))
    count = len(got[0]) if got[0].ndim == 1 else -1
    if T and count == right + T:
        return ": a word is no context of itself."
    if count == right // 2 and right:
        return ": a window reaches to both sides of its centre."
    if count == max(0, T - 2 * window) * 2 * window:
        return ": windows are cut off at the ends of a sentence, and not left out."
    return "."


def draw_tables(rng, V=7, D=3, dtype=np.float64, scale=1.0):
    """Two tables of vectors (V, D)."""
    return tuple((scale * rng.normal(size=(V, D))).astype(dtype) for _ in range(2))


def draw_batch(rng, B, K, V=7):
    """(centres, contexts, negatives) of B pairs, all drawn from V words."""
    return rng.integers(V, size=B), rng.integers(V, size=B), rng.integers(V, size=(B, K))


def batch_loss(student, tables, batch):
    """What the student's batch_loss returns."""
    result = student.language.word_vectors.batch_loss(*tables, *batch)
    return take(result, "loss", "dV_in", "dV_out")


def require_batch(student, tables, batch, what, tol=ROUNDING):
    """Require loss and derivatives of a batch."""
    loss, dV_in, dV_out = batch_loss(student, tables, batch)
    right, *derivatives = oracle.skipgram(*tables, *batch)
    require_finite((loss, dV_in, dV_out), what)
    total, K = right * len(batch[0]), batch[2].shape[1]
    message = f"The loss of {what} is that of all pairs together: take the mean over the B pairs."
    is_sum = len(batch[0]) > 1 and abs(loss - total) <= 1e-6 * total
    assert_that(not is_sum, message, f"{right:.6g}", f"{float(loss):.6g}")
    message = f"The loss of {what} is divided by 1 + K, too: only the mean over the pairs is taken."
    is_mean = abs(loss - right / (1 + K)) <= 1e-6 * right
    assert_that(not is_mean, message, f"{right:.6g}", f"{float(loss):.6g}")
    assert_close(loss, right, f"the loss of {what}", tol)
    for name, got, expected in zip(("dV_in", "dV_out"), (dV_in, dV_out), derivatives):
        assert_close(got, expected.astype(tables[0].dtype), f"{name} of {what}", tol)


def require_finite(values, what):
    """Require numbers without inf or nan, and say where they come from."""
    message = f"Something in {what} is inf or nan: an exponential of a large score overflows, or "
    message += "the logarithm of 0 is taken; work with log(1 + exp(-score)) and np.logaddexp."
    numbers = all(isinstance(value, int | float | np.number | np.ndarray) for value in values)
    if numbers and all(np.asarray(value).dtype.kind == "f" for value in values):
        finite = all(np.all(np.isfinite(value)) for value in values)
        assert_that(finite, message, "finite numbers", "inf or nan")


def draw_negatives(student, noise, contexts, K, seed, times=1):
    """The student's negatives, their kind and shape checked."""
    draws = student.checks.beside.word_vectors.drawn(noise, contexts, K, seed, times)
    for got in draws:
        require_array(got, "negatives", shape=(len(contexts), K))
        integers = got.dtype.kind in "iu"
        assert_that(integers, "negatives holds numbers of words.", "integers", str(got.dtype))
        inside = bool(np.all((got >= 0) & (got < len(noise))))
        message = f"negatives should hold numbers of words, from 0 to {len(noise) - 1}."
        assert_that(inside, message, where="negatives")
    return draws


def require_no_hits(got, contexts):
    """Require no negative to be the context of its pair."""
    hits = int(np.sum(got == np.asarray(contexts)[:, None]))
    message = "Some negatives are their pair's own context: draw those again, until none is."
    assert_that(hits == 0, message, "0", f"{hits} of {got.size}")


def require_shares(got, noise, contexts):
    """Require each context's negatives to be distributed as noise without it."""
    for context in np.unique(contexts):
        drawn = got[contexts == context].ravel()
        shares = np.bincount(drawn, minlength=len(noise)) / len(drawn)
        right = np.where(np.arange(len(noise)) == context, 0, noise) / (1 - noise[context])
        error = np.sqrt(right * (1 - right) / len(drawn))
        off = np.abs(shares - right) > FAR * error
        if off.any():
            word = int(np.argmax(np.abs(shares - right)))
            message = f"Beside context {context}, word {word} is drawn too often or too rarely: "
            message += "its share should be noise[word] / (1 - noise[context])."
            assert_that(False, message, f"{right[word]:.3f}", f"{shares[word]:.3f}")


def require_nearest(result, expected, k, what):
    """Require (words, cosines) to be the first k of those expected."""
    words, cosines = take(result, "words", "cosines")
    right_words, right_cosines = (part[:k] for part in expected)
    require_array(words, f"the words {what}")
    integers = words.dtype.kind in "iu"
    assert_that(integers, "words holds numbers of words.", "integers", str(words.dtype))
    message = f"{len(words) if words.ndim else 0} words come back {what}."
    assert_that(words.shape == right_words.shape, message, str(right_words.shape), str(words.shape))
    message = f"Other words come back {what}, or in another order."
    same = np.array_equal(words, right_words)
    assert_that(same, message, str(right_words.tolist()), str(words.tolist()))
    assert_close(cosines, right_cosines, f"the cosines {what}")
