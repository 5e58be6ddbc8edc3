"""Training on streams and on sentences: states are carried, the best is kept, nothing is lost."""

import numpy as np
import pytest

from cs231n.text.evaluation import held_out_loss
from cs231n.text.recurrent_lm import RecurrentLM
from cs231n.text.training import LanguageSolver

pytestmark = pytest.mark.assignment4

SETTINGS = {"batch_size": 4, "steps": 5, "num_epochs": 3, "val_every": 3, "verbose": False}
RATE = {"optim_config": {"learning_rate": 0.02}, "update_rule": "adam"}


def stream(seed=0):
    rng = np.random.default_rng(seed)
    return {"train": rng.integers(6, size=90), "held_out": rng.integers(6, size=20)}


def sentences():
    rng = np.random.default_rng(1)
    train, held_out = (
        [rng.integers(2, 6, size=n) for n in sizes] for sizes in ([3, 1, 4] * 5, [2])
    )
    return {"train": train, "held_out": held_out}


def solver(data, model=None, **changes):
    model = model or RecurrentLM(6, 3, 4, dropout=0.2, seed=2)
    return LanguageSolver(model, data, **(SETTINGS | RATE | {"seed": 3} | changes))


def test_every_batch_goes_on_where_the_last_one_ended():
    one = solver(stream(), num_epochs=2)
    seen, loss = [], one.model.loss

    def noted(x, y, states):
        seen.append((x.copy(), y.copy(), states))
        return loss(x, y, states=states)

    one.model.loss = noted
    one.train()
    per_epoch = one.iterations_per_epoch
    assert (per_epoch, len(seen)) == (4, 8)  # 89 // 4 = 22 columns, 4 batches of 5
    for k, (x, _, states) in enumerate(seen):
        assert (states is None) == (k % per_epoch == 0)
        if k % per_epoch:
            np.testing.assert_array_equal(x[:, 0], seen[k - 1][1][:, -1])


def test_sentences_of_a_batch_are_of_about_one_length_and_each_comes_once():
    one = solver(sentences(), num_epochs=1, batch_size=5)
    counts, loss = [], one.model.loss

    def noted(x, y, mask, states):
        counts.append(mask.sum(axis=1).tolist())
        return loss(x, y, mask, states)

    one.model.loss = noted
    one.train()
    assert sorted(map(sorted, counts)) == [[2] * 5, [4] * 5, [5] * 5]
    assert one.num_train == 40


def test_the_rate_is_full_and_then_falls_to_nothing():
    one = solver(stream(), full_rate=0.5)
    rates = []
    for iteration in range(one.num_iterations + 1):
        one.iteration = iteration
        rates.append(one._rate())
    assert rates[:7] == [1.0] * 7
    np.testing.assert_allclose(np.diff(rates[6:]), -1 / 6)
    assert rates[-1] == 0


@pytest.mark.parametrize("rule", ["adam", "rmsprop"])
@pytest.mark.parametrize("make", [stream, sentences])
def test_a_run_that_was_stopped_comes_to_the_same_bytes(make, rule, tmp_path):
    rate = {"update_rule": rule, "optim_config": {"learning_rate": 0.01}}
    whole = solver(make(), **rate)
    whole.train()
    broken = solver(make(), **rate, checkpoint_name=str(tmp_path / "run"), checkpoint_every=2)
    broken.train(steps=5)  # the last checkpoint has 4
    again = LanguageSolver.resume(
        tmp_path / "run_latest.npz", RecurrentLM(6, 3, 4, dropout=0.2, seed=9), make()
    )
    assert again.iteration == 4
    again.train()
    for name, value in whole.model.params.items():
        assert value.tobytes() == again.model.params[name].tobytes(), name
    assert whole.val_history == again.val_history


def test_the_model_keeps_the_best_parameters_and_stops_when_patience_is_over():
    data = stream() | {"held_out": stream(5)["held_out"]}
    one = solver(data, num_epochs=40, patience=2, full_rate=1.0)
    one.train()
    values = [value for _, value in one.val_history]
    assert one.iteration < one.num_iterations
    assert len(values) - 1 - int(np.argmin(values)) == 2
    found = held_out_loss(one.model, data["held_out"], data["train"])
    assert found == pytest.approx(min(values), rel=1e-6)


def test_what_cannot_go_on_is_named(tmp_path):
    with pytest.raises(ValueError, match="a batch of 4 rows of 50 tokens needs a text of 201"):
        solver(stream(), steps=50)
    one = solver(stream())
    one.model.params["b_vocab"][:] = np.nan
    with pytest.raises(ValueError, match="training diverged at step 1: the loss is nan"):
        one.train()
    name = str(tmp_path / "run")
    solver(stream(), checkpoint_name=name, checkpoint_every=1, num_epochs=1).train()
    with pytest.raises(ValueError, match="is of a model with"):
        LanguageSolver.resume(f"{name}_latest.npz", RecurrentLM(6, 3, 5), stream())
    from cs231n.files.checkpoint import save_tree

    save_tree(tmp_path / "other.npz", {"kind": "captions"})
    with pytest.raises(ValueError, match="holds something else than the state of a language"):
        LanguageSolver.resume(tmp_path / "other.npz", RecurrentLM(6, 3, 4), stream())
