"""Fixtures that many tests share."""

import os
import shutil

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")

# fixtures of tests/helpers
pytest_plugins = ["browsers", "jails", "servers"]


@pytest.fixture
def rng():
    return np.random.default_rng(231)


def pytest_collection_modifyitems(items):
    """Begin with the notebooks, the longest file; skip what needs a tool or data, saying which."""
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
