"""Checks of the notebook `language_models`: layers, the network, batches of a text, states."""

import numpy as np

from cs231n.checks.api import (
    ROUNDING32,
    assert_close,
    assert_labels,
    assert_that,
    exercise,
    kind,
    oracle,
    require_array,
    take,
)
from cs231n.checks.failures import CheckFailure
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.language_networks import (
    draw_case,
    draw_model,
    draw_stack,
    language_model,
    layer_back,
    loss_and_gradients,
    require_stack,
    require_stack_gradients,
    run,
    single,
)
from cs231n.checks.judge.recurrent import draw_sequences, require_derivatives, require_states, wide

# --- relu-rnn-forward


@exercise("relu-rnn-forward", weight=3)
def states_are_rectified(student, rng):
    inputs = draw_sequences(rng)
    h, _ = take(student.language.recurrence.relu_rnn_forward(*inputs), "h", "cache")
    x, h0, Wx, Wh, b = inputs
    expected, states = single(*inputs), oracle.stacked_states
    alone = [single(x[:, [t]], h0, Wx, Wh, b) for t in range(x.shape[1])]
    slips = [
        (states(x, [h0], [(Wx, Wh, b)], "tanh")[0], "This is tanh: take max(0, a) instead."),
        (single(x, h0, Wx, Wh, 0 * b), "The bias is missing."),
        (single(x, 0 * h0, Wx, Wh, b), "The first state is 0 here: it should be h0."),
        (single(x, h0, Wx, Wh.T, b), "Wh is transposed: states stand before it."),
        (np.concatenate(alone, axis=1), "Every step begins at h0: hand each state to the next."),
        (single(x[:, ::-1], h0, Wx, Wh, b), "The sequence is read from its end."),
    ]
    require_states(h, expected, "h", slips)


@exercise("relu-rnn-forward")
def one_step_of_one_sequence(student, rng):
    for N, T in ((1, 1), (1, 5), (4, 1)):
        inputs = draw_sequences(rng, N=N, T=T, D=2, H=3)
        h, _ = take(student.language.recurrence.relu_rnn_forward(*inputs), "h", "cache")
        require_states(h, single(*inputs), f"h of {N} sequence(s), {T} step(s)")


@exercise("relu-rnn-forward")
def rectified_float32_stays_float32(student, rng):
    inputs = draw_sequences(rng, dtype=np.float32)
    h, _ = take(student.language.recurrence.relu_rnn_forward(*inputs), "h", "cache")
    require_states(h, single(*wide(*inputs)), "h of float32 inputs", dtype=np.float32)


@exercise("relu-rnn-forward")
def states_may_grow_large(student, rng):
    x, *rest = draw_sequences(rng)
    h, _ = take(student.language.recurrence.relu_rnn_forward(1000 * x, *rest), "h", "cache")
    require_states(h, single(1000 * x, *rest), "h where x is large")


# --- relu-rnn-backward


@exercise("relu-rnn-backward", weight=4)
def derivatives_of_rectified_sequences(student, rng):
    for _ in range(2):
        inputs = draw_sequences(rng, H=6)
        got, expected, slips = layer_back(student, rng, inputs)
        require_derivatives(got, expected, slips=slips)


@exercise("relu-rnn-backward", weight=2)
def a_cell_of_zero_passes_nothing_back(student, rng):
    x, h0, Wx, Wh, b = draw_sequences(rng, N=1, H=4)
    x, h0, b = 0 * x, 0 * h0, np.array([0.0, 0.7, 0.0, -0.3])
    Wh[:, [0, 2]] = 0  # cells 0 and 2 are max(0, 0) at every step
    got, expected, _ = layer_back(student, rng, (x, h0, Wx, Wh, b))
    require_derivatives(got, expected)


@exercise("relu-rnn-backward")
def rectified_derivatives_of_one_step(student, rng):
    got, expected, _ = layer_back(student, rng, draw_sequences(rng, N=3, T=1, D=2, H=4))
    require_derivatives(got, expected)


