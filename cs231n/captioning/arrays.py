"""Encoded captions and features in files that are mapped into memory, not read.

Two forms are known: the course's files of 2016 (HDF5, which needs the package h5py), and plain
NumPy files, which `write_caption_arrays` writes. Of both only the rows that are used are loaded,
so that 120,000 pictures and 600,000 sentences take no more memory than a few.
"""

from pathlib import Path

import numpy as np

from cs231n.language.vocabulary import Vocabulary

__all__ = ["read_arrays", "read_course_files", "what_is_in", "write_caption_arrays"]

COURSE_FILES = ("coco2014_captions.h5", "coco2014_vocab.json")
VOCABULARY = "vocab.json"
KINDS = {"captions": 2, "image_idxs": 1, "features": 2}  # dimensions


def what_is_in(folder):
    """Return "course" or "arrays" for what a folder holds, or None if it is neither."""
    folder = Path(folder)
    if (folder / COURSE_FILES[0]).is_file():
        return "course"
    return "arrays" if (folder / VOCABULARY).is_file() else None


def write_caption_arrays(folder, vocabulary, captions, features, urls=None):
    """Write captions and features as files that `coco_utils.load_coco_data` reads.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    vocabulary : Vocabulary
    captions : dict
        Split -> (captions (M, T), image_idxs (M,)), as of `Vocabulary.encode_all`.
    features : dict
        Split -> array (N, D).
    urls : dict, optional
        Split -> N addresses or paths of the pictures.

    Raises
    ------
    ValueError
        If the numbers of pictures do not agree.
    """
    for split, (rows, image_idxs) in captions.items():
        here = None if urls is None else urls[split]
        _check(split, rows, image_idxs, features[split], here, len(vocabulary))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for split, (rows, image_idxs) in captions.items():
        np.save(folder / f"{split}_captions.npy", rows)
        np.save(folder / f"{split}_image_idxs.npy", image_idxs)
        np.save(folder / f"{split}_features.npy", features[split])
        if urls is not None:
            lines = "".join(f"{url}\n" for url in urls[split])
            (folder / f"{split}_urls.txt").write_text(lines, encoding="utf-8")
    vocabulary.save(folder / VOCABULARY)  # the last file, by which the others are recognised


def read_arrays(folder):
    """Map what `write_caption_arrays` wrote.

    Returns
    -------
    dict
        "SPLIT_captions", "SPLIT_image_idxs", "SPLIT_features" and "SPLIT_urls" for each split, and
        "idx_to_word", "word_to_idx".

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If one does not fit the others.
    """
    folder = Path(folder)
    vocabulary = Vocabulary.load(folder / VOCABULARY)
    splits = [path.name.removesuffix("_captions.npy") for path in folder.glob("*_captions.npy")]
    data = {}
    for split in sorted(splits, key=lambda split: (split != "train", split)):
        parts = {kind: _mapped(folder / f"{split}_{kind}.npy") for kind in KINDS}
        _finish(data, split, parts, folder / f"{split}_urls.txt", len(vocabulary))
    if "train_captions" not in data:
        raise FileNotFoundError(
            f"{folder} has no train_captions.npy; write it with write_caption_arrays."
        )
    return data | {
        "idx_to_word": vocabulary.idx_to_word,
        "word_to_idx": vocabulary.word_to_idx,
    }


def read_course_files(folder, pca_features=True):
    """Map the course's files; returns and raises as `read_arrays`, ImportError without h5py."""
    folder = Path(folder)
    vocabulary = Vocabulary.load(folder / COURSE_FILES[1])
    data, end = {}, "_pca" * pca_features
    for split in ("train", "val"):
        parts = {
            kind: _hdf5(folder / COURSE_FILES[0], f"{split}_{kind}")
            for kind in ("captions", "image_idxs")
        }
        parts["features"] = _hdf5(folder / f"{split}2014_vgg16_fc7{end}.h5", "features")
        _finish(data, split, parts, folder / f"{split}2014_urls.txt", len(vocabulary))
    return data | {
        "idx_to_word": vocabulary.idx_to_word,
        "word_to_idx": vocabulary.word_to_idx,
    }


def _finish(data, split, parts, url_file, words):
    """Check the arrays of a split and put them under their names."""
    urls = None
    if url_file.is_file():
        urls = np.array(url_file.read_text(encoding="utf-8").splitlines(), dtype=str)
    _check(split, parts["captions"], parts["image_idxs"], parts["features"], urls, words)
    for kind, array in parts.items():
        data[f"{split}_{kind}"] = array
    data[f"{split}_urls"] = np.full(len(parts["features"]), "") if urls is None else urls


def _check(split, captions, image_idxs, features, urls, words):
    """Raise ValueError unless the arrays of a split belong together."""
    arrays = {"captions": captions, "image_idxs": image_idxs, "features": features}
    for kind, array in arrays.items():
        if np.ndim(array) != KINDS[kind]:
            raise ValueError(
                f"{split}_{kind} should have {KINDS[kind]} dimensions but is {np.shape(array)}."
            )
    if len(captions) != len(image_idxs):
        raise ValueError(
            f"{split}: there are {len(captions)} captions but {len(image_idxs)} numbers of "
            "pictures; each caption needs one."
        )
    if len(captions) and not 0 <= np.min(image_idxs) <= np.max(image_idxs) < len(features):
        raise ValueError(
            f"{split}: image_idxs should be 0 to {len(features) - 1}, the rows of the features, "
            f"but are {np.min(image_idxs)} to {np.max(image_idxs)}."
        )
    if captions.size and not 0 <= np.min(captions) <= np.max(captions) < words:
        raise ValueError(
            f"{split}: captions should hold numbers of the {words} words but hold "
            f"{np.min(captions)} to {np.max(captions)}; take the vocabulary that made them."
        )
    if urls is not None and len(urls) != len(features):
        raise ValueError(f"{split}: there are {len(urls)} urls but {len(features)} pictures.")


def _mapped(path):
    """Map a .npy file."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {path}; write the whole set anew.") from None
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"{path} is no array, or damaged ({error}).") from None


def _hdf5(path, name):
    """Map a data set of an HDF5 file; one that is kept in pieces or compressed is read."""
    try:
        import h5py
    except ImportError:
        raise ImportError(
            f"{path} is an HDF5 file, which needs a package: python -m pip install h5py"
        ) from None
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}, which belongs to the course's set.")
    try:
        with h5py.File(path, "r") as file:
            data = file[name]
            offset = data.id.get_offset()
            if offset is None or not data.size:
                return data[()]
            kind, shape = data.dtype, data.shape
    except (OSError, KeyError) as error:
        raise ValueError(f"{path} should hold {name!r} but cannot be read ({error}).") from None
    return np.memmap(path, dtype=kind, mode="r", offset=offset, shape=shape).view(np.ndarray)
