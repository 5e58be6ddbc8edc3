"""Training of captioning models: what is counted, skipped and kept; resuming loses nothing."""

import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from cs231n.captioning_solver import CaptioningSolver, Diverged
from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.training.diagnosis import PictureUse, perplexity_of, picture_use

pytestmark = pytest.mark.assignment3
WORDS = ("<NULL>", "<START>", "<END>", "red", "blue", "ball", "box")
NULL, START, END = 0, 1, 2
V, D = len(WORDS), 3


class Bigrams:
    """Scores of the next word from the last one and the picture; inputs are dropped at random."""

    def __init__(self, seed=0, noise=False):
        self.rng = np.random.default_rng(seed)
        self.params = {"U": 0.1 * self.rng.normal(size=(V, V)), "W": np.zeros((D, V))}
        self.noise, self.broken = noise, {}
        self.steps = 0

    def _logprobs(self, features, captions):
        scores = self.params["U"][captions[:, :-1]] + (features @ self.params["W"])[:, None]
        scores = scores - scores.max(axis=2, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))

    def logprobs(self, features, captions):
        words, mask = captions[:, 1:, None], captions[:, 1:] != NULL
        return np.take_along_axis(self._logprobs(features, captions), words, 2)[..., 0] * mask

    def loss(self, features, captions):
        self.steps += 1
        if self.noise:  # both are sources that a resumed run has to find as they were
            features = features * (self.rng.random(features.shape) < 0.5)
            features = features * (np.random.rand(*features.shape) < 0.9)
        mask = (captions[:, 1:] != NULL)[..., None]
        logp = self._logprobs(features, captions)
        d = (np.exp(logp) - np.eye(V)[captions[:, 1:]]) * mask / len(captions)
        grads = {"U": np.zeros((V, V)), "W": features.T @ d.sum(axis=1)}
        np.add.at(grads["U"], captions[:, :-1], d)
        loss = -np.sum(self.logprobs(features, captions)) / len(captions)
        if self.steps in self.broken:
            name, value = self.broken[self.steps]
            loss = value if name == "loss" else loss
            if name in grads:
                grads[name][0, 0] = value
        return loss, grads


@pytest.fixture
def data(rng):
    """Sentences of two or three words about pictures that say which."""
    both = {"word_to_idx": {word: i for i, word in enumerate(WORDS)}}
    for split, count in (("train", 40), ("val", 20)):
        features = rng.normal(size=(count, D))
        captions = np.full((2 * count, 6), NULL)
        idxs = np.repeat(np.arange(count), 2)
        for row, features_of in zip(captions, features[idxs]):
            words = [START, 3 + (features_of[0] > 0), 5 + (features_of[1] > 0)]
            words = words if features_of[2] > 0 else [START, *words[2:]]
            row[: len(words) + 1] = [*words, END]
        both |= {f"{split}_captions": captions, f"{split}_image_idxs": idxs}
        both |= {f"{split}_features": features}
    return both


def options(**changes):
    """Settings of a short run with as much state as a run can have."""
    rule = {"update_rule": "adam", "optim_config": {"learning_rate": 0.05}, "lr_decay": 0.9}
    return {"batch_size": 10, "num_epochs": 3, "seed": 1, "verbose": False, **rule, **changes}


def trained(data, model=None, steps=None, **changes):
    solver = CaptioningSolver(model or Bigrams(), data, **options(**changes))
    solver.train(steps)
    return solver


def assert_same_run(a, b):
    histories = ("loss_history", "perplexity_history", "norm_history", "val_history")
    for name in (*histories, "skipped", "best_value"):
        assert repr(getattr(a, name)) == repr(getattr(b, name)), name  # nan equals itself
    for name, value in a.model.params.items():
        assert value.tobytes() == b.model.params[name].tobytes(), name
        assert a.best_params[name].tobytes() == b.best_params[name].tobytes(), name
        for key, state in a.optim_configs[name].items():
            np.testing.assert_array_equal(b.optim_configs[name][key], state)


