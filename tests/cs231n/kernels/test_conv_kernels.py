"""Compiled layers against their NumPy twins over random shapes; threads, forks, and no kernels."""

import os
import signal
import threading

import numpy as np
import pytest

from cs231n import fast_layers
from cs231n.fast_layers import (
    KERNELS,
    conv_backward_fast,
    conv_forward_fast,
    max_pool_backward_fast,
    max_pool_forward_fast,
)
from cs231n.kernels import threads as fast_threads
from cs231n.kernels.fast_norm import (
    relu_backward_fast,
    relu_forward_fast,
    spatial_batchnorm_backward_fast,
    spatial_batchnorm_forward_fast,
)

pytestmark = pytest.mark.assignment2
compiled = pytest.mark.skipif(
    KERNELS != "cython",
    reason="the kernels are not compiled; run `python setup.py build_ext --inplace`",
)
# Relative to the largest number: sums of up to some thousand products, in another order.
CLOSE = {np.float32: 3e-5, np.float64: 1e-12}
SEEDS = range(150)


def compare(results, twins, dtype):
    for one, twin in zip(results, twins, strict=True):
        assert one.dtype == dtype
        assert one.shape == twin.shape
        atol = CLOSE[dtype] * (1 + np.abs(twin).max(initial=0))
        np.testing.assert_allclose(one, twin, rtol=0, atol=atol)


def random_convolution(seed):
    """Any shape: channels and filters around the sizes of blocks, pictures around vectors."""
    rng = np.random.default_rng(seed)
    dtype = (np.float32, np.float64)[seed % 2]
    N, C, F = rng.integers(1, 5), rng.integers(1, 12), rng.integers(1, 20)
    HH, WW = rng.integers(1, 7, 2)
    stride, pad = int(rng.integers(1, 5)), int(rng.integers(0, 5))
    H = int(rng.integers(max(1, HH - 2 * pad), 24))
    W = int(rng.integers(max(1, WW - 2 * pad), 50))
    shapes = [(N, C, H, W), (F, C, HH, WW), (F,)]
    return rng, dtype, [rng.normal(size=s).astype(dtype) for s in shapes], stride, pad


def convolve(rng, arrays, stride, pad, **threads):
    out, cache = conv_forward_fast(*arrays, {"stride": stride, "pad": pad}, **threads)
    dout = rng.normal(size=out.shape).astype(out.dtype)
    return [out, *conv_backward_fast(dout, cache, **threads)]


@compiled
@pytest.mark.parametrize("seed", SEEDS)
def test_convolution_and_its_twin_agree(monkeypatch, seed):
    _, dtype, arrays, stride, pad = random_convolution(seed)
    results = convolve(np.random.default_rng(seed), arrays, stride, pad)
    monkeypatch.setattr(fast_layers, "KERNELS", "numpy")
    compare(results, convolve(np.random.default_rng(seed), arrays, stride, pad), dtype)


