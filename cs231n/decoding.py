"""Sentences from a model that scores the next word: greedy, by chance, and by beam search.

A model has `begin(features)`, which returns a state (a tuple of arrays with one row a picture), and
`advance(state, words)`, which returns scores (N, V) of the next word, and the next state. All
functions take one picture's features (D,) and return sentences with their log-probabilities, which
are sums of natural logarithms, "<END>" included where it was said.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Sentence", "beam_search", "greedy", "sample", "score"]


@dataclass(frozen=True)
class Sentence:
    """Words with what the model thinks of them.

    `words` are numbers, without start and end; `logprobs` has one number for each of them, and one
    for "<END>" if the sentence was `finished`.
    """

    words: tuple
    logprobs: tuple
    finished: bool

    @property
    def logprob(self):
        """The sum."""
        return float(sum(self.logprobs))

    def rank(self, length_penalty=0.0):
        """What beam search sorts by: logprob / (number of logprobs) ** length_penalty."""
        return self.logprob / max(1, len(self.logprobs)) ** length_penalty


def greedy(model, features, start, end, max_length=30):
    """Take the likeliest word at every step.

    Parameters
    ----------
    model : object
        With `begin` and `advance`.
    features : ndarray, shape (D,)
    start, end : int
        Numbers of "<START>" and "<END>".
    max_length : int
        Words at most, "<END>" among them.

    Returns
    -------
    Sentence
    """
    return _walk(model, features, start, end, max_length, lambda logprobs: int(logprobs.argmax()))


def sample(model, features, start, end, rng, temperature=1.0, max_length=30):
    """Draw every word, with probabilities of softmax(scores / temperature).

    Parameters
    ----------
    model, features, start, end, max_length :
        As in `greedy`.
    rng : numpy.random.Generator
    temperature : float
        Below 1 likely words become likelier; towards 0 it is `greedy`.

    Returns
    -------
    Sentence
        Its log-probabilities are the model's, at temperature 1.

    Raises
    ------
    ValueError
        If the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}, but should be above 0; near 0 is greedy.")

    def draw(logprobs):
        weights = np.exp((logprobs - logprobs.max()) / temperature)
        return int(rng.choice(len(weights), p=weights / weights.sum()))

    return _walk(model, features, start, end, max_length, draw)


def beam_search(model, features, start, end, width=3, max_length=30, length_penalty=0.0, best=None):
    """Keep the best beginnings at every step, and return the best sentences.

    Parameters
    ----------
    model, features, start, end, max_length :
        As in `greedy`.
    width : int
        Beginnings that are kept; 1 is `greedy`.
    length_penalty : float
        Sentences are ranked by logprob / length ** length_penalty; 0 ranks by probability, which
        prefers short ones, and 1 by the mean of a word.
    best : int, optional
        How many sentences to return; by default `width`.

    Returns
    -------
    list of Sentence
        The best first; finished ones where there are any, else those cut at max_length.

    Raises
    ------
    ValueError
        If the width is below 1.
    """
    if width < 1:
        raise ValueError(f"width is {width}, but a beam has a width of 1 or more.")
    count = best or width
    state, beams, finished = model.begin(np.asarray(features)[None]), [Sentence((), (), False)], []
    for _ in range(max_length):
        last = np.array([beam.words[-1] if beam.words else start for beam in beams])
        scores, state = model.advance(state, last)
        beams, rows, done = _extend(beams, _log_softmax(scores), end, width)
        finished = _ranked([*finished, *done], length_penalty)[:count]
        if not beams or _settled(finished, beams, count, length_penalty, max_length):
            break
        state = tuple(part[rows] for part in state)
    return (finished or _ranked(beams, length_penalty))[:count]


def score(model, features, words, start, end):
    """What the model thinks of a given sentence, one word after the other, and of ending then.

    Parameters
    ----------
    model, features, start, end :
        As in `greedy`.
    words : sequence of int

    Returns
    -------
    Sentence
    """
    given = iter([*words, end])
    return _walk(model, features, start, end, len(words) + 1, lambda logprobs: next(given))


def _walk(model, features, start, end, max_length, choose):
    """One sentence, each word chosen from the log-probabilities (V,) of the next."""
    state, word, words, logprobs = model.begin(np.asarray(features)[None]), start, [], []
    for _ in range(max_length):
        scores, state = model.advance(state, np.array([word]))
        all_logprobs = _log_softmax(scores)[0]
        word = choose(all_logprobs)
        logprobs.append(float(all_logprobs[word]))
        if word == end:
            return Sentence(tuple(words), tuple(logprobs), True)
        words.append(word)
    return Sentence(tuple(words), tuple(logprobs), False)


def _extend(beams, logprobs, end, width):
    """The best `width` continuations: those that go on, the rows they come from, those that end."""
    totals = np.array([beam.logprob for beam in beams])[:, None] + logprobs  # (B, V)
    order = np.argsort(-totals, axis=None, kind="stable")[:width]
    going, rows, done = [], [], []
    for row, word in zip(*np.unravel_index(order, totals.shape)):
        beam, said = beams[row], (*beams[row].logprobs, float(logprobs[row, word]))
        if word == end:
            done.append(Sentence(beam.words, said, True))
        else:
            going.append(Sentence((*beam.words, int(word)), said, False))
            rows.append(int(row))
    return going, rows, done


def _ranked(sentences, length_penalty):
    """The best first."""
    return sorted(sentences, key=lambda sentence: -sentence.rank(length_penalty))


def _settled(finished, beams, best, length_penalty, max_length):
    """Whether no beginning can become better than the worst sentence that would be returned.

    A beginning's log-probability only falls; divided by a length, it could at best become what it
    is now, divided by the largest length.
    """
    if len(finished) < best:
        return False
    longest = max_length if length_penalty > 0 else 1
    bound = max(beam.logprob for beam in beams) / longest ** max(0.0, length_penalty)
    return bound <= finished[-1].rank(length_penalty)


def _log_softmax(scores):
    shifted = scores.astype(np.float64) - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
