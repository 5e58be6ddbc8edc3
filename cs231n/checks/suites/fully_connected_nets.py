"""Checks of the notebook `fully_connected_nets`: layers, losses, update rules, nets."""

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
from cs231n.checks.judge.fc_nets import (
    PENALTY,
    deep_net,
    draw_params,
    loss_and_gradients,
    require_first_params,
    two_layer_net,
)
from cs231n.checks.judge.handed_in import (
    check_steps,
    pixel_rows,
)
from cs231n.checks.judge.handed_in_fc_net import load_deep_network, require_deep_accuracy
from cs231n.checks.judge.score_losses import check_score_loss, draw_scores
from cs231n.checks.judge.update_rules import check_adam, check_momentum, check_rmsprop

# Per cent of unseen pictures; each step counts. tests/cs231n/handin/test_fc_nets.py measures them.
FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL = 34, 42, 48, 52
REMEDY = "run the last cells of fully_connected_nets"


def draw_affine(rng, N=4, shape=(2, 3, 5), M=7):
    """Draw (x, w, b) of a fully connected layer, none of them zero."""
    D = int(np.prod(shape))
    return rng.normal(size=(N, *shape)), rng.normal(size=(D, M)), rng.normal(size=M)


@exercise("affine-forward", weight=2)
def out_matches_the_definition(student, rng):
    x, w, b = draw_affine(rng)
    out, _ = take(student.layers.affine_forward(x, w, b), "out", "cache")
    expected, columns = oracle.affine(x, w, b), x.reshape(w.shape[0], -1).T
    mistakes = [
        (expected - b, "The bias is missing: add b to every row."),
        (columns @ w + b, "The numbers of an example are mixed with others': reshape to (N, D)."),
    ]
    assert_no_mistake(out, expected, "out", mistakes)


@exercise("affine-forward")
def examples_may_be_rows_already(student, rng):
    x, w, b = draw_affine(rng, N=6, shape=(5,), M=3)
    out, _ = take(student.layers.affine_forward(x, w, b), "out", "cache")
    assert_close(out, oracle.affine(x, w, b), what="out")


@exercise("affine-forward")
def float32_stays_float32(student, rng):
    x, w, b = (a.astype(np.float32) for a in draw_affine(rng))
    out, _ = take(student.layers.affine_forward(x, w, b), "out", "cache")
    expected = oracle.affine(x, w, b).astype(np.float32)
    assert_close(out, expected, "out of float32 inputs", ROUNDING32)


def affine_back(student, dout, x, w, b):
    """(dx, dw, db), from the student's affine_backward."""
    return take(student.layers.affine_backward(dout, (x, w, b)), "dx", "dw", "db")


@exercise("affine-backward", weight=2)
def dx_has_the_shape_of_x(student, rng):
    x, w, b = draw_affine(rng)
    dout = rng.normal(size=(4, 7))
    dx, _, _ = affine_back(student, dout, x, w, b)
    assert_close(dx, oracle.affine_gradients(dout, x, w, b)[0], what="dx")


@exercise("affine-backward", weight=2)
def dw_adds_up_over_the_examples(student, rng):
    x, w, b = draw_affine(rng)
    dout = rng.normal(size=(4, 7))
    _, dw, _ = affine_back(student, dout, x, w, b)
    expected = oracle.affine_gradients(dout, x, w, b)[1]
    mean = "dw is a mean over the batch: dout has the 1/N of the loss in it already."
    assert_no_mistake(dw, expected, "dw", [(expected / 4, mean)])


@exercise("affine-backward")
def db_adds_up_over_the_examples(student, rng):
    x, w, b = draw_affine(rng)
    dout = rng.normal(size=(4, 7))
    _, _, db = affine_back(student, dout, x, w, b)
    expected = oracle.affine_gradients(dout, x, w, b)[2]
    mean = "db is a mean over the batch: dout has the 1/N of the loss in it already."
    assert_no_mistake(db, expected, "db", [(expected / 4, mean)])


@exercise("affine-backward")
def derivatives_of_float32_are_float32(student, rng):
    x, w, b = (a.astype(np.float32) for a in draw_affine(rng))
    dout = rng.normal(size=(4, 7)).astype(np.float32)
    expected = oracle.affine_gradients(dout, x, w, b)
    for name, got, value in zip(("dx", "dw", "db"), affine_back(student, dout, x, w, b), expected):
        assert_close(got, value.astype(np.float32), f"{name} of float32 inputs", ROUNDING32)


