"""Variants of the training recipe."""

from grading.mutants import Variant

CLIP = """
bound = float(bound)
return {name: np.clip(grad, -bound, bound) for name, grad in grads.items()}
"""
NORM = """
squares = [np.sum(np.square(grad, dtype=np.float64)) for grad in grads.values()]
norm = float(np.sqrt(sum(squares)))
scale = float(bound) / norm if norm > bound else 1.0
clipped = {name: grad * scale for name, grad in grads.items()}
"""
BIAS = """
predicted = captions[:, 1:]
counts = np.bincount(predicted[predicted != null], minlength=V)
counts = np.maximum(counts, 1)
return np.log(counts / counts.sum())
"""
PERPLEXITY = """
return float(np.exp(-np.mean(logprobs[mask], dtype=np.float64)))
"""
EXCHANGE = """
circle = rng.permutation(len(pictures))
behind = np.empty_like(circle)
behind[circle] = np.roll(circle, -1)
return pictures[behind[place]]
"""
SNAPSHOT = """
state = {
    "params": solver.model.params,
    "optim_configs": solver.optim_configs,
    "randomness": randomness(solver.rng, solver.model),
    "iteration": solver.iteration,
    "epoch": solver.epoch,
    "order": solver.order,
}
return copy.deepcopy(state)
"""
RESTORE = """
state = copy.deepcopy(state)
solver.rng = restore_randomness(state["randomness"], solver.rng, solver.model)
solver.model.params.update(state["params"])
solver.optim_configs = state["optim_configs"]
for name in ("iteration", "epoch", "order"):
    setattr(solver, name, state[name])
"""


def of(exercise, code):
    """Return a function that makes variants of this code, which differ from it in one place."""

    def variant(name, why, old, new, right=False):
        if code.count(old) != 1:
            raise ValueError(f"{exercise}/{name}: {old!r} occurs {code.count(old)} times, not once")
        return Variant(exercise, name, why=why, code=code.replace(old, new), right=right)

    return variant


clip, norm = of("clip-elementwise", CLIP), of("clip-by-norm", NORM)
bias, perplexity = of("bias-from-counts", BIAS), of("caption-perplexity", PERPLEXITY)
exchange = of("exchange-pictures", EXCHANGE)
snapshot, restore = of("solver-snapshot", SNAPSHOT), of("solver-restore", RESTORE)

