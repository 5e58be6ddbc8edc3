"""The expected values that a release carries, computed by the oracles for the public seed."""

import functools
import io
from collections.abc import Mapping, Sequence

import numpy as np

from cs231n.checks.oracles import LiveOracles
from cs231n.checks.runner import PUBLIC_RESOURCES, run_exercise
from cs231n.checks.student import LocalSession
from cs231n.checks.table import Exercise
from grading import oracles

from .output import zip_bytes


class FreezeError(RuntimeError):
    """The solved tree does not pass its own checks, so there is nothing to freeze."""


def frozen_answers(rows: Sequence[Exercise], package: str = "cs231n") -> bytes:
    """Run the public checks of exercises on the solved tree and keep what the oracles answered.

    Parameters
    ----------
    rows : sequence of Exercise
        Only those that are functions: what a tuning exercise expects depends on what a student
        trained, so its checks ask no oracle; answers in words have no checks.
    package : str
        The solved package.

    Returns
    -------
    bytes
        Of an .npz file, the same for the same answers.

    Raises
    ------
    FreezeError
        If a check fails.
    """
    live = LiveOracles(oracles.load())
    for row in rows:
        if row.kind != "code":
            continue
        session = functools.partial(LocalSession, package)
        result = run_exercise(row, session, live, resources=PUBLIC_RESOURCES)
        for check in result.checks:
            if check.outcome != "pass":
                msg = (
                    f"the solution of {row.id} does not pass its own check {check.name} "
                    f"({check.outcome}: {check.message}); mend it before you release"
                )
                raise FreezeError(msg)
    return npz_bytes(live.record)


def npz_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """An .npz file of arrays: the same bytes for the same arrays, unlike `np.savez`."""
    files = {}
    for name, array in arrays.items():
        content = io.BytesIO()
        np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
        files[f"{name}.npy"] = content.getvalue()
    return zip_bytes(files)
