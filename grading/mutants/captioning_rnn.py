"""Variants of a network that captions: its scores, its loss, what it writes."""

from grading.mutants import Variant

from .rnn_captioning import edited

SCORES = """
h0, first = affine_forward(features, p["W_proj"], p["b_proj"])
vectors, second = word_embedding_forward(words, p["W_embed"])
h, third = forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
scores, last = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
caches = first, second, third, last
"""
LOSS = """
scores, (first, second, third, last) = self._scores(features, captions[:, :-1])
words = captions[:, 1:]
loss, dscores = temporal_softmax_loss(scores, words, words != self._null)
dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, last)
dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = backward(dh, third)
grads["W_embed"] = word_embedding_backward(dvectors, second)
_, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, first)
"""
SAMPLE = """
state, words = self.begin(features), np.full(len(features), self._start)
ended = np.zeros(len(features), dtype=bool)
for t in range(max_length):
    scores, state = self.advance(state, words)
    words = scores.argmax(axis=1)
    captions[~ended, t] = words[~ended]
    ended |= words == self._end
"""

scores = edited("captioning-scores", SCORES)
loss = edited("captioning-loss", LOSS)
sample = edited("captioning-sample", SAMPLE)

VARIANTS = [
    # --- captioning-scores
    scores(
        "ignores-the-picture",
        "it is the first state",
        "forward(vectors, h0,",
        "forward(vectors, 0 * h0,",
    ),
    scores("no-bias-of-the-picture", "b_proj is added", 'p["b_proj"]', '0 * p["b_proj"]'),
    scores(
        "no-bias-of-the-scores", "the scores have their own", 'p["b_vocab"]', '0 * p["b_vocab"]'
    ),
    scores(
        "words-turned-round",
        "the first word comes first",
        "word_embedding_forward(words,",
        "word_embedding_forward(words[:, ::-1],",
    ),
    scores(
        "float64",
        "the model has a precision",
        "scores, last =",
        "h = h.astype(float)\nscores, last =",
    ),
    scores(
        "own-products",
        "the same layers written out",
        'h0, first = affine_forward(features, p["W_proj"], p["b_proj"])',
        'h0 = features @ p["W_proj"] + p["b_proj"]\nfirst = features, p["W_proj"], p["b_proj"]',
        right=True,
    ),
    # --- captioning-loss
    loss(
        "compares-words-with-themselves",
        "the next word is the answer",
        "words = captions[:, 1:]",
        "words = captions[:, :-1]",
    ),
    loss(
        "shows-the-answer",
        "the word before goes in",
        "self._scores(features, captions[:, :-1])",
        "self._scores(features, captions[:, 1:])",
    ),
    loss("null-counts", "it only fills up", "words != self._null", "words == words"),
    loss("null-is-zero", "it has a number of its own", "words != self._null", "words != 0"),
    loss(
        "end-does-not-count",
        "when to stop is learned",
        "words != self._null",
        "(words != self._null) & (words != self._end)",
    ),
    loss(
        "mean-over-words",
        "divided by N",
        "words != self._null)\n",
        "words != self._null)\nloss *= len(words) / (words != self._null).sum()\n",
    ),
    loss(
        "forgets-the-picture",
        "W_proj learns, too",
        "affine_backward(dh0, first)",
        "affine_backward(0 * dh0, first)",
    ),
    loss(
        "forgets-the-vectors",
        "W_embed learns, too",
        'grads["W_embed"] = word_embedding_backward(dvectors, second)\n',
        "",
    ),
    loss(
        "forgets-b-proj",
        "it learns, too",
        'grads["W_proj"], grads["b_proj"] =',
        'grads["W_proj"], _ =',
    ),
    loss(
        "mask-by-words",
        "the same steps",
        "words != self._null",
        "~np.isin(words, [self._null])",
        right=True,
    ),
    # --- captioning-sample
    sample(
        "start-first",
        "the first column is the first word",
        "ended = np.zeros(len(features), dtype=bool)\n",
        "ended = np.zeros(len(features), dtype=bool)\n"
        "captions[:, 0], captions = self._start, captions[:, 1:]\n"
        "max_length -= 1\n",
    ),
    sample(
        "goes-on-behind-end",
        "there comes <NULL>",
        "captions[~ended, t] = words[~ended]",
        "captions[:, t] = words",
    ),
    sample(
        "no-end",
        "it is a word, too",
        "    captions[~ended, t] = words[~ended]\n    ended |= words == self._end\n",
        "    ended |= words == self._end\n    captions[~ended, t] = words[~ended]\n",
    ),
    sample(
        "stops-with-the-first",
        "each sentence has its own end",
        "    ended |= words == self._end\n",
        "    ended |= words == self._end\n    if ended.any():\n        break\n",
    ),
    sample("keeps-the-state", "the state moves on", "scores, state =", "scores, _ ="),
    sample(
        "always-start",
        "the word chosen goes in",
        "self.advance(state, words)",
        "self.advance(state, np.full(len(features), self._start))",
    ),
    sample("least-likely", "the largest score", "argmax", "argmin"),
    sample(
        "starts-with-null",
        "<START> goes in first",
        "np.full(len(features), self._start)",
        "np.full(len(features), self._null)",
    ),
    sample(
        "floats",
        "numbers of words",
        "    ended |= words == self._end\n",
        "    ended |= words == self._end\ncaptions = captions.astype(float)\n",
    ),
    Variant(
        "captioning-sample",
        "all-words-then-cut",
        why="what comes behind <END> is taken back",
        code="""
h, words = features @ self.params["W_proj"] + self.params["b_proj"], [self._start] * len(features)
p = self.params
for t in range(max_length):
    h, _ = rnn_forward(p["W_embed"][words][:, None], h, p["Wx"], p["Wh"], p["b"])
    h = h[:, 0]
    words = np.argmax(h @ p["W_vocab"] + p["b_vocab"], axis=1)
    captions[:, t] = words
for row in captions:
    if self._end in row:
        row[list(row).index(self._end) + 1 :] = self._null
""",
        right=True,
    ),
]
