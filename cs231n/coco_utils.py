"""Captions for the notebooks: the embedded scenes, or COCO as the course prepared it."""

import functools
import hashlib
from pathlib import Path

import numpy as np

from cs231n.captioning.arrays import read_arrays, read_course_files, what_is_in
from cs231n.drawn import features as scene_features
from cs231n.drawn import scenes as caption_scenes
from cs231n.files.cache import cache_folder, whole_file
from cs231n.language.vocabulary import END, NULL, SPECIAL, Vocabulary

__all__ = ["BASE_DIR", "decode_captions", "load_coco_data", "picture_of", "sample_coco_minibatch"]

BASE_DIR = str(Path(__file__).resolve().parent / "datasets" / "coco_captioning")
LENGTH = 17  # numbers in a caption, <START> and <END> included
PARTS = 512  # numbers of a picture under pca_features
SCENE = "scene:"  # begins what stands for the address of an embedded picture


def load_coco_data(base_dir=BASE_DIR, max_train=None, pca_features=True):
    """Load captions, features of their pictures, and the words; print which they are.

    Parameters
    ----------
    base_dir : str or Path
        A folder with the course's files (coco2014_captions.h5 and so on), or with those of
        `captioning.arrays.write_caption_arrays`. If it is left at its default and there is no such
        folder, nor one `coco_captioning` in the data folder, the embedded scenes are loaded.
    max_train : int, optional
        Take so many of the training captions, drawn from `np.random`, each once; and of the
        training pictures only those that they are about.
    pca_features : bool
        Whether features are cut to their 512 principal parts.

    Returns
    -------
    dict
        For each split, "train" and "val" at least: "train_captions" (M, T), rows of word numbers
        that begin with <START>, end with <END> and are filled up with <NULL>;
        "train_image_idxs" (M,), the row of each caption's picture in "train_features" (N, D)
        float32; "train_urls" (N,), see `picture_of`. Then "idx_to_word", a list, and "word_to_idx",
        a dict. Arrays from files are mapped, not read, and cannot be written to.

    Raises
    ------
    FileNotFoundError
        If a folder is named that does not hold such files, or not all of them.
    ValueError
        If a file is damaged or does not fit the others, or `max_train` is below 1.
    ImportError
        If the course's files are there but not the package h5py.
    """
    if max_train is not None and max_train < 1:
        raise ValueError(f"load_coco_data: max_train should be 1 or more but is {max_train}.")
    folder = Path(base_dir)
    if str(base_dir) == BASE_DIR and what_is_in(folder) is None:
        folder = cache_folder() / "coco_captioning"
    kind = what_is_in(folder)
    if kind is None and str(base_dir) != BASE_DIR:
        raise FileNotFoundError(
            f"load_coco_data: {folder} holds neither coco2014_captions.h5 nor vocab.json; name the "
            "folder that does, or none for the embedded scenes."
        )
    if kind is None:
        data = _scenes(pca_features)
        name = "embedded scenes (there are no files of COCO)"
    else:
        data = read_course_files(folder, pca_features) if kind == "course" else read_arrays(folder)
        name = f"from {folder}"
    if max_train is not None:
        _keep_some(data, max_train)
    print(f"Captions: {name}, {len(data['train_captions'])} to train.")
    return data


def decode_captions(captions, idx_to_word):
    """Turn rows of word numbers into sentences: up to <END>, which stays, and without <NULL>.

    Parameters
    ----------
    captions : ndarray, shape (N, T) or (T,), int
    idx_to_word : list of str

    Returns
    -------
    list of str, or str
    """
    captions = np.asarray(captions)
    if captions.ndim == 1:
        return decode_captions(captions[None], idx_to_word)[0]
    decoded = []
    for caption in captions:
        words = []
        for number in caption:
            word = idx_to_word[number]
            if word != SPECIAL[NULL]:
                words.append(word)
            if word == SPECIAL[END]:
                break
        decoded.append(" ".join(words))
    return decoded


