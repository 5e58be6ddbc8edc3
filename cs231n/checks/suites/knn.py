"""Checks of the notebook `knn`."""

from cs231n.checks.api import assert_close, exercise, oracle


def trained(student, train, labels):
    """A student's classifier that has seen these pictures."""
    knn = student.classifiers.k_nearest_neighbor.KNearestNeighbor()
    knn.train(train, labels)
    return knn


@exercise("knn-two-loops", weight=3)
def distances_match_the_definition(student, rng):
    train, test = rng.normal(size=(5, 7)), rng.normal(size=(3, 7))
    knn = trained(student, train, rng.integers(4, size=5))
    expected = oracle.euclidean_distances(test, train)
    assert_close(knn.compute_distances_two_loops(test), expected, what="dists")