@exercise("relu-rnn-backward")
def rectified_derivatives_of_float32_are_float32(student, rng):
    got, expected, _ = layer_back(student, rng, draw_sequences(rng, dtype=np.float32))
    require_derivatives(got, expected, dtype=np.float32)


# --- stack-forward


@exercise("stack-forward", weight=3)
def each_layer_reads_the_one_below(student, rng):
    for cell in ("tanh", "relu"):
        x, states, layers = draw_stack(rng, 3)
        expected = oracle.stacked_states(x, states, layers, cell)
        turned = oracle.stacked_states(x, states[::-1], layers, cell)
        fresh = oracle.stacked_states(x, [0 * h0 for h0 in states], layers, cell)
        slips = [
            (expected[0], "These are the states of the lowest layer: return the highest."),
            (turned[-1], "The states are in the wrong order: the lowest layer's comes first."),
            (fresh[-1], "The layers begin at 0: each has a state that it begins with."),
        ]
        require_stack(student, x, states, layers, cell, expected, slips)


@exercise("stack-forward")
def one_layer_is_a_stack(student, rng):
    for cell in ("relu", "tanh"):
        x, states, layers = draw_stack(rng, 1)
        expected = oracle.stacked_states(x, states, layers, cell)
        require_stack(student, x, states, layers, cell, expected)


@exercise("stack-forward")
def one_step_has_last_states(student, rng):
    x, states, layers = draw_stack(rng, 2, T=1)
    expected = oracle.stacked_states(x, states, layers, "tanh")
    require_stack(student, x, states, layers, "tanh", expected)


@exercise("stack-forward")
def a_stack_of_float32_stays_float32(student, rng):
    x, states, layers = draw_stack(rng, 2)
    expected = oracle.stacked_states(x, states, layers, "relu")
    require_stack(student, x, states, layers, "relu", expected, dtype=np.float32)


# --- stack-backward


@exercise("stack-backward", weight=4)
def derivatives_go_down_the_stack(student, rng):
    for cell in ("tanh", "relu"):
        require_stack_gradients(student, rng, *draw_stack(rng, 3), cell)


@exercise("stack-backward")
def derivatives_of_one_layer(student, rng):
    for cell in ("relu", "tanh"):
        require_stack_gradients(student, rng, *draw_stack(rng, 1), cell)


@exercise("stack-backward")
def derivatives_of_a_float32_stack(student, rng):
    require_stack_gradients(student, rng, *draw_stack(rng, 2), "tanh", dtype=np.float32)


# --- lm-loss


@exercise("lm-loss", weight=3)
def the_loss_is_a_mean_over_predictions(student, rng):
    params, case = draw_model(rng), draw_case(rng)
    loss, _, _ = run(student, params, case, "relu")
    expected = oracle.language_model_loss(params, *case, "relu")
    x, y, mask, states = case
    count, N = mask.sum(), len(x)
    every = oracle.language_model_loss(params, x, y, mask | True, states, "relu")
    back = oracle.language_model_loss(params, x, x, mask, states, "relu")
    fresh = [0 * h0 for h0 in states]
    slips = [
        (expected * count / N, "This is divided by N: divide by the number of predictions."),
        (expected * count, "This is the sum: divide by the number of predictions that count."),
        (expected * count / mask.size, "Divide by the predictions that count, not by N T."),
        (every, "The mask is not used: some of the predictions do not count."),
        (
            every * mask.size / count,
            "The predictions that do not count are added up, too: pass the mask on.",
        ),
        (back, "Each token is compared with itself: y holds the right answers."),
        (
            oracle.language_model_loss(params, x, y, mask, fresh, "relu"),
            "The network begins at 0: it should begin with `states`.",
        ),
    ]
    assert_no_mistake(loss, expected, "the loss", slips)


