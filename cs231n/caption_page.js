"use strict";
const END = "<END>", DATA = "data:image/webp;base64,";
const UNSURE = Math.log(0.5);
const WRONG = {
  grammar: "no sentence", colour: "wrong colour", size: "wrong size", shape: "wrong shape", object: "no such object",
  number: "wrong number", relation: "wrong relation", the: "“the” fits several",
};
const one = selector => document.querySelector(selector);
const all = selector => [...document.querySelectorAll(selector)];
const [cards, tip, heard, dialog] = ["#cards", "#tip", "#heard", "dialog"].map(one);
const [search, sort, referenced] = ["#search", "#sort", "#referenced"].map(one);
const rows = []; // one a picture, in the order given; s: sayings [words, logprobs, sum, truth, wrong, score]
let shown = [], hits = [], open = 0;

function make(tag, kind = "", text = "") {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  if (text !== "") element.textContent = text;
  return element;
}

const number = value => value.toFixed(2).replace("-", "−");

function percent(logprob) {
  const value = 100 * Math.exp(logprob);
  if (value < 0.1) return "< 0.1 %";
  if (value > 99.9) return "> 99.9 %";
  return value.toFixed(value < 10 || value > 99 ? 1 : 0) + " %";
}

const perWord = saying => saying[2] / Math.max(1, saying[1].length);
const spoken = saying => saying[0].filter(word => word !== END).join(" ");

function verdict(saying) { // [class, words] of what is known of a sentence, or null
  if (saying[3]) return saying[3] === "true" ? ["right", "✓ true"] : ["wrong", "✗ " + WRONG[saying[4]]];
  return saying[5] === null ? null : ["", "CIDEr-D " + saying[5].toFixed(2)];
}

function spell(target, saying) {
  saying[0].forEach((word, i) => {
    const span = make("span", "w", word === END ? "∎" : word);
    span.style.setProperty("--p", Math.exp(saying[1][i]).toFixed(3));
    span.classList.toggle("unsure", saying[1][i] < UNSURE);
    span.classList.toggle("end", word === END);
    const last = saying[0][i + 1] === END; // the mark of the end stays with its word
    target.append(span, last ? "\u00a0" : " ");
  });
}

function card(row) {
  const item = make("li", "card"), button = make("button", "picture"), picture = new Image(), best = row.s[0];
  button.type = "button";
  button.setAttribute("aria-label", "Details of " + row.n);
  picture.alt = "";
  picture.decoding = "async";
  if (row.picture) picture.src = DATA + row.picture;
  button.append(picture, make("span", "score", number(best[2])));
  const said = make("p", "said");
  said.tabIndex = 0;
  said.setAttribute("role", "group");
  said.setAttribute("aria-label", (spoken(best) || "nothing") + ". Arrow keys: the words' probabilities.");
  spell(said, best);
  const numbers = make("p", "numbers"), known = verdict(best);
  numbers.append(make("span", "", percent(perWord(best)) + " a word"));
  if (known) numbers.append(make("span", known[0], known[1]));
  item.append(button, said, numbers, make("p", "name", row.n));
  if (row.r.length) {
    const others = make("ul", "others");
    others.setAttribute("aria-label", "References");
    others.append(...row.r.map(text => make("li", "", text)));
    item.append(others);
  }
  return item;
}

function more() { // called behind each part of the data
  const part = document.currentScript.previousElementSibling, fragment = document.createDocumentFragment();
  for (const row of JSON.parse(part.textContent)) {
    row.i = rows.push(row) - 1;
    row.words = (spoken(row.s[0]) + " \n" + row.n).toLowerCase();
    row.refs = row.r.join(" \n").toLowerCase();
    row.card = card(row);
    fragment.append(row.card);
  }
  cards.append(fragment);
  part.remove();
}

// Which are shown, and in which order
const ORDERS = {
  given: row => row.i,
  mixed: row => Math.imul(row.i + 1, 0x9e3779b1) >>> 0,
  sure: row => -row.s[0][2],
  unsure: row => row.s[0][2],
  word: row => -perWord(row.s[0]),
  unword: row => perWord(row.s[0]),
  score: row => -(row.s[0][5] ?? -1),
  unscore: row => row.s[0][5] ?? 99,
};

