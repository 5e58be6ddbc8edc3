"""Variants of the normalisation of rows, and of nets with it."""

from grading.mutants import Variant

TRAIN = """
mean, var = x.mean(axis=0), x.var(axis=0)
std = np.sqrt(var + eps)
normalized = (x - mean) / std
out, cache = gamma * normalized + beta, (normalized, gamma, std)
running_mean = momentum * running_mean + (1 - momentum) * mean
running_var = momentum * running_var + (1 - momentum) * var
"""
TEST = """
std = np.sqrt(running_var + eps)
normalized = (x - running_mean) / std
out, cache = gamma * normalized + beta, (normalized, gamma, std)
"""
BACK = """
normalized, gamma, std = cache
dbeta, dgamma = dout.sum(axis=0), (dout * normalized).sum(axis=0)
dx = gamma / std * (dout - (dbeta + normalized * dgamma) / len(dout))
"""
LAYER = """
std = np.sqrt(x.var(axis=1, keepdims=True) + eps)
normalized = (x - x.mean(axis=1, keepdims=True)) / std
out, cache = gamma * normalized + beta, (normalized, gamma, std)
"""
LAYER_BACK = """
normalized, gamma, std = cache
dbeta, dgamma = dout.sum(axis=0), (dout * normalized).sum(axis=0)
dnormalized = dout * gamma
along = (dnormalized * normalized).mean(axis=1, keepdims=True)
dx = (dnormalized - dnormalized.mean(axis=1, keepdims=True) - normalized * along) / std
"""


def edited(exercise, name, why, code, old, new, right=False):
    """A variant that differs from these lines in one place."""
    if code.count(old) != 1:
        raise ValueError(f"{exercise}/{name}: {old!r} occurs {code.count(old)} times, not once")
    return Variant(exercise, name, why=why, code=code.replace(old, new), right=right)


def training(name, why, old, new, right=False):
    """A variant of training."""
    return edited("batchnorm-forward-train", name, why, TRAIN, old, new, right)


def by_averages(name, why, old, new, right=False):
    """A variant of testing."""
    return edited("batchnorm-forward-test", name, why, TEST, old, new, right)


def backwards(name, why, old, new):
    """A wrong way back, in either of the two functions."""
    exercises = ("batchnorm-backward", "batchnorm-backward-alt")
    return [edited(exercise, name, why, BACK, old, new) for exercise in exercises]


