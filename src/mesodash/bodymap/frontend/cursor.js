// Placing points on one view, by pointer and by keyboard: where a click or the cursor stands.

import { svg } from "./dom.js";

// In pixels of the screen: a step of the cursor, a leap with Shift, and how near is "on a point".
const STEP = 4;
const LEAP = 20;
const NEAR = { mouse: 10, pen: 10, touch: 15 };
const AXES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CROSS = "M-11 0H-4M4 0H11M0 -11V-4M0 4V11";

export class Cursor {
  // view: the View; owner: { add, remove, undo, say }, placing told by update().
  constructor(view, owner) {
    this.view = view;
    this.owner = owner;
    this.at = null;
    this.element = svg("g", { class: "mb-over", "aria-hidden": "true" });
  }

  update(site, points) {
    if (site !== this.site) this.at = null;
    this.site = site;
    this.points = points;
    this.draw();
  }

  get entry() {
    return this.view.entries.find(({ key }) => key === this.site);
  }

  inside([x, y]) {
    return Boolean(this.entry?.button.isPointInFill(new DOMPoint(x, y)));
  }

  // The point nearest to a place, within a reach in pixels of the screen.
  near([x, y], reach) {
    const far = ({ at }) => Math.hypot(at[0] - x, at[1] - y) / this.view.zoom.unit;
    const [best] = [...(this.points ?? [])].sort((one, other) => far(one) - far(other));
    return best && far(best) <= reach ? best : null;
  }

  click(event) {
    const at = this.view.zoom.point(event);
    const hit = this.near(at, NEAR[event.pointerType] ?? NEAR.mouse);
    if (!hit && !this.inside(at)) return;
    this.at = at;
    this.entry?.button.focus({ preventScroll: true });
    this.press(hit);
  }

  press(hit) {
    if (hit) this.owner.remove(hit.index);
    else this.owner.add(this.at);
  }

  // Answers whether the key was one of the cursor's.
  key(event) {
    if (!this.entry) return false;
    this.at ??= this.entry.drawn.anchor;
    const hit = this.near(this.at, NEAR.mouse);
    if (event.key in AXES) this.move(AXES[event.key], event.shiftKey ? LEAP : STEP);
    else if (event.key === "Enter" || event.key === " ") event.repeat || this.press(hit);
    else if (event.key === "Backspace" || event.key === "Delete") this.owner.remove(hit ? hit.index : null);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.owner.undo();
    else if (["PageUp", "PageDown", "Home", "End"].includes(event.key)) this.jump(event.key, hit);
    else return false;
    this.draw();
    return true;
  }

  // A step that would leave the area goes on to its next part in that direction, else stays.
  move([dx, dy], length) {
    const { unit } = this.view.zoom;
    const { width, height } = this.view.drawing;
    for (let far = length; far * unit < Math.max(width, height); far += STEP) {
      const to = [this.at[0] + dx * far * unit, this.at[1] + dy * far * unit];
      if (!this.inside(to)) continue;
      this.at = to;
      this.view.zoom.show(to);
      const hit = this.near(to, NEAR.mouse);
      if (hit) this.owner.say("at_point", { n: hit.index + 1, of: this.owner.count() });
      return;
    }
    this.owner.say("at_border", {});
  }

  jump(key, hit) {
    if (!this.points.length) return;
    const here = this.points.indexOf(hit);
    const last = this.points.length - 1;
    const to = { Home: 0, End: last, PageUp: here < 0 ? last : Math.max(0, here - 1), PageDown: Math.min(last, here + 1) }[key];
    this.at = this.points[to].at;
    this.view.zoom.show(this.at);
    this.owner.say("at_point", { n: this.points[to].index + 1, of: this.owner.count() });
  }

  draw() {
    const seen = this.at && this.entry?.button.matches(":focus-visible");
    const [x, y] = this.at ?? [0, 0];
    const place = `translate(${x} ${y}) scale(${this.view.zoom.unit})`;
    const cross = (kind) => svg("path", { d: CROSS, class: kind, transform: place });
    this.element.replaceChildren(...(seen ? [cross("mb-cross-halo"), cross("mb-cross")] : []));
  }
}
