"""Networks by name, each as the list of layers that `LayeredNet` takes.

References
----------
Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998 (LeNet-5; ReLU and
max pooling stand for its squashing and averaging).
K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale image recognition",
ICLR 2015 (stages of 3 x 3 convolutions, each stage ending in a pooling).
S. Ioffe and C. Szegedy, "Batch normalization", ICML 2015.
"""

__all__ = ["DESIGNS", "design", "lenet5", "vgg_style"]


def lenet5(num_classes=10):
    """LeNet-5 for pictures of 32 x 32: two convolutions and three affine layers.

    Parameters
    ----------
    num_classes : int

    Returns
    -------
    list
    """
    no_pad = {"stride": 1, "pad": 0}
    return [
        ("conv", 6, 5, no_pad),
        "relu",
        ("pool", 2),
        ("conv", 16, 5, no_pad),
        "relu",
        ("pool", 2),
        ("affine", 120),
        "relu",
        ("affine", 84),
        "relu",
        ("affine", num_classes),
    ]


def vgg_style(stages, num_classes=10, normalize=True, keep=None):
    """Stages of 3 x 3 convolutions, each followed by a 2 x 2 pooling; one affine layer at the end.

    Parameters
    ----------
    stages : list of tuple of int
        For each stage the filters of its convolutions: [(32, 32), (64, 64)].
    num_classes : int
    normalize : bool
        Whether batch normalisation stands behind every convolution.
    keep : float, optional
        Dropout before the last layer that keeps a unit with this probability.

    Returns
    -------
    list
    """
    layers = []
    for stage in stages:
        for filters in stage:
            layers += [("conv", filters, 3), *(["batchnorm"] if normalize else []), "relu"]
        layers.append(("pool", 2))
    return [*layers, *([] if keep is None else [("dropout", keep)]), ("affine", num_classes)]


DESIGNS = {
    "lenet5": lenet5(),
    "small-vgg": vgg_style([(32, 32), (64, 64), (128, 128)], keep=0.7),
}


def design(name):
    """Return the layers of a named network.

    Raises
    ------
    LookupError
        If no network has that name.
    """
    if name not in DESIGNS:
        raise LookupError(f"There is no design {name!r}; there are {', '.join(DESIGNS)}.")
    return DESIGNS[name]
