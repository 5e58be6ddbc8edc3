"""What the checks of `transfer_learning` require, for the sizes that each check draws.

Sentences name common slips, whose values come from the oracles.
"""

from itertools import pairwise

import numpy as np

from cs231n.checks.asserts import assert_close, assert_labels, assert_that, kind, require_array
from cs231n.checks.failures import CheckFailure
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake
from .seeing import draw

SHAPES = {"w1": (5, 4, 6, 3, 5, 7), "w2": (7, 2, 3, 5, 4, 6), "w3": (8, 7, 2, 3)}
SOLVED = 1e-8  # linear equations that are well conditioned, solved in another way
OWNERS = ("conv1", "conv2", "conv10", "batchnorm1", "affine1")
LAYERS = ["conv1", "relu1", "conv2", "batchnorm1", "relu2", "pool1", "conv10", "relu3", "affine1"]


def require_pooled(student, rng, layer, grid=1, N=7, batch_size=3, dtype=np.float64, tol=1e-9):
    """Require pooled features of a layer; return the sizes of the batches that were run."""
    params, X, _ = draw(rng, N, SHAPES, dtype)
    wide = {name: value.astype(np.float64) for name, value in params.items()}
    expected = oracle.averages_of_cells(wide, X.astype(np.float64), layer, grid)
    model = student.checks.beside.transfer.CountingProbe(params)
    pool = student.transfer.feature_transfer.pooled_features
    got = pool(model, X, layer, grid=grid, batch_size=batch_size)
    slips = [
        (
            expected["twice"].astype(dtype),
            'The model was run in its mode "train", in which nobody looks at it.',
        ),
        (
            expected["cells first"].astype(dtype),
            "The order should be that of the maps, each with its cells, not cells with their maps.",
        ),
        (
            expected["turned"].astype(dtype),
            "The cells of a map should be listed row by row, not column by column.",
        ),
        (expected["largest"].astype(dtype), "A cell gives its mean, not its largest value."),
    ]
    what = f"what comes out of {layer}, with grid={grid},"
    require_array(got, what, shape=expected["right"].shape, dtype=np.dtype(dtype))
    assert_no_mistake(got, expected["right"].astype(dtype), what, slips, tol)
    return model.get("batches")


def draw_features(rng, N, D):
    """Features (N, D) whose columns have different means and spreads."""
    return rng.normal(size=(N, D)) * rng.uniform(0.1, 5, size=D) + 3 * rng.normal(size=D)


def require_probe(student, features, y, num_classes, reg):
    """Require the mean, std, W and b of a probe."""
    got = student.transfer.feature_transfer.fit_probe(features, y, num_classes, reg=reg)
    expected = oracle.ridge_probe(features.astype(np.float64), y, num_classes, reg)
    assert_that(isinstance(got, dict), "Return a dict.", "a dict", kind(got))
    names = ("mean", "std", "W", "b")
    found = ", ".join(sorted(map(str, got))) or "nothing"
    message = "The dict should hold mean, std, W and b."
    assert_that(set(got) == set(names), message, "W, b, mean, std", found)
    for name in ("mean", "std"):
        assert_close(got[name], expected[name], f'probe["{name}"]', SOLVED)
    slips = [
        (expected["W unstandardised"], "W is that of the features as they came: use Z."),
        (expected["W with a sum"], "The loss is a mean over N examples: divide Z^T Z, too, by N."),
    ]
    assert_no_mistake(got["W"], expected["W"], 'probe["W"]', slips, SOLVED)
    assert_close(got["b"], expected["b"], 'probe["b"]', SOLVED)


def draw_probe(rng, D, C):
    """A probe as `fit_probe` returns it, of random numbers."""
    probe = {"W": rng.normal(size=(D, C)), "b": rng.normal(size=C)}
    return probe | {"mean": 3 * rng.normal(size=D), "std": rng.uniform(0.3, 4, size=D)}


def require_scores(student, probe, features):
    """Require the scores of features, whatever else they come with."""
    got = student.transfer.feature_transfer.probe_scores(probe, features)
    expected = oracle.probe_scores_by_entry(probe, features)
    leak = "New features are shifted and scaled by what is in the probe, not by their own mean"
    slips = [
        (expected["by their own"], f"{leak} and spread."),
        (expected["raw"], "The features are neither shifted nor scaled; W was fitted to such."),
        (expected["without b"], "b is missing."),
    ]
    assert_no_mistake(got, expected["right"], "scores", slips)


def subsets_of(student, y, sizes, seeds):
    """The student's subsets for each seed: lists of arrays of whole numbers, checked for that."""
    results = student.checks.beside.transfer.subsets_of_seeds(y, sizes, [int(s) for s in seeds])
    for subsets in results:
        is_list = isinstance(subsets, list | tuple) and len(subsets) == len(sizes)
        message = "Return a list with an array of indices for each size."
        assert_that(is_list, message, f"a list of {len(sizes)}", kind(subsets))
        for size, subset in zip(sizes, subsets):
            require_array(subset, f"the subset of {size}", shape=(size,))
            is_whole = subset.dtype.kind in "iu"
            assert_that(is_whole, "Indices are whole numbers.", "int", str(subset.dtype))
            inside = np.all((subset >= 0) & (subset < len(y)))
            assert_that(inside, f"The subset of {size} holds indices that y does not have.")
    return results


