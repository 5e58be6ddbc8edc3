"""The demonstration's convolutional network: a file that is taken, of a net that has learned."""

import numpy as np
import pytest

from cs231n.drawn.pictures10 import draw_pictures
from cs231n.handin.convnet import read_convnet
from grading.authoring.train_convnet import train_convnet
from grading.intake.weights import read_weights

pytestmark = pytest.mark.assignment2


def test_an_epoch_teaches_something_and_leaves_np_random_alone():
    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)
    files = train_convnet(epochs=1)
    assert np.random.rand() == expected
    assert list(files) == ["best_convnet.npz"]
    net, (X, y) = read_convnet(read_weights(*reversed(files.popitem()))), draw_pictures(500, seed=8)
    assert np.mean(net.predict(net.preprocess(X)) == y) > 0.3
