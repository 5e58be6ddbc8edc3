// A model of characters that writes: a beginning, a temperature, and one of its cells in colour.
"use strict";

Live.WritePage = class {
  constructor(model) {
    this.writer = new Live.Writer(model);
    this.random = new Live.Random(231);
    this.running = false;
    Live.at("cell-layer").max = String(this.writer.layers.length);
    const listen = (id, event, run) => Live.at(id).addEventListener(event, run);
    listen("beginning", "change", () => this.begin());
    listen("write", "click", () => (this.running ? this.pause() : this.start()));
    listen("write-one", "click", () => { this.pause(); this.next(); });
    listen("again", "click", () => this.begin());
    listen("temperature", "input", () => this.labels());
    for (const id of ["cell-layer", "cell-unit"]) listen(id, "input", () => this.colour());
    this.begin();
  }
  get temperature() { return Number(Live.at("temperature").value); }
  say(words) { Live.at("writing-says").textContent = words; }
  labels() {
    Live.at("temperature-is").textContent = this.temperature === 0 ? "0, always the likeliest" : Live.short(this.temperature);
    if (this.scores) this.follow();
  }
  begin() {
    this.pause();
    const text = Live.at("beginning").value || "\n";
    let { scores, states, trail, skipped } = this.writer.read(text);
    if (!trail.length) ({ scores, states, trail } = this.writer.read(this.writer.characters[0]));
    Object.assign(this, { scores, states, trail, own: trail.length });
    this.labels();
    this.colour();
    const unknown = [...new Set(skipped)].join(" ");
    this.say(unknown ? `The model has never seen ${unknown}: left out.` : "");
  }
  start() {
    this.running = true;
    Live.at("write").textContent = "Pause";
    this.tick();
  }
  pause() {
    this.running = false;
    clearTimeout(this.timer);
    Live.at("write").textContent = "Write";
  }
  tick() {
    if (!this.running) return;
    this.next();
    if (this.trail.length - this.own >= Number(Live.at("length").value)) {
      this.own = this.trail.length;
      this.pause();
      this.say("Done: press Write for more.");
      return;
    }
    this.timer = setTimeout(() => this.tick(), 15);
  }
  next() {
    const number = Live.choose(Live.tempered(this.scores, this.temperature), this.random);
    const { scores, states } = this.writer.step(this.states, number), character = this.writer.characters[number];
    Object.assign(this, { scores, states });
    this.trail.push({ character, states });
    Live.at("text").append(this.letter(this.trail.at(-1)));
    this.follow();
  }
  get cell() {
    const layer = Math.min(this.writer.layers.length, Math.max(1, Number(Live.at("cell-layer").value) || 1)) - 1;
    const unit = Math.min(this.writer.layers[layer].H, Math.max(1, Number(Live.at("cell-unit").value) || 1)) - 1;
    Live.at("cell-unit").max = String(this.writer.layers[layer].H);
    return { layer, unit };
  }
  // Bytes become characters as they come: of a character of several bytes, the last shows it.
  decoded(character) {
    if (this.writer.level !== "bytes") return character;
    return this.decoder.decode(Uint8Array.of(character.charCodeAt(0)), { stream: true });
  }
  letter({ character, states }) {
    const { layer, unit } = this.cell, value = states[layer].c[unit];
    const visible = character === "\n" ? "↵\n" : this.decoded(character);
    const span = Live.element("span", { title: `cell ${unit + 1} of layer ${layer + 1}: ${Live.short(value)}` }, visible);
    const colour = Live.colour(Math.tanh(value), 1);
    span.style.backgroundColor = `rgb(${colour.join(" ")})`;
    span.style.color = Live.luminance(colour) < 0.18 ? "#fff" : "#000"; // whichever is read better
    return span;
  }
  colour() {
    this.decoder = new TextDecoder();
    Live.at("text").replaceChildren(...this.trail.map(entry => this.letter(entry)));
    this.follow();
  }
  // What follows, and all cells after the last character.
  follow() {
    const names = this.writer.characters.map(character => ({ "\n": "↵", " ": "␣", "\t": "⇥" })[character] ?? character);
    Live.bars(Live.at("following"), Live.tempered(this.scores, this.temperature), names, 8);
    Live.at("cells").replaceChildren(...this.states.map(({ c }, k) => {
      const canvas = Live.element("canvas", { role: "img", "aria-label": `Cells of layer ${k + 1}` });
      const columns = Math.min(c.length, 64);
      Live.paintMap(canvas, c.map(Math.tanh), columns, Math.ceil(c.length / columns), 1);
      return canvas;
    }));
  }
};
