"""Hidden checks of the notebook `language_models`: other texts, sizes, orders and circles."""

from cs231n.checks.api import assert_close, exercise, oracle
from cs231n.checks.judge.language import (
    START,
    counted,
    draw_scored,
    draw_text,
    require_chances,
    require_counts,
    require_perplexities,
)
from cs231n.checks.judge.language_networks import (
    draw_case,
    draw_model,
    draw_stack,
    layer_back,
    require_stack,
    require_stack_gradients,
    run,
    single,
)
from cs231n.checks.judge.recurrent import draw_sequences, require_derivatives, require_states
from cs231n.checks.suites.language_models import draw_tables, require_circle, require_written
from cs231n.checks.suites.language_networks import require_batches, require_losses


@exercise("ngram-counts", hidden=True)
def any_n_of_any_text(student, rng):
    for n in (1, 2, 3, 5):
        sequences = draw_text(rng, V=4, lengths=rng.integers(0, 12, size=4))
        require_counts(student, sequences, n, f"n = {n}")


@exercise("witten-bell", hidden=True)
def any_order_and_context(student, rng):
    for order in (1, 2, 4):
        V, sequences = 7, draw_text(rng, V=6, lengths=(20, 5))
        contexts = [rng.integers(V, size=length).tolist() for length in (0, 1, 3, 5)]
        contexts += [sequences[0][4 : 4 + length] for length in (1, 2, 3)]
        contexts += [(START,) * (order - 1), (START, START, START, sequences[0][0])]
        queries = [(int(rng.integers(V)), tuple(context)) for context in contexts]
        require_chances(student, counted(sequences, order), V, queries, f"order {order}")


@exercise("lm-perplexity", hidden=True)
def any_lengths_and_unknown_token(student, rng):
    for unknown in (None, 0, 3):
        sequences, logprobs = draw_scored(rng, lengths=(3, 11, 2, 6))
        require_perplexities(student, logprobs, sequences, unknown, f"unknown = {unknown}")


@exercise("relu-rnn-forward", hidden=True)
def rectified_states_of_any_size(student, rng):
    for N, T, D, H in ((1, 7, 4, 2), (5, 2, 1, 6)):
        inputs = draw_sequences(rng, N, T, D, H)
        h, _ = student.language.recurrence.relu_rnn_forward(*inputs)
        require_states(h, single(*inputs), f"h of {N} sequences of {T} steps")


@exercise("relu-rnn-backward", hidden=True)
def rectified_derivatives_of_any_size(student, rng):
    for N, T, D, H in ((1, 5, 4, 2), (4, 2, 1, 5)):
        got, expected, _ = layer_back(student, rng, draw_sequences(rng, N, T, D, H))
        require_derivatives(got, expected)


@exercise("stack-forward", hidden=True)
def stacks_of_any_height(student, rng):
    for L, cell in ((2, "relu"), (4, "tanh")):
        x, states, layers = draw_stack(rng, L, N=3, T=2, D=5, H=3)
        expected = oracle.stacked_states(x, states, layers, cell)
        require_stack(student, x, states, layers, cell, expected)


@exercise("stack-backward", hidden=True)
def derivatives_of_stacks_of_any_height(student, rng):
    for L, cell in ((2, "relu"), (4, "tanh")):
        require_stack_gradients(student, rng, *draw_stack(rng, L, N=1, T=2, D=2, H=3), cell)


@exercise("lm-loss", hidden=True)
def networks_of_any_height(student, rng):
    for L, cell in ((2, "relu"), (3, "tanh")):
        params, case = draw_model(rng, L, D=2, H=3), draw_case(rng, L, N=2, T=3, H=3)
        loss, grads, _ = run(student, params, case, cell)
        assert_close(loss, oracle.language_model_loss(params, *case, cell), "the loss")
        expected = oracle.language_model_gradients(params, *case, cell)
        for name in params:
            assert_close(grads[name], expected[name], f"grads[{name!r}]")


@exercise("lm-write", hidden=True)
def any_beginning_and_end(student, rng):
    for end, temperature in ((0, 0.7), (3, 1.6), (None, 1.0)):
        prime = rng.integers(6, size=int(rng.integers(1, 6))).tolist()
        tables = draw_tables(rng, end=end or 0, bias=0.0)
        require_written(student, tables, prime, 0, temperature, end, 8, f"end = {end}")


@exercise("stream-batches", hidden=True)
def texts_of_any_length(student, rng):
    for _ in range(6):
        N, T = (int(size) for size in rng.integers(1, 7, size=2))
        L = N * T + 1 + int(rng.integers(40))
        require_batches(student, rng.integers(90, size=L), N, T, f"{L} tokens, N = {N}, T = {T}")


@exercise("carry-state", hidden=True)
def any_number_of_batches(student, rng):
    for B in (2, 7):
        x, y = rng.integers(1, 6, size=(2, B, 3, 4))
        for learn in (True, False):
            require_losses(student, x, y, learn, f"{B} batches")


@exercise("find-loop", hidden=True)
def any_circle(student, rng):
    for turns in (2, 3):
        for _ in range(4):
            before = rng.integers(3, size=int(rng.integers(0, 6))).tolist()
            turn = rng.integers(3, size=int(rng.integers(1, 5))).tolist()
            cut = int(rng.integers(len(turn)))
            require_circle(student, [*before, *turn * int(rng.integers(1, 6)), *turn[:cut]], turns)
