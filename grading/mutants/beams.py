"""Variants of beam search, and of its step."""

from grading.mutants import Variant

EXTEND = """totals = np.array([beam.logprob for beam in beams])[:, None] + logprobs
order = np.argsort(-totals, axis=None, kind="stable")[:width]
for row, word in zip(*np.unravel_index(order, totals.shape)):
    beam, said = beams[row], (*beams[row].logprobs, float(logprobs[row, word]))
    if word == end:
        done.append(Sentence(beam.words, said, True))
    else:
        going.append(Sentence((*beam.words, int(word)), said, False))
        rows.append(int(row))
"""
SEARCH = """for _ in range(max_length):
    if not beams:
        break
    last = np.array([beam.words[-1] if beam.words else start for beam in beams])
    scores, state = model.advance(state, last)
    beams, rows, done = extend_beams(beams, log_softmax(scores), end, width)
    finished.extend(done)
    state = tuple(part[rows] for part in state)
return _ranked(finished or beams, length_penalty)[:count]
"""


def extend(name, why, code, right=False):
    """A variant of extend_beams."""
    return Variant("extend-beams", name, why=why, code=code, right=right)


def beam(name, why, code, right=False):
    """A variant of beam_search."""
    return Variant("beam-search", name, why=why, code=code, right=right)


def step(old, new):
    """The step with something else in it."""
    assert EXTEND.count(old) == 1, old
    return EXTEND.replace(old, new)


def searched(old, new):
    """The search with something else in it."""
    assert SEARCH.count(old) == 1, old
    return SEARCH.replace(old, new)


