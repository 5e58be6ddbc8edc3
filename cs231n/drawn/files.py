"""The embedded set of captions as files: COCO's captions and instances, and Karpathy's splits."""

import json
import os
import shutil
from pathlib import Path

from PIL import Image

from cs231n.drawn.scenes import SEED, SIZES, load_caption_scenes
from cs231n.drawn.worlds import SHAPES, SIDE
from cs231n.files.cache import beside

__all__ = ["write_caption_scenes"]


def write_caption_scenes(folder, sizes=None, *, seed=SEED, pictures=True, progress=True):
    """Write the set into a folder that is not there yet.

    It holds, for each split, `captions_SPLIT.json` and `instances_SPLIT.json` as COCO has them (a
    category is a shape; an annotation also has its "colour" and "size"), and `scenes_SPLIT.json`
    with the whole truth, relations, sentences and foils included; `dataset.json` in Karpathy's
    format for all splits; and `images/SPLIT_00017.png`.

    Parameters
    ----------
    folder : str or Path
    sizes : dict, optional
        Split -> number of scenes.
    seed : int
    pictures : bool
        Whether to write the pictures, too.
    progress : bool

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileExistsError
        If it is there.
    ValueError
        If there are not so many scenes.
    """
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"write_caption_scenes: {folder} is there already; name a new one.")
    temporary = beside(folder)
    try:
        (temporary / "images").mkdir(parents=True)
        karpathy, first = [], 1
        for split, n in (sizes or SIZES).items():
            data = load_caption_scenes(n, split, seed=seed, progress=progress)
            names = [f"{split}_{i:05d}.png" for i in range(n)]
            ids = range(first, first + n)  # no picture of another split has the same
            first += n
            _write(temporary / f"captions_{split}.json", _captions(data, names, ids))
            _write(temporary / f"instances_{split}.json", _instances(data, names, ids))
            _write(temporary / f"scenes_{split}.json", _truth(data, names, ids, seed))
            karpathy += _karpathy(data, names, ids, split)
            for name, picture in zip(names, data.X if pictures else ()):
                Image.fromarray(picture).save(temporary / "images" / name)
        _write(temporary / "dataset.json", {"dataset": "caption-scenes", "images": karpathy})
        os.rename(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _write(path, content):
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _images(names, ids):
    return [
        {"id": i, "file_name": name, "width": SIDE, "height": SIDE} for i, name in zip(ids, names)
    ]


def _captions(data, names, ids):
    """COCO's captions; a caption's id is 5 times its picture's, and its number."""
    rows = [
        {"id": 5 * i + k, "image_id": i, "caption": sentence["raw"]}
        for i, five in zip(ids, data.sentences)
        for k, sentence in enumerate(five)
    ]
    return {**_head(), "images": _images(names, ids), "annotations": rows}


def _instances(data, names, ids):
    """COCO's instances, boxes as [left, top, width, height]."""
    rows = []
    for n, (i, scene) in enumerate(zip(ids, data.scenes)):
        for k, thing in enumerate(scene.objects):
            rows.append(
                {
                    "id": 4 * i + k,
                    "image_id": i,
                    "category_id": SHAPES.index(thing.shape) + 1,
                    "bbox": data.boxes[n, k].tolist(),
                    "area": int(data.areas[n, k]),
                    "iscrowd": 0,
                    "colour": thing.colour,
                    "size": thing.size,
                }
            )
    kinds = [
        {"id": i, "name": shape, "supercategory": "shape"} for i, shape in enumerate(SHAPES, 1)
    ]
    return {**_head(), "images": _images(names, ids), "annotations": rows, "categories": kinds}


def _head():
    return {"info": {"description": "caption-scenes, drawn by the kit"}, "licenses": []}


def _truth(data, names, ids, seed):
    rows = [
        {
            "id": i,
            "file_name": name,
            "index": scene.index,
            "objects": [vars(thing) for thing in scene.objects],
            "relations": scene.relations(),
            "sentences": sentences,
        }
        for i, name, scene, sentences in zip(ids, names, data.scenes, data.sentences)
    ]
    return {"seed": seed, "scenes": rows}


def _karpathy(data, names, ids, split):
    """Karpathy's rows of one split."""
    return [
        {
            "imgid": i - 1,
            "cocoid": i,
            "filename": name,
            "filepath": "images",
            "split": split,
            "sentids": [5 * i + k for k in range(len(five))],
            "sentences": [
                {"sentid": 5 * i + k, "imgid": i - 1, "raw": s["raw"], "tokens": list(s["words"])}
                for k, s in enumerate(five)
            ],
        }
        for i, name, five in zip(ids, names, data.sentences)
    ]
