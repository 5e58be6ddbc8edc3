"""Notebooks are executed in a folder of their own, and figures taken from them are small."""

import io

import nbformat
import numpy as np
import pytest
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import v4
from PIL import Image

from grading.authoring import figures
from grading.authoring.figures import (
    FIGURES,
    MOST_BYTES,
    contact_sheet,
    execute,
    figure_of,
    notebook_path,
    pictures_of,
    write_small,
)

DRAW = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


def written(folder, *sources):
    """A notebook file with these cells of code."""
    path = folder / "notebook.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources]), path)
    return path


def shown(source, *pngs):
    """A cell that has shown these texts as pictures."""
    outputs = [v4.new_output("display_data", {"image/png": png}) for png in pngs]
    return v4.new_code_cell(source, outputs=outputs)


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def opened(path):
    """A picture in memory, its file closed."""
    with Image.open(path) as picture:
        picture.load()
        return picture


def noise(height, width):
    """A picture that nothing compresses."""
    return np.random.default_rng(0).integers(256, size=(height, width, 3), dtype=np.uint8)


def test_a_notebook_runs_in_its_folder_with_its_environment(tmp_path):
    path = written(
        tmp_path, "import os\nopen('left', 'w').close()\nprint(os.environ['WORD'])", DRAW
    )
    before = path.read_bytes()
    notebook = execute(path, tmp_path, {"WORD": "hello"})
    assert notebook.cells[0].outputs[0].text == "hello\n"
    assert (tmp_path / "left").exists()
    (picture,) = pictures_of(notebook.cells[1])
    assert Image.open(io.BytesIO(picture)).format == "PNG"
    assert path.read_bytes() == before


def test_a_cell_that_fails_is_an_error(tmp_path):
    with pytest.raises(CellExecutionError, match="no such luck"):
        execute(written(tmp_path, "raise ValueError('no such luck')"), tmp_path, {})


def test_a_cell_that_takes_too_long_is_an_error(tmp_path):
    path = written(tmp_path, "import time\ntime.sleep(60)")
    with pytest.raises(CellTimeoutError, match="timed out"):
        execute(path, tmp_path, {}, seconds=1)


def test_the_figure_is_the_first_of_the_last_cell_that_calls_the_function():
    cells = [shown("plot_it(1)", "AAAA"), shown("plot_it(2)", "BBBB", "CCCC"), shown("1", "DDDD")]
    assert figure_of(v4.new_notebook(cells=cells), "plot_it") == b"\x04\x10A"


@pytest.mark.parametrize("cells", [[], [shown("plot_other()", "AAAA")], [shown("plot_it()")]])
def test_a_figure_that_is_not_shown_is_missed(cells):
    with pytest.raises(LookupError, match="no cell that calls plot_it shows a picture"):
        figure_of(v4.new_notebook(cells=cells), "plot_it")


@pytest.mark.parametrize(("notebook", "function"), FIGURES.values())
def test_each_figure_of_the_handout_is_drawn_by_its_notebook(notebook, function):
    built = nbformat.read(notebook_path(notebook), as_version=4)
    cells = [cell.source for cell in built.cells if f"{function}(" in cell.source]
    assert "plt.show()" in cells[-1]


def test_the_contact_sheet_is_wide_and_fits(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    write_small(contact_sheet(per_class=2), tmp_path / "sheet.png")
    width, height = opened(tmp_path / "sheet.png").size
    assert width > 3 * height


def test_a_small_picture_keeps_every_pixel(tmp_path):
    pixels = noise(20, 30)
    write_small(png(pixels), tmp_path / "a.png")
    assert np.array_equal(np.asarray(opened(tmp_path / "a.png")), pixels)


@pytest.mark.parametrize(("size", "width"), [((250, 400), 400), ((350, 500), 400)])
def test_a_large_one_loses_colours_and_then_size(tmp_path, size, width):
    write_small(png(noise(*size)), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size <= MOST_BYTES
    picture = opened(tmp_path / "a.png")
    assert (picture.mode, picture.width) == ("P", width)


def test_a_picture_that_stays_too_large_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"huge\.png: .* bytes; at most 120,000: draw it smaller"):
        write_small(png(noise(900, 900)), tmp_path / "huge.png")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def drawing(tmp_path, monkeypatch):
    """Figures without the notebooks' work: each holds the name of the notebook it came from."""
    monkeypatch.setattr(figures, "ASSIGNMENTS", tmp_path)
    monkeypatch.setattr(figures, "CONTACT_SHEET", tmp_path / "docs" / "sheet.png")
    monkeypatch.setattr(figures, "execute", lambda path, *rest: path)
    monkeypatch.setattr(figures, "figure_of", lambda path, function: path.stem.encode())
    monkeypatch.setattr(figures, "contact_sheet", lambda: b"sheet")
    monkeypatch.setattr(figures, "write_small", lambda png, path: path.write_bytes(png))


def drawn_in(folder):
    return {path.name: path.read_bytes().decode() for path in folder.rglob("*.png")}


def test_main_writes_every_figure_to_its_place(drawing, tmp_path, capsys):
    figures.main([])
    expected = {name: notebook for name, (notebook, _) in FIGURES.items()}
    assert drawn_in(tmp_path) == expected | {"sheet.png": "sheet"}
    assert (tmp_path / "assignment1" / "figures" / "knn-distances.png").is_file()
    out, err = capsys.readouterr()
    assert (out, err.count(".png")) == ("", len(FIGURES) + 1)


def test_main_writes_the_figures_of_named_notebooks_only(drawing, tmp_path):
    figures.main(["svm"])
    assert drawn_in(tmp_path) == {"svm-templates.png": "svm"}


def test_main_refuses_a_notebook_without_figures(drawing):
    with pytest.raises(SystemExit, match="swm has no figure; these have: knn, svm"):
        figures.main(["swm"])
