// Injection points on a view: dots, numbers where there is room for them, lines. Never in the way of a click.

import { svg } from "./dom.js";

// On the screen, in pixels: a number smaller than the least cannot be read.
const LEAST = 16;
const MOST = 22;
const DOT = [2.4, 6.5];

const trace = (points) => points.map(([x, y]) => `M${x} ${y}h0`).join("");

// The smallest gap, from the first points to all: a grid has the same everywhere.
function gapOf(points) {
  let least = Infinity;
  for (let i = 0; i < Math.min(points.length, 120); i += 1) {
    for (let j = 0; j < points.length; j += 1) {
      if (i !== j) least = Math.min(least, Math.hypot(points[i][0] - points[j][0], points[i][1] - points[j][1]));
    }
  }
  return least;
}

export class Dots {
  // points: [x, y] in the view's pixels; ends: the far ends of lines; names: the numbers, or null.
  constructor({ label, points, ends = [], names, kind }) {
    this.gap = gapOf(points);
    this.named = names !== null;
    const lines = ends.map(([x, y], i) => `M${points[i][0]} ${points[i][1]}L${x} ${y}`).join("");
    const longest = Math.max(0, ...(names ?? []).map((name) => String(name).length));
    this.element = svg(
      "g",
      { class: `mb-dots ${kind}${longest > 2 ? " long" : ""}`, role: "img", "aria-label": label },
      ...(lines ? [svg("path", { class: "mb-line-halo", d: lines }), svg("path", { class: "mb-line", d: lines })] : []),
      svg("path", { class: "mb-dot-outer", d: trace(points) }),
      svg("path", { class: "mb-dot-inner", d: trace(points) }),
      svg("g", { class: "mb-numbers", "aria-hidden": "true" }, ...(names ?? []).map((name, i) => this.number(name, points[i]))),
    );
  }

  number(name, [x, y]) {
    const text = svg("text", { x, y, dy: "0.36em" });
    text.textContent = name;
    return text;
  }

  // unit: drawing units per pixel of the screen.
  scaled(unit) {
    const room = this.gap / unit;
    const numbered = this.named && room >= LEAST;
    const size = numbered ? Math.min(MOST, Math.max(LEAST, room * 0.8)) : Math.min(DOT[1], Math.max(DOT[0], room * 0.5));
    this.element.classList.toggle("mb-numbered", numbered);
    this.element.style.setProperty("--d", size.toFixed(2));
  }
}

// What Python sends of a layer, in tenths of a pixel, as points.
export function pairs(flat) {
  const points = [];
  for (let i = 0; i < flat.length; i += 2) points.push([flat[i] / 10, flat[i + 1] / 10]);
  return points;
}