@exercise("lm-loss", weight=4)
def gradients_of_all_parameters(student, rng):
    for cell, layers in (("relu", 1), ("tanh", 2)):
        params, case = draw_model(rng, layers), draw_case(rng, layers)
        _, grads, _ = run(student, params, case, cell)
        expected = oracle.language_model_gradients(params, *case, cell)
        share = case[2].sum() / len(case[0])
        for name in params:
            message = "The gradient is that of a sum divided by N: the loss is divided otherwise."
            slips = [(expected[name] * share, message)]
            assert_no_mistake(grads[name], expected[name], f"grads[{name!r}]", slips)


@exercise("lm-loss", weight=2)
def the_states_after_the_last_token_come_back(student, rng):
    params, case = draw_model(rng, 2), draw_case(rng, 2)
    _, _, last = run(student, params, case, "tanh")
    x, _, _, states = case
    layers = [tuple(params[f"{w}{k}"] for w in ("Wx", "Wh", "b")) for k in (1, 2)]
    expected = oracle.stacked_states(params["W_embed"][x], states, layers, "tanh")
    message = "The third result should be a list of one state (N, H) for each layer."
    is_list = isinstance(last, list | tuple) and len(last) == 2
    assert_that(is_list, message, "2 states", kind(last))
    for k, h in enumerate(last):
        told = [
            (
                states[k],
                "These are the states before the first token; those after the last are due.",
            )
        ]
        assert_no_mistake(h, expected[k][:, -1], f"the last state of layer {k + 1}", told)


@exercise("lm-loss")
def one_prediction_may_count(student, rng):
    params, (x, y, mask, states) = draw_model(rng), draw_case(rng, N=1, T=3)
    mask = np.array([[False, True, False]])
    loss, grads, _ = run(student, params, (x, y, mask, states), "relu")
    case = x, y, mask, states
    assert_close(loss, oracle.language_model_loss(params, *case, "relu"), "the loss of one token")
    expected = oracle.language_model_gradients(params, *case, "relu")
    assert_close(grads["Wh1"], expected["Wh1"], "grads['Wh1'] of one token")


@exercise("lm-loss")
def float32_parameters_have_float32_gradients(student, rng):
    params, case = draw_model(rng), draw_case(rng)
    model = language_model(student, params, "relu", "float32")
    x, y, mask, states = case
    loss, grads, _ = loss_and_gradients(
        model.loss(x, y, mask, [h0.astype(np.float32) for h0 in states]), params
    )
    small = {name: value.astype(np.float32).astype(np.float64) for name, value in params.items()}
    case = x, y, mask, [h0.astype(np.float32).astype(np.float64) for h0 in states]
    right = oracle.language_model_loss(small, *case, "relu")
    assert_close(float(loss), right, "the loss in float32", ROUNDING32)
    expected = oracle.language_model_gradients(small, *case, "relu")
    for name in params:
        want = expected[name].astype(np.float32)
        assert_close(grads[name], want, f"grads[{name!r}] in float32", ROUNDING32)


# --- stream-batches


def require_batches(student, tokens, N, T, what):
    """Require x and y, (B, N, T), to be cut out of a text in this way."""
    x, y = take(student.language.streams.stream_batches(tokens, N, T), "x", "y")
    right_x, right_y = oracle.stream_cut_by_hand(tokens, N, T)
    require_array(x, f"{what}: x")
    if x.ndim == 3 and x.shape != right_x.shape and x.shape[1:] == right_x.shape[1:]:
        message = f"{what}: each row has M = (L - 1) // N columns, which give B = M // T batches."
        raise CheckFailure(message, f"B = {len(right_x)}", f"B = {len(x)}", "x")
    require_array(x, f"{what}: x", shape=right_x.shape)
    for mistake, sentence in batch_slips(tokens, N, T, right_x.shape[0]):
        if np.array_equal(x, mistake) and not np.array_equal(mistake, right_x):
            raise CheckFailure(f"{what}: {sentence}", str(right_x[0, 1:2]), str(x[0, 1:2]), "x")
    assert_labels(x, right_x, f"{what}: x")
    if np.array_equal(y, right_x):
        message = f"{what}: y is the same as x: it is one token later."
        raise CheckFailure(message, str(right_y[0, 0]), str(right_x[0, 0]), "y")
    assert_labels(y, right_y, f"{what}: y")


