"""As much of JAX's arrays and PyTorch's tensors as a gradient check sees, to test without them."""

from types import SimpleNamespace

import numpy as np


class FrozenArray:
    """An array that nobody can change; as in JAX it is of float32 unless `wide`."""

    def __init__(self, values, wide=False):
        values = np.array(values)
        narrow = {"f": np.float32, "c": np.complex64}.get(values.dtype.kind, values.dtype)
        self.wide, self._values = wide, values if wide else values.astype(narrow)
        self._values.flags.writeable = False
        self.dtype, self.shape = self._values.dtype, self._values.shape

    def __array__(self, dtype=None, copy=None):
        return np.array(self._values, dtype=dtype) if dtype or copy else self._values

    def __array_namespace__(self):
        return SimpleNamespace(asarray=lambda values: FrozenArray(values, self.wide))


class Tensor:
    """An array that NumPy sees only without `requires_grad`, and only on the CPU."""

    def __init__(self, values, requires_grad=False, device="cpu"):
        self.memory, self.requires_grad, self.device = np.asarray(values), requires_grad, device
        self.dtype, self.shape = self.memory.dtype, self.memory.shape

    def __array__(self, dtype=None, copy=None):
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self.device != "cpu":
            raise TypeError(f"can't convert {self.device} device type tensor to numpy.")
        return np.array(self.memory, dtype=dtype) if dtype or copy else self.memory

    def detach(self):
        return Tensor(self.memory, device=self.device)

    def cpu(self):
        return Tensor(self.memory, self.requires_grad)

    def clone(self):
        return Tensor(self.memory.copy(), self.requires_grad, self.device)

    def double(self):
        return Tensor(self.memory.astype(np.float64), self.requires_grad, self.device)

    def cdouble(self):
        return Tensor(self.memory.astype(np.complex128), self.requires_grad, self.device)

    def requires_grad_(self, requires_grad):
        self.requires_grad = requires_grad
        return self
