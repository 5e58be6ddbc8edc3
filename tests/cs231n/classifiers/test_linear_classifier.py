"""Linear classifiers and their training; the classes of the package."""

import numpy as np
import pytest

import cs231n.classifiers
from cs231n.checks.beside.linear import QuadraticProbe
from cs231n.classifiers import KNearestNeighbor, LinearClassifier, LinearSVM, Softmax
from cs231n.classifiers.linear_svm import svm_loss_naive
from cs231n.classifiers.softmax import softmax_loss_naive


@pytest.fixture(autouse=True)
def _seed():
    np.random.seed(231)


def draw_blobs(rng, N=90, C=3):
    """Three heaps of points around corners of a triangle, and a constant 1."""
    y = np.arange(N) % C
    corners = np.array([[4.0, 0.0], [-4.0, 4.0], [-4.0, -4.0]])
    return np.column_stack([corners[y] + rng.normal(size=(N, 2)), np.ones(N)]), y


@pytest.mark.parametrize(
    ("kind", "loss"), [(LinearSVM, svm_loss_naive), (Softmax, softmax_loss_naive)]
)
def test_loss_is_that_of_the_function(kind, loss, rng):
    X, y = draw_blobs(rng)
    classifier = kind()
    classifier.W = rng.normal(size=(3, 3))
    got, expected = classifier.loss(X, y, 0.7), loss(classifier.W, X, y, 0.7)
    np.testing.assert_allclose(got[0], expected[0], rtol=1e-12)
    np.testing.assert_allclose(got[1], expected[1], rtol=1e-9)


@pytest.mark.parametrize("kind", [LinearSVM, Softmax])
def test_training_separates_heaps_of_points(kind, rng):
    X, y = draw_blobs(rng)
    classifier = kind()
    history = classifier.train(X, y, learning_rate=0.1, reg=1e-3, num_iters=200, batch_size=20)
    # Corners are 8 standard deviations apart or more; a point strays 4 of them once in 30,000.
    assert np.mean(classifier.predict(X) == y) >= 0.97
    assert np.mean(history[-20:]) < np.mean(history[:20]) / 2


def test_each_step_goes_against_the_gradient():
    probe = QuadraticProbe()
    probe.W = np.array([[8.0, -4.0]])
    history = probe.train(np.ones((3, 1)), np.array([0, 1, 1]), learning_rate=0.5, num_iters=3)
    np.testing.assert_array_equal(probe.W, [[1.0, -0.5]])
    assert history == [40.0, 10.0, 2.5]
    assert all(type(loss) is float for loss in history)


def test_weights_start_small_with_a_column_for_each_class():
    probe = QuadraticProbe()
    probe.train(np.ones((3, 50)), np.array([0, 4, 1]), num_iters=0)
    assert probe.W.shape == (50, 5)
    assert 0.0008 < probe.W.std() < 0.0012  # 0.001, from 250 draws


def test_training_goes_on_from_the_weights_there_are():
    probe = QuadraticProbe()
    probe.W = np.array([[8.0, -4.0]])
    for _ in range(2):
        probe.train(np.ones((3, 1)), np.array([0, 1, 1]), learning_rate=0.5, num_iters=1)
    np.testing.assert_array_equal(probe.W, [[2.0, -1.0]])


def test_training_does_not_change_the_array_it_was_given():
    probe, W = QuadraticProbe(), np.array([[8.0, -4.0]])
    probe.W = W
    probe.train(np.ones((3, 1)), np.array([0, 1, 1]), num_iters=1)
    np.testing.assert_array_equal(W, [[8.0, -4.0]])


def test_minibatches_hold_examples_with_their_labels_and_the_reg():
    X, y = np.arange(40.0)[:, None], np.arange(40) % 7
    probe = QuadraticProbe()
    probe.train(X, y, reg=0.25, num_iters=30, batch_size=8)
    assert len(probe.batches) == 30
    for X_batch, y_batch, reg in probe.batches:
        assert X_batch.shape == (8, 1)
        np.testing.assert_array_equal(y_batch, X_batch[:, 0] % 7)
        assert reg == 0.25
    assert len({X_batch.tobytes() for X_batch, _, _ in probe.batches}) == 30


def test_a_minibatch_may_be_larger_than_the_set():
    probe = QuadraticProbe()
    probe.train(np.ones((3, 2)), np.array([0, 1, 1]), num_iters=1)
    assert probe.batches[0][0].shape == (200, 2)


def test_verbose_prints_every_hundred_iterations(capsys):
    probe = QuadraticProbe()
    probe.W = np.array([[2.0, 0.0]])
    probe.train(np.ones((3, 1)), np.array([0, 1, 1]), 0.5, num_iters=101, verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["iteration 0 / 101: loss 2.000000", "iteration 100 / 101: loss 0.000000"]


def test_training_is_silent_otherwise(capsys):
    QuadraticProbe().train(np.ones((3, 1)), np.array([0, 1, 1]))
    assert capsys.readouterr().out == ""


def test_predict_names_the_largest_score():
    classifier = LinearSVM()
    classifier.W = np.array([[-1.0, -2.0, -3.0], [-9.0, -1.0, -5.0]])
    labels = classifier.predict(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]))
    np.testing.assert_array_equal(labels, [0, 1, 2, 0])
    assert labels.dtype == np.int64


def test_predict_takes_the_smaller_of_equal_classes():
    classifier = LinearSVM()
    classifier.W = np.array([[1.0, 2.0, 2.0]])
    assert classifier.predict(np.array([[1.0]])).tolist() == [1]


def test_a_classifier_without_a_loss_says_what_to_use():
    with pytest.raises(TypeError, match="LinearClassifier has no loss of its own: use LinearSVM"):
        LinearClassifier().train(np.ones((3, 1)), np.array([0, 1, 1]))


def test_saved_weights_load_again(tmp_path, rng):
    classifier, other = Softmax(), Softmax()
    classifier.W = rng.normal(size=(3, 4))
    classifier.save(tmp_path / "weights.npz")
    other.load(tmp_path / "weights.npz")
    np.testing.assert_array_equal(other.W, classifier.W)


def test_save_needs_weights(tmp_path):
    with pytest.raises(ValueError, match="no weights yet; call train first"):
        Softmax().save(tmp_path / "weights.npz")


@pytest.mark.parametrize("arrays", [{"V": np.zeros((2, 3))}, {"W": np.zeros(3)}])
def test_load_refuses_a_file_without_weights(tmp_path, arrays):
    np.savez(tmp_path / "other.npz", **arrays)
    with pytest.raises(ValueError, match=r"it should hold W of shape \(D, C\)"):
        Softmax().load(tmp_path / "other.npz")


def test_load_reads_no_pickles(tmp_path):
    np.savez(tmp_path / "trap.npz", W=np.array([[{}]], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        Softmax().load(tmp_path / "trap.npz")


def test_the_package_offers_each_classifier_by_name():
    assert cs231n.classifiers.KNearestNeighbor is KNearestNeighbor
    for name in cs231n.classifiers.__all__:
        assert getattr(cs231n.classifiers, name).__name__ == name
        assert name in dir(cs231n.classifiers)


def test_the_package_says_what_it_has():
    with pytest.raises(AttributeError, match="has no 'Perceptron'; it has KNearestNeighbor, "):
        _ = cs231n.classifiers.Perceptron
