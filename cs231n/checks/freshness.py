"""In a notebook, bring a student's last edit in: a check must not judge an older text.

`%autoreload` does that by itself, but keeps the old functions where a new text does not load. It
says so only once, and after a failed import may keep them even when the text has been mended.
"""

import importlib
import sys
from pathlib import Path

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
    if extension is None or not file.is_file():
        return
    stamp = (str(file), file.stat().st_mtime_ns, file.stat().st_size)
    if _loaded.get(name) != stamp:
        extension.superreload(module, importlib.reload, _old_objects)
        _loaded[name] = stamp
