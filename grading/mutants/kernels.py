"""Variants of the kernels: few, since each of them is compiled."""

from grading.mutants import Variant

IM2COL = """
cdef Py_ssize_t c, i, j, oh, ow, n
for c in range(cols.shape[0]):
    for i in range(cols.shape[1]):
        for j in range(cols.shape[2]):
            for oh in range(cols.shape[3]):
                for ow in range(cols.shape[4]):
                    for n in range(cols.shape[5]):
                        cols[c, i, j, oh, ow, n] = padded[
                            c, oh * stride + i, ow * stride + j, n
                        ]
"""
COL2IM = """
cdef Py_ssize_t c, i, j, oh, ow, n
for c in range(cols.shape[0]):
    for i in range(cols.shape[1]):
        for j in range(cols.shape[2]):
            for oh in range(cols.shape[3]):
                for ow in range(cols.shape[4]):
                    for n in range(cols.shape[5]):
                        dpadded[c, oh * stride + i, ow * stride + j, n] += cols[
                            c, i, j, oh, ow, n
                        ]
"""

VARIANTS = [
    # --- im2col-cython
    Variant(
        "im2col-cython",
        "without-the-stride",
        why="the next place is `stride` pixels further",
        code=IM2COL.replace("oh * stride", "oh").replace("ow * stride", "ow"),
    ),
    Variant(
        "im2col-cython",
        "turned-filter",
        why="i counts rows of the filter, j columns; where they do not fit, the index is too large",
        code=IM2COL.replace("stride + i, ow * stride + j", "stride + j, ow * stride + i"),
    ),
    Variant(
        "im2col-cython",
        "python-counters",
        why="every index is an object of Python's, and the loops take 30 times as long as NumPy",
        code=IM2COL.replace("cdef Py_ssize_t c, i, j, oh, ow, n\n", ""),
    ),
    Variant(
        "im2col-cython",
        "without-the-last-place",
        why="there are OH places below each other, not OH - 1",
        code=IM2COL.replace("range(cols.shape[3])", "range(cols.shape[3] - 1)"),
    ),
    Variant(
        "im2col-cython",
        "slices",
        why="the pictures of a batch lie side by side, so that a slice copies them all",
        right=True,
        code="""
cdef Py_ssize_t c, i, j, oh, ow
for c in range(cols.shape[0]):
    for oh in range(cols.shape[3]):
        for i in range(cols.shape[1]):
            for ow in range(cols.shape[4]):
                for j in range(cols.shape[2]):
                    cols[c, i, j, oh, ow, :] = padded[c, oh * stride + i, ow * stride + j, :]
""",
    ),
    # --- col2im-cython
    Variant(
        "col2im-cython",
        "overwrites",
        why="a pixel that several windows see receives the sum",
        code=COL2IM.replace("+=", "="),
    ),
    Variant(
        "col2im-cython",
        "without-the-stride",
        why="the next place is `stride` pixels further",
        code=COL2IM.replace("oh * stride", "oh").replace("ow * stride", "ow"),
    ),
    Variant(
        "col2im-cython",
        "python-counters",
        why="every index is an object of Python's, and the loops take 20 times as long as NumPy",
        code=COL2IM.replace("cdef Py_ssize_t c, i, j, oh, ow, n\n", ""),
    ),
    Variant(
        "col2im-cython",
        "place-by-place",
        why="the order in which numbers are added is free",
        right=True,
        code="""
cdef Py_ssize_t c, i, j, oh, ow, n
for oh in range(cols.shape[3]):
    for ow in range(cols.shape[4]):
        for c in range(cols.shape[0]):
            for i in range(cols.shape[1]):
                for j in range(cols.shape[2]):
                    for n in range(cols.shape[5]):
                        dpadded[c, stride * oh + i, stride * ow + j, n] += cols[c, i, j, oh, ow, n]
""",
    ),
]
