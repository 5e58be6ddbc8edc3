"""Figures about classifiers show the numbers they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.classifiers.figures import plot_calibration, plot_ladder


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_calibration_of_an_honest_classifier_lies_on_the_diagonal(capsys):
    p = np.repeat([[0.75, 0.25]], 8, axis=0)
    ax = plot_calibration(p, np.array([0] * 6 + [1] * 2))
    np.testing.assert_allclose(ax.collections[0].get_offsets(), [[0.75, 0.75]])
    assert capsys.readouterr().out == "mean probability 0.75, accuracy 0.75\n"


def test_calibration_keeps_a_prediction_that_is_certain():
    ax = plot_calibration(np.array([[1.0, 0.0]]), np.array([1]))
    np.testing.assert_allclose(ax.collections[0].get_offsets(), [[1.0, 0.0]])
    assert ax.get_xlabel()
    assert ax.get_ylabel()


def test_ladder_has_a_bar_for_each_classifier_in_order():
    ax = plot_ladder({"nearest": 0.35, "linear": 0.5})
    assert [bar.get_width() for bar in ax.patches] == [35.0, 50.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["nearest", "linear"]
