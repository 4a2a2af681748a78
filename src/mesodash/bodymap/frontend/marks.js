// What is drawn over the areas of a view: injection points and lines, and the patterns of states.

import { svg } from "./dom.js";

/** @import { Layer, Point } from "./types.d.ts" */

// Pixels of the screen: a smaller number cannot be read.
const LEAST = 16;
const MOST = 22;
const DOT = [2.4, 6.5];

/** @param {Point[]} points */
const trace = (points) => points.map(([x, y]) => `M${x} ${y}h0`).join("");

/**
 * The smallest gap from the first 120 points to all: in a grid it is the same everywhere.
 * @param {Point[]} points
 */
function gapOf(points) {
  let least = Infinity;
  for (let i = 0; i < Math.min(points.length, 120); i += 1) {
    for (let j = 0; j < points.length; j += 1) {
      if (i !== j) least = Math.min(least, Math.hypot(points[i][0] - points[j][0], points[i][1] - points[j][1]));
    }
  }
  return least;
}

/** Injection points of one area: dots, numbers where there is room for them, lines. They take no clicks. */
export class Dots {
  /** @param {Layer} layer points in units of the view */
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

  /**
   * @param {number} name
   * @param {Point} at
   */
  number(name, [x, y]) {
    return svg("text", { x, y, dy: "0.36em" }, String(name));
  }

  /** @param {number} unit units of the drawing in a pixel of the screen */
  scaled(unit) {
    const room = this.gap / unit;
    const numbered = this.named && room >= LEAST;
    const size = numbered ? Math.min(MOST, Math.max(LEAST, room * 0.8)) : Math.min(DOT[1], Math.max(DOT[0], room * 0.5));
    this.element.classList.toggle("mb-numbered", numbered);
    this.element.style.setProperty("--d", size.toFixed(2));
  }
}

/**
 * The points of a layer, which Python sends in tenths of a unit.
 * @param {number[]} flat
 * @returns {Point[]}
 */
export function pairs(flat) {
  /** @type {Point[]} */
  const points = [];
  for (let i = 0; i < flat.length; i += 2) points.push([flat[i] / 10, flat[i + 1] / 10]);
  return points;
}

/**
 * @param {string} id
 * @param {number} size
 * @param {SVGElement[]} parts
 */
const tile = (id, size, ...parts) => svg("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" }, ...parts);

/** @param {string} kind */
const stripe = (kind) => svg("path", { d: "M-2 8L2 12M-2 -2L12 12M8 -2L12 2", class: kind });

/**
 * @param {string} kind
 * @param {number} r
 */
const spots = (kind, r) => [svg("circle", { cx: 2.75, cy: 2.75, r, class: kind }), svg("circle", { cx: 8.25, cy: 8.25, r, class: kind })];

/**
 * The patterns of the states that warn. Named as in Python; `none` and `calm` have no pattern.
 * @param {string} id of the view
 */
export const patterns = (id) => [
  tile(`${id}-wait`, 10, stripe("mb-wait-halo"), stripe("mb-wait-line")),
  tile(`${id}-late`, 11, ...spots("mb-late-halo", 2.5), ...spots("mb-late-dot", 1.7)),
];

/**
 * What is drawn over one area in a state.
 * @param {string} name of the look
 * @param {string} path
 * @param {string} id of the view
 */
export function look(name, path, id) {
  if (name === "none") return [];
  const parts = [svg("path", { d: path, class: "mb-halo thin" }), svg("path", { d: path, class: `mb-look mb-look-${name}` })];
  if (name === "wait" || name === "late") parts.unshift(svg("path", { d: path, class: "mb-look-fill", fill: `url(#${id}-${name})` }));
  return parts;
}
