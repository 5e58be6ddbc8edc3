// A picture on its way through a network: chosen, dropped or drawn, and what every layer makes of it.
"use strict";

const MOST_MAPS = 32, MOST_SIDE = 128;

Live.Watch = class {
  constructor(data) {
    this.data = data;
    this.inputs = data.pictures;
    this.shape = data.model.input;
    this.pixels = this.picture(0);
    this.nets = [{ name: data.model.name, net: new Live.Net(data.model), classes: data.model.classes }];
    this.shown = 0;
    this.dialog = Live.at("large");
    this.gallery();
    this.files();
    Live.at("shown").addEventListener("change", event => this.choose(Number(event.target.value)));
    this.dialog.addEventListener("keydown", event => {
      if (event.key === "ArrowLeft") this.enlarge(this.large - 1);
      if (event.key === "ArrowRight") this.enlarge(this.large + 1);
    });
    for (const button of this.dialog.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.enlarge(this.large + Number(button.dataset.step)));
    }
    this.names();
    this.build();
  }
  get current() { return this.nets[this.shown]; }
  // Picture n of those kept aside, as bytes (H, W, C).
  picture(n) {
    const size = Live.sizeOf(this.shape);
    return this.inputs.val.bytes.slice(n * size, (n + 1) * size);
  }
  preprocess(bytes) { return Live.preprocess(bytes, this.data.model); }

  gallery() {
    const count = Math.min(12, this.inputs.val.y.length);
    const buttons = Array.from({ length: count }, (_, n) => {
      const canvas = Live.element("canvas"), name = this.inputs.classes[this.inputs.val.y[n]];
      Live.paintPicture(canvas, this.picture(n), this.shape);
      const button = Live.element("button", { type: "button", "aria-label": `Picture ${n + 1}, ${name}`, title: name, "aria-pressed": String(n === 0) }, canvas);
      button.addEventListener("click", () => this.take(this.picture(n), `Picture ${n + 1}: ${name}`, button));
      return button;
    });
    Live.at("gallery").replaceChildren(...buttons);
  }
  take(pixels, words, button = null) {
    this.pixels = pixels;
    for (const other of Live.at("gallery").children) other.setAttribute("aria-pressed", String(other === button));
    this.update();
    Live.at("said").textContent = `${words}. ${this.verdict}`;
  }
  files() {
    const zone = Live.at("drop"), input = Live.at("file");
    const read = async file => {
      if (!file) return;
      try {
        this.take(await Live.readPicture(file, this.shape), file.name);
      } catch {
        Live.at("said").textContent = `${file.name} is not a picture that this browser can read.`;
      }
    };
    input.addEventListener("change", () => { read(input.files[0]); input.value = ""; });
    zone.addEventListener("dragover", event => { event.preventDefault(); zone.classList.add("over"); });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", event => {
      event.preventDefault();
      zone.classList.remove("over");
      read(event.dataTransfer.files[0]);
    });
  }
  // Shows another network, such as the one in training, beside the first.
  offer(entry) {
    this.nets[1] = entry;
    this.names();
    if (this.shown === 1) this.build();
  }
  names() {
    Live.at("shown").replaceChildren(...this.nets.map(({ name }, k) => Live.element("option", { value: String(k), selected: k === this.shown }, name)));
  }
  choose(k) {
    this.shown = k;
    this.build();
  }
  // The parts of the page, one for each layer, without numbers yet.
  build() {
    this.dialog.close();
    this.parts = this.current.net.layers.map((layer, k) => {
      const facts = Live.element("p", { class: "facts" }), maps = Live.element("div", { class: "maps" });
      const title = `${layer.name} `, shape = layer.outShape.join(" × ");
      const section = Live.element("section", { class: "layer", "aria-label": layer.name }, Live.element("h3", {}, title, Live.element("small", {}, shape)), facts, maps);
      const part = { layer, facts, maps, canvases: [] };
      this.canvases(part, k);
      const { w } = layer.params;
      if (w) {
        part.weights = Live.element("canvas", { class: "weights", role: "img", "aria-label": `Weights of ${layer.name}` });
        part.details = Live.element("details", {}, Live.element("summary", {}, `Weights: ${w.shape.join(" × ")}`), part.weights, Live.element("p", { class: "facts" }));
        part.details.addEventListener("toggle", () => this.weights(part));
        section.append(part.details);
      }
      return Object.assign(part, { section });
    });
    Live.at("layers").replaceChildren(...this.parts.map(part => part.section));
    this.update();
  }
  // One button with a canvas for each map; a list of units is one canvas.
  canvases(part, k) {
    const { outShape, name } = part.layer, count = outShape.length === 3 ? Math.min(MOST_MAPS, outShape[0]) : 1;
    for (let channel = 0; channel < count; channel++) {
      const canvas = Live.element("canvas");
      const button = Live.element("button", { type: "button" }, canvas);
      button.addEventListener("click", () => this.enlarge(this.all.indexOf(entry)));
      const entry = { layer: k, channel, canvas, button, name };
      part.canvases.push(entry);
      part.maps.append(button);
    }
    if (outShape.length !== 3) part.maps.classList.add("units");
  }
  get all() { return this.parts.flatMap(part => part.canvases); }

  update() {
    const { net, classes } = this.current;
    Live.paintPicture(Live.at("picture"), this.pixels, this.shape);
    this.outputs = net.forward(this.preprocess(this.pixels));
    const shares = this.outputs.at(-1);
    Live.bars(Live.at("odds"), shares, classes);
    this.verdict = `Likeliest: ${classes[Live.best(shares)]}, ${Live.percent(shares[Live.best(shares)])}`;
    this.parts.forEach((part, k) => {
      const out = this.outputs[k], largest = Live.largest(out), zeros = out.filter(v => v === 0).length;
      const low = out.reduce((a, b) => Math.min(a, b)), high = out.reduce((a, b) => Math.max(a, b));
      part.facts.textContent = `${Live.short(low)} to ${Live.short(high)}, ${Live.percent(zeros / out.length)} zeros`;
      for (const entry of part.canvases) this.paintEntry(entry, entry.canvas, out, largest, part.layer.outShape);
      this.weights(part);
    });
    if (this.dialog.open) this.enlarge(this.large);
  }
  paintEntry(entry, canvas, out, largest, shape) {
    if (shape.length === 3) {
      const [, H, W] = shape, map = out.subarray(entry.channel * H * W, (entry.channel + 1) * H * W);
      Live.paintMap(canvas, map, W, H, largest);
      entry.words = `${entry.name}, channel ${entry.channel}: largest ${Live.short(map.reduce((a, b) => Math.max(a, b)))}`;
    } else {
      const columns = Math.min(out.length, 64), rows = Math.ceil(out.length / columns);
      Live.paintMap(canvas, out, columns, rows, largest);
      const most = Live.best(out);
      entry.words = `${entry.name}, ${out.length} units: largest ${Live.short(out[most])}, unit ${most}`;
    }
    entry.button.setAttribute("aria-label", entry.words);
    entry.button.title = entry.words;
  }
  // Filters on pictures in their colours, all other weights blue below 0 and orange above.
  weights({ layer, weights, details }) {
    if (!details?.open) return;
    const { value, shape } = layer.params.w, largest = Live.largest(value);
    weights.style.maxWidth = "";
    details.querySelector("p").textContent = `largest ${Live.short(largest)} in size`;
    const ofPixels = layer === this.current.net.layers[0] && this.shape[0] === 3;
    if (ofPixels) {
      const [count, H, W] = layer.kind === "conv" ? [shape[0], shape[2], shape[3]] : [shape[1], this.shape[1], this.shape[2]];
      const at = (n, c, y, x) => (layer.kind === "conv" ? ((n * 3 + c) * H + y) * W + x : ((c * H + y) * W + x) * count + n);
      this.tiles(weights, Math.min(count, MOST_MAPS), H, W, (n, y, x) => [0, 1, 2].map(c => 127.5 + 127.5 * value[at(n, c, y, x)] / (largest || 1)));
    } else if (layer.kind === "conv") {
      const [F, C, H, W] = shape, columns = Math.min(C, MOST_MAPS), rows = Math.min(F, MOST_MAPS);
      this.tiles(weights, rows * columns, H, W, (n, y, x) => Live.colour(value[((Math.floor(n / columns) * C + n % columns) * H + y) * W + x], largest), columns);
    } else {
      const [D, M] = shape, rows = Math.min(D, MOST_SIDE), columns = Math.min(M, MOST_SIDE);
      weights.style.maxWidth = `${24 * rows}px`; // no tile larger than a button
      Live.paint(weights, rows, columns, i => Live.colour(value[(i % rows) * M + Math.floor(i / rows)], largest));
    }
  }
  tiles(canvas, count, H, W, colour, columns = Math.min(count, 8)) {
    const rows = Math.ceil(count / columns), width = columns * (W + 1) - 1;
    Live.paint(canvas, width, rows * (H + 1) - 1, i => {
      const px = i % width, py = Math.floor(i / width), n = Math.floor(py / (H + 1)) * columns + Math.floor(px / (W + 1));
      const x = px % (W + 1), y = py % (H + 1);
      return x === W || y === H || n >= count ? [120, 120, 120] : colour(n, y, x);
    });
  }
  enlarge(number) {
    const all = this.all, entry = all[(number + all.length) % all.length], out = this.outputs[entry.layer];
    this.large = all.indexOf(entry);
    const shape = this.current.net.layers[entry.layer].outShape;
    this.paintEntry(entry, this.dialog.querySelector("canvas"), out, Live.largest(out), shape);
    this.dialog.querySelector("p").textContent = entry.words;
    if (!this.dialog.open) this.dialog.showModal();
  }
};
