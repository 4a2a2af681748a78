// Placing points by hand on one area: the points, kept relative to the area, and the cursor on a view.

import { Choice } from "./choice.js";
import { svg } from "./dom.js";

/** @import { Entry, FigureName, Frame, PlacedPoint, PlacingData, PlacingOwner, Point, ShownPoint, ViewName } from "./types.d.ts" */
/** @import { Zoom } from "./zoom.js" */

const DIGITS = 1e4;
/** @param {number} value */
const rounded = (value) => Math.round(value * DIGITS) / DIGITS;

/** The points, as places relative to the area, so that they outlive a new drawing of it. */
export class Placing {
  /** @param {(message: { seq: number, site: string | null, points: PlacedPoint[] }) => void} send to Python */
  constructor(send) {
    this.toPython = send;
    /** @type {string | null} */
    this.site = null;
    this.most = 0;
    /** @type {Record<FigureName, Record<ViewName, Frame>>} */
    this.frames = {};
    /** @type {Choice<PlacedPoint>} */
    this.choice = new Choice();
    /** @type {PlacedPoint[][]} */
    this.history = [];
  }

  /**
   * Takes what Python passed, null where no points are placed now.
   * @param {PlacingData | null} given
   * @returns {boolean} whether placing on this area has just begun
   */
  take(given) {
    const began = given !== null && given.site !== this.site;
    this.site = given?.site ?? null;
    if (given === null) return false;
    this.frames = given.frames;
    this.most = given.most;
    if (began) {
      this.choice = new Choice();
      this.history = [];
    }
    this.choice.take(given.points, given.seq);
    return began;
  }

  get points() {
    return this.site === null ? [] : this.choice.items;
  }

  get full() {
    return this.points.length >= this.most;
  }

  /**
   * The view to begin on: the one asked for, unless another draws the area four times as large.
   * @param {FigureName} figure
   * @param {ViewName} asked
   */
  best(figure, asked) {
    const frames = this.frames[figure] ?? {};
    /** @param {ViewName} view */
    const size = (view) => (frames[view] ? frames[view][2] * frames[view][3] : 0);
    const [first] = Object.keys(frames);
    return first && size(asked) < size(first) / 4 ? first : asked;
  }

  /**
   * The points on a view, in its units, with their index in the whole order.
   * @param {FigureName} figure
   * @param {ViewName} view
   * @returns {ShownPoint[]}
   */
  on(figure, view) {
    const frame = this.frames[figure]?.[view];
    if (!frame) return [];
    const [cx, cy, across, down] = frame;
    return this.points.flatMap(([where, u, v], index) => (where === view ? [{ index, at: /** @type {Point} */ ([cx + u * across, cy + v * down]) }] : []));
  }

  /**
   * @param {FigureName} figure
   * @param {ViewName} view
   * @param {Point} at
   */
  add(figure, view, [x, y]) {
    const [cx, cy, across, down] = this.frames[figure][view];
    this.change([...this.points, [view, rounded((x - cx) / across), rounded((y - cy) / down)]]);
  }

  /** @param {number} index */
  remove(index) {
    this.change(this.points.filter((_, i) => i !== index));
  }

  /** Undoes the last step; after a reload, when the steps are gone, removes the last point. */
  undo() {
    if (this.points.length === 0 && this.history.length === 0) return false;
    this.send(this.history.pop() ?? this.points.slice(0, -1));
    return true;
  }

  /** @param {PlacedPoint[]} points */
  change(points) {
    this.history.push(this.points);
    this.send(points);
  }

  /** @param {PlacedPoint[]} points */
  send(points) {
    const seq = this.choice.make(points);
    this.toPython({ seq, site: this.site, points });
  }
}

// Pixels of the screen: a step of the cursor, a step with Shift, and how near counts as "on a point".
const STEP = 4;
const LEAP = 20;
/** @type {Record<string, number>} */
const NEAR = { mouse: 10, pen: 10, touch: 15 };
/** @type {Record<string, Point>} */
const AXES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CROSS = "M-11 0H-4M4 0H11M0 -11V-4M0 4V11";