def test_training_learns_and_counts(data):
    solver = trained(data, num_epochs=10)
    assert (solver.iteration, solver.epoch, solver.iterations_per_epoch) == (80, 10, 8)
    assert len(solver.loss_history) == len(solver.perplexity_history) == 80
    assert solver.perplexity_history[0] == pytest.approx(V, rel=0.1)  # knows nothing yet
    assert perplexity_of(solver.model, data) < 2.5


def test_batches_are_those_of_the_course_unless_told_otherwise(data):
    np.random.seed(3)
    solver = CaptioningSolver(Bigrams(), data, batch_size=10, verbose=False)
    solver.train(1)
    np.random.seed(3)
    chosen = np.random.choice(80, 10)
    expected, _ = Bigrams().loss(
        data["train_features"][data["train_image_idxs"][chosen]], data["train_captions"][chosen]
    )
    assert solver.loss_history == [pytest.approx(expected, rel=1e-12)]


def test_shuffled_epochs_take_every_sentence_once(data):
    seen = []
    model = Bigrams()
    real = model.loss
    model.loss = lambda features, captions: (seen.append(features), real(features, captions))[1]
    trained(data, model, num_epochs=2, shuffle=True)
    epochs = np.concatenate(seen).reshape(2, 80, D)
    expected = np.sort(data["train_features"][data["train_image_idxs"]][:, 0])
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch[:, 0]), expected)
    assert not np.array_equal(*epochs)


def test_the_learning_rate_decays_after_every_epoch(data):
    assert trained(data).optim_configs["U"]["learning_rate"] == pytest.approx(0.05 * 0.9**3)


@pytest.mark.parametrize("clip", [{"clip": 1e-3}, {"clip_norm": 1e-3}])
def test_gradients_are_clipped_before_the_step(data, clip):
    model = Bigrams()
    before = {name: value.copy() for name, value in model.params.items()}
    rule = {"update_rule": "sgd", "optim_config": {"learning_rate": 1.0}}
    solver = trained(data, model, steps=1, **rule, **clip)
    moves = np.concatenate([(model.params[k] - before[k]).ravel() for k in before])
    size = np.abs(moves).max() if "clip" in clip else np.linalg.norm(moves)
    assert size == pytest.approx(1e-3)
    assert [norm > 1e-3 for norm in solver.norm_history] == [True] * ("clip_norm" in clip)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["loss", "W"])
def test_a_step_that_is_not_finite_is_skipped_and_leaves_no_trace(data, value, where, capsys):
    model = Bigrams()
    model.broken = {3: (where, value)}
    solver = CaptioningSolver(model, data, **options(verbose=True, print_every=100, clip=5))
    solver.train(2)
    params = {name: w.tobytes() for name, w in model.params.items()}
    configs = {name: {**config} for name, config in solver.optim_configs.items()}
    capsys.readouterr()
    solver.train(1)
    what = "the loss" if where == "loss" else "the gradient of W"
    assert solver.skipped == [(3, f"{what} is not finite")]
    assert capsys.readouterr().out == f"(Iteration 3) skipped: {what} is not finite\n"
    assert params == {name: w.tobytes() for name, w in model.params.items()}
    for name, config in configs.items():
        for key, state in config.items():
            np.testing.assert_array_equal(solver.optim_configs[name][key], state)
    solver.train()
    assert (len(solver.skipped), solver.iteration, len(solver.loss_history)) == (1, 24, 24)


def test_a_step_to_parameters_that_are_not_finite_is_not_taken(data):
    model = Bigrams()
    solver = CaptioningSolver(
        model, data, **options(update_rule="sgd", optim_config={"learning_rate": 1e308})
    )
    with pytest.raises(Diverged, match=r"at step 1\d: 10 steps in a row were .*; lower"):
        solver.train()
    assert all(np.isfinite(w).all() for w in model.params.values())
    assert "the next" in {reason[:8] for _, reason in solver.skipped}


def test_ten_skipped_steps_that_are_not_in_a_row_do_not_stop_training(data):
    model = Bigrams()
    model.broken = dict.fromkeys(range(1, 24, 2), ("loss", np.nan))
    assert len(trained(data, model).skipped) == 12


