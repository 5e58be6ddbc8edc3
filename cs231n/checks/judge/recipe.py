"""What the checks of the training recipe share: gradients, captions, and solvers to look into."""

import copy

import numpy as np

from cs231n.checks.asserts import ROUNDING, assert_close, assert_that, kind, require_array, take
from cs231n.checks.failures import CheckFailure
from cs231n.checks.student import StudentObject

# Some divide by norm + 1e-6, which is as good a way of not dividing by 0.
CLOSE = 1e-5
SCALES = {
    "sum": "The norm is of all numbers together, not the sum of the norms of arrays.",
    "absolute": "The norm is the root of the sum of squares, not the sum of absolute values.",
    "each": "Each array was shortened by itself; all get one factor, else the direction changes.",
}
PLAIN = ("order", "iteration", "optim_configs", "epoch")
KEYS = ("params", "iteration", "optim_configs", "epoch", "randomness", "order")


def draw_grads(rng, scale=1.0, dtype=np.float64):
    """Draw gradients of three parameters; one of them is larger than the others."""
    shapes = {"Wx": (3, 5), "Wh": (5, 5), "b": (7,)}
    factors = {"Wx": 1, "Wh": 4, "b": 0.3}
    drawn = {name: scale * factors[name] * rng.normal(size=s) for name, s in shapes.items()}
    return {name: grad.astype(dtype) for name, grad in drawn.items()}


def clip(student, name, grads, bound):
    """What a clipping function returns; its own gradients should stay as they are."""
    function = getattr(student.training.training_recipe, name)
    got, after = student.checks.beside.recipe.called(function, grads, bound)
    for key, grad in grads.items():
        same = after[key].tobytes() == grad.tobytes()
        message = f'{name} changed grads["{key}"] in place: write what comes out to a new array.'
        assert_that(same, message)
    clipped, *norm = take(got, "clipped", "norm") if name == "clip_by_norm" else (got,)
    if type(clipped) is not dict:
        raise CheckFailure("The gradients should come back as a dict.", "a dict", kind(clipped))
    return (clipped, *norm) if norm else clipped


def require_grads(got, expected, what, tol=ROUNDING):
    """Require a dict of gradients: the same names, types and values."""
    names = ", ".join(expected)
    message = "Every gradient comes back under its name."
    assert_that(got.keys() == expected.keys(), message, names, ", ".join(map(str, got)))
    for name, grad in expected.items():
        assert_close(got[name], grad, f'clipped["{name}"], {what},', tol)


def draw_captions(rng, V, null, start, end, M=8, T=7):
    """Draw sentences of two words at least, and the number of <NULL>."""
    words = [word for word in range(V) if word not in (null, start, end)]
    captions = np.full((M, T), null)
    for row in captions:
        length = int(rng.integers(2, T - 1))
        row[: length + 2] = [start, *rng.choice(words, size=length), end]
    return captions, null


def require_finite(bias):
    """Require an array without infinities, and say where they come from."""
    require_array(bias, "bias")
    message = "A word that never comes has the count 0, and log 0 is -inf: count it as 1."
    assert_that(np.all(np.isfinite(bias)), message)


def exchange(student, image_idxs, seed):
    """What `exchange_pictures` returns for a generator of this seed."""
    function = student.training.training_recipe.exchange_pictures
    return student.checks.beside.recipe.exchanged(function, image_idxs, seed)


def require_exchanged(got, image_idxs):
    """Require what the docstring of `exchange_pictures` promises."""
    require_array(got, "the result", shape=image_idxs.shape)
    integers = got.dtype.kind in "iu"
    assert_that(integers, "The result holds numbers of pictures.", "integers", str(got.dtype))
    kept = int(np.sum(got == image_idxs))
    message = f"{kept} of {len(got)} sentences keep their picture; none should."
    assert_that(kept == 0, message, "0", str(kept))
    for picture in np.unique(image_idxs):
        others = np.unique(got[image_idxs == picture])
        message = "The sentences of one picture got different ones: pictures move as wholes."
        assert_that(len(others) == 1, message, "1 picture", f"{len(others)} pictures")
    same = np.array_equal(np.unique(got), np.unique(image_idxs))
    assert_that(same, "Each picture that had sentences should have some again, and no other one.")


def draw_start(rng, **settings):
    """Draw what a solver of a noisy model starts from: its data, a seed, its settings."""
    return {
        "features": rng.normal(size=(6, 3)),
        "captions": rng.integers(3, 7, size=(20, 4)),
        "image_idxs": rng.integers(6, size=20),
        "seed": int(rng.integers(1000)),
        "optim_config": {"learning_rate": 0.1},
        "lr_decay": 0.7,
        "batch_size": 4,
        **settings,
    }


def start_solver(student, start, **changes):
    """A solver in the student's process, as drawn but for these changes."""
    return student.checks.both.noisy_solver.noisy_solver(**(start | changes))


def unbroken(start, steps, more=0):
    """What a solver is after so many steps, by a run that the student's process has no part in.

    Returns
    -------
    pieces : dict
        As of `pieces_of`.
    numbers : list of float
        The next random number of each generator.
    losses : list of float
        Of so many steps more.
    """
    from cs231n.checks.both import noisy_solver as both  # imports what students write
    from cs231n.training import solver_state

    before = np.random.get_state()
    try:
        solver = both.noisy_solver(**start)
        solver.train(steps)
        pieces, model = {name: vars(solver)[name] for name in PLAIN}, solver.model
        pieces["params"] = model.params
        pieces["randomness"] = solver_state.randomness(solver.rng, model)
        pieces, numbers = copy.deepcopy(pieces), both.next_numbers(solver)
        solver.train(more)
        return pieces, numbers, solver.loss_history[steps:]
    finally:
        np.random.set_state(before)


def pieces_of(student, solver):
    """All that decides about the next step of a solver in the student's process, in pieces."""
    model = solver.get("model")
    pieces = {name: solver.get(name) for name in PLAIN}
    rng = solver.get("rng")
    return pieces | {
        "params": model.get("params"),
        "randomness": student.training.solver_state.randomness(rng, model),
    }


def require_state(got, expected, before=""):
    """Require a snapshot to hold these pieces, to the last bit."""
    if type(got) is not dict:
        raise CheckFailure("The snapshot should be a dict.", "a dict", kind(got))
    lacking = [key for key in KEYS if key not in got]
    assert_that(not lacking, f"The snapshot lacks {', '.join(lacking)}.", ", ".join(KEYS))
    for key in KEYS:
        _require_same(got[key], expected[key], f'state["{key}"]', before)


def _require_same(got, expected, where, before):
    """Compare trees of plain values; name the first place where they differ."""
    if isinstance(got, StudentObject):
        raise CheckFailure(f"{where} should be plain values and arrays.", "plain", kind(got), where)
    if isinstance(expected, dict):
        known = isinstance(got, dict) and got.keys() == expected.keys()
        names = ", ".join(map(str, expected))
        assert_that(known, f"{before}{where} should have {names}.", names, kind(got), where)
        for key, value in expected.items():
            _require_same(got[key], value, f'{where}["{key}"]', before)
    elif isinstance(expected, np.ndarray):
        same = isinstance(got, np.ndarray) and got.dtype == expected.dtype
        same = same and got.shape == expected.shape and got.tobytes() == expected.tobytes()
        assert_that(same, f"{before}{where} is not the solver's, to the last bit.", where=where)
    else:
        same = type(got) is type(expected) and got == expected
        message = f"{before}{where} is not the solver's."
        assert_that(same, message, str(expected), str(got), where)
