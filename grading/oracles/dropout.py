"""What the checks of dropout expect: products, number by number."""

import numpy as np


def elementwise(a, b):
    """The product of each number of a with the one at its place in b."""
    pairs = zip(a.ravel().tolist(), b.ravel().tolist())
    return np.array([one * other for one, other in pairs]).reshape(a.shape)


ORACLES = [elementwise]
