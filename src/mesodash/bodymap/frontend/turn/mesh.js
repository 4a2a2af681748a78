// The body in three dimensions, as tools/turn/turn_file.py packs it: unpacked, cut along the borders of areas, asked.

import { nearest, normalsOf, placesOf } from "./shape.js";

/** @import { AreaKey, BodyHeader, Cut, Hit, Shape, Vector } from "../types.d.ts" */

const ON_MIDLINE = 128;
const PIECES = 8;

/**
 * Fetches the mesh: once a page, cached by the browser.
 * @param {string} version
 */
export async function fetchBody(version) {
  const answer = await fetch(new URL(`body.mesh?v=${encodeURIComponent(version)}`, import.meta.url), { cache: "force-cache" });
  if (!answer.ok || !answer.body) throw new Error(`body.mesh: ${answer.status}`);
  const whole = answer.body.pipeThrough(new DecompressionStream("gzip"));
  return new Body(await new Response(whole).arrayBuffer());
}

export class Body {
  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    const size = new DataView(buffer).getUint32(0, true);
    /** @type {BodyHeader} */
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
    const parts = unpack(new Uint8Array(buffer, 4 + size), this.header.parts);
    /** The number of each area, from 1; 0 is skin of no area. @type {(AreaKey | null)[]} */
    this.areas = [null, ...this.header.areas.map(([area, side]) => `${area}|${side}`)];
    this.parts = parts;
    this.faces = faceCorners(parts.faces);
    const { edges, triangles, vertices } = subdivide(this.faces, this.header.base);
    this.edges = edges;
    this.triangles = triangles;
    this.cut = cutAlong(triangles, vertices, parts, partnersOf(this.header.areas));
    /** @type {Map<string, Shape>} */
    this.shapes = new Map();
  }

  /** @param {string} figure */
  shape(figure) {
    let shape = this.shapes.get(figure);
    if (!shape) {
      shape = this.standing(figure);
      this.shapes.set(figure, shape);
    }
    return shape;
  }

  /**
   * Where every vertex of a figure stands, and the normals of its skin.
   * @param {string} figure
   * @returns {Shape}
   */
  standing(figure) {
    const { base, step } = this.header;
    const kept = this.parts[figure];
    const { cut, edges, faces } = this;
    const count = kept.length / 3;
    const vertices = count + cut.made.length / 3;
    const grid = new Int32Array(count * 3);
    for (let axis = 0; axis < 3; axis += 1) {
      const from = axis * count;
      const of = (/** @type {number} */ vertex) => grid[vertex * 3 + axis];
      for (let i = 0, last = 0; i < base; i += 1) grid[i * 3 + axis] = last += kept[from + i];
      const edged = edges.length / 2;
      for (let i = 0; i < edged; i += 1) grid[(base + i) * 3 + axis] = ((of(edges[i * 2]) + of(edges[i * 2 + 1])) >> 1) + kept[from + base + i];
      for (let i = 0; i < faces.length / 4; i += 1) {
        const sum = of(faces[i * 4]) + of(faces[i * 4 + 1]) + of(faces[i * 4 + 2]) + of(faces[i * 4 + 3]);
        grid[(base + edged + i) * 3 + axis] = (sum >> 2) + kept[from + base + edged + i];
      }
    }
    const points = new Float32Array(vertices * 3);
    for (let i = 0; i < grid.length; i += 1) points[i] = grid[i] * step;
    for (let i = 0; i < cut.made.length / 3; i += 1) {
      for (let axis = 0; axis < 3; axis += 1) {
        let sum = 0;
        for (let k = 0; k < 3; k += 1) sum += cut.weights[i * 3 + k] * points[cut.made[i * 3 + k] * 3 + axis];
        points[(count + i) * 3 + axis] = sum;
      }
    }
    return { points, normals: normalsOf(points, cut.corners), places: placesOf(points, cut) };
  }

  /**
   * What of a figure a straight line meets first.
   * @param {string} figure
   * @param {Vector} from
   * @param {Vector} along a unit vector
   * @returns {Hit | null}
   */
  pick(figure, from, along) {
    const { points } = this.shape(figure);
    const { corners, labels } = this.cut;
    const [ox, oy, oz] = from;
    const [dx, dy, dz] = along;
    let best = Infinity;
    let found = -1;
    for (let i = 0; i < corners.length; i += 3) {
      const [a, b, c] = [corners[i] * 3, corners[i + 1] * 3, corners[i + 2] * 3];
      const [ax, ay, az] = [points[a], points[a + 1], points[a + 2]];
      const [ux, uy, uz] = [points[b] - ax, points[b + 1] - ay, points[b + 2] - az];
      const [vx, vy, vz] = [points[c] - ax, points[c + 1] - ay, points[c + 2] - az];
      const [px, py, pz] = [dy * vz - dz * vy, dz * vx - dx * vz, dx * vy - dy * vx];
      const size = ux * px + uy * py + uz * pz;
      // What turns its back to the eye is not seen.
      if (size <= 1e-12) continue;
      const [tx, ty, tz] = [ox - ax, oy - ay, oz - az];
      const u = tx * px + ty * py + tz * pz;
      if (u < 0 || u > size) continue;
      const [qx, qy, qz] = [ty * uz - tz * uy, tz * ux - tx * uz, tx * uy - ty * ux];
      const v = dx * qx + dy * qy + dz * qz;
      if (v < 0 || u + v > size) continue;
      const far = (vx * qx + vy * qy + vz * qz) / size;
      if (far < best) [best, found] = [far, i / 3];
    }
    if (found < 0) return null;
    return { area: this.areas[labels[found]], at: [ox + dx * best, oy + dy * best, oz + dz * best] };
  }

  /**
   * Where a place of the base mesh lies on the skin of a figure.
   * @param {string} figure
   * @param {[triangle: number, u: number, v: number]} place
   * @returns {Vector}
   */
  place(figure, [triangle, u, v]) {
    const quads = this.faces.length / 4;
    const row = triangle % quads;
    const { points } = this.shape(figure);
    const at = (/** @type {number} */ vertex) => /** @type {Vector} */ ([points[vertex * 3], points[vertex * 3 + 1], points[vertex * 3 + 2]]);
    const half = triangle < quads ? [0, 1, 2] : [0, 2, 3];
    const [a, b, c] = half.map((i) => at(this.faces[row * 4 + i]));
    const guess = /** @type {Vector} */ ([0, 1, 2].map((i) => a[i] * (1 - u - v) + b[i] * u + c[i] * v));
    /** @type {Vector} */
    let best = guess;
    let least = Infinity;
    for (let i = row * PIECES; i < (row + 1) * PIECES; i += 1) {
      const near = nearest(guess, at(this.triangles[i * 3]), at(this.triangles[i * 3 + 1]), at(this.triangles[i * 3 + 2]));
      const gap = (near[0] - guess[0]) ** 2 + (near[1] - guess[1]) ** 2 + (near[2] - guess[2]) ** 2;
      if (gap < least) [least, best] = [gap, near];
    }
    return best;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {BodyHeader["parts"]} listed
 * @returns {Record<string, Int32Array>} column after column
 */
function unpack(bytes, listed) {
  /** @type {Record<string, Int32Array>} */
  const parts = {};
  let at = 0;
  for (const [name, kind, width, count] of listed) {
    const n = width * count;
    const part = new Int32Array(n);
    for (let i = 0; i < n; i += 1) {
      const zigzag = kind === "z2" ? bytes[at + i] | (bytes[at + n + i] << 8) : bytes[at + i] * 2;
      part[i] = zigzag & 1 ? -(zigzag + 1) / 2 : zigzag / 2;
    }
    parts[name] = part;
    at += kind === "z2" ? 2 * n : n;
  }
  return parts;
}

/**
 * Four corners of each face, one face after another.
 * @param {Int32Array} kept
 */
function faceCorners(kept) {
  const count = kept.length / 4;
  const faces = new Int32Array(kept.length);
  for (let i = 0, first = 0; i < count; i += 1) {
    first += kept[i];
    faces[i * 4] = first;
    for (let k = 1; k < 4; k += 1) faces[i * 4 + k] = first + kept[k * count + i];
  }
  return faces;
}

/**
 * One step of subdivision, without places: four faces of each, in two triangles each.
 * @param {Int32Array} faces
 * @param {number} base
 */
function subdivide(faces, base) {
  const count = faces.length / 4;
  /** @type {Map<number, number>} */
  const numbers = new Map();
  /** @type {number[]} */
  const edges = [];
  const edgeAt = new Int32Array(faces.length);
  for (let i = 0; i < faces.length; i += 1) {
    const [a, b] = [faces[i], faces[i % 4 === 3 ? i - 3 : i + 1]];
    const key = Math.min(a, b) * 65536 + Math.max(a, b);
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
      edges.push(Math.min(a, b), Math.max(a, b));
    }
    edgeAt[i] = base + number;
  }
  const triangles = new Int32Array(count * PIECES * 3);
  for (let row = 0, at = 0; row < count; row += 1) {
    const centre = base + numbers.size + row;
    for (let i = 0; i < 4; i += 1) {
      const [corner, one, other] = [faces[row * 4 + i], edgeAt[row * 4 + i], edgeAt[row * 4 + ((i + 3) % 4)]];
      triangles.set([corner, one, centre, corner, centre, other], at);
      at += 6;
    }
  }
  return { edges: Int32Array.from(edges), triangles, vertices: base + numbers.size + count };
}

