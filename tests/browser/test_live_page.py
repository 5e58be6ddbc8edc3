"""The live page in a real browser: it computes what Python computes, trains, writes, and fits."""

import base64
import json
import os

import numpy as np
import pytest
from PIL import Image

from cs231n.classifiers.layered_net import LayeredNet
from cs231n.drawn.pictures10 import PICTURES10_CLASSES, draw_pictures
from cs231n.layers import softmax_loss
from cs231n.pages.live.characters import character_model
from cs231n.pages.live.models import picture_model
from cs231n.pages.live.moving import (
    diverging_colours,
    first_difference,
    pack_floats,
    smoothed,
    unpack_floats,
)
from cs231n.pages.live.writing import write_live_page

pytestmark = [pytest.mark.browser, pytest.mark.assignment4]
SLOWEST = 60_000  # milliseconds that a busy machine may take for some steps
TOLERANCE = 1e-4  # what the page promises; float32 in another order is off by 1e-6
LAYERS = [
    ("conv", 6, 5, {"stride": 2, "pad": 1}),
    "batchnorm",
    "relu",
    ("conv", 8, (1, 3), {"stride": 1, "pad": 1}),
    ("groupnorm", 2),
    "relu",
    ("pool", (3, 2), 2),
    ("dropout", 0.5),
    ("affine", 12),
    "layernorm",
    "relu",
    ("affine", 10),
]
WORDS = tuple("\n abcde<&é")
# Every control has words that say what it is for.
UNNAMED = """() => [...document.querySelectorAll(
  "button, input, select, textarea, [tabindex], canvas[role]")]
  .filter(one => !(one.labels?.length || one.getAttribute("aria-label") || one.textContent.trim()))
  .map(one => one.outerHTML)"""
# Drops a file of these bytes.
DROP = """bytes => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([Uint8Array.from(bytes)], "dropped.png"));
  document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer }));
}"""


@pytest.fixture(scope="module")
def pictures():
    X, y = draw_pictures(80, seed=3)
    parts = {"X_train": X[:60], "y_train": y[:60], "X_val": X[60:], "y_val": y[60:]}
    return parts | {"classes": np.array(PICTURES10_CLASSES)}


@pytest.fixture(scope="module")
def net(pictures):
    """A network whose normalisations have seen a batch."""
    net = LayeredNet(LAYERS, seed=0, mean=[120, 110, 100], std=[60, 61, 62])
    net.forward(net.preprocess(pictures["X_train"]), mode="train")
    return net


@pytest.fixture(scope="module")
def address(tmp_path_factory, net, pictures):
    return write_live_page(picture_model(net), tmp_path_factory.mktemp("live"), pictures).as_uri()


@pytest.fixture(scope="module")
def writer():
    rng, V, D, H = np.random.default_rng(0), len(WORDS), 5, 7
    shapes = {"W_embed": (V, D), "Wx1": (D, 4 * H), "Wh1": (H, 4 * H), "b1": (4 * H,)}
    shapes |= {"Wx2": (H, 4 * H), "Wh2": (H, 4 * H), "b2": (4 * H,)}
    shapes |= {"W_vocab": (H, V), "b_vocab": (V,)}
    params = {key: rng.normal(size=shape).astype(np.float32) for key, shape in shapes.items()}
    return character_model(params, WORDS, name="a writer")


@pytest.fixture(scope="module")
def writing_address(tmp_path_factory, writer):
    return write_live_page(writer, tmp_path_factory.mktemp("write"), beginning="abé").as_uri()


@pytest.fixture
def open_page(browser):
    """Open an address; it asks nothing of any network and has nothing to complain of."""
    opened = []

    def open_(address, width=1280, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address)
        opened.append((page, address, asked, said))
        return page

    yield open_
    for page, address, asked, said in opened:
        page.close()
        assert {url for url in asked if not url.startswith(("data:", "blob:"))} == {address}
        assert said == []


def expect(locator):
    """What is awaited of an element; waiting in the page itself would need `eval`."""
    from playwright.sync_api import expect as awaited

    return awaited(locator)


def outputs_in(page, picture):
    """What comes out of each layer in the page, for a picture (H, W, C) of bytes."""
    code = """bytes => Live.app.watch.nets[0].net
      .forward(Live.app.watch.preprocess(Uint8Array.from(bytes))).map(out => Live.pack(out, []))"""
    return [numbers(out) for out in page.evaluate(code, picture.ravel().tolist())]