@exercise("relu-forward", weight=2)
def units_below_zero_are_off(student, rng):
    x = 3 * rng.normal(size=(3, 4, 5))
    out, _ = take(student.layers.relu_forward(x), "out", "cache")
    mistakes = [(np.abs(x), "A ReLU cuts off what is below 0; it does not fold it up.")]
    assert_no_mistake(out, oracle.relu(x), "out", mistakes)


@exercise("relu-forward")
def float32_goes_through_as_float32(student, rng):
    x = rng.normal(size=(6, 7)).astype(np.float32)
    out, _ = take(student.layers.relu_forward(x), "out", "cache")
    assert_close(out, oracle.relu(x).astype(np.float32), "out of float32 inputs", ROUNDING32)


@exercise("relu-backward", weight=2)
def gradient_passes_where_units_are_on(student, rng):
    x, dout = rng.normal(size=(3, 4, 5)), rng.normal(size=(3, 4, 5))
    dx = student.layers.relu_backward(dout, x)
    mistakes = [
        (dout, "All of dout comes through, also where x is below 0."),
        (dout * np.maximum(x, 0), "The slope of a ReLU that is on is 1, not x."),
        (np.where(dout > 0, dout, 0), "What decides is the sign of x, not that of dout."),
        (1.0 * (x > 0), "This is the slope of the ReLU alone: the chain rule has dout, too."),
    ]
    assert_no_mistake(dx, oracle.relu_gradient(dout, x), "dx", mistakes)


@exercise("relu-backward")
def slope_at_zero_is_zero(student, rng):
    x, dout = rng.normal(size=(6, 5)), 1 + rng.uniform(size=(6, 5))
    x[rng.uniform(size=x.shape) < 0.5] = 0.0
    dx = student.layers.relu_backward(dout, x)
    assert_close(dx, oracle.relu_gradient(dout, x), what="dx where many x are exactly 0")


@exercise("relu-backward")
def gradient_of_float32_is_float32(student, rng):
    x, dout = (rng.normal(size=(6, 7)).astype(np.float32) for _ in range(2))
    expected = oracle.relu_gradient(dout, x).astype(np.float32)
    assert_close(student.layers.relu_backward(dout, x), expected, "dx of float32", ROUNDING32)


def softmax(student):
    return student.layers.softmax_loss


def svm(student):
    return student.layers.svm_loss


def softmax_slips(loss, dx, y):
    """A turned sign, another base; and a gradient that forgets the labels."""
    labels = np.eye(dx.shape[1])[y] / len(y)
    return [
        (-loss, "The loss is below 0: it is minus the logarithm of a probability."),
        (loss / np.log(2), "This is the logarithm to base 2: np.log is the natural one."),
    ], [(dx + labels, "These are the probabilities alone: 1 is missing at the labels.")]


def svm_slips(loss, dx, y):
    """The margin of the label itself."""
    return [
        (loss + 1, "The right class has a margin of 1 against itself here: leave it out."),
    ], []


check_score_loss(
    "softmax-layer-loss",
    softmax,
    lambda x, y: oracle.softmax_of_scores(x, y),
    lambda x, y: oracle.softmax_of_scores_gradient(x, y),
    softmax_slips,
)
check_score_loss(
    "svm-layer-loss",
    svm,
    lambda x, y: oracle.svm_of_scores(x, y),
    lambda x, y: oracle.svm_of_scores_gradient(x, y),
    svm_slips,
)


@exercise("softmax-layer-loss", weight=2)
def scores_of_ten_thousand_do_not_overflow(student, rng):
    x, y = draw_scores(rng)
    x += 1e4 * rng.choice([-1, 1], size=(len(x), 1))  # the same for all classes of an example
    loss, dx = take(softmax(student)(x, y), "loss", "dx")
    assert_that(np.all(np.isfinite(loss)), OVERFLOW, "a finite number", f"{loss}", "the loss")
    assert_close(loss, oracle.softmax_of_scores(x, y), what="the loss of large scores")
    assert_close(dx, oracle.softmax_of_scores_gradient(x, y), what="dx at large scores")


OVERFLOW = (
    "Scores of 10,000 give a loss that is no number: exp(10000) overflows. Which number may be "
    "subtracted from all scores of an example without changing its probabilities?"
)


@exercise("softmax-layer-loss")
def hopeless_examples_have_a_finite_loss(student, rng):
    x, y = draw_scores(rng)
    x *= 1e4
    y[:] = np.argmin(x, axis=1)
    loss, _ = take(softmax(student)(x, y), "loss", "dx")
    message = (
        "Where the right class is far behind, its probability is too small for a float, and the "
        "logarithm of 0 is no number. Take the logarithm of the quotient first, on paper."
    )
    assert_that(np.all(np.isfinite(loss)), message, "a finite number", f"{loss}", "the loss")
    assert_close(loss, oracle.softmax_of_scores(x, y), what="the loss of scores far apart")


