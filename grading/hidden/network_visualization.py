"""Hidden checks of the notebook `network_visualization`: other shapes, other layers."""

import numpy as np

from cs231n.checks.api import exercise
from cs231n.checks.judge.seeing import (
    draw,
    require_dead,
    require_divergence,
    require_dream,
    require_field,
    require_fooling,
    require_gradient,
    require_inversion,
    require_maps,
    require_occlusion,
    require_patches,
    require_probabilities,
    require_rule,
    require_saliency,
    require_step,
)

# Two channels, pictures that are taller than wide, few classes.
OTHERS = {"w1": (4, 3, 5, 2, 7, 4), "w2": (3, 6, 2, 4, 3, 5), "w3": (5, 3, 6, 2)}


@exercise("activation-maps", hidden=True)
def every_layer_at_once(student, rng):
    params, X, _ = draw(rng, 1, OTHERS)
    require_maps(student, params, X, ["relu2", "scores", "relu1", "maps2", "maps1"])


@exercise("dead-units", hidden=True)
def one_dead_unit_among_deeper_ones(student, rng):
    params, X, _ = draw(rng, 4, OTHERS)
    params["b2"][1] = -100.0
    require_dead(student, params, X, "relu2")


@exercise("receptive-field", hidden=True)
def a_deep_net(student, rng):
    block = [(3, 1, 1), (3, 1, 1), (2, 2, 0)]
    require_field(student, [*block, (int(rng.choice([3, 5, 7])), 2, 1), *block])


@exercise("top-patches", hidden=True)
def all_pictures_are_wanted(student, rng):
    require_patches(student, rng, field=(5, 1, -2), k=4, N=4, places=(6, 3))


@exercise("score-gradient", hidden=True)
def one_picture_of_another_shape(student, rng):
    require_gradient(student, rng, N=1, shapes=OTHERS)


@exercise("saliency-maps", hidden=True)
def two_channels(student, rng):
    require_saliency(student, rng, N=4, shapes=OTHERS)


@exercise("deconv-relu", hidden=True)
def rows_that_a_deconvnet_goes_back_through(student, rng):
    require_rule(student.net_visualization.deconv_relu_backward, "deconv", rng, shape=(3, 8))


@exercise("guided-relu", hidden=True)
def rows_of_an_affine_layer(student, rng):
    require_rule(student.net_visualization.guided_relu_backward, "guided", rng, shape=(3, 8))


@exercise("occlusion-map", hidden=True)
def a_tall_picture(student, rng):
    require_occlusion(student, rng, size=4, stride=2, fill=-0.3, shapes=OTHERS)


@exercise("class-visualization-step", hidden=True)
def a_step_on_another_picture(student, rng):
    require_step(student, rng, OTHERS)


@exercise("fooling-image", hidden=True)
def another_picture_fools(student, rng):
    require_fooling(student, rng, OTHERS)


@exercise("inversion-loss", hidden=True)
def scores_can_be_inverted_too(student, rng):
    require_inversion(student, rng, "scores", 0.1, OTHERS)


@exercise("deepdream-step", hidden=True)
def a_dream_of_what_is_not_rectified(student, rng):
    require_dream(student, rng, "maps1", OTHERS)


@exercise("tsne-probabilities", hidden=True)
def nearly_all_are_neighbours(student, rng):
    require_probabilities(student, rng, N=8, perplexity=float(rng.uniform(5, 6)))


@exercise("tsne-probabilities", hidden=True)
def a_far_point_has_neighbours_too(student, rng):
    require_probabilities(student, rng, N=10, perplexity=3.0, spread=np.r_[[1e4], np.ones(9)])


@exercise("tsne-gradient", hidden=True)
def another_map(student, rng):
    require_divergence(student, rng, N=9)