VARIANTS = [
    # --- batchnorm-forward-train
    training(
        "sample-variance", "the batch is all there is", "x.var(axis=0)", "x.var(axis=0, ddof=1)"
    ),
    training("eps-beside-the-root", "eps is below it", "np.sqrt(var + eps)", "np.sqrt(var) + eps"),
    training("forgets-eps", "small numbers show it", "np.sqrt(var + eps)", "np.sqrt(var)"),
    training("fixed-eps", "bn_param has another", "np.sqrt(var + eps)", "np.sqrt(var + 1e-5)"),
    training(
        "forgets-beta", "out is shifted, too", "gamma * normalized + beta", "gamma * normalized"
    ),
    training(
        "over-the-features",
        "a feature is normalised over the examples",
        "mean, var = x.mean(axis=0), x.var(axis=0)",
        "mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)",
    ),
    training(
        "averages-with-turned-weights",
        "momentum is the share of the old average",
        "momentum * running_mean + (1 - momentum) * mean",
        "(1 - momentum) * running_mean + momentum * mean",
    ),
    training(
        "fixed-momentum",
        "bn_param has another",
        "momentum * running_var + (1 - momentum) * var",
        "0.9 * running_var + 0.1 * var",
    ),
    training(
        "averages-the-standard-deviation",
        "running_var is of variances",
        "(1 - momentum) * var",
        "(1 - momentum) * std",
    ),
    training(
        "averages-the-unbiased-variance",
        "it is the batch's own, as it normalises",
        "(1 - momentum) * var",
        "(1 - momentum) * x.var(axis=0, ddof=1)",
    ),
    training(
        "forgets-the-running-variance",
        "both averages move",
        "running_var = momentum * running_var + (1 - momentum) * var",
        "",
    ),
    training(
        "promotes-to-float64",
        "float32 stays float32",
        "mean, var = x.mean(axis=0), x.var(axis=0)",
        "x = x.astype(np.float64)\nmean, var = x.mean(axis=0), x.var(axis=0)",
    ),
    training(
        "mean-of-squares",
        "the same variance",
        "x.var(axis=0)",
        "np.mean((x - x.mean(axis=0)) ** 2, axis=0)",
        right=True,
    ),
    # --- batchnorm-forward-test
    by_averages(
        "by-the-batch",
        "a single example would be its own mean",
        "(x - running_mean) / std",
        "(x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)",
    ),
    by_averages(
        "eps-beside-the-root", "eps is below it", "(running_var + eps)", "(running_var) + eps"
    ),
    by_averages(
        "forgets-beta", "out is shifted, too", "gamma * normalized + beta", "gamma * normalized"
    ),
    by_averages(
        "promotes-to-float64",
        "float32 stays float32",
        "std = ",
        "x = x.astype(np.float64)\nstd = ",
    ),
    by_averages(
        "moves-the-averages",
        "testing only reads them",
        "std = ",
        "running_mean = momentum * running_mean + (1 - momentum) * x.mean(axis=0)\nstd = ",
    ),
    by_averages(
        "one-scale-and-one-shift",
        "the same numbers",
        "out, cache = gamma * normalized + beta, (normalized, gamma, std)",
        "scale = gamma / std\nout = scale * x + (beta - scale * running_mean)\n"
        "cache = (normalized, gamma, std)",
        right=True,
    ),
    # --- batchnorm-backward, batchnorm-backward-alt
    *backwards("forgets-the-mean", "every x moves it", "dbeta + normalized", "normalized"),
    *backwards(
        "forgets-the-variance", "every x moves it", "(dbeta + normalized * dgamma)", "dbeta"
    ),
    *backwards("forgets-gamma", "x was scaled by it", "dx = gamma / std", "dx = 1 / std"),
    *backwards("turned-sign", "what is shared is taken off", "dout - (dbeta", "dout + (dbeta"),
    *backwards("swapped", "gamma's comes first", "dbeta, dgamma = ", "dgamma, dbeta = "),
    *backwards("means", "a sum reaches each of them", "dout.sum(axis=0)", "dout.mean(axis=0)"),
    *backwards(
        "promotes-to-float64",
        "float32 stays float32",
        "normalized, gamma, std = cache",
        "normalized, gamma, std = cache\ndout = dout.astype(np.float64)",
    ),
    Variant(
        "batchnorm-backward",
        "the-short-formula",
        why="the same derivative",
        code=BACK,
        right=True,
    ),
    Variant(
        "batchnorm-backward-alt",
        "in-matrices",
        why="the same derivative",
        code="""
normalized, gamma, std = cache
N = len(dout)
dbeta, dgamma = dout.sum(axis=0), np.einsum("nd,nd->d", dout, normalized)
dx = gamma * (N * dout - dbeta - normalized * dgamma) / (N * std)
""",
        right=True,
    ),
    # --- layernorm-forward
    edited(
        "layernorm-forward",
        "by-the-batch",
        "each example is normalised by itself",
        LAYER,
        "x - x.mean(axis=1, keepdims=True)",
        "x - x.mean(axis=0)",
    ),
    edited(
        "layernorm-forward",
        "eps-beside-the-root",
        "eps is below it",
        LAYER,
        "np.sqrt(x.var(axis=1, keepdims=True) + eps)",
        "np.sqrt(x.var(axis=1, keepdims=True)) + eps",
    ),
    edited(
        "layernorm-forward",
        "sample-variance",
        "the features are all there is",
        LAYER,
        "keepdims=True) + eps",
        "keepdims=True, ddof=1) + eps",
    ),
    edited(
        "layernorm-forward",
        "forgets-gamma",
        "out is scaled, too",
        LAYER,
        "gamma * normalized + beta",
        "normalized + beta",
    ),
    edited(
        "layernorm-forward",
        "promotes-to-float64",
        "float32 stays float32",
        LAYER,
        "out, cache = gamma * normalized + beta,",
        "out, cache = gamma * normalized + beta + np.zeros(x.shape),",
    ),
    edited(
        "layernorm-forward",
        "turned-around",
        "examples as columns, and back",
        LAYER,
        "normalized = (x - x.mean(axis=1, keepdims=True)) / std",
        "normalized = ((x.T - x.mean(axis=1)) / std[:, 0]).T",
        right=True,
    ),
    # --- layernorm-backward
    edited(
        "layernorm-backward",
        "gamma-outside-the-means",
        "gamma differs along the axis of the means",
        LAYER_BACK,
        "dnormalized = dout * gamma\n",
        "dnormalized, std = dout, std / gamma\n",
    ),
    edited(
        "layernorm-backward",
        "forgets-the-variance",
        "every feature moves it",
        LAYER_BACK,
        " - normalized * along",
        "",
    ),
    edited(
        "layernorm-backward",
        "sums-over-features",
        "gamma belongs to a feature, and examples add up",
        LAYER_BACK,
        "(dout * normalized).sum(axis=0)",
        "(dout * normalized).mean(axis=0)",
    ),
    edited(
        "layernorm-backward",
        "by-the-batch",
        "the means are over features",
        LAYER_BACK,
        "dnormalized.mean(axis=1, keepdims=True) - ",
        "dnormalized.mean(axis=0) - ",
    ),
    edited(
        "layernorm-backward",
        "with-sums",
        "the same derivative",
        LAYER_BACK,
        "along = (dnormalized * normalized).mean(axis=1, keepdims=True)",
        "D = dout.shape[1]\nalong = np.sum(dnormalized * normalized, axis=1)[:, None] / D",
        right=True,
    ),
    # --- fc-net-normalize
    Variant(
        "fc-net-normalize",
        "always-by-batch",
        why="layernorm was asked for, too",
        edits=[("forward = layers.layernorm_forward", "forward = layers.batchnorm_forward")],
    ),
    Variant(
        "fc-net-normalize",
        "one-state-for-all-layers",
        why="every layer has running averages of its own",
        edits=[("beta, self.bn_params[layer - 1])", "beta, self.bn_params[0])")],
    ),
    Variant(
        "fc-net-normalize",
        "forgets-the-state",
        why="what is written into a new dict is lost",
        edits=[("beta, self.bn_params[layer - 1])", 'beta, {"mode": "train"})')],
    ),
    Variant(
        "fc-net-normalize",
        "the-first-layers-gamma",
        why="every layer has a gamma of its own",
        edits=[
            (
                'gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]',
                'gamma, beta = self.params["gamma1"][:1], self.params[f"beta{layer}"]',
            )
        ],
    ),
    Variant(
        "fc-net-normalize",
        "two-branches",
        why="the same calls",
        code="""
names = f"gamma{layer}", f"beta{layer}"
arguments = [out, *(self.params[name] for name in names), self.bn_params[layer - 1]]
if self.normalization == "layernorm":
    return layers.layernorm_forward(*arguments)
return layers.batchnorm_forward(*arguments)
""",
        right=True,
    ),
    # --- fc-net-normalize-backward
    Variant(
        "fc-net-normalize-backward",
        "always-by-batch",
        why="layernorm was asked for, too",
        edits=[("backward = layers.layernorm_backward", "backward = layers.batchnorm_backward")],
    ),
    Variant(
        "fc-net-normalize-backward",
        "passes-dout-on",
        why="x was normalised on the way",
        edits=[("] = backward(dout, cache)\n", "] = backward(dout, cache)\n        dx = dout\n")],
    ),
    Variant(
        "fc-net-normalize-backward",
        "swapped-names",
        why="gamma's comes first",
        edits=[
            (
                'dx, grads[f"gamma{layer}"], grads[f"beta{layer}"] =',
                'dx, grads[f"beta{layer}"], grads[f"gamma{layer}"] =',
            )
        ],
    ),
    Variant(
        "fc-net-normalize-backward",
        "by-the-short-formula",
        why="the same derivative",
        edits=[
            (
                "            backward = layers.batchnorm_backward\n",
                "            backward = layers.batchnorm_backward_alt\n",
            )
        ],
        right=True,
    ),
]
