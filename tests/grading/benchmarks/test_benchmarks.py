"""The benchmark compares like with like, and its numbers are what they are called."""

import json
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from cs231n import fast_layers
from grading.benchmarks import contenders, growth, measure, quiet, report, worker
from grading.benchmarks.__main__ import main
from grading.benchmarks.workloads import Captions, Conv, Pool, Product, Step, all_workloads

pytestmark = pytest.mark.assignment2

CONV = Conv("tiny", (3, 2, 7, 5), (4, 2, 3, 3), 2, 1)
POOL = Pool("tiny pool", (3, 2, 7, 5), 3, 2)
CAPTIONS = Captions("tiny captions", N=3, T=4, D=5, H=6, V=7)


@pytest.fixture
def as_before(monkeypatch):
    """Undo what the textbook's contender puts in the place of the fast layers."""
    for name in ["KERNELS", *(name for name in vars(fast_layers) if name.endswith("_fast"))]:
        monkeypatch.setattr(fast_layers, name, getattr(fast_layers, name))


@pytest.mark.parametrize("workload", [CONV, POOL, CAPTIONS], ids=lambda w: w.name)
def test_textbook_and_kit_agree(workload, as_before):
    ours = contenders.prepare("kit", workload, 1)[1]()
    theirs = contenders.prepare("textbook", workload, 1)[1]()
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-4, atol=1e-5)


def test_flops_are_those_of_three_products():
    # out is 3 x 4 x 4 x 3, and each of its numbers takes 2 * 3 * 3 products and sums
    assert CONV.out == (3, 4, 4, 3)
    assert CONV.flops == 3 * 2 * (3 * 4 * 4 * 3) * 18


def test_flops_of_captions_are_those_of_six_products():
    # 3 x 4 rows times (5 + 6) x 24 and 6 x 7 numbers, forward and twice backward
    assert CAPTIONS.flops == 3 * 2 * 12 * (11 * 24 + 42)


def test_results_are_counted_in_bytes():
    assert CONV.results == 4 * (3 * 4 * 4 * 3 + 3 * 2 * 7 * 5 + 4 * 2 * 3 * 3 + 4)
    assert POOL.results == 4 * (3 * 2 * 3 * 2 + 3 * 2 * 7 * 5)


def test_the_table_has_six_layers_and_an_lstm_in_two_precisions_and_two_steps():
    rows = all_workloads()
    assert [row.dtype for row in rows].count("float64") == 8
    assert sum(isinstance(row, Step) for row in rows) == 2
    assert sum(isinstance(row, Captions) for row in rows) == 4


def test_unknown_contender_is_refused():
    with pytest.raises(ValueError, match="no contender 'jax'"):
        contenders.prepare("jax", CONV, 1)


def test_ratios_are_taken_within_rounds():
    times = {"kit": [1.0, 2.0, 4.0], "torch": [2.0, 2.0, 2.0], "roof": [1.0, 1.0, 1.0]}
    found = measure.summarise(times, CONV, CONV.flops, "both")
    assert found["ratio"]["torch"] == [0.75, 1.0, 1.5]
    assert found["share"][1] == 0.5
    assert found["seconds"]["kit"] == 2.0


@pytest.mark.parametrize(("name", "blas"), [("kit", "1"), ("textbook", "2"), ("torch", "2")])
def test_only_one_pool_of_threads_is_awake(name, blas):
    found = measure.environment(name, 2)
    assert (found["OMP_NUM_THREADS"], found["OPENBLAS_NUM_THREADS"]) == ("2", blas)


def test_one_round_has_no_quartiles():
    assert measure.quartiles([3.0]) == [3.0, 3.0, 3.0]


def test_results_that_differ_are_not_compared():
    said = {"kit": {"out": [1.0, 0.5]}, "torch": {"out": [1.0, 0.6]}}
    with pytest.raises(RuntimeError, match="should agree before speeds"):
        measure.require_agreement(CONV, said)


def test_a_worker_answers_and_says_what_it_cannot_do():
    with measure.contenders(["roof"], threads=1) as field:
        sums = field["roof"].prepare(Product(side=8))
        assert len(field["roof"].ask("burst", "both", 0.0)) == 1
        with pytest.raises(RuntimeError, match="roof: ValueError: There is no contender"):
            field["roof"].prepare(CONV)
    arrays = Product(side=8).draw()
    assert sums["out"] == pytest.approx(worker.summary(arrays["x"] @ arrays["y"]), rel=1e-5)


