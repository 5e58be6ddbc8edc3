"""Judge a file of weights that was handed in: the student's own network, on unseen pictures."""

import functools

import numpy as np

from cs231n.checks.asserts import assert_that, require_array
from cs231n.checks.failures import CheckFailure, StudentError
from cs231n.checks.protocol import ProtocolError
from cs231n.checks.runner import PUBLIC_SEED, exercise, public_resource
from cs231n.drawn.pictures10 import draw_pictures
from cs231n.handin.nets import require_gradable

PICTURES = 1000  # two times in three the accuracy measured is within 1.6 points of the true one
PIXELS = 32 * 32 * 3
HOG_SIZE, MOST_BINS = 144, 64
CLASSES = 10


@public_resource
def pictures(count):
    """Pictures of the embedded set that no notebook trains on; a grader draws secret ones.

    Returns
    -------
    X : ndarray, shape (count, 32, 32, 3), uint8
    y : ndarray, shape (count,), int64
    """
    return draw_pictures(count, seed=PUBLIC_SEED, split="test")


def check_steps(name, require, steps):
    """Register one check for each of four accuracies, so that points rise in steps.

    Parameters
    ----------
    name : str
        The exercise.
    require : callable
        `require(student, pictures, percent)` fails unless the network handed in is that good.
    steps : tuple of four numbers, in per cent
    """
    first, second, third, goal = steps

    @exercise(name)
    def first_step_on_unseen_pictures(student, rng, pictures):
        require(student, pictures, first)

    @exercise(name)
    def second_step_on_unseen_pictures(student, rng, pictures):
        require(student, pictures, second)

    @exercise(name)
    def third_step_on_unseen_pictures(student, rng, pictures):
        require(student, pictures, third)

    @exercise(name)
    def goal_on_unseen_pictures(student, rng, pictures):
        require(student, pictures, goal)


def load_network(student, name, remedy, require=require_gradable):
    """The arrays of a file in `hand_in`, found to be a network.

    Parameters
    ----------
    student : Student
    name : str
        Such as "best_net.npz".
    remedy : str
        What writes the file, for messages.
    require : callable
        Takes the arrays, and raises ValueError unless they are a network of the kind wanted.

    Raises
    ------
    StudentError
        If there is no file: then the exercise counts as not written yet.
    CheckFailure
        If it is there and is no network.
    """
    try:
        arrays = student.load(name)
        require(arrays)
    except StudentError as error:
        if error.type_name == "FileNotFoundError":
            msg = f"hand_in/{name} is not there: {remedy}."
            raise StudentError("NotImplementedError", msg) from None
        raise _unusable(name, remedy, error) from None
    except (ProtocolError, ValueError) as error:
        raise _unusable(name, remedy, error) from None
    return arrays


def require_accuracy(student, arrays, inputs, labels, percent):
    """Require that the student's network labels so many per cent of examples as they are.

    A label counts where it is also what the handed-in weights come to by the kit that runs the
    check, so that nothing but these weights can earn a point in the grader.

    Parameters
    ----------
    student : Student
    arrays : dict
        As of `load_network`.
    inputs : ndarray, shape (N, D), float
        Before mean and std of the file are applied.
    labels : ndarray, shape (N,), int
    percent : float
    """
    with np.errstate(all="ignore"):  # what overflows gives labels, if wrong ones
        params = {key: arrays[key].astype(np.float32) for key in ("W1", "b1", "W2", "b2")}
        ready = ((inputs - arrays["mean"]) / arrays["std"]).astype(np.float32)
    (D, H), C = params["W1"].shape, len(params["b2"])
    net = student.classifiers.neural_net.TwoLayerNet(D, H, C)
    net.set("params", params)
    predicted = net.predict(ready)
    require_array(predicted, "the prediction", shape=labels.shape)
    require_right(predicted, _labels_of(params, ready), labels, percent)


def require_right(predicted, meant, labels, percent):
    """Require so many per cent of labels both predicted and meant by the weights themselves."""
    right = 100 * float(np.mean((predicted == labels) & (meant == labels)))
    msg = f"{right:.1f} per cent of {len(labels)} unseen pictures are right: not there yet."
    assert_that(right >= percent, msg, f"at least {percent:g} per cent", f"{right:.1f} per cent")


def pixel_rows(arrays, pictures):
    """Unseen pictures as rows of pixels, and their labels; CheckFailure if they do not fit."""
    D = arrays["W1"].shape[0]
    msg = "The network should take the pixels of a picture of 32 x 32 x 3."
    assert_that(D == PIXELS, msg, f"W1 with {PIXELS} rows", f"{D} rows", "W1")
    X, y = drawn(pictures)
    return X.reshape(len(X), -1).astype(np.float32), y


def feature_rows(arrays, pictures):
    """HOG and colour features of unseen pictures, and their labels.

    The histogram has as many bins as the network has inputs beyond HOG's. The features are those
    of the kit that runs the check; a student's own copy computes its own.
    """
    D = arrays["W1"].shape[0]
    bins = D - HOG_SIZE
    msg = f"The network should take {HOG_SIZE} numbers of HOG, then 1 to {MOST_BINS} of colour."
    fits = 1 <= bins <= MOST_BINS
    assert_that(fits, msg, f"W1 with {HOG_SIZE + 1} to {HOG_SIZE + MOST_BINS} rows", f"{D}", "W1")
    try:
        from cs231n import features  # if this copy is broken, the other exercises still run

        code = getattr(features.color_histogram_hsv, "__code__", features.color_histogram_hsv)
        return _features(features, pictures, bins, code), drawn(pictures)[1]
    except (NotImplementedError, ImportError, SyntaxError) as error:
        raise StudentError(type(error).__name__, str(error)) from None


@functools.lru_cache(maxsize=2)
def drawn(pictures):
    """The unseen pictures, drawn once for all steps and, in the grader, for all submissions."""
    return pictures(PICTURES)


@functools.lru_cache(maxsize=8)
def _features(features, pictures, bins, code):
    """Their features, computed anew when a student has changed the code of the histogram."""

    def colours(im):
        return features.color_histogram_hsv(im, nbin=bins)

    return features.extract_features(drawn(pictures)[0], [features.hog_feature, colours])


def _labels_of(params, inputs):
    """What these weights say, by the kit that runs the check; a student's own copy by itself."""
    from cs231n.classifiers.neural_net import TwoLayerNet  # the student's copy may not import

    (D, H), C = params["W1"].shape, len(params["b2"])
    net = TwoLayerNet(D, H, C)
    net.params = params
    with np.errstate(all="ignore"):  # as above
        return net.predict(inputs)


def _unusable(name, remedy, error):
    return CheckFailure(f"hand_in/{name} cannot be used: {error} To make it anew, {remedy}.")