def require_nested(student, y, sizes, seed):
    """Require subsets to be sets, balanced, and each to be part of the next larger one."""
    (subsets,) = subsets_of(student, y, sizes, [seed])
    classes = np.unique(y)
    for size, subset in zip(sizes, subsets):
        twice = size - len(np.unique(subset))
        assert_that(twice == 0, f"The subset of {size} holds {twice} examples twice.")
        counts = [int(np.sum(y[subset] == c)) for c in classes]
        message = f"In the subset of {size}, classes have very different numbers of examples."
        fair = f"{size // len(classes)} or one more of each"
        assert_that(max(counts) - min(counts) <= 1, message, fair, str(counts))
    order = np.argsort(sizes)
    for small, large in pairwise(order):
        missing = set(subsets[small].tolist()) - set(subsets[large].tolist())
        message = (
            f"The subset of {sizes[small]} should be part of that of {sizes[large]}, so that what "
            "changes from one to the other is their number alone."
        )
        assert_that(not missing, message, "no others", f"{len(missing)} others")


def draw_params(rng, shape=(2, 3)):
    """Parameters of a net with the layers OWNERS, in no special order."""
    names = [f"{layer}.{key}" for layer in OWNERS for key in ("w", "b")]
    return {names[i]: rng.normal(size=shape) for i in rng.permutation(len(names))}


def require_transplant(student, rng, layers, more=()):
    """Require the parameters of these layers, and no others, to be those of the source."""
    params, source = draw_params(rng), draw_params(rng)
    for name in more:
        source[name] = rng.normal(size=(4,))
    got = student.transfer.feature_transfer.transplant(params, source, list(layers))
    assert_that(isinstance(got, dict), "Return a dict.", "a dict", kind(got))
    found, wanted = ", ".join(sorted(map(str, got))), ", ".join(sorted(params))
    message = "What comes back should have the names of params."
    assert_that(set(got) == set(params), message, wanted, found)
    for name, value in oracle.transplanted(params, source, layers).items():
        planted = name.partition(".")[0] in layers
        from_whom = "of the source" if planted else "as it was in params"
        what = f'"{name}", which should be that {from_whom} when layers are {", ".join(layers)},'
        assert_close(got[name], value, what)


def require_rates(student, rng, layers, owners, top, factor):
    """Require the learning rate of every parameter."""
    names = [f"{owner}.{key}" for owner in owners for key in ("w", "b")]
    params = {names[i]: rng.normal(size=(2, 3)) for i in rng.permutation(len(names))}
    got = student.transfer.feature_transfer.layer_rates(params, layers, top, factor)
    expected = oracle.rates_by_layer(list(params), layers, top, factor)
    assert_that(isinstance(got, dict), "Return a dict.", "a dict", kind(got))
    found, wanted = ", ".join(sorted(map(str, got))), ", ".join(sorted(params))
    message = "There should be a rate for each name in params."
    assert_that(set(got) == set(params), message, wanted, found)
    slips = [
        ("all count", "Layers without parameters, such as relu1, should not count."),
        ("upside down", "It is the first layer that learns most slowly, not the last."),
    ]
    for name in params:
        mistakes = [(expected[slip][name], sentence) for slip, sentence in slips]
        what = f'the rate of "{name}" with factor {factor:g} and layers {", ".join(layers)}'
        assert_no_mistake(got[name], expected["right"][name], what, mistakes)


def require_nearest(student, queries, keys, k):
    """Require the numbers of the k nearest keys, the nearest first."""
    got = student.transfer.feature_transfer.nearest_by_cosine(queries, keys, k)
    expected = oracle.nearest_keys(queries, keys, k)
    slips = [
        (expected["as they came"], "Nothing is subtracted: the mean of the keys should be."),
        (expected["own means"], "The mean of the keys should be subtracted from the queries, too."),
        (expected["scalar products"], "The keys should have length 1 before they are compared."),
        (expected["farthest"], "These are the farthest keys: a large cosine is near."),
    ]
    what = f"the {k} nearest keys"
    require_array(got, what, shape=expected["right"].shape)
    name_slip(got, expected["right"], slips)
    assert_labels(got, expected["right"], what)


def require_consensus(student, numbers, table):
    """Require the place of the sentence that is most like the others."""
    numbers = [int(number) for number in numbers]
    got = student.checks.beside.transfer.consensus_by_table(numbers, table)
    expected = oracle.most_alike(numbers, table)
    slips = [
        (expected["itself"], "A sentence should not be compared with itself."),
        (expected["turned"], "similarity takes the sentence first, and the other one second."),
        (expected["least"], "This is the sentence that is least like the others."),
        (expected["once"], "Two sentences that read the same are two: each counts for its twin."),
    ]
    whole = isinstance(got, int | np.integer) and not isinstance(got, bool)
    assert_that(whole, "Return the place of the sentence, a whole number.", "an int", kind(got))
    name_slip(got, expected["right"], slips)
    message = "This is not the sentence that is most like the others."
    right = expected["right"]
    assert_that(got == right, message, f"place {right} of {len(numbers)}", f"place {got}")


def name_slip(got, right, slips):
    """Fail with the sentence of a slip if what came is exactly what it leads to."""
    for value, sentence in slips:
        if np.array_equal(got, value) and not np.array_equal(right, value):
            row = np.argmax(np.atleast_2d(got != right).any(axis=1))
            raise CheckFailure(sentence, *(str(np.atleast_1d(a)[row]) for a in (right, got)))
