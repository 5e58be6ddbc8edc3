"""Pictures on their way into a network and out of it: blur, scale, load.

Networks here take (N, C, H, W); a single picture (H, W, 3) is what files and figures hold.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

SQUEEZENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
SQUEEZENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)
SECONDS, MOST_BYTES = 20, 30_000_000  # of a picture from the web


def blur_image(X, sigma=1.0):
    """Blur pictures a little: each pixel becomes a weighted mean of its neighbourhood.

    The weights are exp(-d^2 / 2 sigma^2) for a distance of d pixels. At the border the picture
    is continued by its mirror image.

    Parameters
    ----------
    X : ndarray, shape (..., H, W), float
    sigma : float
        Width of the blur in pixels; 0 leaves the pictures as they are.

    Returns
    -------
    ndarray, shape (..., H, W), dtype of X
    """
    if sigma < 0:
        raise ValueError(f"blur_image: sigma is {sigma}; it should be 0 or more.")
    reach = min(int(np.ceil(3 * sigma)), min(X.shape[-2:]))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    weights = (weights / weights.sum()).astype(X.dtype)
    for axis in (-2, -1):
        widths = [(0, 0)] * X.ndim
        widths[axis] = (reach, reach)
        padded, length = np.pad(X, widths, mode="symmetric"), X.shape[axis]
        X = sum(
            w * np.take(padded, np.arange(i, i + length), axis=axis) for i, w in enumerate(weights)
        )
    return X


def preprocess_image(img):
    """Standardise a picture, values 0 to 255, by the means and deviations of ImageNet's channels.

    Parameters
    ----------
    img : ndarray, shape (H, W, 3) or (N, H, W, 3)

    Returns
    -------
    ndarray, of the same shape, float32
    """
    return (np.asarray(img, dtype=np.float32) / 255 - SQUEEZENET_MEAN) / SQUEEZENET_STD


def deprocess_image(img, rescale=False):
    """Undo `preprocess_image`.

    Parameters
    ----------
    img : ndarray, shape (H, W, 3) or (N, H, W, 3)
    rescale : bool
        Stretch the result to the whole range from 0 to 255, instead of cutting off what is outside.

    Returns
    -------
    ndarray, of the same shape, uint8
    """
    pixels = np.asarray(img) * SQUEEZENET_STD + SQUEEZENET_MEAN
    if rescale:
        low, high = pixels.min(), pixels.max()
        even = high - low < 1e-6  # what rounding leaves of one brightness
        pixels = np.zeros_like(pixels) if even else (pixels - low) / (high - low)
    return np.clip(np.rint(255 * pixels), 0, 255).astype(np.uint8)


def load_image(filename, size=None):
    """Read a picture file as an array, its shorter side `size` pixels long if that is given.

    Parameters
    ----------
    filename : str or Path
    size : int, optional

    Returns
    -------
    ndarray, shape (H, W, 3), uint8

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    if not Path(filename).is_file():
        raise FileNotFoundError(f"load_image: there is no file {filename}; check its name.")
    with Image.open(filename) as file:
        image = file.convert("RGB")
    return np.asarray(image if size is None else _shrunk(image, size))


def image_from_url(url):
    """Fetch a picture from the web.

    Parameters
    ----------
    url : str
        An http or https address.

    Returns
    -------
    ndarray, shape (H, W, 3), uint8

    Raises
    ------
    ValueError
        If it is no such address, or no picture lies there.
    OSError
        If it cannot be fetched.
    """
    import requests  # takes long to import, and few need it

    if not url.startswith(("http://", "https://")):
        raise ValueError(f"image_from_url: {url} is no address; it should begin with https://.")
    try:
        with requests.get(url, timeout=SECONDS, stream=True) as answer:
            answer.raise_for_status()
            data = answer.raw.read(MOST_BYTES + 1, decode_content=True)
    except requests.RequestException as error:
        raise OSError(
            f"image_from_url: {url} could not be fetched ({error}); save the picture with a "
            "browser and use load_image."
        ) from None
    if len(data) > MOST_BYTES:
        raise ValueError(f"image_from_url: {url} is larger than {MOST_BYTES / 1e6:.0f} MB.")
    try:
        with Image.open(io.BytesIO(data)) as file:
            return np.asarray(file.convert("RGB"))
    except Exception:  # Pillow's decoders meet foreign bytes with all kinds of errors
        raise ValueError(f"image_from_url: what lies at {url} is no picture.") from None


def resize_images(X, height, width):
    """Resize pictures (N, C, H, W) by linear interpolation -> (N, C, height, width), dtype of X.

    Where pictures shrink, each new pixel is a mean of those it stands for.
    """
    for axis, length in ((-2, height), (-1, width)):
        matrix = _interpolation(X.shape[axis], length).astype(X.dtype)  # (length, old length)
        X = np.moveaxis(np.tensordot(X, matrix, axes=(axis, 1)), -1, axis)
    return np.ascontiguousarray(X)


def square(image, size):
    """Cut the largest square out of the middle of a picture and resize it.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    size : int

    Returns
    -------
    ndarray, shape (size, size, 3), uint8
    """
    H, W = image.shape[:2]
    side = min(H, W)
    top, left = (H - side) // 2, (W - side) // 2
    cut = Image.fromarray(image[top : top + side, left : left + side])
    return np.asarray(cut.resize((size, size), Image.Resampling.BICUBIC))


def _shrunk(image, size):
    scale = size / min(image.size)
    width, height = (max(1, round(scale * side)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC)


def _interpolation(old, new):
    """Rows of weights, each of sum 1, that make `new` values out of `old` ones."""
    scale = old / new
    centres = (np.arange(new) + 0.5) * scale - 0.5
    distance = np.abs(np.clip(centres, 0, old - 1)[:, None] - np.arange(old))
    weights = np.maximum(0, 1 - distance / max(1.0, scale))  # a tent of two (new) pixels' width
    return weights / weights.sum(axis=1, keepdims=True)
