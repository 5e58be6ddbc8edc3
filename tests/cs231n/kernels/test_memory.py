"""Memory of kernels is aligned, used again, and never used twice at a time."""

import numpy as np
import pytest

from cs231n.kernels import memory as fast_memory
from cs231n.kernels.memory import give_back, take

pytestmark = pytest.mark.assignment3


@pytest.fixture(autouse=True)
def nothing_spare(monkeypatch):
    """Begin with no memory of earlier calls."""
    monkeypatch.setattr(fast_memory, "_spare", [])


def test_arrays_begin_with_lines_and_do_not_overlap():
    _, arrays = take(np.dtype("float32"), a=(3, 5), b=(1,), c=(7, 11))
    assert [array.size for array in arrays] == [64, 64, 320]  # 60, 4 and 308 bytes
    starts = [array.ctypes.data for array in arrays]
    assert [start % 64 for start in starts] == [0, 0, 0]
    assert np.diff(starts).tolist() == [64, 64]


def test_what_is_given_back_serves_again():
    memory, _ = take(np.dtype("float64"), a=(100,))
    other, _ = take(np.dtype("float64"), a=(100,))
    assert other is not memory
    give_back(memory)
    assert take(np.dtype("float32"), a=(90,))[0] is memory


def test_memory_that_is_too_small_makes_way_for_larger():
    give_back(take(np.dtype("float32"), a=(10,))[0])
    memory, arrays = take(np.dtype("float32"), a=(1000,))
    assert (arrays[0].size, fast_memory._spare) == (4032, [])
    give_back(memory)
    assert [spare.size for spare in fast_memory._spare] == [4032 + 64]


def test_very_much_memory_is_not_kept(monkeypatch):
    monkeypatch.setattr(fast_memory, "MOST", 100)
    give_back(take(np.dtype("float32"), a=(100,))[0])
    assert fast_memory._spare == []
