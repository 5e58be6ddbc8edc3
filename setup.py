"""Builds every kernel `cs231n/**/*.pyx`; without a compiler the kit runs on their NumPy twins.

The fast kernels (those with a C header beside them) are built for the machine at hand, and run on
no older one; CS231N_MARCH=x86-64-v3, or another architecture that the compiler knows, replaces
`native` where one build serves several machines.
"""

import os
import tempfile
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

MARCH = os.environ.get("CS231N_MARCH", "native")
# No fused multiply-adds behind our back: a kernel is equal to its NumPy twin to the bit.
READABLE = ["-O3", "-ffp-contract=off"]
FAST = ["-O2", "-ffp-contract=fast", "-pthread"]


class Build(build_ext):
    """Adds -march to the fast kernels if the compiler takes it."""

    def build_extension(self, ext):
        if ext.extra_compile_args == FAST:
            flags = (f"-march={MARCH}", f"-mcpu={MARCH}")  # the second one on some ARM compilers
            taken = next((flag for flag in flags if self.takes(flag)), None)
            ext.extra_compile_args = FAST + ([taken] if taken else [])
        super().build_extension(ext)

    def takes(self, flag):
        """Tell whether the compiler compiles an empty function with this flag."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "empty.c")
            source.write_text("int nothing(void) { return 0; }\n")
            try:
                self.compiler.compile([str(source)], output_dir=folder, extra_postargs=[flag])
            except Exception:  # each compiler class has its own
                return False
            return True


def kernel(path):
    """Describe one kernel to the compiler."""
    fast = path.with_suffix(".h").exists()
    return Extension(
        ".".join(path.with_suffix("").parts),
        [str(path)],
        depends=sorted(map(str, path.parent.glob("*.h"))) if fast else [],
        include_dirs=[numpy.get_include(), str(path.parent)],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        extra_compile_args=FAST if fast else READABLE,
        extra_link_args=["-pthread"] if fast else [],
    )


extensions = cythonize([kernel(p) for p in sorted(Path("cs231n").rglob("*.pyx"))], language_level=3)
for extension in extensions:
    # A missing compiler is announced by `python -m cs231n info`, and not fatal. Cython makes new
    # Extension objects, so this comes after it.
    extension.optional = True

setup(ext_modules=extensions, cmdclass={"build_ext": Build})
