// Training in the page: random numbers that can be saved, designs, SGD with momentum, curves.
"use strict";

// Numbers of a generator with 32 bits of state (mulberry32), so that a run can be saved and go on.
Live.Random = class {
  constructor(state) { this.state = state >>> 0; }
  uniform() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
  permutation(n) {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const k = Math.floor(this.uniform() * (i + 1));
      [order[i], order[k]] = [order[k], order[i]];
    }
    return order;
  }
};

Live.DESIGNS = {
  "linear": [],
  "two layers, 32 hidden units": [["affine", 32], "relu"],
  "small ConvNet": [["conv", 8, 3], "relu", ["pool", 2], ["conv", 12, 3], "relu", ["pool", 2]],
};

// A network of a design, with first weights of He's size.
Live.draw = (design, input, classes, random) => {
  const counts = {}, layers = [];
  let shape = input;
  for (const part of [...design, ["affine", classes], "softmax"]) {
    const [kind, outputs, size] = [].concat(part), spec = { kind, shapes: {} };
    counts[kind] = (counts[kind] || 0) + 1;
    spec.name = kind + (kind === "softmax" ? "" : counts[kind]);
    if (kind === "pool") Object.assign(spec, { size: [outputs, outputs], stride: outputs });
    if (kind === "conv" || kind === "affine") {
      const wide = kind === "conv" ? [outputs, shape[0], size, size] : [Live.sizeOf(shape), outputs];
      const scale = Math.sqrt(2 / (kind === "conv" ? Live.sizeOf(wide.slice(1)) : wide[0]));
      spec.w = Float32Array.from({ length: Live.sizeOf(wide) }, () => scale * random.normal());
      spec.b = new Float32Array(outputs);
      spec.shapes = { w: wide, b: [outputs] };
      if (kind === "conv") Object.assign(spec, { stride: 1, pad: Math.floor((size - 1) / 2) });
    }
    layers.push(spec);
    shape = new Live.KINDS[kind](spec, shape).outShape;
  }
  return new Live.Net({ input, layers });
};

// A running average without a bias towards 0, as Adam corrects its averages.
Live.smoothed = (values, decay) => {
  let average = 0, left = 1;
  return values.map(value => {
    average += (1 - decay) * (value - average);
    left *= decay;
    return average / (1 - left);
  });
};

Live.FORMAT = "cs231n-live-training-1";
const PENALISED = new Set(["w"]);

Live.Trainer = class {
  // data: {train: {X: [Float32Array], y}, val: {X, y}}
  constructor(net, data, { design = "", seed = 0, settings = {} } = {}) {
    Object.assign(this, { net, data, design, random: new Live.Random(seed) });
    this.settings = { rate: 0.01, momentum: 0.9, batch: 16, decay: 1e-4, ...settings };
    this.velocities = net.params.map(({ value }) => new Float32Array(value.length));
    Object.assign(this, { step: 0, order: [], at: 0, losses: [], hits: [], validated: [], checked: null });
  }
  batch() {
    const chosen = [];
    while (chosen.length < this.settings.batch) {
      if (this.at >= this.order.length) {
        this.order = this.random.permutation(this.data.train.y.length);
        this.at = 0;
      }
      chosen.push(this.order[this.at++]);
    }
    return chosen;
  }
  // One step; the loss is that of the batch before the step, with its penalty.
  train(chosen = this.batch()) {
    const { rate, momentum, decay } = this.settings, { X, y } = this.data.train, { params } = this.net;
    params.forEach(({ grad }) => grad.fill(0));
    let loss = 0, right = 0;
    for (const n of chosen) {
      const outputs = this.net.forward(X[n]);
      loss += this.net.backward(outputs, y[n]) / chosen.length;
      right += Live.best(outputs[outputs.length - 1]) === y[n];
    }
    params.forEach(({ name, value, grad }, k) => {
      const velocity = this.velocities[k], strength = PENALISED.has(name) ? decay : 0;
      for (let i = 0; i < value.length; i++) {
        loss += 0.5 * strength * value[i] * value[i];
        velocity[i] = momentum * velocity[i] - rate * (grad[i] / chosen.length + strength * value[i]);
        value[i] += velocity[i];
      }
    });
    this.step += 1;
    this.losses.push(loss);
    this.hits.push(right / chosen.length);
    return loss;
  }
  // One picture of the validation; true if it was the last. Training should wait for that.
  validateOne() {
    this.checked ??= { n: 0, right: 0 };
    const { X, y } = this.data.val, n = this.checked.n++;
    if (Live.best(this.net.forward(X[n]).at(-1)) === y[n]) this.checked.right += 1;
    if (n + 1 < y.length) return false;
    this.validated.push([this.step, this.checked.right / y.length]);
    this.checked = null;
    return true;
  }
  validate() {
    while (!this.validateOne());
    return this.validated.at(-1)[1];
  }
  // All that the run depends on: what is loaded goes on as if it had never stopped.
  save() {
    const { design, settings, step, order, at, losses, hits, validated, checked } = this;
    const velocities = this.velocities.map(values => Live.pack(values, [values.length]));
    const own = { design, settings, step, order, at, losses, hits, validated, checked, velocities };
    return JSON.stringify({ format: Live.FORMAT, ...own, random: this.random.state, net: this.net.spec() });
  }
  static load(text, data) {
    let saved;
    try { saved = JSON.parse(text); } catch { saved = null; }
    if (saved?.format !== Live.FORMAT) throw new Error("This file is not a run that such a page saved.");
    const net = new Live.Net(saved.net), classes = data.classes.length;
    if (String(net.input) !== String(data.input) || net.layers.at(-1).outShape[0] !== classes) {
      throw new Error(`This run takes pictures of ${net.input.join(" × ")}; this page has ${data.input.join(" × ")}, ${classes} classes.`);
    }
    const trainer = new Live.Trainer(net, data, { design: saved.design, seed: saved.random, settings: saved.settings });
    for (const key of ["step", "order", "at", "losses", "hits", "validated", "checked"]) trainer[key] = saved[key];
    trainer.velocities = saved.velocities.map(Live.unpack);
    return trainer;
  }
};

Live.best = values => values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
