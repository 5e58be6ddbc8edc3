"""Hidden checks of the notebook `convolutional_networks`: other shapes, steps and paddings."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, oracle
from cs231n.checks.judge.convnets import (
    require_conv_backward,
    require_conv_forward,
    require_convnet,
    require_first_convnet,
    require_pool_backward,
    require_pool_forward,
    require_shared,
)
from cs231n.checks.judge.picture_norms import (
    require_batchnorm_gradients,
    require_groupnorm_gradients,
    require_groups,
    run_batches,
)

CONVOLUTIONS = (  # x, w, stride, pad
    ((1, 1, 1, 1), (1, 1, 1, 1), 1, 0),
    ((2, 1, 5, 9), (3, 1, 1, 4), 4, 3),
    ((1, 5, 8, 3), (2, 5, 5, 3), 2, 0),
    ((3, 2, 2, 3), (2, 2, 3, 5), 1, 2),
)
POOLS = (((1, 1, 3, 2), 3, 2, 1), ((2, 4, 5, 9), 1, 3, 2), ((3, 1, 8, 4), 4, 1, 4))


@exercise("conv-forward-naive", hidden=True)
def outputs_of_other_shapes(student, rng):
    for x, w, stride, pad in CONVOLUTIONS:
        require_conv_forward(student, rng, stride, pad, x=x, w=w)


@exercise("conv-backward-naive", hidden=True)
def derivatives_of_other_shapes(student, rng):
    for x, w, stride, pad in CONVOLUTIONS:
        require_conv_backward(student, rng, stride, pad, x=x, w=w)


@exercise("max-pool-forward-naive", hidden=True)
def windows_of_other_shapes(student, rng):
    for shape, HH, WW, stride in POOLS:
        require_pool_forward(student, rng.normal(size=shape), HH, WW, stride)


@exercise("max-pool-backward-naive", hidden=True)
def gradients_of_other_windows(student, rng):
    for shape, HH, WW, stride in POOLS:
        require_pool_backward(student, rng, rng.normal(size=shape), HH, WW, stride)
    require_shared(student, rng, rng.integers(3, size=(2, 1, 8, 6)).astype(float), 4, 3, 4)


@exercise("three-layer-init", hidden=True)
def parameters_of_another_scale(student, rng):
    scale = float(rng.uniform(0.01, 10))
    require_first_convnet(student, scale, np.float64, (8, 9, 12), 16, 3, 20, 60)


@exercise("three-layer-convnet", weight=2, hidden=True)
def nets_of_other_sizes(student, rng):
    reg = float(rng.uniform(0.1, 1))
    require_convnet(student, rng, reg, N=2, input_dim=(1, 5, 8), F=2, size=5, M=4, K=3)
    require_convnet(student, rng, reg, N=4, input_dim=(3, 6, 2), F=1, size=3, M=3, K=2)


@exercise("spatial-batchnorm-forward", hidden=True)
def a_single_channel_and_a_single_picture(student, rng):
    for shape in ((4, 1, 3, 5), (1, 5, 4, 3)):
        x, eps = 10 * rng.normal(size=shape), float(rng.uniform(0.01, 1))
        gamma, beta = rng.normal(size=shape[1]), rng.normal(size=shape[1])
        (out,), _, _ = run_batches(student, [("train", x)], gamma, beta, eps=eps)
        expected, _, _ = oracle.channels_normalized(x, gamma, beta, eps)
        assert_close(out, expected, f"out of x {shape}")


@exercise("spatial-batchnorm-backward", hidden=True)
def derivatives_of_other_batches(student, rng):
    for shape in ((4, 1, 3, 5), (5, 2, 1, 3)):
        require_batchnorm_gradients(student, rng, shape, eps=float(rng.uniform(0.01, 1)))


@exercise("spatial-groupnorm-forward", hidden=True)
def groups_of_other_sizes(student, rng):
    require_groups(student, rng, (3, 8, 2, 5), 4)
    require_groups(student, rng, (1, 9, 4, 1), 3, flat=True)


@exercise("spatial-groupnorm-backward", hidden=True)
def derivatives_of_other_groups(student, rng):
    require_groupnorm_gradients(student, rng, (1, 9, 2, 4), 3)
    require_groupnorm_gradients(student, rng, (3, 4, 2, 5), 2, flat=True)