def numbers(entry):
    """What a packed entry holds, in one row."""
    count = len(base64.b64decode(entry["data"])) // 4
    return unpack_floats(entry["data"], (count,))


def test_every_layer_gives_the_numbers_of_python(open_page, address, net, pictures):
    page = open_page(address)
    for picture in pictures["X_val"][:3]:
        theirs = outputs_in(page, picture)
        X, ours = net.preprocess(picture[None]), []
        for name in net.layers:
            X = net.forward(X, name, name)[0]
            if not name.startswith("dropout"):
                ours.append(X[0].ravel())
        odds = np.exp(ours[-1].astype(np.float64) - ours[-1].max())
        assert len(theirs) == len(ours) + 1
        assert first_difference([*ours, odds / odds.sum()], theirs, TOLERANCE) is None
    assert "✓ It computes what Python computed" in page.locator("#agreement").inner_text()


def test_a_page_with_other_weights_says_so(open_page, address, tmp_path):
    text = open_page(address).content()
    spoiled = tmp_path / "spoiled.html"
    entry = json.loads(text.split('id="live-data">')[1].split("</script>")[0])
    layer = entry["model"]["layers"][0]["w"]
    layer["data"] = pack_floats(1.01 * numbers(layer))
    before, after = text.split('id="live-data">')[0], text.split("</script>", 1)[1]
    spoiled.write_text(f'{before}id="live-data">{json.dumps(entry)}</script>{after}')
    page = open_page(spoiled.as_uri())
    assert "✗ It does not compute" in page.locator("#agreement").inner_text()


@pytest.mark.parametrize("weights", ["float16", "uint8"])
def test_rounded_weights_are_read_as_python_reads_them(open_page, tmp_path, net, pictures, weights):
    path = write_live_page(picture_model(net), tmp_path, pictures, weights)
    assert "✓" in open_page(path.as_uri()).locator("#agreement").inner_text()


def test_colours_and_curves_are_those_of_python(open_page, address):
    page = open_page(address)
    values = np.random.default_rng(1).normal(size=50)
    code = "values => values.map(value => Live.colour(value, Live.largest(values)))"
    found = page.evaluate(code, values.tolist())
    assert np.abs(np.array(found) - diverging_colours(values)).max() <= 1  # ties of rounding
    found = page.evaluate("values => Live.smoothed(values, 0.9)", values.tolist())
    np.testing.assert_allclose(found, smoothed(values, 0.9), rtol=1e-9)


def steps_in_python(specs, data, batches, rate, momentum, decay):
    """Train a LayeredNet of the same first weights, with the kit's own layers."""
    layers = [("conv", 8, 3), "relu", ("pool", 2), ("conv", 12, 3), "relu", ("pool", 2)]
    net = LayeredNet([*layers, ("affine", 10)], reg=decay)
    for spec in specs:
        for key in ("w", "b"):
            if key in spec:
                value = numbers(spec[key]).reshape(spec[key]["shape"])
                net.params[f"{spec['name']}.{key}"] = value.astype(np.float32)
    velocities = {name: np.zeros_like(value) for name, value in net.params.items()}
    losses = []
    for batch in batches:
        loss, grads = net.loss(data["X"][batch], data["y"][batch])
        losses.append(loss)
        for name, velocity in velocities.items():
            velocity *= momentum
            velocity -= rate * grads[name]
            net.params[name] = net.params[name] + velocity
    return net, losses


def test_the_page_trains_as_python_trains(open_page, address, net, pictures):
    page = open_page(address)
    batches = np.random.default_rng(2).integers(60, size=(5, 8)).tolist()
    code = """batches => {
      const { trainer } = Live.app.train, before = trainer.net.spec().layers;
      Object.assign(trainer.settings, { rate: 0.01, momentum: 0.9, decay: 1e-3 });
      const losses = batches.map(batch => trainer.train(batch));
      return { before, losses, after: trainer.net.spec().layers };
    }"""
    found = page.evaluate(code, batches)
    data = {"X": net.preprocess(pictures["X_train"]), "y": pictures["y_train"]}
    ours, losses = steps_in_python(found["before"], data, batches, 0.01, 0.9, 1e-3)
    np.testing.assert_allclose(found["losses"], losses, rtol=TOLERANCE)
    for spec in found["after"]:
        for key in ("w", "b"):
            if key in spec:
                expected = ours.params[f"{spec['name']}.{key}"].ravel()
                error = np.abs(numbers(spec[key]) - expected).max() / np.abs(expected).max()
                assert error < TOLERANCE, (spec["name"], key)


