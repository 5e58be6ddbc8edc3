"""Photographs of every kind are read, or reported one by one."""

import io

import numpy as np
import pytest
from PIL import Image

from cs231n.data.photo_folders import find_photographs, photograph_batches, read_photographs

SIZE = (12, 16)


def picture(rng):
    """A smooth picture, 24 x 32."""
    coarse = rng.integers(0, 256, (3, 4, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((32, 24), Image.Resampling.BICUBIC)


def encoded(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def turned(image):
    """The picture lying on its side, with the mark of a camera that was held so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(image.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)


def deep(image):
    grey = np.asarray(image.convert("L"), dtype=np.uint16) * 257
    return encoded(Image.fromarray(grey), "PNG")


GOOD = {
    "plain.png": lambda image: encoded(image, "PNG"),
    "grey.png": lambda image: encoded(image.convert("L"), "PNG"),
    "one-bit.png": lambda image: encoded(image.convert("1", dither=0), "PNG"),
    "clear.png": lambda image: encoded(image.convert("RGBA"), "PNG"),
    "grey-clear.png": lambda image: encoded(image.convert("LA"), "PNG"),
    "palette.gif": lambda image: encoded(image, "GIF"),
    "cmyk.jpg": lambda image: encoded(image.convert("CMYK"), "JPEG", quality=95),
    "deep.png": deep,
    "turned.png": turned,
    "a-png.jpg": lambda image: encoded(image, "PNG"),
    "a-jpeg.png": lambda image: encoded(image, "JPEG", quality=95),
    "no-ending": lambda image: encoded(image, "BMP"),
}
BAD = {
    "cut.jpg": (lambda image: encoded(image, "JPEG")[:-300], r"damaged or no picture"),
    "cut.png": (lambda image: encoded(image, "PNG")[:-300], r"damaged or no picture"),
    "head.png": (lambda image: encoded(image, "PNG")[:20], r"damaged or no picture"),
    "words.jpg": (lambda image: b"no picture at all", r"no known format"),
    "empty.jpg": (lambda image: b"", r"is empty"),
    "float.tif": (lambda image: encoded(image.convert("F"), "TIFF"), r"floating-point"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_of_any_kind_is_read_as_it_looks(tmp_path, rng, name):
    image = picture(rng)
    (tmp_path / name).write_bytes(GOOD[name](image))
    grey = "grey" in name or name == "deep.png"
    expected = image.convert("1", dither=0) if "one-bit" in name else image
    expected = (expected.convert("L") if grey else expected).convert("RGB")
    expected = np.asarray(expected.resize(SIZE[::-1], Image.Resampling.LANCZOS), dtype=float)
    read = read_photographs([tmp_path / name], SIZE)
    assert read.problems == ()
    assert read.X.dtype == np.uint8
    assert abs(read.X[0] - expected).mean() < (
        10 if name.startswith(("palette", "cmyk", "a-j")) else 2
    )


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_bad_is_reported_and_the_others_are_read(tmp_path, rng, name):
    spoil, why = BAD[name]
    (tmp_path / name).write_bytes(spoil(picture(rng)))
    (tmp_path / "good.png").write_bytes(encoded(picture(rng), "PNG"))
    paths = [
        tmp_path / "good.png",
        tmp_path / name,
        tmp_path / "missing.png",
        tmp_path / "good.png",
    ]
    read = read_photographs(paths, SIZE)
    assert read.X.shape == (2, *SIZE, 3)
    assert read.places.tolist() == [0, 3]
    (bad, reason), missing = read.problems
    assert bad == tmp_path / name
    assert missing == (tmp_path / "missing.png", "is not there")
    with pytest.raises(ValueError, match=why):
        raise ValueError(reason)


def test_huge_pictures_are_reported(tmp_path, rng, monkeypatch):
    (tmp_path / "a.png").write_bytes(encoded(picture(rng), "PNG"))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    ((_, reason),) = read_photographs([tmp_path / "a.png"], SIZE).problems
    assert "decompression bomb" in reason


def test_folders_and_strange_names_are_reported(tmp_path):
    read = read_photographs([tmp_path, "a\0b"], SIZE)
    assert read.X.shape == (0, *SIZE, 3)
    assert [reason.partition(" (")[0] for _, reason in read.problems] == ["cannot be read"] * 2


def test_every_file_cut_anywhere_is_read_or_reported(tmp_path, rng):
    for name in ("plain.png", "cmyk.jpg", "palette.gif", "deep.png", "no-ending"):
        data = GOOD[name](picture(rng))
        paths = []
        for cut in range(0, len(data), max(1, len(data) // 12)):
            paths.append(tmp_path / f"{cut}-{name}")
            paths[-1].write_bytes(data[:cut])
        read = read_photographs(paths, SIZE)
        assert len(read.X) + len(read.problems) == len(paths)


def test_batches_are_the_whole(tmp_path, rng):
    for i in range(7):
        (tmp_path / f"{i}.png").write_bytes(encoded(picture(rng), "PNG") if i != 2 else b"x")
    paths = find_photographs([tmp_path])
    whole = read_photographs(paths, SIZE)
    batches = list(photograph_batches(paths, SIZE, 3))
    assert [len(batch.X) for batch in batches] == [2, 3, 1]
    np.testing.assert_array_equal(np.concatenate([batch.X for batch in batches]), whole.X)
    assert np.concatenate([batch.places for batch in batches]).tolist() == [0, 1, 3, 4, 5, 6]
    assert sum((batch.problems for batch in batches), ()) == whole.problems
    assert list(photograph_batches([], SIZE)) == []


def test_photographs_are_found_in_folders_by_name(tmp_path):
    for name in ("b/2.JPG", "b/1.png", "a.webp", ".hidden.png", ".git/x.png", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = find_photographs([tmp_path, tmp_path / "notes.txt"])
    names = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names == ["a.webp", "b/1.png", "b/2.JPG", "notes.txt"]  # a file that is named is taken


def test_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file or folder .*nothing; check its name"):
        find_photographs([tmp_path / "nothing"])
    with pytest.raises(ValueError, match=r"holds no picture by its name; expected files .*\.jpg"):
        find_photographs([tmp_path])
    with pytest.raises(ValueError, match="batch_size should be 1 or more, not 0"):
        next(photograph_batches([], SIZE, 0))
