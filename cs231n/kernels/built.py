"""The compiled kernels of the layers, or None where there are none; their NumPy twins run then."""

try:
    from cs231n.kernels import conv_kernels, layer_kernels
except ImportError:  # no compiler, or not built yet
    conv_kernels = layer_kernels = None

KERNELS = "cython" if layer_kernels else "numpy"
