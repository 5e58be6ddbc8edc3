"""Pictures as regions, with sentences, from whatever a person names: scenes, a folder, a set."""

from pathlib import Path

from cs231n.captioning.features import PLACES, picture_size
from cs231n.captioning.sets import SCENES
from cs231n.data.image_folders import decode_picture
from cs231n.data.photo_folders import read_file
from cs231n.drawn import scenes as caption_scenes
from cs231n.drawn.worlds import SPLITS
from cs231n.matching.data import objects_of_scenes, windows_of_scenes
from cs231n.matching.photographs import load_photographs

__all__ = ["default_regions", "load_regions", "pixels_of"]

OF_SCENES = {"objects": objects_of_scenes, "sliding": windows_of_scenes}
TRAINED_ON = 2000  # of the embedded scenes, unless there is more time


def default_regions(data):
    """Return the regions that are taken of a set unless others are asked for."""
    return "objects" if str(data) == SCENES else "grid"


def load_regions(data, splits, regions=None, report=None, progress=True):
    """Load pictures with sentences.

    Parameters
    ----------
    data : str or Path
        "scenes", or as of `photographs.load_photographs`.
    splits : sequence of str
    regions : str, optional
        One of `settings.REGIONS`.
    report, progress :
        As of `photographs.load_photographs`.

    Returns
    -------
    dict of str to RegionSet
        By split.

    Raises
    ------
    LookupError, FileNotFoundError
        If there is no such set or file.
    ValueError
        If the set has no such regions or split, or nothing can be read.
    """
    regions = regions or default_regions(data)
    embedded = str(data) == SCENES
    if embedded != (regions in OF_SCENES):
        fitting = "objects or sliding" if embedded else "whole or grid"
        raise ValueError(f"{data} has no regions of the kind {regions!r}; take {fitting}.")
    if not embedded:
        return load_photographs(data, splits, regions, report, progress)
    sizes = caption_scenes.SIZES
    unknown = [split for split in splits if split not in sizes]
    if unknown:
        raise ValueError(
            f"the split {unknown[0]!r} has no pictures; these have: {', '.join(sizes)}."
        )
    found = {}
    for split in splits:
        count = min(sizes[split], TRAINED_ON)
        drawn = caption_scenes.load_caption_scenes(count, split, progress=progress)
        found[split] = OF_SCENES[regions](drawn)
    return found


def pixels_of(names):
    """Yield the pictures (H, W, 3) of uint8 that have these names, cut as models see them."""
    chunk = {}  # scenes lie in files of many
    for name in names:
        if not name.startswith("scene:"):
            yield decode_picture(read_file(Path(name)), picture_size(PLACES))
            continue
        split, _, index = name.removeprefix("scene:").partition("/")
        place = split, int(index) // caption_scenes.CHUNK
        if place not in chunk:
            low = place[1] * caption_scenes.CHUNK
            count = min(caption_scenes.CHUNK, SPLITS[split] - low)
            drawn = caption_scenes.load_caption_scenes(count, split, low, progress=False)
            chunk = {place: drawn.X}
        yield chunk[place][int(index) % caption_scenes.CHUNK]
