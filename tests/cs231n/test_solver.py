"""The solver: what it counts and keeps, and that a resumed run equals one that never stopped."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.solver import Solver

RULES = ["sgd", "sgd_momentum", "rmsprop", "adam"]


class Linear:
    """A softmax classifier that may drop inputs at random, as networks with dropout do."""

    def __init__(self, D=4, C=3, dropout=False):
        self.params = {"W": np.zeros((D, C)), "b": np.zeros(C)}
        self.dropout = dropout

    def loss(self, X, y=None):
        if y is None:
            return X @ self.params["W"] + self.params["b"]
        if self.dropout:
            X = X * (np.random.rand(*X.shape) < 0.5)
        scores = X @ self.params["W"] + self.params["b"]
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(len(y)), y]))
        p[np.arange(len(y)), y] -= 1
        return loss, {"W": X.T @ p / len(y), "b": p.mean(axis=0)}


class Stopped(Exception):
    """Stands for a machine that is switched off."""


class Fragile(Linear):
    """Fails at a certain step."""

    def __init__(self, steps, **options):
        super().__init__(**options)
        self.steps = steps

    def loss(self, X, y=None):
        if y is not None:
            if self.steps == 0:
                raise Stopped
            self.steps -= 1
        return super().loss(X, y)


@pytest.fixture
def data(rng):
    X, y = rng.normal(size=(70, 4)), rng.integers(3, size=70)
    X[np.arange(70), y] += 2
    return {"X_train": X[:50], "y_train": y[:50], "X_val": X[50:], "y_val": y[50:]}


def quiet(**options):
    return {"verbose": False, "batch_size": 10, "num_epochs": 4, "num_train_samples": 20, **options}


def assert_same_run(a, b):
    for name in ("loss_history", "train_acc_history", "val_acc_history", "best_val_acc", "epoch"):
        assert getattr(a, name) == getattr(b, name)
    for name, value in a.model.params.items():
        np.testing.assert_array_equal(b.model.params[name], value)
        np.testing.assert_array_equal(b.best_params[name], a.best_params[name])
        assert_same_config(a.optim_configs[name], b.optim_configs[name])


def assert_same_config(a, b):
    assert list(a) == list(b)
    for key, value in a.items():
        np.testing.assert_array_equal(b[key], value)


def test_training_learns(data):
    solver = Solver(Linear(), data, seed=0, **quiet(optim_config={"learning_rate": 0.5}))
    solver.train()
    assert solver.check_accuracy(data["X_val"], data["y_val"]) == solver.best_val_acc > 0.6


def test_histories_have_one_loss_per_step_and_accuracies_at_the_ends(data):
    solver = Solver(Linear(), data, seed=0, **quiet())
    solver.train()
    assert len(solver.loss_history) == 4 * 5
    assert len(solver.train_acc_history) == len(solver.val_acc_history) == 1 + 4
    assert (solver.epoch, solver.iteration) == (4, 20)


def test_the_model_ends_with_the_best_parameters(data):
    model = Linear()
    solver = Solver(model, data, seed=0, **quiet(optim_config={"learning_rate": 30.0}))
    solver.train()
    assert max(solver.val_acc_history) == solver.best_val_acc
    assert solver.check_accuracy(data["X_val"], data["y_val"]) == solver.best_val_acc


def test_a_model_that_is_never_right_keeps_its_parameters(data):
    class Wrong(Linear):
        def loss(self, X, y=None):
            return super().loss(X, y) if y is not None else np.eye(4)[np.full(len(X), 3)]

    model = Wrong()
    solver = Solver(model, data, **quiet())
    solver.train()
    assert solver.best_val_acc == 0
    assert set(model.params) == {"W", "b"}


def test_no_epochs_leave_the_model_as_it_was(data):
    model = Linear()
    Solver(model, data, **quiet(num_epochs=0)).train()
    np.testing.assert_array_equal(model.params["W"], np.zeros((4, 3)))


def test_learning_rates_decay_after_each_epoch(data):
    options = quiet(lr_decay=0.5, optim_config={"learning_rate": 1.0}, num_epochs=3)
    solver = Solver(Linear(), data, **options)
    solver.train()
    assert solver.optim_configs["W"]["learning_rate"] == 0.125
    assert solver.optim_config == {"learning_rate": 1.0}


def test_batches_come_from_np_random_unless_told_otherwise(data):
    runs = []
    for _ in range(2):
        np.random.seed(7)
        runs.append(Solver(Linear(), data, **quiet()))
        runs[-1].train()
    assert_same_run(*runs)


def test_seed_is_short_for_a_generator(data):
    runs = [Solver(Linear(), data, seed=7, **quiet())]
    runs.append(Solver(Linear(), data, rng=np.random.default_rng(7), **quiet()))
    before = np.random.get_state()[1].copy()
    for solver in runs:
        solver.train()
    assert_same_run(*runs)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_check_accuracy_draws_without_replacement(data):
    solver = Solver(Linear(), data, seed=0, **quiet())
    seen = []

    def loss(X, y=None):
        seen.extend(map(tuple, X))
        return np.zeros((len(X), 3))

    solver.model.loss = loss
    solver.check_accuracy(data["X_train"], data["y_train"], num_samples=49, batch_size=10)
    assert len(set(seen)) == len(seen) == 49


def test_verbose_training_prints_losses_and_accuracies(data, capsys):
    Solver(Linear(), data, **quiet(verbose=True, num_epochs=1)).train()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "(Iteration 1 / 5) loss: 1.098612"
    assert lines[1].startswith("(Epoch 0 / 1) train acc: ")
    assert lines[-1].startswith("(Epoch 1 / 1) train acc: ")


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("stop", [5, 12, 17])
def test_a_resumed_run_equals_one_that_never_stopped(data, tmp_path, rule, stop, seed):
    options = quiet(update_rule=rule, lr_decay=0.9, seed=seed, checkpoint_every=3)
    np.random.seed(5)
    whole = Solver(Linear(dropout=True), data, **options)
    whole.train()
    np.random.seed(5)
    options["checkpoint_name"] = str(tmp_path / "run")
    broken = Solver(Fragile(stop, dropout=True), data, **options)
    with pytest.raises(Stopped):
        broken.train()
    np.random.seed(99)
    resumed = Solver.resume(tmp_path / "run_latest.npz", Linear(dropout=True), data)
    assert 0 < resumed.iteration <= stop
    resumed.train()
    assert_same_run(whole, resumed)


def test_a_run_resumes_from_the_file_of_an_epoch(data, tmp_path):
    options = quiet(update_rule="adam", seed=3, checkpoint_name=str(tmp_path / "run"))
    whole = Solver(Linear(), data, **options)
    whole.train()
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == [*(f"run_epoch_{n}.npz" for n in range(1, 5)), "run_latest.npz"]
    resumed = Solver.resume(tmp_path / "run_epoch_2.npz", Linear(), data)
    resumed.train()
    assert_same_run(whole, resumed)


def test_a_resumed_run_may_be_longer(data, tmp_path):
    whole = Solver(Linear(), data, seed=3, **quiet(num_epochs=6))
    whole.train()
    Solver(Linear(), data, seed=3, **quiet(checkpoint_name=str(tmp_path / "run"))).train()
    resumed = Solver.resume(tmp_path / "run_epoch_4.npz", Linear(), data, num_epochs=6)
    resumed.train()
    assert_same_run(whole, resumed)


def test_resume_sets_a_generator_that_is_shared(data, tmp_path):
    rng = np.random.default_rng(3)
    Solver(Linear(), data, rng=rng, **quiet(checkpoint_name=str(tmp_path / "run"))).train()
    other = np.random.default_rng(0)
    resumed = Solver.resume(tmp_path / "run_latest.npz", Linear(), data, rng=other)
    assert resumed.rng is other
    assert other.random() == rng.random()


def test_running_means_come_back(data, tmp_path):
    model = Linear()
    model.bn_params = [{"mode": "train", "running_mean": np.arange(3.0)}]
    Solver(model, data, **quiet(checkpoint_name=str(tmp_path / "run"))).train()
    fresh = Linear()
    fresh.bn_params = [{"mode": "train"}]
    Solver.resume(tmp_path / "run_latest.npz", fresh, data)
    np.testing.assert_array_equal(fresh.bn_params[0]["running_mean"], np.arange(3.0))


class Counting(Linear):
    """Keeps, as batch normalisation does, a running state beside its parameters: its steps."""

    bn_params = None

    def loss(self, X, y=None):
        if y is not None:
            self.bn_params = [{"steps": self.bn_params[0]["steps"] + 1}]
        return super().loss(X, y)


def test_the_best_parameters_come_with_the_running_averages_of_their_time(data):
    model = Counting()
    model.bn_params = [{"steps": 0}]
    solver = Solver(model, data, **quiet(num_epochs=4, optim_config={"learning_rate": 1e-2}))
    accuracies = iter([0.1, 0.3, 0.2, 0.9, 0.5, 0.4, 0.1, 0.2, 0.3, 0.3])
    solver.check_accuracy = lambda *args: next(accuracies)  # train, val, train, val, ...
    solver.train()
    steps = solver.iterations_per_epoch  # 0.9 is what the end of the first epoch validates
    assert solver.best_val_acc == 0.9
    assert model.bn_params == [{"steps": steps}]
    assert solver.iteration == 4 * steps


def test_a_killed_process_resumes(data, tmp_path):
    np.savez(tmp_path / "data.npz", **data)
    script = textwrap.dedent(
        """
        import os, sys
        import numpy as np
        from cs231n.classifiers import TwoLayerNet
        from cs231n.solver import Solver
        folder, stop = sys.argv[1], int(sys.argv[2])
        data = dict(np.load(f"{folder}/data.npz"))
        options = dict(batch_size=10, num_epochs=4, update_rule="adam", verbose=False)
        options.update(checkpoint_name=f"{folder}/run", checkpoint_every=2, seed=1)
        np.random.seed(0)
        net, steps = TwoLayerNet(4, 5, 3, std=0.1), 0
        def loss(X, y=None, real=net.loss):
            global steps
            steps += y is not None
            if steps == stop:
                os.kill(os.getpid(), 9)
            return real(X, y)
        net.loss = loss
        latest = f"{folder}/run_latest.npz"
        if os.path.exists(latest):
            solver = Solver.resume(latest, net, data)
        else:
            solver = Solver(net, data, **options)
        solver.train()
        np.savez(f"{folder}/result.npz", losses=solver.loss_history, **net.params)
        """
    )

    def run(stop):
        return subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), str(stop)], check=False, timeout=120
        ).returncode

    assert run(0) == 0
    whole = dict(np.load(tmp_path / "result.npz"))
    for name in ("result.npz", "run_latest.npz"):
        (tmp_path / name).unlink()
    assert run(8) == -9  # killed in the middle of the second epoch
    assert run(0) == 0
    resumed = dict(np.load(tmp_path / "result.npz"))
    for name, value in whole.items():
        np.testing.assert_array_equal(resumed[name], value)


def test_unknown_arguments_are_named(data):
    with pytest.raises(ValueError, match='Unrecognized arguments "learning_rate"; known are'):
        Solver(Linear(), data, learning_rate=1e-3)


@pytest.mark.parametrize("rule", ["newton", "_state", "np.random"])
def test_an_unknown_rule_is_named(data, rule):
    with pytest.raises(ValueError, match=f'Invalid update_rule "{rule}"'):
        Solver(Linear(), data, update_rule=rule)


def test_rng_and_seed_exclude_each_other(data):
    with pytest.raises(ValueError, match="Give rng or seed, not both"):
        Solver(Linear(), data, rng=np.random.default_rng(0), seed=1)


def test_missing_data_is_named(data):
    del data["y_val"]
    with pytest.raises(ValueError, match="data lacks y_val; it should have X_train"):
        Solver(Linear(), data)


def test_data_without_labels_is_refused(data):
    data["y_train"] = data["y_train"][:-1]
    with pytest.raises(ValueError, match="X_train has 50 examples and y_train 49 labels"):
        Solver(Linear(), data)


def test_resume_refuses_another_model(data, tmp_path):
    Solver(Linear(), data, **quiet(checkpoint_name=str(tmp_path / "run"))).train()
    with pytest.raises(ValueError, match="is of a model with"):
        Solver.resume(tmp_path / "run_latest.npz", Linear(C=5), data)


def test_resume_refuses_other_data(data, tmp_path):
    Solver(Linear(), data, **quiet(checkpoint_name=str(tmp_path / "run"))).train()
    data["X_train"], data["y_train"] = data["X_train"][:40], data["y_train"][:40]
    with pytest.raises(ValueError, match="while training on 50 examples; this data has 40"):
        Solver.resume(tmp_path / "run_latest.npz", Linear(), data)


def test_resume_refuses_a_generator_where_there_was_none(data, tmp_path):
    Solver(Linear(), data, **quiet(checkpoint_name=str(tmp_path / "run"))).train()
    with pytest.raises(ValueError, match=r"come from np\.random: resume it without rng"):
        Solver.resume(tmp_path / "run_latest.npz", Linear(), data, rng=np.random.default_rng(0))


def test_resume_refuses_other_files(data, tmp_path):
    path = save_tree(tmp_path / "notes.npz", {"a": 1})
    assert load_tree(path) == {"a": 1}
    with pytest.raises(ValueError, match="holds something else than a solver's state"):
        Solver.resume(path, Linear(), data)
