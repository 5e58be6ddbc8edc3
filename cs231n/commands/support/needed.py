"""Says in one sentence that the environment is not active; needs nothing but Python itself."""

import contextlib
import sys


@contextlib.contextmanager
def missing_package_in_a_sentence(program):
    """End with one sentence where an import in the block finds no package of that name.

    Parameters
    ----------
    program : str
        Who needs the package.

    Raises
    ------
    SystemExit
        With the sentence, in place of the ModuleNotFoundError. A module of the kit's own that is
        missing, or one inside an installed package, is a mistake and raised as it came.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if not error.name or "." in error.name or error.name in ("cs231n", "grading"):
            raise
        sys.exit(
            f"{program} needs {error.name}, which this Python ({sys.executable}) does not have: "
            "activate the environment, or make one as README.md says."
        )
