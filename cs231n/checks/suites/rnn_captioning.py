"""Checks of the notebook `rnn_captioning`: recurrent layers, words, and a net that captions."""

import numpy as np

from cs231n.checks.api import (
    ROUNDING32,
    assert_close,
    assert_gradient,
    assert_that,
    exercise,
    oracle,
    require_array,
    take,
)
from cs231n.checks.judge.captions import (
    END,
    NULL,
    START,
    captioner,
    draw_captioner,
    draw_captions,
    draw_writer,
    loss_slips,
    require_captions,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.fc_nets import loss_and_gradients
from cs231n.checks.judge.recurrent import (
    NAMES,
    draw_sequences,
    draw_step,
    require_derivatives,
    require_states,
    sequence_back_slips,
    sequence_slips,
    state_after,
    step_back_slips,
    step_gradients,
    step_slips,
    tolerance,
    wide,
)

STEP_NAMES = ("dx", "dprev_h", *NAMES[2:])


@exercise("rnn-step-forward", weight=3)
def the_state_after_a_step(student, rng):
    inputs = draw_step(rng)
    next_h, _ = take(student.rnn_layers.rnn_step_forward(*inputs), "next_h", "cache")
    expected = state_after(*inputs)
    assert_no_mistake(next_h, expected, "next_h", step_slips(*inputs, expected))


@exercise("rnn-step-forward")
def one_example_of_one_number(student, rng):
    inputs = draw_step(rng, N=1, D=1, H=2)
    next_h, _ = take(student.rnn_layers.rnn_step_forward(*inputs), "next_h", "cache")
    assert_close(next_h, state_after(*inputs), "next_h of one example of one number")


@exercise("rnn-step-forward")
def a_step_of_float32_stays_float32(student, rng):
    inputs = draw_step(rng, dtype=np.float32)
    next_h, _ = take(student.rnn_layers.rnn_step_forward(*inputs), "next_h", "cache")
    expected = state_after(*wide(*inputs)).astype(np.float32)
    assert_close(next_h, expected, "next_h of float32 inputs", ROUNDING32)


def step_back(student, rng, dtype=np.float64, **sizes):
    """The student's derivatives of a step, those expected, and mistakes to be told."""
    inputs = draw_step(rng, dtype=dtype, **sizes)
    _, cache = take(student.rnn_layers.rnn_step_forward(*inputs), "next_h", "cache")
    dnext_h = rng.normal(size=inputs[1].shape).astype(dtype)
    got = take(student.rnn_layers.rnn_step_backward(dnext_h, cache), *STEP_NAMES)
    precise = wide(dnext_h, *inputs)
    expected, next_h = step_gradients(*precise), state_after(*precise[1:])
    return got, expected, step_back_slips(precise[0], next_h, expected, precise[4])


@exercise("rnn-step-backward", weight=3)
def derivatives_of_a_step(student, rng):
    got, expected, slips = step_back(student, rng)
    require_derivatives(got, expected, STEP_NAMES, slips)


@exercise("rnn-step-backward")
def derivatives_of_one_example(student, rng):
    got, expected, _ = step_back(student, rng, N=1, D=2, H=3)
    require_derivatives(got, expected, STEP_NAMES)


@exercise("rnn-step-backward")
def derivatives_of_a_float32_step_are_float32(student, rng):
    got, expected, _ = step_back(student, rng, np.float32)
    require_derivatives(got, expected, STEP_NAMES, dtype=np.float32)


@exercise("rnn-forward", weight=3)
def the_states_after_each_step(student, rng):
    inputs = draw_sequences(rng)
    h, _ = take(student.rnn_layers.rnn_forward(*inputs), "h", "cache")
    expected = oracle.recurrent_states(*inputs)
    require_states(h, expected, "h", sequence_slips(*inputs, expected))


@exercise("rnn-forward")
def a_sequence_of_one_step(student, rng):
    inputs = draw_sequences(rng, N=3, T=1, D=2, H=4)
    h, _ = take(student.rnn_layers.rnn_forward(*inputs), "h", "cache")
    require_states(h, oracle.recurrent_states(*inputs), "h of a single step")


@exercise("rnn-forward")
def sequences_of_float32_stay_float32(student, rng):
    inputs = draw_sequences(rng, dtype=np.float32)
    h, _ = take(student.rnn_layers.rnn_forward(*inputs), "h", "cache")
    expected = oracle.recurrent_states(*wide(*inputs))
    require_states(h, expected, "h of float32 inputs", dtype=np.float32)


def sequence_back(student, rng, dtype=np.float64, **sizes):
    """The student's derivatives of a sequence, those expected, and what they are of."""
    inputs = draw_sequences(rng, dtype=dtype, **sizes)
    _, cache = take(student.rnn_layers.rnn_forward(*inputs), "h", "cache")
    shape = (*inputs[0].shape[:2], inputs[1].shape[1])
    dh = rng.normal(size=shape).astype(dtype)
    got = take(student.rnn_layers.rnn_backward(dh, cache), *NAMES)
    precise = wide(dh, *inputs)
    return got, oracle.recurrent_gradients(*precise), precise


@exercise("rnn-backward", weight=4)
def derivatives_of_sequences(student, rng):
    got, expected, (dh, *inputs) = sequence_back(student, rng)
    h = oracle.recurrent_states(*inputs)
    require_derivatives(got, expected, slips=sequence_back_slips(dh, inputs, h, expected))


@exercise("rnn-backward")
def a_loss_of_the_first_step_asks_for_nothing_behind(student, rng):
    inputs, dh = draw_sequences(rng, N=3, T=4), np.zeros((3, 4, 5))
    dh[:, 0] = rng.normal(size=(3, 5))
    _, cache = take(student.rnn_layers.rnn_forward(*inputs), "h", "cache")
    dx, *_ = take(student.rnn_layers.rnn_backward(dh, cache), *NAMES)
    require_array(dx, "dx", shape=inputs[0].shape)
    message = (
        "A loss that depends on the first state alone should have no derivative by what comes in "
        "later: go from the last step to the first, and hand on what reaches the state before."
    )
    assert_that(not np.any(dx[:, 1:]), message, "0 behind the first step", "other numbers", "dx")


@exercise("rnn-backward")
def derivatives_of_a_single_step(student, rng):
    got, expected, _ = sequence_back(student, rng, N=3, T=1, D=2, H=4)
    require_derivatives(got, expected)


@exercise("rnn-backward")
def float32_sequences_have_float32_derivatives(student, rng):
    got, expected, _ = sequence_back(student, rng, np.float32)
    require_derivatives(got, expected, dtype=np.float32)


def draw_words(rng, N=3, T=4, V=6):
    """Draw numbers of words (N, T): the first two of them repeat, the last never comes."""
    return np.concatenate([np.zeros((N, 1), int), rng.integers(V - 1, size=(N, T - 1))], axis=1)


@exercise("embedding-forward", weight=2)
def each_word_becomes_its_row(student, rng):
    x, W = draw_words(rng), rng.normal(size=(6, 5))
    out, _ = take(student.rnn_layers.word_embedding_forward(x, W), "out", "cache")
    shifted = oracle.vectors_of_words(x, np.roll(W, 1, axis=0))
    message = "Rows are off by one: word 0 has row 0."
    assert_no_mistake(out, oracle.vectors_of_words(x, W), "out", [(shifted, message)])


@exercise("embedding-forward")
def vectors_of_float32_stay_float32(student, rng):
    x, W = draw_words(rng, N=2, T=3), rng.normal(size=(6, 7)).astype(np.float32)
    out, _ = take(student.rnn_layers.word_embedding_forward(x.astype(np.int32), W), "out", "cache")
    assert_close(out, oracle.vectors_of_words(x, W).astype(np.float32), "out of float32 vectors")


def embedding_back(student, rng, x, V, D=5, dtype=np.float64):
    """dout and the student's dW."""
    W, dout = rng.normal(size=(V, D)).astype(dtype), rng.normal(size=(*x.shape, D)).astype(dtype)
    _, cache = take(student.rnn_layers.word_embedding_forward(x, W), "out", "cache")
    return dout, student.rnn_layers.word_embedding_backward(dout, cache)


@exercise("embedding-backward", weight=3)
def uses_of_a_word_add_up(student, rng):
    x = draw_words(rng)
    dout, dW = embedding_back(student, rng, x, V=6)
    expected, once = oracle.vectors_gradient(dout, x, 6), np.zeros((6, 5))
    once[x] = dout
    message = (
        "A word that is used several times has the share of one use only: dW[x] += dout writes "
        "each row once."
    )
    cut = "dW has no rows for the words that do not come: it has the shape of W."
    shape = getattr(dW, "shape", None)
    assert_that(shape != (x.max() + 1, 5), cut, str(expected.shape), str(shape), "dW")
    mean = "This is a mean: the shares of a word add up."
    uses = np.maximum(np.bincount(x.ravel(), minlength=6), 1)[:, None]
    assert_no_mistake(dW, expected, "dW", [(once, message), (expected / uses, mean)])


@exercise("embedding-backward")
def float32_vectors_have_float32_derivatives(student, rng):
    x = draw_words(rng, N=2, T=5)
    dout, dW = embedding_back(student, rng, x, V=7, D=4, dtype=np.float32)
    expected = oracle.vectors_gradient(dout.astype(np.float64), x, 7).astype(np.float32)
    assert_close(dW, expected, "dW of float32 vectors", ROUNDING32)


def draw_sentences(rng, N=3, T=4, V=5):
    """Draw scores (N, T, V), words (N, T) and a mask of beginnings: all, then fewer steps."""
    lengths = np.array([T, *rng.integers(1, max(T, 2), size=N - 1)])
    mask = np.arange(T) < lengths[:, None]
    return 2 * rng.normal(size=(N, T, V)), rng.integers(V, size=(N, T)), mask


def temporal_softmax(student, x, y, mask):
    """The student's loss and its derivative."""
    return take(student.rnn_layers.temporal_softmax_loss(x, y, mask), "loss", "dx")


@exercise("temporal-softmax", weight=3)
def the_loss_adds_up_words_and_divides_by_n(student, rng):
    x, y, mask = draw_sentences(rng)
    loss, _ = temporal_softmax(student, x, y, mask)
    expected, N = oracle.sentence_loss(x, y, mask), len(x)
    slips = [
        (oracle.sentence_loss(x, y, mask | True), "The mask is ignored: some steps do not count."),
        (oracle.sentence_loss(x, y, ~mask), "The mask is turned round: True means that it counts."),
        (expected * N, "This is the sum over all sequences: divide by their number N."),
        (expected * N / mask.sum(), "This is the mean over the words that count: divide by N."),
        (expected / x.shape[1], "This is divided by N T: divide by the number N of sequences."),
        (-expected, "The loss is below 0: it is minus the logarithm of a probability."),
    ]
    assert_no_mistake(loss, expected, "the loss", slips)


@exercise("temporal-softmax", weight=3)
def dx_is_the_derivative_of_the_loss(student, rng):
    x, y, mask = draw_sentences(rng)
    _, dx = temporal_softmax(student, x, y, mask)
    require_array(dx, "dx")
    shape, flat = x.shape, (x.shape[0] * x.shape[1], x.shape[2])
    message = "dx has its steps in one row: give it the shape (N, T, V) of x."
    assert_that(dx.shape != flat, message, str(shape), str(flat), "dx")
    expected, N = oracle.sentence_loss_gradient(x, y, mask), len(x)
    ignored = oracle.sentence_loss_gradient(x, y, mask | True)
    labels = np.eye(shape[2])[y] * mask[:, :, None] / N
    slips = [
        (ignored, "dx ignores the mask: where a step does not count, it is 0."),
        (expected * N, "dx is that of the sum over sequences: divide by their number N."),
        (expected * N / mask.sum(), "dx is that of the mean over words: divide by N."),
        (expected / shape[1], "dx is divided by N T: divide by the number N of sequences."),
        (-expected, "dx points the other way: every sign in it is turned round."),
        (expected + labels, "These are the probabilities alone: 1 is missing at the right words."),
    ]
    assert_no_mistake(dx, expected, "dx", slips)


@exercise("temporal-softmax")
def the_loss_changes_as_dx_says(student, rng):
    x, y, mask = draw_sentences(rng, N=2, T=3, V=7)
    _, dx = temporal_softmax(student, x, y, mask)
    assert_gradient(lambda moved: oracle.sentence_loss(moved, y, mask), x, dx, "dx", rng)


@exercise("temporal-softmax", weight=2)
def scores_of_thousands_do_not_overflow(student, rng):
    x, y, mask = draw_sentences(rng)
    x += 3000 * rng.choice([-1, 1], size=x.shape)
    loss, dx = temporal_softmax(student, x, y, mask)
    finite = np.all(np.isfinite(loss)) and np.all(np.isfinite(dx))
    message = (
        "Scores of some thousands break it: take the largest score of each step off before exp, "
        "and the logarithm of the sum, not of the quotient."
    )
    assert_that(finite, message, "finite numbers", f"a loss of {loss}")
    assert_close(loss, oracle.sentence_loss(x, y, mask), "the loss of large scores")
    assert_close(dx, oracle.sentence_loss_gradient(x, y, mask), "dx of large scores")


@exercise("temporal-softmax")
def where_no_step_counts_there_is_no_loss(student, rng):
    x, y, mask = draw_sentences(rng)
    loss, dx = temporal_softmax(student, x, y, mask & False)
    assert_close(loss, 0.0, "the loss of sequences without a step that counts")
    assert_close(dx, np.zeros_like(x), "dx of sequences without a step that counts")


@exercise("temporal-softmax")
def losses_of_float32_scores(student, rng):
    x, y, mask = draw_sentences(rng)
    narrow = x.astype(np.float32)
    loss, dx = temporal_softmax(student, narrow, y, mask)
    precise = narrow.astype(np.float64)
    assert_close(loss, oracle.sentence_loss(precise, y, mask), "the loss of float32", ROUNDING32)
    expected = oracle.sentence_loss_gradient(precise, y, mask).astype(np.float32)
    assert_close(dx, expected, "dx of float32 scores", ROUNDING32)


@exercise("captioning-scores", weight=3)
def scores_of_pictures_and_words(student, rng):
    params, words = draw_captioner(rng), draw_captions(rng)[:, :-1]
    features = rng.normal(size=(3, 4))
    result = captioner(student, params)._scores(features, words)
    scores, _ = take(result, "scores", "caches")
    expected = oracle.caption_scores(params, features, words)
    unbiased = params | {"b_proj": 0 * params["b_proj"]}
    unseen = "The features do not arrive: through W_proj and b_proj they are the first state."
    slips = [
        (oracle.caption_scores(params, 0 * features, words), unseen),
        (oracle.caption_scores(unbiased, 0 * features, words), unseen),
        (oracle.caption_scores(unbiased, features, words), "b_proj is missing."),
        (expected - params["b_vocab"], "b_vocab is missing."),
    ]
    assert_no_mistake(scores, expected, "scores", slips)


@exercise("captioning-scores")
def scores_keep_the_precision_of_the_model(student, rng):
    params, words = draw_captioner(rng, D=3, W=5, H=4), draw_captions(rng, N=2, T=3)[:, :-1]
    features = rng.normal(size=(2, 3))
    result = captioner(student, params, dtype="float32")._scores(features, words)
    scores, _ = take(result, "scores", "caches")
    expected = oracle.caption_scores(params, features, words).astype(np.float32)
    assert_close(scores, expected, "scores of a float32 model", ROUNDING32)


@exercise("captioning-loss", weight=3)
def the_loss_of_captions(student, rng):
    params, captions, features = draw_captioner(rng), draw_captions(rng), rng.normal(size=(3, 4))
    loss, _ = take(captioner(student, params).loss(features, captions), "loss", "grads")
    expected = oracle.caption_loss(params, features, captions, NULL)
    slips = loss_slips(params, features, captions, expected)
    assert_no_mistake(loss, expected, "the loss", slips)


@exercise("captioning-loss", weight=4)
def gradients_by_every_parameter(student, rng):
    params, captions, features = draw_captioner(rng), draw_captions(rng), rng.normal(size=(3, 4))
    _, grads = loss_and_gradients(captioner(student, params), features, captions, list(params))
    expected = oracle.caption_gradients(params, features, captions, NULL)
    for name in ("b_vocab", "W_vocab", "b", "Wh", "Wx", "W_embed", "b_proj", "W_proj"):
        zero = (0 * expected[name], f"The way back to {name} is missing: its derivative is 0 here.")
        assert_no_mistake(grads[name], expected[name], f'grads["{name}"]', [zero])


@exercise("captioning-loss")
def gradients_of_a_float32_model_are_float32(student, rng):
    params, captions = draw_captioner(rng, D=3, W=5, H=4), draw_captions(rng, N=2, T=4)
    features = rng.normal(size=(2, 3)).astype(np.float32)
    model = captioner(student, params, dtype="float32")
    loss, grads = loss_and_gradients(model, features, captions, list(params))
    precise = {name: value.astype(np.float32).astype(np.float64) for name, value in params.items()}
    inputs = precise, features.astype(np.float64), captions, NULL
    assert_close(loss, oracle.caption_loss(*inputs), "the loss of a float32 model", ROUNDING32)
    for name, value in oracle.caption_gradients(*inputs).items():
        what = f'grads["{name}"] of a float32 model'
        assert_close(grads[name], value.astype(np.float32), what, tolerance(np.float32))


@exercise("captioning-sample", weight=4)
def the_likeliest_word_each_time(student, rng):
    params, features, expected, slips = draw_writer(rng)
    got = captioner(student, params).sample(features, max_length=expected.shape[1])
    require_captions(got, expected, "captions", slips)


@exercise("captioning-sample")
def captions_have_room_for_max_length(student, rng):
    params, features, *_ = draw_writer(rng)
    model = captioner(student, params)
    for n, length in ((1, 1), (2, 12)):
        expected = oracle.greedy_captions(params, features[:n], START, END, NULL, length)
        got = model.sample(features[:n], max_length=length)
        require_captions(got, expected, f"captions of {n}, at most {length} words long,")


@exercise("captioning-sample")
def thirty_words_unless_said_otherwise(student, rng):
    params, features, *_ = draw_writer(rng, N=4)
    expected = oracle.greedy_captions(params, features, START, END, NULL, 30)
    require_captions(captioner(student, params).sample(features), expected, "captions")
