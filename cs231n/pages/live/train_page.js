// Training to watch: buttons, sliders, curves, saved runs.
"use strict";

const DECAY = 0.95, EVERY = 25, MILLISECONDS = 40; // of curves; steps between validations; of work at a time

Live.TrainPage = class {
  constructor(data, watch) {
    this.watch = watch;
    const { model, pictures } = data, size = Live.sizeOf(model.input);
    const part = ({ bytes, y }) => ({ y, X: y.map((_, n) => watch.preprocess(bytes.subarray(n * size, (n + 1) * size))) });
    this.data = { train: part(pictures.train), val: part(pictures.val), classes: pictures.classes, input: model.input };
    this.model = model;
    this.seed = 0;
    this.running = false;
    const own = model.classes.length === pictures.classes.length ? [`${model.name}, as it was trained`] : [];
    Live.at("design").replaceChildren(...[...Object.keys(Live.DESIGNS), ...own].map(name => Live.element("option", {}, name)));
    Live.at("design").value = "small ConvNet";
    const listen = (id, event, run) => Live.at(id).addEventListener(event, run);
    listen("run", "click", () => (this.running ? this.pause() : this.start()));
    listen("one", "click", () => this.one());
    listen("anew", "click", () => { this.seed += 1; this.anew(); });
    listen("design", "change", () => this.anew());
    listen("save", "click", () => { this.pause(); Live.download("live-training.json", this.trainer.save()); this.say(`Saved at step ${this.trainer.step}.`); });
    listen("load", "change", async event => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) this.load(await file.text());
    });
    for (const id of ["rate", "momentum", "decay", "batch"]) listen(id, "input", () => this.settings());
    this.anew();
  }
  get classes() { return this.data.classes; }
  say(words) { Live.at("training-says").textContent = words; }

  anew() {
    this.pause();
    const name = Live.at("design").value, random = new Live.Random(231 + this.seed), design = Live.DESIGNS[name];
    const net = design ? Live.draw(design, this.data.input, this.classes.length, random) : new Live.Net(this.model);
    this.trainer = new Live.Trainer(net, this.data, { design: name, seed: random.state });
    this.settings();
    this.show();
    this.say(`${net.count.toLocaleString("en")} parameters, ${this.data.train.y.length} pictures to train on.`);
  }
  show() {
    this.watch.offer({ name: "the network in training", net: this.trainer.net, classes: this.classes });
    this.look(true);
  }
  load(text) {
    this.pause();
    try {
      this.trainer = Live.Trainer.load(text, this.data);
    } catch (error) {
      this.say(error.message);
      return;
    }
    const { rate, momentum, decay, batch } = this.trainer.settings;
    const values = { rate: Math.log10(rate), momentum, decay: Math.log10(decay), batch };
    for (const [id, value] of Object.entries(values)) Live.at(id).value = value;
    if ([...Live.at("design").options].some(({ value }) => value === this.trainer.design)) Live.at("design").value = this.trainer.design;
    this.labels();
    this.show();
    this.say(`Loaded: it goes on at step ${this.trainer.step}.`);
  }
  settings() {
    const value = id => Number(Live.at(id).value);
    Object.assign(this.trainer.settings, { rate: 10 ** value("rate"), momentum: value("momentum"), decay: 10 ** value("decay"), batch: value("batch") });
    this.labels();
  }
  labels() {
    const { rate, momentum, decay } = this.trainer.settings;
    for (const [id, value] of Object.entries({ rate, momentum, decay })) {
      Live.at(`${id}-is`).textContent = Live.short(value);
      Live.at(id).setAttribute("aria-valuetext", Live.short(value));
    }
  }
  start() {
    this.running = true;
    Live.at("run").textContent = "Pause";
    this.say("Training.");
    this.next();
  }
  one() {
    this.pause();
    if (this.trainer.checked) this.trainer.validate();
    this.trainer.train();
    this.look(true);
  }
  pause() {
    this.running = false;
    clearTimeout(this.timer);
    Live.at("run").textContent = "Train";
    if (this.trainer?.step) this.say(`Paused at step ${this.trainer.step}.`);
  }
  // Steps for a moment, then the page has its turn.
  next() {
    const until = performance.now() + MILLISECONDS;
    do {
      if (this.trainer.checked) {
        this.trainer.validateOne();
        continue;
      }
      const loss = this.trainer.train();
      if (!Number.isFinite(loss)) {
        this.pause();
        this.say(`The loss is ${loss} at step ${this.trainer.step}: lower the learning rate and start anew.`);
        this.look(true);
        return;
      }
      if (this.trainer.step % EVERY === 0) this.trainer.checked = { n: 0, right: 0 };
    } while (performance.now() < until);
    this.look(false);
    this.timer = setTimeout(() => { if (this.running) this.next(); }, 0);
  }
  // Numbers and curves; pictures and layers, which take longer, twice a second.
  look(all) {
    const { trainer } = this, { losses, hits, validated, step } = trainer;
    const now = performance.now(), due = all || now - (this.looked ?? 0) > 500;
    if (!due) return;
    this.looked = now;
    const smooth = Live.smoothed(losses, DECAY), right = Live.smoothed(hits, DECAY), points = values => values.map((y, k) => [k + 1, y]);
    Live.curves(Live.at("loss"), [{ points: points(smooth) }], { label: "loss" });
    Live.curves(Live.at("accuracy"), [{ points: points(right) }, { points: validated, dashed: true }], { high: 1, label: "share of right answers" });
    const facts = { step, epoch: (step * trainer.settings.batch / this.data.train.y.length).toFixed(2), loss: smooth.at(-1), "training accuracy": right.at(-1), "validation accuracy": validated.at(-1)?.[1] };
    Live.at("numbers").replaceChildren(...Object.entries(facts).map(([name, value]) => {
      const words = value === undefined ? "–" : name.includes("accuracy") ? Live.percent(value) : typeof value === "number" ? Live.short(value) : value;
      return Live.element("div", {}, Live.element("dt", {}, name), Live.element("dd", {}, name === "step" ? String(step) : words));
    }));
    this.predictions();
    if (this.watch.shown === 1) this.watch.update();
  }
  predictions() {
    const { X, y } = this.data.val, cards = [];
    for (let n = 0; n < Math.min(8, y.length); n++) {
      const shares = this.trainer.net.forward(X[n]).at(-1), best = Live.best(shares), canvas = Live.element("canvas");
      Live.paintPicture(canvas, this.watch.picture(n), this.data.input);
      const list = Live.element("ol", { class: "odds" });
      Live.bars(list, shares, this.classes, 3);
      const right = best === y[n];
      cards.push(Live.element("div", { class: right ? "card right" : "card wrong" }, canvas, Live.element("p", {}, `${right ? "✓" : "✗"} ${this.classes[y[n]]}`), list));
    }
    Live.at("predictions").replaceChildren(...cards);
  }
};
