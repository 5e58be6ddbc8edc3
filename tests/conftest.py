"""Fixtures that many tests share."""

import os
import shutil

import matplotlib
import numpy as np
import pytest

from cs231n.checks.table import read_table

matplotlib.use("Agg")

# fixtures of tests/helpers
pytest_plugins = ["browsers", "jails", "servers"]


@pytest.fixture
def rng():
    return np.random.default_rng(231)


def pytest_collection_modifyitems(items):
    """Begin with the notebooks, the slowest; skip what needs a tool or data, saying which."""
    items.sort(key=lambda item: item.path.name != "test_notebooks.py")
    mirror = os.environ.get("CS231N_DATA_MIRROR")
    needs = {
        "browser": (shutil.which("chromium"), "chromium is not installed"),
        "jail": (shutil.which("bwrap"), "bubblewrap is not installed"),
        "data": (mirror, "CS231N_DATA_MIRROR names no real pictures"),
    }
    for item in items:
        for marker, (here, reason) in needs.items():
            if item.get_closest_marker(marker) and not here:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Side by side, the tests of a file run in one process, since they share what they set up.

    But each notebook is on its own, and so are the variants of the exercises of a notebook.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByTopic(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return topic_of(nodeid)

    return ByTopic(config, log)


def topic_of(nodeid):
    """What the tests that run in the same process as this one have in common."""
    file, _, test = nodeid.partition("::")
    if file.endswith("/test_notebooks.py"):
        return nodeid
    exercise = test.partition("[")[2].rstrip("]").partition("/")[0]
    if file.endswith("/test_variants.py") and exercise in read_table():
        return f"{file} {read_table()[exercise].notebook}"
    return file
