// A model of characters: one step of its layers, and a choice at a temperature.
"use strict";

Live.Writer = class {
  constructor({ characters, level, cell, embed, layers, W_vocab, b_vocab }) {
    Object.assign(this, { characters, level, cell });
    this.numbers = new Map(characters.map((character, k) => [character, k]));
    this.layers = layers.map(({ Wx, Wh, b }) => ({ Wx: Live.unpack(Wx), Wh: Live.unpack(Wh), b: Live.unpack(b), H: Wh.shape[0] }));
    this.D = embed.shape[1];
    this.embed = Live.unpack(embed);
    this.W = Live.unpack(W_vocab);
    this.b = Live.unpack(b_vocab);
  }
  begin() {
    return this.layers.map(({ H }) => ({ h: new Float64Array(H), c: new Float64Array(H) }));
  }
  // Reads one more character -> {scores, states}; the old states stay as they are.
  step(states, number) {
    let x = this.embed.subarray(number * this.D, (number + 1) * this.D);
    const after = this.layers.map(({ Wx, Wh, b, H }, k) => {
      const a = Float64Array.from(b), { h, c } = states[k];
      Live.addProduct(a, x, Wx);
      Live.addProduct(a, h, Wh);
      const now = { h: new Float64Array(H), c: new Float64Array(H) };
      for (let u = 0; u < H; u++) {
        if (this.cell === "lstm") {
          const [i, f, o] = [a[u], a[H + u], a[2 * H + u]].map(v => 1 / (1 + Math.exp(-v)));
          now.c[u] = f * c[u] + i * Math.tanh(a[3 * H + u]);
          now.h[u] = o * Math.tanh(now.c[u]);
        } else {
          now.h[u] = now.c[u] = this.cell === "tanh" ? Math.tanh(a[u]) : Math.max(a[u], 0);
        }
      }
      x = now.h;
      return now;
    });
    const scores = Float64Array.from(this.b);
    Live.addProduct(scores, x, this.W);
    return { scores, states: after };
  }
  // Reads a text; characters that the model does not know are left out.
  read(text, states = this.begin()) {
    let scores = null;
    const trail = [], skipped = [];
    // A byte stands for itself: its number is that of the character.
    const bytes = () => Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte));
    for (const character of this.level === "bytes" ? bytes() : text) {
      const number = this.numbers.get(character);
      if (number === undefined) { skipped.push(character); continue; }
      ({ scores, states } = this.step(states, number));
      trail.push({ character, states });
    }
    return { scores, states, trail, skipped };
  }
};

// sums (M,) += x (D,) times w (D, M)
Live.addProduct = (sums, x, w) => {
  const M = sums.length;
  for (let d = 0, at = 0; d < x.length; d++, at += M) {
    const value = x[d];
    if (value !== 0) for (let m = 0; m < M; m++) sums[m] += value * w[at + m];
  }
};

// p_v is proportional to exp(score / temperature); temperature 0 is all for the largest.
Live.tempered = (scores, temperature) => {
  const largest = scores.reduce((a, b) => Math.max(a, b));
  if (temperature === 0) return Float64Array.from(scores, (_, v) => (v === Live.best(scores) ? 1 : 0));
  const weights = Float64Array.from(scores, score => Math.exp((score - largest) / temperature));
  const total = weights.reduce((a, b) => a + b);
  return weights.map(weight => weight / total);
};

Live.choose = (shares, random) => {
  let left = random.uniform();
  for (let v = 0; v < shares.length; v++) if ((left -= shares[v]) < 0) return v;
  return Live.best(shares);
};
