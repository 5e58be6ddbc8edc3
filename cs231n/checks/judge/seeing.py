"""What the checks of `network_visualization` require, for probes and shapes that each check draws.

The probe is that of seeing_probes.py. Sentences name common slips, whose values come from the
oracles.
"""

import numpy as np

from cs231n.checks.asserts import ROUNDING32, assert_close, assert_labels, assert_that, kind, take
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake

SEARCHED = 1e-5  # the perplexity is found by a search, to 1e-6
SHAPES = {"w1": (7, 4, 2, 3, 5, 6), "w2": (5, 2, 3, 7, 4, 2), "w3": (8, 5, 2, 3)}


def draw_params(rng, shapes=SHAPES, dtype=np.float64):
    """Weights of a probe (see cs231n/checks/beside/seeing.py); about half of its units are on."""
    params = {}
    for i, outputs in ((1, 3), (2, 3), (3, 1)):
        shape = shapes[f"w{i}"]
        scale = 1.5 / np.sqrt(np.prod(shape[outputs:]))
        params[f"w{i}"] = (scale * rng.normal(size=shape)).astype(dtype)
        params[f"b{i}"] = (0.1 * rng.normal(size=shape[:outputs])).astype(dtype)
    return params


def draw(rng, N=2, shapes=SHAPES, dtype=np.float64):
    """Draw (params, X, y) of a probe: X (N, C, H, W), labels that differ where they can."""
    params = draw_params(rng, shapes, dtype)
    X = rng.normal(size=(N, *shapes["w1"][3:])).astype(dtype)
    return params, X, rng.permutation(shapes["w3"][0])[:N]


def probe(student, params):
    """A network to look into, in the student's process."""
    return student.checks.beside.seeing.SeeingProbe(params)


def doubled(params):
    """The same weights in float64, for oracles."""
    return {name: value.astype(np.float64) for name, value in params.items()}


def require_maps(student, params, X, layers):
    """Require the outputs of these layers, and no others."""
    expected = oracle.probe_outputs(params, X)
    maps = student.seeing.unit_visualization.activation_maps(probe(student, params), X, layers)
    assert_that(isinstance(maps, dict), "Return a dict.", "a dict", kind(maps))
    found = ", ".join(sorted(map(str, maps))) or "none"
    wanted = ", ".join(sorted(layers))
    assert_that(set(maps) == set(layers), "maps holds other layers than asked for.", wanted, found)
    for name in layers:
        assert_close(maps[name], expected[name], what=f'maps["{name}"]')


def require_dead(student, params, X, layer):
    """Require the dead units of a layer, in batches that leave a rest."""
    expected = oracle.silent_units(params, X, layer)
    dead = student.seeing.unit_visualization.dead_units(probe(student, params), X, layer, 3)
    assert_labels(dead, expected, what=f"dead, for the layer {layer}")
    is_bool = type(dead) is np.ndarray and dead.dtype == bool
    assert_that(is_bool, "dead should hold True and False.", "bool", str(dead.dtype))