function fits(row, filter, query) {
  const [, , , truth, wrong, score] = row.s[0], { kind, value } = filter;
  if (kind === "truth" && (value === "false" ? truth === "true" : truth !== value)) return false;
  if (kind === "wrong" && wrong !== value) return false;
  if (kind === "score" && !(score !== null && score >= filter.low && score < filter.high)) return false;
  const tenth = one(".tenths [aria-pressed=true]");
  if (tenth && row.k !== Number(tenth.dataset.tenth)) return false;
  return !query || row.words.includes(query) || (referenced?.checked && row.refs.includes(query));
}

function mark(row, query) { // the words of a sentence that were searched for
  const text = spoken(row.s[0]).toLowerCase(), spans = row.card.querySelectorAll(".said .w");
  for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + 1)) {
    let low = 0;
    for (const span of spans) {
      const high = low + span.textContent.length;
      if (!span.classList.contains("end") && low < at + query.length && high > at) hits.push(span);
      low = high + 1;
    }
  }
}

function update() {
  const filter = one(".chips [aria-pressed=true]")?.dataset ?? {};
  const query = search.value.toLowerCase().trim().replace(/\s+/g, " "), key = ORDERS[sort.value];
  hits.forEach(span => span.classList.remove("hit"));
  hits = [];
  shown = rows.filter(row => fits(row, filter, query));
  shown.sort((a, b) => key(a) - key(b) || a.i - b.i);
  if (query) shown.forEach(row => mark(row, query));
  hits.forEach(span => span.classList.add("hit"));
  cards.replaceChildren(...shown.map(row => row.card));
  cards.classList.toggle("referenced", Boolean(referenced?.checked));
  const count = shown.length.toLocaleString("en"), total = rows.length.toLocaleString("en");
  one("#count").textContent = shown.length === rows.length ? `${total} pictures` : `${count} of ${total} pictures`;
  one("#none").hidden = shown.length > 0;
  still();
}

function press(button, group) {
  const was = button.getAttribute("aria-pressed") === "true";
  group.forEach(other => other.setAttribute("aria-pressed", "false"));
  button.setAttribute("aria-pressed", String(!was || !button.dataset.value && "kind" in button.dataset));
  update();
}

function done() {
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(update, 80); });
  sort.addEventListener("change", update);
  referenced?.addEventListener("change", update);
  for (const group of [all(".chips button"), all(".tenths button")]) {
    group.forEach(button => button.addEventListener("click", () => press(button, group)));
  }
  one("#clear").addEventListener("click", () => {
    search.value = "";
    all(".tenths button").forEach(button => button.setAttribute("aria-pressed", "false"));
    all(".chips button").forEach((button, i) => button.setAttribute("aria-pressed", String(i === 0)));
    update();
    search.focus();
  });
  if (search.value || sort.value !== "given" || referenced?.checked) update(); // a browser kept them
  else shown = rows.slice();
}

// A word's probability: under the pointer, at a tap, and by arrow keys in a sentence
function tell(span) {
  still();
  const list = [...span.parentElement.children], row = rows.find(row => row.card === span.closest(".card"));
  const i = list.indexOf(span), [words, logprobs] = row.s[0];
  const word = words[i] === END ? "end of the sentence" : words[i];
  tip.textContent = `${word}: ${percent(logprobs[i])}, log-probability ${number(logprobs[i])}`;
  tip.hidden = false;
  span.classList.add("here");
  const box = span.getClientRects()[0], size = tip.getBoundingClientRect();
  const left = Math.min(Math.max(4, box.left + box.width / 2 - size.width / 2), document.documentElement.clientWidth - size.width - 4);
  const top = box.top - size.height - 6;
  tip.style.transform = `translate(${left}px, ${top < 4 ? box.bottom + 6 : top}px)`;
}

