// Where the skin faces, where an area has its middle, and the place on it nearest to a point.

/** @import { Cut, Shape, Vector } from "../types.d.ts" */

/** @param {Vector} a @param {Vector} b */
export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/**
 * @param {Float32Array} points
 * @param {Int32Array} corners
 */
export function normalsOf(points, corners) {
  const normals = new Float32Array(points.length);
  for (let i = 0; i < corners.length; i += 3) {
    const face = across(points, corners, i);
    for (let k = 0; k < 3; k += 1) for (let axis = 0; axis < 3; axis += 1) normals[corners[i + k] * 3 + axis] += face[axis];
  }
  for (let i = 0; i < normals.length; i += 3) {
    const size = Math.hypot(normals[i], normals[i + 1], normals[i + 2]) || 1;
    for (let axis = 0; axis < 3; axis += 1) normals[i + axis] /= size;
  }
  return normals;
}

/**
 * The normal of a triangle, as long as twice its size.
 * @param {Float32Array} points
 * @param {Int32Array} corners
 * @param {number} i of the triangle's first corner
 * @returns {Vector}
 */
function across(points, corners, i) {
  const [a, b, c] = [corners[i] * 3, corners[i + 1] * 3, corners[i + 2] * 3];
  const [ux, uy, uz] = [points[b] - points[a], points[b + 1] - points[a + 1], points[b + 2] - points[a + 2]];
  const [vx, vy, vz] = [points[c] - points[a], points[c + 1] - points[a + 1], points[c + 2] - points[a + 2]];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

/**
 * The middle of each area, where its skin faces, and its size.
 * @param {Float32Array} points
 * @param {Cut} cut
 * @returns {Shape["places"]}
 */
export function placesOf(points, { corners, labels }) {
  /** @type {Shape["places"]} */
  const places = [];
  for (let i = 0; i < corners.length; i += 3) {
    const label = labels[i / 3];
    const place = (places[label] ??= { at: [0, 0, 0], facing: [0, 0, 0], size: 0 });
    const face = across(points, corners, i);
    const size = Math.hypot(...face) / 2;
    place.size += size;
    for (let axis = 0; axis < 3; axis += 1) {
      place.facing[axis] += face[axis] / 2;
      for (let k = 0; k < 3; k += 1) place.at[axis] += (size * points[corners[i + k] * 3 + axis]) / 3;
    }
  }
  for (const place of places) {
    if (!place) continue;
    place.at = /** @type {Vector} */ (place.at.map((sum) => sum / place.size));
    const length = Math.hypot(...place.facing) || 1;
    place.facing = /** @type {Vector} */ (place.facing.map((one) => one / length));
  }
  return places;
}

/**
 * The point of a triangle nearest to another (Ericson, Real-Time Collision Detection, 5.1.5).
 * @param {Vector} p
 * @param {Vector} a
 * @param {Vector} b
 * @param {Vector} c
 * @returns {Vector}
 */
export function nearest(p, a, b, c) {
  const minus = (/** @type {Vector} */ x, /** @type {Vector} */ y) => /** @type {Vector} */ ([x[0] - y[0], x[1] - y[1], x[2] - y[2]]);
  const go = (/** @type {Vector} */ v, /** @type {number} */ s, /** @type {Vector} */ w, /** @type {number} */ t) => /** @type {Vector} */ ([0, 1, 2].map((i) => a[i] + v[i] * s + w[i] * t));
  const [ab, ac, ap, bp, cp] = [minus(b, a), minus(c, a), minus(p, a), minus(p, b), minus(p, c)];
  const [d1, d2, d3, d4, d5, d6] = [dot(ab, ap), dot(ac, ap), dot(ab, bp), dot(ac, bp), dot(ab, cp), dot(ac, cp)];
  if (d1 <= 0 && d2 <= 0) return a;
  if (d3 >= 0 && d4 <= d3) return b;
  if (d6 >= 0 && d5 <= d6) return c;
  const [va, vb, vc] = [d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2];
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return go(ab, d1 / (d1 - d3), ac, 0);
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return go(ab, 0, ac, d2 / (d2 - d6));
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const w = (d4 - d3) / (d4 - d3 + d5 - d6);
    return go(ab, 1 - w, ac, w);
  }
  const whole = va + vb + vc;
  return go(ab, vb / whole, ac, vc / whole);
}
