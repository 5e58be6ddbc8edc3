"""What the checks of translation share: drawn sentences and translators, known mistakes."""

import numpy as np

from cs231n.checks.asserts import (
    assert_close,
    assert_labels,
    assert_that,
    kind,
    require_array,
    take,
)
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake
from .recurrent import tolerance

NULL, START, END = 0, 1, 2
SOURCE_WORDS, TARGET_WORDS, FIRST = 7, 8, 4  # words that are not special have the numbers from 4 on


def draw_sources(rng, lengths, words=SOURCE_WORDS):
    """Draw a list of sentences of these lengths; none reads the same backwards."""
    sentences = []
    for length in lengths:
        sentence = rng.integers(FIRST, words, size=length).tolist()
        if length > 1:
            sentence[0], sentence[-1] = FIRST, FIRST + 1
        sentences.append(sentence)
    return sentences


def draw_targets(rng, lengths, words=TARGET_WORDS):
    """Draw rows START, words, END, NULL of so many words (N, T + 1)."""
    rows = np.full((len(lengths), max(lengths) + 2), NULL)
    for row, length in zip(rows, lengths):
        row[: length + 2] = [START, *rng.integers(FIRST, words, size=length), END]
    return rows


def draw_translator(rng, W=2, H=3, dtype=np.float64):
    """Draw parameters of a translator without attention, none of them 0."""
    shapes = {"W_source": (SOURCE_WORDS, W), "W_target": (TARGET_WORDS, W)}
    for where in ("enc", "dec"):
        shapes |= {f"Wx_{where}": (W, 4 * H), f"Wh_{where}": (H, 4 * H), f"b_{where}": (4 * H,)}
    shapes |= {"W_vocab": (H, TARGET_WORDS), "b_vocab": (TARGET_WORDS,)}
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}


def precise(params):
    """The same numbers in float64."""
    return {name: value.astype(np.float64) for name, value in params.items()}


def require_batch(got, sentences, null, reverse, what="words"):
    """Require the (words, lengths) of a batch of sources."""
    words, lengths = take(got, "words", "lengths")
    right, counts = oracle.source_rows(sentences, null, reverse)
    assert_labels(lengths, counts, "lengths")
    require_array(words, what, right.shape)
    other, _ = oracle.source_rows(sentences, null, not reverse)
    side = "backwards: the last word first" if reverse else "as people read it (reverse is False)"
    shifted = np.array([np.roll(row, len(row) - n) for row, n in zip(right, counts)])
    for wrong, message in (
        (other, f"Each source should come {side}."),
        (shifted, "The words of a source should come first, from column 0 on, then null."),
    ):
        same = np.array_equal(words, wrong) and not np.array_equal(right, wrong)
        assert_that(not same, message, str(right.tolist()), str(words.tolist()), what)
    assert_labels(words, right, what)
    for name, array in (("words", words), ("lengths", lengths)):
        message = f"{name} should be whole numbers."
        assert_that(array.dtype.kind in "iu", message, "an integer dtype", str(array.dtype))


def require_last(student, states, lengths, what="the last states"):
    """Require `last_states` of these."""
    got = student.language.translation.last_states(states, lengths)
    column = "These are the states of the last column: many sentences have ended before it."
    mistakes = [(states[:, -1], column), (states[:, 0], "These are the states after one word.")]
    mistakes += [(np.roll(states, -1, axis=1)[np.arange(len(states)), lengths - 1], NEXT)]
    assert_no_mistake(got, oracle.ends_of(states, lengths), what, mistakes)


NEXT = "These stand one step too late: the state after L words has the number L - 1."


def require_hand_over(student, rng, lengths, reverse=True, dtype=np.float64):
    """Require the gradients of the encoder."""
    params, sources = draw_translator(rng, dtype=dtype), draw_sources(rng, lengths)
    (N, S), H = (len(lengths), max(lengths)), len(params["Wh_enc"])
    dencoded = rng.normal(size=(N, S, H)) * (np.arange(S) < np.array(lengths)[:, None])[..., None]
    given = [part.astype(dtype) for part in (dencoded, rng.normal(size=(N, H)))]
    given.append(rng.normal(size=(N, H)).astype(dtype))
    grads = student.checks.beside.translation.hand_over(params, reverse, sources, *given)
    wide = [part.astype(np.float64) for part in given]
    names = ("b_enc", "Wh_enc", "Wx_enc", "W_source")
    parts = [  # the whole gradient is their sum
        oracle.encoder_gradients(
            params, sources, reverse, *(part if k == n else 0 * part for k, part in enumerate(wide))
        )
        for n in range(3)
    ]
    right = {name: sum(part[name] for part in parts) for name in names}
    slips = {
        name: [
            ((right[name] - part[name]).astype(dtype), text)
            for part, text in zip(parts, HAND_OVER_SLIPS)
        ]
        for name in names
    }
    require_grads(grads, right, dtype, slips)