function still() {
  tip.hidden = true;
  all(".w.here").forEach(span => span.classList.remove("here"));
}

document.addEventListener("pointerover", event => {
  if (event.target.matches?.("#cards .w")) tell(event.target);
});
document.addEventListener("pointerout", event => {
  if (event.pointerType !== "touch" && event.target.matches?.("#cards .w")) still();
});
document.addEventListener("pointerdown", still);
document.addEventListener("click", event => { // a tap; it comes when the focus has moved
  if (event.target.matches?.("#cards .w")) tell(event.target);
});
document.addEventListener("scroll", still, { passive: true });
cards.addEventListener("focusin", event => {
  if (event.target.matches(".said:focus-visible")) listen(event.target, 0);
});
cards.addEventListener("focusout", still);
cards.addEventListener("keydown", event => {
  if (!event.target.matches(".said")) return;
  const spans = [...event.target.children], at = spans.findIndex(span => span.classList.contains("here"));
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: spans.length - 1 }[event.key];
  if (event.key === "Escape") still();
  if (to === undefined) return;
  event.preventDefault();
  listen(event.target, Math.min(Math.max(to, 0), spans.length - 1));
});

function listen(said, i) {
  if (!said.children[i]) return;
  tell(said.children[i]);
  heard.textContent = tip.textContent;
}

// One picture, enlarged, with all that was weighed
function show(place) {
  if (!(place in shown)) return;
  open = place;
  const row = shown[place], picture = dialog.querySelector("img");
  picture.src = row.card.querySelector("img").src;
  one("#whose").textContent = row.n;
  one(".place").textContent = `${(place + 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}`;
  const about = one(".about"), weighed = make("ol", "weighed"), bars = make("table", "bars");
  const title = row.s.length > 1 ? "Sentences, with their log-probabilities" : "Sentence, with its log-probability";
  about.replaceChildren(make("h2", "", title), weighed, make("h2", "", "Word by word"), bars);
  row.s.forEach((saying, k) => {
    const item = make("li"), button = make("button"), known = verdict(saying);
    button.type = "button";
    button.append(make("span", "", number(saying[2])), make("span", "", spoken(saying) || "(nothing)"));
    const note = make("span", "note", percent(perWord(saying)) + " a word");
    if (known) note.append(" · ", make("span", known[0], known[1]));
    button.append(note);
    button.setAttribute("aria-pressed", String(k === 0));
    button.addEventListener("click", () => {
      weighed.querySelectorAll("button").forEach(b => b.setAttribute("aria-pressed", String(b === button)));
      lengths(bars, saying);
    });
    item.append(button);
    weighed.append(item);
  });
  lengths(bars, row.s[0]);
  if (row.r.length) {
    const list = make("ul", "given");
    list.append(...row.r.map(text => make("li", "", text)));
    about.append(make("h2", "", "References"), list);
  }
  if (!dialog.open) dialog.showModal();
}

function lengths(table, saying) {
  table.replaceChildren(...saying[0].map((word, i) => {
    const line = make("tr"), head = make("th", "", word === END ? "end" : word), cell = make("td"), bar = make("i");
    head.scope = "row";
    bar.style.setProperty("--p", Math.exp(saying[1][i]).toFixed(3));
    bar.classList.toggle("unsure", saying[1][i] < UNSURE);
    cell.append(bar);
    line.append(head, cell, make("td", "", percent(saying[1][i])));
    return line;
  }));
}

cards.addEventListener("click", event => {
  const item = event.target.closest(".picture")?.closest(".card");
  if (item) show(shown.findIndex(row => row.card === item));
});
dialog.addEventListener("click", event => {
  const by = event.target.dataset.step;
  if (event.target === dialog || by === "0") dialog.close();
  else if (by) show(open + Number(by));
});
dialog.addEventListener("keydown", event => {
  if (event.key === "ArrowLeft") show(open - 1);
  if (event.key === "ArrowRight") show(open + 1);
});
dialog.addEventListener("close", () => shown[open]?.card.querySelector(".picture").focus());
