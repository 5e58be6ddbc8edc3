"""What the checks of the captioning network expect: sums written out, slopes by complex steps."""

import cmath

import numpy as np

from grading.oracles._complex_step import slopes


def recurrent_states(x, h0, Wx, Wh, b):
    """States (N, T, H) of an RNN with tanh: each unit of each state as one sum."""
    return _states(x, h0, Wx, Wh, b).real


def recurrent_gradients(dh, x, h0, Wx, Wh, b):
    """Derivatives of sum(dh * states) by x, h0, Wx, Wh and b."""
    return _gradients(lambda *inputs: np.sum(dh * _states(*inputs)), x, h0, Wx, Wh, b)


def vectors_of_words(x, W):
    """The rows of W (V, D) that x (N, T) names, (N, T, D), number by number."""
    return np.array([[[W[v, d] for d in range(W.shape[1])] for v in row] for row in x.tolist()])


def vectors_gradient(dout, x, V):
    """Derivative (V, D) of sum(dout * vectors): what each of the places of a word received."""
    dW = np.zeros((V, dout.shape[2]))
    for v in range(V):
        for n, t in np.argwhere(x == v):
            dW[v] += dout[n, t]
    return dW


def sentence_loss(x, y, mask):
    """Sum of -log softmax(x[n, t])[y[n, t]] where the mask is set, over N."""
    return float(_loss(x.astype(np.complex128), y, mask).real)


def sentence_loss_gradient(x, y, mask):
    """Derivative of `sentence_loss` by the scores."""
    return slopes(lambda moved: _loss(moved, y, mask), x)


def caption_scores(params, features, words):
    """Scores (N, T, V) of the word behind each of `words`, by a historical CaptioningRNN."""
    return _scores(_wide(params), features, words).real


def caption_loss(params, features, captions, null):
    """Loss of captions (N, T + 1) by a historical CaptioningRNN; "<NULL>" counts nothing."""
    return float(_caption_loss(_wide(params), features, captions, null).real)


def caption_gradients(params, features, captions, null):
    """Derivatives of `caption_loss` by every parameter, as a dict."""
    wide = _wide(params)

    def loss(name, moved):
        return _caption_loss(wide | {name: moved}, features, captions, null)

    return {
        name: slopes(lambda moved, name=name: loss(name, moved), value)
        for name, value in params.items()
    }


def greedy_captions(params, features, start, end, null, length):
    """The likeliest word, then the likeliest behind it, to `end` or `length`; then `null`.

    If `end` is -1 nothing ends a sentence.
    """
    captions = []
    for picture in features:
        h, words = picture @ params["W_proj"] + params["b_proj"], [start]
        while words[-1] != end and len(words) <= length:
            scores, h = _behind(params, h, words[-1])
            words.append(int(max(range(len(scores)), key=scores.__getitem__)))
        captions.append(words[1:] + [null] * (length + 1 - len(words)))
    return np.array(captions)


def _states(x, h0, Wx, Wh, b):
    (N, T, D), H = x.shape, len(b)
    h = np.zeros((N, T, H), dtype=np.complex128)
    for n in range(N):
        before = h0[n]
        for t in range(T):
            for k in range(H):
                a = complex(b[k])
                a += sum(complex(x[n, t, d]) * Wx[d, k] for d in range(D))
                a += sum(complex(before[j]) * Wh[j, k] for j in range(H))
                h[n, t, k] = cmath.tanh(a)
            before = h[n, t]
    return h


def _gradients(function, *inputs):
    """Derivatives of a function of several arrays by each of them, as a tuple."""
    return tuple(
        slopes(
            lambda moved, i=i: complex(function(*inputs[:i], moved, *inputs[i + 1 :])),
            value,
        )
        for i, value in enumerate(inputs)
    )


def _loss(x, y, mask):
    total = 0j
    for n, t in np.argwhere(mask):
        scores = [complex(score) for score in x[n, t]]
        top = max(score.real for score in scores)
        total += cmath.log(sum(cmath.exp(score - top) for score in scores)) + top
        total -= scores[y[n, t]]
    return total / len(x)


def _wide(params):
    return {name: value.astype(np.complex128) for name, value in params.items()}


def _scores(p, features, words):
    """Scores (N, T, V), sentence by sentence."""
    rows = []
    for picture, sentence in zip(features, words):
        h, row = picture @ p["W_proj"] + p["b_proj"], []
        for word in sentence:
            scores, h = _behind(p, h, word)
            row.append(scores)
        rows.append(row)
    return np.array(rows)


def _behind(p, h, word):
    """Scores (V,) of what comes behind a word, and the next state (H,)."""
    h = np.tanh(p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])
    return h @ p["W_vocab"] + p["b_vocab"], h


def _caption_loss(p, features, captions, null):
    words = captions[:, 1:]
    return _loss(_scores(p, features, captions[:, :-1]), words, words != null)


ORACLES = [
    recurrent_states,
    recurrent_gradients,
    vectors_of_words,
    vectors_gradient,
    sentence_loss,
    sentence_loss_gradient,
    caption_scores,
    caption_loss,
    caption_gradients,
    greedy_captions,
]
