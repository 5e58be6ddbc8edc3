"""Hidden checks of the notebook `lstm_captioning`: other sizes, single steps, long runs."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, take
from cs231n.checks.judge.lstm import draw_sequence
from cs231n.checks.suites.lstm_captioning import (
    require_dropped_derivatives,
    require_first_bias,
    require_gates_over_time,
    require_saturation,
    require_sequence,
    require_sequence_derivatives,
    require_step,
    require_step_derivatives,
)


@exercise("lstm-step-forward", hidden=True)
def steps_of_other_sizes(student, rng):
    for sizes in ((1, 3, 2), (4, 1, 3), (2, 5, 1)):
        require_step(student, rng, sizes)


@exercise("lstm-step-backward", hidden=True)
def derivatives_of_steps_of_other_sizes(student, rng):
    for sizes in ((1, 3, 2), (4, 1, 3), (2, 5, 1)):
        require_step_derivatives(student, rng, sizes)


@exercise("lstm-forward", hidden=True)
def runs_of_other_sizes(student, rng):
    for sizes in ((1, 6, 3, 2), (4, 1, 2, 3), (2, 3, 1, 1)):
        require_sequence(student, rng, sizes)


@exercise("lstm-forward", hidden=True)
def a_run_is_that_of_its_parts(student, rng):
    """The first steps do not know of those that come later, nor examples of each other."""
    arrays = draw_sequence(rng, (3, 5, 2, 4))
    h, _ = take(student.rnn_layers.lstm_forward(*arrays), "h", "cache")
    x, h0, *weights = arrays
    part, _ = take(student.rnn_layers.lstm_forward(x[1:, :3], h0[1:], *weights), "h", "cache")
    assert_close(part, np.array(h)[1:, :3], "h of two of three sequences, three of five steps,")


@exercise("lstm-backward", hidden=True)
def derivatives_of_runs_of_other_sizes(student, rng):
    for sizes in ((1, 4, 3, 2), (3, 1, 2, 2), (2, 3, 1, 1)):
        require_sequence_derivatives(student, rng, sizes)


@exercise("lstm-first-bias", hidden=True)
def other_half_lives(student, rng):
    for half_life in (0.5, float(rng.uniform(2, 30)), 1000):
        require_first_bias(student, 4, half_life)


@exercise("lstm-gates", hidden=True)
def gates_of_runs_of_other_sizes(student, rng):
    for sizes in ((1, 4, 3, 2), (3, 1, 2, 2), (2, 3, 1, 1)):
        require_gates_over_time(student, rng, sizes)


@exercise("gate-saturation", hidden=True)
def shares_of_other_sizes(student, rng):
    for sizes in ((1, 6, 4), (7, 2, 1)):
        require_saturation(student, rng, sizes, low=0.2, high=0.7)


@exercise("rnn-dropout-backward", hidden=True)
def derivatives_of_other_masks(student, rng):
    for sizes, kept in (((1, 4, 3, 2), 0.5), ((3, 2, 2, 5), 0.8), ((2, 1, 3, 4), 0.5)):
        require_dropped_derivatives(student, rng, sizes, kept=kept)
    require_dropped_derivatives(student, rng, kept=1.0)
