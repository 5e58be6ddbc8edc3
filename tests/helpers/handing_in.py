"""What the tests of intake share: a small assignment, and submissions of it as files."""

import io
import zipfile

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cs231n.checks.table import Exercise

ROWS = [
    Exercise("knn-loops", "a1", "knn", "Loops", 3, "?", "cs231n.classifiers.near:Near.loops"),
    Exercise("svm-loss", "a1", "svm", "Loss", 3, "?", "cs231n.losses:svm"),
    Exercise("best", "a1", "svm", "Best", 3, "?", "cs231n.losses:svm", kind="tuning", file="b.npz"),
    Exercise("why", "a1", "svm", "Why", 2, "?", kind="written"),
]
NEAR = "cs231n/classifiers/near.py"
LOSSES = "cs231n/losses.py"
# Hostile bytes take milliseconds; the machine may be busy.
FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


def zip_bytes(files, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def npz_bytes(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def write_folder(root, files):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def flags_with(submission, words):
    return [flag for flag in submission.flags if words in flag]


WHOLE = {
    "knn.ipynb": b"{}",
    "svm.ipynb": b"{ }",
    NEAR: b"near = 1\n",
    LOSSES: b"loss = 1\n",
    "hand_in/b.npz": npz_bytes(W=np.ones((2, 3))),
}