VARIANTS = [
    # --- extend-beams
    extend(
        "by-the-last-word-alone",
        "the whole beginning counts",
        step("np.array([beam.logprob for beam in beams])[:, None] +", ""),
    ),
    extend(
        "each-beginning-has-its-own-places",
        "all continuations compete",
        step(
            'order = np.argsort(-totals, axis=None, kind="stable")[:width]',
            "V, share = totals.shape[1], -(-width // len(beams))\n"
            "each = np.argsort(-totals, axis=1)[:, :share] + V * np.arange(len(beams))[:, None]\n"
            "order = each.ravel()[:width]",
        ),
    ),
    extend(
        "the-worst",
        "argsort begins with the smallest",
        step("np.argsort(-totals,", "np.argsort(totals,"),
    ),
    extend("the-best-last", "likeliest first", step("[:width]", "[:width][::-1]")),
    extend("end-goes-on", "<END> is no word like others", step("if word == end:", "if False:")),
    extend(
        "end-among-the-words",
        "words come without <END>",
        step("(beam.words, said, True)", "((*beam.words, end), said, True)"),
    ),
    extend(
        "end-costs-nothing",
        "its log-probability counts",
        step("(beam.words, said, True)", "(beam.words, beam.logprobs, True)"),
    ),
    extend(
        "end-unfinished",
        "what says <END> is finished",
        step("(beam.words, said, True)", "(beam.words, said, False)"),
    ),
    extend(
        "totals-instead-of-each",
        "one log-probability a word",
        step("float(logprobs[row, word])", "float(totals[row, word])"),
    ),
    extend(
        "its-own-number-in-rows",
        "rows are those of the beginnings",
        step("rows.append(int(row))", "rows.append(len(rows))"),
    ),
    extend(
        "rows-of-all",
        "rows belong to what goes on",
        step("True))\n", "True))\n        rows.append(int(row))\n"),
    ),
    extend(
        "transposed",
        "rows first",
        step(
            "np.unravel_index(order, totals.shape)",
            "np.unravel_index(order, totals.shape[::-1])[::-1]",
        ),
    ),
    extend(
        "partition-of-too-few",
        "there may be fewer than width",
        step(
            'np.argsort(-totals, axis=None, kind="stable")[:width]',
            "np.argpartition(-totals, width - 1, axis=None)[:width]\n"
            "order = order[np.argsort(-totals.ravel()[order])]",
        ),
    ),
    extend(
        "one-for-each-number",
        "equal ones are lost",
        "best = {}\n"
        "for row, beam in enumerate(beams):\n"
        "    for word in range(logprobs.shape[1]):\n"
        "        best[beam.logprob + float(logprobs[row, word])] = row, word\n"
        "for total in sorted(best, reverse=True)[:width]:\n"
        "    row, word = best[total]\n"
        "    said = (*beams[row].logprobs, float(logprobs[row, word]))\n"
        "    if word == end:\n"
        "        done.append(Sentence(beams[row].words, said, True))\n"
        "    else:\n"
        "        going.append(Sentence((*beams[row].words, word), said, False))\n"
        "        rows.append(row)",
    ),
    extend(
        "by-sorting-a-list",
        "the same sums",
        "found = []\n"
        "for row, beam in enumerate(beams):\n"
        "    for word, logprob in enumerate(logprobs[row].tolist()):\n"
        "        found.append((beam.logprob + logprob, row, word, logprob))\n"
        "found.sort(reverse=True)\n"
        "for _, row, word, logprob in found[:width]:\n"
        "    said = (*beams[row].logprobs, logprob)\n"
        "    if word == end:\n"
        "        done.append(Sentence(beams[row].words, said, True))\n"
        "        continue\n"
        "    going.append(Sentence((*beams[row].words, word), said, False))\n"
        "    rows.append(row)",
        right=True,
    ),
    extend(
        "by-division",
        "row and word from one number",
        "totals = (np.array([[sum(beam.logprobs)] for beam in beams]) + logprobs).ravel()\n"
        "for place in totals.argsort()[::-1][:width]:\n"
        "    row, word = divmod(int(place), logprobs.shape[1])\n"
        "    said = beams[row].logprobs + (float(logprobs[row, word]),)\n"
        "    if word == end:\n"
        "        done.append(Sentence(beams[row].words, said, True))\n"
        "    else:\n"
        "        going.append(Sentence(beams[row].words + (word,), said, False))\n"
        "        rows.append(row)",
        right=True,
    ),
    # --- beam-search
    beam(
        "states-stay-where-they-are",
        "beams move to other rows",
        searched(
            "part[rows] for part in state",
            "part[np.arange(len(rows)) % len(part)] for part in state",
        ),
    ),
    beam(
        "only-half-of-the-state",
        "an LSTM has h and c",
        searched(
            "tuple(part[rows] for part in state)",
            "(state[0][rows], state[1][np.arange(len(rows)) % len(state[1])])",
        ),
    ),
    beam(
        "reads-start-every-time",
        "each beam reads its last word",
        searched("beam.words[-1] if beam.words else start for", "start for"),
    ),
    beam("greedy", "a beam keeps several", searched("end, width)", "end, 1)")),
    beam(
        "the-first-that-ends",
        "another may be better",
        searched("if not beams:", "if not beams or finished:"),
    ),
    beam(
        "when-enough-have-ended",
        "others may still be better",
        searched("if not beams:", "if not beams or len(finished) >= count:"),
    ),
    beam("nothing-to-say", "always an answer", searched("finished or beams", "finished")),
    beam(
        "cut-ones-beside-finished-ones",
        "unfinished ones only where nothing has finished",
        searched("finished or beams", "[*finished, *beams]"),
    ),
    beam(
        "ranked-without-the-penalty",
        "length_penalty counts",
        searched("length_penalty)[:count]", "0.0)[:count]"),
    ),
    beam(
        "always-the-mean-of-a-word",
        "0 ranks by probability",
        searched("length_penalty)[:count]", "1.0)[:count]"),
    ),
    beam(
        "in-the-order-of-their-end",
        "the best first",
        searched("_ranked(finished or beams, length_penalty)", "(finished or beams)"),
    ),
    beam("only-one", "best says how many", searched("[:count]", "[:1]")),
    beam(
        "one-step-more",
        "max_length counts <END>",
        searched("range(max_length)", "range(max_length + 1)"),
    ),
    beam(
        "scores-as-log-probabilities",
        "rows of scores cannot be compared",
        searched("log_softmax(scores)", "scores"),
    ),
    beam("to-the-end", "without stopping early", SEARCH, right=True),
    beam(
        "one-model-call-a-beam",
        "slower, and the same",
        "states = [state]\n"
        "for _ in range(max_length):\n"
        "    rows_of_logprobs, new_states = [], []\n"
        "    for beam, own in zip(beams, states):\n"
        "        last = beam.words[-1] if beam.words else start\n"
        "        scores, own = model.advance(own, np.array([last]))\n"
        "        rows_of_logprobs.append(log_softmax(scores)[0])\n"
        "        new_states.append(own)\n"
        "    beams, rows, done = extend_beams(beams, np.array(rows_of_logprobs), end, width)\n"
        "    finished += done\n"
        "    states = [new_states[row] for row in rows]\n"
        "    if not beams:\n"
        "        break\n"
        "best = sorted(finished or beams, key=lambda s: s.rank(length_penalty), reverse=True)\n"
        "return best[:count]",
        right=True,
    ),
]
