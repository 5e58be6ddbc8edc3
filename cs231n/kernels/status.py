"""Which of the compiled kernels are here. Each has a NumPy twin, which runs where it is not."""

from importlib.machinery import PathFinder
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def announce():
    """Say in one sentence which kernels are compiled, and what to do about those that are not.

    Returns
    -------
    str
    """
    names = [path.stem for path in sources(PACKAGE)]
    if not names:
        return "Kernels: none are needed for this assignment."
    missing, stale = not_compiled(PACKAGE)
    if missing:
        return (
            f"Kernels: {', '.join(missing)} not compiled, so their NumPy twins run: the same "
            "results, slower. Install a C compiler and run `python -m cs231n build` to have them."
        )
    if stale:
        return (
            f"Kernels: {', '.join(stale)} changed since it was compiled; run "
            "`python -m cs231n build`."
        )
    return f"Kernels: compiled ({', '.join(names)})."


def sources(folder):
    """The kernels in Cython of a package's folder and the folders in it, in order."""
    return sorted(folder.rglob("*.pyx"))


def not_compiled(folder):
    """Tell which kernels of a package's folder are not compiled, and which older than their source.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    missing, stale : list of str
    """
    missing, stale = [], []
    for path in sources(folder):
        found = PathFinder.find_spec(path.stem, [str(path.parent)])
        if found is None:
            missing.append(path.stem)
        elif Path(found.origin).stat().st_mtime < path.stat().st_mtime:
            stale.append(path.stem)
    return missing, stale
