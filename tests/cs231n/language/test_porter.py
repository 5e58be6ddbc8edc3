"""Porter's stemmer: by hand, and word by word beside nltk's."""

import os
import random
import re
from pathlib import Path

import pytest
from nltk.stem.porter import PorterStemmer

from cs231n.language.porter import FOURTH, SECOND, THIRD, stem

pytestmark = pytest.mark.assignment3
OTHER_ENDINGS = ["s", "es", "sses", "ies", "ied", "eed", "ed", "ing", "y", "e", "ll", "logi", ""]


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("square squares squared squaring", "squar"),
        ("fly flies", "fli"),
        ("die dies died dying", "die"),
        ("hop hopped hopping", "hop"),
        ("hope hoped hoping", "hope"),
        ("happy happiness", "happi"),
        ("enjoy enjoys", "enjoy"),
        ("relational relate relating", "relat"),
        ("controlled controlling", "control"),
        ("adoption adopted", "adopt"),
        ("is", "is"),
        ("", ""),
    ],
)
def test_words_of_a_family_have_one_stem(family, expected):
    assert {stem(word) for word in family.split(" ")} == {expected}


def test_stems_of_all_words_in_the_standard_library_are_those_of_nltk():
    folder, found = Path(os.__file__).parent, set()
    for part in ("*.py", "pydoc_data/*.py", "email/*.py", "asyncio/*.py", "tkinter/*.py"):
        for path in folder.glob(part):
            found |= set(re.findall(r"[a-z]+", path.read_text("utf-8", "ignore").lower()))
    assert len(found) > 10000
    theirs = PorterStemmer()
    assert [word for word in sorted(found) if stem(word) != theirs.stem(word)] == []


def test_stems_of_made_up_words_are_those_of_nltk():
    rng, theirs = random.Random(231), PorterStemmer()
    endings = [*SECOND, *THIRD, *FOURTH, *OTHER_ENDINGS]
    for _ in range(30000):
        root = "".join(rng.choices("aeioybcdlstzwé", k=rng.randint(0, 6)))
        word = root + rng.choice(endings) + rng.choice(endings)
        assert stem(word) == theirs.stem(word), word
