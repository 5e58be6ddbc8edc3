"""Checks of the notebook `network_visualization`."""

import numpy as np

from cs231n.checks.api import ROUNDING32, assert_close, exercise, oracle, take
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.seeing import (
    doubled,
    draw,
    draw_layer,
    fooled,
    probe,
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
    updated,
)


@exercise("activation-maps", weight=2)
def layers_are_run_one_after_the_other(student, rng):
    require_maps(student, *draw(rng)[:2], ["relu1", "maps2", "scores"])


@exercise("activation-maps")
def layers_may_be_asked_for_in_any_order(student, rng):
    require_maps(student, *draw(rng, N=3)[:2], ["scores", "maps1"])


@exercise("dead-units", weight=2)
def a_filter_lives_if_it_answers_anywhere(student, rng):
    params, X, _ = draw(rng, N=7)
    params["b1"][rng.permutation(7)[:2]] = -100.0  # two that nothing wakes
    peaks = np.sort(oracle.probe_outputs(params, X)["maps1"].swapaxes(0, 1).reshape(7, -1))
    middle = peaks[:, -2:].mean(axis=1)[:, None, None]
    params["b1"] -= np.where(middle > -50, middle, 0)  # the others wake once, at one place
    for layer in ("maps1", "relu1"):
        require_dead(student, params, X, layer)


@exercise("dead-units")
def units_of_an_affine_layer_have_no_places(student, rng):
    params, X, _ = draw(rng, N=5)
    params["b3"][rng.permutation(8)[:3]] = -100.0
    require_dead(student, params, X, "scores")


@exercise("receptive-field", weight=2)
def fields_grow_with_every_layer(student, rng):
    for depth in (1, 2, 4, 0):
        geometry = [draw_layer(rng, pad=0) for _ in range(depth)]
        require_field(student, geometry)


@exercise("receptive-field", weight=2)
def padding_moves_the_start_by_the_stride_so_far(student, rng):
    for depth in (1, 3, 5):
        require_field(student, [draw_layer(rng) for _ in range(depth)])


@exercise("top-patches", weight=2)
def the_strongest_places_of_all_pictures_come_first(student, rng):
    require_patches(student, rng, field=(3, 2, 0), k=4)


@exercise("top-patches")
def patches_reach_over_the_border(student, rng):
    require_patches(student, rng, field=(7, 3, -3), k=5)


@exercise("score-gradient", weight=3)
def derivative_is_that_of_the_score(student, rng):
    require_gradient(student, rng, N=3)


@exercise("score-gradient")
def other_rules_reach_the_model(student, rng):
    params, X, y = draw(rng)
    expected = oracle.probe_rule_gradient(params, X, y)
    rule, model = student.checks.beside.seeing.doubling_rule, probe(student, params)
    got = student.net_visualization.score_gradient(X, y, model, relu_backward=rule)
    dX = take(got, "scores", "dX")[1]
    assert_close(dX, expected, what="dX with relu_backward given: pass it on to model.backward; it")


@exercise("score-gradient")
def float32_stays_float32(student, rng):
    params, X, y = draw(rng, dtype=np.float32)
    expected = oracle.probe_gradients(doubled(params), X.astype(np.float64), y)
    got = student.net_visualization.score_gradient(X, y, probe(student, params))
    dX = take(got, "scores", "dX")[1]
    assert_close(dX, expected["right"].astype(np.float32), "dX in float32", tol=ROUNDING32)


@exercise("saliency-maps", weight=3)
def saliency_is_the_largest_magnitude(student, rng):
    require_saliency(student, rng, N=3)


@exercise("saliency-maps")
def saliency_in_float32_stays_float32(student, rng):
    params, X, y = draw(rng, dtype=np.float32)
    right = oracle.saliency(doubled(params), X.astype(np.float64), y)["right"]
    got = student.checks.beside.seeing.compute_saliency_maps(X, y, probe(student, params))
    assert_close(got, right.astype(np.float32), "the saliency in float32", tol=ROUNDING32)


@exercise("deconv-relu")
def what_comes_back_positive_passes(student, rng):
    require_rule(student.net_visualization.deconv_relu_backward, "deconv", rng)


@exercise("deconv-relu")
def a_deconvnet_keeps_float32(student, rng):
    rule = student.net_visualization.deconv_relu_backward
    require_rule(rule, "deconv", rng, shape=(5, 7), dtype=np.float32)


@exercise("guided-relu")
def guided_is_positive_both_ways(student, rng):
    require_rule(student.net_visualization.guided_relu_backward, "guided", rng)


