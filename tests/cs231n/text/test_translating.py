"""Runs of a translator: trained, stopped and resumed, measured."""

import numpy as np
import pytest

from cs231n.captioning_solver import CaptioningSolver
from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.text import translating
from cs231n.text.pairs import PairSet, draw_pairs
from cs231n.text.translating import TrainedTranslator, data_of, evaluate, train, train_run
from cs231n.text.translation_settings import Settings

pytestmark = pytest.mark.assignment4
TINY = Settings(
    hidden_dim=6, wordvec_dim=4, num_epochs=3, batch_size=20, sentences=60, kinds=3, longest=6
)


@pytest.fixture
def pairs():
    return draw_pairs(60, 0, 3, 6, held_out=8)


@pytest.fixture
def few(monkeypatch, pairs):
    monkeypatch.setattr(translating, "load_pairs", lambda *_: pairs)


def run(out, resume=False, settings=TINY):
    return train_run(settings, "languages", None, out, resume, progress=False)


def stop_after(monkeypatch, steps):
    """Interrupt training behind so many steps."""
    whole = CaptioningSolver.train

    def partly(solver, _steps=None):
        whole(solver, steps)
        raise KeyboardInterrupt

    monkeypatch.setattr(CaptioningSolver, "train", partly)


def test_a_run_that_was_stopped_ends_in_the_same_bytes(tmp_path, few, monkeypatch):
    result = run(tmp_path / "whole")
    with monkeypatch.context() as patch:
        stop_after(patch, 4)  # in the second epoch
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "parts")
    again = run(tmp_path / "parts", resume=True)
    whole, parts = (tmp_path / name / translating.MODEL for name in ("whole", "parts"))
    assert whole.read_bytes() == parts.read_bytes()
    assert again["scores"] == result["scores"]
    assert again["val_perplexity"] == result["val_perplexity"]
    assert again["resumed"]
    assert not result["resumed"]


def test_a_run_knows_what_it_was_made_of(tmp_path, few):
    result = run(tmp_path)
    assert result["scores"].keys() == {"val", "test", "long"}
    assert data_of(tmp_path) == ("languages", None, TINY)
    with pytest.raises(FileExistsError, match="holds a run already: go on with it"):
        run(tmp_path)
    (tmp_path / translating.SETTINGS).write_text("{}")
    with pytest.raises(ValueError, match="is damaged, or of another version"):
        data_of(tmp_path)


def test_runs_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no run to resume"):
        run(tmp_path, resume=True)
    with pytest.raises(FileNotFoundError, match=r"holds no settings\.json"):
        data_of(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"holds no translator\.npz; train one"):
        TrainedTranslator.load(tmp_path)
    save_tree(tmp_path / translating.MODEL, {"kind": "other"})
    with pytest.raises(ValueError, match="holds something else than a translator"):
        TrainedTranslator.load(tmp_path)


def test_data_that_changed_is_refused(tmp_path, monkeypatch):
    sets = [draw_pairs(40, seed, 3, 6, held_out=5) for seed in (0, 1)]
    monkeypatch.setattr(translating, "load_pairs", lambda *_: sets[0])
    run(tmp_path)
    monkeypatch.setattr(translating, "load_pairs", lambda *_: sets[1])
    with pytest.raises(ValueError, match="languages is not what it was when the run in"):
        run(tmp_path, resume=True)


def test_what_is_saved_translates_the_same(tmp_path, pairs):
    trained, _ = train(TINY, pairs, progress=False)
    trained.save(tmp_path)
    again = TrainedTranslator.load(tmp_path)
    sources = [pair.source for pair in pairs.splits["test"]]
    assert again.translate(sources) == trained.translate(sources)
    assert load_tree(tmp_path / translating.MODEL)["kind"] == "translator"
    one = trained.translate(sources[:2], width=3)
    assert one == again.translate(sources[:2], width=3)


def test_a_translator_learns_a_few_sentences_by_heart(pairs):
    sizes = {"hidden_dim": 24, "wordvec_dim": 12, "batch_size": 20}
    settings = Settings(**sizes, num_epochs=40, learning_rate=0.02, lr_decay=0.95)
    pairs = PairSet.of({"train": pairs.splits["train"], "val": pairs.splits["train"]})
    trained, solver = train(settings, pairs, progress=False)
    found = evaluate(trained, pairs, "train")
    assert solver.loss_history[-1] < 0.2 * solver.loss_history[0]
    assert found["exact"] > 0.3  # seeds 0 to 4: from 0.67 on
    assert found["sentences"] == 60
    assert found["unknown"] == 0
    assert 0 <= found["aligned"] <= 1
    some = [pair for pair in pairs.splits["train"] if len(pair.source) == 6]
    said = trained.translate([pair.source for pair in some])
    right = np.mean([words == list(pair.target) for words, pair in zip(said, some)])
    np.testing.assert_allclose(found["by_length"]["6"], right)


def test_weights_come_in_the_order_of_the_source(pairs):
    trained, _ = train(TINY, pairs, progress=False)
    pair = pairs.splits["test"][0]
    weights = trained.weights(pair.source, pair.target)
    assert weights.shape == (len(pair.target) + 1, len(pair.source))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    _, raw = trained.model.follow(pairs.sources("test")[:1], pairs.targets("test")[:1])
    np.testing.assert_allclose(weights[0], raw[0, 0, : len(pair.source)][::-1], rtol=1e-5)


def test_without_attention_there_are_no_weights(pairs):
    trained, _ = train(Settings(**{**vars(TINY), "attention": False}), pairs, progress=False)
    assert "aligned" not in evaluate(trained, pairs, "test")
    with pytest.raises(ValueError, match="this translator has no attention"):
        trained.weights(pairs.splits["test"][0].source, ("lo",))
