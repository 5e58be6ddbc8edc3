"""A page of pictures with the sentences that a model wrote about them.

One HTML file: pictures, style and script are in it, and it asks nothing of any network. The data
comes in parts, so that the first pictures are seen while the rest is still read.
"""

import base64
import io
import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from pathlib import Path
from string import Template

import numpy as np
from PIL import Image

from cs231n.captioning.predictions import Prediction
from cs231n.files.cache import whole_file
from cs231n.pages.caption_numbers import FEWEST, chosen_captions, deciles, summary

__all__ = ["thumbnail", "with_thumbnail", "write_caption_page"]

HERE = Path(__file__)
PART = 50  # pictures that are read, and shown, together
QUALITY = 78
LEAST = 192  # pixels a side: smaller pictures are enlarged
TRUTHS = {"true": "true", "false": "not true"}
WRONGS = {
    "colour": "wrong colour",
    "size": "wrong size",
    "shape": "wrong shape",
    "object": "no such object",
    "number": "wrong number",
    "relation": "wrong relation",
    "the": "“the” fits several",
    "grammar": "no sentence of the grammar",
}
BANDS = ((0, 1), (1, 2), (2, 4), (4, math.inf))  # of CIDEr-D
SORTS = {
    "given": "in order",
    "mixed": "mixed",
    "sure": "likeliest first",
    "unsure": "least likely first",
    "word": "likeliest per word",
    "unword": "least likely per word",
}
SCORE_SORTS = {"score": "best CIDEr-D first", "unscore": "worst CIDEr-D first"}


def write_caption_page(
    path: str | Path,
    predictions: list[Prediction],
    title: str,
    facts: Iterable[tuple[str, str]] = (),
    problems: Iterable[tuple[str, str]] = (),
) -> Path:
    """Write the page.

    Parameters
    ----------
    path : str or Path
        The file; its folder is made if need be.
    predictions : list of Prediction
        With their pictures or thumbnails; `captioning.predictions.with_scores` gives them CIDEr-D.
    title : str
        What stands on top.
    facts : iterable of (str, str)
        Names and values: how the sentences were made.
    problems : iterable of (str, str)
        Files that could not be read, and why.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If there is no picture.
    """
    if not predictions:
        raise ValueError("write_caption_page: there is no picture to show; give one at least.")
    places = deciles(predictions)
    page = Template(_own()).substitute(
        title=escape(title),
        style=_own("_style"),
        script=_own("_script"),
        count=f"{len(predictions):,}",
        summary="".join(_summary(predictions)),
        chart=_chart(predictions, places),
        facts="".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts),
        problems=_problems(list(problems)),
        sorts="".join(_sorts(predictions)),
        references=_references(predictions),
        chips=_chips(predictions),
        parts="\n".join(_parts(predictions, places)),
    )
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(page.encode("utf-8", "replace"))
    return path


def with_thumbnail(prediction: Prediction) -> Prediction:
    """Put a thumbnail in the place of the picture, so that many predictions can be kept."""
    picture = prediction.picture
    if picture.pixels is None:
        return prediction
    small = replace(picture, pixels=None, thumbnail=thumbnail(picture.pixels))
    return replace(prediction, picture=small)


