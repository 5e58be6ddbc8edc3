"""Picture files of every mode, size and state of repair."""

import io
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from cs231n.data.image_folders import decode_picture, load_image_folder

ORANGE = (255, 128, 0)


def encode(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def orange(mode="RGB", size=(5, 4)):
    return Image.new("RGB", size, ORANGE).convert(mode)


@pytest.fixture
def folders(tmp_path):
    """root/cat: two pictures; root/dog: one."""
    for name, size in [("cat/2.png", (32, 32)), ("cat/10.jpg", (40, 30)), ("dog/a.PNG", (7, 9))]:
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        orange(size=size).save(path)
    return tmp_path / "root"


def load(root, **options):
    return load_image_folder(root, progress=False, **options)


def test_pictures_come_by_class_and_name(folders):
    found = load(folders)
    assert found.classes == ("cat", "dog")
    assert [path.name for path in found.paths] == ["10.jpg", "2.png", "a.PNG"]
    assert (found.X.shape, found.X.dtype) == ((3, 32, 32, 3), np.uint8)
    assert (found.y.tolist(), found.y.dtype) == ([0, 0, 1], np.int64)
    assert found.problems == ()
    assert np.abs(found.X.astype(int) - ORANGE).max() <= 2  # of a JPEG


def test_size_is_height_and_width(folders):
    assert load(folders, size=(3, 5)).X.shape == (3, 3, 5, 3)


def test_files_that_systems_leave_are_overlooked(folders):
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (folders / "cat" / name).write_bytes(b"x")
    (folders / ".hidden").mkdir()
    assert len(load(folders).y) == 3


@pytest.mark.parametrize(
    ("data", "tolerance"),
    [
        (encode(orange(), "PNG"), 0),
        (encode(orange(), "BMP"), 0),
        (encode(orange("RGBA"), "PNG"), 0),
        (encode(orange("P"), "GIF"), 26),  # the nearest colours of the web palette
        (encode(orange("P"), "PNG"), 26),
        (encode(orange(), "JPEG", quality=95), 2),
        (encode(orange("CMYK"), "JPEG", quality=95), 2),
        (encode(orange("CMYK"), "TIFF"), 0),
        (encode(orange("YCbCr"), "TIFF"), 2),
        (encode(orange("RGBX"), "TIFF"), 0),
    ],
    ids=["png", "bmp", "rgba", "gif", "palette", "jpeg", "cmyk-jpeg", "cmyk-tiff", "ycbcr", "rgbx"],
)
def test_colours_survive_every_mode(data, tolerance):
    picture = decode_picture(data, (4, 5))
    assert (picture.shape, picture.dtype) == ((4, 5, 3), np.uint8)
    assert np.abs(picture.astype(int) - ORANGE).max() <= tolerance


@pytest.mark.parametrize(
    ("image", "kind", "grey"),
    [
        (Image.new("L", (2, 3), 77), "PNG", 77),
        (Image.new("1", (2, 3), 1), "PNG", 255),
        (Image.fromarray(np.full((3, 2), 77 * 257, np.uint16)), "PNG", 77),
        (Image.fromarray(np.full((3, 2), 65535, np.uint16)), "TIFF", 255),
        (Image.fromarray(np.full((3, 2), 77 * 257, np.int32)), "TIFF", 77),
    ],
    ids=["grey", "bit", "16-bit", "16-bit-white", "32-bit"],
)
def test_grey_pictures_become_three_equal_colours(image, kind, grey):
    picture = decode_picture(encode(image, kind), (3, 2))
    np.testing.assert_array_equal(picture, np.full((3, 2, 3), grey))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pictures_lie_on_white(mode):
    clear = Image.new("RGBA", (2, 3), (0, 0, 0, 0)).convert(mode)
    assert decode_picture(encode(clear, "PNG"), (3, 2)).min() == 255


def test_a_transparent_colour_of_a_palette_lies_on_white():
    image = Image.new("P", (2, 3), 0)
    image.putpalette([0, 0, 0, 9, 9, 9])
    assert decode_picture(encode(image, "PNG", transparency=b"\0"), (3, 2)).min() == 255


def test_half_transparent_pictures_are_mixed_with_white():
    half = Image.new("RGBA", (2, 3), (0, 0, 0, 128))
    assert set(decode_picture(encode(half, "PNG"), (3, 2)).ravel()) == {127}


@pytest.mark.parametrize("turn", range(1, 9))
def test_pictures_that_a_camera_turned_are_turned_back(turn):
    upright = Image.new("RGB", (16, 24), "blue")
    upright.paste("red", (0, 0, 8, 8))  # in the upper left corner
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for step in undo.get(turn, []):
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = turn
    picture = decode_picture(encode(stored, "JPEG", quality=95, exif=exif), (24, 16))
    assert picture[2, 2, 0] > 200 > 100 > picture[2, -3, 0]
    assert picture[-3, 2, 0] < 100


def test_crop_keeps_shapes_and_stretch_keeps_borders():
    wide = Image.new("RGB", (30, 10), "white")
    wide.paste("black", (10, 0, 20, 10))  # the middle third
    data = encode(wide, "PNG")
    assert decode_picture(data, (10, 10), fit="crop")[5, 1:-1].max() < 60
    stretched = decode_picture(data, (10, 10), fit="stretch")
    assert (stretched[5, 0, 0], stretched[5, 5, 0], stretched[5, 9, 0]) == (255, 0, 255)


def test_large_photographs_shrink_to_their_mean():
    ramp = np.linspace(0, 255, 1200).astype(np.uint8)
    photo = Image.fromarray(np.broadcast_to(ramp[None, :, None], (900, 1200, 3)))
    small = decode_picture(encode(photo, "JPEG", quality=95), (2, 4), fit="stretch")
    np.testing.assert_allclose(small[0, :, 0], [32, 96, 160, 223], atol=6)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "WEBP"])
