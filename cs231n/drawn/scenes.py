"""The embedded set of captions: scenes drawn, with five true sentences and their foils each.

"caption-scenes" needs no download. `load_caption_scenes` gives any part of a split, from the cache
where it was drawn before. `cs231n.drawn.files` writes the set as the files that COCO comes in.
"""

import functools
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cs231n.drawn import (
    drawing,
    pictures,
    truth,
    worlds,
)
from cs231n.drawn import (
    sentences as scene_sentences,
)
from cs231n.drawn import (
    words as scene_words,
)
from cs231n.drawn.worlds import SIDE, SPLITS, Scene, SceneObject, check_request
from cs231n.files.cache import cache_folder, whole_file

__all__ = ["SIZES", "CaptionScenes", "hidden_caption_scenes", "load_caption_scenes"]

SEED = 0  # of the set that notebooks use
CHUNK = 250  # scenes in a file
SIZES = {  # scenes of each split that notebooks use; there are more
    "train": 4000,
    "val": 500,
    "test": 500,
    "test_pairs": 500,
    "test_count": 500,
}
VERSION_OF = (
    drawing,
    pictures,
    scene_sentences,
    truth,
    scene_words,
    worlds,
)


@dataclass(frozen=True)
class CaptionScenes:
    """Scenes of one split whose indices follow each other.

    Attributes
    ----------
    X : ndarray, shape (N, 64, 64, 3), uint8
    scenes : list of Scene
    boxes : ndarray, shape (N, 4, 4), int32
        Left, top, width and height of each object, in the order of the scene; zeros for none.
    areas : ndarray, shape (N, 4), int32
        Pixels of each object.
    sentences : list of list of dict
        Five a scene: "raw"; "words"; "about", for each word the numbers of its objects; "foil", the
        words of a false sentence next to it, and "foil_kind".
    """

    X: np.ndarray
    scenes: list
    boxes: np.ndarray
    areas: np.ndarray
    sentences: list


def load_caption_scenes(n, split="train", start=0, *, seed=SEED, progress=True):
    """Return scenes `start` ... `start + n - 1` of a split of the embedded set.

    Parameters
    ----------
    n : int
    split : {"train", "val", "test", "test_pairs", "test_count"}
        The first three are alike; then: scenes with a pair of colour and shape that the others do
        not have, and scenes with one object more than the others have.
    start : int
    seed : int
    progress : bool
        Whether to show a progress bar on stderr when drawing takes more than a second.

    Returns
    -------
    CaptionScenes

    Raises
    ------
    ValueError
        If there are no such scenes; "hidden" ones come from `hidden_caption_scenes`.
    """
    if split not in SIZES:
        raise ValueError(
            f"load_caption_scenes: split should be one of {', '.join(SIZES)} but is {split!r}."
        )
    check_request(n, seed, split, start)
    chunks = range(start // CHUNK, -(-(start + n) // CHUNK))
    bar = tqdm(chunks, desc=f"drawing {split}", delay=1, disable=not progress)
    parts = [_part(_chunk(seed, split, i), start - i * CHUNK, n) for i in bar]
    return _joined(parts)


def hidden_caption_scenes(n, *, secret, start=0):
    """Return scenes that nobody has seen who does not know the secret; nothing is kept.

    Raises
    ------
    ValueError
        If the secret is below 2**64, so that it could be tried, or there are not so many scenes.
    """
    if secret < 2**64:
        raise ValueError(
            "hidden_caption_scenes: secret should be at least 2**64 so that nobody guesses it; "
            "take one from secrets.randbits(128)."
        )
    return _drawn(secret, "hidden", start, n)


def _drawn(seed, split, start, n):
    """Make up, draw and describe scenes."""
    check_request(n, seed, split, start)
    scenes = [worlds.sample_scene(seed, split, start + i) for i in range(n)]
    X, boxes, areas = pictures.draw_scenes(scenes, seed)
    return CaptionScenes(X, scenes, boxes, areas, [_described(scene, seed) for scene in scenes])


def _described(scene, seed):
    return [
        {
            "raw": sentence.raw,
            "words": list(sentence.words),
            "about": [list(numbers) for numbers in sentence.about],
            "foil": list(sentence.foil),
            "foil_kind": sentence.foil_kind,
        }
        for sentence in scene_sentences.describe(scene, seed)
    ]


def _part(data, low, n):
    """Cut the scenes out of a chunk that lie from `low` (of the chunk) on, n at most in all."""
    cut = slice(max(0, low), max(0, low + n))
    return CaptionScenes(*(value[cut] for value in vars(data).values()))


def _joined(parts):
    if not parts:
        empty = [np.zeros(s, d) for s, d in (((0, SIDE, SIDE, 3), np.uint8), ((0, 4, 4), np.int32))]
        return CaptionScenes(empty[0], [], empty[1], np.zeros((0, 4), np.int32), [])
    X, scenes, boxes, areas, sentences = zip(*(vars(part).values() for part in parts))
    return CaptionScenes(
        np.concatenate(X),
        list(chain(*scenes)),
        np.concatenate(boxes),
        np.concatenate(areas),
        list(chain(*sentences)),
    )


@functools.cache
def _version():
    """Return letters that change with the code that makes the set."""
    code = b"".join(Path(module.__file__).read_bytes() for module in VERSION_OF)
    return hashlib.sha256(code).hexdigest()[:12]


def _chunk(seed, split, number):
    """Return the scenes of a chunk from its file, or draw them and try to write it."""
    folder = cache_folder() / "caption-scenes" / f"{_version()}-seed{seed}"
    path = folder / f"{split}-{number:03d}.npz"
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            return _unpacked(arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        pass  # not there, or damaged by something else than us: drawn anew either way
    data = _drawn(seed, split, number * CHUNK, min(CHUNK, SPLITS[split] - number * CHUNK))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(_packed(data))
    except OSError:
        pass  # no place to keep them
    return data


def _packed(data):
    scenes = [
        [scene.split, scene.index, [vars(thing) for thing in scene.objects]]
        for scene in data.scenes
    ]
    words = json.dumps([scenes, data.sentences]).encode()
    buffer = io.BytesIO()
    np.savez(
        buffer,
        X=data.X,
        boxes=data.boxes,
        areas=data.areas,
        words=np.frombuffer(words, dtype=np.uint8),
    )
    return buffer.getvalue()


def _unpacked(arrays):
    scenes, sentences = json.loads(arrays["words"].tobytes())
    scenes = [
        Scene(split, index, tuple(SceneObject(**thing) for thing in things))
        for split, index, things in scenes
    ]
    if not len(scenes) == len(sentences) == len(arrays["X"]):
        raise ValueError("a file of another shape")
    return CaptionScenes(arrays["X"], scenes, arrays["boxes"], arrays["areas"], sentences)
