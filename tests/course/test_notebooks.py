"""Every solved notebook runs from top to bottom on the embedded pictures, and shows what it says.

Seconds on one quiet core with one BLAS thread: knn 16, svm 22, softmax 20, two_layer_net 32,
features 7. Each seeds what is random in it, so what it prints differs between machines by the
order of sums only. The bands are wider: they end three points beyond the lowest and the highest
of ten seeds (231 and 1 to 9; nearest neighbours draw nothing, and three points beyond that); for
dropout, a mean over three seeds itself, and for convolutional_networks they go by three or four.
"""

import re
import time

import pytest

from cs231n.checks.table import read_table, select
from grading.authoring.figures import FIGURES, execute, figure_of, notebook_path, pictures_of

pytestmark = pytest.mark.slow
NAMES = [
    pytest.param(name, marks=getattr(pytest.mark, select(name)[0].assignment))
    for name in dict.fromkeys(row.notebook for row in select())
]
LIMIT = 600  # seconds for a notebook, and for a cell of it: a loop without end, not a slow machine
# The id of a cell, what stands before its accuracy, and the band in per cent.
ACCURACIES = {
    "knn": [("knn-best-k", "k = [0-9]+: ", 29.0, 35.0)],
    "svm": [
        ("downhill-a-batch-at-a-time-3", "validation ", 34.3, 43.1),
        ("svm-search", "validation ", 36.0, 43.5),
        ("two-hyperparameters-at-once-3", "test ", 34.7, 43.9),
    ],
    "softmax": [
        ("softmax-search", "validation ", 36.2, 44.8),
        ("train-it-4", "test ", 35.8, 45.7),
    ],
    "two_layer_net": [
        ("pictures-3", "validation ", 21.0, 29.0),
        ("net-search", "validation ", 51.3, 60.3),
    ],
    "features": [
        ("the-linear-classifier-again-2", "validation ", 60.0, 67.4),
        ("features-search", "validation ", 69.4, 78.0),
    ],
    "fully_connected_nets": [
        ("two-layers-assembled-5", "validation ", 42.6, 50.4),
        ("fc-search", "validation ", 55.9, 64.3),
    ],
    "batch_normalization": [
        ("nets-with-normalisation-5", "batchnorm: validation ", 32.3, 41.5),
        ("nets-with-normalisation-5", "none: validation ", 15.8, 33.1),
    ],
    "dropout": [
        ("few-pictures-many-weights-5", "keep 1: ", 32.0, 39.5),
        ("few-pictures-many-weights-5", "keep 0.5: ", 32.5, 40.0),
    ],
    "convolutional_networks": [
        ("a-network-of-three-layers-8", "validation ", 62, 77),
        ("networks-as-lists-4", "digits: ", 95, 100),
        ("networks-as-lists-6", "LeNet-5: .*validation ", 75, 86),
        ("networks-as-lists-6", "VGG style: .*validation ", 66, 80),
        ("convnet-search", "validation ", 86, 94),
    ],
    "fast_convolutions": [],
    "network_visualization": [("two-networks-to-look-into-3", "validation ", 78.0, 88.5)],
    "rnn_captioning": [
        ("writing-3", "word by word: ", 94, 100),
        ("pictures-it-has-not-seen-6", "its own sentences: ", 51.6, 69.2),
        ("pictures-it-has-not-seen-6", "sentences of other pictures: ", 0.0, 9.0),
    ],
    "lstm_captioning": [  # of seeds 0 to 5; 231 and 2 to 4; 231, 1 and 2
        ("how-long-a-cell-remembers-4", "RNN: after 40 steps ", 20.3, 30.3),
        ("how-long-a-cell-remembers-4", "LSTM, all biases 0: after 40 steps ", 21.0, 28.4),
        ("how-long-a-cell-remembers-4", "for T steps: after 40 steps ", 96.4, 100),
        ("captions-again-3", "rnn: perplexity [0-9.]+, ", 41.6, 64.6),
        ("captions-again-3", "lstm: perplexity [0-9.]+, ", 42.0, 60.0),
        ("captioner-search", "validation ", 61.0, 73.0),
    ],
    # ten seeds: greedy 52 to 65, a beam of 3 73 to 78, per word 46 to 60; pairs 80 to 88
    "decoding": [
        ("a-captioner-3", "greedy: ", 46.0, 71.0),
        ("a-captioner-5", "true at 0.3: ", 45.0, 71.0),
        ("how-wide-a-beam-2", "width 3: ", 68.0, 83.0),
        ("how-wide-a-beam-2", "width 3, per word: ", 40.0, 66.0),
        ("does-the-model-know-when-it-is-wrong-4", "true one is likelier in ", 74.0, 93.0),
    ],
    "training_recipe": [
        ("does-it-look-5", "patient: ", 55.0, 88.0),
        ("does-it-look-5", "mixed up: ", 0.0, 10.0),
    ],
    "transfer_learning": [  # by six seeds of the nets (231 and 1 to 5), and four points
        ("a-net-with-a-past-5", "validation ", 89.4, 100),
        ("few-pictures-many-pictures-2", "random features: .*with 900 ", 39.6, 53.5),
        ("few-pictures-many-pictures-2", "trained features: .*with 900 ", 63.5, 77.3),
        ("sentences-from-frozen-features-3", "random features: .*with 900 ", 23.5, 35.4),
        ("sentences-from-frozen-features-3", "trained features: .*with 900 ", 68.5, 83.6),
        ("neighbours-that-speak-4", "trained features, what its five agree on: ", 70.0, 78.6),
    ],
    "language_models": [],
    # of seeds 231 and 0 to 4: always 100; plurals 96 to 100, of which 6 to 14 are the right ones
    "word_vectors": [
        ("neighbours-4", "of the same kind: ", 93.0, 100),
        ("as-one-word-to-another-3", "some plural: ", 90.0, 100),
        ("as-one-word-to-another-3", "right: ", 0.0, 23.0),
        ("counting-instead-3", "counted: ", 93.0, 100),
    ],
    "sequence_to_sequence": [  # here 25.2 and 91.6; bands by three seeds
        ("translations-word-by-word-3", "backwards: ", 12.0, 45.0),
        ("attention-5", "test, attention: ", 80.0, 100),
    ],
    "image_sentence_ranking": [  # seeds 0 and 1: 70 to 71, 87 to 88; 86, 90; and four points
        ("where-is-it-6", "plain    with a bonus of 0: ", 66.0, 75.0),
        ("where-is-it-6", "plain    with a bonus of 0[.][0-9]+: ", 80.0, 93.0),
        ("where-is-it-6", "context  with a bonus of 0: ", 82.0, 91.0),
        ("where-is-it-6", "context  with a bonus of 0[.][0-9]+: ", 85.0, 94.0),
        ("where-is-it-6", "the largest region: ", 47.0, 54.0),
    ],
    "live_networks": [("a-network-to-move-2", "validation accuracy ", 46.6, 63.7)],
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache without CIFAR-10; the notebooks share what they draw."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_shows_what_it_says(name, cache, tmp_path):
    # One test for all of it: run side by side, two tests would execute the notebook twice.
    offline = {"CS231N_DATA_CACHE": str(cache), "CS231N_DATA_MIRROR": ""}
    offline |= dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    start = time.monotonic()
    notebook = execute(notebook_path(name), tmp_path, offline, seconds=LIMIT)
    assert time.monotonic() - start < LIMIT
    cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    require_quiet(cells.values())
    require_checks(name, cells)
    require_figures(name, notebook, cells.values())
    require_accuracies(name, cells)
    for row in select(name):
        assert not row.file or (tmp_path / "hand_in" / row.file).is_file()


def require_quiet(cells):
    """No errors, and no warnings: only the drawing of pictures shows its progress on stderr."""
    for cell in cells:
        assert cell.execution_count, f"{cell.id} did not run"
        kinds = [output.output_type for output in cell.outputs]
        assert "error" not in kinds, cell.id
        lines = re.split(r"[\r\n]+", printed(cell, "stderr"))
        assert [line for line in lines if line and not line.startswith("drawing ")] == [], cell.id


def require_checks(name, cells):
    """Every check says that all points are there, and leaves nothing for nbgrader to misread."""
    for row in select(name):
        if row.kind != "written":
            cell = cells[row.id]
            points = f"{read_table()[row.id].points:g}"
            assert f"✓ {row.id}: {points} of {points} points\n" in printed(cell)
            assert printed(cell, "stderr") == ""
            assert {output.output_type for output in cell.outputs} == {"stream"}, row.id


def require_figures(name, notebook, cells):
    """Each `plt.show()` shows one figure, and the handout's is among them."""
    for cell in cells:
        assert len(pictures_of(cell)) == cell.source.count("plt.show()"), cell.id
    for notebook_name, function in FIGURES.values():
        if notebook_name == name:
            assert figure_of(notebook, function).startswith(b"\x89PNG")


def require_accuracies(name, cells):
    for cell, before, low, high in ACCURACIES[name]:
        (found,) = re.findall(rf"{before}([0-9.]+)%", printed(cells[cell]))
        assert low <= float(found) <= high, (cell, found)


def printed(cell, stream="stdout"):
    """All that a cell wrote to a stream."""
    texts = [o.text for o in cell.outputs if o.output_type == "stream" and o.name == stream]
    return "".join(texts)
