"""Text out of a language model, token by token, and the circles that it may run in.

A model has `begin(features)`, states for as many sequences as features has rows, and
`advance(states, words)`, scores (N, V) of what follows, and the next states.
"""

import numpy as np

from cs231n.language.decoding import log_softmax, tempered_probabilities

__all__ = ["find_loop", "write"]


def write(model, prime, pick, temperature=1.0, end=None, max_length=100):
    """Let a model go on from a beginning, until it says `end`.

    Parameters
    ----------
    model : object
        With `begin` and `advance`.
    prime : sequence of int
        The beginning: read token by token, one or more.
    pick : callable
        Called once for each token: the probabilities (V,) of what comes next, at this temperature
        -> its number. `np.argmax` is greedy; `lambda p: rng.choice(len(p), p=p)` draws.
    temperature : float
        Above 0; the model's probabilities are softmax(scores / temperature).
    end : int, optional
        The token that ends the text. By default nothing does.
    max_length : int
        Tokens at most, `end` among them, the beginning not.

    Returns
    -------
    list of int
        What was written, without the beginning and without `end`.

    Raises
    ------
    ValueError
        If there is no beginning, or the temperature is not above 0.
    """
    if not len(prime):
        raise ValueError("write: prime is empty; give it START, or the first characters.")
    states, written = model.begin(np.zeros((1, 1))), []
    ### BEGIN SOLUTION: read the beginning; then pick, note and read, token by token
    for token in prime:
        scores, states = model.advance(states, np.array([token]))
    for _ in range(max_length):
        chances = tempered_probabilities(log_softmax(scores)[0], temperature)
        token = int(pick(chances))
        if token == end:
            break
        written.append(token)
        scores, states = model.advance(states, np.array([token]))
    ### END SOLUTION
    return written


def find_loop(tokens, turns=2):
    """Find the circle in which a text ends.

    The end of a text is a circle of length p if its last `turns` p tokens are the same p tokens,
    `turns` times. Of several lengths the shortest counts. The circle begins with the first token
    from which on every token, to the end, is the same as the one p places later.

    x y a b a b a: (2, 2). a b c a b: None, as the end has not come twice. x a a b a a: (4, 1), as 1
    is shorter than 3.

    Parameters
    ----------
    tokens : sequence of int, (T,)
    turns : int
        2 or more.

    Returns
    -------
    tuple of int, or None
        (start, p): where it begins, and its length. None if the text ends in no circle.

    Raises
    ------
    ValueError
        If turns is below 2.
    """
    if turns < 2:
        raise ValueError(f"find_loop: turns is {turns}; only from 2 on is it a circle.")
    ### BEGIN SOLUTION: the shortest p that fits, then as far back as it goes
    tokens = list(tokens)
    for p in range(1, len(tokens) // turns + 1):
        start = len(tokens) - p
        while start > 0 and tokens[start - 1] == tokens[start - 1 + p]:
            start -= 1
        if len(tokens) - start >= turns * p:
            return start, p
    return None
    ### END SOLUTION
