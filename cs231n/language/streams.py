"""Tokens in batches, sentences side by side or a text in rows, and training on them."""

import numpy as np

from cs231n import optim

__all__ = ["Trainer", "run_stream", "sentence_batch", "stream_batches"]


def sentence_batch(sentences, boundary):
    """Put sentences side by side: what is read, what should follow, and what counts.

    Parameters
    ----------
    sentences : list of sequences of int
        N sentences without START and END; T - 1 words the longest.
    boundary : int
        A number that stands for START where it is read, and for END where it is predicted.

    Returns
    -------
    x, y : ndarray, shape (N, T), int
        Rows are filled up with `boundary`.
    mask : ndarray, shape (N, T), bool
        False where they are filled up.
    """
    lengths = np.array([len(words) for words in sentences])
    x = np.full((len(sentences), lengths.max() + 1), boundary)
    y = x.copy()
    for row, words in enumerate(sentences):
        x[row, 1 : len(words) + 1] = y[row, : len(words)] = words
    return x, y, np.arange(x.shape[1]) <= lengths[:, None]


def stream_batches(tokens, N, T):
    """Cut one long text into batches that continue each other.

    The text is cut into N consecutive parts of equal length, as long as they can be, which lie
    below each other as rows. Batch b takes T columns of each row, from column b T on. So row n of a
    batch goes on where row n of the batch before it ended. What does not fill a row or a batch at
    the end is left out.

    Parameters
    ----------
    tokens : ndarray, shape (L,), int
    N : int
        Rows.
    T : int
        Tokens of each row in a batch.

    Returns
    -------
    x, y : ndarray, shape (B, N, T), int
        Tokens that are read, and those that follow each of them: the last y of a row is the token
        that the next row begins with. All M columns that a row can have with its y are used, as far
        as they fill batches: M = (L - 1) // N and B = M // T.

    Raises
    ------
    ValueError
        If the text is too short for one batch.
    """
    tokens = np.asarray(tokens)
    if len(tokens) < N * T + 1:
        raise ValueError(
            f"stream_batches: a batch of {N} rows of {T} tokens needs a text of {N * T + 1}; this "
            f"one has {len(tokens)}. Take fewer rows, shorter ones, or a longer text."
        )
    ### BEGIN SOLUTION: x and y, (B, N, T) each
    columns = (len(tokens) - 1) // N
    B = columns // T
    x, y = (
        tokens[shift : shift + N * columns].reshape(N, columns)[:, : B * T]  # (N, B T)
        for shift in (0, 1)
    )
    x, y = (rows.reshape(N, B, T).transpose(1, 0, 2) for rows in (x, y))
    ### END SOLUTION
    return x, y


def run_stream(model, x, y, step=None):
    """Go through the batches of a text once, in order: each begins with the states of the last.

    Parameters
    ----------
    model : LanguageModel
        With `begin` and `loss`.
    x, y : ndarray, shape (B, N, T), int
        Of `stream_batches`.
    step : callable, optional
        Called with the gradients of each batch before the next is computed; by default nothing is
        done with them.

    Returns
    -------
    list of float
        The loss of each batch.
    """
    losses = []
    everything = np.ones(x.shape[1:], dtype=bool)
    ### BEGIN SOLUTION: the loss of each batch, from the states in which the last one ended
    states = model.begin(x[0])
    for read, following in zip(x, y):
        loss, grads, states = model.loss(read, following, everything, states)
        losses.append(float(loss))
        if step is not None:
            step(grads)
    ### END SOLUTION
    return losses


class Trainer:
    """Changes a model's parameters by Adam, gradients clipped entry by entry.

    Parameters
    ----------
    model : LanguageModel
    learning_rate : float
    clip : float
        No entry of a gradient is further from 0.
    """

    def __init__(self, model, learning_rate=2e-3, clip=1.0):
        self.model, self.clip = model, clip
        self._configs = {name: {"learning_rate": learning_rate} for name in model.params}

    def step(self, grads):
        """Take one step against these gradients."""
        for name, grad in grads.items():
            clipped = np.clip(grad, -self.clip, self.clip)
            config = self._configs[name]
            self.model.params[name], self._configs[name] = optim.adam(
                self.model.params[name], clipped, config
            )

    def fit_sentences(self, sentences, boundary, steps, rng, size=50):
        """Take steps, each on `size` sentences drawn at random; returns the loss of each.

        Parameters
        ----------
        sentences : list of sequences of int
            Without START and END.
        boundary : int
            As in `sentence_batch`.
        steps : int
        rng : numpy.random.Generator
        size : int

        Returns
        -------
        list of float
        """
        losses = []
        for _ in range(steps):
            drawn = rng.integers(len(sentences), size=size)
            x, y, mask = sentence_batch([sentences[i] for i in drawn], boundary)
            loss, grads, _ = self.model.loss(x, y, mask, self.model.begin(x))
            self.step(grads)
            losses.append(float(loss))
        return losses
