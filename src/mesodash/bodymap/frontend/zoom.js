// Zooming and panning one view: the part of the drawing that its viewBox shows.

/** @import { Point } from "./types.d.ts" */

const MOST = 8;
// How much larger than a part that is brought close the frame around it is.
const AROUND = 1.7;

export class Zoom {
  /**
   * @param {SVGSVGElement} svg
   * @param {number} width of the drawing
   * @param {number} height
   * @param {() => void} changed
   */
  constructor(svg, width, height, changed) {
    this.svg = svg;
    this.whole = { x: 0, y: 0, width, height };
    this.box = { ...this.whole };
    this.changed = changed;
    /** @type {Map<number, Point>} */
    this.pointers = new Map();
    this.moved = false;
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", (event) => this.up(event));
    svg.addEventListener("pointercancel", (event) => this.up(event));
    // Two fingers belong to the figure; one finger scrolls the page until the figure is enlarged.
    svg.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  }

  get factor() {
    return this.whole.width / this.box.width;
  }

  /** Units of the drawing in a pixel of the screen: the viewBox is fitted whole into the element. */
  get unit() {
    const { width, height } = this.svg.getBoundingClientRect();
    return width && height ? Math.max(this.box.width / width, this.box.height / height) : 1;
  }

  /**
   * Where on the drawing a pointer is.
   * @param {{ clientX: number, clientY: number }} event
   * @returns {Point}
   */
  point(event) {
    const matrix = this.svg.getScreenCTM()?.inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return [x, y];
  }

  /**
   * @param {number} times
   * @param {Point} around a place of the drawing that keeps its place on the screen
   */
  by(times, [x, y] = this.middle()) {
    const factor = Math.min(MOST, Math.max(1, this.factor * times));
    const width = this.whole.width / factor;
    const height = this.whole.height / factor;
    const shrink = width / this.box.width;
    this.box = { x: x - (x - this.box.x) * shrink, y: y - (y - this.box.y) * shrink, width, height };
    this.apply();
  }

  /** @returns {Point} */
  middle() {
    return [this.box.x + this.box.width / 2, this.box.y + this.box.height / 2];
  }

  /**
   * @param {number} dx units of the drawing
   * @param {number} dy
   */
  pan(dx, dy) {
    this.box.x -= dx;
    this.box.y -= dy;
    this.apply();
  }

  /**
   * Moves just enough for a point to be seen: the keyboard may walk out of what is enlarged.
   * @param {Point} at
   */
  show([x, y]) {
    const { box } = this;
    const [padX, padY] = [box.width * 0.12, box.height * 0.12];
    const dx = Math.min(0, x - padX - box.x) + Math.max(0, x + padX - box.x - box.width);
    const dy = Math.min(0, y - padY - box.y) + Math.max(0, y + padY - box.y - box.height);
    if (this.factor > 1 && (dx || dy)) this.pan(-dx, -dy);
  }

  /**
   * Brings a part of the drawing close, with some of what lies around it.
   * @param {{ x: number, y: number, width: number, height: number }} part
   */
  fit({ x, y, width, height }) {
    const frame = this.svg.getBoundingClientRect();
    this.box = { ...this.whole };
    if (frame.width && frame.height) this.by(this.unit / Math.max((AROUND * width) / frame.width, (AROUND * height) / frame.height));
    const [cx, cy] = this.middle();
    this.pan(cx - x - width / 2, cy - y - height / 2);
  }

  reset() {
    this.box = { ...this.whole };
    this.apply();
  }

  apply() {
    const { box, whole } = this;
    box.x = Math.min(whole.width - box.width, Math.max(0, box.x));
    box.y = Math.min(whole.height - box.height, Math.max(0, box.y));
    this.svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
    this.svg.classList.toggle("mb-near", this.factor > 1.01);
    this.changed();
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    // Without ctrl the wheel scrolls the page, as everywhere; trackpads send ctrl for a pinch.
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.by(Math.exp(-event.deltaY * 0.004), this.point(event));
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0) return;
    if (this.pointers.size === 0) this.moved = false;
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
  }

  /** @param {PointerEvent} event */
  move(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    // The button was released outside the drawing, where no event comes from.
    if (event.buttons === 0) return this.up(event);
    /** @type {Point} */
    const now = [event.clientX, event.clientY];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      /** @param {Point} a */
      const gap = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]);
      this.moved = true;
      this.pointers.set(event.pointerId, now);
      if (gap(last) > 0) this.by(gap(now) / gap(last), this.point({ clientX: (now[0] + other[0]) / 2, clientY: (now[1] + other[1]) / 2 }));
      return;
    }
    if (this.factor <= 1.01) return;
    const [dx, dy] = [now[0] - last[0], now[1] - last[1]];
    // A hand that clicks trembles by a pixel or two; only more than that is a drag.
    if (!this.moved && Math.hypot(dx, dy) < 5) return;
    this.moved = true;
    if (!this.svg.hasPointerCapture(event.pointerId)) this.svg.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, now);
    this.pan(dx * this.unit, dy * this.unit);
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.pointers.delete(event.pointerId);
  }

  /** Whether the click that follows a drag or pinch is to be ignored; asked once. */
  dragged() {
    const { moved } = this;
    this.moved = false;
    return moved;
  }
}