@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory come from /proc")
def test_memory_is_the_peak_beyond_inputs_and_results():
    conv = Conv("memory", (8, 32, 32, 32), (8, 32, 3, 3), 1, 1)
    peak = measure.measure_memory(conv, ["textbook"], threads=1)["textbook"]
    columns = 32 * 9 * 8 * 32 * 32 * 4
    assert columns < peak + conv.results < 3 * columns


def test_what_is_no_status_is_named():
    with pytest.raises(LookupError, match="has no Colour"):
        worker.status("Colour")


def test_growth_multiplies_one_dimension_at_a_time():
    for convs in growth.sizes().values():
        assert [conv.flops // growth.BASE.flops for conv in convs] == list(growth.FACTORS)


def test_linear_growth_has_power_one(tmp_path):
    times = {"N": [1.0, 2.0, 4.0, 8.0], "F": [1.0, 4.0, 16.0, 64.0], "H W": [1.0] * 4}
    powers = growth.exponents(times)
    assert powers == pytest.approx({"N": 1.0, "F": 2.0, "H W": 0.0}, abs=1e-9)
    growth.draw_growth(times, tmp_path / "growth.png")
    assert (tmp_path / "growth.png").stat().st_size > 5000


def a_row(name, ratio):
    both = {"seconds": {"kit": 0.002}, "ratio": {"torch": [ratio] * 3}}
    return {"workload": name, "dtype": "float32", "flops": 0, "both": both}


def test_rows_of_a_later_run_take_the_places_of_earlier_ones(tmp_path):
    report.save([a_row("a", 1.0), a_row("b", 1.0)], {"threads": 2}, tmp_path)
    rows = report.merged([a_row("b", 2.0)], tmp_path / "results.json")
    assert [row["both"]["ratio"]["torch"][1] for row in rows] == [1.0, 2.0]
    assert json.loads((tmp_path / "results.json").read_text())["threads"] == 2
    assert "| a | float32 | 2.00 | 1.00 |" in (tmp_path / "table.md").read_text()


def test_without_pytorch_one_sentence_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(measure, "torch_is_here", lambda: False)
    row = a_row("a", 1.0) | {"both": {"seconds": {"kit": 0.002}, "ratio": {}}}
    asked = []
    monkeypatch.setattr(measure, "run", lambda rows, names, *rest: asked.extend(names) or [row])
    result = CliRunner().invoke(main, ["layers", "--quick", "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert "torch==2.13.0` brings it" in result.output
    assert asked == ["kit", "textbook"]


def test_an_unknown_workload_lists_the_known_ones():
    result = CliRunner().invoke(main, ["layers", "--only", "e"])
    assert result.exit_code == 2
    assert "there are a, b, c, d, pool 2x2" in result.output


def test_a_contender_that_fails_is_told_in_one_line(monkeypatch):
    def fail(*args):
        raise RuntimeError("kit: ValueError: no")

    monkeypatch.setattr(measure, "run", fail)
    result = CliRunner().invoke(main, ["layers", "--no-torch"])
    assert (result.exit_code, result.output) == (1, "Error: kit: ValueError: no\n")


def test_the_share_of_others_leaves_out_our_own(monkeypatch):
    clock, busy, own = iter([0.0, 10.0]), iter([100.0, 109.0]), iter([5.0, 9.0])
    monkeypatch.setattr(quiet.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(quiet, "busy_seconds", lambda: next(busy))
    monkeypatch.setattr(quiet, "own_seconds", lambda: next(own))
    monkeypatch.setattr(quiet.os, "cpu_count", lambda: 2)
    with quiet.Watch() as watch:
        pass
    assert watch.share == pytest.approx((9 - 4) / 20)


def test_time_taken_by_a_host_counts_as_busy(monkeypatch, tmp_path):
    stat = tmp_path / "stat"
    stat.write_text("cpu 100 0 50 1000 500 0 0 50 0 0\ncpu0 1 1 1\n")
    monkeypatch.setattr(quiet, "STAT", stat)
    monkeypatch.setattr(quiet.os, "sysconf", lambda name: 100)
    assert quiet.busy_seconds() == 2.0


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.01, "1% of the processors meanwhile: a quiet machine"),
        (0.4, "busy machine"),
        (None, "not"),
    ],
)
def test_the_verdict_says_whether_the_machine_was_quiet(share, words):
    assert words in quiet.verdict(share)


def test_a_system_that_does_not_tell_is_no_quiet_one(monkeypatch, tmp_path):
    monkeypatch.setattr(quiet, "STAT", tmp_path / "none")
    with quiet.Watch() as watch:
        pass
    assert watch.share is None
