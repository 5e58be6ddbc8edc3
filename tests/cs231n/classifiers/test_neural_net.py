"""The two-layer net: a hand-sized example, derivatives, training, precision."""

import numpy as np
import pytest

from cs231n.classifiers import TwoLayerNet
from cs231n.gradient_check import assert_gradient

pytestmark = pytest.mark.assignment1

# Derivatives by central differences in float64.
NUMERIC = 1e-6
# The same sums in another order.
ROUNDING = 1e-12


def drawn_net(rng, D=5, H=7, C=4, dtype=np.float64):
    net = TwoLayerNet(D, H, C)
    shapes = {name: value.shape for name, value in net.params.items()}
    net.params = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    return net


def hand_net():
    net = TwoLayerNet(2, 2, 2)
    net.params["W1"] = np.array([[1.0, -1.0], [2.0, 1.0]])
    net.params["b1"] = np.array([0.0, 1.0])
    net.params["W2"] = np.array([[1.0, 0.0], [0.0, 3.0]])
    net.params["b2"] = np.array([-4.0, 1.0])
    return net


def test_scores_of_a_hand_sized_net():
    # Units: 1*1 + 2*1 = 3 and -1*1 + 1*1 + 1 = 1; then 2 + 0 = 2 and -2 + 0 + 1 = -1, cut to 0.
    scores = hand_net().loss(np.array([[1.0, 1.0], [2.0, 0.0]]))
    np.testing.assert_array_equal(scores, [[-1.0, 4.0], [-2.0, 1.0]])


def test_loss_of_a_hand_sized_net():
    loss, _ = hand_net().loss(np.array([[1.0, 1.0]]), np.array([1]), reg=0.1)
    # log(1 + exp(-1 - 4)), and 0.1 times (1 + 1 + 4 + 1 + 1 + 9).
    assert loss == pytest.approx(np.log1p(np.exp(-5)) + 1.7, rel=ROUNDING)


def test_a_fresh_net_is_as_good_as_guessing(rng):
    loss, _ = TwoLayerNet(20, 10, 6).loss(rng.normal(size=(30, 20)), rng.integers(6, size=30))
    assert loss == pytest.approx(np.log(6), abs=1e-4)


@pytest.mark.parametrize(("N", "D", "H", "C"), [(1, 2, 3, 2), (6, 5, 7, 4), (3, 4, 4, 4)])
@pytest.mark.parametrize("reg", [0.0, 0.7])
def test_gradients_are_derivatives_of_the_loss(rng, N, D, H, C, reg):
    net, X, y = drawn_net(rng, D, H, C), rng.normal(size=(N, D)), rng.integers(C, size=N)
    # No unit may be near its kink: then a step across it would be no derivative.
    assert np.abs(X @ net.params["W1"] + net.params["b1"]).min() > 1e-3
    _, grads = net.loss(X, y, reg=reg)
    for name, w in net.params.items():
        for where in np.ndindex(w.shape):
            values = []
            for h in (1e-5, -1e-5):
                moved = w.copy()
                moved[where] += h
                other = TwoLayerNet(D, H, C)
                other.params = dict(net.params, **{name: moved})
                values.append(other.loss(X, y, reg=reg, gradients=False))
            numeric = (values[0] - values[1]) / 2e-5
            assert grads[name][where] == pytest.approx(numeric, rel=NUMERIC, abs=NUMERIC)


def test_gradients_pass_the_kits_own_check(rng):
    net, X, y = drawn_net(rng), rng.normal(size=(6, 5)), rng.integers(4, size=6)
    _, grads = net.loss(X, y, reg=0.1)
    assert_gradient(lambda _: net.loss(X, y, reg=0.1)[0], net.params, grads)


