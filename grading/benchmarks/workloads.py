"""What is measured: layers of fixed shapes and training steps, with their sizes and counts."""

from dataclasses import dataclass

import numpy as np

Arrays = dict[str, np.ndarray]
MIB = 2**20


@dataclass(frozen=True)
class Conv:
    """A convolution, forward and backward by x, w and b."""

    name: str
    x: tuple[int, int, int, int]
    w: tuple[int, int, int, int]
    stride: int
    pad: int
    dtype: str = "float32"

    @property
    def out(self) -> tuple[int, int, int, int]:
        """Shape of what comes out."""
        N, _, H, W = self.x
        F, _, HH, WW = self.w
        places = [1 + (n + 2 * self.pad - k) // self.stride for n, k in ((H, HH), (W, WW))]
        return N, F, *places

    @property
    def flops(self) -> int:
        """Multiplications and additions of the three products: out, dx and dw."""
        return 3 * 2 * int(np.prod(self.out)) * int(np.prod(self.w[1:]))

    @property
    def param(self) -> dict[str, int]:
        """As the layer functions take it."""
        return {"stride": self.stride, "pad": self.pad}

    def draw(self) -> Arrays:
        """Arrays of a fixed seed, the same for every contender."""
        shapes = {"x": self.x, "w": self.w, "b": self.w[:1], "dout": self.out}
        return draw(shapes, self.dtype)

    @property
    def results(self) -> int:
        """Bytes of what is asked for: out, dx, dw and db."""
        shapes = [self.out, self.x, self.w, self.w[:1]]
        return sum(int(np.prod(shape)) for shape in shapes) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True)
class Pool:
    """Max pooling, forward and backward."""

    name: str
    x: tuple[int, int, int, int]
    size: int
    stride: int
    dtype: str = "float32"
    flops = 0

    @property
    def out(self) -> tuple[int, int, int, int]:
        """Shape of what comes out."""
        N, C, H, W = self.x
        return N, C, *(1 + (n - self.size) // self.stride for n in (H, W))

    @property
    def param(self) -> dict[str, int]:
        """As the layer functions take it."""
        return {"pool_height": self.size, "pool_width": self.size, "stride": self.stride}

    def draw(self) -> Arrays:
        """Arrays of a fixed seed, the same for every contender."""
        return draw({"x": self.x, "dout": self.out}, self.dtype)

    @property
    def results(self) -> int:
        """Bytes of what is asked for: out and dx."""
        size = int(np.prod(self.out)) + int(np.prod(self.x))
        return size * np.dtype(self.dtype).itemsize


@dataclass(frozen=True)
class Step:
    """One training step on 50 pictures: loss, gradients and Adam. `kind` is "three" or "six"."""

    name: str
    kind: str
    batch: int = 50
    dtype: str = "float32"
    flops = 0
    results = 0

    def draw(self) -> Arrays:
        """Pictures and labels of a fixed seed."""
        arrays = draw({"x": (self.batch, 3, 32, 32)}, self.dtype)
        arrays["y"] = np.random.default_rng(1).integers(10, size=self.batch)
        return arrays


@dataclass(frozen=True)
class Captions:
    """One training step of an LSTM on N captions without an update: the loss, and all gradients.

    Words' vectors, D numbers each, go through an LSTM with H units and become scores of V words;
    the state before the first step is an input, as if it came from a picture. All steps count.
    """

    name: str
    N: int
    dtype: str = "float32"
    T: int = 16
    D: int = 256
    H: int = 512
    V: int = 1000
    results = 0

    @property
    def flops(self) -> int:
        """Multiplications and additions of all products."""
        return 3 * 2 * self.N * self.T * (4 * self.H * (self.D + self.H) + self.H * self.V)

    def draw(self) -> Arrays:
        """Parameters, first states and captions of a fixed seed, the same for every contender."""
        shapes = {"W_embed": (self.V, self.D), "h0": (self.N, self.H), "b": (4 * self.H,)}
        shapes |= {"Wx": (self.D, 4 * self.H), "Wh": (self.H, 4 * self.H)}
        shapes |= {"W_vocab": (self.H, self.V), "b_vocab": (self.V,)}
        scaled = {n: a / np.sqrt(a.shape[0]) for n, a in draw(shapes, self.dtype).items()}
        arrays = {name: array.astype(self.dtype) for name, array in scaled.items()}
        arrays["words"] = np.random.default_rng(1).integers(1, self.V, size=(self.N, self.T + 1))
        return arrays


@dataclass(frozen=True)
class Product:
    """A product of two square matrices, which the processor does fastest: the roof."""

    dtype: str = "float32"
    side: int = 1536
    name = "roof"

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * self.side**3

    def draw(self) -> Arrays:
        """Two matrices."""
        return draw({"x": (self.side, self.side), "y": (self.side, self.side)}, self.dtype)


Workload = Conv | Pool | Step | Captions | Product

SIX = [
    *[("conv", 32, 3), "batchnorm", "relu", ("conv", 32, 3), "batchnorm", "relu", ("pool", 2)],
    *[("conv", 64, 3), "batchnorm", "relu", ("conv", 64, 3), "batchnorm", "relu", ("pool", 2)],
    *[("conv", 128, 3), "batchnorm", "relu", ("conv", 128, 3), "batchnorm", "relu", ("pool", 2)],
    ("affine", 10),
]


def all_workloads() -> list[Workload]:
    """The rows of the table, in order."""
    rows: list[Workload] = []
    for dtype in ("float32", "float64"):
        rows += [
            Conv("a", (100, 3, 31, 31), (25, 3, 3, 3), 2, 1, dtype),
            Conv("b", (64, 32, 32, 32), (64, 32, 3, 3), 1, 1, dtype),
            Conv("c", (50, 3, 32, 32), (32, 3, 7, 7), 1, 3, dtype),
            Conv("d", (4, 64, 112, 112), (128, 64, 3, 3), 1, 1, dtype),
            Pool("pool 2x2", (100, 32, 32, 32), 2, 2, dtype),
            Pool("pool 3x3", (100, 32, 32, 32), 3, 2, dtype),
        ]
    rows += [Step("ThreeLayerConvNet", "three"), Step("six convolutions", "six")]
    for dtype in ("float32", "float64"):
        rows += [Captions("LSTM captioning", 100, dtype), Captions("LSTM, 25 captions", 25, dtype)]
    return rows


def draw(shapes: dict[str, tuple[int, ...]], dtype: str) -> Arrays:
    """Normal numbers of a fixed seed."""
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}


def by_gate(order: str, **arrays: np.ndarray) -> Arrays:
    """The blocks of each array's last axis, named after the gates in this order; no copies."""
    return {
        f"{name} of {gate}": block
        for name, array in arrays.items()
        for gate, block in zip(order, np.split(array, 4, axis=-1))
    }
