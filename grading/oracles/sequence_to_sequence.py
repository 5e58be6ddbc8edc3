"""What the checks of translation expect: one sentence after the other, slopes by complex steps."""

import itertools
import math

import numpy as np

from grading.oracles._complex_step import slopes

NULL, START, END = 0, 1, 2  # of cs231n.language.vocabulary
GATES = ("Wx", "Wh", "b")


def source_rows(sentences, null, reverse):
    """(words, lengths) of sources: place s of a row is place L - 1 - s of its sentence."""
    lengths = [sum(word != null for word in sentence) for sentence in sentences]
    words = np.full((len(lengths), max(1, *lengths)), null, dtype=np.int64)
    for n, length in enumerate(lengths):
        for s in range(length):
            words[n, s] = sentences[n][length - 1 - s if reverse else s]
    return words, np.array(lengths, dtype=np.int64)


def ends_of(states, lengths):
    """The state (N, H) that each sequence ends in, number by number."""
    last = np.zeros((states.shape[0], states.shape[2]), dtype=states.dtype)
    for n, k in np.ndindex(last.shape):
        if lengths[n] > 0:
            last[n, k] = states[n, lengths[n] - 1, k]
    return last


def encoder_gradients(params, sources, reverse, dencoded, dh, dc):
    """Derivatives of sum(dencoded * states) + sum(dh * last h) + sum(dc * last c), as a dict."""

    def total(p):
        value = 0j
        for n, sentence in enumerate(sources):
            states, h, c = _read(p, sentence, reverse)
            value += np.sum(dh[n] * h) + np.sum(dc[n] * c)
            value += sum(np.sum(dencoded[n, s] * state) for s, state in enumerate(states))
        return value

    names = ("W_source", *(f"{gate}_enc" for gate in GATES))
    return _gradients(total, params, names)


def translation_loss(params, sources, targets, reverse, looks, slip=""):
    """Loss of translations (N, T + 1). `looks`: scores see the mean of the encoder's states, too.

    `slip` names a mistake to make: "null" counts as a word, "no cell" is handed over, "no state".
    """
    return float(_loss(_wide(params), sources, targets, reverse, looks, slip).real)


def translation_gradients(params, sources, targets, reverse, looks):
    """Derivatives of `translation_loss` with respect to every parameter, as a dict."""
    return _gradients(lambda p: _loss(p, sources, targets, reverse, looks), params, list(params))


def written_steps(params, source, words, reverse, looks, slip=""):
    """Scores (T, V) behind each of the words told one after the other, and the last h and c.

    `slip` names a mistake: the "cell" or the "state" stays what it was at first.
    """
    p = _wide(params)
    states, h, c = _read(p, source, reverse)
    first, scores = (h, c), []
    for word in words:
        h, c = _cell(p, "dec", p["W_target"][word], h, c)
        scores.append(_scores(p, h, states, looks).real)
        h, c = (first[0] if slip == "state" else h), (first[1] if slip == "cell" else c)
    return np.array(scores), h.real, c.real


def exact_by_words(translations, references):
    """The share of pairs that have no place where they differ."""
    wrong = 0
    for one, other in zip(translations, references):
        longest = max(len(one), len(other))
        places = [list(words) + [None] * (longest - len(words)) for words in (one, other)]
        wrong += any(a is None or b is None or a != b for a, b in zip(*places))
    return (len(references) - wrong) / len(references) if len(references) else 0.0


def softmax_of_places(scores, lengths):
    """1 / sum over the places s' that count of exp(score[s'] - score[s]); 0 elsewhere."""
    weights = np.zeros(scores.shape)
    for n, t in np.ndindex(scores.shape[:2]):
        row = [float(score) for score in scores[n, t, : lengths[n]]]
        for s, score in enumerate(row):
            weights[n, t, s] = 1 / math.fsum(math.exp(min(other - score, 700)) for other in row)
    return weights


def contexts(h, encoded, W, lengths):
    """(context, weights) of attention, step by step and place by place."""
    return tuple(part.real for part in _attend(*_complex(h, encoded, W), lengths))


def context_gradients(dcontext, h, encoded, W, lengths):
    """Derivatives of sum(dcontext * context) with respect to h, encoded and W."""
    inputs = [h, encoded, W]

    def total(moved, place):
        given = _complex(*inputs[:place], moved, *inputs[place + 1 :])
        return np.sum(dcontext * _attend(*given, lengths)[0])

    return tuple(
        slopes(lambda moved, place=place: total(moved, place), value)
        for place, value in enumerate(inputs)
    )


def looked_at_most(weights, length, reverse):
    """For each row the place that no other beats, and no earlier one equals, as people count."""
    order = [length - 1 - s if reverse else s for s in range(length)]  # place -> place read
    found = []
    for row in weights.tolist():
        read = [row[place] for place in order]
        found.append(next(s for s in range(length) if all(read[s] >= other for other in read)))
    return np.array(found)


def _wide(params):
    return dict(zip(params, _complex(*params.values())))


def _complex(*arrays):
    return [np.asarray(array).astype(np.complex128) for array in arrays]


def _gradients(function, params, names):
    wide = _wide(params)
    return {
        name: slopes(lambda moved, name=name: function(wide | {name: moved}), params[name])
        for name in names
    }


def _cell(p, where, x, h, c):
    """The next state and cell (H,)."""
    Wx, Wh, b = (p[f"{gate}_{where}"] for gate in GATES)
    i, f, o, g = np.split(x @ Wx + h @ Wh + b, 4)
    c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    return np.tanh(c) / (1 + np.exp(-o)), c


def _read(p, sentence, reverse):
    """All states of the encoder, and the last h and c."""
    h = c = np.zeros(len(p["Wh_enc"]), dtype=np.complex128)
    states, words = [], [word for word in sentence if word != NULL]
    for word in reversed(words) if reverse else words:
        h, c = _cell(p, "enc", p["W_source"][word], h, c)
        states.append(h)
    return states, h, c


def _scores(p, h, states, looks):
    seen = h + sum(states) / len(states) if looks else h
    return seen @ p["W_vocab"] + p["b_vocab"]


def _loss(p, sources, targets, reverse, looks, slip=""):
    total = 0j
    for source, target in zip(sources, targets):
        states, h, c = _read(p, source, reverse)
        h, c = (0 * h if slip == "no state" else h), (0 * c if slip == "no cell" else c)
        for word, following in itertools.pairwise(target):
            h, c = _cell(p, "dec", p["W_target"][word], h, c)
            if following != NULL or slip == "null":
                scores = _scores(p, h, states, looks)
                total += np.log(np.sum(np.exp(scores))) - scores[following]
    return total / len(targets)


def _attend(h, encoded, W, lengths):
    (N, T, H), S = h.shape, encoded.shape[1]
    context, weights = np.zeros((N, T, H), complex), np.zeros((N, T, S), complex)
    for n, t in np.ndindex(N, T):
        powers = [np.exp(np.sum((h[n, t] @ W) * encoded[n, s])) for s in range(lengths[n])]
        for s, power in enumerate(powers):
            weights[n, t, s] = power / sum(powers)
            context[n, t] += weights[n, t, s] * encoded[n, s]
    return context, weights


ORACLES = [
    *(source_rows, ends_of, encoder_gradients, translation_loss, translation_gradients),
    *(written_steps, exact_by_words, softmax_of_places, contexts, context_gradients),
    looked_at_most,
]
