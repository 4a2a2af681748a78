// The patterns that tell areas apart without colour: no data, and the looks of a state.

import { svg } from "./dom.js";

const tile = (id, size, ...parts) => svg("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" }, ...parts);

const stripe = (kind) => svg("path", { d: "M-2 8L2 12M-2 -2L12 12M8 -2L12 2", class: kind });
const dot = (kind, r) => [svg("circle", { cx: 2.75, cy: 2.75, r, class: kind }), svg("circle", { cx: 8.25, cy: 8.25, r, class: kind })];

// Named as in Python: none has no pattern and calm is a plain outline.
export const patterns = (id) => [
  tile(
    `${id}-hatch`,
    6,
    svg("rect", { width: 6, height: 6, class: "mb-hatch-ground" }),
    svg("path", { d: "M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5", class: "mb-hatch-line" }),
  ),
  tile(`${id}-wait`, 10, stripe("mb-wait-halo"), stripe("mb-wait-line")),
  tile(`${id}-late`, 11, ...dot("mb-late-halo", 2.5), ...dot("mb-late-dot", 1.7)),
];

// What is drawn over one area in a state.
export function look(name, path, id) {
  if (name === "none") return [];
  const parts = [svg("path", { d: path, class: "mb-halo thin" }), svg("path", { d: path, class: `mb-look mb-look-${name}` })];
  if (name === "wait" || name === "late") parts.unshift(svg("path", { d: path, class: "mb-look-fill", fill: `url(#${id}-${name})` }));
  return parts;
}
