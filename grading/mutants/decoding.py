"""Variants of decoders: how sentences are got out of a model's scores."""

from grading.mutants import Variant

LOOP = """for _ in range(max_length):
    scores, state = model.advance(state, np.array([word]))
    likely = log_softmax(scores)[0]
    word = int(choose(likely))
    logprobs.append(float(likely[word]))
    if word == end:
        return Sentence(tuple(words), tuple(logprobs), True)
    words.append(word)
"""


def of(exercise):
    """Make variants of an exercise's region."""

    def variant(name, why, code, right=False):
        return Variant(exercise, name, why=why, code=code, right=right)

    return variant


log_softmax, walk, greedy = map(of, ("log-softmax", "decode-walk", "decode-greedy"))
tempered, score = of("tempered-probabilities"), of("decode-score")


def changed(old, new, code=LOOP):
    """A solution with something else in it."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


VARIANTS = [
    # --- log-softmax
    log_softmax(
        "of-all-rows-together",
        "each row has its own sum",
        "shifted = scores - scores.max()\nreturn shifted - np.log(np.exp(shifted).sum())",
    ),
    log_softmax(
        "largest-of-all-rows",
        "a row may lie far below the others",
        "shifted = scores - scores.max()\n"
        "return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
    ),
    log_softmax(
        "over-the-examples",
        "the words are the second axis",
        "shifted = scores - scores.max(axis=0)\n"
        "return shifted - np.log(np.exp(shifted).sum(axis=0))",
    ),
    log_softmax(
        "not-shifted",
        "overflows",
        "with np.errstate(all='ignore'):\n"
        "    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))",
    ),
    log_softmax(
        "logarithm-of-the-softmax",
        "far below, the probability is 0",
        "p = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
        "with np.errstate(all='ignore'):\n"
        "    return np.log(p / p.sum(axis=1, keepdims=True))",
    ),
    log_softmax(
        "with-something-added",
        "far below is not the same as nothing",
        "p = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
        "return np.log(p / p.sum(axis=1, keepdims=True) + 1e-12)",
    ),
    log_softmax(
        "to-base-two",
        "sums with natural ones would be wrong",
        "shifted = scores - scores.max(axis=1, keepdims=True)\n"
        "return (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))) / np.log(2)",
    ),
    log_softmax(
        "shift-forgotten-again",
        "what was subtracted for the sum is subtracted from the score, too",
        "top = scores.max(axis=1, keepdims=True)\n"
        "return scores - np.log(np.exp(scores - top).sum(axis=1, keepdims=True))",
    ),
    log_softmax(
        "by-logaddexp",
        "the same sum",
        "return scores - np.logaddexp.reduce(scores, axis=1)[:, None]",
        right=True,
    ),
    log_softmax(
        "row-by-row",
        "the same, in a loop",
        "rows = []\nfor row in scores:\n"
        "    rows.append(row - row.max() - np.log(np.sum(np.exp(row - row.max()))))\n"
        "return np.array(rows)",
        right=True,
    ),
    # --- decode-walk
    walk(
        "reads-start-every-time",
        "each step reads the word before",
        changed("np.array([word])", "np.array([start])"),
    ),
    walk(
        "keeps-the-first-state",
        "the state goes on",
        changed("scores, state =", "scores, _ ="),
    ),
    walk(
        "end-is-a-word",
        "words come without <END>",
        changed("    if word == end:\n", "    if word == end:\n        words.append(word)\n"),
    ),
    walk(
        "end-costs-nothing",
        "the log-probability of <END> counts",
        changed(
            "    logprobs.append(float(likely[word]))\n    if word == end:\n",
            "    if word != end:\n        logprobs.append(float(likely[word]))\n    else:\n",
        ),
    ),
    walk(
        "never-ends",
        "behind <END> comes nothing",
        "for _ in range(max_length):\n"
        "    scores, state = model.advance(state, np.array([word]))\n"
        "    likely = log_softmax(scores)[0]\n"
        "    word = int(choose(likely))\n"
        "    logprobs.append(float(likely[word]))\n"
        "    words.append(word)",
    ),
    walk(
        "one-step-more",
        "max_length counts <END>",
        changed("range(max_length)", "range(max_length + 1)"),
    ),
    walk(
        "one-step-less",
        "max_length words may come",
        changed("range(max_length)", "range(max_length - 1)"),
    ),
    walk(
        "scores-as-log-probabilities",
        "scores do not sum to 1",
        changed("log_softmax(scores)[0]", "scores[0]"),
    ),
    walk(
        "the-largest-whatever-is-chosen",
        "the log-probability is that of the chosen word",
        changed("float(likely[word])", "float(likely.max())"),
    ),
    walk(
        "a-cut-sentence-is-finished",
        "only <END> finishes",
        LOOP + "return Sentence(tuple(words), tuple(logprobs), True)",
    ),
    walk(
        "end-unfinished",
        "<END> finishes",
        changed("tuple(logprobs), True)", "tuple(logprobs), False)"),
    ),
    walk(
        "while",
        "the same loop",
        "while len(words) < max_length:\n"
        "    scores, state = model.advance(state, np.asarray([word]))\n"
        "    likely = log_softmax(scores).ravel()\n"
        "    word = int(choose(likely))\n"
        "    logprobs += [float(likely[word])]\n"
        "    if word == end:\n"
        "        return Sentence(tuple(words), tuple(logprobs), finished=True)\n"
        "    words += [word]",
        right=True,
    ),
    # --- decode-greedy
    greedy(
        "the-least-likely",
        "likeliest, not least",
        "return walk(model, features, start, end, np.argmin, max_length)",
    ),
    greedy(
        "the-default-length",
        "max_length is handed on",
        "return walk(model, features, start, end, np.argmax)",
    ),
    greedy(
        "of-no-picture",
        "the sentence is about the picture",
        "return walk(model, np.zeros_like(features), start, end, np.argmax, max_length)",
    ),
    greedy(
        "start-and-end-exchanged",
        "the order of arguments",
        "return walk(model, features, end, start, np.argmax, max_length)",
    ),
    greedy(
        "never-end",
        "<END> may be the likeliest",
        "def choose(logprobs):\n"
        "    allowed = logprobs.copy()\n"
        "    allowed[end] = -np.inf\n"
        "    return allowed.argmax()\n"
        "return walk(model, features, start, end, choose, max_length)",
    ),
    greedy(
        "by-sorting",
        "the last in order",
        "def choose(logprobs):\n    return np.argsort(logprobs)[-1]\n"
        "return walk(model, features, start, end, choose=choose, max_length=max_length)",
        right=True,
    ),
    greedy(
        "a-loop-of-its-own",
        "the walk, written again",
        LOOP.replace("int(choose(likely))", "int(likely.argmax())").replace(
            "for _",
            "state, word = model.begin(np.asarray(features)[None]), start\n"
            "words, logprobs = [], []\nfor _",
        )
        + "return Sentence(tuple(words), tuple(logprobs), False)",
        right=True,
    ),
    # --- tempered-probabilities
    tempered(
        "multiplied",
        "cold should be greedy",
        "weights = np.exp((logprobs - logprobs.max()) * temperature)\n"
        "return weights / weights.sum()",
    ),
    tempered(
        "divides-probabilities",
        "a factor goes away when they are normalised",
        "weights = np.exp(logprobs) / temperature\nreturn weights / weights.sum()",
    ),
    tempered(
        "not-normalised",
        "probabilities sum to 1",
        "return np.exp(logprobs / temperature)",
    ),
    tempered(
        "not-shifted",
        "0 / 0 when it is cold",
        "weights = np.exp(logprobs / temperature)\n"
        "with np.errstate(all='ignore'):\n    return weights / weights.sum()",
    ),
    tempered(
        "shifted-after-the-logarithm-alone",
        "the shift has to be the largest, not the mean",
        "weights = np.exp((logprobs - logprobs[np.isfinite(logprobs)].mean()) / temperature)\n"
        "with np.errstate(all='ignore'):\n    return weights / weights.sum()",
    ),
    tempered(
        "what-cannot-come-can",
        "0 stays 0",
        "logprobs = np.maximum(logprobs, -20)\n"
        "weights = np.exp((logprobs - logprobs.max()) / temperature)\n"
        "return weights / weights.sum()",
    ),
    tempered(
        "by-powers",
        "p to the power 1 / T, of the largest",
        "p = np.exp(logprobs - logprobs.max()) ** (1 / temperature)\nreturn p / np.sum(p)",
        right=True,
    ),
    tempered(
        "by-log-softmax",
        "the function above",
        "return np.exp(log_softmax(logprobs[None] / temperature))[0]",
        right=True,
    ),
    # --- decode-score
    score(
        "forgets-the-end",
        "a sentence that goes on is another",
        "given = iter(words)\n"
        "return walk(model, features, start, end, lambda logprobs: next(given), len(words))",
    ),
    score(
        "up-to-thirty-words",
        "the sentence is as long as it is",
        "given = iter([*words, end])\n"
        "return walk(model, features, start, end, lambda logprobs: next(given))",
    ),
    score(
        "cut-by-one",
        "<END> takes a step",
        "given = iter([*words, end])\n"
        "return walk(model, features, start, end, lambda logprobs: next(given), len(words))",
    ),
    score(
        "greedy-instead",
        "the words are given",
        "return walk(model, features, start, end, np.argmax, len(words) + 1)",
    ),
    score(
        "begins-with-start",
        "<START> is read, not said",
        "given = iter([start, *words, end])\n"
        "return walk(model, features, start, end, lambda logprobs: next(given), len(words) + 2)",
    ),
    score(
        "by-hand",
        "the walk, written again",
        "state, last, logprobs = model.begin(np.asarray(features)[None]), start, []\n"
        "for word in [*words, end]:\n"
        "    scores, state = model.advance(state, np.array([last]))\n"
        "    logprobs.append(float(log_softmax(scores)[0, word]))\n"
        "    last = word\n"
        "return Sentence(tuple(words), tuple(logprobs), True)",
        right=True,
    ),
    score(
        "from-a-list",
        "the first that is left",
        "left = [*words, end]\n"
        "return walk(model, features, start, end, lambda logprobs: left.pop(0), len(words) + 1)",
        right=True,
    ),
]