@compiled
@pytest.mark.parametrize(
    ("x", "w", "stride", "pad"),
    [
        ((1, 70, 60, 65), (9, 70, 3, 3), 1, 1),  # several strips of rows
        ((3, 65, 9, 8), (70, 65, 3, 3), 2, 1),  # many blocks of filters, and of vectors of them
        ((2, 3, 32, 32), (128, 3, 7, 7), 1, 3),
        ((1, 1, 1, 1), (1, 1, 1, 1), 1, 0),
        ((2, 5, 6, 6), (7, 5, 2, 2), 5, 0),  # strides past the filter: pixels that none sees
        ((12, 4, 8, 8), (33, 4, 1, 1), 1, 0),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_and_odd_convolutions_and_their_twins_agree(
    rng, monkeypatch, dtype, x, w, stride, pad
):
    arrays = [rng.normal(size=s).astype(dtype) for s in (x, w, w[:1])]
    results = convolve(np.random.default_rng(0), arrays, stride, pad)
    monkeypatch.setattr(fast_layers, "KERNELS", "numpy")
    compare(results, convolve(np.random.default_rng(0), arrays, stride, pad), dtype)


@compiled
@pytest.mark.parametrize("seed", SEEDS[:100])
def test_pooling_and_its_twin_agree_to_the_bit(monkeypatch, seed):
    rng = np.random.default_rng(seed)
    dtype = (np.float32, np.float64)[seed % 2]
    HH, WW, stride = (2, 2, 2) if seed % 5 == 0 else map(int, rng.integers(1, 5, 3))
    N, C = rng.integers(1, 6, 2)
    H, W = int(rng.integers(HH, 40)), int(rng.integers(WW, 70))
    if seed % 5 == 0:
        H, W = 2 * (H // 2), 16 * (1 + W // 16)  # windows that tile have loops of their own
    x = rng.integers(-3, 4, size=(N, C, H, W)).astype(dtype)
    x[rng.random(x.shape) < 0.03] = np.nan
    results = []
    for kernels in ("cython", "numpy"):
        monkeypatch.setattr(fast_layers, "KERNELS", kernels)
        param = {"pool_height": HH, "pool_width": WW, "stride": stride}
        out, cache = max_pool_forward_fast(x, param)
        dout = np.random.default_rng(1).integers(-9, 9, size=out.shape).astype(dtype)
        results.append((out, cache[2], max_pool_backward_fast(dout, cache)))
    for one, twin in zip(*results, strict=True):
        np.testing.assert_array_equal(one, twin, strict=True)


@compiled
@pytest.mark.parametrize("seed", SEEDS[:60])
def test_normalisation_and_relu_and_their_twins_agree(monkeypatch, seed):
    rng = np.random.default_rng(seed)
    dtype = (np.float32, np.float64)[seed % 2]
    N, C, H, W = rng.integers(2, 30, 4)
    x = (rng.integers(1, 4) * rng.normal(size=(N, C, H, W)) + rng.integers(-3, 9)).astype(dtype)
    gamma, beta = rng.normal(size=(2, C)).astype(dtype)
    dout = rng.normal(size=x.shape).astype(dtype)
    results = []
    for kernels in ("cython", "numpy"):
        monkeypatch.setattr(fast_layers, "KERNELS", kernels)
        for mode, relu in ((m, r) for m in ("train", "test") for r in (False, True)):
            param = {"mode": mode, "eps": 1e-3, "momentum": 0.8}
            param["running_mean"] = np.linspace(-1, 1, C).astype(dtype)
            param["running_var"] = np.linspace(1, 2, C).astype(dtype)
            out, cache = spatial_batchnorm_forward_fast(x, gamma, beta, param, relu=relu)
            out[np.abs(out) < 1e-4] = 0  # where rounding decides on which side of 0 it is
            upstream = np.where(out == 0, dtype(0), dout)
            derivatives = spatial_batchnorm_backward_fast(upstream, cache)
            results += [out, *derivatives, param["running_mean"], param["running_var"]]
        positive, cache = relu_forward_fast(x)
        results += [positive, relu_backward_fast(dout, cache)]
    half = len(results) // 2
    for one, twin in zip(results[:half], results[half:], strict=True):
        assert one.dtype == dtype
        atol = {np.float32: 2e-4, np.float64: 1e-10}[dtype]
        np.testing.assert_allclose(one, twin, rtol=0, atol=atol * (1 + np.abs(twin).max()))


@compiled
@pytest.mark.parametrize("seed", SEEDS[:30])
def test_results_do_not_depend_on_the_number_of_threads(seed):
    _, _, arrays, stride, pad = random_convolution(seed)
    results = [
        convolve(np.random.default_rng(seed), arrays, stride, pad, threads=threads)
        for threads in (1, 2, 5)
    ]
    for one, two, five in zip(*results, strict=True):
        np.testing.assert_array_equal(two, one)
        np.testing.assert_array_equal(five, one)


@compiled
def test_huge_strides_and_padding_cost_nothing(rng):
    arrays = [rng.normal(size=s) for s in ((2, 3, 4, 5), (6, 3, 2, 3), (6,))]
    out, cache = conv_forward_fast(*arrays, {"stride": 10**9, "pad": 10**9})
    assert out.shape == (2, 6, 3, 3)  # of the nine places, the middle one sees the picture
    corner, w = arrays[0][:, :, :2, :3], arrays[1]
    expected = np.einsum("ncij,fcij->nf", corner, w) + arrays[2]
    np.testing.assert_allclose(out[:, :, 1, 1], expected, rtol=1e-12)
    dout = rng.normal(size=out.shape)
    dx, dw, _ = conv_backward_fast(dout, cache)
    middle = dout[:, :, 1, 1]
    np.testing.assert_allclose(dw, np.einsum("nf,ncij->fcij", middle, corner), rtol=1e-12)
    np.testing.assert_allclose(dx[:, :, :2, :3], np.einsum("nf,fcij->ncij", middle, w), rtol=1e-12)
    assert not dx[:, :, 2:].any()
    assert not dx[..., 3:].any()


@compiled
def test_a_kernel_without_memory_says_so():
    with pytest.raises(MemoryError, match="no memory for the planes of one strip"):
        fast_layers.conv_kernels.check(False)


@compiled
def test_threads_of_python_take_turns(rng):
    arrays = [rng.normal(size=s) for s in ((4, 3, 16, 16), (8, 3, 3, 3), (8,))]
    expected, _ = conv_forward_fast(*arrays, {"stride": 1, "pad": 1})
    wrong = []

    def call():
        for _ in range(20):
            out, _ = conv_forward_fast(*arrays, {"stride": 1, "pad": 1}, threads=2)
            if not np.array_equal(out, expected):
                wrong.append(out)

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=60)
    assert not any(caller.is_alive() for caller in callers)
    assert not wrong


@compiled
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_computes_too_with_threads_of_its_own(rng):
    arrays = [rng.normal(size=s) for s in ((6, 3, 16, 16), (8, 3, 3, 3), (8,))]
    expected = convolve(np.random.default_rng(0), arrays, 1, 1, threads=2)
    child = os.fork()
    if not child:
        signal.alarm(20)  # ends a child that hangs
        results = convolve(np.random.default_rng(0), arrays, 1, 1, threads=2)
        same = all(np.array_equal(a, b) for a, b in zip(results, expected, strict=True))
        os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    again = convolve(np.random.default_rng(0), arrays, 1, 1, threads=2)
    np.testing.assert_array_equal(again[0], expected[0])  # and the parent still does


def test_the_twins_serve_where_the_kernels_are_missing(rng, monkeypatch):
    monkeypatch.setattr(fast_layers, "KERNELS", "numpy")
    monkeypatch.setattr(fast_layers, "conv_kernels", None, raising=False)
    monkeypatch.setattr(fast_layers, "layer_kernels", None, raising=False)
    arrays = [rng.normal(size=s) for s in ((2, 3, 5, 7), (4, 3, 3, 2), (4,))]
    out, dx, dw, db = convolve(rng, arrays, 2, 1)
    assert [a.shape for a in (out, dx, dw, db)] == [(2, 4, 3, 4), *(a.shape for a in arrays)]
    out, cache = max_pool_forward_fast(dx, {"pool_height": 2, "pool_width": 3, "stride": 1})
    assert max_pool_backward_fast(out, cache).shape == dx.shape


@pytest.fixture
def general_number(monkeypatch):
    """The general number of threads, put back afterwards."""
    monkeypatch.setattr(fast_threads, "_threads", fast_threads.get_threads())


def test_the_number_of_threads_is_set_in_one_place(general_number):
    before = fast_threads.set_threads(3)
    assert fast_threads.get_threads() == 3
    assert fast_threads.get_threads(1) == 1
    assert fast_threads.set_threads(before) == 3


@pytest.mark.parametrize(("said", "expected"), [("3", 3), ("2,1", 2), ("", None), ("many", None)])
def test_the_environment_gives_the_number_of_threads(monkeypatch, general_number, said, expected):
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    fast_threads.set_threads(None)
    assert fast_threads.get_threads() == (expected or min(fast_threads.count_cpus(), 64))


def test_processors_are_counted_where_affinity_is_unknown(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert fast_threads.count_cpus() == (os.cpu_count() or 1)


@pytest.mark.parametrize("threads", [0, 65, 1.5, "two", True])
def test_a_number_of_threads_without_sense_is_told(rng, threads):
    with pytest.raises(ValueError, match="it should be a whole number from 1 to 64"):
        relu_forward_fast(rng.normal(size=(2, 3)), threads=threads)
