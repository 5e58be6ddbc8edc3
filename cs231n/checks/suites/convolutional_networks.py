"""Checks of the notebook `convolutional_networks`."""

import numpy as np

from cs231n.checks.api import ROUNDING32, assert_close, assert_that, exercise, oracle, require_array
from cs231n.checks.judge.convnets import (
    NAMES,
    convnet,
    convnet_shapes,
    draw_net,
    require_conv_backward,
    require_conv_forward,
    require_convnet,
    require_first_convnet,
    require_out,
    require_pool_backward,
    require_pool_forward,
    require_shared,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.fc_nets import PENALTY, loss_and_gradients, require_first_params
from cs231n.checks.judge.handed_in import check_steps
from cs231n.checks.judge.handed_in_convnet import require_convnet_accuracy
from cs231n.checks.judge.picture_norms import (
    EPS,
    draw_groups,
    draw_norm,
    groupnorm,
    require_batchnorm_gradients,
    require_groupnorm_gradients,
    require_groups,
    run_batches,
)

# Per cent of unseen pictures; each step counts. What nets reach: test_convnet_hand_in.py
FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL = 62, 72, 80, 85
MOMENTUM = 0.6  # not what batchnorm_forward takes unless told otherwise

# --- convolution, forwards


@exercise("conv-forward-naive", weight=2)
def outputs_are_filters_times_what_they_see(student, rng):
    require_conv_forward(student, rng, 1, 1)


@exercise("conv-forward-naive")
def pictures_without_padding(student, rng):
    require_conv_forward(student, rng, 1, 0, x=(3, 2, 4, 6), w=(5, 2, 2, 3))


@exercise("conv-forward-naive")
def filters_that_step_by_two_and_three(student, rng):
    require_conv_forward(student, rng, 2, 1, x=(2, 3, 9, 7), w=(4, 3, 3, 3))
    require_conv_forward(student, rng, 3, 2, x=(1, 2, 10, 6), w=(3, 2, 4, 2))


@exercise("conv-forward-naive")
def outputs_of_float32_are_float32(student, rng):
    require_conv_forward(student, rng, 1, 1, dtype=np.float32)


# --- convolution, backwards


@exercise("conv-backward-naive", weight=3)
def derivatives_add_up_over_places_and_pictures(student, rng):
    require_conv_backward(student, rng, 1, 1)


@exercise("conv-backward-naive", weight=2)
def derivatives_where_nothing_is_padded(student, rng):
    require_conv_backward(student, rng, 1, 0, x=(3, 2, 4, 6), w=(5, 2, 2, 3))


@exercise("conv-backward-naive", weight=2)
def derivatives_of_longer_steps(student, rng):
    require_conv_backward(student, rng, 2, 1, x=(2, 3, 8, 7), w=(4, 3, 3, 2))
    require_conv_backward(student, rng, 3, 2, x=(1, 2, 9, 6), w=(3, 2, 4, 2))


@exercise("conv-backward-naive")
def derivatives_of_float32_are_float32(student, rng):
    require_conv_backward(student, rng, 1, 1, dtype=np.float32)


# --- max pooling


@exercise("max-pool-forward-naive", weight=2)
def the_largest_of_each_window_comes_out(student, rng):
    require_pool_forward(student, rng.normal(size=(2, 3, 6, 8)), 2, 2, 2)


@exercise("max-pool-forward-naive")
def windows_need_not_be_square(student, rng):
    require_pool_forward(student, rng.normal(size=(2, 3, 9, 8)), 3, 2, 2)
    require_pool_forward(student, rng.normal(size=(3, 2, 4, 9)), 2, 4, 1)


@exercise("max-pool-forward-naive")
def windows_may_overlap_or_leave_gaps(student, rng):
    require_pool_forward(student, rng.normal(size=(2, 3, 7, 5)), 3, 3, 1)
    require_pool_forward(student, rng.normal(size=(2, 3, 9, 8)), 2, 2, 3)


@exercise("max-pool-forward-naive")
def numbers_below_zero_and_float32(student, rng):
    x = -rng.uniform(1, 2, size=(2, 3, 4, 6)).astype(np.float32)
    require_pool_forward(student, x, 2, 2, 2)


@exercise("max-pool-backward-naive", weight=2)
def the_winner_of_a_window_gets_what_arrives(student, rng):
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 6, 8)), 2, 2, 2)
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 9, 8)), 3, 2, 3)


