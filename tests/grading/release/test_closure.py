"""What a file needs is followed through all that it names."""

import json

import pytest

from grading.release.closure import closure

PACKAGE = {"cs231n/__init__.py": "", "cs231n/a.py": "", "cs231n/topic/__init__.py": ""}
PACKAGE |= {"cs231n/topic/b.py": "from cs231n.topic import c", "cs231n/topic/c.py": ""}
TOPIC = {f"cs231n/topic/{name}.py" for name in ("__init__", "b", "c")}


def needed(text, path="cs231n/x.py", **more):
    texts = PACKAGE | {path: text} | {name.replace("__", "."): t for name, t in more.items()}
    return closure([path], texts) - {path, "cs231n/__init__.py"}


@pytest.mark.parametrize(
    "text",
    [
        "import cs231n.topic.b",
        "from cs231n.topic import b as other",
        "from cs231n.topic.b import f",
        "from .topic import b",
        "from .topic.b import f",
        "def later():\n    from cs231n.topic.b import f",
        "def check(student):\n    student.topic.b.f(1)",
        'NAME = "cs231n.topic.b"',
    ],
)
def test_whatever_names_a_module_needs_it_and_what_that_needs(text):
    assert needed(text) == TOPIC


@pytest.mark.parametrize("text", ["", "x = b", "import numpy", "text = 'see cs231n.topic.b'"])
def test_other_texts_need_nothing(text):
    assert needed(text) == set()


def test_a_relative_import_is_read_from_the_folder_it_is_in():
    assert needed("from . import c", "cs231n/topic/d.py") == TOPIC - {"cs231n/topic/b.py"}
    assert needed("from .. import a", "cs231n/topic/d.py") >= {"cs231n/a.py"}


def test_a_notebook_needs_what_its_code_imports():
    cells = [
        {"cell_type": "markdown", "source": ["import cs231n.a"]},
        {"cell_type": "code", "source": ["%load_ext autoreload\n", "from cs231n.topic import b"]},
    ]
    assert needed(json.dumps({"cells": cells}), "assignments/one.ipynb") == TOPIC


def test_a_kernel_needs_its_headers_and_theirs_and_what_it_imports():
    texts = PACKAGE | {
        "cs231n/topic/k.pyx": "from cython cimport floating\nimport cs231n.a\n"
        'cdef extern from "k.h" nogil:\n    pass\n',
        "cs231n/topic/k.h": '#define LOOPS "k_loops.h"',
        "cs231n/topic/k_loops.h": '#include <math.h>\n#include "k_words.h"',
        "cs231n/topic/k_words.h": "",
        "cs231n/topic/other.h": "",
    }
    found = closure(["cs231n/topic/k.pyx"], texts)
    assert {name for name in found if name.endswith(".h")} == {
        f"cs231n/topic/{name}.h" for name in ("k", "k_loops", "k_words")
    }
    assert "cs231n/a.py" in found


def test_modules_that_import_each_other_end():
    texts = {"cs231n/__init__.py": "", "cs231n/a.py": "import cs231n.b"}
    texts["cs231n/b.py"] = "import cs231n.a"
    assert closure(["cs231n/a.py"], texts) == set(texts)
