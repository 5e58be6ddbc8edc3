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
    missing = [n for n in names if PathFinder.find_spec(f"cs231n.{n}", [str(folder)]) is None]
    if not missing:
        return f"Kernels: compiled ({', '.join(names)})."
    return (
        f"Kernels: {', '.join(missing)} not compiled, so their NumPy twins run: the same results, "
        "slower. Install a C compiler and run `pip install -e .` again to have them."
    )
