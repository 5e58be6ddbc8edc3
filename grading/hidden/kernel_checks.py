"""Hidden checks of the kernels that students write."""

import numpy as np

from cs231n.checks.api import ROUNDING32, assert_close, exercise, oracle
from cs231n.checks.judge.kernels import col2im_of, draw, im2col_of

EDGES = [
    ((1, 1, 4, 9), 4, 1, 0, 2),  # one picture, one channel, one row of places
    ((3, 2, 5, 3), 7, 5, 2, 3),  # the filter is larger than the picture
]


def draw_case(rng):
    """Draw (shape, HH, WW, pad, stride) of any kind."""
    N, C, HH, WW = (int(n) for n in rng.integers(1, 5, size=4))
    pad, stride = int(rng.integers(0, 3)), int(rng.integers(1, 5))
    H, W = int(rng.integers(HH, 12)), int(rng.integers(WW, 12))
    return (N, C, H, W), HH, WW, pad, stride


@exercise("im2col-cython", hidden=True)
def columns_of_any_shape(student, rng):
    for case in [*EDGES, draw_case(rng), draw_case(rng)]:
        for dtype in (np.float64, np.float32):
            x, _ = draw(rng, case, dtype)
            cols = im2col_of(student)(x, *case[1:])
            assert_close(cols, oracle.columns_of_windows(x, *case[1:]), "cols", tol=0)  # copies


@exercise("col2im-cython", hidden=True)
def pixels_of_any_shape(student, rng):
    for case in [*EDGES, draw_case(rng), draw_case(rng)]:
        for dtype in (np.float64, np.float32):
            _, cols = draw(rng, case, dtype)
            dx = col2im_of(student)(cols, *case[0], *case[1:])
            tol = ROUNDING32 if dtype == np.float32 else 1e-12
            assert_close(dx, oracle.sums_of_columns(cols, *case), "dx", tol)