@exercise("svm-layer-loss")
def met_margins_cost_nothing(student, rng):
    x, y = draw_scores(rng, N=6, C=5)
    x[np.arange(6), y] = x.max(axis=1) + np.array([0.5, 1.5, 1.5, 0.5, 1.5, 1.5])
    loss, dx = take(svm(student)(x, y), "loss", "dx")
    assert_close(loss, oracle.svm_of_scores(x, y), what="the loss where most margins are met")
    assert_close(dx, oracle.svm_of_scores_gradient(x, y), what="dx where most margins are met")


check_momentum()
check_rmsprop()
check_adam()


@exercise("fc-two-layer-init", weight=2)
def first_params_are_those_of_the_docstring(student, rng):
    net = student.classifiers.fc_net.TwoLayerNet(50, 70, 40, weight_scale=0.3)
    shapes = {"W1": (50, 70), "b1": (70,), "W2": (70, 40), "b2": (40,)}
    require_first_params(net.get("params"), shapes, 0.3, np.float64)


@exercise("fc-two-layer-init")
def default_sizes_are_those_of_cifar10(student, rng):
    params = student.classifiers.fc_net.TwoLayerNet(hidden_dim=200).get("params")
    shapes = {"W1": (3072, 200), "b1": (200,), "W2": (200, 10), "b2": (10,)}
    require_first_params(params, shapes, 1e-3, np.float64)


@exercise("fc-two-layer-net", weight=2)
def scores_of_two_layers_match_the_definition(student, rng):
    params, X = draw_params(rng, 6, 7, 4), rng.normal(size=(5, 2, 3))
    scores = two_layer_net(student, params).loss(X)
    assert_close(scores, oracle.fc_scores(params, X), what="scores")


@exercise("fc-two-layer-net", weight=2)
def loss_and_gradients_of_two_layers_match(student, rng):
    require_loss_and_gradients(student, rng, two_layer_net, (6, 7, 4), 0.0)


@exercise("fc-two-layer-net", weight=2)
def penalty_of_two_layers_is_half_of_reg_times_squares(student, rng):
    require_penalty(student, rng, two_layer_net, (6, 7, 4))


@exercise("fc-two-layer-net")
def two_layers_keep_float32(student, rng):
    require_float32(student, rng, two_layer_net, (6, 7, 4), np.float32)


@exercise("fc-net-init", weight=2)
def every_layer_has_its_parameters(student, rng):
    net = student.classifiers.fc_net.FullyConnectedNet(
        [70, 40, 60], 50, 80, weight_scale=0.3, dtype="float64"
    )
    require_first_params(net.get("params"), net_shapes(50, 70, 40, 60, 80), 0.3, np.float64)


@exercise("fc-net-init")
def parameters_are_float32_unless_told_otherwise(student, rng):
    params = student.classifiers.fc_net.FullyConnectedNet([200, 300]).get("params")
    require_first_params(params, net_shapes(3072, 200, 300, 10), 1e-2, np.float32)


def net_shapes(*sizes):
    """Shapes of the parameters of a net without normalisation."""
    shapes = {}
    for layer in range(1, len(sizes)):
        shapes[f"W{layer}"] = (sizes[layer - 1], sizes[layer])
        shapes[f"b{layer}"] = (sizes[layer],)
    return shapes


@exercise("fc-net-scores", weight=2)
def scores_of_four_layers_match_the_definition(student, rng):
    params, X = draw_params(rng, 6, 7, 8, 5, 4), rng.normal(size=(9, 2, 3))
    scores = deep_net(student, params).loss(X)
    expected = oracle.fc_scores(params, X)
    message = "The scores are cut off at 0: the last layer is affine alone, without a ReLU."
    assert_no_mistake(scores, expected, "scores", [(np.maximum(expected, 0), message)])


@exercise("fc-net-scores")
def scores_are_computed_in_the_precision_of_the_net(student, rng):
    params, X = draw_params(rng, 6, 7, 5, 4), rng.normal(size=(9, 6))
    expected = oracle.fc_scores(params, X).astype(np.float32)
    params = {name: value.astype(np.float32) for name, value in params.items()}
    scores = deep_net(student, params, dtype="float32").loss(X)
    assert_close(scores, expected, "scores of a float32 net", ROUNDING32)