HAND_OVER_SLIPS = (
    "dencoded is not used: states reach the loss by attention, too.",
    "dh is not used: it joins dencoded at the last word of each source.",
    "dc is not used: the last cells reach the loss, too.",
)


def require_grads(grads, expected, dtype, slips=None):
    """Require a dict of gradients of these values and this precision."""
    is_dict = isinstance(grads, dict) and grads.keys() >= expected.keys()
    message = "There should be a gradient for each of " + ", ".join(expected) + "."
    assert_that(is_dict, message, str(sorted(expected)), kind(grads))
    for name, value in expected.items():
        what, value = f'grads["{name}"]', value.astype(dtype)
        assert_no_mistake(grads[name], value, what, (slips or {}).get(name, ()), tolerance(dtype))


def require_loss(student, rng, lengths, words, reverse=True, looks=False, dtype=np.float64):
    """Require the loss of translations, and its gradients."""
    params, sources = draw_translator(rng, dtype=dtype), draw_sources(rng, lengths)
    targets = draw_targets(rng, words)
    result = student.checks.beside.translation.loss(params, reverse, looks, sources, targets)
    loss, grads = take(result, "loss", "grads")
    given = precise(params), sources, targets, reverse, looks
    expected, N = oracle.translation_loss(*given), len(targets)
    mistakes = [
        (oracle.translation_loss(*given, slip), message) for slip, message in LOSS_SLIPS.items()
    ]
    counted = int(np.sum(targets[:, 1:] != NULL))
    mean = "This is the mean of a word: divide the sum by the number of sentences, N."
    mistakes.append((expected * N / counted, mean))
    assert_no_mistake(loss, expected, "the loss", mistakes, tolerance(dtype))
    require_grads(grads, oracle.translation_gradients(*given), dtype)


LOSS_SLIPS = {
    "null": "NULL counts here: it only fills translations up.",
    "no cell": "The decoder starts from cells of 0: it should start from c0, the encoder's last.",
    "no state": "The decoder starts from states of 0: it should start from h0, the encoder's last.",
}


def require_steps(student, rng, lengths, steps, reverse=True, looks=False, dtype=np.float64):
    """Require the scores behind words that are told one by one, and the state after them."""
    params, sources = draw_translator(rng, dtype=dtype), draw_sources(rng, lengths)
    words = rng.integers(FIRST, TARGET_WORDS, size=(len(sources), steps))
    words[:, 0] = START
    probe = student.checks.beside.translation.written
    scores, state = take(probe(params, reverse, looks, sources, words), "scores", "state")
    message = "The state should have four parts, as `begin` returns them."
    assert_that(len(state) == 4, message, "h, c, encoded, lengths", f"{len(state)} parts")
    given = [(precise(params), *pair, reverse, looks) for pair in zip(sources, words)]
    right = [oracle.written_steps(*one) for one in given]
    slips = {
        "cell": "The cells stay as they were at first: take those after the step, too.",
        "state": "The states stay as they were at first: take those after the step.",
    }
    wrong = {slip: [oracle.written_steps(*one, slip)[0] for one in given] for slip in slips}
    for t, got in enumerate(scores):
        mistakes = [
            (np.array([row[t] for row in wrong[slip]]).astype(dtype), text)
            for slip, text in slips.items()
        ]
        expected = np.array([rows[t] for rows, _, _ in right]).astype(dtype)
        what = f"the scores after word {t + 1}"
        assert_no_mistake(got, expected, what, mistakes, tolerance(dtype))
    for part, got in enumerate(state[:2]):
        expected = np.array([one[1 + part] for one in right]).astype(dtype)
        assert_close(got, expected, f"part {part} of the state", tolerance(dtype))
    assert_labels(state[3], np.array(lengths), "part 3 of the state, lengths,")


