"""Checks of the normalisation of pictures: over channels of a batch, and over groups."""

import numpy as np

from .asserts import ROUNDING32, assert_close, assert_that, take
from .conv_probes import require_out
from .diagnosis import assert_no_mistake
from .oracles import oracle
from .runner import exercise

EPS, MOMENTUM = 0.3, 0.6  # not those that a function takes unless told otherwise


def draw_norm(rng, shape=(2, 3, 5, 4), dtype=np.float64):
    """Draw x (N, C, H, W), gamma and beta (C,): channels differ in mean and spread."""
    C = shape[1]
    spread, mean = np.arange(1, C + 1), 3.0 * rng.permutation(np.arange(C))
    x = rng.normal(size=shape) * spread[:, None, None] + mean[:, None, None]
    x += rng.normal(size=(shape[0], 1, 1, 1))
    gamma, beta = rng.uniform(0.5, 2, size=C) * rng.choice([-1, 1], size=C), rng.normal(size=C)
    return tuple(a.astype(dtype) for a in (x, gamma, beta))


# --- over the channels of a batch


def run_batches(student, batches, gamma, beta, **settings):
    """Outputs, running mean and running variance after these batches, by the student."""
    forward = student.spatial_normalization.spatial_batchnorm_forward
    run = student.checks.conv_probes.normalize_batches
    return take(run(forward, batches, gamma, beta, settings), "outs", "mean", "var")


@exercise("spatial-batchnorm-forward", weight=3)
def channels_are_normalised_over_pictures_and_places(student, rng):
    x, gamma, beta = draw_norm(rng)
    (out,), _, _ = run_batches(student, [("train", x)], gamma, beta, eps=EPS)
    expected, _, _ = oracle.channels_normalized(x, gamma, beta, EPS)
    alone = [oracle.channels_normalized(one[np.newaxis], gamma, beta, EPS)[0] for one in x]
    mixed = x.reshape(-1, x.shape[1])  # the mistake of those who forget to transpose
    mixed = oracle.channels_normalized(mixed[:, :, np.newaxis, np.newaxis], gamma, beta, EPS)[0]
    slips = [
        (np.concatenate(alone), "Each picture is normalised by itself: the batch goes together."),
        (mixed.reshape(x.shape), "Channels are mixed: transpose to (N, H, W, C) before reshaping."),
    ]
    require_out(out, expected, "out", slips, 1e-9)


@exercise("spatial-batchnorm-forward")
def running_averages_are_those_of_channels(student, rng):
    (first, gamma, beta), (second, _, _) = draw_norm(rng), draw_norm(rng, (4, 3, 2, 5))
    batches, averages = [("train", first), ("train", second)], [np.zeros(3), np.zeros(3)]
    _, *running = run_batches(student, batches, gamma, beta, eps=EPS, momentum=MOMENTUM)
    for x in (first, second):
        _, *batch = oracle.channels_normalized(x, gamma, beta, EPS)
        averages = [MOMENTUM * a + (1 - MOMENTUM) * b for a, b in zip(averages, batch)]
    for name, got, expected in zip(("running_mean", "running_var"), running, averages):
        message = f"bn_param has no {name} after training: hand bn_param on to batchnorm_forward."
        assert_that(got is not None, message, "an array of shape (3,)", "None", name)
        assert_close(got, expected, f"{name} after two batches")


@exercise("spatial-batchnorm-forward")
def testing_goes_by_the_running_averages(student, rng):
    (x, gamma, beta), mean, var = draw_norm(rng), rng.normal(size=3), rng.uniform(0.5, 2, size=3)
    settings = {"eps": EPS, "running_mean": mean, "running_var": var}
    outs, *running = run_batches(student, [("test", x), ("test", x[:1])], gamma, beta, **settings)
    expected = oracle.channels_by_averages(x, gamma, beta, EPS, mean, var)
    for out, wanted in zip(outs, (expected, expected[:1])):
        require_out(out, wanted, "out in testing", [], 1e-9)
    for name, got, before in zip(("running_mean", "running_var"), running, (mean, var)):
        assert_close(got, before, f"{name}, which testing only reads,")


