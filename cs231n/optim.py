"""Rules by which parameters follow their gradients.

Each rule is `next_w, config = rule(w, dw, config)`, called positionally. `w` and `dw` are of one
shape and stay as they are; `config` holds the rule's settings, where defaults are filled in, and
its state between steps, such as a velocity. What else is in `config` stays untouched. The state
has w's precision.
"""

import numpy as np


def sgd(w, dw, config=None):
    """Step against the gradient: w <- w - learning_rate dw.

    Parameters
    ----------
    w, dw : ndarray, any shape
    config : dict, optional
        learning_rate (1e-2).

    Returns
    -------
    next_w : ndarray, shape of w
    config : dict
    """
    config = _with_defaults(config, learning_rate=1e-2)
    return w - float(config["learning_rate"]) * dw, config


def sgd_momentum(w, dw, config=None):
    """Step with a velocity that remembers: v <- momentum v - learning_rate dw; w <- w + v.

    Parameters
    ----------
    w, dw : ndarray, any shape
    config : dict, optional
        learning_rate (1e-2), momentum (0.9), velocity (zeros).

    Returns
    -------
    next_w : ndarray, shape of w
    config : dict
        With the new velocity.

    References
    ----------
    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    """
    config = _with_defaults(config, learning_rate=1e-2, momentum=0.9)
    rate, momentum = _floats(config, "learning_rate", "momentum")
    velocity = _state(config, "velocity", w)
    ### BEGIN SOLUTION: next_w; the new velocity goes into config["velocity"]
    config["velocity"] = momentum * velocity - rate * dw
    next_w = w + config["velocity"]
    ### END SOLUTION
    return next_w, config


def rmsprop(w, dw, config=None):
    """Step in units of the gradient's recent size.

    cache <- decay_rate cache + (1 - decay_rate) dw^2
    w <- w - learning_rate dw / (sqrt(cache) + epsilon)

    Parameters
    ----------
    w, dw : ndarray, any shape
    config : dict, optional
        learning_rate (1e-2), decay_rate (0.99), epsilon (1e-8), cache (zeros).

    Returns
    -------
    next_w : ndarray, shape of w
    config : dict
        With the new cache.

    References
    ----------
    T. Tieleman and G. Hinton, "Neural networks for machine learning", lecture 6.5, 2012.
    """
    config = _with_defaults(config, learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8)
    rate, decay, epsilon = _floats(config, "learning_rate", "decay_rate", "epsilon")
    cache = _state(config, "cache", w)
    ### BEGIN SOLUTION: next_w; the new cache goes into config["cache"]
    config["cache"] = decay * cache + (1 - decay) * dw**2
    next_w = w - rate * dw / (np.sqrt(config["cache"]) + epsilon)
    ### END SOLUTION
    return next_w, config


def adam(w, dw, config=None):
    """Step along the mean gradient in units of its size, both without the bias of their start.

    t <- t + 1
    m <- beta1 m + (1 - beta1) dw;      m' = m / (1 - beta1^t)
    v <- beta2 v + (1 - beta2) dw^2;    v' = v / (1 - beta2^t)
    w <- w - learning_rate m' / (sqrt(v') + epsilon)

    Parameters
    ----------
    w, dw : ndarray, any shape
    config : dict, optional
        learning_rate (1e-3), beta1 (0.9), beta2 (0.999), epsilon (1e-8), m and v (zeros), t (0),
        the steps taken so far.

    Returns
    -------
    next_w : ndarray, shape of w
    config : dict
        With the new m, v and t.

    References
    ----------
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.
    """
    config = _with_defaults(config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, t=0)
    rate, epsilon = _floats(config, "learning_rate", "epsilon")
    beta1, beta2 = _floats(config, "beta1", "beta2")
    m, v = _state(config, "m", w), _state(config, "v", w)
    ### BEGIN SOLUTION: next_w; the new t, m and v go into config
    config["t"] += 1
    config["m"] = beta1 * m + (1 - beta1) * dw
    config["v"] = beta2 * v + (1 - beta2) * dw**2
    mean = config["m"] / (1 - beta1 ** config["t"])
    square = config["v"] / (1 - beta2 ** config["t"])
    next_w = w - rate * mean / (np.sqrt(square) + epsilon)
    ### END SOLUTION
    return next_w, config


def _with_defaults(config, **defaults):
    config = {} if config is None else config
    for key, value in defaults.items():
        config.setdefault(key, value)
    return config


def _floats(config, *keys):
    """Settings as Python's floats: NumPy's float64 would lift float32 to its precision."""
    return [float(config[key]) for key in keys]


def _state(config, key, w):
    """An array of the rule's state, zeros before the first step."""
    value = config.get(key)
    return np.zeros_like(w) if value is None else value
