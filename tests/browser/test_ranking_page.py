"""The page of sentences and the pictures that they find, in a real browser, offline."""

import numpy as np
import pytest

from cs231n.drawn.scenes import load_caption_scenes
from cs231n.language.vocabulary import Vocabulary
from cs231n.matching.data import Spread, objects_of_scenes
from cs231n.matching.matcher import Matcher
from cs231n.matching.model import MatchingModel
from cs231n.matching.settings import Settings
from cs231n.pages.captions import thumbnail
from cs231n.pages.ranking import find_all, write_ranking_page

pytestmark = [pytest.mark.assignment4, pytest.mark.browser]
COUNT = 12


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """(what was found, the pictures, the file): an untrained model on twelve scenes."""
    drawn = load_caption_scenes(COUNT, "val", progress=False)
    data = objects_of_scenes(drawn)
    data.sentences[0][0] = ["<script>alert(1)</script>", "&", "star"]
    vocabulary = Vocabulary.count(data.flat_sentences, 1)
    model = MatchingModel(22, len(vocabulary), Settings(dim=8), seed=1)
    matcher = Matcher([model], vocabulary, Spread.of(data), "objects", {"data": "scenes"})
    found = find_all(matcher, data, 0.05)
    thumbnails = [thumbnail(picture) for picture in drawn.X]
    path = tmp_path_factory.mktemp("page") / "deep" / "ranking.html"
    return found, data, write_ranking_page(path, found, data, thumbnails, "A <title>", [("a", "b")])


@pytest.fixture
def page(browser, written):
    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 900})
    page, problems = context.new_page(), []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(written[2].as_uri())
    page.wait_for_selector(".found button")
    yield page
    context.close()
    assert problems == []


def test_borders_say_what_is_right(page, written):
    found = written[0]
    for i, query in enumerate(found.queries[:3]):
        section = page.locator(".query").nth(i)
        section.scroll_into_view_if_needed()
        names = [one.get_attribute("class") for one in section.locator("button").all()]
        order = [row[0] for row in query["f"]]
        assert names[:5] == ["right" if n == query["o"] else "wrong" for n in order[:5]]
        assert names[5:] == ["missed"] * (len(order) - 5)
        scores = [row[1] for row in query["f"]]
        shown = [float(text) for text in section.locator(".score").all_inner_texts()]
        np.testing.assert_allclose(shown, scores, atol=6e-3)


def test_a_tap_shows_where_the_words_are_and_the_best_sentences(page, written):
    found, data, _ = written
    page.locator(".query").nth(1).locator("button").first.click()
    n, _, ground = found.queries[1]["f"][0]
    words = page.locator(".words li").all_inner_texts()
    assert [line.split()[0] for line in words] == data.flat_sentences[1]
    assert page.locator(".frame i").count() == len({region for region, _ in ground})
    box, frame = (
        page.locator(".frame i").first.bounding_box(),
        page.locator(".frame").bounding_box(),
    )
    left, _, width, _ = data.boxes[n, ground[0][0]]
    assert abs(box["x"] - frame["x"] - left * frame["width"]) < 2
    assert abs(box["width"] - width * frame["width"]) < 2
    assert page.locator(".best li").count() == 5
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()


def test_sentences_are_searched(page):
    page.fill("#search", "script")
    assert page.inner_text("#count") == "0 sentences"
    page.fill("#search", "<script")
    assert page.inner_text("#count") == "1 sentence"
    assert page.locator(".query:visible h2").inner_text().startswith("<script>alert(1)</script>")


def test_it_fits_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
