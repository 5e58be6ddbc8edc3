"""Checks of the notebook `svm`."""

import numpy as np

from cs231n.checks.api import (
    assert_close,
    assert_labels,
    assert_that,
    exercise,
    kind,
    oracle,
    require_array,
    take,
)
from cs231n.checks.both.pull import pulled
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.linear_losses import check_loss, require_derivative, require_vectorized


def naive(student):
    return student.classifiers.linear_svm.svm_loss_naive


def vectorized(student):
    return student.classifiers.linear_svm.svm_loss_vectorized


def expected_loss(W, X, y, reg):
    return oracle.svm_loss(W, X, y, reg)


def expected_gradient(W, X, y, reg):
    return oracle.svm_gradient(W, X, y, reg)


def slips(loss, gradient):
    """Mistakes with the right class and the margin."""
    return [(loss + 1, "The right class counts too, with its margin of 1: leave out j = y[i].")], []


check_loss("svm-loss-naive", naive, expected_loss, expected_gradient, slips)
check_loss("svm-loss-vectorized", vectorized, expected_loss, expected_gradient, slips)


def draw_off_the_kinks(rng, N, D, C):
    """Draw (W, X, y) whose margins all stay 1/C away from 0, where the loss has no derivative.

    Everything is a whole number but the last number of an example, 1/C, whose weights are
    0 .. C-1 in some order: no two scores differ by a whole number.
    """
    X = np.column_stack([rng.integers(-2, 3, size=(N, D - 1)), np.full(N, 1 / C)])
    W = np.vstack([rng.integers(-2, 3, size=(D - 1, C)), rng.permutation(C)]).astype(np.float64)
    return W, X, rng.integers(C, size=N)


@exercise("svm-loss-naive")
def gradient_is_the_derivative_of_the_loss(student, rng):
    require_derivative(naive(student), expected_loss, *draw_off_the_kinks(rng, 11, 5, 4), rng)


@exercise("svm-loss-vectorized")
def derivative_is_that_of_the_loss(student, rng):
    require_derivative(vectorized(student), expected_loss, *draw_off_the_kinks(rng, 11, 5, 4), rng)


@exercise("svm-loss-naive")
def classified_by_more_than_the_margin_costs_nothing(student, rng):
    require_free_of_charge(naive(student), rng)


@exercise("svm-loss-vectorized")
def more_than_the_margin_costs_nothing(student, rng):
    require_free_of_charge(vectorized(student), rng)


def require_free_of_charge(loss_of, rng):
    """Require loss and slope 0 at a lead of 1.1 of the right class, and a loss at one of 0.9."""
    y = rng.permutation(4)
    X = np.eye(4, 6)[rng.permutation(4)]
    W = rng.uniform(-0.05, 0, size=(6, 4))
    scores_of = X.argmax(axis=1)  # the row of W that holds an example's scores
    W[scores_of, y] = 1.1
    loss, dW = take(loss_of(W, X, y, 0.0), "loss", "dW")
    assert_close(loss, 0.0, "the loss, though the right class leads by more than 1,")
    assert_close(dW, np.zeros_like(W), "dW, though the right class leads by more than 1,")
    W[scores_of, y] = 0.9 + W[scores_of].max(axis=1, where=W[scores_of] < 1, initial=-1)
    loss, _ = take(loss_of(W, X, y, 0.0), "loss", "dW")
    assert_close(loss, oracle.svm_loss(W, X, y, 0.0), "the loss with a lead of 0.9")


@exercise("svm-loss-vectorized", weight=2, local=True)
def no_loops(student, rng):
    require_vectorized(student, vectorized, expected_loss, rng)


def probe(student, **attributes):
    """A classifier with the student's `train` and `predict`, and a loss that is known."""
    classifier = student.checks.beside.linear.QuadraticProbe()
    for name, value in attributes.items():
        classifier.set(name, value)
    return classifier


@exercise("linear-train", weight=2)
def every_step_goes_against_the_gradient(student, rng):
    start, target = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    classifier = probe(student, W=start, target=target)
    X, y = rng.normal(size=(30, 3)), rng.integers(4, size=30)
    classifier.train(X, y, learning_rate=0.1, reg=0.7, num_iters=5, batch_size=10)
    # the gradient is W - target, so a step leaves 0.9 of the way
    after = {part: target + part * (start - target) for part in (0.9**5, 1.1**5, 1.0)}
    mistakes = [
        (after[1.1**5], "W climbs: the gradient points uphill, so the step goes against it."),
        (after[1.0], "W is as it was: self.W should change by learning_rate * dW in each step."),
    ]
    W = classifier.get("W")
    assert_no_mistake(W, after[0.9**5], "W after five steps", mistakes)


