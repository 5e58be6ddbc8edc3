"""What the checks of captioning networks share: drawn captions and networks, known mistakes."""

import numpy as np

from cs231n.checks.asserts import assert_labels, assert_that, require_array
from cs231n.checks.failures import CheckFailure
from cs231n.checks.oracles import oracle

# "<NULL>" is not number 0, and the words that frame a sentence stand in no order.
WORDS = ("star", "<END>", "red", "<NULL>", "a", "<START>", "ring")
NULL, START, END = (WORDS.index(word) for word in ("<NULL>", "<START>", "<END>"))


def draw_captions(rng, N=3, T=6, words=WORDS):
    """Draw captions (N, T + 1): <START>, words, <END>, then <NULL>; the first is the longest."""
    number = {word: i for i, word in enumerate(words)}
    plain = [i for i, word in enumerate(words) if not word.startswith("<")]
    captions = np.full((N, T + 1), number["<NULL>"])
    for row, length in zip(captions, [T - 1, *rng.integers(1, T - 1, size=N - 1)]):
        row[: length + 2] = [number["<START>"], *rng.choice(plain, size=length), number["<END>"]]
    return captions


def draw_captioner(rng, D=4, W=3, H=5, scale=1.0):
    """Draw parameters of a historical CaptioningRNN, none of them 0; scores are of either sign."""
    V = len(WORDS)
    shapes = {
        "W_proj": (D, H),
        "b_proj": (H,),
        "W_embed": (V, W),
        "Wx": (W, H),
        "Wh": (H, H),
        "b": (H,),
        "W_vocab": (H, V),
        "b_vocab": (V,),
    }
    return {
        name: scale * rng.normal(size=shape) / np.sqrt(shape[0] if len(shape) == 2 else 2)
        for name, shape in shapes.items()
    }


def captioner(student, params, words=WORDS, dtype="float64"):
    """A student's CaptioningRNN, of RNN cells, with these parameters."""
    (D, H), W = params["W_proj"].shape, params["W_embed"].shape[1]
    word_to_idx = {word: i for i, word in enumerate(words)}
    make = student.classifiers.rnn.CaptioningRNN
    sizes = {"input_dim": D, "wordvec_dim": W, "hidden_dim": H}
    model = make(word_to_idx, cell_type="rnn", dtype=dtype, **sizes)
    model.set("params", {name: value.astype(dtype) for name, value in params.items()})
    return model


def loss_slips(params, features, captions, expected):
    """The losses of those who take the wrong words, or divide by another number."""
    N, before = len(captions), captions[:, :-1]
    after = captions[:, 1:]
    counts = after != NULL
    scores = oracle.caption_scores(params, features, before)
    back = oracle.sentence_loss(scores, before, before != NULL)
    every = oracle.sentence_loss(scores, after, counts | True)
    late = oracle.caption_scores(params, features, after)
    ahead = oracle.sentence_loss(late, after, counts)
    endless = oracle.sentence_loss(scores, after, counts & (after != END))
    zero = oracle.sentence_loss(scores, after, after != 0)
    return [
        (back, "Each word is compared with itself: the right answer is the word behind it."),
        (ahead, "What goes in is the right answer itself: in goes the word before it."),
        (every, "<NULL> counts here: it only fills sentences up."),
        (endless, "<END> does not count here: when to stop is learned like a word."),
        (zero, "<NULL> has a number of its own, self._null; it need not be 0."),
        (
            expected * N / counts.sum(),
            "This is the mean over words: divide by the number N of captions.",
        ),
    ]


def draw_writer(rng, N=6, length=7, **sizes):
    """Draw a network and pictures on which every known mistake shows.

    Returns
    -------
    params : dict
    features : ndarray, shape (N, D)
    expected : ndarray, shape (N, length)
        Captions that end after different numbers of words, one of them not at all.
    slips : list
        Of `writing_slips`.
    """
    while True:
        params = draw_captioner(rng, scale=3.0, **sizes)
        features = rng.normal(size=(N, len(params["W_proj"])))
        expected = oracle.greedy_captions(params, features, START, END, NULL, length)
        if START in expected or np.all(np.any(expected == END, axis=1)) or END not in expected:
            continue
        slips = writing_slips(params, features, expected)
        if not any(np.array_equal(value, expected) for value, _ in slips):
            return params, features, expected, slips


def require_captions(got, expected, what, slips=()):
    """Require whole numbers of words; `slips` as for `assert_no_mistake`."""
    require_array(got, what, shape=expected.shape)
    message = f"{what} should be whole numbers, those of words."
    assert_that(got.dtype.kind in "iu", message, "an integer dtype", str(got.dtype), what)
    for value, sentence in slips:
        if np.array_equal(got, value):
            n = int(np.argmax(np.any(value != expected, axis=1)))
            raise CheckFailure(sentence, str(expected[n]), str(got[n]), f"{what}[{n}]")
    assert_labels(got, expected, what)


def writing_slips(params, features, expected):
    """The captions of those who begin, go on, or end otherwise."""
    N, length = expected.shape
    shifted = np.roll(expected, 1, axis=1)
    shifted[:, 0] = START
    on = oracle.greedy_captions(params, features, START, -1, NULL, length)
    blind = oracle.greedy_captions(params, 0 * features, START, END, NULL, length)
    begun = oracle.greedy_captions(params, features, NULL, END, NULL, length)
    cut = np.where(expected == END, NULL, expected)
    first_end = np.flatnonzero(np.any(expected == END, axis=0))[0]
    stopped = np.where(np.arange(length) > first_end, NULL, expected)
    same = oracle.caption_scores(params, features, np.full((N, length), START)).argmax(axis=2)
    after = oracle.greedy_captions(params, features, START, END, NULL, 1)[:, 0]
    stuck = [after]
    while len(stuck) < length:
        scores = oracle.caption_scores(params, features, stuck[-1][:, None])
        stuck.append(scores[:, 0].argmax(axis=1))
    return [
        (shifted, "The first column holds <START>: it should be the first word chosen."),
        (on, "Words come behind <END>: there, fill the row up with <NULL>."),
        (cut, "<END> is missing: it is chosen like a word, and <NULL> comes behind it."),
        (stopped, "All sentences stop where the first of them ends: the others go on."),
        (blind, "The features do not matter here: they are the first state."),
        (begun, "The first word that goes in should be <START>."),
        (_ended(same), "The same word goes in at every step: feed the word just chosen."),
        (
            _ended(np.stack(stuck, axis=1)),
            "The state stays as it was: take the one after each step.",
        ),
    ]


def _ended(captions):
    """Captions with <NULL> in the place of what comes behind <END>."""
    behind = np.cumsum(captions == END, axis=1) - (captions == END) > 0
    return np.where(behind, NULL, captions)