@exercise("spatial-batchnorm-forward")
def float32_pictures_stay_float32(student, rng):
    x, gamma, beta = draw_norm(rng, dtype=np.float32)
    (out,), _, _ = run_batches(student, [("train", x)], gamma, beta)
    wide = [a.astype(np.float64) for a in (x, gamma, beta)]
    expected, *_ = oracle.channels_normalized(*wide, 1e-5)
    assert_close(out, expected.astype(np.float32), "out of float32 pictures", ROUNDING32)


@exercise("spatial-batchnorm-backward", weight=3)
def derivatives_of_normalised_channels(student, rng):
    require_batchnorm_gradients(student, rng, eps=EPS)


@exercise("spatial-batchnorm-backward")
def derivatives_of_a_single_picture(student, rng):
    require_batchnorm_gradients(student, rng, (1, 4, 3, 5), eps=EPS)


@exercise("spatial-batchnorm-backward")
def float32_pictures_have_float32_derivatives(student, rng):
    require_batchnorm_gradients(student, rng, dtype=np.float32, eps=EPS)


def require_batchnorm_gradients(student, rng, shape=(2, 3, 5, 4), dtype=np.float64, eps=1e-5):
    """Require dx, dgamma and dbeta, going back through the student's own forward."""
    x, gamma, beta = draw_norm(rng, shape, dtype)
    dout, module = rng.normal(size=shape).astype(dtype), student.spatial_normalization
    settings = {"mode": "train", "eps": eps}
    result = module.spatial_batchnorm_forward(x, gamma, beta, settings)
    cache = take(result, "out", "cache")[1]
    back = take(module.spatial_batchnorm_backward(dout, cache), "dx", "dgamma", "dbeta")
    wide = [a.astype(np.float64) for a in (dout, x, gamma, beta)]
    require_norm_gradients(back, oracle.channels_normalized_gradients(*wide, eps), dtype, shape)


def require_norm_gradients(got, expected, dtype, shape):
    """Require dx, dgamma and dbeta; those by gamma and beta first, for they are simpler."""
    (dx, dgamma, dbeta), wanted = got, [a.astype(dtype) for a in expected]
    tol = 1e-9 if dtype == np.float64 else ROUNDING32
    count = shape[0] * shape[2] * shape[3]
    mean = "This is a mean: dout has all that the loss divides by in it already."
    swapped = "dgamma and dbeta are swapped: the function returns dx, dgamma, dbeta."
    slips = [(wanted[2] / count, mean), (wanted[1], swapped)]
    assert_no_mistake(dbeta, wanted[2], "dbeta", slips, tol)
    assert_no_mistake(dgamma, wanted[1], "dgamma", [(wanted[1] / count, mean)], tol)
    require_out(dx, wanted[0], "dx", [], tol)


# --- over groups of channels


@exercise("spatial-groupnorm-forward", weight=3)
def groups_are_normalised_picture_by_picture(student, rng):
    require_groups(student, rng, (2, 6, 4, 5), 2)
    require_groups(student, rng, (3, 6, 2, 5), 3)


@exercise("spatial-groupnorm-forward")
def one_group_and_a_group_for_each_channel(student, rng):
    require_groups(student, rng, (2, 4, 3, 5), 1)
    require_groups(student, rng, (2, 4, 3, 5), 4)


@exercise("spatial-groupnorm-forward")
def gamma_and_beta_may_be_vectors(student, rng):
    require_groups(student, rng, (2, 6, 4, 5), 3, flat=True)


@exercise("spatial-groupnorm-forward")
def groups_of_float32_stay_float32(student, rng):
    require_groups(student, rng, (2, 6, 4, 5), 3, dtype=np.float32)


@exercise("spatial-groupnorm-forward")
def eps_is_small_where_nothing_else_is_said(student, rng):
    x, gamma, beta = draw_groups(rng, (2, 6, 4, 5))
    x = 1e-2 * x  # so small that eps shows
    out, _ = groupnorm(student, x, gamma, beta, 3, {})
    expected = oracle.groups_normalized(x, gamma, beta, 3, 1e-5)
    require_out(out, expected, "out of small numbers, with eps as it is by default,", [], 1e-9)