@exercise("linear-train")
def history_holds_the_loss_of_every_iteration(student, rng):
    start = rng.normal(size=(3, 4))
    classifier = probe(student, W=start)
    X, y = rng.normal(size=(30, 3)), rng.integers(4, size=30)
    history = classifier.train(X, y, learning_rate=0.1, num_iters=6, batch_size=10)
    message = "train should return a list of losses, one for each iteration."
    assert_that(isinstance(history, list), message, "a list of 6", kind(history))
    assert_that(len(history) == 6, message, "6 losses", f"{len(history)} losses")
    expected = 0.5 * np.sum(start**2) * 0.81 ** np.arange(6)
    for it, loss in enumerate(history):
        assert_close(loss, expected[it], f"the loss that iteration {it} starts from")


@exercise("linear-train", weight=3)
def batches_are_random_examples_with_their_labels(student, rng):
    N, batch_size, steps = 200, 20, 60
    X, y = rng.normal(size=(N, 3)), np.arange(N) // 50  # sorted by class, as some sets are
    start = rng.normal(size=(3, 4))
    classifier = probe(student, W=start, is_pulled=True)
    classifier.train(X, y, learning_rate=0.1, num_iters=steps, batch_size=batch_size)
    batches = classifier.get("batches")
    message = "Each iteration asks self.loss once, for one minibatch."
    assert_that(len(batches) == steps, message, f"{steps} calls", f"{len(batches)} calls")
    number = {x.tobytes(): i for i, x in enumerate(X)}
    seen = set()
    for X_batch, y_batch, _ in batches:
        require_array(X_batch, "X_batch", shape=(batch_size, 3))
        chosen = [number.get(x.tobytes()) for x in X_batch]
        assert_that(None not in chosen, "X_batch holds rows that are no rows of X.")
        assert_labels(y_batch, y[chosen], "y_batch, beside the labels of the rows in X_batch,")
        message = "A whole minibatch is of one class: draw from all of X, not from a part."
        assert_that(len(set(y_batch.tolist())) > 1, message)
        seen.update(chosen)
    message = (
        f"{steps} minibatches of {batch_size} show only {len(seen)} of the {N} examples: "
        "draw afresh in every iteration."
    )
    assert_that(len(seen) > N // 2, message, "nearly all of them", str(len(seen)))
    require_pulled(classifier, start, batches)


def require_pulled(classifier, start, batches):
    """Require that W is where steps of 0.1 on these minibatches lead, and no others."""
    expected = pulled(start, [batch[:2] for batch in batches], 0.1)
    assert_close(classifier.get("W"), expected, "W after a step for each of these minibatches")


@exercise("linear-train")
def reg_is_passed_on_to_the_loss(student, rng):
    classifier = probe(student)
    X, y = rng.normal(size=(30, 3)), rng.integers(4, size=30)
    classifier.train(X, y, reg=0.375, num_iters=2, batch_size=10)
    batches = classifier.get("batches")
    assert_that(batches, "train never asks self.loss.", "2 calls", "none")
    for *_, reg in batches:
        assert_close(reg, 0.375, "the reg that self.loss is given")


@exercise("linear-train")
def a_minibatch_may_be_larger_than_the_set(student, rng):
    start = rng.normal(size=(3, 4))
    classifier = probe(student, W=start, is_pulled=True)
    X, y = rng.normal(size=(5, 3)), rng.integers(4, size=5)
    classifier.train(X, y, learning_rate=0.1, num_iters=2, batch_size=20)
    batches = classifier.get("batches")
    assert_that(batches, "train never asks self.loss.", "2 calls", "none")
    for X_batch, y_batch, _ in batches:
        require_array(X_batch, "X_batch", shape=(20, 3))
        require_array(y_batch, "y_batch", shape=(20,))
    require_pulled(classifier, start, batches)


@exercise("linear-predict", weight=2)
def the_largest_score_wins(student, rng):
    X, W, best = draw_with_known_winners(rng, N=6)
    require_labels(probe(student, W=W).predict(X), best)


@exercise("linear-predict")
def one_example_gets_one_label(student, rng):
    X, W, best = draw_with_known_winners(rng, N=1)
    require_labels(probe(student, W=W).predict(X), best)


def draw_with_known_winners(rng, N, D=7, C=4):
    """Draw X, W and the classes of the largest scores, all of which are below 0."""
    best = rng.permutation((C - 1 - np.arange(N)) % C)  # class 0 is not the only one
    scores = rng.uniform(-9, -6, size=(N, C))
    scores[np.arange(N), best] += 4
    X = rng.normal(size=(N, D))
    return X, np.linalg.pinv(X) @ scores, best  # N <= D, so X @ W gives these scores


def require_labels(got, best):
    """Require the winners, and say what a wrong shape means."""
    require_array(got, "the prediction")
    message = "predict should return one label for each example."
    assert_that(got.shape == best.shape, message, str(best.shape), str(got.shape))
    assert_labels(got, best, "the prediction")
