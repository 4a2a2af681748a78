// The body beside the words: the area, and the points appearing in the order in which they are injected.

import { number, put, still, svg } from "./dom.js";

/** @import { Dose, Drawn, Words } from "./types.d.ts" */

const PICTURES = new URL("../mesodash.body/atlas/", import.meta.url);
const LASTS = 9000;
const SLOWEST = 450;

export class Picture {
  /**
   * @param {Drawn} drawn
   * @param {Dose} dose
   * @param {Words} words
   * @param {HTMLElement} caption where the count stands
   */
  constructor(drawn, dose, words, caption) {
    this.dose = dose;
    this.words = words;
    this.caption = caption;
    this.timer = 0;
    this.shown = 0;
    this.zonesSaid = drawn.zones_said;
    this.zoned = false;
    const [x, y, w, h] = drawn.box;
    const unit = w / 590; // of the drawing, in a pixel of a stage 1280 wide
    /** @type {SVGCircleElement[]} */
    this.dots = [];
    const spots = svg("g", { class: "ls-points" });
    for (let i = 0; i < drawn.points.length; i += 2) {
      const dot = svg("circle", { cx: drawn.points[i] / 10, cy: drawn.points[i + 1] / 10, r: Math.max(3.6 * unit, 1.2), class: "ls-dot" });
      this.dots.push(dot);
      spots.append(dot);
    }
    /** @type {[string, [number, number] | null][]} */
    const letters = [[words.r, drawn.r], [words.l, drawn.l]];
    const sides = letters.flatMap(([letter, at]) => (at ? [svg("text", { x: at[0], y: at[1], class: "ls-side", "font-size": 24 * unit }, letter)] : []));
    // Two stages of one page are never there at once, so the name is free.
    const cut = svg("clipPath", { id: "ls-cut" }, svg("path", { d: drawn.area }));
    const zones = drawn.zones.map(({ path, inside }) => svg("path", { d: path, class: "ls-zone", ...(inside ? { "clip-path": "url(#ls-cut)" } : {}) }));
    const source = new URL(`${encodeURIComponent(drawn.picture)}?v=${encodeURIComponent(drawn.version)}`, PICTURES);
    this.element = svg(
      "svg",
      { viewBox: `${x} ${y} ${w} ${h}`, class: "ls-body", role: "img", "aria-label": drawn.zones_said ? `${drawn.alt}. ${drawn.zones_said}` : drawn.alt },
      svg("image", { href: source.href, width: drawn.width, height: drawn.height }),
      cut,
      svg("path", { d: drawn.area, class: "ls-area" }),
      ...zones,
      spots,
      ...sides,
    );
  }

  /** How a step shows the figure. @param {string} step */
  show(step) {
    clearInterval(this.timer);
    this.element.classList.toggle("inject", step === "inject");
    this.zoned = this.zonesSaid !== "" && (step === "mark" || step === "depth");
    this.element.classList.toggle("zoned", this.zoned);
    if (step === "inject") this.play();
    else if (step === "mark" || step === "depth") this.to(this.dots.length, false);
    else this.to(0, false);
  }

  /** The points appear one after the other; with reduced motion all of them are there at once. */
  play() {
    clearInterval(this.timer);
    if (still() || this.dots.length === 0) {
      this.to(this.dots.length, true);
      return;
    }
    this.to(0, true);
    this.timer = setInterval(() => {
      this.to(this.shown + 1, true);
      if (this.shown >= this.dots.length) clearInterval(this.timer);
    }, Math.min(SLOWEST, LASTS / this.dots.length));
  }

  /** One point more or less. @param {number} by */
  step(by) {
    clearInterval(this.timer);
    this.to(this.shown + by, true);
  }

  /**
   * @param {number} count
   * @param {boolean} counted whether the count stands below
   */
  to(count, counted) {
    this.shown = Math.max(0, Math.min(this.dots.length, count));
    this.dots.forEach((dot, i) => {
      dot.classList.toggle("on", i < this.shown);
      dot.classList.toggle("now", counted && i === this.shown - 1);
    });
    this.caption.textContent = counted && this.dots.length ? this.count() : this.place();
  }

  place() {
    return this.zoned ? `${this.dose.where} · ${this.zonesSaid}` : this.dose.where;
  }

  count() {
    const { each, most, where, counted } = this.dose;
    const points = put(counted ? this.words.points : this.words.points_seen, { n: this.shown, of: this.dots.length });
    if (each === null) return `${points} · ${where}`;
    const ml = number(this.shown * each, 2);
    const volume = most === null ? put(this.words.ml, { ml }) : put(this.words.ml_of, { ml, of: number(most, 1) });
    return `${points} · ${volume} · ${where}`;
  }

  destroy() {
    clearInterval(this.timer);
  }
}