def draw_groups(rng, shape, flat=False, dtype=np.float64):
    """Draw x, and gamma and beta of the shape (1, C, 1, 1), or (C,)."""
    x, gamma, beta = draw_norm(rng, shape, dtype)
    full = (shape[1],) if flat else (1, shape[1], 1, 1)
    return x, gamma.reshape(full), beta.reshape(full)


def groupnorm(student, x, gamma, beta, G, gn_param):
    """(out, cache), from the student's spatial_groupnorm_forward."""
    forward = student.spatial_normalization.spatial_groupnorm_forward
    return take(forward(x, gamma, beta, G, gn_param), "out", "cache")


def require_groups(student, rng, shape, G, flat=False, dtype=np.float64):
    """Require the output for G groups, and name groups of channels that are no neighbours."""
    x, gamma, beta = draw_groups(rng, shape, flat, dtype)
    out, _ = groupnorm(student, x, gamma, beta, G, {"eps": EPS})
    wide = [a.astype(np.float64) for a in (x, gamma, beta)]
    expected = oracle.groups_normalized(*wide, G, EPS).astype(dtype)
    C = shape[1]
    order = np.arange(C).reshape(C // G, G).T.ravel()  # members of a group lie G apart
    moved = [wide[0][:, order], *(a.ravel()[order] for a in wide[1:])]
    apart = np.empty(shape)
    apart[:, order] = oracle.groups_normalized(*moved, G, EPS)
    over_batch = np.moveaxis(wide[0], 0, 1).reshape(1, C, shape[0] * shape[2], shape[3])
    together = oracle.groups_normalized(over_batch, *wide[1:], G, EPS)
    together = np.moveaxis(together.reshape(C, shape[0], *shape[2:]), 1, 0)
    slips = [
        (apart.astype(dtype), "A group is of channels side by side: 0, 1, 2 and not 0, G, 2G."),
        (together.astype(dtype), "Each picture is normalised by itself, whatever the batch."),
    ]
    what = f"out of {C} channels in {G} groups"
    require_out(out, expected, what, slips, 1e-9 if dtype == np.float64 else ROUNDING32)


@exercise("spatial-groupnorm-backward", weight=3)
def derivatives_of_normalised_groups(student, rng):
    require_groupnorm_gradients(student, rng, (2, 6, 4, 5), 3)
    require_groupnorm_gradients(student, rng, (3, 6, 2, 5), 2)


@exercise("spatial-groupnorm-backward")
def derivatives_by_vectors_are_vectors(student, rng):
    require_groupnorm_gradients(student, rng, (2, 4, 3, 5), 2, flat=True)


@exercise("spatial-groupnorm-backward")
def derivatives_of_one_group_and_of_single_channels(student, rng):
    require_groupnorm_gradients(student, rng, (2, 4, 3, 5), 1)
    require_groupnorm_gradients(student, rng, (2, 4, 3, 5), 4)


@exercise("spatial-groupnorm-backward")
def groups_of_float32_have_float32_derivatives(student, rng):
    require_groupnorm_gradients(student, rng, (2, 6, 4, 5), 3, dtype=np.float32)


def require_groupnorm_gradients(student, rng, shape, G, flat=False, dtype=np.float64):
    """Require dx, dgamma and dbeta, going back through the student's own forward."""
    x, gamma, beta = draw_groups(rng, shape, flat, dtype)
    dout = rng.normal(size=shape).astype(dtype)
    _, cache = groupnorm(student, x, gamma, beta, G, {"eps": EPS})
    back = student.spatial_normalization.spatial_groupnorm_backward(dout, cache)
    wide = [a.astype(np.float64) for a in (dout, x, gamma, beta)]
    expected = oracle.groups_normalized_gradients(*wide, G, EPS)
    require_norm_gradients(take(back, "dx", "dgamma", "dbeta"), expected, dtype, shape)
