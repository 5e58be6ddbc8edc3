"""The pictures of scikit-image, found without importing it."""

import importlib.util
import subprocess
import sys

import pytest

from cs231n.data.samples import find_samples


def test_samples_come_in_the_order_of_the_names():
    found = find_samples(["rocket.jpg", "nothing.png", "chelsea.png"])
    assert [path.name for path in found] == ["rocket.jpg", "chelsea.png"]
    assert all(path.is_file() for path in found)


def test_scikit_image_is_not_imported():
    code = (
        "import sys; from cs231n.data.samples import find_samples; "
        "assert find_samples(['coffee.png']); sys.exit('skimage' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_scikit_image_there_are_none(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert find_samples(["coffee.png"]) == []


def test_a_name_that_leads_elsewhere_is_refused():
    with pytest.raises(ValueError, match=r"'\.\./coffee\.png' should be a file's name"):
        find_samples(["../coffee.png"])
