"""Sentences from a model that scores the next word: greedy, by chance, and by beam search.

A model has `begin(features)`, which returns a state (a tuple of arrays with one row a picture), and
`advance(state, words)`, which returns scores (N, V) of the next word, and the next state. All
functions take one picture's features (D,) and return sentences with their log-probabilities, which
are sums of natural logarithms, "<END>" included where it was said.
"""

from dataclasses import dataclass

import numpy as np

__all__ = [
    "Sentence",
    "beam_search",
    "extend_beams",
    "greedy",
    "log_softmax",
    "sample",
    "score",
    "tempered_probabilities",
    "walk",
]


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


def log_softmax(scores):
    """Turn scores into natural logarithms of probabilities: score - log(sum of exp(scores)).

    Parameters
    ----------
    scores : ndarray, shape (N, V)

    Returns
    -------
    ndarray, shape (N, V), float64
        Of whatever precision the scores are: many of them are added up.
    """
    scores = np.asarray(scores, dtype=np.float64)
    ### BEGIN SOLUTION: scores minus the logarithm of the sum of their exponentials, row by row
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    ### END SOLUTION


def walk(model, features, start, end, choose, max_length=30):
    """Write one sentence, word after word, each chosen by a function.

    Parameters
    ----------
    model : object
        With `begin` and `advance`.
    features : ndarray, shape (D,)
    start, end : int
        Numbers of "<START>", which is read first, and "<END>".
    choose : callable
        Log-probabilities (V,) of all words -> the number of the next.
    max_length : int
        Words at most, "<END>" among them.

    Returns
    -------
    Sentence
    """
    state, word = model.begin(np.asarray(features)[None]), start
    words, logprobs = [], []
    ### BEGIN SOLUTION: read `word`, choose the next, note its log-probability; return at <END>
    for _ in range(max_length):
        scores, state = model.advance(state, np.array([word]))
        likely = log_softmax(scores)[0]  # (V,)
        word = int(choose(likely))
        logprobs.append(float(likely[word]))
        if word == end:
            return Sentence(tuple(words), tuple(logprobs), True)
        words.append(word)
    ### END SOLUTION
    return Sentence(tuple(words), tuple(logprobs), False)


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
    ### BEGIN SOLUTION: walk, and always choose the likeliest word
    return walk(model, features, start, end, np.argmax, max_length)
    ### END SOLUTION


def tempered_probabilities(logprobs, temperature):
    """Compute the probabilities softmax(logprobs / temperature) of the next word.

    Parameters
    ----------
    logprobs : ndarray, shape (V,)
        Of the model; -inf for what cannot come.
    temperature : float
        At 1 they are the model's; towards 0 all goes to the likeliest, towards infinity all words
        that can come are alike.

    Returns
    -------
    ndarray, shape (V,), float64
        Sums to 1.

    Raises
    ------
    ValueError
        If the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}, but should be above 0; near 0 is greedy.")
    logprobs = np.asarray(logprobs, dtype=np.float64)
    ### BEGIN SOLUTION: divide, exponentiate without overflow at any temperature, normalise
    weights = np.exp((logprobs - logprobs.max()) / temperature)
    return weights / weights.sum()
    ### END SOLUTION


def sample(model, features, start, end, rng, temperature=1.0, max_length=30):
    """Draw every word, with its `tempered_probabilities`.

    Parameters
    ----------
    model, features, start, end :
        As in `greedy`.
    rng : numpy.random.Generator
    temperature : float
        Below 1 likely words become likelier; towards 0 it is `greedy`.
    max_length : int

    Returns
    -------
    Sentence
        Its log-probabilities are the model's, at temperature 1.

    Raises
    ------
    ValueError
        If the temperature is not above 0.
    """

    def draw(logprobs):
        return rng.choice(len(logprobs), p=tempered_probabilities(logprobs, temperature))

    return walk(model, features, start, end, draw, max_length)


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
    ### BEGIN SOLUTION: step by step, all beams at once; then the `count` best, and always one
    for _ in range(max_length):
        if _settled(finished, beams, count, length_penalty, max_length):
            break
        last = np.array([beam.words[-1] if beam.words else start for beam in beams])
        scores, state = model.advance(state, last)
        beams, rows, done = extend_beams(beams, log_softmax(scores), end, width)
        finished.extend(done)
        state = tuple(part[rows] for part in state)
    return _ranked(finished or beams, length_penalty)[:count]
    ### END SOLUTION


def extend_beams(beams, logprobs, end, width):
    """Go on from beginnings by one word: the best `width` of all continuations of all of them.

    Parameters
    ----------
    beams : list of Sentence
        B beginnings.
    logprobs : ndarray, shape (B, V)
        Of the next word of each.
    end : int
        Number of "<END>".
    width : int
        Continuations that are kept, those that end among them; fewer if there are not so many.

    Returns
    -------
    going : list of Sentence
        Those that do not end, the likeliest first.
    rows : list of int
        For each of them, the number of the beginning that it continues.
    done : list of Sentence
        Those that end, the likeliest first: `finished`, and without `end` among their words.
    """
    going, rows, done = [], [], []
    ### BEGIN SOLUTION: the best `width` of B x V sums, in order: into going (and rows) or done
    totals = np.array([beam.logprob for beam in beams])[:, None] + logprobs  # (B, V)
    order = np.argsort(-totals, axis=None, kind="stable")[:width]
    for row, word in zip(*np.unravel_index(order, totals.shape)):
        beam, said = beams[row], (*beams[row].logprobs, float(logprobs[row, word]))
        if word == end:
            done.append(Sentence(beam.words, said, True))
        else:
            going.append(Sentence((*beam.words, int(word)), said, False))
            rows.append(int(row))
    ### END SOLUTION
    return going, rows, done


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
    ### BEGIN SOLUTION: walk, and choose what is given
    given = iter([*words, end])
    return walk(model, features, start, end, lambda logprobs: next(given), len(words) + 1)
    ### END SOLUTION


def _ranked(sentences, length_penalty):
    """The best first."""
    return sorted(sentences, key=lambda sentence: -sentence.rank(length_penalty))


def _settled(finished, beams, best, length_penalty, max_length):
    """Whether one may stop: no beginning can become better than what would be returned.

    A beginning's log-probability only falls; divided by a length, it could at best become what it
    is now, divided by the largest length.
    """
    if not beams:
        return True
    if len(finished) < best:
        return False
    worst = _ranked(finished, length_penalty)[best - 1].rank(length_penalty)
    longest = max_length if length_penalty > 0 else 1
    bound = max(beam.logprob for beam in beams) / longest ** max(0.0, length_penalty)
    return bound <= worst
