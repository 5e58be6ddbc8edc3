"""The page of activations in a real browser: it loads from a file alone, fits, and enlarges."""

import os

import numpy as np
import pytest

from cs231n.classifiers.layered_net import LayeredNet
from cs231n.pages.activations import write_activations_page

pytestmark = [pytest.mark.browser, pytest.mark.assignment2]
LAYERS = [["conv", 40, 3], "relu", ["pool", 2], ["conv", 6, 3], ["affine", 70], "relu"]
# Decodes every picture that the style or the page holds; fails where one cannot be shown.
DECODE = """async () => {
  const uris = [...document.images].map(image => image.src);
  const style = document.querySelector("style").textContent;
  for (const [, uri] of style.matchAll(/url\\((data:.*?)\\)/g)) uris.push(uri);
  for (const uri of uris) { const image = new Image(); image.src = uri; await image.decode(); }
  return uris.length;
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    net = LayeredNet([*LAYERS, ["affine", 5]], (3, 24, 20), seed=0, mean=120, std=60)
    picture = np.random.default_rng(0).integers(0, 256, (24, 20, 3), dtype=np.uint8)
    out = tmp_path_factory.mktemp("page")
    return write_activations_page(net, picture, out, "net", "noise").as_uri()


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (390, "light"), (1280, "light")])
def test_it_loads_from_its_file_alone_and_fits(page, address, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    page.wait_for_load_state()
    if shots := os.environ.get("CS231N_SCREENSHOTS"):
        page.screenshot(path=f"{shots}/activations-{width}.png", full_page=True)
    assert (
        page.evaluate(DECODE) == 3 + 2 + 3 + 1
    )  # views, units, sheets, the photograph behind a map
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert {url for url in page.asked if not url.startswith("data:")} == {address}
    assert page.said == []


def test_a_click_enlarges_and_arrows_go_on(page, address):
    page.goto(address)
    tiles = page.locator("#stage0 > .layer .maps button")
    assert tiles.count() == 32  # of 40
    tiles.nth(3).click()
    dialog = page.locator("dialog")
    assert dialog.is_visible()
    words = dialog.locator("p")
    assert words.inner_text() == "relu1, " + tiles.nth(3).get_attribute("title")
    shape = dialog.locator(".view i").first.bounding_box()
    assert shape["width"] / shape["height"] == pytest.approx(20 / 24, rel=0.02)
    page.keyboard.press("ArrowRight")
    assert words.inner_text() == "relu1, " + tiles.nth(4).get_attribute("title")
    dialog.get_by_label("Stronger").click()
    dialog.get_by_label("Stronger").click()
    assert words.inner_text() == "relu1, " + tiles.nth(2).get_attribute("title")
    page.keyboard.press("Escape")
    assert dialog.is_hidden()


def test_a_block_of_the_way_leads_to_its_stage(page, address):
    page.goto(address)
    page.locator("nav a").nth(2).click()
    page.wait_for_timeout(800)  # it glides there
    box = page.locator("#stage2").bounding_box()
    assert box["y"] < page.viewport_size["height"]
    assert page.locator("nav a.here").count() >= 1