def test_the_model_ends_with_the_best_parameters(data):
    solver = trained(data, optim_config={"learning_rate": 3.0}, val_every=0.5, num_epochs=4)
    values = [value for _, value in solver.val_history]
    assert [iteration for iteration, _ in solver.val_history] == [4 * i for i in range(1, 9)]
    assert solver.best_value == max(values) > values[-1]
    assert perplexity_of(solver.model, data) == -solver.best_value
    assert [(i, -p) for i, p in solver.val_perplexity_history] == solver.val_history


def test_without_validations_the_last_parameters_are_the_best(data):
    solver = trained(data)
    np.testing.assert_array_equal(solver.best_params["U"], solver.model.params["U"])
    assert solver.val_history == []


def test_a_measure_decides_what_is_best_and_patience_when_to_stop(data):
    marks = iter([0.1, 0.5, 0.4, 0.5, 0.3, 0.9])
    solver = trained(data, num_epochs=6, val_every=1, measure=lambda model: next(marks), patience=3)
    assert [value for _, value in solver.val_history] == [0.1, 0.5, 0.4, 0.5, 0.3]
    assert (solver.best_value, solver.epoch, solver.is_out_of_patience) == (0.5, 5, True)


def test_a_measure_that_is_no_number_is_the_worst(data):
    marks = iter([np.nan, 0.5, np.nan, np.nan])
    solver = trained(data, num_epochs=6, val_every=1, measure=lambda model: next(marks), patience=2)
    assert [value for _, value in solver.val_history] == [-np.inf, 0.5, -np.inf, -np.inf]
    assert solver.best_value == 0.5


def test_verbose_training_says_what_happens(data, capsys):
    trained(data, verbose=True, print_every=8, num_epochs=2, val_every=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "(Iteration 1 / 16) loss",
        "(Epoch 1 / 2) val perplexity",
        "(Iteration 9 / 16) loss",
        "(Epoch 2 / 2) val perplexity",
    ]


def test_the_live_line_has_loss_perplexity_words_and_time(data, capsys):
    model = Bigrams()
    model.broken, real = {2: ("loss", np.nan)}, model.loss
    model.loss = lambda *batch: (time.sleep(0.01), real(*batch))[1]  # the line moves every 0.1 s
    trained(data, model, verbose=True, progress=True, val_every=1)
    out, err = capsys.readouterr()
    assert out == "(Iteration 2) skipped: the loss is not finite\n"
    for word in ("loss=", "perplexity=", "words/s=", "val=", "epoch=2/3"):
        assert word in err