def test_gradients_of_every_layer_are_those_of_python(open_page, address, net, pictures):
    code = """() => {
      const { net } = Live.app.watch.nets[0], { params } = net;
      params.forEach(({ grad }) => grad.fill(0));
      net.backward(net.forward(Live.app.watch.preprocess(Live.app.watch.picture(1))), 3);
      return net.layers.map(({ name, params }) =>
        [name, Object.entries(params).map(([key, { grad }]) => [key, Array.from(grad)])]);
    }"""
    scores, cache = net.forward(net.preprocess(pictures["X_val"][1:2]))
    expected = net.backward(softmax_loss(scores, np.array([3]))[1], cache)[1]
    compared = 0
    for layer, grads in open_page(address).evaluate(code):
        grads = {key: np.array(value) for key, value in grads}
        if layer == "batchnorm1":  # gamma and beta act through scale and shift
            state = net.parts[layer].bn_param
            std = np.sqrt(state["running_var"] + 1e-5)
            shift = grads.pop("shift")
            grads = {"gamma": (grads["scale"] - state["running_mean"] * shift) / std, "beta": shift}
        for key, grad in grads.items():
            ours = expected[f"{layer}.{key}"].ravel()
            assert np.abs(grad - ours).max() <= TOLERANCE * np.abs(ours).max(), (layer, key)
            compared += 1
    assert compared == len(net.params)


def test_a_saved_run_goes_on_as_if_it_had_never_stopped(open_page, address):
    code = """() => {
      const { trainer, data } = Live.app.train;
      for (let k = 0; k < 3; k++) trainer.train();
      trainer.validate();
      trainer.validateOne(); // and stopped in the middle of the next
      const other = Live.Trainer.load(trainer.save(), data);
      for (const one of [trainer, other]) {
        one.validate();
        for (let k = 0; k < 3; k++) one.train();
      }
      return [trainer.save(), other.save()];
    }"""
    one, other = open_page(address).evaluate(code)
    assert one == other
    assert json.loads(one)["step"] == 6


def test_training_starts_pauses_saves_and_loads(open_page, address, tmp_path):
    page = open_page(address)
    says = page.locator("#training-says")
    page.locator("#rate").fill("-2.5")
    assert page.locator("#rate-is").inner_text() == "0.00316"
    page.get_by_role("button", name="One step").click()
    assert page.locator("#numbers dd").first.inner_text() == "1"
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator("#numbers dd").first).not_to_have_text("1", timeout=SLOWEST)
    page.get_by_role("button", name="Pause").click()
    step = page.evaluate("Live.app.train.trainer.step")
    assert says.inner_text() == f"Paused at step {step}."
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    saved = tmp_path / "run.json"
    download.value.save_as(saved)
    page.get_by_role("button", name="Start anew").click()
    assert page.evaluate("Live.app.train.trainer.step") == 0
    page.locator("#load").set_input_files(saved)
    expect(says).to_have_text(f"Loaded: it goes on at step {step}.")
    saved.write_text('{"format": "another"}')
    page.locator("#load").set_input_files(saved)
    expect(says).to_have_text("This file is not a run that such a page saved.")


def test_a_loss_that_is_no_number_stops_the_training(open_page, address):
    page = open_page(address)
    page.evaluate("() => { Live.app.train.trainer.train = () => NaN; }")
    page.get_by_role("button", name="Train", exact=True).click()
    says = "The loss is NaN at step 0: lower the learning rate and start anew."
    expect(page.locator("#training-says")).to_have_text(says)
    assert page.get_by_role("button", name="Train", exact=True).is_visible()


