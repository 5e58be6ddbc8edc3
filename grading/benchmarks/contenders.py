"""What runs in a worker: each contender turns a workload into a call, which returns its results."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grading.benchmarks.workloads import (
    SIX,
    Arrays,
    Captions,
    Conv,
    Pool,
    Product,
    Step,
    Workload,
    by_gate,
)

Call = Callable[[], Arrays]
CONTENDERS = ("kit", "torch", "textbook", "roof")
ADAM = {"learning_rate": 1e-3}
SEED = 7


def prepare(contender: str, workload: Workload, threads: int) -> tuple[Call, Call]:
    """The call forward and the call forward and backward, for one contender.

    Raises
    ------
    ValueError
        If there is no such contender.
    """
    if isinstance(workload, Product):
        return (call := product(workload)), call
    if contender == "torch":
        return with_torch(workload, threads)
    if contender == "textbook":
        from grading.benchmarks import textbook

        textbook.install()
    elif contender != "kit":
        raise ValueError(f"There is no contender {contender!r}; take one of {CONTENDERS}.")
    if isinstance(workload, Conv):
        return convolution(workload)
    if isinstance(workload, Pool):
        return pooling(workload)
    if isinstance(workload, Captions):
        return (call := captioning(workload, contender)), call
    return (call := training(workload)), call


def product(workload: Product) -> Call:
    """One product of two large matrices, by NumPy."""
    arrays = workload.draw()
    return lambda: {"out": arrays["x"] @ arrays["y"]}


def convolution(workload: Conv) -> tuple[Call, Call]:
    """A convolution by the fast layers of this process."""
    from cs231n import fast_layers

    arrays = workload.draw()
    x, w, b, dout = (arrays[name] for name in ("x", "w", "b", "dout"))

    def forward() -> Arrays:
        return {"out": fast_layers.conv_forward_fast(x, w, b, workload.param)[0]}

    def both() -> Arrays:
        out, cache = fast_layers.conv_forward_fast(x, w, b, workload.param)
        dx, dw, db = fast_layers.conv_backward_fast(dout, cache)
        return {"out": out, "dx": dx, "dw": dw, "db": db}

    return forward, both


def pooling(workload: Pool) -> tuple[Call, Call]:
    """Max pooling by the fast layers of this process."""
    from cs231n import fast_layers

    arrays = workload.draw()
    x, dout = arrays["x"], arrays["dout"]

    def forward() -> Arrays:
        return {"out": fast_layers.max_pool_forward_fast(x, workload.param)[0]}

    def both() -> Arrays:
        out, cache = fast_layers.max_pool_forward_fast(x, workload.param)
        return {"out": out, "dx": fast_layers.max_pool_backward_fast(dout, cache)}

    return forward, both


def training(workload: Step) -> Call:
    """One step of a net of the kit's, with Adam as the Solver calls it."""
    from cs231n import optim

    arrays, model = workload.draw(), make_net(workload.kind)
    states = {name: dict(ADAM) for name in model.params}

    def step() -> Arrays:
        loss, grads = model.loss(arrays["x"], arrays["y"])
        for name, value in model.params.items():
            model.params[name], states[name] = optim.adam(value, grads[name], states[name])
        return {"loss": np.array(loss)}

    return step


def captioning(workload: Captions, contender: str) -> Call:
    """A step of an LSTM on captions, by the fast functions or by the textbook's."""
    from cs231n.kernels import fast_recurrent as fast
    from grading.benchmarks import textbook_captions

    arrays = workload.draw()
    if contender == "textbook":
        return lambda: textbook_captions.step(**arrays)
    words = arrays["words"]
    mask = np.ones(words[:, 1:].shape, dtype=bool)

    def step() -> Arrays:
        x = arrays["W_embed"][words[:, :-1]]
        h, cache = fast.lstm_forward_fast(x, *(arrays[name] for name in ("h0", "Wx", "Wh", "b")))
        loss, dh, dW_vocab, db_vocab = fast.softmax_words_fast(
            h, arrays["W_vocab"], arrays["b_vocab"], words[:, 1:], mask
        )
        dx, dh0, dWx, dWh, db, *_ = fast.lstm_backward_fast(dh, cache)
        dW_embed = fast.word_embedding_backward_fast(dx, words[:, :-1], workload.V)
        found = {"W_embed": dW_embed, "h0": dh0} | by_gate("ifog", Wx=dWx, Wh=dWh, b=db)
        return found | {"W_vocab": dW_vocab, "b_vocab": db_vocab, "loss": np.array(loss)}

    return step


def make_net(kind: str) -> Any:
    """A net of the kit's; its first weights are those of PyTorch's net, too."""
    from cs231n.classifiers.cnn import ThreeLayerConvNet
    from cs231n.classifiers.layered_net import LayeredNet

    np.random.seed(SEED)
    if kind == "three":
        return ThreeLayerConvNet(weight_scale=1e-2, dtype=np.float32)
    return LayeredNet(SIX, seed=SEED)


def with_torch(workload: Workload, threads: int) -> tuple[Call, Call]:
    """The same by PyTorch on the CPU, eager."""
    import torch

    from grading.benchmarks import torch_nets

    torch.set_num_threads(threads)
    if isinstance(workload, Conv):
        return torch_nets.convolution(workload)
    if isinstance(workload, Pool):
        return torch_nets.pooling(workload)
    if isinstance(workload, Captions):
        return (call := torch_nets.captioning(workload)), call
    return (call := torch_nets.training(workload, make_net(workload.kind))), call