def sample_coco_minibatch(data, batch_size=100, split="train"):
    """Draw captions at random, from `np.random`; one may come twice.

    Parameters
    ----------
    data : dict
        Of `load_coco_data`.
    batch_size : int
    split : str

    Returns
    -------
    captions : ndarray, shape (batch_size, T)
    image_features : ndarray, shape (batch_size, D)
        Of the picture of each caption.
    urls : ndarray, shape (batch_size,)

    Raises
    ------
    ValueError
        If there is no such split.
    """
    if f"{split}_captions" not in data:
        known = [key.removesuffix("_captions") for key in data if key.endswith("_captions")]
        raise ValueError(
            f"sample_coco_minibatch: split should be one of {', '.join(known)} but is {split!r}."
        )
    chosen = np.random.choice(len(data[f"{split}_captions"]), batch_size)
    pictures = data[f"{split}_image_idxs"][chosen]
    return (
        data[f"{split}_captions"][chosen],
        data[f"{split}_features"][pictures],
        data[f"{split}_urls"][pictures],
    )


def picture_of(url):
    """Return the picture of an entry of "train_urls", (H, W, 3) uint8.

    Parameters
    ----------
    url : str
        "scene:SPLIT/INDEX" for embedded scenes, an http(s) address, or the path of a file.

    Raises
    ------
    ValueError, OSError
        If there is no such picture.
    """
    from cs231n import image_utils

    url = str(url)
    if url.startswith(SCENE):
        split, _, index = url.removeprefix(SCENE).partition("/")
        if not index.isdecimal():
            raise ValueError(f"picture_of: {url!r} should be of the form 'scene:train/17'.")
        return caption_scenes.load_caption_scenes(1, split, int(index)).X[0]
    if url.startswith(("http://", "https://")):
        return image_utils.image_from_url(url)
    return image_utils.load_image(url)


def _keep_some(data, max_train):
    """Leave so many training captions in the data, and the pictures that they are about."""
    total = len(data["train_captions"])
    chosen = np.random.permutation(total)[:max_train]
    pictures, image_idxs = np.unique(data["train_image_idxs"][chosen], return_inverse=True)
    data["train_captions"] = data["train_captions"][chosen]
    data["train_image_idxs"] = image_idxs.astype(np.int32)
    data["train_features"] = data["train_features"][pictures]
    data["train_urls"] = data["train_urls"][pictures]


def _scenes(pca_features):
    """Make the historical dict of the embedded scenes."""
    sets = {
        split: caption_scenes.load_caption_scenes(n, split)
        for split, n in caption_scenes.SIZES.items()
    }
    said = {
        split: [[sentence["words"] for sentence in five] for five in scenes.sentences]
        for split, scenes in sets.items()
    }
    vocabulary = Vocabulary.count((words for five in said["train"] for words in five), at_least=1)
    features = {split: _features(split, scenes.X) for split, scenes in sets.items()}
    if pca_features:
        mean, axes = scene_features.principal_parts(features["train"], PARTS)
        features = {split: (rows - mean) @ axes for split, rows in features.items()}
    data = {}
    for split in sets:
        captions, image_idxs = vocabulary.encode_all(said[split], LENGTH)
        data[f"{split}_captions"] = captions
        data[f"{split}_image_idxs"] = image_idxs
        data[f"{split}_features"] = features[split]
        data[f"{split}_urls"] = np.array([f"{SCENE}{split}/{i}" for i in range(len(said[split]))])
    data["idx_to_word"], data["word_to_idx"] = vocabulary.idx_to_word, vocabulary.word_to_idx
    return data


def _features(split, X):
    """Return features of scenes from the cache, or compute them and try to keep them."""
    digest = hashlib.sha256(X.tobytes() + _code()).hexdigest()[:12]
    path = cache_folder() / "caption-scenes" / f"features-{split}-{digest}.npy"
    try:
        features = np.load(path, allow_pickle=False)
        if features.shape == (len(X), scene_features.NUMBERS):
            return features
    except (OSError, ValueError, EOFError):
        pass  # not there, or damaged: computed anew either way
    features = scene_features.scene_features(X)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.save(file, features)
    except OSError:
        pass  # no place to keep them
    return features


@functools.cache
def _code():
    return Path(scene_features.__file__).read_bytes()
