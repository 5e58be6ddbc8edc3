// What all parts of the page draw with: elements, colours, maps, bars, curves, files.
"use strict";

Live.element = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

Live.at = id => document.getElementById(id);
Live.short = value => (value === 0 ? "0" : Number(value.toPrecision(3)).toString());
Live.percent = share => `${(100 * share).toFixed(1)}%`;

// Numbers around 0 as colours that can be told apart without seeing red or green.
const NEGATIVE = [0, 90, 160], ZERO = [247, 247, 247], POSITIVE = [190, 80, 0];
Live.colour = (value, largest) => {
  const share = largest ? Math.max(-1, Math.min(1, value / largest)) : 0, end = share < 0 ? NEGATIVE : POSITIVE;
  return ZERO.map((zero, k) => Math.round(zero + Math.abs(share) * (end[k] - zero)));
};
Live.luminance = colour => colour.reduce((sum, part, k) => sum + [0.2126, 0.7152, 0.0722][k] * (part / 255) ** 2.2, 0);
Live.largest = values => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

// One pixel a number, row by row; `colours(i)` is [red, green, blue] of pixel i.
Live.paint = (canvas, width, height, colours) => {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...colours(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
};

Live.paintMap = (canvas, values, width, height, largest) =>
  Live.paint(canvas, width, height, i => Live.colour(values[i], largest));

Live.paintPicture = (canvas, bytes, [C, H, W]) =>
  Live.paint(canvas, W, H, i => [0, 1, 2].map(c => bytes[i * C + (C === 1 ? 0 : c)]));

// A list of the likeliest names, each with a bar.
Live.bars = (list, shares, names, count = 5) => {
  const order = Array.from(shares, (_, c) => c).sort((a, b) => shares[b] - shares[a]).slice(0, count);
  list.replaceChildren(...order.map(c => {
    const bar = Live.element("i");
    bar.style.width = `${100 * shares[c]}%`;
    return Live.element("li", {}, Live.element("span", {}, names[c]), Live.element("b", {}, Live.percent(shares[c])), bar);
  }));
};

// Lines over steps: each {name, points: [[x, y]], dashed}. Only `most` of the points are drawn.
Live.curves = (figure, lines, { low = 0, high = null, label, most = 300 }) => {
  const svg = figure.querySelector("svg"), width = 480, height = 200, left = 52, bottom = 26;
  const all = lines.flatMap(line => line.points), last = Math.max(1, ...all.map(([x]) => x));
  const top = high ?? (Math.max(0, ...all.map(([, y]) => y)) || 1) * 1.05;
  const place = ([x, y]) => [left + (x / last) * (width - left - 8), 8 + (1 - (Math.min(y, top) - low) / (top - low)) * (height - bottom - 8)];
  const make = (tag, attributes, text = "") => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };
  const parts = [0, 0.5, 1].flatMap(share => {
    const [x, y] = place([0, low + share * (top - low)]);
    return [make("line", { x1: x, x2: width - 8, y1: y, y2: y, class: "grid" }),
      make("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, Live.short(low + share * (top - low)))];
  });
  parts.push(make("text", { x: width - 8, y: height - 6, "text-anchor": "end" }, `step ${last}`));
  parts.push(make("text", { x: left, y: height - 6 }, label));
  lines.forEach(({ points, dashed }, k) => {
    const every = Math.ceil(points.length / most) || 1;
    const drawn = points.filter((_, i) => i % every === 0 || i === points.length - 1).map(place);
    const line = { points: drawn.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "), class: `line line${k}` };
    parts.push(make("polyline", dashed ? { ...line, "stroke-dasharray": "6 4" } : line));
  });
  svg.replaceChildren(...parts);
};

Live.download = (name, text) => {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  Live.element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
};

// A picture file, its middle cut out in the shape of (H, W), as bytes (H, W, C).
Live.readPicture = async (file, [C, H, W]) => {
  let bitmap = await createImageBitmap(file);
  let width = Math.min(bitmap.width, bitmap.height * W / H), height = width * H / W;
  let from = [(bitmap.width - width) / 2, (bitmap.height - height) / 2, width, height];
  for (;;) { // halved again and again, so that every pixel counts
    const size = [W, H].map((side, k) => Math.max(side, Math.ceil([width, height][k] / 2)));
    const canvas = Live.element("canvas", { width: size[0], height: size[1] });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    Object.assign(context, { imageSmoothingQuality: "high", fillStyle: "white" });
    context.fillRect(0, 0, ...size); // behind what is transparent
    context.drawImage(bitmap, ...from, 0, 0, ...size);
    if (size[0] === W && size[1] === H) return Live.bytesOf(context.getImageData(0, 0, W, H).data, C);
    [bitmap, width, height, from] = [canvas, ...size, [0, 0, ...size]];
  }
};

// (H, W, 4) -> (H, W, C); one channel is the mean of red, green and blue.
Live.bytesOf = (data, C) => {
  const bytes = new Uint8Array(data.length / 4 * C);
  for (let i = 0; i < data.length / 4; i++) {
    const [r, g, b] = data.subarray(4 * i, 4 * i + 3);
    bytes.set(C === 1 ? [Math.round((r + g + b) / 3)] : [r, g, b], i * C);
  }
  return bytes;
};
