"""Checks of the notebook `two_layer_net`."""

import numpy as np

from cs231n.checks.api import (
    CheckFailure,
    StudentError,
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
from cs231n.checks.judge.handed_in import check_steps, load_network, pixel_rows, require_accuracy

# Per cent of unseen pictures; each step counts. What nets reach: tests/cs231n/handin/test_nets.py
FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL = 28, 36, 42, 46
REMEDY = "run the last cell of two_layer_net"
PULLED = {"learning_rate": 0.1, "learning_rate_decay": 1.0}


def draw_params(rng, D, H, C):
    """Parameters of ordinary size, none of them zero."""
    return {
        "W1": rng.normal(size=(D, H)),
        "b1": rng.normal(size=H),
        "W2": rng.normal(size=(H, C)),
        "b2": rng.normal(size=C),
    }


def network(student, params):
    """A student's network with these parameters."""
    net = student.classifiers.neural_net.TwoLayerNet(*params["W1"].shape, len(params["b2"]))
    net.set("params", params)
    return net


def data_loss(net, X, y, reg=0.0):
    """The loss alone, also where the gradients are not written yet or fail."""
    try:
        loss = take(net.loss(X, y, reg=reg), "loss", "grads")[0]
    except StudentError as error:
        try:
            loss = net.loss(X, y, reg=reg, gradients=False)
        except StudentError as other:  # a TypeError: their `loss` has no such argument
            raise (error if other.type_name == "TypeError" else other) from None
    number = isinstance(loss, float | int | np.number | np.ndarray) and np.ndim(loss) == 0
    if isinstance(loss, bool) or not number:
        raise CheckFailure("the loss should be one number.", "a float", kind(loss))
    return loss


def gradients(net, X, y, reg, *names):
    """Those of the gradients, as a dict."""
    grads = take(net.loss(X, y, reg=reg), "loss", "grads")[1]
    if not isinstance(grads, dict):
        raise CheckFailure("grads should be a dict.", "a dict", kind(grads), "grads")
    for name in names:
        found = ", ".join(map(str, grads)) or "nothing"
        assert_that(name in grads, f"grads lacks {name}.", f"an entry {name}", found, "grads")
    return {name: grads[name] for name in names}


@exercise("net-scores", weight=2)
def scores_match_the_definition(student, rng):
    params = draw_params(rng, 5, 7, 4)
    params["b2"] = rng.permutation([-20.0, -5.0, 5.0, 20.0])  # scores of either sign
    X = rng.normal(size=(6, 5))
    scores = network(student, params).loss(X)
    assert_close(scores, oracle.net_scores(params, X), what="scores")


@exercise("net-scores")
def units_below_zero_pass_nothing_on(student, rng):
    params = draw_params(rng, 5, 7, 4)
    params["b1"] = params["b1"] - 1e4  # so that no unit is on, whatever the example
    params["b2"] = rng.permutation([-2.0, -1.0, 1.0, 2.0])
    scores = network(student, params).loss(rng.normal(size=(3, 5)))
    assert_close(scores, np.tile(params["b2"], (3, 1)), what="scores with every unit off")


@exercise("net-loss", weight=2)
def loss_matches_the_definition(student, rng):
    params = draw_params(rng, 5, 7, 4)
    X, y = rng.normal(size=(6, 5)), rng.integers(4, size=6)
    expected = oracle.net_loss(params, X, y, 0.0)
    assert_close(data_loss(network(student, params), X, y), expected, what="the loss without reg")


@exercise("net-loss")
def penalty_counts_all_weights_and_no_bias(student, rng):
    params = draw_params(rng, 5, 7, 4)
    X, y = rng.normal(size=(6, 5)), rng.integers(4, size=6)
    net = network(student, params)
    penalty = data_loss(net, X, y, reg=0.7) - data_loss(net, X, y, reg=0.0)
    expected = oracle.net_loss(params, X, y, 0.7) - oracle.net_loss(params, X, y, 0.0)
    assert_close(penalty, expected, what="what reg = 0.7 adds to the loss")


@exercise("net-loss")
def huge_scores_do_not_overflow(student, rng):
    params = draw_params(rng, 5, 7, 4)
    X, y = rng.normal(size=(6, 5)), rng.integers(4, size=6)
    expected = oracle.net_loss(params, X, y, 0.0)
    higher = dict(params, b2=params["b2"] + 1e4)  # every score grows alike: probabilities stay
    loss = data_loss(network(student, higher), X, y)
    assert_close(loss, expected, what="the loss with 10,000 added to every score")


@exercise("net-gradients", weight=2)
def output_layer_gradients_match_the_definition(student, rng):
    params = draw_params(rng, 4, 6, 3)
    X, y = rng.normal(size=(5, 4)), rng.integers(3, size=5)
    expected = oracle.net_gradients(params, X, y, 0.0)
    grads = gradients(network(student, params), X, y, 0.0, "W2", "b2")
    for name in grads:
        assert_close(grads[name], expected[name], what=f'grads["{name}"]')


@exercise("net-gradients", weight=3)
def hidden_layer_gradients_match_the_definition(student, rng):
    params = draw_params(rng, 4, 6, 3)
    X, y = rng.normal(size=(5, 4)), rng.integers(3, size=5)
    expected = oracle.net_gradients(params, X, y, 0.0)
    grads = gradients(network(student, params), X, y, 0.0, "W1", "b1")
    for name in grads:
        assert_close(grads[name], expected[name], what=f'grads["{name}"]')


@exercise("net-gradients")
def penalty_enters_the_gradients_of_the_weights(student, rng):
    params = draw_params(rng, 4, 6, 3)
    X, y = rng.normal(size=(5, 4)), rng.integers(3, size=5)
    net, names = network(student, params), ("W1", "b1", "W2", "b2")
    plain, with_reg = (gradients(net, X, y, reg, *names) for reg in (0.0, 0.7))
    expected, expected_with_reg = (oracle.net_gradients(params, X, y, reg) for reg in (0.0, 0.7))
    for name in names:
        for grads in (with_reg, plain):
            require_array(grads[name], f'grads["{name}"]', shape=params[name].shape)
        added = with_reg[name] - plain[name]
        what = f'what reg = 0.7 adds to grads["{name}"]'
        assert_close(added, expected_with_reg[name] - expected[name], what)


@exercise("net-gradients")
def computing_gradients_leaves_the_network_as_it_was(student, rng):
    params = draw_params(rng, 4, 6, 3)
    X, y = rng.normal(size=(5, 4)), rng.integers(3, size=5)
    net = network(student, params)
    gradients(net, X, y, 0.7, "W1")
    after = net.get("params")
    for name, before in params.items():
        assert_close(after[name], before, what=f"{name}, which loss should only read,")


@exercise("net-train", weight=2)
def batches_are_random_pictures_with_their_labels(student, rng):
    N, batch_size, steps = 200, 20, 60
    X, y = rng.normal(size=(N, 3)), np.arange(N) // 50  # sorted by class, as some sets are
    net, params = pulled_net(student, rng)
    net.train(X, y, X[:7], y[:7], num_iters=steps, batch_size=batch_size, **PULLED)
    batches = net.get("batches")
    assert_that(len(batches) == steps, "Each step needs one batch.", str(steps), str(len(batches)))
    rows = {x.tobytes(): i for i, x in enumerate(X)}
    seen = set()
    for X_batch, y_batch in batches:
        assert_shape(X_batch, (batch_size, 3), "X_batch")
        assert_shape(y_batch, (batch_size,), "y_batch")
        chosen = [rows.get(x.tobytes()) for x in X_batch]
        assert_that(None not in chosen, "X_batch holds rows that are not in X.")
        assert_labels(y_batch, y[chosen], what="y_batch, beside the labels of the rows of X_batch,")
        msg = "A whole batch is of one class: draw from all of X, not a slice."
        assert_that(len(set(y_batch.tolist())) > 1, msg)
        seen.update(chosen)
    msg = f"In {steps} batches of {batch_size} only {len(seen)} of {N} pictures ever appear."
    assert_that(len(seen) > N // 2, msg, "nearly all", str(len(seen)))
    require_pulled(net, params, batches)


def pulled_net(student, rng):
    """A network that its batches move, see cs231n/checks/pull.py, and its parameters."""
    net, params = student.checks.beside.nets.ProbeNet(3, 5, 4), draw_params(rng, 3, 5, 4)
    net.set("params", params)
    net.set("is_pulled", True)
    return net, params


def require_pulled(net, params, batches):
    """Require that W1 is where steps on these batches lead, and no others."""
    after, expected = net.get("params"), pulled(params["W1"], batches, PULLED["learning_rate"])
    assert_close(after["W1"], expected, what='params["W1"] after a step for each of these batches')


@exercise("net-train", weight=2)
def every_parameter_steps_against_its_gradient(student, rng):
    params, targets = draw_params(rng, 3, 5, 4), draw_params(rng, 3, 5, 4)
    net = student.checks.beside.nets.ProbeNet(3, 5, 4)
    net.set("params", params)
    net.set("targets", targets)
    X, y = rng.normal(size=(30, 3)), rng.integers(4, size=30)
    options = {"learning_rate": 0.1, "learning_rate_decay": 1.0, "num_iters": 4, "batch_size": 10}
    net.train(X, y, X[:7], y[:7], **options)
    after = net.get("params")
    for name, target in targets.items():
        assert_that(name in after, f"After training, params lacks {name}.")
        # The probe's gradient is param - target, so each step leaves 0.9 of the way to go.
        expected = target + 0.9**4 * (params[name] - target)
        assert_close(after[name], expected, what=f'params["{name}"] after four steps')


@exercise("net-train")
def a_batch_may_be_larger_than_the_set(student, rng):
    X, y = rng.normal(size=(5, 3)), rng.integers(4, size=5)
    net, params = pulled_net(student, rng)
    net.train(X, y, X, y, num_iters=3, batch_size=20, **PULLED)
    batches = net.get("batches")
    for X_batch, y_batch in batches:
        assert_shape(X_batch, (20, 3), "X_batch")
        assert_shape(y_batch, (20,), "y_batch")
    require_pulled(net, params, batches)


@exercise("net-predict", weight=3)
def labels_are_those_of_the_largest_scores(student, rng):
    params = draw_params(rng, 5, 7, 4)
    params["b2"] = rng.permutation([-9.0, -3.0, 1.0, 3.0])  # the largest is not that in magnitude
    X = rng.normal(size=(100, 5))
    labels = network(student, params).predict(X)
    assert_labels(labels, oracle.net_labels(params, X), what="the prediction")


@exercise("net-predict")
def one_example_gets_one_label(student, rng):
    params = draw_params(rng, 5, 7, 4)
    X = rng.normal(size=(1, 5))
    label = network(student, params).predict(X)
    assert_labels(label, oracle.net_labels(params, X), what="the label of one example")


def require_net_accuracy(student, pictures, percent):
    """Require an accuracy of hand_in/best_net.npz."""
    arrays = load_network(student, "best_net.npz", REMEDY)
    require_accuracy(student, arrays, *pixel_rows(arrays, pictures), percent)


def assert_shape(array, shape, what):
    """Require the shape of what a probe has recorded."""
    message = f"{what} has the wrong shape."
    assert_that(array.shape == shape, message, str(shape), str(array.shape), what)


check_steps("net-tuned", require_net_accuracy, (FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL))
