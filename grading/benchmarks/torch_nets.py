"""PyTorch's side of the benchmark. Imported only in a worker that has PyTorch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from grading.benchmarks.workloads import Arrays, Captions, Conv, Pool, Step, by_gate

Call = Callable[[], Arrays]


def convolution(workload: Conv) -> tuple[Call, Call]:
    """conv2d, and autograd's derivatives by x, w and b."""
    arrays = workload.draw()
    x, w, b = (torch.from_numpy(arrays[name]).requires_grad_() for name in "xwb")
    dout = torch.from_numpy(arrays["dout"])

    def run() -> torch.Tensor:
        return functional.conv2d(x, w, b, workload.stride, workload.pad)

    def both() -> Arrays:
        out = run()
        grads = torch.autograd.grad(out, (x, w, b), dout)
        return named(out=out, **dict(zip(("dx", "dw", "db"), grads)))

    return lambda: named(out=run()), both


def pooling(workload: Pool) -> tuple[Call, Call]:
    """max_pool2d, and autograd's derivative by x."""
    arrays = workload.draw()
    x, dout = torch.from_numpy(arrays["x"]).requires_grad_(), torch.from_numpy(arrays["dout"])

    def run() -> torch.Tensor:
        return functional.max_pool2d(x, workload.size, workload.stride)

    def both() -> Arrays:
        out = run()
        return named(out=out, dx=torch.autograd.grad(out, x, dout)[0])

    return lambda: named(out=run()), both


def captioning(workload: Captions) -> Call:
    """nn.LSTM between embedding and linear, with the loss of all words but NULL, which is 0."""
    arrays = {name: torch.from_numpy(array) for name, array in workload.draw().items()}
    H, words = workload.H, arrays.pop("words")
    lstm = nn.LSTM(workload.D, H, batch_first=True).to(arrays["b"].dtype)
    # Here the gates are in the order i, f, g, o, and there is a second b, which stays 0.
    order = torch.cat([torch.arange(2 * H), torch.arange(3 * H, 4 * H), torch.arange(2 * H, 3 * H)])
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(arrays["Wx"].T[order])
        lstm.weight_hh_l0.copy_(arrays["Wh"].T[order])
        lstm.bias_ih_l0.copy_(arrays["b"][order])
        lstm.bias_hh_l0.zero_()
    W_embed, h0, b_vocab = (arrays[k].requires_grad_() for k in ("W_embed", "h0", "b_vocab"))
    W_vocab = arrays["W_vocab"].T.contiguous().requires_grad_()
    c0 = torch.zeros_like(h0)
    asked = [W_embed, h0, W_vocab, b_vocab]
    asked += [lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0]

    def step() -> Arrays:
        h, _ = lstm(functional.embedding(words[:, :-1], W_embed), (h0[None], c0[None]))
        scores = functional.linear(h, W_vocab, b_vocab).flatten(0, 1)
        right = words[:, 1:].flatten()
        loss = functional.cross_entropy(scores, right, ignore_index=0, reduction="sum")
        loss = loss / workload.N
        dW_embed, dh0, dW_vocab, db_vocab, dWx, dWh, db = torch.autograd.grad(loss, asked)
        found = named(W_embed=dW_embed, h0=dh0, W_vocab=dW_vocab.T, b_vocab=db_vocab)
        found |= by_gate("ifgo", **named(Wx=dWx.T, Wh=dWh.T, b=db))
        return found | {"loss": np.array(loss.item())}

    return step


def training(workload: Step, model: Any) -> Call:
    """A step of the same net from the same weights, with torch.optim.Adam as it comes."""
    arrays = workload.draw()
    x, y = torch.from_numpy(arrays["x"]), torch.from_numpy(arrays["y"])
    net = three_layers(model) if workload.kind == "three" else six_convolutions(model)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)

    def step() -> Arrays:
        adam.zero_grad()
        loss = functional.cross_entropy(net(x), y)
        loss.backward()
        adam.step()
        return {"loss": np.array(loss.item())}

    return step


def three_layers(model: Any) -> nn.Module:
    """conv 7x7, ReLU, pool, affine, ReLU, affine, with the parameters of the kit's."""
    W = model.params
    return nn.Sequential(
        *[filled(nn.Conv2d(3, 32, 7, padding=3), W["W1"], W["b1"]), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Flatten(), filled(nn.Linear(8192, 100), W["W2"].T, W["b2"]), nn.ReLU()],
        filled(nn.Linear(100, 10), W["W3"].T, W["b3"]),
    )


def six_convolutions(model: Any) -> nn.Module:
    """Layer by layer what the kit's LayeredNet holds."""
    made: list[nn.Module] = []
    W = model.params
    for name in model.layers:
        kind = name.rstrip("0123456789")
        if kind == "conv":
            F, C, HH, _ = W[f"{name}.w"].shape
            layer = nn.Conv2d(C, F, HH, padding=HH // 2)
            made.append(filled(layer, W[f"{name}.w"], W[f"{name}.b"]))
        elif kind == "batchnorm":
            made.append(nn.BatchNorm2d(len(W[f"{name}.gamma"])))
        elif kind == "affine":
            D, M = W[f"{name}.w"].shape
            made += [nn.Flatten(), filled(nn.Linear(D, M), W[f"{name}.w"].T, W[f"{name}.b"])]
        else:
            made.append({"relu": nn.ReLU, "pool": lambda: nn.MaxPool2d(2)}[kind]())
    return nn.Sequential(*made)


def filled(layer: nn.Module, w: np.ndarray, b: np.ndarray) -> nn.Module:
    """The layer with these parameters, copied."""
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(w)))
        layer.bias.copy_(torch.from_numpy(b))
    return layer


def named(**tensors: torch.Tensor) -> Arrays:
    """As arrays, without copies."""
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}