def draw_layer(rng, pad=None):
    """(size, stride, pad) of a layer; the size is more than the stride and twice the padding."""
    size, stride = int(rng.integers(3, 8)), int(rng.integers(2, 4))
    return size, stride, int(rng.integers(1, (size + 1) // 2)) if pad is None else pad


def require_field(student, geometry):
    """Require size, stride and start."""
    expected = oracle.seen_rows(geometry)
    names = ("size", "stride", "start")
    values = take(student.seeing.unit_visualization.receptive_field(geometry), *names)
    for name, got, right in zip(names, values, expected):
        what = f"{name}, for the layers {geometry}"
        assert_close(got, float(right), what)


def require_patches(student, rng, field, k, N=6, places=(4, 5)):
    """Require patches and values for pictures, and maps whose maxima lie anywhere."""
    H, W = (field[1] * (n - 1) + 3 for n in places)
    images = rng.integers(1, 256, size=(N, H, W, 3)).astype(np.uint8)
    maps = rng.permutation(N * places[0] * places[1]).reshape(N, *places) / 10 - 3
    maps[1] += 20  # several of the largest are of one picture
    expected = oracle.best_patches(images, maps, field, k)
    got = student.seeing.unit_visualization.top_patches(images, maps, field, k)
    patches, values = take(got, "patches", "values")
    smallest = "The values run from the smallest up: the strongest patch comes first."
    turned = [(expected["values"][..., ::-1], smallest)]
    assert_no_mistake(values, expected["values"], "values", turned)
    assert_close(patches, expected["patches"], what="patches")


def require_gradient(student, rng, N, shapes=SHAPES):
    """Require scores and the derivative, and name what is mistaken for it."""
    params, X, y = draw(rng, N, shapes)
    expected = oracle.probe_gradients(params, X, y)
    got = student.net_visualization.score_gradient(X, y, probe(student, params))
    scores, dX = take(got, "scores", "dX")
    assert_close(scores, expected["scores"], what="scores")
    loss = "This is the derivative of a loss: go back from the score of y itself."
    labels = "Each picture has a class of its own: which entries of an (N, K) array are meant?"
    mistakes = [
        (expected["loss"], loss),
        (-expected["loss"], loss),
        (expected["mean loss"], loss),
        (-expected["mean loss"], loss),
        (expected["probability"], "This is the derivative of the probability, not of the score."),
        (expected["all scores"], "This is the derivative of the sum of all scores of a picture."),
        (expected["all labels"], labels),
    ]
    assert_no_mistake(dX, expected["right"], "dX", mistakes)


def require_saliency(student, rng, N, shapes=SHAPES):
    """Require the maps of N pictures, and name what is mistaken for them."""
    params, X, y = draw(rng, N, shapes)
    expected = oracle.saliency(params, X, y)
    got = student.checks.beside.seeing.compute_saliency_maps(X, y, probe(student, params))
    size = "A derivative of -2 matters more than one of 1: take magnitudes before the maximum."
    one = "Of a pixel's channels only the one that matters most counts: no sum, no mean."
    mistakes = [
        (expected["signed"], size),
        (np.abs(expected["signed"]), size),
        (expected["sum"], one),
        (expected["mean"], one),
        (expected["magnitude of the sum"], one),
    ]
    assert_no_mistake(got, expected["right"], "the saliency", mistakes)


def require_rule(rule, name, rng, shape=(2, 3, 4, 5), dtype=np.float64):
    """Require a backward rule of a ReLU, and name the one it is instead."""
    dout, x = rng.normal(size=shape).astype(dtype), rng.normal(size=shape).astype(dtype)
    x.ravel()[:6] = 0.0  # a unit at 0 is off
    rules = oracle.relu_rules(dout, x)
    words = {
        "derivative": "This is the ReLU's own derivative, which lets negative dout pass.",
        "deconv": "This is the deconvnet's rule: a unit that was off has to stay off.",
        "guided": "This is the guided rule: a deconvnet does not ask what was on.",
    }
    mistakes = [(rules[other], words[other]) for other in words if other != name]
    tol = {"tol": ROUNDING32} if dtype == np.float32 else {}
    assert_no_mistake(rule(dout, x), rules[name], "dx", mistakes, **tol)


def require_occlusion(student, rng, size, stride, fill=0.0, shapes=SHAPES):
    """Require the map of one picture, and name what is mistaken for it."""
    params, X, y = draw(rng, 1, shapes)
    label = int(y[0])
    expected = oracle.occlusion(params, X, label, size, stride, fill)
    occlusion_map = student.net_visualization.occlusion_map
    got = occlusion_map(X, label, probe(student, params), size, stride, fill)
    mistakes = [
        (-expected["right"], "The sign is turned: a window that costs score should be above 0."),
        (expected["sum"], "A pixel gets the mean of the losses of its windows, not their sum."),
    ]
    assert_no_mistake(got, expected["right"], "the map", mistakes)


def updated(student, img, params, target, l2_reg, learning_rate):
    """The picture after the student's step; it may be changed in place."""
    student.may_change.add("img")
    step = student.checks.beside.seeing.class_visualization_update_step
    return step(img, probe(student, params), target, l2_reg, learning_rate)


def require_step(student, rng, shapes=SHAPES):
    """Require one step, and name what is mistaken for it."""
    params, img, y = draw(rng, 1, shapes)
    expected = oracle.update_step(params, img, int(y[0]), 0.3, 0.7)
    got = updated(student, img, params, int(y[0]), 0.3, 0.7)
    norm = "The step has another length: it should be learning_rate, so divide by the norm."
    mistakes = [
        (img, "img is what it was: change the array itself (img += ...), not only the name."),
        (expected["no penalty"], "The penalty is missing: what is the derivative of its square?"),
        (expected["half of the penalty"], "The derivative of img ** 2 is 2 * img."),
        (expected["turned penalty"], "The penalty is subtracted from the score."),
        (expected["downhill"], "The step goes downhill: the score should rise."),
        (expected["no norm"], norm),
        (expected["squared norm"], norm),
    ]
    assert_no_mistake(got, expected["right"], "img after a step", mistakes)


def fooled(student, X, target, params, learning_rate, max_iterations):
    """What the student's function makes of X."""
    make = student.checks.beside.seeing.make_fooling_image
    return make(X, target, probe(student, params), learning_rate, max_iterations)


def require_fooling(student, rng, shapes=SHAPES):
    """Require the fooling picture of the class with the lowest score."""
    params, X, _ = draw(rng, 1, shapes)
    target = int(np.argmin(oracle.probe_outputs(params, X)["scores"][0]))
    expected = oracle.fooling(params, X, target, 0.2, 100)
    got = fooled(student, X, target, params, 0.2, 100)
    late = "One step too many: stop as soon as the class wins, and look before each step."
    mistakes = [
        (X, "Nothing has changed. Does the loop take a step as long as another class wins?"),
        (expected["one step late"], late),
    ]
    assert_no_mistake(got, expected["right"], "the fooling picture", mistakes)


def require_inversion(student, rng, layer, smoothness, shapes=SHAPES):
    """Require loss and derivative at one picture for the activations of another."""
    params, pictures, _ = draw(rng, 2, shapes)
    target, X = oracle.probe_outputs(params, pictures[:1])[layer], pictures[1:]
    expected = oracle.inversion(params, X, target, layer, smoothness)
    invert = student.seeing.image_synthesis.inversion_loss
    loss, dX = take(invert(X, target, probe(student, params), layer, smoothness), "loss", "dX")
    scale = "The distance is divided by sum(target ** 2), so that layers can be compared."
    assert_no_mistake(loss, expected["loss"], "the loss", [(expected["unscaled loss"], scale)])
    mistakes = [
        (-expected["right"], "dX points the other way."),
        (expected["half"], "A square has the derivative 2 (f - target): the 2 is missing in dX."),
        (expected["unscaled"], "The loss is divided by sum(target ** 2), so dX is, too."),
    ]
    if smoothness:
        mistakes += [
            (expected["only distance"], "dX lacks the derivative of the roughness."),
            (expected["only roughness"], "dX lacks the derivative of the distance."),
        ]
    assert_no_mistake(dX, expected["right"], "dX", mistakes)


def require_dream(student, rng, layer, shapes=SHAPES):
    """Require one step, and name what is mistaken for it."""
    params, X, _ = draw(rng, 1, shapes)
    expected = oracle.dream_step(params, X, layer, 0.05)
    got = student.seeing.image_synthesis.deepdream_step(X, probe(student, params), layer, 0.05)
    scale = "The step has another size: divide by the mean of |g|, then times learning_rate."
    mistakes = [
        (X, "Nothing has changed."),
        (expected["downhill"], "The step goes downhill: the activations should grow."),
        (expected["norm"], scale),
        (expected["unscaled"], scale),
        (expected["sum"], "This raises the sum of the activations; meant is that of squares."),
    ]
    assert_no_mistake(got, expected["right"], "the picture after a step", mistakes)


def require_probabilities(student, rng, N, perplexity, spread=1.0):
    """Require the probabilities of N points, whose distances are of order spread squared."""
    X = rng.normal(size=(N, 5)) * np.reshape(spread, (-1, 1))
    distances = np.sum((X[:, None] - X) ** 2, axis=2)
    expected = oracle.neighbour_probabilities(distances, perplexity)
    P = student.seeing.tsne.conditional_probabilities(distances, perplexity)
    both = (expected + expected.T) / 2
    mistakes = [
        (both, "This is symmetric; here each row sums to 1, whatever the columns do."),
        (both / N, "This is symmetric; here each row sums to 1, whatever the columns do."),
        (expected.T, "P[i, j] is how likely i picks j: rows and columns are swapped."),
    ]
    assert_no_mistake(P, expected, "P", mistakes, tol=SEARCHED)


def require_divergence(student, rng, N, apart=False):
    """Require loss and derivative of a random map, for affinities some of which may be 0."""
    P = rng.uniform(0.1, 1.0, size=(N, N))
    if apart:
        P[: N // 2, N // 2 :] = P[N // 2 :, : N // 2] = 0
    np.fill_diagonal(P, 0)
    P = (P + P.T) / (P + P.T).sum()
    Y = rng.normal(size=(N, 2))
    expected = oracle.map_divergence(P, Y)
    loss, dY = take(student.seeing.tsne.tsne_gradient(P, Y), "loss", "dY")
    itself = "A point is not its own neighbour: q[i, i] is 0, and does not count in Z."
    assert_no_mistake(loss, expected["loss"], "the loss", [(expected["loss with itself"], itself)])
    mistakes = [
        (expected["with itself"], itself),
        (expected["half"], "dY is half of the derivative: p[i, j] and p[j, i] both pull."),
        (-expected["right"], "dY points the other way."),
    ]
    assert_no_mistake(dY, expected["right"], "dY", mistakes)
