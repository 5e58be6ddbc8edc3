"""Builds every kernel `cs231n/*.pyx`; without a compiler the kit runs on their NumPy twins."""

from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

# -ffp-contract=off keeps a kernel equal to its NumPy twin: no fused multiply-adds behind our back.
kernels = [
    Extension(
        ".".join(path.with_suffix("").parts),
        [str(path)],
        include_dirs=[numpy.get_include()],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        extra_compile_args=["-O3", "-ffp-contract=off"],
    )
    for path in sorted(Path("cs231n").glob("*.pyx"))
]

extensions = cythonize(kernels, language_level=3)
for extension in extensions:
    # A missing compiler is announced by `python -m cs231n info`, and not fatal. Cython makes new
    # Extension objects, so this comes after it.
    extension.optional = True

setup(ext_modules=extensions)