def test_pictures_are_chosen_dropped_and_drawn(open_page, address, tmp_path):
    page = open_page(address)
    said = page.locator("#said")
    page.locator("#gallery button").nth(3).click()
    assert said.inner_text().startswith("Picture 4: ")
    assert page.locator('#gallery button[aria-pressed="true"]').count() == 1
    before = page.locator("#odds").inner_text()
    half = np.zeros((60, 90, 3), dtype=np.uint8)
    half[:, 45:] = (250, 40, 10)
    Image.fromarray(half).save(tmp_path / "half.png")
    page.locator("#file").set_input_files(tmp_path / "half.png")
    expect(said).to_contain_text("half.png. Likeliest")
    pixels = np.array(page.evaluate("Array.from(Live.app.watch.pixels)")).reshape(32, 32, 3)
    assert (pixels[:, :15] == 0).all()
    assert (pixels[:, 17:] == (250, 40, 10)).all()
    assert page.locator("#odds").inner_text() != before
    (tmp_path / "text.png").write_text("no picture")
    page.locator("#file").set_input_files(tmp_path / "text.png")
    expect(said).to_have_text("text.png is not a picture that this browser can read.")
    page.evaluate(DROP, list((tmp_path / "half.png").read_bytes()))
    expect(said).to_contain_text("dropped.png. Likeliest")
    page.locator("#sheet").focus()
    for key in ("Space", *["ArrowRight"] * 9):
        page.keyboard.press(key)
    expect(said).to_contain_text("Your drawing. Likeliest")
    pixels = np.array(page.evaluate("Array.from(Live.app.watch.pixels)")).reshape(32, 32, 3)
    assert (pixels[16, 18:22, 0] > 180).all()  # red on light blue
    assert (pixels[16, 18:22, 2] < 90).all()
    box = page.locator("#sheet").bounding_box()
    page.locator("#pen").select_option("green")
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.9 * box["height"], steps=4)
    page.mouse.up()
    code = "Array.from(Live.app.watch.pixels).slice(3 * (8 * 32 + 8), 3 * (8 * 32 + 9))"
    for _ in range(100):  # until the drawing was read
        red, green, _ = page.evaluate(code)
        if green > 2 * red:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the pixel drawn on has {red} red and {green} green")


def test_a_map_is_enlarged_and_keys_go_on(open_page, address):
    page = open_page(address)
    page.locator(".maps button").nth(2).press("Enter")
    words = page.locator("dialog p")
    assert words.inner_text().startswith("conv1, channel 2: ")
    page.keyboard.press("ArrowRight")
    assert words.inner_text().startswith("conv1, channel 3: ")
    page.get_by_label("Previous map").click()
    assert words.inner_text().startswith("conv1, channel 2: ")
    page.keyboard.press("Escape")
    assert page.locator("dialog").is_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1400, "light")])
def test_both_pages_fit_and_all_controls_have_names(
    open_page, address, writing_address, width, scheme
):
    for name, where in (("watch", address), ("write", writing_address)):
        page = open_page(where, width, scheme)
        for summary in page.locator("summary").all():
            summary.click()
        if shots := os.environ.get("CS231N_SCREENSHOTS"):
            page.screenshot(path=f"{shots}/live-{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(UNNAMED) == []


def test_a_writer_gives_the_scores_of_python(open_page, writing_address, writer):
    page = open_page(writing_address)
    assert "✓ It computes what Python computed" in page.locator("#agreement").inner_text()
    text = "abé <&\ned"
    found = page.evaluate("text => Array.from(Live.app.write.writer.read(text).scores)", text)
    states = writer.begin()
    for character in text:
        scores, states = writer.step(states, WORDS.index(character))
    np.testing.assert_allclose(found, scores, rtol=0, atol=TOLERANCE * np.abs(scores).max())


def test_a_writer_at_temperature_zero_is_greedy(open_page, writing_address, writer):
    page = open_page(writing_address)
    page.locator("#temperature").fill("0")
    page.locator("#length").fill("20")
    page.get_by_role("button", name="Write").click()
    expect(page.locator("#writing-says")).to_contain_text("Done", timeout=SLOWEST)
    said, states = [], writer.begin()
    for character in "abé":
        scores, states = writer.step(states, WORDS.index(character))
    for _ in range(20):
        said.append(WORDS[int(scores.argmax())])
        scores, states = writer.step(states, int(scores.argmax()))
    assert page.locator("#text").evaluate("e => e.textContent").replace("↵", "") == "abé" + "".join(
        said
    )


def test_another_beginning_and_another_cell(open_page, writing_address, writer):
    page = open_page(writing_address)
    page.locator("#beginning").fill("aXb")
    page.locator("#beginning").press("Tab")
    assert page.locator("#writing-says").inner_text() == "The model has never seen X: left out."
    page.locator("#cell-layer").fill("2")
    page.locator("#cell-unit").fill("6")
    states = writer.begin()
    for character in "ab":
        _, states = writer.step(states, WORDS.index(character))
    colour = diverging_colours(np.tanh(states[1][1][5:6]), 1.0)[0]
    code = "e => getComputedStyle(e).backgroundColor.match(/[0-9]+/g).map(Number)"
    found = page.locator("#text span").nth(1).evaluate(code)
    assert np.abs(np.array(found) - colour).max() <= 1
