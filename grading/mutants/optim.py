"""Variants of the update rules."""

from grading.mutants import Variant

VARIANTS = [
    # --- sgd-momentum
    Variant(
        "sgd-momentum",
        "climbs",
        why="the gradient points to where the loss grows",
        edits=[("momentum * velocity - rate * dw", "momentum * velocity + rate * dw")],
    ),
    Variant(
        "sgd-momentum",
        "forgets-the-velocity",
        why="the next step would begin at rest",
        code="""
next_w = w + momentum * velocity - rate * dw
""",
    ),
    Variant(
        "sgd-momentum",
        "keeps-it-under-another-name",
        why='the state is read from config["velocity"]',
        edits=[
            (
                'config["velocity"] = momentum * velocity - rate * dw',
                'config["v"] = momentum * velocity - rate * dw',
            ),
            ('next_w = w + config["velocity"]', 'next_w = w + config["v"]'),
        ],
    ),
    Variant(
        "sgd-momentum",
        "fixed-momentum",
        why="0.9 is the default, not the setting",
        edits=[("momentum * velocity - rate * dw", "0.9 * velocity - rate * dw")],
    ),
    Variant(
        "sgd-momentum",
        "running-mean-of-gradients",
        why="that is another rule: here the gradient is not weighted by 1 - momentum",
        edits=[
            ("momentum * velocity - rate * dw", "momentum * velocity - (1 - momentum) * rate * dw")
        ],
    ),
    Variant(
        "sgd-momentum",
        "nesterov",
        why="looking ahead is a good rule, and another",
        code="""
config["velocity"] = momentum * velocity - rate * dw
next_w = w - momentum * velocity + (1 + momentum) * config["velocity"]
""",
    ),
    Variant(
        "sgd-momentum",
        "in-place",
        why="the rules have always been allowed to change w itself",
        code="""
velocity *= momentum
velocity -= rate * dw
w += velocity
next_w, config["velocity"] = w, velocity
""",
        right=True,
    ),
    # --- rmsprop
    Variant(
        "rmsprop",
        "epsilon-under-the-root",
        why="1e-8 under a root is 1e-4",
        edits=[('(np.sqrt(config["cache"]) + epsilon)', 'np.sqrt(config["cache"] + epsilon)')],
    ),
    Variant(
        "rmsprop",
        "fixed-epsilon",
        why="1e-8 is the default, not the setting",
        edits=[('(np.sqrt(config["cache"]) + epsilon)', '(np.sqrt(config["cache"]) + 1e-8)')],
    ),
    Variant(
        "rmsprop",
        "adagrad",
        why="a sum of squares only grows; RMSProp keeps a mean that forgets",
        edits=[("decay * cache + (1 - decay) * dw**2", "cache + dw**2")],
    ),
    Variant(
        "rmsprop",
        "forgets-the-square",
        why="the cache holds squares",
        edits=[("(1 - decay) * dw**2", "(1 - decay) * np.abs(dw)")],
    ),
    Variant(
        "rmsprop",
        "turned-weights",
        why="the old mean weighs decay_rate, the new square the rest",
        edits=[("decay * cache + (1 - decay) * dw**2", "(1 - decay) * cache + decay * dw**2")],
    ),
    Variant(
        "rmsprop",
        "forgets-the-cache",
        why="the state has to be in config",
        code="""
cache = decay * cache + (1 - decay) * dw**2
next_w = w - rate * dw / (np.sqrt(cache) + epsilon)
""",
    ),
    Variant(
        "rmsprop",
        "moves-by-the-difference",
        why="decay c + (1 - decay) g^2 is c + (1 - decay) (g^2 - c)",
        code="""
config["cache"] = cache + (1 - decay) * (np.square(dw) - cache)
w -= rate * dw / (config["cache"] ** 0.5 + epsilon)
next_w = w
""",
        right=True,
    ),
    # --- adam
    Variant(
        "adam",
        "uses-the-old-t",
        why="at the first step 1 - beta1^0 is 0",
        edits=[
            ('    config["t"] += 1\n', '    t = config["t"]\n    config["t"] += 1\n'),
            ('(1 - beta1 ** config["t"])', "(1 - beta1**t)"),
            ('(1 - beta2 ** config["t"])', "(1 - beta2**t)"),
        ],
    ),
    Variant(
        "adam",
        "never-counts",
        why="then every step is corrected as if it were the first",
        edits=[
            ('    config["t"] += 1\n', '    t = config["t"] + 1\n'),
            ('(1 - beta1 ** config["t"])', "(1 - beta1**t)"),
            ('(1 - beta2 ** config["t"])', "(1 - beta2**t)"),
        ],
    ),
    Variant(
        "adam",
        "no-correction",
        why="the first steps are then far too large",
        edits=[(' / (1 - beta1 ** config["t"])', ""), (' / (1 - beta2 ** config["t"])', "")],
    ),
    Variant(
        "adam",
        "corrects-the-state-itself",
        why="m and v stay as they are; what is corrected is for this step only",
        edits=[
            (
                'mean = config["m"] / (1 - beta1 ** config["t"])',
                'mean = config["m"] = config["m"] / (1 - beta1 ** config["t"])',
            )
        ],
    ),
    Variant(
        "adam",
        "epsilon-under-the-root",
        why="1e-8 under a root is 1e-4",
        edits=[
            ("rate * mean / (np.sqrt(square) + epsilon)", "rate * mean / np.sqrt(square + epsilon)")
        ],
    ),
    Variant(
        "adam",
        "one-beta-for-both",
        why="v forgets more slowly than m",
        edits=[("beta2 * v + (1 - beta2) * dw**2", "beta1 * v + (1 - beta1) * dw**2")],
    ),
    Variant(
        "adam",
        "fixed-betas",
        why="0.9 and 0.999 are the defaults, not the settings",
        edits=[
            (
                'beta1, beta2 = _floats(config, "beta1", "beta2")\n    m, v',
                "beta1, beta2 = 0.9, 0.999\n    m, v",
            )
        ],
    ),
    Variant(
        "adam",
        "product-instead-of-power",
        why="after t steps beta^t is left of the start",
        edits=[('(1 - beta1 ** config["t"])', '(1 - beta1 * config["t"])')],
    ),
    Variant(
        "adam",
        "the-papers-other-order",
        why="the correction goes into the learning rate, and epsilon stands beside the root of v",
        code="""
config["t"] += 1
t = config["t"]
config["m"] = m + (1 - beta1) * (dw - m)
config["v"] = v + (1 - beta2) * (dw * dw - v)
alpha = rate * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
next_w = w - alpha * config["m"] / (np.sqrt(config["v"]) + epsilon)
""",
        right=True,
    ),
]
