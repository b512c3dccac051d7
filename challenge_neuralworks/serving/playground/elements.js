"use strict";

// Elements and numbers. Text becomes text and never markup: a category may have any name.

function make(tag, attributes, ...children) {
  const drawn = /^(svg|g|rect|line|path|circle|text|title)$/.test(tag);
  const node = drawn ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) if (value != null) node.setAttribute(name, value);
  node.append(...children.filter((child) => child != null));
  return node;
}

function table(heads, rows) {
  const cells = ([first, ...others]) => make("tr", {}, make("th", { scope: "row" }, first), ...others.map((text) => make("td", {}, text)));
  const head = make("tr", {}, ...heads.map((text, index) => make(index ? "td" : "th", {}, text)));
  return make("details", {}, make("summary", {}, "As a table"), make("table", {}, head, ...rows.map(cells)));
}

const short = (number, digits) => (digits === undefined ? String(+number.toPrecision(3)) : number.toFixed(digits)).replace("-", "\u2212");
const percent = (p) => (100 * p).toFixed((p > 0 && p < 0.01) || (p < 1 && p > 0.99) ? 2 : 1) + "\u202f%";
const figure = (number) => (model.classes.length ? percent(number) : String(+number.toPrecision(6)));
const shown = (value) => (value === null ? "(not known)" : String(value));
const clip = (text, most) => (text.length > most ? text.slice(0, Math.max(1, most - 1)) + "\u2026" : text);

function ticks(low, high, most) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => +((first + index) * step).toPrecision(12));
}