def test_a_truncated_picture_is_damaged(kind):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), kind)
    with pytest.raises(ValueError, match="is damaged or no picture"):
        decode_picture(data[: len(data) // 2], (32, 32))


@pytest.mark.parametrize("data", [b"", b"words", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(ValueError, match="is damaged or no picture"):
        decode_picture(data, (32, 32))


def test_a_picture_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 15)
    with pytest.raises(ValueError, match="exceeds limit of 15 pixels"):
        decode_picture(encode(orange(), "PNG"), (4, 5))


@pytest.mark.parametrize(
    ("values", "match"),
    [
        (np.full((3, 2), 70_000, np.int32), "holds 32-bit numbers"),
        (np.full((3, 2), -1, np.int32), "holds 32-bit numbers"),
        (np.full((3, 2), 0.5, np.float32), "holds floating-point numbers"),
    ],
)
def test_pictures_that_are_measurements_are_refused(values, match):
    with pytest.raises(ValueError, match=match):
        decode_picture(encode(Image.fromarray(values), "TIFF"), (3, 2))


def spoil(folders):
    """Add one file of each kind of trouble; return the names and what is said of them."""
    jpeg = (folders / "cat" / "10.jpg").read_bytes()
    (folders / "cat" / "half.jpg").write_bytes(jpeg[: len(jpeg) * 2 // 3])
    (folders / "cat" / "words.jpg").write_bytes(b"words")
    (folders / "dog" / "notes.txt").write_bytes(b"words")
    shutil.copy(folders / "cat" / "2.png", folders / "dog" / "really.jpg")
    (folders / "empty").mkdir()
    return {
        "cat/half.jpg": "is damaged or no picture (",
        "cat/words.jpg": "is damaged or no picture (no known format)",
        "dog/notes.txt": "is no picture by its name; expected one of .jpg, .jpeg, .png",
        "dog/really.jpg": "holds a PNG picture, not what its name says",
        "empty": "holds no picture; put some there or remove it",
    }


def test_one_error_names_every_bad_file(folders):
    said = spoil(folders)
    with pytest.raises(ValueError, match="5 problems among the 7 files") as caught:
        load(folders)
    for name, why in said.items():
        assert f"  {name}: {why}" in str(caught.value)


def test_bad_files_can_be_skipped_and_are_reported(folders):
    said = spoil(folders)
    found = load(folders, on_error="skip")
    assert found.classes == ("cat", "dog", "empty")
    assert [path.name for path in found.paths] == ["10.jpg", "2.png", "a.PNG"]
    assert found.y.tolist() == [0, 0, 1]
    assert np.abs(found.X.astype(int) - ORANGE).max() <= 2
    reported = {path.relative_to(folders).as_posix(): why for path, why in found.problems}
    assert reported.keys() == said.keys()
    assert all(reported[name].startswith(why) for name, why in said.items())


def test_a_file_that_cannot_be_read_is_named(folders, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(ValueError, match=r"10\.jpg: cannot be read \(Permission denied\)"):
        load(folders)


def test_a_long_list_of_problems_is_cut(folders):
    for number in range(30):
        (folders / "cat" / f"{number:02d}.txt").touch()
    with pytest.raises(ValueError, match="and 20 more"):
        load(folders)


def test_nothing_but_bad_files_is_an_error_even_when_they_are_skipped(tmp_path):
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "a.jpg").touch()
    with pytest.raises(ValueError, match=re.escape("cat/a.jpg: is damaged or no picture")):
        load(tmp_path, on_error="skip")


def test_the_folder_above_the_classes_folder_is_recognised(folders):
    with pytest.raises(ValueError, match=r"did you mean load_image_folder\('.*root'\)"):
        load(folders.parent)


def test_a_class_folder_is_not_taken_for_the_root(folders):
    with pytest.raises(ValueError, match="should hold a folder for each class"):
        load(folders / "cat")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("option", [{"fit": "pad"}, {"on_error": "ignore"}])
def test_unknown_options_are_refused(folders, option):
    with pytest.raises(ValueError, match="fit should be 'crop' or 'stretch' and on_error"):
        load(folders, **option)


def test_progress_goes_to_stderr(folders, capsys):
    load_image_folder(folders)
    out, err = capsys.readouterr()
    assert out == ""
    assert "root: 100%" in err