/** Where a click or the keyboard's cross stands on one view. */
export class Cursor {
  /**
   * @param {{ entries: Entry[], zoom: Zoom, drawing: { width: number, height: number } }} view
   * @param {PlacingOwner} owner
   */
  constructor(view, owner) {
    this.view = view;
    this.owner = owner;
    /** @type {Point | null} */
    this.at = null;
    /** @type {string | null} */
    this.site = null;
    /** @type {ShownPoint[]} */
    this.points = [];
    this.element = svg("g", { class: "mb-over", "aria-hidden": "true" });
  }

  /**
   * @param {string | null} site
   * @param {ShownPoint[]} points
   */
  update(site, points) {
    if (site !== this.site) this.at = null;
    this.site = site;
    this.points = points;
    this.draw();
  }

  get entry() {
    return this.view.entries.find(({ key }) => key === this.site);
  }

  /** @param {Point} at */
  inside([x, y]) {
    return Boolean(this.entry?.button.isPointInFill(new DOMPoint(x, y)));
  }

  /**
   * The point nearest to a place.
   * @param {Point} at
   * @param {number} reach pixels of the screen
   */
  near([x, y], reach) {
    /** @param {ShownPoint} point */
    const far = ({ at }) => Math.hypot(at[0] - x, at[1] - y) / this.view.zoom.unit;
    const [best] = [...this.points].sort((one, other) => far(one) - far(other));
    return best && far(best) <= reach ? best : null;
  }

  /** @param {PointerEvent} event */
  click(event) {
    const at = this.view.zoom.point(event);
    const hit = this.near(at, NEAR[event.pointerType] ?? NEAR.mouse);
    if (!hit && !this.inside(at)) return;
    this.at = at;
    this.entry?.button.focus({ preventScroll: true });
    this.press(at, hit);
  }

  /**
   * @param {Point} at
   * @param {ShownPoint | null} hit
   */
  press(at, hit) {
    if (hit) this.owner.remove(hit.index);
    else this.owner.add(at);
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key was one of the cursor's
   */
  key(event) {
    const { entry } = this;
    if (!entry) return false;
    this.at ??= entry.drawn.anchor;
    const hit = this.near(this.at, NEAR.mouse);
    if (event.key in AXES) this.move(this.at, AXES[event.key], event.shiftKey ? LEAP : STEP);
    else if (event.key === "Enter" || event.key === " ") event.repeat || this.press(this.at, hit);
    else if (event.key === "Backspace" || event.key === "Delete") this.owner.remove(hit ? hit.index : null);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.owner.undo();
    else if (["PageUp", "PageDown", "Home", "End"].includes(event.key)) this.jump(event.key, hit);
    else return false;
    this.draw();
    return true;
  }

  /**
   * Moves by a step; one that would leave the area goes on to its next part in that direction.
   * @param {Point} from
   * @param {Point} axis
   * @param {number} length pixels of the screen
   */
  move(from, [dx, dy], length) {
    const { unit } = this.view.zoom;
    const { width, height } = this.view.drawing;
    for (let far = length; far * unit < Math.max(width, height); far += STEP) {
      /** @type {Point} */
      const to = [from[0] + dx * far * unit, from[1] + dy * far * unit];
      if (!this.inside(to)) continue;
      this.at = to;
      this.view.zoom.show(to);
      const hit = this.near(to, NEAR.mouse);
      if (hit) this.owner.say("at_point", { n: hit.index + 1, of: this.owner.count() });
      return;
    }
    this.owner.say("at_border", {});
  }

  /**
   * @param {string} key
   * @param {ShownPoint | null} hit
   */
  jump(key, hit) {
    if (!this.points.length) return;
    const here = hit ? this.points.indexOf(hit) : -1;
    const last = this.points.length - 1;
    let to = key === "Home" ? 0 : last;
    if (key === "PageUp") to = here < 0 ? last : Math.max(0, here - 1);
    if (key === "PageDown") to = Math.min(last, here + 1);
    this.at = this.points[to].at;
    this.view.zoom.show(this.at);
    this.owner.say("at_point", { n: this.points[to].index + 1, of: this.owner.count() });
  }

  draw() {
    const shown = this.at && this.entry?.button.matches(":focus-visible");
    const [x, y] = this.at ?? [0, 0];
    const place = `translate(${x} ${y}) scale(${this.view.zoom.unit})`;
    /** @param {string} kind */
    const cross = (kind) => svg("path", { d: CROSS, class: kind, transform: place });
    this.element.replaceChildren(...(shown ? [cross("mb-cross-halo"), cross("mb-cross")] : []));
  }
}
