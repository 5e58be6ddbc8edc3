"""What the checks of language models expect: counting by looking, slopes by complex steps."""

import math
from fractions import Fraction

import numpy as np

from grading.oracles._complex_step import slopes
from grading.oracles.decoding import tempered_shares

CELLS = {
    "relu": lambda a: np.where(a.real > 0, a, 0),
    "tanh": np.tanh,
    "none": lambda a: a,  # what comes of a slope that was forgotten
}


def ngrams_looked_up(sequences, n, start):
    """Rows (context, token, count), each different n-gram looked for in all sequences."""
    grams = []
    for sequence in sequences:
        tokens = [int(token) for token in sequence]
        for place in range(len(tokens)):
            context = [tokens[i] if i >= 0 else start for i in range(place - n + 1, place)]
            grams.append((*context, tokens[place]))
    return sorted((gram[:-1], gram[-1], grams.count(gram)) for gram in set(grams))


def mixed_chance(counted, V, token, context):
    """The chance of a token by the recursion from the longest context down, as a fraction."""
    return float(_mixed(counted, V, token, tuple(context)))


def _mixed(counted, V, token, context):
    context = context[max(0, len(context) - len(counted) + 1) :]
    rows = [row for row in counted[len(context)] if tuple(row[0]) == context]
    shorter = _mixed(counted, V, token, context[1:]) if context else Fraction(1, V)
    if not rows:
        return shorter
    own = sum(count for _, other, count in rows if other == token)
    return (own + len(rows) * shorter) / Fraction(sum(row[2] for row in rows) + len(rows))


def perplexities_by_products(logprobs, sequences, unknown):
    """Roots of products of chances: of all tokens, and of the known ones; bits, and the share."""
    pairs = [
        (int(token), float(value))
        for row, sequence in zip(logprobs, sequences)
        for value, token in zip(row, sequence)
    ]
    known = [value for token, value in pairs if unknown is None or token != unknown]
    everything = [value for _, value in pairs]
    return {
        "perplexity": _choices(everything),
        "bits": math.fsum(-value / math.log(2) for value in everything) / len(pairs),
        "unknown": (len(pairs) - len(known)) / len(pairs),
        "known": _choices(known) if known else math.nan,
    }


def _choices(values):
    return math.prod(math.exp(-value / len(values)) for value in values)


def stacked_states(x, states, layers, cell):
    """States (L, N, T, H) of all layers, each unit as one sum."""
    return np.array([h.real for h in _stacked(x, states, layers, cell)])


def stacked_gradients(dh, x, states, layers, cell):
    """Derivatives of sum(dh * highest states): with respect to x, the states, and all weights."""

    def total(x, states, layers):
        return np.sum(dh * _stacked(x, states, layers, cell)[-1])

    def changed(group, k, new):
        return [new if i == k else old for i, old in enumerate(group)]

    return {
        "x": slopes(lambda new: total(new, states, layers), x),
        "states": [
            slopes(lambda new, k=k: total(x, changed(states, k, new), layers), state)
            for k, state in enumerate(states)
        ],
        "layers": [
            [
                slopes(
                    lambda new, k=k, i=i: total(
                        x, states, changed(layers, k, changed(layers[k], i, new))
                    ),
                    weight,
                )
                for i, weight in enumerate(weights)
            ]
            for k, weights in enumerate(layers)
        ],
    }


def language_model_loss(params, x, y, mask, states, cell):
    """Mean of -log p over the predictions that count."""
    return float(_loss(params, x, y, mask, states, cell).real)


def language_model_gradients(params, x, y, mask, states, cell):
    """Derivatives of `language_model_loss` with respect to every parameter, as a dict."""
    return {
        name: slopes(
            lambda moved, name=name: _loss(params | {name: moved}, x, y, mask, states, cell), value
        )
        for name, value in params.items()
    }


def _stacked(x, states, layers, cell):
    """The complex states (N, T, H) of every layer."""
    below, found = x.astype(np.complex128), []
    for state, (Wx, Wh, b) in zip(states, layers):
        h = np.empty((*x.shape[:2], len(b)), dtype=np.complex128)
        for t in range(x.shape[1]):
            before = h[:, t - 1] if t else state
            a = np.einsum("nd,dh->nh", below[:, t], Wx) + np.einsum("ng,gh->nh", before, Wh) + b
            h[:, t] = CELLS[cell](a)
        found.append(h)
        below = h
    return found


def _loss(params, x, y, mask, states, cell):
    layers = [tuple(params[f"{w}{k + 1}"] for w in ("Wx", "Wh", "b")) for k in range(len(states))]
    h = _stacked(params["W_embed"][x], states, layers, cell)[-1]
    losses = []
    for n, t in np.argwhere(mask):
        scores = h[n, t] @ params["W_vocab"] + params["b_vocab"]
        top = scores.real.max()
        losses.append(np.log(np.sum(np.exp(scores - top))) + top - scores[y[n, t]])
    return sum(losses) / len(losses)


def stream_cut_by_hand(tokens, N, T):
    """x and y (B, N, T), each token by its place in the text."""
    columns = (len(tokens) - 1) // N
    B = columns // T
    places = [[[n * columns + b * T + t for t in range(T)] for n in range(N)] for b in range(B)]
    x = [[[int(tokens[p]) for p in row] for row in batch] for batch in places]
    y = [[[int(tokens[p + 1]) for p in row] for row in batch] for batch in places]
    return np.array(x), np.array(y)


def formula_losses(x, y, rate):
    """Losses of the network that is a formula, its states written out as sums over the past."""
    losses, weight = [], 1.0
    for b in range(len(x)):
        low = sum(0.5 ** (b - 1 - k) * x[k].mean(axis=1).sum() for k in range(b))
        high = sum(
            0.3 ** (b - 1 - k) * sum(0.5 ** (k - 1 - j) * x[j].mean(axis=1).sum() for j in range(k))
            for k in range(b)
        )
        losses.append(weight * float(np.sum(x[b] * y[b])) + low - 2 * high)
        weight -= rate * losses[-1]
    return [float(loss) for loss in losses]


def written_by_tables(moves, scores, prime, takes, temperature, end, longest):
    """The text, and the chances before each token; every step reads all from the start."""
    text, offered = [], []
    while len(offered) < longest:
        state = 0
        for token in [*prime, *text]:
            state = int(moves[state, token])
        chances = tempered_shares(scores[state], temperature)
        offered.append(chances)
        token = sorted(range(len(chances)), key=lambda v: -chances[v])[takes]
        if token == end:
            break
        text.append(token)
    return text, offered


def circle_by_definition(tokens, turns):
    """(start, p) of the shortest circle at the end, or None; every length and start tried."""
    tokens = [int(token) for token in tokens]
    for p in range(1, len(tokens) + 1):
        end = tokens[len(tokens) - p :]
        if len(tokens) >= turns * p and tokens[len(tokens) - turns * p :] == end * turns:
            for start in range(len(tokens)):
                if all(tokens[t] == tokens[t + p] for t in range(start, len(tokens) - p)):
                    return start, p
    return None


ORACLES = [
    *(ngrams_looked_up, mixed_chance, perplexities_by_products, stacked_states),
    *(stacked_gradients, language_model_loss, language_model_gradients, stream_cut_by_hand),
    *(formula_losses, written_by_tables, circle_by_definition),
]
