"""The page of captions in a real browser: it loads from its file alone, fits, sorts, searches."""

import os

import numpy as np
import pytest

from cs231n.captioning.inputs import InputPicture
from cs231n.captioning.predictions import Caption, Prediction
from cs231n.pages.captions import write_caption_page

pytestmark = [pytest.mark.browser, pytest.mark.assignment3]
SECONDS = 10  # to load 1,000 pictures, which takes 1 to 3
HOSTILE = "</script><script>document.title='broken'</script><b onclick='x'>\"&amp;'$title.png"
WRONG = ("colour", "relation", "grammar")
# Decodes every picture; fails where one cannot be shown.
DECODE = """async () => {
  const pictures = [...document.querySelectorAll(".card img")];
  for (const picture of pictures) await picture.decode();
  return pictures.length;
}"""
# The contrast of every piece of text that stands on a plain ground.
CONTRAST = """() => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let worst = [99, ""];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.matches("script")) continue;
    let ground = element, back;
    do { back = parse(getComputedStyle(ground).backgroundColor); ground = ground.parentElement; }
    while (ground && back[3] !== undefined && back[3] < 0.5);
    const pair = [light(parse(getComputedStyle(element).color)), light(back)].sort((a, b) => b - a);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (contrast < worst[0]) worst = [contrast, element.className + ": " + element.textContent];
  }
  return worst;
}"""


def caption(text, *odds, **known):
    words = tuple(text.split())
    return Caption((*words, "<END>"), tuple(np.log([*odds, *[0.9] * (len(words) + 1)])), **known)


def prediction(i, *captions, name=None, references=()):
    picture = np.full((8, 8, 3), i % 251, dtype=np.uint8)
    return Prediction(InputPicture(i, name or f"{i}.png", None, picture, references), captions)


def write_scenes(folder, count):
    """A page of scenes, of which every other sentence is true; the last is the likeliest."""
    found = []
    others = caption("a star", truth="true"), caption("a ring", truth="false", wrong="shape")
    for i in range(count):
        known = {"truth": "true"} if i % 2 else {"truth": "false", "wrong": WRONG[i % 3]}
        text = f"there is a {'red' if i % 5 else 'blue'} star number{i}"
        logprobs = (-2 + i / count, *(-0.1,) * 6)
        first = Caption((*text.split(), "<END>"), logprobs, **known)
        found.append(prediction(i, first, *others, references=("Two rings.", f"Reference {i}.")))
    return write_caption_page(folder / "page.html", found, "What a run says").as_uri()


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    return write_scenes(tmp_path_factory.mktemp("thousand"), 1000)


