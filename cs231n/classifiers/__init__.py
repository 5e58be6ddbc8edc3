"""Classifiers, from the nearest neighbour on. Each is importable from here, as notebooks do.

A module is imported when one of its classes is asked for, so that a slip in one exercise's file
does not stop the others.
"""

import importlib

_MODULES = {
    "KNearestNeighbor": "k_nearest_neighbor",
    "LinearClassifier": "linear_classifier",
    "LinearSVM": "linear_classifier",
    "Softmax": "linear_classifier",
    "TwoLayerNet": "neural_net",
}

__all__ = ["KNearestNeighbor", "LinearClassifier", "LinearSVM", "Softmax", "TwoLayerNet"]


def __getattr__(name):
    if name not in _MODULES:
        raise AttributeError(
            f"cs231n.classifiers has no {name!r}; it has {', '.join(_MODULES)}, each in a module "
            "of its own."
        )
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__():
    return sorted([*globals(), *_MODULES])
