"""Classifiers, from the nearest neighbour on. The first ones are importable from here, too.

Students write the nearest neighbour, the linear losses and their training, the two-layer net, the
fully connected nets, the ConvNet and the captioning RNN; the rest is given.
It imports layers and solvers of the root, `files`, `kernels`, `language` and `recurrent`.

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