@pytest.fixture(scope="module")
def hundred(tmp_path_factory):
    return write_scenes(tmp_path_factory.mktemp("hundred"), 100)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A few photographs with references, and names and words that want to be more."""
    bad = caption("a <img src=x onerror=alert(1)> dog", cider=0.25)
    found = [
        prediction(0, bad, name=HOSTILE, references=("</script>'\"", "two")),
        prediction(1, caption("a dog", cider=3.5), references=("a dog",)),
        prediction(2, caption("", cider=1.0), references=("a cat",)),
        prediction(3, caption("a cat on a mat", cider=0.5)),
    ]
    path = tmp_path_factory.mktemp("hostile") / "page.html"
    problems = [(HOSTILE, "is damaged")]
    return write_caption_page(path, found, HOSTILE, [(HOSTILE, HOSTILE)], problems).as_uri()


@pytest.fixture
def open_page(browser):
    """Open an address on a screen; what it asks of a network and says is kept, and is nothing."""
    opened = []

    def open_(address, width=1280, scheme="light", **options):
        viewport = {"width": width, "height": 800}
        page = browser.new_page(viewport=viewport, color_scheme=scheme, **options)
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(address)
        opened.append((page, address))
        return page

    yield open_
    for page, address in opened:
        asked, said = page.asked, page.said
        page.close()
        assert {url for url in asked if not url.startswith("data:")} == {address}
        assert said == []


def names(page):
    return page.locator(".card .name").all_text_contents()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (390, "light"), (1400, "dark")])
def test_a_thousand_pictures_load_and_fit(open_page, thousand, width, scheme):
    page = open_page(thousand, width, scheme)
    if shots := os.environ.get("CS231N_SCREENSHOTS"):
        page.screenshot(path=f"{shots}/captions-{width}.png")
    took = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert took < 1000 * SECONDS
    assert page.locator(".card").count() == 1000
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(DECODE) == 1000
    page.locator("#referenced").check()
    page.locator(".picture").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    dialog = page.locator("dialog")
    assert dialog.evaluate("d => d.scrollWidth <= d.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(open_page, hundred, hostile, scheme):
    for address in (hundred, hostile):
        page = open_page(address, scheme=scheme)
        page.locator("#referenced").check()
        page.locator("#search").fill("a")
        page.locator(".w.hit").first.hover()
        for _ in range(2):  # the page, then a picture in it
            contrast, where = page.evaluate(CONTRAST)
            assert contrast >= 4.5, where
            page.locator(".picture").first.dispatch_event("click")


def test_sorting(open_page, hundred):
    page = open_page(hundred)
    assert names(page)[:2] == ["0.png", "1.png"]
    orders = {"sure": "99.png", "unsure": "0.png", "word": "99.png", "unword": "0.png"}
    for order, first in orders.items():
        page.locator("#sort").select_option(order)
        assert names(page)[0] == first, order
    page.locator("#sort").select_option("mixed")
    assert len(set(names(page))) == 100
    assert names(page)[:2] != ["0.png", "1.png"]
    assert "score" not in page.locator("#sort option").evaluate_all("all => all.map(o => o.value)")


def test_searching_marks_words_and_counts(open_page, hundred):
    page = open_page(hundred)
    page.locator("#search").fill("  BLUE  star ")
    page.get_by_text("20 of 100 pictures").wait_for()
    assert names(page)[:3] == ["0.png", "5.png", "10.png"]
    marked = page.locator(".card").first.locator(".w.hit")
    assert marked.all_inner_texts() == ["blue", "star"]
    page.locator("#search").fill("reference 77.")
    page.get_by_text("No picture fits.").wait_for()
    assert page.locator(".w.hit").count() == 0
    page.locator("#referenced").check()
    assert names(page) == ["77.png"]
    assert page.get_by_text("Reference 77.").is_visible()
    page.locator("#search").fill("nothing of the kind")
    page.get_by_role("button", name="Show all again").click()
    assert page.locator(".card").count() == 100


def test_right_and_wrong(open_page, hundred):
    page = open_page(hundred)
    counts = {}
    for chip in page.locator(".chips button").all():
        chip.click()
        counts[chip.inner_text()] = page.locator(".card").count()
        assert chip.get_attribute("aria-pressed") == "true"
        assert page.locator(".chips [aria-pressed=true]").count() == 1
    assert counts == {
        "all 100": 100,
        "true 50": 50,
        "not true 50": 50,
        "wrong colour 17": 17,
        "wrong relation 16": 16,
        "no sentence of the grammar 17": 17,
    }
    chip.click()  # once more: all
    assert page.locator(".card").count() == 100
    page.get_by_role("button", name="wrong relation").click()
    assert page.locator(".card .wrong").first.inner_text() == "✗ wrong relation"


def test_a_tenth_and_a_search_go_together(open_page, hundred):
    page = open_page(hundred)
    bar = page.locator(".tenths button").nth(9)
    assert bar.get_attribute("aria-label").startswith("Tenth 10: share of true sentences 50 %")
    bar.click()
    assert names(page) == [f"{i}.png" for i in range(90, 100)]
    page.get_by_role("button", name="not true").click()
    assert page.locator("#count").inner_text() == "5 of 100 pictures"
    bar.click()
    assert page.locator("#count").inner_text() == "50 of 100 pictures"


def test_a_word_says_its_probability_under_the_pointer(open_page, hundred):
    page = open_page(hundred)
    words, tip = page.locator(".card").nth(3).locator(".w"), page.locator("#tip")
    words.nth(0).hover()
    assert tip.inner_text() == "there: 14 %, log-probability −1.97"
    words.nth(6).hover()
    assert tip.inner_text() == "end of the sentence: 90 %, log-probability −0.10"
    box, word = tip.bounding_box(), words.nth(6).bounding_box()
    assert box["y"] + box["height"] <= word["y"]
    page.mouse.move(2, 2)
    assert tip.is_hidden()


def test_a_word_says_its_probability_at_a_tap(open_page, hundred):
    page = open_page(hundred, 390, has_touch=True)
    words, tip = page.locator(".card").nth(1).locator(".w"), page.locator("#tip")
    for i in (3, 0):
        words.nth(i).tap()
        assert tip.inner_text().startswith(words.nth(i).inner_text() + ": ")
        box = tip.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    page.locator("h1").tap()
    assert tip.is_hidden()


def test_a_word_says_its_probability_by_keys(open_page, hundred):
    page = open_page(hundred)
    page.locator(".picture").nth(2).focus()
    page.keyboard.press("Tab")
    tip, heard = page.locator("#tip"), page.locator("#heard")
    assert tip.inner_text().startswith("there: 14 %")
    for key, word in [("ArrowRight", "is"), ("End", "end of the sentence"), ("Home", "there")]:
        page.keyboard.press(key)
        assert tip.inner_text().startswith(f"{word}: ")
        assert heard.inner_text() == tip.inner_text()
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "picture"


def test_a_picture_opens_with_all_that_was_weighed(open_page, hundred):
    page = open_page(hundred)
    page.locator("#sort").select_option("sure")
    page.locator(".picture").nth(1).click()
    dialog = page.locator("dialog")
    assert dialog.locator("#whose").inner_text() == "98.png"
    assert dialog.locator(".place").inner_text() == "2 of 100"
    weighed = dialog.locator(".weighed button")
    assert weighed.count() == 3
    assert "✗ wrong shape" in weighed.nth(2).inner_text()
    assert dialog.locator(".bars tr").count() == 7
    weighed.nth(1).click()
    assert dialog.locator(".bars th").all_inner_texts() == ["a", "star", "end"]
    assert dialog.locator(".given li").all_inner_texts() == ["Two rings.", "Reference 98."]
    page.keyboard.press("ArrowLeft")
    assert dialog.locator("#whose").inner_text() == "99.png"
    page.keyboard.press("ArrowLeft")  # there is none before it
    dialog.get_by_label("Next picture").click()
    dialog.get_by_label("Next picture").click()
    assert dialog.locator("#whose").inner_text() == "97.png"
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Details of 97.png"


def test_words_and_names_stay_words_and_names(open_page, hostile):
    page = open_page(hostile)
    assert page.title() == HOSTILE
    assert page.locator("h1").inner_text() == HOSTILE
    assert names(page)[0] == HOSTILE
    assert page.locator(".said").first.inner_text().startswith("a <img src=x onerror=alert(1)> dog")
    assert page.locator(".card img").count() == 4
    page.locator("summary").first.click()
    assert page.locator("header dd").last.inner_text() == HOSTILE
    page.locator(".picture").first.click()
    assert page.locator("#whose").inner_text() == HOSTILE
    assert page.locator(".given li").first.inner_text() == "</script>'\""


def test_scores_are_shown_sorted_and_chosen(open_page, hostile):
    page = open_page(hostile)
    assert page.get_by_text("It is a score, not the truth").is_visible()
    assert page.locator(".card").nth(1).locator(".numbers").inner_text().endswith("CIDEr-D 3.50")
    page.locator("#sort").select_option("score")
    assert names(page)[:2] == ["1.png", "2.png"]
    page.locator("#sort").select_option("unscore")
    assert names(page)[1:] == ["3.png", "2.png", "1.png"]
    page.get_by_role("button", name="CIDEr-D 1 to 2").click()
    assert names(page) == ["2.png"]