def test_loss_is_unchanged_by_a_shift_of_all_scores(rng):
    net, X, y = drawn_net(rng), rng.normal(size=(6, 5)), rng.integers(4, size=6)
    before = net.loss(X, y, gradients=False)
    net.params["b2"] = net.params["b2"] + 1e4
    assert net.loss(X, y, gradients=False) == pytest.approx(before, rel=1e-9)


def test_loss_is_unchanged_by_the_order_of_the_batch(rng):
    net, X, y = drawn_net(rng), rng.normal(size=(6, 5)), rng.integers(4, size=6)
    order = rng.permutation(6)
    assert net.loss(X, y)[0] == pytest.approx(net.loss(X[order], y[order])[0], rel=ROUNDING)


def test_loss_changes_neither_inputs_nor_parameters(rng):
    net, X, y = drawn_net(rng), rng.normal(size=(6, 5)), rng.integers(4, size=6)
    before = {**{k: v.copy() for k, v in net.params.items()}, "X": X.copy(), "y": y.copy()}
    net.loss(X, y, reg=0.1)
    for name, value in {**net.params, "X": X, "y": y}.items():
        np.testing.assert_array_equal(value, before[name])


def test_float32_stays_float32_through_training(rng):
    net = drawn_net(rng, dtype=np.float32)
    X, y = rng.normal(size=(20, 5)).astype(np.float32), rng.integers(4, size=20)
    rates = {"learning_rate": np.float64(1e-2), "reg": np.float64(1e-3)}
    net.train(X, y, X, y, num_iters=5, batch_size=10, **rates)
    assert {value.dtype for value in net.params.values()} == {np.dtype(np.float32)}
    assert net.loss(X).dtype == np.float32


def test_training_learns_five_examples_by_heart(rng):
    np.random.seed(0)
    net = TwoLayerNet(4, 10, 3, std=0.1)
    X, y = 10 * rng.normal(size=(5, 4)), np.array([0, 1, 2, 2, 1])
    rates = {"learning_rate": 0.1, "learning_rate_decay": 1.0}  # an epoch is one step here
    history = net.train(X, y, X, y, num_iters=100, **rates)
    assert history["loss_history"][-1] < 0.1
    np.testing.assert_array_equal(net.predict(X), y)


def test_histories_have_one_entry_per_step_and_per_epoch(rng):
    X, y = rng.normal(size=(105, 5)), rng.integers(4, size=105)  # 10.5 batches are 10 steps
    history = TwoLayerNet(5, 7, 4).train(X, y, X[:9], y[:9], num_iters=35, batch_size=10)
    lengths = {name: len(values) for name, values in history.items()}
    assert lengths == {"loss_history": 35, "train_acc_history": 4, "val_acc_history": 4}


def test_learning_rate_decays_after_an_epoch_and_not_before(rng):
    X, y = rng.normal(size=(20, 5)), rng.integers(4, size=20)
    rates = []

    class Follower(TwoLayerNet):
        def loss(self, X, y=None, reg=0.0, gradients=True):
            rates.append(float(self.params["b2"][0]))
            zero = {name: np.zeros_like(value) for name, value in self.params.items()}
            return 0.0, dict(zero, b2=np.ones(4))

        def predict(self, X):
            return np.zeros(len(X))

    options = {"learning_rate": 1.0, "learning_rate_decay": 0.5, "batch_size": 10}
    Follower(5, 7, 4).train(X, y, X, y, num_iters=5, **options)
    np.testing.assert_array_equal(-np.diff(rates), [1.0, 1.0, 0.5, 0.5])


def test_verbose_training_prints_a_loss(rng, capsys):
    X, y = rng.normal(size=(20, 5)), rng.integers(4, size=20)
    TwoLayerNet(5, 7, 4).train(X, y, X, y, num_iters=2, verbose=True)
    assert "iteration 0 of 2: loss 1.38" in capsys.readouterr().out


def test_predict_takes_the_largest_score():
    np.testing.assert_array_equal(hand_net().predict(np.array([[1.0, 1.0], [-9.0, -9.0]])), [1, 1])