def draw_attention(rng, lengths, T=3, H=4, dtype=np.float64):
    """(h, encoded, W, lengths) of attention, as different in all axes as can be."""
    lengths = np.array(lengths)
    N, S = len(lengths), max(lengths) + 1
    parts = (rng.normal(size=(N, T, H)), rng.normal(size=(N, S, H)), rng.normal(size=(H, H)))
    return (*(part.astype(dtype) for part in parts), lengths)


def require_weights(student, scores, lengths, what="the weights"):
    """Require `attention_weights` of these, and zeros behind the ends to be exact."""
    got = student.language.attention.attention_weights(scores, lengths)
    require_array(got, what, scores.shape, scores.dtype)
    behind = np.broadcast_to(np.arange(scores.shape[2]) >= lengths[:, None, None], scores.shape)
    message = "Weights behind the end of a source should be exactly 0."
    worst = got[behind][np.argmax(np.abs(got[behind]))] if behind.any() else 0.0
    assert_that(not np.any(got[behind]), message, "0", f"{worst:g}")
    right = oracle.softmax_of_places(scores, lengths).astype(scores.dtype)
    assert_that(np.all(np.isfinite(got)), f"{what}: all should be finite.", "numbers", "inf or nan")
    sums = right.sum(axis=1, keepdims=True)
    mistakes = [(right / np.where(sums > 0, sums, 1), "Each row sums to 1, over places: axis 2.")]
    every = oracle.softmax_of_places(
        np.nan_to_num(scores, posinf=9), np.full(len(lengths), scores.shape[2])
    )
    late = "The sum runs over all places: leave out what is behind the end before you divide."
    mistakes.append((np.where(behind, 0, every).astype(scores.dtype), late))
    assert_no_mistake(got, right, what, mistakes, tolerance(scores.dtype))


def require_context(student, given):
    """Require what `attend` returns."""
    result = student.language.attention.attend(*given)
    context, weights, _ = take(result, "context", "weights", "cache")
    h, _encoded, W, lengths = given
    wide = [part.astype(np.float64) for part in given[:3]]
    right, shares = (part.astype(h.dtype) for part in oracle.contexts(*wide, lengths))
    turned, _ = oracle.contexts(wide[0], wide[1], wide[2].T, lengths)
    plain, _ = oracle.contexts(wide[0], wide[1], np.eye(len(W)), lengths)
    mistakes = [
        (turned.astype(h.dtype), "W is turned round: h W, and then by the encoder's states."),
        (plain.astype(h.dtype), "W is not used: scores are (h W) . encoded."),
    ]
    assert_no_mistake(context, right, "context", mistakes, tolerance(h.dtype))
    assert_close(weights, shares, "weights", tolerance(h.dtype))


def require_attention_back(student, rng, given):
    """Require what `attend_backward` returns."""
    attention, (h, encoded, W, lengths) = student.language.attention, given
    _, _, cache = take(attention.attend(*given), "context", "weights", "cache")
    dcontext = rng.normal(size=h.shape).astype(h.dtype)
    got = take(attention.attend_backward(dcontext, cache), "dh", "dencoded", "dW")
    wide = [part.astype(np.float64) for part in (dcontext, h, encoded, W)]
    right = oracle.context_gradients(*wide, lengths)
    _, weights = oracle.contexts(*wide[1:], lengths)
    mean = np.einsum("nts,nth->nsh", weights, wide[0])
    slips = {
        "dencoded": [
            (mean, "Only the mean goes back here: encoded enters the scores, too."),
            (right[1] - mean, "Only the scores go back here: encoded enters the mean, too."),
        ]
    }
    for name, value, expected in zip(("dh", "dencoded", "dW"), got, right):
        mistakes = [(wrong.astype(h.dtype), text) for wrong, text in slips.get(name, ())]
        assert_no_mistake(value, expected.astype(h.dtype), name, mistakes, tolerance(h.dtype))


def require_alignment(student, weights, length, reverse, what):
    """Require `align_words` of these."""
    got = student.language.attention.align_words(weights, length, reverse)
    right = oracle.looked_at_most(weights, length, reverse)
    require_array(got, what, right.shape)
    turned = length - 1 - right
    message = (
        "The source was read backwards: place 0 is its last word."
        if reverse
        else (
            "The source was read as people read it (reverse is False): place 0 is its first word."
        )
    )
    same = np.array_equal(got, turned) and not np.array_equal(turned, right)
    assert_that(not same, message, str(right), str(got), what)
    assert_labels(got, right, what)
    message = f"{what} should be whole numbers."
    assert_that(got.dtype.kind in "iu", message, "an integer dtype", str(got.dtype))
