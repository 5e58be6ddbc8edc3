"""Picture files of any kind into arrays: one file, or folders with one class each."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from tqdm import tqdm

__all__ = ["ImageFolder", "decode_picture", "load_image_folder"]

FORMATS = {
    ".jpg": ("JPEG", "MPO"),  # MPO: a JPEG with further pictures behind it, as telephones write
    ".jpeg": ("JPEG", "MPO"),
    ".png": ("PNG",),
    ".gif": ("GIF",),
    ".bmp": ("BMP",),
    ".webp": ("WEBP",),
    ".tif": ("TIFF",),
    ".tiff": ("TIFF",),
}
OVERLOOKED = {"thumbs.db", "desktop.ini"}  # beside names that begin with a dot
FITS = ("crop", "stretch")
LISTED = 10  # problems spelled out in an error


@dataclass(frozen=True)
class ImageFolder:
    """What `load_image_folder` read.

    Attributes
    ----------
    X : ndarray (N, H, W, 3) of uint8
    y : ndarray (N,) of int64
        Index of the class in `classes`.
    classes : tuple of str
        The folders' names, sorted.
    paths : tuple of Path
        The file of each picture.
    problems : tuple of (Path, str)
        What was left out, and why; empty if nothing was.
    """

    X: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...]
    paths: tuple[Path, ...]
    problems: tuple[tuple[Path, str], ...]


def load_image_folder(
    root: str | Path,
    size: tuple[int, int] = (32, 32),
    *,
    fit: str = "crop",
    on_error: str = "raise",
    progress: bool = True,
) -> ImageFolder:
    """Load the pictures of `root/<class>/*.jpg` (or .png, .gif, .bmp, .webp, .tif).

    Grey, palette, transparent (laid on white), CMYK and 16-bit pictures become 8-bit red, green and
    blue; pictures that a camera marked as turned are turned. Order: classes, then files, by name.

    Parameters
    ----------
    root : str or Path
        A folder that holds one folder per class.
    size : (int, int)
        Height and width of every picture.
    fit : {"crop", "stretch"}
        How a picture of another shape gets there: cut at both ends, or distorted.
    on_error : {"raise", "skip"}
        Whether files that cannot be read, or are not what their name says, stop the loading (after
        all have been looked at, so that one message names them) or are left out and reported.
    progress : bool
        Whether to show a progress bar on stderr.

    Returns
    -------
    ImageFolder

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If it holds no class folders, a file is bad (under "raise"), or no picture remains.
    """
    root = Path(root)
    if fit not in FITS or on_error not in ("raise", "skip"):
        raise ValueError(
            "load_image_folder: fit should be 'crop' or 'stretch' and on_error 'raise' or 'skip', "
            f"but they are {fit!r} and {on_error!r}."
        )
    classes = _class_folders(root)
    files = [(label, path) for label, name in enumerate(classes) for path in _files(root / name)]
    X = np.empty((len(files), *size, 3), dtype=np.uint8)
    good: list[tuple[int, Path]] = []
    problems = [
        (root / name, _why_empty(root / name)) for name in classes if not _files(root / name)
    ]
    for label, path in tqdm(files, desc=root.name, unit=" pictures", disable=not progress):
        try:
            X[len(good)] = read_picture(path, size, fit)
        except ValueError as error:
            problems.append((path, str(error)))
        else:
            good.append((label, path))
    if problems and (on_error == "raise" or not good):
        raise ValueError(_report(root, problems, len(files)))
    return ImageFolder(
        X=X[: len(good)],
        y=np.array([label for label, _ in good], dtype=np.int64),
        classes=classes,
        paths=tuple(path for _, path in good),
        problems=tuple(problems),
    )


def read_picture(path: Path, size: tuple[int, int], fit: str = "crop") -> np.ndarray:
    """Read a picture file, (H, W, 3) uint8; ValueError says what is wrong with it."""
    formats = FORMATS.get(path.suffix.lower())
    if formats is None:
        known = ", ".join(FORMATS)
        raise ValueError(f"is no picture by its name; expected one of {known}; move it away")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    return decode_picture(data, size, fit=fit, formats=formats)


def decode_picture(
    data: bytes, size: tuple[int, int], *, fit: str = "crop", formats: tuple[str, ...] = ()
) -> np.ndarray:
    """Decode a picture of any format and mode.

    Parameters
    ----------
    data : bytes
        The contents of a picture file.
    size : (int, int)
        Height and width of the result.
    fit : {"crop", "stretch"}
    formats : tuple of str
        The formats that are expected, in Pillow's words; any if empty.

    Returns
    -------
    ndarray (H, W, 3) of uint8

    Raises
    ------
    ValueError
        If it is damaged, no picture, or of another format.
    """
    height, width = size
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # untidy metadata does not concern us,
            warnings.simplefilter("error", Image.DecompressionBombWarning)  # huge pictures do
            with Image.open(io.BytesIO(data)) as image:
                if formats and image.format not in formats:
                    raise ValueError(f"holds a {image.format} picture, not what its name says")
                # A photograph is decoded at a fraction of its size where its format allows that.
                image.draft(None, (2 * max(size), 2 * max(size)))
                picture = _to_rgb(ImageOps.exif_transpose(image))
    except ValueError:
        raise
    except Exception as error:  # Pillow's decoders meet damaged files with all kinds of errors
        raise ValueError(f"is damaged or no picture ({_one_line(error)})") from None
    if picture.size == (width, height):
        return np.asarray(picture)
    if fit == "crop":
        return np.asarray(ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS))
    return np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS))


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert a picture of any mode to 8-bit red, green and blue."""
    if image.mode.startswith("I"):  # grey, 16 bits (or 32 that hold 16): Pillow would cut them off
        values = np.asarray(image)
        if values.min() < 0 or values.max() > 65535:
            raise ValueError("holds 32-bit numbers; save it with 8 or 16 bits")
        return Image.fromarray((values / 257).round().astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        raise ValueError("holds floating-point numbers; save it with 8 or 16 bits")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return image.convert("RGB")


def _class_folders(root: Path) -> tuple[str, ...]:
    """Return the names of the folders in root, sorted."""
    if not root.is_dir():
        raise FileNotFoundError(f"load_image_folder: there is no folder {root}.")
    names = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not names:
        raise ValueError(
            f"load_image_folder: {root} should hold a folder for each class, with pictures in it, "
            "but holds no folder; name the folder above it?"
        )
    return tuple(names)


def _files(folder: Path) -> list[Path]:
    """Return the files of a class folder, sorted, without what systems leave there."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.name.lower() not in OVERLOOKED
    )


def _why_empty(folder: Path) -> str:
    """Say why a class folder yields no picture."""
    if any(path.is_dir() for path in folder.iterdir()):
        return (
            f"holds folders instead of pictures; did you mean load_image_folder({str(folder)!r})?"
        )
    return "holds no picture; put some there or remove it"


def _report(root: Path, problems: list[tuple[Path, str]], files: int) -> str:
    """Word the error that lists the problems."""
    lines = [f"  {path.relative_to(root)}: {why}" for path, why in problems[:LISTED]]
    if len(problems) > LISTED:
        lines.append(f"  and {len(problems) - LISTED} more")
    return (
        f"load_image_folder: {len(problems)} problems among the {files} files of {root} "
        '(on_error="skip" leaves such files out):\n' + "\n".join(lines)
    )


def _one_line(error: Exception) -> str:
    """Return an error's text without the name Pillow gives to data in memory."""
    text = str(error) or type(error).__name__
    return "no known format" if "cannot identify" in text else text.split("\n")[0]
