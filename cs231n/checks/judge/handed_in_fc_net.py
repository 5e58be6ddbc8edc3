"""Judge a fully connected network of any depth that was handed in, on unseen pictures."""

import numpy as np

from cs231n.checks.asserts import require_array
from cs231n.checks.student import StudentObject
from cs231n.handin.nets import require_gradable_deep

from .handed_in import CLASSES, load_network, require_right


def load_deep_network(student, name, remedy):
    """As `load_network`, for a fully connected network of any depth."""
    return load_network(student, name, remedy, require_gradable_deep)


def require_deep_accuracy(student, arrays, inputs, labels, percent):
    """As `require_accuracy`, for a fully connected network of any depth."""
    with np.errstate(all="ignore"):
        params = {key: arrays[key].astype(np.float32) for key in arrays if key[0] in "Wb"}
        ready = ((inputs - arrays["mean"]) / arrays["std"]).astype(np.float32)
    scores = _deep_net(student.classifiers.fc_net.FullyConnectedNet, params).loss(ready)
    require_array(scores, "the scores", shape=(len(labels), CLASSES))
    from cs231n.classifiers.fc_net import FullyConnectedNet  # as in _labels_of

    with np.errstate(all="ignore"):
        meant = _deep_net(FullyConnectedNet, params).loss(ready)
    require_right(np.argmax(scores, axis=1), np.argmax(meant, axis=1), labels, percent)


def _deep_net(make, params):
    """A FullyConnectedNet, the student's or the kit's, with these parameters."""
    sizes = [len(params[f"b{layer}"]) for layer in range(1, len(params) // 2 + 1)]
    net = make(sizes[:-1], params["W1"].shape[0], sizes[-1])
    if isinstance(net, StudentObject):
        net.set("params", params)
    else:
        net.params = params
    return net