/**
 * The area of the patient's left half for each of the right half, itself for all others.
 * @param {[area: string, side: string][]} areas
 */
function partnersOf(areas) {
  return [0, ...areas.map(([, side], i) => (side === "right" ? i + 2 : i + 1))];
}

/**
 * Cuts the triangles along the borders of areas, so that each lies in one.
 * @param {Int32Array} triangles
 * @param {number} vertices
 * @param {Record<string, Int32Array>} parts
 * @param {number[]} partners
 * @returns {Cut}
 */
function cutAlong(triangles, vertices, { at, left, shares, far }, partners) {
  /** @type {Map<number, number>} */
  const numbers = new Map();
  /** @type {number[]} */
  const made = [];
  /** @type {number[]} */
  const weights = [];
  /** @type {number[]} */
  const corners = [];
  /** @type {number[]} */
  const labels = [];
  /**
   * @param {number} a
   * @param {number} b
   */
  const between = (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const key = low * 1048576 + high;
    let number = numbers.get(key);
    if (number === undefined) {
      const share = (shares[numbers.size] + 0.5) / 256;
      number = vertices + made.length / 3;
      numbers.set(key, number);
      made.push(low, high, high);
      weights.push(1 - share, share, 0);
    }
    return number;
  };
  /**
   * @param {number} label
   * @param {number[]} piece
   */
  const put = (label, ...piece) => {
    corners.push(...piece);
    labels.push(label);
  };
  for (let i = 0; i < triangles.length; i += 3) {
    const onLeft = left[Math.floor(i / 3 / PIECES)];
    /** @param {number} vertex */
    const own = (vertex) => (at[vertex] >= ON_MIDLINE && onLeft ? partners[at[vertex] - ON_MIDLINE] : at[vertex] & (ON_MIDLINE - 1));
    const [a, b, c] = [triangles[i], triangles[i + 1], triangles[i + 2]];
    const [la, lb, lc] = [own(a), own(b), own(c)];
    if (la === lb && lb === lc) {
      put(la, a, b, c);
      continue;
    }
    const ab = la === lb ? -1 : between(a, b);
    const bc = lb === lc ? -1 : between(b, c);
    const ca = lc === la ? -1 : between(c, a);
    if (la === lb) {
      put(lc, c, ca, bc);
      put(la, a, b, bc);
      put(la, a, bc, ca);
    } else if (lb === lc) {
      put(la, a, ab, ca);
      put(lb, b, c, ca);
      put(lb, b, ca, ab);
    } else if (la === lc) {
      put(lb, b, bc, ab);
      put(lc, c, a, ab);
      put(lc, c, ab, bc);
    } else {
      const middle = vertices + made.length / 3;
      made.push(a, b, c);
      weights.push(1 / 3, 1 / 3, 1 / 3);
      put(la, a, ab, middle);
      put(la, a, middle, ca);
      put(lb, b, bc, middle);
      put(lb, b, middle, ab);
      put(lc, c, ca, middle);
      put(lc, c, middle, bc);
    }
  }
  return { ...split(corners, labels, far), corners: Int32Array.from(corners), labels: Uint8Array.from(labels), made: Int32Array.from(made), weights: Float64Array.from(weights) };
}

/**
 * A vertex for each area that meets in one, so that colours do not run into each other.
 * @param {number[]} corners
 * @param {number[]} labels
 * @param {Int32Array} far from the border, of the vertices that are not on one
 */
function split(corners, labels, far) {
  /** @type {Map<number, number>} */
  const numbers = new Map();
  /** @type {number[]} */
  const origins = [];
  /** @type {number[]} */
  const areas = [];
  const index = new Uint32Array(corners.length);
  for (let i = 0; i < corners.length; i += 1) {
    const key = corners[i] * 128 + labels[Math.floor(i / 3)];
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
      origins.push(corners[i]);
      areas.push(labels[Math.floor(i / 3)]);
    }
    index[i] = number;
  }
  const away = Float32Array.from(origins, (vertex) => far[vertex] ?? 0);
  return { index, origins: Int32Array.from(origins), areas: Float32Array.from(areas), away };
}