@exercise("max-pool-backward-naive", weight=2)
def a_winner_of_several_windows_gets_the_sum(student, rng):
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 7, 5)), 3, 3, 1)
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 9, 8)), 3, 4, 2)


@exercise("max-pool-backward-naive")
def pixels_between_the_windows_get_nothing(student, rng):
    require_pool_backward(student, rng, rng.normal(size=(2, 3, 9, 8)), 2, 2, 3)


@exercise("max-pool-backward-naive")
def float32_stays_on_the_way_back(student, rng):
    x = rng.normal(size=(2, 3, 7, 5)).astype(np.float32)
    require_pool_backward(student, rng, x, 3, 2, 1)


@exercise("max-pool-backward-naive")
def equal_winners_share_what_arrives_and_no_more(student, rng):
    x = rng.integers(2, size=(2, 3, 6, 9)).astype(float)  # like units of a ReLU: many are equal
    require_shared(student, rng, x, 2, 3, 3)
    require_shared(student, rng, np.zeros((2, 1, 4, 6)), 2, 2, 2)


# --- a network of three layers


@exercise("three-layer-init", weight=2)
def parameters_are_random_weights_and_zero_biases(student, rng):
    require_first_convnet(student, 0.05, np.float32, (3, 10, 16), 16, 5, 30, 40)


@exercise("three-layer-init")
def odd_pictures_lose_their_last_row_and_column(student, rng):
    require_first_convnet(student, 0.4, np.float64, (4, 11, 7), 32, 3, 12, 90)


@exercise("three-layer-init")
def no_argument_gives_cifar10(student, rng):
    params = student.classifiers.cnn.ThreeLayerConvNet().get("params")
    shapes = convnet_shapes((3, 32, 32), 32, 7, 100, 10)
    require_first_params(params, shapes, 1e-3, np.float32)


@exercise("three-layer-convnet", weight=2)
def scores_of_oblong_pictures(student, rng):
    params, X = draw_net(rng), rng.normal(size=(3, 2, 7, 6))
    scores = convnet(student, params, (2, 7, 6)).loss(X)
    expected = oracle.convnet_scores(params, X)
    slips = [(np.maximum(expected, 0), "The scores have a ReLU: the last layer is affine alone.")]
    assert_no_mistake(scores, expected, "scores", slips)


@exercise("three-layer-convnet", weight=3)
def loss_and_all_gradients_match(student, rng):
    require_convnet(student, rng, 0.0)
    require_convnet(student, rng, 0.0, input_dim=(1, 4, 6), F=2, size=1, M=3, K=3)


@exercise("three-layer-convnet", weight=3)
def penalty_counts_the_weights_of_all_three_layers(student, rng):
    params, X, y = draw_net(rng), rng.normal(size=(3, 2, 7, 6)), rng.integers(4, size=3)
    plain, plain_grads = loss_and_gradients(convnet(student, params, (2, 7, 6)), X, y, NAMES)
    net = convnet(student, params, (2, 7, 6), reg=PENALTY)
    loss, grads = loss_and_gradients(net, X, y, NAMES)
    added = oracle.convnet_loss(params, X, y, PENALTY) - oracle.convnet_loss(params, X, y, 0.0)
    parts = {name: PENALTY / 2 * float(np.sum(value**2)) for name, value in params.items()}
    slips = [(0.0, "The penalty is missing: add 0.5 * reg * sum(W * W) for every W.")]
    slips += [(2 * added, "The penalty has a factor 1/2 here: 0.5 * reg * sum(W * W).")]
    slips += [(added - parts[W], f"The penalty leaves out {W}.") for W in ("W1", "W2", "W3")]
    slips += [(sum(parts.values()), "The penalty counts the biases: it is for the weights alone.")]
    assert_no_mistake(loss - plain, added, f"what reg = {PENALTY} adds to the loss", slips)
    expected = oracle.convnet_gradients(params, X, y, PENALTY)
    expected_plain = oracle.convnet_gradients(params, X, y, 0.0)
    for name in NAMES:
        for got in (grads[name], plain_grads[name]):
            require_array(got, f'grads["{name}"]', shape=params[name].shape)
        what = f'what reg = {PENALTY} adds to grads["{name}"]'
        assert_close(grads[name] - plain_grads[name], expected[name] - expected_plain[name], what)


