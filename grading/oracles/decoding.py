"""What the checks of decoding expect: every sentence tried, every n-gram counted by itself."""

import decimal
import itertools
import math

import numpy as np


def log_softmax_decimal(scores):
    """Row by row, in decimal numbers of forty digits, without subtracting anything first."""
    rows = []
    for row in scores.tolist():
        with _many_digits():
            powers = [decimal.Decimal(score).exp() for score in row]
            total = sum(powers)
            rows.append([float((power / total).ln()) for power in powers])
    return np.array(rows)


def tempered_shares(logprobs, temperature):
    """1 / sum over w of exp((l_w - l_v) / T) for each word v."""
    chances = []
    for own in logprobs.tolist():
        with _many_digits():
            shares = [
                (decimal.Decimal(other - own) / decimal.Decimal(temperature)).exp()
                for other in logprobs.tolist()
                if other > -math.inf
            ]
            chances.append(float(1 / sum(shares)) if own > -math.inf else 0.0)
    return np.array(chances)


def _many_digits():
    limits = {"Emax": decimal.MAX_EMAX, "Emin": decimal.MIN_EMIN}
    return decimal.localcontext(decimal.Context(prec=40, **limits))


def given_sentence(machine, words, end):
    """A sentence of these words, whose last may be `end`, with what each is worth by the tables."""
    moves, scores, state, last = machine
    logprobs = []
    for word in words:
        state = int(moves[state, last])
        row = [float(score) for score in scores[state]]
        logprobs.append(row[word] - math.log(math.fsum(math.exp(score) for score in row)))
        last = word
    finished = len(words) > 0 and words[-1] == end
    said = list(words[:-1]) if finished else list(words)
    return {"words": said, "logprobs": logprobs, "finished": finished}


def walked_sentence(machine, end, longest, takes):
    """The sentence of always the largest, or smallest, log-probability; each begun anew."""
    words = []
    while len(words) < longest and end not in words:
        words_of = range(machine[1].shape[1])
        logprobs = [
            given_sentence(machine, [*words, word], end)["logprobs"][-1] for word in words_of
        ]
        best = max if takes == "largest" else min
        words.append(logprobs.index(best(logprobs)))
    return given_sentence(machine, words, end)


def best_sentences(machine, end, longest, penalty, count):
    """The best of all finished sentences that there are, up to `longest` words with the end."""
    others = [word for word in range(machine[1].shape[1]) if word != end]
    every = [
        given_sentence(machine, [*words, end], end)
        for length in range(longest)
        for words in itertools.product(others, repeat=length)
    ]
    return _ranked(every, penalty)[:count]


def beam_sentences(machine, end, width, longest, penalty, count):
    """Beam search that begins every sentence anew at every step."""
    going, done = [[]], []
    for _ in range(longest):
        every = [[*words, word] for words in going for word in range(machine[1].shape[1])]
        best = _ranked([given_sentence(machine, words, end) for words in every], 0.0)[:width]
        going = [sentence["words"] for sentence in best if not sentence["finished"]]
        done += [sentence for sentence in best if sentence["finished"]]
    return _ranked(done or [given_sentence(machine, words, end) for words in going], penalty)[
        :count
    ]


def _ranked(sentences, penalty):
    def rank(sentence):
        return math.fsum(sentence["logprobs"]) / len(sentence["logprobs"]) ** penalty

    return sorted(sentences, key=rank, reverse=True)


def best_continuations(totals, logprobs, width):
    """(row, word) of the best `width`: those that fewer than `width` others are better than."""
    sums = {
        (row, word): totals[row] + float(logprobs[row, word])
        for row in range(logprobs.shape[0])
        for word in range(logprobs.shape[1])
    }
    better = {place: sum(other > own for other in sums.values()) for place, own in sums.items()}
    return sorted((place for place in sums if better[place] < width), key=lambda p: better[p])


def ngram_matches(words, references, n):
    """Clipped n-grams, each different one looked for by itself."""
    own = [words[i : i + n] for i in range(len(words)) if len(words[i : i + n]) == n]
    right = 0
    for k, gram in enumerate(own):
        if gram in own[:k]:
            continue
        most = 0
        for other in references:
            most = max(most, sum(other[i : i + n] == gram for i in range(len(other))))
        right += min(own.count(gram), most)
    return right, len(own)


def brevity_by_steps(candidates, references):
    """The penalty, the closest length found by going away from the candidate's step by step."""
    r = 0
    for words, others in zip(candidates, references):
        lengths, step = {len(other) for other in others}, 0
        while not lengths & {len(words) - step, len(words) + step}:
            step += 1
        r += len(words) - step if len(words) - step in lengths else len(words) + step
    c = sum(map(len, candidates))
    return 1.0 if c >= r else math.exp(1 - r / c)


def longest_common_by_trying(first, second):
    """The longest subsequence of the first that the second has, of all there are."""
    for length in range(len(first), 0, -1):
        for places in itertools.combinations(range(len(first)), length):
            rest = iter(second)
            if all(first[place] in rest for place in places):
                return length
    return 0


ORACLES = [
    *(log_softmax_decimal, tempered_shares, given_sentence, walked_sentence, best_sentences),
    *(beam_sentences, best_continuations, ngram_matches, brevity_by_steps),
    longest_common_by_trying,
]