VARIANTS = [
    # --- clip-elementwise
    clip("only-from-above", "there are two bounds", "grad, -bound", "grad, None"),
    clip("positive-only", "there are negative numbers", "grad, -bound", "grad, 0"),
    clip("fixed-bound", "the bound is given", "bound = float(bound)", "bound = 5.0"),
    clip("promotes-to-float64", "float32 stays float32", "float(bound)", "np.float64(bound)"),
    clip("signs", "small numbers stay", "np.clip(grad, -bound, bound)", "bound * np.sign(grad)"),
    clip("hides-nan", "nan must be seen", "np.clip(grad,", "np.clip(np.nan_to_num(grad),"),
    clip(
        "in-place",
        "the caller's gradients stay",
        "np.clip(grad, -bound, bound)",
        "np.clip(grad, -bound, bound, out=grad)",
    ),
    clip(
        "scaled-to-the-bound",
        "numbers inside stay what they are",
        "np.clip(grad, -bound, bound)",
        "grad * min(1.0, bound / np.abs(grad).max())",
    ),
    Variant(
        "clip-elementwise",
        "a-list",
        why="they come back under their names",
        code="return [np.clip(grad, -float(bound), float(bound)) for grad in grads.values()]",
    ),
    clip(
        "smaller-of-the-larger",
        "the same",
        "np.clip(grad, -bound, bound)",
        "np.minimum(np.maximum(grad, -bound), bound)",
        right=True,
    ),
    # --- clip-by-norm
    norm(
        "always-scales",
        "short ones stay",
        "float(bound) / norm if norm > bound else 1.0",
        "float(bound) / norm",
    ),
    norm("squared-norm", "it is the root", "np.sqrt(sum(squares))", "sum(squares)"),
    norm("sum-of-norms", "all together", "np.sqrt(sum(squares))", "sum(np.sqrt(squares))"),
    norm(
        "absolute-values",
        "it is the Euclidean norm",
        "np.sqrt(sum(squares))",
        "sum(np.abs(grad).sum() for grad in grads.values())",
    ),
    norm("largest-array", "it is of all", "np.sqrt(sum(squares))", "np.sqrt(max(squares))"),
    norm("squares-overflow", "sums are in float64", "np.square(grad, dtype=np.float64)", "grad**2"),
    norm(
        "each-by-itself",
        "the direction changes",
        "grad * scale for",
        "grad * min(1.0, float(bound / max(np.linalg.norm(grad), 1e-300))) for",
    ),
    norm(
        "norm-afterwards",
        "the one before",
        "for name, grad in grads.items()}",
        "for name, grad in grads.items()}\nnorm = min(norm, float(bound))",
    ),
    norm(
        "promotes-to-float64", "float32 stays", "grad * scale for", "grad * np.float64(scale) for"
    ),
    norm(
        "in-place",
        "the caller's gradients stay",
        "clipped = {name: grad * scale for name, grad in grads.items()}",
        "for grad in grads.values():\n    grad *= scale\nclipped = grads",
    ),
    norm(
        "divides-zero-by-zero",
        "a gradient may be 0",
        "float(bound) / norm if norm > bound else 1.0",
        "min(1.0, float(np.float64(bound) / np.float64(norm))) if norm else float('nan')",
    ),
    norm(
        "with-a-little-more",
        "as good a way not to divide by 0",
        "float(bound) / norm if norm > bound else 1.0",
        "min(1.0, float(bound) / (norm + 1e-6))",
        right=True,
    ),
    Variant(
        "clip-by-norm",
        "one-long-vector",
        why="the same",
        code="flat = np.concatenate([g.ravel().astype(np.float64) for g in grads.values()])\n"
        "norm = np.linalg.norm(flat)\n"
        "clipped = {k: g.copy() for k, g in grads.items()}\n"
        "if norm > bound:\n"
        "    clipped = {k: g * float(bound / norm) for k, g in grads.items()}",
        right=True,
    ),
    # --- bias-from-counts
    bias("start-too", "it is never predicted", "captions[:, 1:]", "captions"),
    bias("inputs", "what is predicted, not what goes in", "captions[:, 1:]", "captions[:, :-1]"),
    bias("null-too", "it only fills up", "predicted[predicted != null]", "predicted.ravel()"),
    bias("null-is-zero", "its number is given", "predicted != null", "predicted != 0"),
    bias("never-is-never", "log 0", "np.maximum(counts, 1)", "counts"),
    bias("one-more-for-all", "only those that never come", "np.maximum(counts, 1)", "counts + 1"),
    bias("base-2", "softmax takes natural ones", "np.log(", "np.log2("),
    bias(
        "no-logarithm",
        "these are no scores",
        "np.log(counts / counts.sum())",
        "counts / counts.sum()",
    ),
    bias("counts-only", "the sum is 1", "counts / counts.sum()", "counts"),
    bias("too-short", "words that never come have a score", ", minlength=V", ""),
    bias(
        "forgets-end",
        "it is predicted, too",
        "predicted = captions[:, 1:]",
        "predicted = captions[:, 1:].copy()\n"
        "predicted[np.arange(len(captions)), (captions != null).sum(axis=1) - 2] = null",
    ),
    bias(
        "once-a-sentence",
        "every time counts",
        "np.bincount(predicted[predicted != null], minlength=V)",
        "sum(np.bincount(np.unique(r[r != null]), minlength=V) for r in predicted)",
    ),
    bias(
        "loops",
        "the same",
        "np.bincount(predicted[predicted != null], minlength=V)",
        "np.array([np.sum((predicted == v) & (predicted != null)) for v in range(V)])",
        right=True,
    ),
    bias(
        "differences",
        "the same",
        "counts / counts.sum())",
        "counts) - np.log(counts.sum())",
        right=True,
    ),
    # --- caption-perplexity
    perplexity("all-entries", "masked ones are none", "logprobs[mask]", "logprobs"),
    perplexity("times-mask", "words, not entries", "logprobs[mask]", "logprobs * mask"),
    perplexity("base-2", "natural logarithms", "np.exp(-", "np.exp2(-"),
    perplexity("no-exp", "choices, not nats", "float(np.exp(-", "float((-"),
    perplexity("sign", "above 1", "np.exp(-", "np.exp("),
    perplexity("sum", "a mean", "np.mean(", "np.sum("),
    Variant(
        "caption-perplexity",
        "mean-of-sentences",
        why="words count alike",
        code="rows = [np.exp(-np.mean(p[m])) for p, m in zip(logprobs, mask) if m.any()]\n"
        "return float(np.mean(rows))",
    ),
    Variant(
        "caption-perplexity",
        "without-end",
        why="END is predicted, too",
        code="words = np.where(mask, logprobs, 0.0).sum()\n"
        "return float(np.exp(-words / max(mask.sum() - len(mask), 1)))",
    ),
    Variant(
        "caption-perplexity",
        "masked-by-multiplication",
        why="0 times nan is nan",
        code="return float(np.exp(-(logprobs * mask).sum() / mask.sum()))",
    ),
    Variant(
        "caption-perplexity",
        "sum-and-count",
        why="the same",
        code="total = np.where(mask, logprobs, 0.0).sum(dtype=np.float64)\n"
        "return np.exp(-total / np.count_nonzero(mask))",
        right=True,
    ),
    # --- exchange-pictures
    exchange("shuffled", "some keep theirs", "behind[place]", "circle[place]"),
    exchange(
        "sentences-shuffled",
        "pictures move as wholes",
        "return pictures[behind[place]]",
        "return rng.permutation(image_idxs)",
    ),
    exchange(
        "numbers-of-places", "numbers of pictures", "pictures[behind[place]]", "behind[place]"
    ),
    exchange("the-next-picture", "it is drawn", "rng.permutation", "np.arange"),
    exchange("global-numbers", "from rng", "rng.permutation", "np.random.permutation"),
    exchange(
        "all-the-first",
        "each picture is used",
        "return pictures[behind[place]]",
        "return np.where(place == 0, pictures[1], pictures[0])",
    ),
    exchange(
        "adds-one",
        "there are gaps between numbers",
        "return pictures[behind[place]]",
        "return image_idxs + rng.integers(1, 3)",
    ),
    exchange(
        "a-step-that-is-drawn",
        "nobody keeps his picture",
        "return pictures[behind[place]]",
        "step = rng.integers(1, len(pictures))\nreturn np.roll(pictures, step)[place]",
        right=True,
    ),
    Variant(
        "exchange-pictures",
        "tries-again",
        why="the same in the end",
        code="while True:\n"
        "    order = rng.permutation(len(pictures))\n"
        "    if not np.any(order == np.arange(len(pictures))):\n"
        "        return pictures[order][place]",
        right=True,
    ),
    # --- solver-snapshot
    snapshot("no-copies", "training changes them", "copy.deepcopy(state)", "state"),
    snapshot("shallow", "dicts in dicts", "copy.deepcopy(state)", "copy.copy(state)"),
    snapshot(
        "copies-of-params-only",
        "the rule has a state",
        "return copy.deepcopy(state)",
        'state["params"] = copy.deepcopy(state["params"])\nreturn state',
    ),
    snapshot(
        "copies-of-dicts-only",
        "arrays may change in place",
        "return copy.deepcopy(state)",
        'state["params"] = dict(state["params"])\n'
        'state["optim_configs"] = {k: dict(c) for k, c in state["optim_configs"].items()}\n'
        "return state",
    ),
    snapshot("no-rule", "it has a state", '    "optim_configs": solver.optim_configs,\n', ""),
    snapshot(
        "settings-only",
        "the rule has a state",
        '"optim_configs": solver.optim_configs',
        '"optim_configs": {name: dict(solver.optim_config) for name in solver.model.params}',
    ),
    snapshot("no-model", "it has a generator", "(solver.rng, solver.model)", "(solver.rng)"),
    snapshot("no-order", "sentences wait for their turn", '    "order": solver.order,\n', ""),
    snapshot("no-position", "where in the epoch", "solver.iteration", "0"),
    snapshot("best-params", "those of now", "solver.model.params", "solver.best_params"),
    Variant(
        "solver-snapshot",
        "copies-one-by-one",
        why="the same",
        code='state = {name: getattr(solver, name) for name in ("iteration", "epoch")}\n'
        "order = solver.order\n"
        'state["order"] = None if order is None else order.copy()\n'
        'state["params"] = {name: w.copy() for name, w in solver.model.params.items()}\n'
        'state["optim_configs"] = copy.deepcopy(solver.optim_configs)\n'
        'state["randomness"] = randomness(solver.rng, solver.model)\n'
        "return state",
        right=True,
    ),
    # --- solver-restore
    restore("no-copies", "training changes them", "state = copy.deepcopy(state)\n", ""),
    restore("shallow", "dicts in dicts", "copy.deepcopy(state)", "copy.copy(state)"),
    restore("no-rule", "it has a state", 'solver.optim_configs = state["optim_configs"]\n', ""),
    restore("no-params", "they are the point", 'solver.model.params.update(state["params"])\n', ""),
    restore(
        "params-of-the-solver",
        "they belong to the model",
        "solver.model.params.update(",
        "solver.params = dict(",
    ),
    restore("no-assignment", "another one is made", "solver.rng = restore_ran", "restore_ran"),
    restore("no-order", "the place in the epoch", '"epoch", "order")', '"epoch")'),
    restore("no-position", "where in the epoch", '("iteration", "epoch", "order")', '("order",)'),
    restore(
        "no-random-numbers",
        "batches are drawn",
        'solver.rng = restore_randomness(state["randomness"], solver.rng, solver.model)\n',
        "",
    ),
    restore("no-model", "it has a generator", ", solver.rng, solver.model)", ", solver.rng)"),
    restore(
        "new-generator-lost",
        "what it returns is the solver's",
        'solver.rng = restore_randomness(state["randomness"], solver.rng, solver.model)',
        'restore_randomness(state["randomness"], None, solver.model)',
    ),
    Variant(
        "solver-restore",
        "copies-one-by-one",
        why="the same",
        code='solver.model.params = {name: w.copy() for name, w in state["params"].items()}\n'
        'solver.optim_configs = copy.deepcopy(state["optim_configs"])\n'
        'solver.iteration, solver.epoch = state["iteration"], state["epoch"]\n'
        'solver.order = None if state["order"] is None else np.array(state["order"])\n'
        'solver.rng = restore_randomness(state["randomness"], model=solver.model)',
        right=True,
    ),
]
