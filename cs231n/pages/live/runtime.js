// Networks for one example at a time: numbers unpacked, layers forwards and backwards.
// Numbers are kept as float32, as NumPy keeps them, and added up as float64.
"use strict";
const Live = {};

// ---- packed numbers: {shape, kind, data}, and for one byte a number low and step

Live.bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

Live.half = bits => {
  const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

Live.unpack = ({ data, kind, low, step }) => {
  const bytes = Live.bytes(data), view = new DataView(bytes.buffer);
  if (kind === "uint8") return Float32Array.from(bytes, code => low + step * code);
  if (kind === "float16") {
    return Float32Array.from({ length: bytes.length / 2 }, (_, i) => Live.half(view.getUint16(2 * i, true)));
  }
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
};

Live.pack = (values, shape) => {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  const bytes = new Uint8Array(view.buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return { shape, kind: "float32", data: btoa(text) };
};

Live.sizeOf = shape => shape.reduce((product, side) => product * side, 1);

// ---- layers: each has forward(x), which remembers x, and backward(dout, needed), which adds to
// gradients and returns the derivative with respect to x, if it is needed

class Layer {
  constructor(spec, shape) {
    Object.assign(this, { kind: spec.kind, name: spec.name, shape, outShape: shape, params: {} });
  }
  take(spec, ...names) {
    for (const name of names) {
      const value = spec[name] instanceof Float32Array ? spec[name] : Live.unpack(spec[name]);
      const shape = spec.shapes ? spec.shapes[name] : spec[name].shape;
      this.params[name] = { value, shape, grad: new Float64Array(value.length) };
    }
  }
  spec() {
    const packed = { kind: this.kind, name: this.name, ...this.settings };
    for (const [name, { value, shape }] of Object.entries(this.params)) packed[name] = Live.pack(value, shape);
    return packed;
  }
}

// sums[to ...] += factor * values[from ...], and the sum of products: the two loops that take the time
const addTo = (sums, to, values, from, count, factor) => {
  for (let k = 0; k < count; k++) sums[to + k] += factor * values[from + k];
};
const product = (a, i, b, j, count) => {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += a[i + k] * b[j + k];
  return sum;
};

class Affine extends Layer {
  constructor(spec, shape) {
    super(spec, shape);
    this.take(spec, "w", "b");
    this.outShape = [this.params.b.value.length];
  }
  forward(x) {
    const { w, b } = this.params, M = b.value.length, sums = Float64Array.from(b.value);
    for (let d = 0, at = 0; d < x.length; d++, at += M) {
      if (x[d] !== 0) addTo(sums, 0, w.value, at, M, x[d]);
    }
    this.x = x;
    return Float32Array.from(sums);
  }
  backward(dout, needed) {
    const { w, b } = this.params, M = b.value.length, dx = new Float64Array(this.x.length);
    for (let m = 0; m < M; m++) b.grad[m] += dout[m];
    for (let d = 0, at = 0; d < dx.length; d++, at += M) {
      if (this.x[d] !== 0) addTo(w.grad, at, dout, 0, M, this.x[d]);
      if (needed) dx[d] = product(dout, 0, w.value, at, M);
    }
    return dx;
  }
}

class Conv extends Layer {
  constructor(spec, shape) {
    super(spec, shape);
    this.take(spec, "w", "b");
    this.settings = { stride: spec.stride, pad: spec.pad };
    const [F, , HH, WW] = this.params.w.shape, [, H, W] = shape;
    const places = (side, size) => Math.floor((side + 2 * spec.pad - size) / spec.stride) + 1;
    this.outShape = [F, places(H, HH), places(W, WW)];
  }
  padded(x) {
    const [C, H, W] = this.shape, { pad } = this.settings, PH = H + 2 * pad, PW = W + 2 * pad;
    const wide = new Float64Array(C * PH * PW);
    for (let c = 0; c < C; c++) {
      for (let y = 0; y < H; y++) {
        wide.set(x.subarray((c * H + y) * W, (c * H + y + 1) * W), (c * PH + y + pad) * PW + pad);
      }
    }
    return [wide, PH, PW];
  }
  // Windows as columns: (C * HH * WW, OH * OW), each row one place of a filter at all of its positions.
  columns(x) {
    const [wide, PH, PW] = this.padded(x), [C] = this.shape, [, , HH, WW] = this.params.w.shape;
    const [, OH, OW] = this.outShape, { stride } = this.settings;
    const columns = (this.cols ??= new Float64Array(C * HH * WW * OH * OW));
    for (let c = 0, to = 0; c < C; c++) {
      for (let i = 0; i < HH; i++) {
        for (let j = 0; j < WW; j++) {
          for (let y = 0; y < OH; y++) {
            const from = (c * PH + y * stride + i) * PW + j;
            for (let k = 0; k < OW; k++, to++) columns[to] = wide[from + k * stride];
          }
        }
      }
    }
    return columns;
  }
  forward(x) {
    const columns = this.columns(x), weights = this.params.w.value, [F, OH, OW] = this.outShape, P = OH * OW;
    const sums = new Float64Array(F * P), K = weights.length / F;
    this.params.b.value.forEach((bias, f) => sums.fill(bias, f * P, (f + 1) * P));
    for (let f = 0; f < F; f++) {
      for (let r = 0; r < K; r++) addTo(sums, f * P, columns, r * P, P, weights[f * K + r]);
    }
    return Float32Array.from(sums);
  }
  backward(dout, needed) {
    const { w, b } = this.params, [F, OH, OW] = this.outShape, P = OH * OW, K = w.value.length / F;
    const dcolumns = new Float64Array(needed ? K * P : 0);
    for (let f = 0; f < F; f++) {
      for (let k = f * P; k < (f + 1) * P; k++) b.grad[f] += dout[k];
      for (let r = 0; r < K; r++) {
        w.grad[f * K + r] += product(dout, f * P, this.cols, r * P, P);
        if (needed) addTo(dcolumns, r * P, dout, f * P, P, w.value[f * K + r]);
      }
    }
    return needed ? this.fromColumns(dcolumns) : null;
  }
  // Adds up what windows share, and leaves the padding out.
  fromColumns(dcolumns) {
    const [C, H, W] = this.shape, [, , HH, WW] = this.params.w.shape, [, OH, OW] = this.outShape;
    const { stride, pad } = this.settings, dx = new Float64Array(C * H * W);
    for (let c = 0, at = 0; c < C; c++) {
      for (let i = 0; i < HH; i++) {
        for (let j = 0; j < WW; j++) {
          for (let y = 0; y < OH; y++) {
            const row = y * stride + i - pad;
            for (let k = 0; k < OW; k++, at++) {
              const column = k * stride + j - pad;
              if (row >= 0 && row < H && column >= 0 && column < W) dx[(c * H + row) * W + column] += dcolumns[at];
            }
          }
        }
      }
    }
    return dx;
  }
}

class Pool extends Layer {
  constructor(spec, shape) {
    super(spec, shape);
    this.settings = { size: spec.size, stride: spec.stride };
    const [C, H, W] = shape, [HH, WW] = spec.size;
    const places = (side, size) => Math.floor((side - size) / spec.stride) + 1;
    this.outShape = [C, places(H, HH), places(W, WW)];
  }
  forward(x) {
    const [C, OH, OW] = this.outShape, [, H, W] = this.shape, { size: [HH, WW], stride } = this.settings;
    const out = new Float32Array(C * OH * OW);
    this.from = new Int32Array(out.length);
    for (let c = 0, k = 0; c < C; c++) {
      for (let y = 0; y < OH; y++) {
        for (let z = 0; z < OW; z++, k++) {
          let best = (c * H + y * stride) * W + z * stride;
          for (let i = 0; i < HH; i++) {
            for (let j = 0; j < WW; j++) {
              const at = (c * H + y * stride + i) * W + z * stride + j;
              if (x[at] > x[best]) best = at;
            }
          }
          out[k] = x[best];
          this.from[k] = best;
        }
      }
    }
    return out;
  }
  backward(dout) {
    const dx = new Float64Array(Live.sizeOf(this.shape));
    dout.forEach((value, k) => { dx[this.from[k]] += value; });
    return dx;
  }
}

class Relu extends Layer {
  forward(x) {
    this.x = x;
    return x.map(value => (value < 0 ? 0 : value)); // nan stays nan
  }
  backward(dout) {
    return dout.map((value, i) => (this.x[i] > 0 ? value : 0));
  }
}

// Batch normalisation as it is in testing: a factor and a summand for each channel.
class Scale extends Layer {
  constructor(spec, shape) {
    super(spec, shape);
    this.take(spec, "scale", "shift");
    this.each = Live.sizeOf(shape.slice(1));
  }
  forward(x) {
    const { scale, shift } = this.params;
    this.x = x;
    return x.map((value, i) => {
      const c = Math.floor(i / this.each);
      return value * scale.value[c] + shift.value[c];
    });
  }
  backward(dout) {
    const { scale, shift } = this.params;
    return dout.map((value, i) => {
      const c = Math.floor(i / this.each);
      scale.grad[c] += value * this.x[i];
      shift.grad[c] += value;
      return value * scale.value[c];
    });
  }
}

class Norm extends Layer {
  constructor(spec, shape) {
    super(spec, shape);
    this.take(spec, "gamma", "beta");
    this.settings = { groups: spec.groups, eps: spec.eps ?? 1e-5 };
    this.each = Live.sizeOf(shape.slice(1));
  }
  forward(x) {
    const { gamma, beta } = this.params, { groups, eps } = this.settings, size = x.length / groups;
    this.normalized = new Float64Array(x.length);
    this.std = new Float64Array(groups);
    for (let g = 0; g < groups; g++) {
      const part = Float64Array.from(x.subarray(g * size, (g + 1) * size));
      const mean = part.reduce((sum, v) => sum + v, 0) / size;
      const std = Math.sqrt(part.reduce((sum, v) => sum + (v - mean) ** 2, 0) / size + eps);
      this.std[g] = std;
      this.normalized.set(part.map(v => (v - mean) / std), g * size);
    }
    return Float32Array.from(this.normalized, (value, i) => {
      const c = Math.floor(i / this.each);
      return value * gamma.value[c] + beta.value[c];
    });
  }
  backward(dout) {
    const { gamma, beta } = this.params, size = dout.length / this.settings.groups;
    const dn = dout.map((value, i) => {
      const c = Math.floor(i / this.each);
      gamma.grad[c] += value * this.normalized[i];
      beta.grad[c] += value;
      return value * gamma.value[c];
    });
    for (let g = 0; g < this.settings.groups; g++) {
      let sum = 0, product = 0;
      for (let i = g * size; i < (g + 1) * size; i++) {
        sum += dn[i];
        product += dn[i] * this.normalized[i];
      }
      for (let i = g * size; i < (g + 1) * size; i++) {
        dn[i] = (dn[i] - sum / size - this.normalized[i] * product / size) / this.std[g];
      }
    }
    return dn;
  }
}

class Softmax extends Layer {
  forward(x) {
    const largest = x.reduce((a, b) => Math.max(a, b)), weights = Float64Array.from(x, v => Math.exp(v - largest));
    const total = weights.reduce((a, b) => a + b);
    this.x = x;
    return Float32Array.from(weights, weight => weight / total);
  }
}

Live.KINDS = { affine: Affine, conv: Conv, pool: Pool, relu: Relu, scale: Scale, norm: Norm, softmax: Softmax };

// ---- networks

Live.Net = class {
  constructor({ input, layers }) {
    this.input = input;
    let shape = input;
    this.layers = layers.map(spec => {
      const layer = new Live.KINDS[spec.kind](spec, shape);
      shape = layer.outShape;
      return layer;
    });
  }
  get params() {
    return this.layers.flatMap(layer => Object.entries(layer.params).map(([name, param]) => ({ name, ...param })));
  }
  get count() {
    return this.params.reduce((sum, { value }) => sum + value.length, 0);
  }
  // What comes out of each layer; the last are the probabilities.
  forward(x) {
    return this.layers.map(layer => (x = layer.forward(x)));
  }
  // The loss of one example, whose gradients are added to what is there.
  backward(outputs, label) {
    const scores = outputs[outputs.length - 2], largest = scores.reduce((a, b) => Math.max(a, b));
    const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    let dout = Float64Array.from(scores, (s, c) => Math.exp(s - largest) / total - (c === label ? 1 : 0));
    for (let k = this.layers.length - 2; k >= 0; k--) dout = this.layers[k].backward(dout, k > 0);
    return Math.log(total) - (scores[label] - largest);
  }
  spec() {
    return { input: this.input, layers: this.layers.map(layer => layer.spec()) };
  }
};

// A picture (H, W, C) of bytes, as the first layer takes it.
Live.preprocess = (bytes, { input: [C, H, W], mean, std }) => {
  const x = new Float32Array(C * H * W);
  const at = (values, i) => values[values.length === x.length ? i : values.length === C ? Math.floor(i / (H * W)) : 0];
  for (let c = 0, i = 0; c < C; c++) {
    for (let k = 0; k < H * W; k++, i++) x[i] = (bytes[k * C + c] - at(mean, i)) / at(std, i);
  }
  return x;
};

// The largest difference of any layer, in units of its largest number in Python.
Live.compare = (outputs, probes) => outputs.map((out, k) => {
  const theirs = Live.unpack(probes[k].values), unit = theirs.reduce((a, v) => Math.max(a, Math.abs(v)), 0) || 1;
  return theirs.reduce((worst, v, i) => Math.max(worst, Math.abs(v - out[i * probes[k].every])), 0) / unit;
});
