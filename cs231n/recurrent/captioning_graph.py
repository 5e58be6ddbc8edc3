"""What `CaptioningRNN` computes, with all its options, by the kit's own layers.

The picture enters in one of four ways (`PICTURES`), layers stand on top of each other, and dropout
works on the picture's numbers, the words' vectors, between layers, and before the scores. It never
touches what a layer hands on to its own next step: that state is the undropped one, forwards and
backwards. Nothing here uses what students write, so a captioner trains and speaks without it.
"""

import numpy as np

from cs231n.kernels import fast_recurrent as fast

PICTURES = ("state", "start", "every", "step")
PLACES = ("picture", "words", "between", "scores")


def first_params(rng, V, D, W, H, m, num_layers, picture):
    """Draw first parameters, float64, from `rng`, which has `standard_normal`.

    Parameters
    ----------
    rng : numpy.random.Generator or numpy.random
    V, D, W, H : int
        Words, numbers of a picture, of a word and of a state.
    m : int
        Blocks of a cell: 1 or 4.
    num_layers : int
    picture : one of `PICTURES`

    Returns
    -------
    dict of ndarray
        Of variance 1 / fan-in; words' vectors of 0.01^2; biases are 0.
    """
    entering = {"state": H, "step": W}.get(picture, m * H)
    shapes = {"W_embed": (V, W), "W_proj": (D, entering)}
    for layer in range(1, num_layers + 1):
        Wx, Wh, _ = names_of(layer)
        shapes |= {Wx: (W if layer == 1 else H, m * H), Wh: (H, m * H)}
    shapes["W_vocab"] = (H, V)
    params = {}
    for name, shape in shapes.items():
        scale = 100 if name == "W_embed" else np.sqrt(shape[0])
        params[name] = rng.standard_normal(shape) / scale
    biases = {names_of(layer)[2]: m * H for layer in range(1, num_layers + 1)}
    for name, size in {"b_proj": entering, **biases, "b_vocab": V}.items():
        params[name] = np.zeros(size)
    return params


def names_of(layer):
    """The names of a layer's Wx, Wh and b: the first has the historical ones."""
    number = "" if layer == 1 else str(layer)
    return f"Wx{number}", f"Wh{number}", f"b{number}"


def draw_masks(model, N, T):
    """Masks of inverted dropout: each number is 0, or 1 / (share kept).

    Returns
    -------
    dict of ndarray
        "picture" (N, D), "words" (N, T, W), "between2", ... (N, T', H) with the step of the picture
        where it has one, "scores" (N, T, H); only where something is dropped.
    """
    steps = T + (model.picture == "step")
    H = model.params["Wh"].shape[0]
    shapes = {"picture": (N, len(model.params["W_proj"])), "words": (N, T, model.wordvec_dim)}
    shapes |= {f"between{layer}": (N, steps, H) for layer in range(2, model.num_layers + 1)}
    shapes["scores"] = (N, T, H)
    masks = {}
    for name, shape in shapes.items():
        rate = model.dropout[name.rstrip("0123456789")]
        if rate:
            kept = model.rng.random(shape) >= rate
            masks[name] = kept * model.dtype.type(1 / (1 - rate))
    return masks


def forward(model, features, words, masks, lengths=None):
    """The states that scores are made of, (N, T, H), and a cache.

    Parameters
    ----------
    model : CaptioningRNN
    features : ndarray, shape (N, D)
    words : ndarray, shape (N, T), int
        From "<START>" on.
    masks : dict
        Of `draw_masks`; {} drops nothing.
    lengths : ndarray, shape (N,), int, optional
        Steps behind which no score counts: they are not computed.
    """
    p = model.params
    seen = _masked(features.astype(model.dtype, copy=False), masks, "picture")
    picture = seen @ p["W_proj"] + p["b_proj"]
    x = _masked(p["W_embed"][words], masks, "words")
    if model.picture == "step":
        x = np.concatenate([picture[:, None], x], axis=1)
        lengths = None if lengths is None else lengths + 1
    caches = []
    for layer in range(1, model.num_layers + 1):
        x = _masked(x, masks, f"between{layer}")
        h0, added = _entrance(model, picture, layer)
        x, cache = _run(model, x, h0, layer, added, lengths)
        caches.append(cache)
    h = x[:, 1:] if model.picture == "step" else x
    return _masked(h, masks, "scores"), (seen, words, caches)


def backward(model, dh, cache, masks):
    """The derivatives by all parameters but those of the scores, given those by `forward`'s."""
    seen, words, caches = cache
    p, grads, dpicture = model.params, {}, None
    dx = _masked(dh, masks, "scores")
    if model.picture == "step":
        dx = np.concatenate([np.zeros_like(dx[:, :1]), dx], axis=1)
    for layer in range(model.num_layers, 0, -1):
        dx, dh0, dWx, dWh, db, dadded, *_ = _run_back(model, dx, caches[layer - 1])
        grads |= dict(zip(names_of(layer), (dWx, dWh, db)))
        if layer == 1:
            dpicture = dh0 if model.picture == "state" else dadded
        dx = _masked(dx, masks, f"between{layer}")
    if model.picture == "step":
        dpicture, dx = dx[:, 0], dx[:, 1:]
    dpicture = dpicture.reshape(len(seen), -1)
    grads["W_proj"], grads["b_proj"] = seen.T @ dpicture, dpicture.sum(axis=0)
    dx = _masked(dx, masks, "words")
    grads["W_embed"] = fast.word_embedding_backward_fast(dx, words, len(p["W_embed"]))
    return grads


