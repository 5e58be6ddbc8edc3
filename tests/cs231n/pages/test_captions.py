"""The page of captions: its numbers, what it embeds, and that no word or name gets out."""

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cs231n.captioning.inputs import InputPicture
from cs231n.captioning.predictions import Caption, Prediction, with_scores
from cs231n.drawn.scenes import load_caption_scenes
from cs231n.pages import captions
from cs231n.pages.captions import thumbnail, write_caption_page

pytestmark = pytest.mark.assignment3


def caption(text, logprob=-1.0, **known):
    words = text.split()
    return Caption(tuple(words), (logprob / max(1, len(words)),) * len(words), **known)


def prediction(i, *captions, references=(), name=None, picture=None):
    picture = np.full((20, 20, 3), 9 * i % 256, np.uint8) if picture is None else picture
    return Prediction(InputPicture(i, name or f"{i}.png", None, picture, references), captions)


def written(folder, predictions, **options):
    path = write_caption_page(folder / "deep" / "page.html", predictions, "A title", **options)
    return path.read_text(encoding="utf-8")


def rows_of(page):
    """What the page's script will read, part by part."""
    parts = re.findall(r'<script type="application/json">(.*?)</script>', page)
    return [json.loads(part) for part in parts]


def shown(page):
    """The numbers on top of the page."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)(?:<small>(.*?)</small>)?</dd>", page)
    return {name: (value, note) for name, value, note in pairs}


def chips(page):
    return re.findall(r'data-value="([^"]*)"[^>]*>([^<]*) <b>([\d,]+)</b>', page)


def test_the_page_is_one_file_that_asks_for_nothing(tmp_path):
    page = written(tmp_path, [prediction(0, caption("a star"))])
    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href|url\()\s*=?\s*[\"']?(?!data:)(?:https?:|//|\.)", page) == []
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["page.html"]


def test_rows_hold_the_sentences_and_the_pictures(tmp_path):
    first, other = caption("a red star", -1.5, truth="false", wrong="colour"), caption("a star", -3)
    page = written(tmp_path, [prediction(7, first, other, references=("Ein Stern ⭐.",))])
    [[row]] = rows_of(page)
    assert row["n"] == "7.png"
    assert row["s"][0] == [["a", "red", "star"], [-0.5] * 3, -1.5, "false", "colour", None]
    assert row["s"][1][:3] == [["a", "star"], [-1.5] * 2, -3]
    assert row["r"] == ["Ein Stern ⭐."]
    with Image.open(io.BytesIO(base64.b64decode(row["picture"]))) as image:
        assert image.format == "WEBP"
        assert abs(np.asarray(image.convert("RGB")).astype(int) - 63).max() <= 3


def test_pictures_come_in_parts_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(captions, "PART", 4)
    parts = rows_of(written(tmp_path, [prediction(i, caption("a")) for i in range(10)]))
    assert [len(part) for part in parts] == [4, 4, 2]
    assert [row["n"] for part in parts for row in part] == [f"{i}.png" for i in range(10)]


def test_no_word_or_name_ends_the_data_early(tmp_path):
    evil = "</script><script>alert(1)</script><!--\u2028'\"&$title${style}\udcff"
    path = tmp_path / "page.html"
    sentence = Caption((evil, "<END>"), (-1.0, -0.5))
    found = [prediction(0, sentence, name=evil, references=(evil,))]
    page = write_caption_page(path, found, evil, [(evil, evil)], [(evil, evil)]).read_bytes()
    page = page.decode("utf-8")
    plain = written(tmp_path, [prediction(0, caption("a"))])
    for mark in ("<script", "</script", "<!--"):
        assert page.lower().count(mark) == plain.lower().count(mark), mark
    [[row]] = rows_of(page)
    assert (row["n"], row["s"][0][0][0], row["r"]) == (evil, evil, [evil])
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page


def test_the_numbers_on_top_where_the_truth_is_known(tmp_path):
    found = [prediction(i, caption("a star", -2.0, truth="true")) for i in range(3)]
    found.append(prediction(3, caption("a ring", -4.0, truth="false", wrong="shape")))
    found.append(prediction(4, caption("ring a", -4.0, truth="ungrammatical", wrong="grammar")))
    page = written(tmp_path, found, facts=[("seed", "7")])
    numbers = shown(page)
    assert numbers["pictures"][0] == "5"
    assert numbers["different sentences"][0] == "3"
    assert numbers["true sentences"][0] == "60.0 %"
    assert numbers["mean log-probability"] == ("−2.80", "25 % a word")  # exp(-14 / 10)
    assert numbers["seed"][0] == "7"
    assert "CIDEr-D" not in page.split("<script>")[0].split("</style>")[1]
    assert chips(page) == [
        ("", "all", "5"),
        ("true", "true", "3"),
        ("false", "not true", "2"),
        ("shape", "wrong shape", "1"),
        ("grammar", "no sentence of the grammar", "1"),
    ]


def test_the_numbers_on_top_where_references_are_known(tmp_path):
    found = [
        prediction(0, caption("a red star on a wall"), references=("a red star on a wall",)),
        prediction(1, caption("a big dog in a wood"), references=("a blue ring over there",)),
        prediction(2, caption("nobody knows")),
    ]
    scored = with_scores(found)
    page = written(tmp_path, scored)
    numbers = shown(page)
    mean = (scored[0].captions[0].cider + scored[1].captions[0].cider) / 2
    assert numbers["mean CIDEr-D"][0] == f"{mean:.2f}"
    # 6, 5, 4 and 3 of the 12, 10, 8 and 6 n-grams are right, and one word of the second sentence
    assert numbers["BLEU-4"][0] == f"{(7 / 12 * 5 / 10 * 4 / 8 * 3 / 6) ** 0.25:.2f}"
    assert [(name, count) for _, name, count in chips(page)] == [
        ("all", "3"),
        ("CIDEr-D 0 to 1", "1"),
        ("CIDEr-D from 4", "1"),
    ]
    assert "It is a score, not the truth" in page
    assert 'value="score"' in page


def test_what_sentences_reach_when_they_are_exchanged(tmp_path):
    drawn = load_caption_scenes(60, "val")
    found = []
    for i, scene in enumerate(drawn.scenes):
        given = InputPicture(i, str(i), None, None, (drawn.sentences[i][0]["raw"],), scene)
        found.append(Prediction(given, (caption(drawn.sentences[i][0]["raw"], truth="true"),)))
    value, note = shown(written(tmp_path, found))["true sentences"]
    assert value == "100.0 %"
    assert 0 <= float(re.fullmatch(r"([\d.]+) % if exchanged", note)[1]) < 30
    unknown = [replace(one, picture=replace(one.picture, scene=None)) for one in found]
    unknown = [replace(one, captions=(caption(one.captions[0].text),)) for one in unknown]
    value, note = shown(written(tmp_path, with_scores(unknown)))["mean CIDEr-D"]
    assert float(value) > 8
    assert 0 < float(re.fullmatch(r"of 10; ([\d.]+) if exchanged", note)[1]) < 2


def test_photographs_alone_have_no_chips_and_no_chart(tmp_path):
    page = written(tmp_path, [prediction(i, caption("a")) for i in range(60)])
    assert chips(page) == []
    assert '<figure class="chart">' not in page
    assert 'id="referenced"' not in page
    assert 'value="score"' not in page


def test_tenths_go_from_the_least_likely_to_the_likeliest(tmp_path):
    order = np.random.default_rng(0).permutation(60)
    found = [
        prediction(i, caption("a b", -1.0 - place, truth="true" if place < 12 else "false"))
        for i, place in enumerate(order.tolist())
    ]
    page = written(tmp_path, found)
    tenths = {row["n"]: row["k"] for part in rows_of(page) for row in part}
    assert [tenths[f"{i}.png"] for i in np.argsort(-order)] == [k // 6 for k in range(60)]
    labels = re.findall(r'aria-label="(Tenth [^"]*)"', page)
    assert labels[9] == "Tenth 10: share of true sentences 100 %, log-probability −6.0 to −1.0"
    assert labels[7] == "Tenth 8: share of true sentences 0 %, log-probability −18.0 to −13.0"


def test_files_that_could_not_be_read_are_listed(tmp_path):
    page = written(tmp_path, [prediction(0, caption("a"))], problems=[("b.jpg", "is empty")])
    assert "1 file could not be read" in page
    assert "<li>b.jpg is empty</li>" in page


def test_a_page_needs_a_picture(tmp_path):
    with pytest.raises(ValueError, match="there is no picture to show; give one at least"):
        write_caption_page(tmp_path / "page.html", [], "none")


@pytest.mark.parametrize(("side", "becomes"), [(64, 192), (224, 224)])
def test_thumbnails_are_small_files_and_no_small_pictures(rng, side, becomes):
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    picture = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC))
    data = thumbnail(picture)
    assert len(data) < 8000
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (becomes, becomes)
        small = np.asarray(image.convert("RGB").resize((side, side)), dtype=float)
    assert abs(small - picture).mean() < 6


def test_a_picture_that_is_not_there_leaves_its_place_empty(tmp_path):
    one = Prediction(InputPicture(0, "a.png", None), (caption("a"),))
    [[row]] = rows_of(written(tmp_path, [one]))
    assert row["picture"] == ""
