"""Which of the compiled kernels are here. Each has a NumPy twin, which runs where it is not."""

from importlib.machinery import PathFinder
from pathlib import Path


def announce():
    """Say in one sentence which kernels are compiled, and what to do about those that are not.

    Returns
    -------
    str
    """
    folder = Path(__file__).parent
    names = [path.stem for path in sorted(folder.glob("*.pyx"))]
    if not names:
        return "Kernels: none are needed for this assignment."
    missing, stale = not_compiled(folder)
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


def not_compiled(folder):
    """The kernels of a folder that are not compiled, and those that are older than their source.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    missing, stale : list of str
    """
    missing, stale = [], []
    for path in sorted(folder.glob("*.pyx")):
        found = PathFinder.find_spec(f"cs231n.{path.stem}", [str(folder)])
        if found is None:
            missing.append(path.stem)
        elif Path(found.origin).stat().st_mtime < path.stat().st_mtime:
            stale.append(path.stem)
    return missing, stale