@exercise("fc-net-loss", weight=3)
def loss_and_gradients_of_three_layers_match(student, rng):
    require_loss_and_gradients(student, rng, deep_net, (6, 7, 5, 4), 0.0)


@exercise("fc-net-loss", weight=2)
def penalty_reaches_every_layer(student, rng):
    require_penalty(student, rng, deep_net, (6, 7, 5, 4))


@exercise("fc-net-loss")
def large_scores_do_not_overflow(student, rng):
    params, X, y = draw_params(rng, 5, 6, 3), rng.normal(size=(4, 5)), rng.integers(3, size=4)
    params["b2"] += 1e4  # every score grows alike: probabilities stay
    loss, _ = loss_and_gradients(deep_net(student, params), X, y, [])
    assert_close(loss, oracle.fc_loss(params, X, y, 0.0), what="the loss of large scores")


@exercise("fc-net-loss")
def gradients_keep_float32(student, rng):
    require_float32(student, rng, deep_net, (6, 7, 5, 4), "float64")


def require_loss_and_gradients(student, rng, make, sizes, reg):
    """Require loss and gradients of a net with random parameters, on pictures of two axes."""
    params, X = draw_params(rng, *sizes), rng.normal(size=(5, 2, sizes[0] // 2))
    y = rng.integers(sizes[-1], size=5)
    loss, grads = loss_and_gradients(make(student, params, reg=reg), X, y, params)
    assert_close(loss, oracle.fc_loss(params, X, y, reg), what=f"the loss at reg = {reg:g}")
    expected = oracle.fc_gradients(params, X, y, reg)
    for name in params:
        assert_close(grads[name], expected[name], what=f'grads["{name}"] at reg = {reg:g}')


def require_penalty(student, rng, make, sizes):
    """Require what reg adds to loss and gradients: all weights of all layers, no bias."""
    params, X = draw_params(rng, *sizes), rng.normal(size=(5, sizes[0]))
    y, names = rng.integers(sizes[-1], size=5), list(params)
    plain, plain_grads = loss_and_gradients(make(student, params), X, y, names)
    loss, grads = loss_and_gradients(make(student, params, reg=PENALTY), X, y, names)
    data = oracle.fc_loss(params, X, y, 0.0)
    added = oracle.fc_loss(params, X, y, PENALTY) - data
    parts = {name: PENALTY / 2 * float(np.sum(value**2)) for name, value in params.items()}
    last = f"W{len(sizes) - 1}"
    mistakes = [
        (0.0, "The penalty is missing: add 0.5 * reg * sum(W * W) for every W."),
        (2 * added, "The penalty has a factor 1/2 here: 0.5 * reg * sum(W * W)."),
        (added - parts[last], f"The penalty leaves out {last}, the weights of the last layer."),
        (added - parts["W1"], "The penalty leaves out W1, the weights of the first layer."),
        (sum(parts.values()), "The penalty counts the biases: it is for the weights alone."),
    ]
    assert_no_mistake(loss - plain, added, f"what reg = {PENALTY} adds to the loss", mistakes)
    expected_plain = oracle.fc_gradients(params, X, y, 0.0)
    expected = oracle.fc_gradients(params, X, y, PENALTY)
    for name in names:
        for got in (grads[name], plain_grads[name]):
            require_array(got, f'grads["{name}"]', shape=params[name].shape)
        what = f'what reg = {PENALTY} adds to grads["{name}"]'
        assert_close(grads[name] - plain_grads[name], expected[name] - expected_plain[name], what)


def require_float32(student, rng, make, sizes, inputs):
    """Require loss and gradients of a float32 net, for inputs of this precision."""
    params, X = draw_params(rng, *sizes), rng.normal(size=(5, sizes[0]))
    y, options = rng.integers(sizes[-1], size=5), {"reg": np.float64(PENALTY)}
    expected = oracle.fc_gradients(params, X, y, PENALTY)
    narrow = {name: value.astype(np.float32) for name, value in params.items()}
    if make is deep_net:
        options["dtype"] = "float32"
    net = make(student, narrow, **options)
    _, grads = loss_and_gradients(net, X.astype(inputs), y, params)
    for name in params:
        what = f'grads["{name}"] of a float32 net'
        assert_close(grads[name], expected[name].astype(np.float32), what, ROUNDING32)


def require_fc_accuracy(student, pictures, percent):
    """Require an accuracy of hand_in/best_fc_net.npz."""
    arrays = load_deep_network(student, "best_fc_net.npz", REMEDY)
    require_deep_accuracy(student, arrays, *pixel_rows(arrays, pictures), percent)


check_steps("fc-tuned", require_fc_accuracy, (FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL))