@pytest.mark.parametrize("rule", ["sgd", "sgd_momentum", "rmsprop", "adam"])
@pytest.mark.parametrize("source", ["seed", "np.random", "the model's"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_a_resumed_run_equals_an_unbroken_one(data, tmp_path, rule, source, shuffle):
    def start(**changes):
        np.random.seed(5)
        model = Bigrams(noise=True)
        model.broken = {4: ("loss", np.nan)}
        rng = {"seed": {"seed": 1}, "np.random": {"seed": None}}.get(source)
        rng = rng or {"seed": None, "rng": model.rng}
        settings = {"update_rule": rule, "shuffle": shuffle, "val_every": 0.5, "clip_norm": 1}
        return CaptioningSolver(model, data, **options(**settings, **rng, **changes))

    whole = start()
    whole.train()
    start(checkpoint_name=str(tmp_path / "run"), checkpoint_every=5).train(13)
    np.random.seed(77)
    model = Bigrams(seed=9, noise=True)
    resumed = CaptioningSolver.resume(tmp_path / "run_latest.npz", model, data)
    assert resumed.iteration == 10  # in the middle of the second epoch
    resumed.train()
    assert_same_run(whole, resumed)


def test_a_checkpoint_is_written_every_epoch_unless_told_otherwise(data, tmp_path):
    trained(data, checkpoint_name=str(tmp_path / "run"), steps=15)
    assert load_tree(tmp_path / "run_latest.npz")["state"]["iteration"] == 8
    assert [path.name for path in tmp_path.iterdir()] == ["run_latest.npz"]


def test_a_resumed_run_may_be_longer(data, tmp_path):
    trained(data, checkpoint_name=str(tmp_path / "run"))
    solver = CaptioningSolver.resume(tmp_path / "run_latest.npz", Bigrams(), data, num_epochs=5)
    solver.train()
    assert_same_run(solver, trained(data, num_epochs=5))


def test_resume_sets_a_generator_that_others_hold(data, tmp_path):
    trained(data, checkpoint_name=str(tmp_path / "run"))
    rng = np.random.default_rng(99)
    solver = CaptioningSolver.resume(tmp_path / "run_latest.npz", Bigrams(), data, rng=rng)
    assert solver.rng is rng


def test_patience_counts_across_a_break(data, tmp_path):
    marks = {"measure": lambda model: 0.0, "val_every": 1, "patience": 2, "num_epochs": 9}
    trained(data, steps=8, checkpoint_name=str(tmp_path / "run"), **marks)
    latest = tmp_path / "run_latest.npz"
    solver = CaptioningSolver.resume(latest, Bigrams(), data, measure=marks["measure"])
    solver.train()
    assert solver.epoch == 3


def test_a_killed_process_resumes_to_the_same_bytes(tmp_path):
    script = textwrap.dedent(
        """
        import os, signal, sys
        import numpy as np
        from cs231n.captioning_solver import CaptioningSolver
        from cs231n.classifiers.rnn import CaptioningRNN
        folder, stop = sys.argv[1], int(sys.argv[2])
        rng = np.random.default_rng(0)
        words = {word: i for i, word in enumerate(["<NULL>", "<START>", "<END>", *"abcdefg"])}
        captions = np.zeros((60, 7), dtype=np.int32)
        for row, length in zip(captions, rng.integers(1, 6, size=60)):
            row[: length + 2] = [1, *rng.integers(3, 10, size=length), 2]
        data = {"word_to_idx": words}
        for split in ("train", "val"):
            data |= {f"{split}_captions": captions, f"{split}_image_idxs": np.arange(60) // 5}
            data |= {f"{split}_features": rng.normal(size=(12, 4)).astype(np.float32)}
        np.random.seed(int.from_bytes(os.urandom(4), "little"))  # which resuming has to undo
        shape = dict(input_dim=4, wordvec_dim=5, hidden_dim=6, cell_type="lstm", dropout=0.3)
        latest = f"{folder}/run_latest.npz"
        if os.path.exists(latest):
            model = CaptioningRNN(words, seed=8, **shape)
            solver = CaptioningSolver.resume(latest, model, data)
        else:
            model = CaptioningRNN(words, seed=3, **shape)
            solver = CaptioningSolver(
                model, data, seed=1, update_rule="adam", optim_config={"learning_rate": 1e-2},
                lr_decay=0.9, batch_size=10, num_epochs=5, shuffle=True, val_every=0.5, clip=1,
                verbose=False, checkpoint_name=f"{folder}/run", checkpoint_every=4,
            )
        steps, real = 0, model.loss
        def loss(features, captions):
            global steps
            steps += 1
            if steps == stop:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(features, captions)
        model.loss = loss
        solver.train()
        np.savez(f"{folder}/result.npz", losses=solver.loss_history, **model.params)
        """
    )

    def run(folder, stop):
        folder.mkdir(exist_ok=True)
        arguments = [sys.executable, "-c", script, str(folder), str(stop)]
        return subprocess.run(arguments, check=False, timeout=300).returncode

    assert run(tmp_path / "whole", 0) == 0
    broken = tmp_path / "broken"
    assert run(broken, 15) == -signal.SIGKILL  # after 14 steps; the last checkpoint has 12
    assert not (broken / "result.npz").exists()
    assert run(broken, 9) == -signal.SIGKILL  # once more, on the way from 12
    assert run(broken, 0) == 0
    whole, resumed = (dict(np.load(f / "result.npz")) for f in (tmp_path / "whole", broken))
    assert len(whole["losses"]) == 30
    for name, value in whole.items():
        assert value.tobytes() == resumed[name].tobytes(), name


def test_perplexity_of_a_split_does_not_depend_on_batches(data):
    model = trained(data).model
    logprobs = model.logprobs(data["val_features"][data["val_image_idxs"]], data["val_captions"])
    expected = np.exp(-logprobs.sum() / np.sum(data["val_captions"][:, 1:] != NULL))
    assert perplexity_of(model, data, batch_size=7) == pytest.approx(expected, rel=1e-12)
    assert perplexity_of(model, data, num_samples=40) == pytest.approx(expected, rel=1e-12)
    assert perplexity_of(model, data, num_samples=3) == perplexity_of(model, data, num_samples=3)


def test_a_model_that_looks_is_told_from_one_that_does_not(data):
    model = trained(data, num_epochs=20).model
    use = picture_use(model, data)
    assert not use.ignores
    assert use.exchanged > 1.5 * use.right
    assert str(use).startswith("The model looks at its pictures: perplexity ")
    model.params["W"][:] = 0
    use = picture_use(model, data, "train", np.random.default_rng(3))
    assert use.ignores
    assert (use.right, use.nats) == (use.exchanged, 0.0)


def test_picture_use_is_a_sentence():
    text = "The model ignores its pictures: perplexity 8.00 with the right pictures, 8.10 with "
    assert str(PictureUse(8.0, 8.1)) == text + "exchanged ones (0.01 nats a word)."


def test_unknown_arguments_are_named(data):
    with pytest.raises(ValueError, match='Unrecognized arguments "learning_rate"; known are'):
        CaptioningSolver(Bigrams(), data, learning_rate=1)


@pytest.mark.parametrize("rule", ["nothing", "_floats"])
def test_an_unknown_rule_is_named(data, rule):
    with pytest.raises(ValueError, match=f'Invalid update_rule "{rule}"'):
        CaptioningSolver(Bigrams(), data, update_rule=rule)


def test_missing_data_is_named(data):
    del data["val_features"], data["train_features"]
    with pytest.raises(ValueError, match="data lacks train_features; it should have train_capt"):
        CaptioningSolver(Bigrams(), data)
    with pytest.raises(ValueError, match="data lacks train_features, val_features; it should"):
        CaptioningSolver(Bigrams(), data, val_every=1)


def test_no_sentences_are_refused(data):
    data["train_captions"] = data["train_captions"][:0]
    with pytest.raises(ValueError, match="train_captions is empty"):
        CaptioningSolver(Bigrams(), data)


@pytest.mark.parametrize("setting", [{"patience": 3}, {"measure": len}])
def test_settings_of_validation_need_validations(data, setting):
    with pytest.raises(ValueError, match="is given but not val_every: say how often to validate"):
        CaptioningSolver(Bigrams(), data, **setting)


@pytest.mark.parametrize("setting", [{"clip": 0}, {"clip_norm": -1.0}, {"clip": np.nan}])
def test_bounds_are_above_0(data, setting):
    with pytest.raises(ValueError, match="it should be above 0, or None"):
        CaptioningSolver(Bigrams(), data, **setting)


def test_resume_refuses_another_model_other_data_and_a_lost_measure(data, tmp_path):
    measured = {"measure": lambda model: 1.0, "val_every": 1}
    trained(data, checkpoint_name=str(tmp_path / "run"), num_epochs=1, **measured)
    latest = tmp_path / "run_latest.npz"
    with pytest.raises(ValueError, match="was written by a run with a measure: give it again"):
        CaptioningSolver.resume(latest, Bigrams(), data)
    other = Bigrams()
    other.params["W"] = np.zeros((D + 1, V))
    with pytest.raises(ValueError, match="is of a model with"):
        CaptioningSolver.resume(latest, other, data)
    fewer = data | {"train_captions": data["train_captions"][:70]}
    with pytest.raises(
        ValueError, match="was written while training on 80 sentences; this data has 70"
    ):
        CaptioningSolver.resume(latest, Bigrams(), fewer)


def test_resume_refuses_other_files(data, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no checkpoint"):
        CaptioningSolver.resume(tmp_path / "none.npz", Bigrams(), data)
    save_tree(tmp_path / "other.npz", {"progress": 1})
    with pytest.raises(ValueError, match="holds something else than a captioning solver's state"):
        CaptioningSolver.resume(tmp_path / "other.npz", Bigrams(), data)
