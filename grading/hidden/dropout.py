"""Hidden checks of the notebook `dropout`: other shares, shapes and depths."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, oracle, take
from cs231n.checks.judge.fc_nets import deep_net, draw_params
from cs231n.checks.suites.dropout import drop, require_share


@exercise("dropout-forward", hidden=True)
def any_share_of_any_shape(student, rng):
    for shape in ((20000,), (50, 400), (25, 20, 10, 4)):
        p = rng.uniform(0.1, 0.9)
        x = rng.uniform(1, 2, size=shape) * rng.choice([-1, 1], size=shape)
        out, mask = drop(student, x, p=p, mode="train")
        require_share(float(np.mean(out != 0)), p, x.size)
        assert_close(out, np.where(out != 0, x / p, 0.0), f"out of {shape} at p = {p:.3g}")
        assert_close(np.asarray(mask, np.float64), np.where(out != 0, 1 / p, 0.0), "the mask")


@exercise("dropout-backward", hidden=True)
def gradients_of_any_shape(student, rng):
    for shape in ((7,), (3, 5), (2, 3, 4, 5)):
        p = rng.uniform(0.1, 0.9)
        dout, mask = rng.normal(size=shape), (rng.random(shape) < p) / p
        dx = student.dropout.dropout_backward(dout, ({"p": p, "mode": "train"}, mask))
        assert_close(dx, oracle.elementwise(dout, mask), f"dx of {shape}")


@exercise("fc-net-drop", hidden=True)
def a_net_drops_the_share_it_was_told(student, rng):
    keep = rng.uniform(0.2, 0.8)
    net = deep_net(student, draw_params(rng, 4, 5, 3), dropout_keep_ratio=keep)
    x = rng.uniform(1, 2, size=(100, 60))
    out, _ = take(net._drop(x), "out", "cache")
    require_share(float(np.mean(out != 0)), keep, x.size)
    assert_close(out, np.where(out != 0, x / keep, 0.0), "what dropout passes on in training")


@exercise("fc-net-drop-backward", hidden=True)
def the_cache_decides_what_passes_back(student, rng):
    net = deep_net(student, draw_params(rng, 4, 5, 3), dropout_keep_ratio=0.4)
    x, dout = rng.uniform(1, 2, size=(20, 30)), rng.normal(size=(20, 30))
    out, cache = take(net._drop(x), "out", "cache")
    dx = net._drop_backward(dout, cache)
    assert_close(dx, np.where(out != 0, dout / 0.4, 0.0), "dx")