def batch_slips(tokens, N, T, B):
    """What comes of a plain reshape, and of rows that alternate."""
    flat = np.asarray(tokens)[: B * N * T]
    return [
        (
            flat.reshape(B, N, T),
            "Batch 1 should go on where batch 0 ended, row by row: a plain "
            "reshape puts row 0 of batch 1 behind the last row of batch 0.",
        ),
        (flat.reshape(B, T, N).transpose(0, 2, 1), "A row holds consecutive tokens."),
    ]


@exercise("stream-batches", weight=3)
def rows_go_on_from_batch_to_batch(student, rng):
    for L, N, T in ((61, 3, 5), (49, 2, 6)):
        tokens = 100 + rng.permutation(L)
        require_batches(student, tokens, N, T, f"{L} tokens, N = {N}, T = {T}")


@exercise("stream-batches", weight=2)
def what_fills_no_batch_is_left_out(student, rng):
    for L in (41, 42, 43, 47, 48, 49):
        tokens = 100 + rng.permutation(L)
        require_batches(student, tokens, 3, 4, f"{L} tokens, N = 3, T = 4")


@exercise("stream-batches")
def the_shortest_text_is_one_batch(student, rng):
    for N, T in ((2, 3), (1, 1), (1, 4), (5, 1)):
        tokens = 100 + rng.permutation(N * T + 1)
        require_batches(student, tokens, N, T, f"{len(tokens)} tokens, N = {N}, T = {T}")


@exercise("stream-batches")
def a_text_may_be_a_list_or_of_int32(student, rng):
    tokens = 100 + rng.permutation(31)
    require_batches(student, tokens.tolist(), 2, 4, "a list")
    require_batches(student, tokens.astype(np.int32), 2, 4, "an int32 array")


# --- carry-state


def require_losses(student, x, y, learn, what):
    """Require the losses that a network which is a formula has on these batches."""
    losses, masks = take(student.checks.beside.streams.streamed(x, y, learn), "losses", "masks")
    assert_that(
        isinstance(losses, list), f"{what}: losses should be a list.", "a list", kind(losses)
    )
    same = len(losses) == len(x)
    assert_that(same, f"{what}: one loss for each batch.", f"{len(x)}", f"{len(losses)}")
    whole = all(mask.shape == x.shape[1:] and np.all(mask) for mask in masks)
    assert_that(whole, f"{what}: every token of a batch counts; the mask is True everywhere.")
    expected = np.array(oracle.formula_losses(x, y, 0.01 * learn))
    alone = [oracle.formula_losses(x[[b]], y[[b]], 0)[0] for b in range(len(x))]
    still = np.array(oracle.formula_losses(x, y, 0.0))
    slips = [
        (np.array(alone), "Every batch begins at 0: the states go on from batch to batch."),
        (still, "`step` is called too late, or not at all: before the next batch is computed."),
    ]
    assert_no_mistake(
        np.array(losses, dtype=float), expected, f"{what}: what run_stream returns", slips
    )


@exercise("carry-state", weight=3)
def states_go_on_from_batch_to_batch(student, rng):
    x, y = rng.integers(1, 6, size=(2, 4, 3, 5))
    require_losses(student, x, y, False, "without a step")


@exercise("carry-state", weight=2)
def a_step_follows_each_batch(student, rng):
    x, y = rng.integers(1, 6, size=(2, 5, 2, 3))
    require_losses(student, x, y, True, "with steps")


@exercise("carry-state")
def one_batch_begins_at_zero(student, rng):
    x, y = rng.integers(1, 6, size=(2, 1, 4, 2))
    for learn in (False, True):
        require_losses(student, x, y, learn, "one batch")
