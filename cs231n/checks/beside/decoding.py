"""A model of words that is nothing but two tables, to judge decoders without any network.

It lives in the student's process and hands back plain data: what a decoder said, as a dict.
"""

import numpy as np

from cs231n.language import decoding


class WordMachine:
    """Goes from state to state by the words it reads; every state has scores of the next word.

    The state is kept twice, as an LSTM keeps h and c, and each half goes on from the other: who
    carries along only one of them, or not at all, gets the scores of another sentence.

    Parameters
    ----------
    moves : ndarray, shape (S, V), int
        The state after state s has read word v.
    scores : ndarray, shape (S, V)
        Of the word that comes next.
    """

    def __init__(self, moves, scores):
        self.moves, self.scores = moves, scores

    def begin(self, features):
        """States before the first word, whose numbers are the first of the features (N, D)."""
        h = np.asarray(features)[:, 0].astype(int)
        return h, h.copy()

    def advance(self, state, words):
        """Read one more word of each sentence."""
        h, c = state
        words = np.asarray(words)
        if words.shape != h.shape:
            raise ValueError(
                f"advance: words has the shape {words.shape}, but the state has {len(h)} rows; "
                f"words should be an array of shape ({len(h)},)."
            )
        h, c = self.moves[c, words], self.moves[h, words]
        return self.scores[c], (h, c)


def walked(moves, scores, features, start, end, max_length, takes):
    """Call `walk`, with a function that chooses the largest or the smallest log-probability.

    Returns
    -------
    said : dict or whatever it returned
    seen : list of ndarray
        What the function that chooses was given.
    """
    seen, best = [], {"largest": np.argmax, "smallest": np.argmin}[takes]

    def choose(logprobs):
        seen.append(np.array(logprobs))
        return best(logprobs)

    machine = WordMachine(moves, scores)
    said = decoding.walk(machine, features, start, end, choose, max_length)
    return plain(said), seen


def greedy(moves, scores, *args):
    """Call `greedy`."""
    return plain(decoding.greedy(WordMachine(moves, scores), *args))


def score(moves, scores, features, start, end, words):
    """Call `score`."""
    return plain(decoding.score(WordMachine(moves, scores), features, words, start, end))


def beam_search(moves, scores, *args):
    """Call `beam_search`."""
    found = decoding.beam_search(WordMachine(moves, scores), *args)
    return [plain(sentence) for sentence in found] if isinstance(found, list | tuple) else found


def extend_beams(beginnings, logprobs, end, width):
    """Call `extend_beams` on beginnings, each a pair of words and their log-probabilities."""
    beams = [decoding.Sentence(tuple(words), tuple(said), False) for words, said in beginnings]
    result = decoding.extend_beams(beams, logprobs, end, width)
    if not isinstance(result, tuple) or len(result) != 3:
        return result
    going, rows, done = result
    return [plain(s) for s in going], [int(row) for row in rows], [plain(s) for s in done]


def plain(sentence):
    """A `Sentence` as a dict; anything else as it is."""
    if not isinstance(sentence, decoding.Sentence):
        return sentence
    return {
        "words": [int(word) for word in sentence.words],
        "logprobs": [float(logprob) for logprob in sentence.logprobs],
        "finished": bool(sentence.finished),
    }
