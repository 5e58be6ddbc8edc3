"""Bring a student's last edit in: a check must not judge an older text.

In a notebook, `%autoreload` does that by itself, but keeps the old functions where a new text does
not load. It says so only once, and after a failed import may keep them even when the text has been
mended. Kernels it does not know at all: those are compiled anew, in notebooks and elsewhere.
"""

import importlib
import sys
from pathlib import Path

from cs231n.kernels import builds

AUTORELOAD = "IPython.extensions.autoreload"
_loaded = {}  # module name -> stamp of the file that was loaded last
_old_objects = {}  # what superreload keeps, so that objects made earlier follow


def bring_in(name):
    """Load a module anew if its file has changed since this function last did so.

    Nothing happens outside notebooks, in which `%load_ext autoreload` has not run.

    Parameters
    ----------
    name : str
        Such as "cs231n.classifiers.softmax".

    Raises
    ------
    Exception
        Whatever loading it raises, such as SyntaxError; the module stays as it was.
    """
    module, extension = sys.modules.get(name), sys.modules.get(AUTORELOAD)
    file = Path(getattr(module, "__file__", None) or "")
    if extension is None or file.suffix != ".py" or not file.is_file():
        return  # a compiled module cannot be loaded over itself; see bring_in_kernel
    stamp = (str(file), file.stat().st_mtime_ns, file.stat().st_size)
    if _loaded.get(name) != stamp:
        extension.superreload(module, importlib.reload, _old_objects)
        _loaded[name] = stamp


def bring_in_kernel(name):
    """Compile and load a module of the package anew if its text, in Cython, has changed.

    Nothing happens where it is written in Python.

    Parameters
    ----------
    name : str
        Such as "cs231n.im2col_cython".

    Raises
    ------
    BuildError
        If it does not compile; the module stays as it was.
    NoCompiler
        If there is nothing to compile it with.
    """
    last = name.rpartition(".")[2]
    if (builds.PACKAGE / f"{last}.pyx").is_file():
        builds.latest(last)
