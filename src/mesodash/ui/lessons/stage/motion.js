// What a technique does, once and short: bleb, nappage, point by point, grid, thread, drawn across the skin.

import { svg } from "./dom.js";

/** @import { Motion } from "./types.d.ts" */

/**
 * Where it is drawn.
 * @typedef {object} Scene
 * @property {SVGSVGElement} svg
 * @property {SVGElement} shaft the needle as it stands, its tip at `tip`
 * @property {[number, number]} tip
 * @property {[number, number]} out from the tip back out of the skin
 * @property {number} surface y of the skin's surface
 * @property {number} px pixels of a millimetre
 * @property {[number, number]} skin where the drawn skin begins and ends
 * @property {(text: string) => SVGElement} note words above the skin
 */

export const LASTS = 3200;
const HELD = 900; // how long what was left in the skin is seen before it goes
const SHOWN = { nappage: 6, grid: 4, points: 3 };
const EDGE = 12;
const LEAST = 10; // pixels between two entries
const USUAL_MM = { nappage: 2, grid: 10, points: 10 };

/**
 * Play a technique's motion; what it drew is taken away as it ends.
 * @param {Scene} scene
 * @param {Motion} motion
 * @returns {Animation[]} what runs
 */
export function play(scene, motion) {
  stop(scene.svg);
  const place = svg("g", { class: "ls-motion", "data-kind": motion.kind });
  scene.svg.append(place);
  const running = motions[motion.kind]({ ...scene, place, motion });
  const last = running[running.length - 1];
  last.addEventListener("finish", () => place.remove());
  return running;
}

/** Take away what an earlier motion drew. @param {SVGSVGElement} drawing */
export function stop(drawing) {
  drawing.querySelector(".ls-motion")?.remove();
}

/** @typedef {Scene & { place: SVGElement, motion: Motion }} Set */

/** @param {[number, number]} by */
const moved = ([x, y]) => `translate(${x}px, ${y}px)`;

/**
 * The needle goes where it is told, at evenly spaced moments.
 * @param {Set} set
 * @param {[number, number][]} way from where it stands
 */
function needle({ shaft }, way) {
  return shaft.animate(way.map((by) => ({ transform: moved(by) })), { duration: LASTS, easing: "linear" });
}

/**
 * Something in the skin that is there from a moment on.
 * @param {Set} set
 * @param {SVGElement} left
 * @param {number} from the moment, as a share of the whole
 */
function leave({ place }, left, from) {
  place.append(left);
  const at = Math.min(from, 0.98);
  const frames = [{ opacity: 0 }, { opacity: 0, offset: at }, { opacity: 1, offset: Math.min(at + 0.02, 1) }, { opacity: 1 }];
  return left.animate(frames, { duration: LASTS + HELD, easing: "linear", fill: "backwards" });
}

/**
 * Entries side by side, each leaving a droplet; closer than they are where the section has no room.
 * @param {Set} set
 * @param {"nappage" | "grid" | "points"} kind
 * @param {number} size of a droplet
 */
function entries(set, kind, size) {
  const wanted = (set.motion.apart ?? USUAL_MM[kind]) * set.px;
  const many = SHOWN[kind];
  const [ox, oy] = set.out;
  // The first entry stands where the skin begins; the last tip must still be in it.
  const [begins, ends] = set.skin;
  const first = begins + EDGE - ox - set.tip[0];
  const room = Math.max(ends - EDGE - (set.tip[0] + first), LEAST * many);
  const apart = Math.min(wanted, room / (many - 1));
  /** @type {[number, number][]} */
  const way = [];
  const left = [];
  for (let at = 0; at < many; at += 1) {
    const x = first + at * apart;
    way.push([x + ox, oy], [x, 0], [x, 0], [x + ox, oy]);
    const drop = svg("circle", { cx: set.tip[0] + x, cy: set.tip[1], r: size, class: "ls-left" });
    left.push(leave(set, drop, ((at + 0.5) / many) * (LASTS / (LASTS + HELD))));
  }
  if (apart < wanted) set.place.append(set.note(set.motion.closer));
  return [needle(set, way), ...left];
}

/** @type {Record<Motion["kind"], (set: Set) => Animation[]>} */
const motions = {
  nappage: (set) => entries(set, "nappage", 4),
  grid: (set) => entries(set, "grid", 9),
  points: (set) => entries(set, "points", 7),
  bleb: (set) => {
    const { tip, surface, out } = set;
    const wide = 46;
    const dome = svg("path", { d: `M${tip[0] - wide} ${surface}Q${tip[0]} ${surface - 40} ${tip[0] + wide} ${surface}Z`, class: "ls-bleb" });
    set.place.append(dome);
    const rise = dome.animate(
      [{ transform: "scaleY(0)" }, { transform: "scaleY(0)", offset: 0.3 }, { transform: "scaleY(1)", offset: 0.75 }, { transform: "scaleY(1)" }].map((frame) => ({ ...frame, transformBox: "fill-box", transformOrigin: "bottom" })),
      { duration: LASTS + HELD, fill: "backwards" },
    );
    return [needle(set, [out, [0, 0], [0, 0], [0, 0], out]), rise];
  },
  thread: (set) => {
    const [ox, oy] = set.out;
    const end = [set.tip[0] + 0.85 * ox, set.tip[1] + 0.85 * oy];
    const thread = svg("path", { d: `M${set.tip[0]} ${set.tip[1]}L${end[0]} ${end[1]}`, class: "ls-thread", pathLength: 1, "stroke-dasharray": 1 });
    set.place.append(thread);
    const laid = thread.animate(
      [{ strokeDashoffset: 1 }, { strokeDashoffset: 1, offset: 0.35 }, { strokeDashoffset: 0, offset: 0.8 }, { strokeDashoffset: 0 }],
      { duration: LASTS + HELD, fill: "backwards" },
    );
    return [needle(set, [set.out, [0, 0], [0, 0], [0.5 * ox, 0.5 * oy], set.out]), laid];
  },
  drawn: (set) => {
    // Along the surface, without an entry: the tip touches and leaves drops where it went.
    const up = set.surface - set.tip[1];
    const [begins, ends] = set.skin;
    const first = begins + EDGE - set.tip[0];
    const across = ends - begins - 2 * EDGE;
    const left = [0, 0.25, 0.5, 0.75, 1].map((part) => {
      const drop = svg("circle", { cx: set.tip[0] + first + across * part, cy: set.surface - 3, r: 4, class: "ls-left" });
      return leave(set, drop, part * 0.75);
    });
    return [needle(set, [[first, up], [first + across, up]]), ...left];
  },
};
