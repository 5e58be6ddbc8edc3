"""The recipe that makes a captioning model train: clipped gradients, a good first guess, honest
measures, and checkpoints that lose nothing. `captioning_solver.py` works with these functions.
"""

import copy

import numpy as np

from cs231n.training.solver_state import randomness, restore_randomness

__all__ = [
    "bias_from_counts",
    "clip_by_norm",
    "clip_elementwise",
    "exchange_pictures",
    "perplexity",
    "restore",
    "snapshot",
    "unknown_rate",
]


def clip_elementwise(grads, bound):
    """Bring every number of the gradients into the range from -bound to bound.

    Parameters
    ----------
    grads : dict of ndarray
        Name of a parameter to the derivatives by it.
    bound : float
        Above 0.

    Returns
    -------
    dict of ndarray
        New arrays, of the same shapes and dtypes; nan stays nan.

    References
    ----------
    T. Mikolov, "Statistical language models based on neural networks", 2012, section 3.3.
    """
    ### BEGIN SOLUTION: return a dict with the clipped gradients; keep the dtypes
    bound = float(bound)
    return {name: np.clip(grad, -bound, bound) for name, grad in grads.items()}
    ### END SOLUTION


def clip_by_norm(grads, bound):
    """Shorten the gradient of all parameters together to a length of at most `bound`.

    g <- g min(1, bound / |g|),   |g|^2 = the sum of squares over all entries of all arrays

    Parameters
    ----------
    grads : dict of ndarray
        Name of a parameter to the derivatives by it.
    bound : float
        Above 0.

    Returns
    -------
    clipped : dict of ndarray
        New arrays, of the same shapes and dtypes.
    norm : float
        The length that the gradient had.

    References
    ----------
    R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks",
    ICML 2013, algorithm 1.
    """
    ### BEGIN SOLUTION: clipped and norm; the norm is over all arrays, summed up in float64
    squares = [np.sum(np.square(grad, dtype=np.float64)) for grad in grads.values()]
    norm = float(np.sqrt(sum(squares)))
    scale = float(bound) / norm if norm > bound else 1.0
    clipped = {name: grad * scale for name, grad in grads.items()}
    ### END SOLUTION
    return clipped, norm


def bias_from_counts(captions, V, null):
    """Guess scores of the words before any training: the logarithms of their frequencies.

    Counted is what a model has to predict: every word but the first of a row, which is <START>;
    <END> too, but not <NULL>. A word that never comes counts as if it came once.

    Parameters
    ----------
    captions : ndarray, shape (M, T), int
        Rows that begin with <START>, end with <END> and are filled up with <NULL>.
    V : int
        Words in the vocabulary.
    null : int
        The number of <NULL>.

    Returns
    -------
    ndarray, shape (V,), float64
        log(count / sum of all counts).

    References
    ----------
    A. Karpathy and L. Fei-Fei, "Deep visual-semantic alignments for generating image descriptions",
    CVPR 2015: in their code the bias of the scores begins so.
    """
    ### BEGIN SOLUTION: count what is predicted, as 1 at least, and return logarithms
    predicted = captions[:, 1:]
    counts = np.bincount(predicted[predicted != null], minlength=V)
    counts = np.maximum(counts, 1)
    return np.log(counts / counts.sum())
    ### END SOLUTION


def perplexity(logprobs, mask):
    """Say among how many equally likely words the model chooses, on the average.

    exp(- the mean of log p over the words), <END> among them

    Parameters
    ----------
    logprobs : ndarray, shape (N, T)
        Natural logarithms of the probabilities of the right words.
    mask : ndarray, shape (N, T), bool
        Where there is a word; elsewhere `logprobs` may hold anything.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no word at all.
    """
    if not np.any(mask):
        raise ValueError("perplexity: mask is False everywhere; there should be one word at least.")
    ### BEGIN SOLUTION: return a float, from all words of all sentences alike
    return float(np.exp(-np.mean(logprobs[mask], dtype=np.float64)))
    ### END SOLUTION


def unknown_rate(captions, null, unknown):
    """Share of <UNK> among the words to predict, which belongs beside every perplexity.

    A model with a smaller vocabulary has an easier task: 0.0 where nothing is unknown.

    Parameters
    ----------
    captions : ndarray, shape (M, T), int
    null : int
    unknown : int or None
        The number of <UNK>, if the vocabulary has it.

    Returns
    -------
    float
    """
    predicted = captions[:, 1:]
    words = predicted[predicted != null]
    return 0.0 if unknown is None or not words.size else float(np.mean(words == unknown))


def exchange_pictures(image_idxs, rng):
    """Give every sentence another picture than its own.

    Pictures change places as wholes: sentences of one picture share another one afterwards, and
    every picture that had sentences has some again.

    Parameters
    ----------
    image_idxs : ndarray, shape (M,), int
        The picture of each sentence; at least two different ones.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (M,), int
        None of its entries is that of `image_idxs`.

    Raises
    ------
    ValueError
        If all sentences are about one picture.
    """
    pictures, place = np.unique(image_idxs, return_inverse=True)
    if len(pictures) < 2:
        raise ValueError("exchange_pictures: there is one picture only; two at least can exchange.")
    ### BEGIN SOLUTION: return the others; pictures[place] is image_idxs
    circle = rng.permutation(len(pictures))  # each picture gets the one behind it
    behind = np.empty_like(circle)
    behind[circle] = np.roll(circle, -1)
    return pictures[behind[place]]
    ### END SOLUTION


def snapshot(solver):
    """Copy all of a solver that decides about the steps to come.

    Parameters
    ----------
    solver : CaptioningSolver
        With a `model`, which has `params` and maybe a generator `rng` of its own.

    Returns
    -------
    dict
        Of plain values and arrays: "params"; "optim_configs", settings and state of the update
        rule; "randomness", by `solver_state.randomness`, of the solver's generator and the model's;
        and the position: "iteration", "epoch" and "order", in which sentences are taken (None if
        they are drawn). Nothing in it changes, whatever happens to the solver.
    """
    ### BEGIN SOLUTION: return a dict with copies of all that
    state = {
        "params": solver.model.params,
        "optim_configs": solver.optim_configs,
        "randomness": randomness(solver.rng, solver.model),
        "iteration": solver.iteration,
        "epoch": solver.epoch,
        "order": solver.order,
    }
    return copy.deepcopy(state)
    ### END SOLUTION


def restore(solver, state):
    """Set a solver to where a `snapshot` was taken; the next steps are the same, bit for bit.

    Parameters
    ----------
    solver : CaptioningSolver
        With a model of the same shapes. `solver_state.restore_randomness` sets its generators and
        returns what is to be `solver.rng`.
    state : dict
        Of `snapshot`; it stays as it is, however training goes on.
    """
    ### BEGIN SOLUTION: copy all that is in state to where it belongs
    state = copy.deepcopy(state)
    solver.rng = restore_randomness(state["randomness"], solver.rng, solver.model)
    solver.model.params.update(state["params"])
    solver.optim_configs = state["optim_configs"]
    for name in ("iteration", "epoch", "order"):
        setattr(solver, name, state[name])
    ### END SOLUTION
