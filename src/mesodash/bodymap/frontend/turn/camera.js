// Where the eye stands: turned about a point of the body, from parallel lines, as the drawings are.

/** @import { Vector } from "../types.d.ts" */

const MOST = 8;
const BACK = 40;
const MOVING = 320;
/** @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;

/**
 * @typedef {object} Stand
 * @property {number} azimuth degrees; 0 in front, 90 at the patient's left
 * @property {number} height degrees; 90 above
 * @property {Vector} target decimetres
 * @property {number} tall decimetres that fit into the canvas, top to bottom
 */

export class Eye {
  /**
   * @param {Stand} stand
   * @param {() => void} changed
   */
  constructor(stand, changed) {
    /** @type {Stand} */
    this.stand = { ...stand };
    this.whole = stand.tall;
    this.changed = changed;
    this.moving = 0;
  }

  /** Unit vectors to the viewer's right, up, and towards the viewer. */
  axes() {
    const [a, h] = [radians(this.stand.azimuth), radians(this.stand.height)];
    const [sa, ca, sh, ch] = [Math.sin(a), Math.cos(a), Math.sin(h), Math.cos(h)];
    /** @type {Record<"right" | "up" | "toward", Vector>} */
    const found = { right: [ca, 0, -sa], up: [-sa * sh, ch, -ca * sh], toward: [sa * ch, sh, ca * ch] };
    return found;
  }

  /**
   * The straight line that is seen as one point.
   * @param {number} across decimetres right of the middle of the canvas
   * @param {number} up decimetres above it
   * @returns {{ from: Vector, along: Vector }}
   */
  line(across, up) {
    const axes = this.axes();
    const { target } = this.stand;
    const from = /** @type {Vector} */ ([0, 1, 2].map((i) => target[i] + axes.right[i] * across + axes.up[i] * up + axes.toward[i] * BACK));
    return { from, along: /** @type {Vector} */ (axes.toward.map((one) => -one)) };
  }

  /**
   * Where a point is seen: decimetres right of and above the middle, and how near.
   * @param {Vector} point
   * @returns {Vector}
   */
  seen(point) {
    const axes = this.axes();
    const from = this.stand.target;
    const on = (/** @type {Vector} */ axis) => axis[0] * (point[0] - from[0]) + axis[1] * (point[1] - from[1]) + axis[2] * (point[2] - from[2]);
    return [on(axes.right), on(axes.up), on(axes.toward)];
  }

  /** How many times larger than the whole figure. */
  get factor() {
    return this.whole / this.stand.tall;
  }

  /**
   * @param {number} right degrees the figure is turned to the viewer's right
   * @param {number} up
   */
  turn(right, up) {
    this.stop();
    this.stand.azimuth = (((this.stand.azimuth - right + 180) % 360) + 360) % 360 - 180;
    this.stand.height = Math.max(-90, Math.min(90, this.stand.height + up));
    this.changed();
  }

  /** @param {number} times */
  zoom(times) {
    this.stop();
    this.stand.tall = Math.min(Math.max(this.whole, this.stand.tall), Math.max(this.whole / MOST, this.stand.tall / times));
    this.changed();
  }

  /**
   * @param {number} right decimetres
   * @param {number} up
   */
  pan(right, up) {
    this.stop();
    const axes = this.axes();
    this.stand.target = /** @type {Vector} */ (this.stand.target.map((one, i) => one - axes.right[i] * right - axes.up[i] * up));
    this.changed();
  }

  /**
   * Moves to another stand, at once where the reader wants no motion.
   * @param {Stand} to
   */
  go(to) {
    this.stop();
    const from = this.stand;
    const round = (((to.azimuth - from.azimuth + 180) % 360) + 360) % 360 - 180;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.stand = { ...to };
      this.changed();
      return;
    }
    const began = performance.now();
    const step = () => {
      const passed = Math.min(1, (performance.now() - began) / MOVING);
      const share = passed * passed * (3 - 2 * passed);
      const mixed = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * share;
      this.stand = passed === 1 ? { ...to } : {
        azimuth: from.azimuth + round * share,
        height: mixed(from.height, to.height),
        target: /** @type {Vector} */ (from.target.map((one, i) => mixed(one, to.target[i]))),
        tall: from.tall * (to.tall / from.tall) ** share,
      };
      this.moving = passed === 1 ? 0 : requestAnimationFrame(step);
      this.changed();
    };
    this.moving = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.moving);
    this.moving = 0;
  }
}

/** @param {HTMLElement} element @param {Gestures} on */
export function listen(element, on) {
  /** @type {Map<number, [x: number, y: number]>} */
  const fingers = new Map();
  let moved = false;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (fingers.size === 0) moved = false;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) {
      if (event.pointerType !== "touch") on.hover(event.clientX, event.clientY);
      return;
    }
    const [dx, dy] = [event.clientX - last[0], event.clientY - last[1]];
    // A hand that clicks trembles by a pixel or two; only more than that is a drag.
    if (!moved && fingers.size === 1 && Math.hypot(dx, dy) < 5) return;
    moved = true;
    on.leave();
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (other) {
      const before = Math.hypot(last[0] - other[0], last[1] - other[1]);
      const now = Math.hypot(event.clientX - other[0], event.clientY - other[1]);
      if (before > 0 && now > 0) on.zoom(now / before);
      on.pan(dx / 2, dy / 2);
    } else if (event.shiftKey) on.pan(dx, dy);
    else on.turn(dx, dy);
  });
  const up = (/** @type {PointerEvent} */ event) => {
    if (!fingers.delete(event.pointerId) || fingers.size > 0 || moved || event.type !== "pointerup") return;
    on.tap(event);
  };
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("pointerleave", () => on.leave());
  // Without ctrl the wheel scrolls the page, as everywhere; trackpads send ctrl for a pinch.
  element.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    on.zoom(Math.exp(-event.deltaY * 0.004));
  }, { passive: false });
}

/**
 * @typedef {object} Gestures what each calls
 * @property {(dx: number, dy: number) => void} turn
 * @property {(dx: number, dy: number) => void} pan
 * @property {(times: number) => void} zoom
 * @property {(x: number, y: number) => void} hover
 * @property {() => void} leave
 * @property {(event: PointerEvent) => void} tap
 */
