"""Hidden checks of the notebook `rnn_captioning`: other shapes, words and networks."""

from cs231n.checks.api import assert_close, exercise, oracle, take
from cs231n.checks.judge.captions import (
    END,
    NULL,
    START,
    captioner,
    draw_captioner,
    draw_captions,
    draw_writer,
    require_captions,
)
from cs231n.checks.judge.fc_nets import loss_and_gradients
from cs231n.checks.judge.recurrent import (
    draw_sequences,
    draw_step,
    require_derivatives,
    require_states,
    state_after,
)
from cs231n.checks.suites.rnn_captioning import (
    STEP_NAMES,
    draw_sentences,
    embedding_back,
    sequence_back,
    step_back,
    temporal_softmax,
)

SIZES = ({"N": 1, "D": 4, "H": 2}, {"N": 5, "D": 1, "H": 3}, {"N": 2, "D": 3, "H": 1})
LENGTHS = (6, 1, 2)


@exercise("rnn-step-forward", hidden=True)
def steps_of_other_shapes(student, rng):
    for sizes in SIZES:
        inputs = draw_step(rng, **sizes)
        next_h, _ = take(student.rnn_layers.rnn_step_forward(*inputs), "next_h", "cache")
        assert_close(next_h, state_after(*inputs), f"next_h with {sizes}")


@exercise("rnn-step-backward", hidden=True)
def derivatives_of_steps_of_other_shapes(student, rng):
    for sizes in SIZES:
        got, expected, _ = step_back(student, rng, **sizes)
        require_derivatives(got, expected, STEP_NAMES)


@exercise("rnn-forward", hidden=True)
def sequences_of_other_shapes(student, rng):
    for T, sizes in zip(LENGTHS, SIZES):
        inputs = draw_sequences(rng, T=T, **sizes)
        h, _ = take(student.rnn_layers.rnn_forward(*inputs), "h", "cache")
        require_states(h, oracle.recurrent_states(*inputs), f"h of {T} steps with {sizes}")


@exercise("rnn-backward", hidden=True)
def derivatives_of_sequences_of_other_shapes(student, rng):
    for T, sizes in zip(LENGTHS, SIZES):
        got, expected, _ = sequence_back(student, rng, T=T, **sizes)
        require_derivatives(got, expected)


@exercise("rnn-backward", hidden=True)
def a_sequence_can_be_gone_back_twice(student, rng):
    inputs, dh = draw_sequences(rng, N=2, T=3), rng.normal(size=(2, 3, 5))
    _, cache = take(student.rnn_layers.rnn_forward(*inputs), "h", "cache")
    expected = oracle.recurrent_gradients(dh, *inputs)
    for _ in range(2):
        require_derivatives(student.rnn_layers.rnn_backward(dh, cache), expected)


@exercise("embedding-forward", hidden=True)
def words_of_another_vocabulary(student, rng):
    for N, T, V, D in ((1, 7, 2, 3), (4, 1, 9, 1)):
        x, W = rng.integers(V, size=(N, T)), rng.normal(size=(V, D))
        out, _ = take(student.rnn_layers.word_embedding_forward(x, W), "out", "cache")
        assert_close(out, oracle.vectors_of_words(x, W), f"out of {V} words")


@exercise("embedding-backward", hidden=True)
def shares_of_another_vocabulary(student, rng):
    for N, T, V, D in ((1, 7, 2, 3), (4, 1, 9, 1), (3, 5, 1, 4)):
        x = rng.integers(V, size=(N, T))
        dout, dW = embedding_back(student, rng, x, V, D)
        assert_close(dW, oracle.vectors_gradient(dout, x, V), f"dW of {V} words")


@exercise("temporal-softmax", hidden=True)
def any_steps_may_count(student, rng):
    for N, T, V in ((1, 5, 3), (4, 1, 6), (2, 7, 2)):
        x, y, _ = draw_sentences(rng, N, T, V)
        mask = rng.random((N, T)) < 0.6
        mask[0, -1] = True
        loss, dx = temporal_softmax(student, x, y, mask)
        assert_close(loss, oracle.sentence_loss(x, y, mask), f"the loss of {(N, T, V)}")
        assert_close(dx, oracle.sentence_loss_gradient(x, y, mask), f"dx of {(N, T, V)}")


@exercise("captioning-scores", hidden=True)
def scores_of_other_networks(student, rng):
    for N, T, D, W, H in ((1, 5, 2, 4, 3), (4, 3, 6, 1, 2)):
        params, words = draw_captioner(rng, D, W, H), draw_captions(rng, N, T)[:, :-1]
        features = rng.normal(size=(N, D))
        result = captioner(student, params)._scores(features, words)
        scores, _ = take(result, "scores", "caches")
        assert_close(scores, oracle.caption_scores(params, features, words), f"scores of {N}")


@exercise("captioning-loss", hidden=True)
def gradients_of_other_networks(student, rng):
    for N, T, D, W, H in ((1, 5, 2, 4, 3), (4, 3, 6, 1, 2)):
        params, captions = draw_captioner(rng, D, W, H), draw_captions(rng, N, T)
        features = rng.normal(size=(N, D))
        model = captioner(student, params)
        loss, grads = loss_and_gradients(model, features, captions, list(params))
        expected = oracle.caption_loss(params, features, captions, NULL)
        assert_close(loss, expected, f"the loss of {N} captions")
        for name, value in oracle.caption_gradients(params, features, captions, NULL).items():
            assert_close(grads[name], value, f'grads["{name}"] of {N} captions')


@exercise("captioning-sample", hidden=True)
def captions_by_other_networks(student, rng):
    for N, length in ((5, 9), (4, 3)):
        params, features, *_ = draw_writer(rng, D=3, W=2, H=6)
        features = features[:N]
        expected = oracle.greedy_captions(params, features, START, END, NULL, length)
        got = captioner(student, params).sample(features, max_length=length)
        require_captions(got, expected, f"captions of {N}")
