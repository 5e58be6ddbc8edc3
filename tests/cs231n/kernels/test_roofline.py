"""The roof and the points below it."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.kernels import roofline

pytestmark = pytest.mark.assignment2


def test_the_shortest_of_several_runs_counts(monkeypatch):
    # begin; start, end, spent of each run: runs of 5, 2 and 2 seconds
    ticks = iter([0.0, 0.0, 5.0, 5.0, 6.0, 8.0, 8.0, 9.0, 12.0, 12.0])
    monkeypatch.setattr(roofline.time, "perf_counter", lambda: next(ticks))
    assert roofline.seconds_of(lambda: None, at_least=6, runs=3) == 2.0


def test_one_long_run_is_enough():
    calls = []
    roofline.seconds_of(lambda: calls.append(sum(range(300_000))), at_least=1e-4)
    assert len(calls) == 1


def test_measurements_are_of_this_world():
    # the slowest core of the last ten years and the fastest machine of the next
    assert 0.1 < roofline.measure_peak(128, at_least=0.01) < 1e5
    assert 0.05 < roofline.measure_bandwidth(8, at_least=0.01) < 1e5


def test_points_stand_at_their_intensity_and_speed(capsys):
    points = {"loops": (1e9, 5e8, 100.0), "product": (1e9, 1e7, 0.02)}
    ax = roofline.plot_roofline(points, peak=100.0, bandwidth=20.0)
    places = [collection.get_offsets()[0] for collection in ax.collections]
    np.testing.assert_allclose(places, [(2, 0.01), (100, 50)])
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert "50.000% of the roof" in capsys.readouterr().out
    plt.close(ax.figure)


def test_the_roof_bends_where_memory_no_longer_holds_back():
    ax = roofline.plot_roofline({"a": (10, 10, 1e-9)}, peak=100.0, bandwidth=20.0)
    x, y = ax.lines[0].get_data()
    np.testing.assert_allclose(y, np.minimum(100, 20 * x))
    plt.close(ax.figure)


@pytest.mark.parametrize(
    ("environment", "threads"),
    [
        ({}, 4),
        ({"OMP_NUM_THREADS": "2"}, 2),
        ({"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}, 1),
        ({"OPENBLAS_NUM_THREADS": "16"}, 4),
        ({"OMP_NUM_THREADS": "3,1"}, 3),
        ({"OMP_NUM_THREADS": "all"}, 4),
    ],
)
def test_threads_of_matrix_products_are_those_of_the_environment(monkeypatch, environment, threads):
    monkeypatch.setattr(roofline, "count_cpus", lambda: 4)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert roofline.matrix_threads() == threads


def test_a_climb_joins_its_points_in_order():
    points = {"loops": (1e9, 5e8, 100.0), "columns": (1e9, 1e9, 0.1), "kernel": (1e9, 1e7, 0.02)}
    ax = roofline.plot_climb(points, peak=100.0, bandwidth=20.0)
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), [(2, 0.01), (1, 10), (100, 50)])
    plt.close(ax.figure)