def thumbnail(picture: np.ndarray) -> bytes:
    """Encode a picture (H, W, 3) of uint8 as WebP; a tiny one enlarged, as browsers notch those."""
    image, buffer = Image.fromarray(picture), io.BytesIO()
    times = -(-LEAST // max(image.size))
    if times > 1:
        size = tuple(times * side for side in image.size)
        image = image.resize(size, Image.Resampling.BICUBIC)
    image.save(buffer, "WEBP", quality=QUALITY)
    return buffer.getvalue()


def _own(part=""):
    return HERE.with_name(f"{HERE.stem}{part}.html").read_text(encoding="utf-8")


def _parts(predictions, places):
    """Yield the data, as JSON that no word or name can end early, and what reads it."""
    for low in range(0, len(predictions), PART):
        chunk = zip(predictions[low : low + PART], places[low : low + PART])
        text = json.dumps([_row(one, tenth) for one, tenth in chunk], separators=(",", ":"))
        text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        yield f'<script type="application/json">{text}</script><script>more();</script>'


def _row(one, tenth):
    """A picture as the script reads it."""
    picture = with_thumbnail(one).picture
    return {
        "n": picture.name,
        "s": [
            [
                caption.words,
                [round(p, 4) for p in caption.logprobs],
                round(caption.logprob, 4),
                caption.truth,
                caption.wrong,
                None if caption.cider is None else round(caption.cider, 4),
            ]
            for caption in one.captions
        ],
        "r": picture.references,
        "k": tenth,
        "picture": base64.b64encode(picture.thumbnail).decode(),
    }


def _summary(predictions):
    """Yield the numbers on top."""
    for name, value, note in summary(predictions):
        small = f"<small>{note}</small>" if note else ""
        yield f"<div><dt>{name}</dt><dd>{value}{small}</dd></div>"


def _chart(predictions, places):
    """Whether likelier sentences are better ones: a bar for each tenth."""
    first, judged, scored = chosen_captions(predictions)
    known = len(judged) == len(first) or len(scored) == len(first)
    if len(first) < FEWEST or not known:
        return ""
    groups = [[s for s, place in zip(first, places) if place == k] for k in range(10)]
    if judged:
        values = [sum(s.truth == "true" for s in group) / len(group) for group in groups]
        words, top = [f"{100 * value:.0f} %" for value in values], 1.0
        what = "share of true sentences"
    else:
        values = [sum(s.cider for s in group) / len(group) for group in groups]
        words, top = [f"{value:.1f}" for value in values], max(*values, 0.01)
        what = "mean CIDEr-D"
    bars = []
    for k, (group, value, word) in enumerate(zip(groups, values, words)):
        low, high = (f"{f(s.logprob for s in group):.1f}".replace("-", "−") for f in (min, max))
        label = f"Tenth {k + 1}: {what} {word}, log-probability {low} to {high}"
        bars.append(
            f'<button type="button" aria-pressed="false" data-tenth="{k}" title="{label}" '
            f'aria-label="{label}"><b>{word}</b><i style="--share:{value / top:.3f}"></i>'
            f"<small>{low}</small></button>"
        )
    return (
        f'<figure class="chart"><figcaption>Are likelier sentences better? The {what}, by tenths '
        "of the pictures; below each its lowest log-probability. Press one to see it."
        f'</figcaption><div class="tenths">{"".join(bars)}</div>'
        '<div class="ends"><span>← least likely</span><span>likeliest →</span></div></figure>'
    )


def _chips(predictions):
    """Buttons that choose: by truth, or by score where nobody knows the truth."""
    first, judged, scored = chosen_captions(predictions)
    chips = [("", "", "all", len(first), "")]
    if judged:
        truths = Counter("true" if s.truth == "true" else "false" for s in judged)
        wrong = Counter(s.wrong for s in judged)
        chips += [("truth", key, name, truths[key], "") for key, name in TRUTHS.items()]
        chips += [("wrong", key, name, wrong[key], "") for key, name in WRONGS.items()]
    elif scored:
        for low, high in BANDS:
            name = f"CIDEr-D {low} to {high}" if high < math.inf else f"CIDEr-D from {low}"
            count = sum(low <= s.cider < high for s in scored)
            bounds = f' data-low="{low}" data-high="{min(high, 99)}"'
            chips.append(("score", str(low), name, count, bounds))
    else:
        return ""
    buttons = "".join(
        f'<button type="button" aria-pressed="{str(not kind).lower()}" data-kind="{kind}" '
        f'data-value="{value}"{bounds}>{name} <b>{count:,}</b></button>'
        for kind, value, name, count, bounds in chips
        if count or not kind
    )
    group = f'<div class="chips" role="group" aria-label="Which pictures">{buttons}</div>'
    if not judged:
        group += (
            '<p class="small">CIDEr-D says how like its references a sentence is, among these '
            "pictures. It is a score, not the truth: a right sentence that nobody wrote scores low."
            "</p>"
        )
    return group


def _sorts(predictions):
    _, _, scored = chosen_captions(predictions)
    names = {**SORTS, **(SCORE_SORTS if scored else {})}
    return (f'<option value="{key}">{name}</option>' for key, name in names.items())


def _references(predictions):
    if not any(one.picture.references for one in predictions):
        return ""
    return '<label><input id="referenced" type="checkbox"><span>References</span></label>'


def _problems(problems):
    if not problems:
        return ""
    rows = "".join(f"<li>{escape(name)} {escape(why)}</li>" for name, why in problems)
    files = "1 file" if len(problems) == 1 else f"{len(problems):,} files"
    return (
        f'<details class="facts"><summary>{files} could not be read</summary><ul>{rows}</ul>'
        "</details>"
    )
