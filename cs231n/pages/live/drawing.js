// A sheet to draw on, with a pointer or with keys.
"use strict";

const PENS = { black: "#111", white: "#fff", red: "#d32f2f", orange: "#f08c00", yellow: "#fdd835", green: "#388e3c", "light blue": "#81c4f0", blue: "#1e5fbf", brown: "#795548", grey: "#888" };

Live.drawing = (watch, [C, H, W]) => {
  const sheet = Live.at("sheet"), pen = Live.at("pen"), size = Live.at("pen-size");
  Object.assign(sheet, { width: 256, height: Math.round(256 * H / W) });
  const context = sheet.getContext("2d", { willReadFrequently: true });
  pen.replaceChildren(...Object.keys(PENS).map(name => Live.element("option", {}, name)));
  let last = null, keys = { x: 128, y: sheet.height / 2, down: false };
  const read = async () => {
    const bytes = await Live.readPicture(sheet, [C, H, W]);
    watch.take(bytes, "Your drawing");
  };
  const line = (x, y) => {
    const from = last || [x, y];
    Object.assign(context, { strokeStyle: PENS[pen.value], lineWidth: Number(size.value), lineCap: "round" });
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(x, y);
    context.stroke();
    last = [x, y];
  };
  const fill = () => {
    context.fillStyle = PENS[pen.value];
    context.fillRect(0, 0, sheet.width, sheet.height);
  };
  const place = event => {
    const box = sheet.getBoundingClientRect();
    return [(event.clientX - box.left) * sheet.width / box.width, (event.clientY - box.top) * sheet.height / box.height];
  };
  sheet.addEventListener("pointerdown", event => {
    sheet.setPointerCapture(event.pointerId);
    last = null;
    line(...place(event));
  });
  sheet.addEventListener("pointermove", event => { if (event.buttons) line(...place(event)); });
  sheet.addEventListener("pointerup", () => { last = null; read(); });
  sheet.addEventListener("keydown", event => {
    const by = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] }[event.key];
    if (event.key === " ") keys.down = !keys.down;
    else if (by) {
      const before = [keys.x, keys.y];
      keys.x = Math.max(0, Math.min(sheet.width, keys.x + by[0]));
      keys.y = Math.max(0, Math.min(sheet.height, keys.y + by[1]));
      last = before;
      if (keys.down) { line(keys.x, keys.y); read(); }
    } else return;
    event.preventDefault();
    Live.at("pen-says").textContent = `Pen ${keys.down ? "down" : "up"} at ${Math.round(keys.x)}, ${Math.round(keys.y)}`;
  });
  Live.at("pen-fill").addEventListener("click", () => { fill(); read(); });
  pen.value = "light blue";
  fill();
  pen.value = "red";
};