@exercise("three-layer-convnet")
def a_float32_net_computes_in_float32(student, rng):
    params, X, y = draw_net(rng), rng.normal(size=(3, 2, 7, 6)), rng.integers(4, size=3)
    expected = oracle.convnet_gradients(params, X, y, PENALTY)
    narrow = {name: value.astype(np.float32) for name, value in params.items()}
    net = convnet(student, narrow, (2, 7, 6), reg=np.float64(PENALTY), dtype="float32")
    scores = oracle.convnet_scores(params, X).astype(np.float32)
    assert_close(net.loss(X), scores, "scores of a float32 net", ROUNDING32)
    _, grads = loss_and_gradients(net, X, y, NAMES)
    for name in NAMES:
        what = f'grads["{name}"] of a float32 net'
        assert_close(grads[name], expected[name].astype(np.float32), what, ROUNDING32)


@exercise("three-layer-convnet")
def the_parameters_stay_as_they_were(student, rng):
    params, X, y = draw_net(rng), rng.normal(size=(3, 2, 7, 6)), rng.integers(4, size=3)
    net = convnet(student, params, (2, 7, 6), reg=PENALTY)
    loss_and_gradients(net, X, y, NAMES)
    after = net.get("params")
    for name, before in params.items():
        assert_close(after[name], before, f"{name}, which loss should only read,")


# --- normalisation: channels of a batch, groups of a picture


@exercise("spatial-batchnorm-forward", weight=3)
def channels_are_normalised_over_pictures_and_places(student, rng):
    x, gamma, beta = draw_norm(rng)
    (out,), _, _ = run_batches(student, [("train", x)], gamma, beta, eps=EPS)
    expected, _, _ = oracle.channels_normalized(x, gamma, beta, EPS)
    alone = [oracle.channels_normalized(one[np.newaxis], gamma, beta, EPS)[0] for one in x]
    mixed = x.reshape(-1, x.shape[1])  # the mistake of those who forget to transpose
    mixed = oracle.channels_normalized(mixed[:, :, np.newaxis, np.newaxis], gamma, beta, EPS)[0]
    slips = [
        (np.concatenate(alone), "Each picture is normalised by itself: the batch goes together."),
        (mixed.reshape(x.shape), "Channels are mixed: transpose to (N, H, W, C) before reshaping."),
    ]
    require_out(out, expected, "out", slips, 1e-9)


@exercise("spatial-batchnorm-forward")
def running_averages_are_those_of_channels(student, rng):
    (first, gamma, beta), (second, _, _) = draw_norm(rng), draw_norm(rng, (4, 3, 2, 5))
    batches, averages = [("train", first), ("train", second)], [np.zeros(3), np.zeros(3)]
    _, *running = run_batches(student, batches, gamma, beta, eps=EPS, momentum=MOMENTUM)
    for x in (first, second):
        _, *batch = oracle.channels_normalized(x, gamma, beta, EPS)
        averages = [MOMENTUM * a + (1 - MOMENTUM) * b for a, b in zip(averages, batch)]
    for name, got, expected in zip(("running_mean", "running_var"), running, averages):
        message = f"bn_param has no {name} after training: hand bn_param on to batchnorm_forward."
        assert_that(got is not None, message, "an array of shape (3,)", "None", name)
        assert_close(got, expected, f"{name} after two batches")