def loss(model, features, captions, masks):
    """The loss of captions (N, T + 1), as `CaptioningRNN.loss`, and its derivatives.

    Raises
    ------
    ValueError
        If the model is the historical one, whose loss is made of the layers of `rnn_layers`.
    """
    if model.historical:
        raise ValueError("this model's loss is yours to write, with the layers of rnn_layers.")
    p, words_out = model.params, captions[:, 1:]
    mask = words_out != model._null
    h, cache = forward(model, features, captions[:, :-1], masks, _lengths(mask))
    value, dh, dW, db = fast.softmax_words_fast(h, p["W_vocab"], p["b_vocab"], words_out, mask)
    return value, backward(model, dh, cache, masks) | {"W_vocab": dW, "b_vocab": db}


def logprobs(model, features, captions):
    """The log-probability of each of the words captions[:, 1:], (N, T) float64; 0 for "<NULL>"."""
    p, words_out = model.params, captions[:, 1:]
    lengths = _lengths(words_out != model._null)
    h, _ = forward(model, features, captions[:, :-1], {}, lengths)
    scores = (h @ p["W_vocab"] + p["b_vocab"]).astype(np.float64)
    scores -= scores.max(axis=2, keepdims=True)
    right = np.take_along_axis(scores, words_out[:, :, None], axis=2)[:, :, 0]
    return np.where(words_out == model._null, 0.0, right - np.log(np.exp(scores).sum(axis=2)))


def begin(model, features):
    """The states of all layers before the first word: (h, ...) or (h, c, ...), and the picture.

    The last part of the tuple is what the picture adds at the next step, (N, mH); with the
    picture as a state or as a step of its own there is none.
    """
    p, N = model.params, len(features)
    H = p["Wh"].shape[0]
    picture = features.astype(model.dtype, copy=False) @ p["W_proj"] + p["b_proj"]
    empty = np.zeros((N, H), dtype=model.dtype)
    first = picture if model.picture == "state" else empty
    each = 1 if model.cell_type == "rnn" else 2
    state = [first, *[empty] * (each * model.num_layers - 1)]
    if model.picture == "step":
        return tuple(_climb(model, picture, state, None))
    return (*state, picture) if model.picture in ("start", "every") else tuple(state)


def advance(model, state, words):
    """Read one more word of each sentence: scores (N, V) of the next one, and the next state."""
    p, state, added = model.params, list(state), None
    if model.picture in ("start", "every"):
        added = state.pop()
    state = _climb(model, p["W_embed"][words], state, added)
    top = state[-1] if model.cell_type == "rnn" else state[-2]
    if added is not None:
        state = [*state, added if model.picture == "every" else np.zeros_like(added)]
    return top @ p["W_vocab"] + p["b_vocab"], tuple(state)


def _climb(model, x, state, added):
    """One step of every layer: the next states."""
    after = []
    for layer in range(1, model.num_layers + 1):
        Wx, Wh, b = (model.params[name] for name in names_of(layer))
        h = state[len(after)]
        gates = x @ Wx + h @ Wh + b
        if layer == 1 and added is not None:
            gates += added
        if model.cell_type == "lstm":
            x, c = _lstm_cell(gates, state[len(after) + 1])
            after += [x, c]
        else:
            x = np.tanh(gates) if model.activation == "tanh" else np.maximum(gates, 0)
            after.append(x)
    return after


def _lstm_cell(gates, c):
    """The next h and c (N, H), from the four blocks of gates (N, 4H): i, f, o, g."""
    H = c.shape[1]
    i, f, o = (np.tanh(gates[:, k * H : (k + 1) * H] / 2) / 2 + 0.5 for k in range(3))
    c = f * c + i * np.tanh(gates[:, 3 * H :])
    return o * np.tanh(c), c


def _entrance(model, picture, layer):
    """A layer's first state, and what the picture adds to what enters it."""
    nothing = np.zeros((len(picture), model.params["Wh"].shape[0]), dtype=model.dtype)
    if layer > 1 or model.picture == "step":
        return nothing, None
    if model.picture == "state":
        return picture, None
    return nothing, picture if model.picture == "start" else picture[:, None]


def _run(model, x, h0, layer, added, lengths):
    weights = [model.params[name] for name in names_of(layer)]
    options = {"added": added, "lengths": lengths}
    if model.cell_type == "lstm":
        return fast.lstm_forward_fast(x, h0, *weights, **options)
    return fast.rnn_forward_fast(x, h0, *weights, **options, activation=model.activation)


def _run_back(model, dh, cache):
    return (fast.lstm_backward_fast if model.cell_type == "lstm" else fast.rnn_backward_fast)(
        dh, cache
    )


def _lengths(mask):
    """How many steps (N,) of a mask (N, T) count; None if one counts behind one that does not."""
    gaps = mask[:, 1:] & ~mask[:, :-1]
    return None if gaps.any() else mask.sum(axis=1)


def _masked(x, masks, name):
    return x * masks[name] if name in masks else x
