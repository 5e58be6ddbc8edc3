"""The pictures in handouts and README, from the solved notebooks.

`python -m grading.authoring.figures` draws them all;
`python -m grading.authoring.figures svm softmax` draws those of these notebooks only.
"""

import base64
import io
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

from cs231n import vis_utils
from cs231n.checks.table import select
from cs231n.data.drawn_pictures import load_drawn
from cs231n.drawn.pictures10 import PICTURES10_CLASSES

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENTS = ROOT / "assignments"
CONTACT_SHEET = ROOT / "docs" / "figures" / "pictures10.png"
# The name of a picture: its notebook, and the function whose last call there draws it.
FIGURES = {
    "knn-distances.png": ("knn", "plot_distances"),
    "svm-templates.png": ("svm", "plot_templates"),
    "softmax-calibration.png": ("softmax", "plot_calibration"),
    "net-curves.png": ("two_layer_net", "plot_accuracy"),
    "features-mistakes.png": ("features", "plot_mistakes"),
    "fc-rules.png": ("fully_connected_nets", "plot_descents"),
    "norm-batch-sizes.png": ("batch_normalization", "plot_against"),
    "dropout-keep.png": ("dropout", "plot_against"),
    "convnet-filters.png": ("convolutional_networks", "plot_filters"),
    "fast-climb.png": ("fast_convolutions", "plot_climb"),
    "vis-dreams.png": ("network_visualization", "deepdream"),
    "rnn-captions.png": ("rnn_captioning", "show_captions"),
    "lstm-gates.png": ("lstm_captioning", "plot_gates"),
    "decoding-words.png": ("decoding", "show_word_logprobs"),
    "recipe-curves.png": ("training_recipe", "plot_curves"),
    "transfer-layers.png": ("transfer_learning", "plot_knowledge"),
    "language-orders.png": ("language_models", "plot_orders"),
    "live-trace.png": ("live_networks", "show_trace"),
    "ranking-grounding.png": ("image_sentence_ranking", "show_grounding"),
    "vectors-map.png": ("word_vectors", "plot_word_map"),
    "translation-alignment.png": ("sequence_to_sequence", "plot_alignment"),
}
MOST_BYTES = 120_000
SECONDS = 900  # for a notebook; none takes two minutes on two cores, but machines differ


def main(notebooks: Sequence[str]) -> None:
    """Execute notebooks, on the embedded pictures whatever else is here, and write their figures.

    Parameters
    ----------
    notebooks : sequence of str
        Their names; if there are none, all of them, and the contact sheet.

    Raises
    ------
    SystemExit
        If a name is not that of a notebook with a figure.
    """
    known = list(dict.fromkeys(notebook for notebook, _ in FIGURES.values()))
    for name in notebooks:
        if name not in known:
            sys.exit(f"{name} has no figure; these have: {', '.join(known)}")
    for notebook in notebooks or known:
        _draw(notebook)
    if not notebooks:
        CONTACT_SHEET.parent.mkdir(exist_ok=True)
        write_small(contact_sheet(), CONTACT_SHEET)
        print(CONTACT_SHEET, file=sys.stderr)


def _draw(notebook: str) -> None:
    """Execute one notebook and write its figures."""
    source = notebook_path(notebook)
    with tempfile.TemporaryDirectory() as folder:
        executed = execute(source, Path(folder), {"CS231N_DATA_CACHE": folder})
    for name, (drawn_by, function) in FIGURES.items():
        if drawn_by == notebook:
            path = source.parent / "figures" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_small(figure_of(executed, function), path)
            print(path, file=sys.stderr)


def notebook_path(name: str) -> Path:
    """The file of a notebook, which lies in the folder of its assignment."""
    return ASSIGNMENTS / select(name)[0].assignment / f"{name}.ipynb"


def execute(
    path: Path, folder: Path, environment: Mapping[str, str], seconds: int = SECONDS
) -> NotebookNode:
    """Run a notebook from top to bottom in a fresh kernel, and return it with its outputs.

    Parameters
    ----------
    path : Path
        It is read, not changed.
    folder : Path
        Where the kernel works, and may leave files.
    environment : dict
        Variables beyond those of this process.
    seconds : int
        For each cell.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    CellTimeoutError
        If one takes too long.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=seconds)
    private = {"IPYTHONDIR": str(folder / ".ipython"), "MPLBACKEND": ""}
    client.execute(cwd=str(folder), env={**os.environ, **private, **environment})
    return notebook


def pictures_of(cell: NotebookNode) -> list[bytes]:
    """The PNG files among the outputs of a code cell."""
    found = [output.get("data", {}).get("image/png") for output in cell.get("outputs", [])]
    return [base64.b64decode(text) for text in found if text]


def figure_of(notebook: NotebookNode, function: str) -> bytes:
    """The first picture of the last cell that calls this function.

    Raises
    ------
    LookupError
        If no cell calls it, or that one shows no picture.
    """
    cells = [cell for cell in notebook.cells if f"{function}(" in cell.source]
    pictures = pictures_of(cells[-1]) if cells else []
    if not pictures:
        raise LookupError(f"no cell that calls {function} shows a picture; execute the notebook")
    return pictures[0]


def contact_sheet(per_class: int = 5) -> bytes:
    """Some of the embedded pictures of each class, as a PNG file."""
    X, y = load_drawn(200 * per_class)
    figure = plt.figure(figsize=(9, 0.85 * per_class + 0.45), layout="constrained")
    ax = vis_utils.plot_samples(X, y, PICTURES10_CLASSES, per_class, figure.add_subplot())
    ax.set_title("")
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=120)
    plt.close(figure)
    return buffer.getvalue()


def write_small(png: bytes, path: Path) -> None:
    """Write a picture as a small file: where it must be, with 256 colours, then at less size.

    Raises
    ------
    ValueError
        If it is too large even so.
    """
    for image in _versions(Image.open(io.BytesIO(png)).convert("RGB")):
        buffer = io.BytesIO()
        image.save(buffer, "PNG", optimize=True)
        if len(buffer.getvalue()) <= MOST_BYTES:
            path.write_bytes(buffer.getvalue())
            return
    msg = f"{path.name}: {len(buffer.getvalue()):,} bytes; at most {MOST_BYTES:,}: draw it smaller"
    raise ValueError(msg)


def _versions(image: Image.Image) -> Iterator[Image.Image]:
    """The picture, and smaller and smaller copies."""
    yield image
    for share in (1, 0.8, 0.65, 0.5):
        size = (round(share * image.width), round(share * image.height))
        yield image.resize(size, Image.Resampling.LANCZOS).quantize(256, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main(sys.argv[1:])