@exercise("spatial-batchnorm-forward")
def testing_goes_by_the_running_averages(student, rng):
    (x, gamma, beta), mean, var = draw_norm(rng), rng.normal(size=3), rng.uniform(0.5, 2, size=3)
    settings = {"eps": EPS, "running_mean": mean, "running_var": var}
    outs, *running = run_batches(student, [("test", x), ("test", x[:1])], gamma, beta, **settings)
    expected = oracle.channels_by_averages(x, gamma, beta, EPS, mean, var)
    for out, wanted in zip(outs, (expected, expected[:1])):
        require_out(out, wanted, "out in testing", [], 1e-9)
    for name, got, before in zip(("running_mean", "running_var"), running, (mean, var)):
        assert_close(got, before, f"{name}, which testing only reads,")


@exercise("spatial-batchnorm-forward")
def float32_pictures_stay_float32(student, rng):
    x, gamma, beta = draw_norm(rng, dtype=np.float32)
    (out,), _, _ = run_batches(student, [("train", x)], gamma, beta)
    wide = [a.astype(np.float64) for a in (x, gamma, beta)]
    expected, *_ = oracle.channels_normalized(*wide, 1e-5)
    assert_close(out, expected.astype(np.float32), "out of float32 pictures", ROUNDING32)


@exercise("spatial-batchnorm-backward", weight=3)
def derivatives_of_normalised_channels(student, rng):
    require_batchnorm_gradients(student, rng, eps=EPS)


@exercise("spatial-batchnorm-backward")
def derivatives_of_a_single_picture(student, rng):
    require_batchnorm_gradients(student, rng, (1, 4, 3, 5), eps=EPS)


@exercise("spatial-batchnorm-backward")
def float32_pictures_have_float32_derivatives(student, rng):
    require_batchnorm_gradients(student, rng, dtype=np.float32, eps=EPS)


@exercise("spatial-groupnorm-forward", weight=3)
def groups_are_normalised_picture_by_picture(student, rng):
    require_groups(student, rng, (2, 6, 4, 5), 2)
    require_groups(student, rng, (3, 6, 2, 5), 3)


@exercise("spatial-groupnorm-forward")
def one_group_and_a_group_for_each_channel(student, rng):
    require_groups(student, rng, (2, 4, 3, 5), 1)
    require_groups(student, rng, (2, 4, 3, 5), 4)


@exercise("spatial-groupnorm-forward")
def gamma_and_beta_may_be_vectors(student, rng):
    require_groups(student, rng, (2, 6, 4, 5), 3, flat=True)


@exercise("spatial-groupnorm-forward")
def groups_of_float32_stay_float32(student, rng):
    require_groups(student, rng, (2, 6, 4, 5), 3, dtype=np.float32)


@exercise("spatial-groupnorm-forward")
def eps_is_small_where_nothing_else_is_said(student, rng):
    x, gamma, beta = draw_groups(rng, (2, 6, 4, 5))
    x = 1e-2 * x  # so small that eps shows
    out, _ = groupnorm(student, x, gamma, beta, 3, {})
    expected = oracle.groups_normalized(x, gamma, beta, 3, 1e-5)
    require_out(out, expected, "out of small numbers, with eps as it is by default,", [], 1e-9)


@exercise("spatial-groupnorm-backward", weight=3)
def derivatives_of_normalised_groups(student, rng):
    require_groupnorm_gradients(student, rng, (2, 6, 4, 5), 3)
    require_groupnorm_gradients(student, rng, (3, 6, 2, 5), 2)


@exercise("spatial-groupnorm-backward")
def derivatives_by_vectors_are_vectors(student, rng):
    require_groupnorm_gradients(student, rng, (2, 4, 3, 5), 2, flat=True)


@exercise("spatial-groupnorm-backward")
def derivatives_of_one_group_and_of_single_channels(student, rng):
    require_groupnorm_gradients(student, rng, (2, 4, 3, 5), 1)
    require_groupnorm_gradients(student, rng, (2, 4, 3, 5), 4)


@exercise("spatial-groupnorm-backward")
def groups_of_float32_have_float32_derivatives(student, rng):
    require_groupnorm_gradients(student, rng, (2, 6, 4, 5), 3, dtype=np.float32)


check_steps("convnet-tuned", require_convnet_accuracy, (FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL))
