"""What the checks of normalised pictures share: drawn channels, and what should come out."""

import numpy as np

from cs231n.checks.asserts import ROUNDING32, take
from cs231n.checks.oracles import oracle

from .convnets import require_out
from .diagnosis import assert_no_mistake

EPS = 0.3  # not what a function takes unless told otherwise


def draw_norm(rng, shape=(2, 3, 5, 4), dtype=np.float64):
    """Draw x (N, C, H, W), gamma and beta (C,): channels differ in mean and spread."""
    C = shape[1]
    spread, mean = np.arange(1, C + 1), 3.0 * rng.permutation(np.arange(C))
    x = rng.normal(size=shape) * spread[:, None, None] + mean[:, None, None]
    x += rng.normal(size=(shape[0], 1, 1, 1))
    gamma, beta = rng.uniform(0.5, 2, size=C) * rng.choice([-1, 1], size=C), rng.normal(size=C)
    return tuple(a.astype(dtype) for a in (x, gamma, beta))


def run_batches(student, batches, gamma, beta, **settings):
    """Outputs, running mean and running variance after these batches, by the student."""
    forward = student.spatial_normalization.spatial_batchnorm_forward
    run = student.checks.judge.convnets.normalize_batches
    return take(run(forward, batches, gamma, beta, settings), "outs", "mean", "var")


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


def require_groupnorm_gradients(student, rng, shape, G, flat=False, dtype=np.float64):
    """Require dx, dgamma and dbeta, going back through the student's own forward."""
    x, gamma, beta = draw_groups(rng, shape, flat, dtype)
    dout = rng.normal(size=shape).astype(dtype)
    _, cache = groupnorm(student, x, gamma, beta, G, {"eps": EPS})
    back = student.spatial_normalization.spatial_groupnorm_backward(dout, cache)
    wide = [a.astype(np.float64) for a in (dout, x, gamma, beta)]
    expected = oracle.groups_normalized_gradients(*wide, G, EPS)
    require_norm_gradients(take(back, "dx", "dgamma", "dbeta"), expected, dtype, shape)