@exercise("guided-relu")
def the_guided_way_keeps_float32(student, rng):
    rule = student.net_visualization.guided_relu_backward
    require_rule(rule, "guided", rng, shape=(5, 7), dtype=np.float32)


@exercise("occlusion-map", weight=2)
def windows_lose_score_where_it_comes_from(student, rng):
    require_occlusion(student, rng, size=2, stride=1)


@exercise("occlusion-map")
def windows_reach_the_lower_right_corner(student, rng):
    require_occlusion(student, rng, size=3, stride=2)


@exercise("occlusion-map")
def the_cover_has_the_given_value(student, rng):
    require_occlusion(student, rng, size=3, stride=3, fill=0.7)


@exercise("class-visualization-step", weight=3)
def a_step_of_known_length_goes_uphill(student, rng):
    require_step(student, rng)


@exercise("class-visualization-step")
def a_step_in_float32_is_one(student, rng):
    params, img, y = draw(rng, 1, dtype=np.float32)
    exact = oracle.update_step(doubled(params), img.astype(np.float64), int(y[0]), 0.1, 0.7)
    got = updated(student, img, params, int(y[0]), 0.1, 0.7)
    assert_close(got, exact["right"].astype(np.float32), "img in float32", tol=ROUNDING32)


@exercise("fooling-image", weight=3)
def steps_lead_to_the_first_picture_that_fools(student, rng):
    require_fooling(student, rng)


@exercise("fooling-image")
def each_step_is_preceded_by_a_look(student, rng):
    params, X, _ = draw(rng, 1)
    scores = oracle.probe_outputs(params, X)["scores"][0]
    target, winner = int(np.argmin(scores)), int(np.argmax(scores))
    expected = oracle.fooling(params, X, target, 1e-3, 4)
    got = fooled(student, X, target, params, 1e-3, 4)
    late = "After max_iterations steps the picture is returned, even if it fools nobody."
    mistakes = [(expected["one step late"], late)]
    assert_no_mistake(got, expected["right"], "the picture after 4 steps", mistakes)
    got = fooled(student, X, winner, params, 1.0, 100)
    what = "a picture of the class already, which should come back as it is,"
    assert_close(got, X, what)


@exercise("inversion-loss", weight=2)
def loss_compares_activations(student, rng):
    require_inversion(student, rng, "relu1", smoothness=0.0)


@exercise("inversion-loss", weight=2)
def smoothness_is_one_of_two_terms(student, rng):
    require_inversion(student, rng, "maps2", smoothness=0.3)


@exercise("inversion-loss")
def an_inversion_keeps_float32(student, rng):
    params, pictures, _ = draw(rng, 2, dtype=np.float32)
    target = oracle.probe_outputs(doubled(params), pictures[:1].astype(np.float64))["relu1"]
    X, target = pictures[1:], target.astype(np.float32)
    arguments = X.astype(np.float64), target.astype(np.float64)
    expected = oracle.inversion(doubled(params), *arguments, "relu1", 0.3)
    invert = student.seeing.image_synthesis.inversion_loss
    dX = take(invert(X, target, probe(student, params), "relu1", 0.3), "loss", "dX")[1]
    assert_close(dX, expected["right"].astype(np.float32), "dX in float32", tol=ROUNDING32)


@exercise("deepdream-step", weight=3)
def a_layer_becomes_more_of_what_it_is(student, rng):
    require_dream(student, rng, "relu2")


@exercise("deepdream-step")
def a_dream_keeps_float32(student, rng):
    params, X, _ = draw(rng, 2, dtype=np.float32)
    right = oracle.dream_step(doubled(params), X.astype(np.float64), "relu1", 0.05)["right"]
    got = student.seeing.image_synthesis.deepdream_step(X, probe(student, params), "relu1", 0.05)
    assert_close(got, right.astype(np.float32), "the picture in float32", tol=ROUNDING32)


@exercise("tsne-probabilities", weight=3)
def every_row_has_the_wanted_perplexity(student, rng):
    require_probabilities(student, rng, N=9, perplexity=4.0)


@exercise("tsne-probabilities")
def dense_and_far_points_have_as_many_neighbours(student, rng):
    spread = np.repeat([1e-3, 1.0, 1e2], 4)
    require_probabilities(student, rng, N=12, perplexity=2.5, spread=spread)


@exercise("tsne-gradient", weight=3)
def loss_is_the_divergence_and_dY_its_derivative(student, rng):
    require_divergence(student, rng, N=7)


@exercise("tsne-gradient")
def pairs_that_never_meet_cost_nothing(student, rng):
    require_divergence(student, rng, N=6, apart=True)
