// The skin in section, to scale: layers as measured, a needle at its angle and inserted length, where its tip lies.

import { html, length, put, still, svg } from "./dom.js";
import { play } from "./motion.js";

/** @import { Band, Motion, Skin, Words } from "./types.d.ts" */

const WIDE = 690;
const TALL = 330;
const TOP = 92; // above the skin, where the needle comes from
const LEFT = 322; // right of the names
const RIGHT = 20;
const LINE = 25; // from name to name
const OUTSIDE = 84; // of the needle, that is drawn above the skin
// How many mm the section shows: the smallest that holds the skin and the tip.
const SCALES = [2.2, 3.2, 5, 8, 14, 22];
const FARTHEST = 8; // mm: a vessel that lies deeper does not make the section smaller

export class Section {
  /**
   * @param {Skin} skin
   * @param {Words} words
   */
  constructor(skin, words) {
    this.skin = skin;
    this.words = words;
    this.angle = skin.needle.angle;
    this.inserted = skin.needle.inserted;
    this.free = 0;
    this.svg = svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, class: "ls-section", role: "img" });
    this.told = html("p", { class: "ls-tip", "aria-live": "polite" });
    this.element = html("div", { class: "ls-skin" }, this.svg, this.told, this.controls());
    this.draw();
  }

  controls() {
    const { needle } = this.skin;
    const angle = this.slider(this.words.angle, 5, 90, 1, needle.angle, (value) => { this.angle = value; }, (value) => `${value}°`);
    const inserted = this.slider(this.words.inserted, 0.1, needle.longest, 0.1, needle.inserted, (value) => { this.inserted = value; }, (value) => `${length(value)} mm`);
    const again = needle.motions.map((motion) => {
      const made = html("button", { type: "button", class: "ls-key ls-again" }, html("kbd", { "aria-hidden": "true" }, "▸"), ` ${motion.label}`);
      made.addEventListener("click", () => this.animate(motion));
      made.hidden = still();
      return made;
    });
    return html("div", { class: "ls-sliders" }, angle, inserted, ...again);
  }

  /**
   * @param {string} label
   * @param {number} min
   * @param {number} max
   * @param {number} step
   * @param {number} value
   * @param {(value: number) => void} set
   * @param {(value: number) => string} say
   */
  slider(label, min, max, step, value, set, say) {
    const out = html("b", {}, say(value));
    const input = html("input", { type: "range", min, max, step, value, "aria-valuetext": say(value) });
    input.addEventListener("input", () => {
      set(Number(input.value));
      out.textContent = say(Number(input.value));
      input.setAttribute("aria-valuetext", say(Number(input.value)));
      this.draw();
    });
    return html("label", {}, html("span", {}, `${label} `, out), input);
  }

  depth() {
    return Math.sin((this.angle * Math.PI) / 180) * this.inserted;
  }

  /** mm of the whole section, and pixels of the drawing for one. */
  scale() {
    const skin = this.skin.bands.filter((band) => band.layer !== "fat").reduce((sum, band) => sum + (band.mm ?? 0), 0);
    const near = this.skin.zones.map(({ mm }) => mm).find((mm) => mm <= FARTHEST) ?? 0;
    const wanted = Math.max(skin * 1.4, this.depth() * 1.2, near * 1.25, 1.6);
    const mm = SCALES.find((one) => one >= wanted) ?? SCALES[SCALES.length - 1];
    return (TALL - TOP) / mm;
  }

  /** The band in which the tip lies, and its index. @returns {[Band | null, number]} */
  at() {
    const depth = this.depth();
    const index = this.skin.bands.findIndex((band) => band.mm === null || depth <= band.top + band.mm);
    return index < 0 ? [null, -1] : [this.skin.bands[index], index];
  }

  /** The layer beyond a border that is no farther than one standard deviation. @param {number} index */
  beyond(index) {
    const { bands } = this.skin;
    const [here, below, above] = [bands[index], bands[index + 1], bands[index - 1]];
    const depth = this.depth();
    if (here.mm !== null && here.sd && below && here.top + here.mm - depth <= here.sd) return below;
    if (above?.sd && depth - here.top < above.sd) return above;
    return null;
  }

  sentence() {
    const { bands, needle } = this.skin;
    const mm = length(this.depth());
    // Where no source says how deep, what is set is said to be no source's.
    const set = needle.given ? "" : `${this.words.unset} `;
    return `${set}${this.said(bands, mm)}`;
  }

  /**
   * @param {Band[]} bands
   * @param {string} mm
   */
  said(bands, mm) {
    if (!bands.length) return put(this.words.tip_unknown, { mm });
    const [band, index] = this.at();
    if (!band) return put(this.words.tip_below, { mm });
    const near = this.beyond(index);
    const said = put(this.words.tip, { mm, layer: band.label });
    return near ? `${said} ${put(this.words.tip_near, { layer: near.label })}` : said;
  }

  draw() {
    const px = this.scale();
    this.svg.dataset.pxPerMm = px.toFixed(4);
    this.svg.replaceChildren(...this.layers(px), ...this.bar(px), ...this.zones(px), ...this.needle(px));
    this.told.textContent = this.sentence();
    this.svg.setAttribute("aria-label", `${this.skin.title}. ${this.sentence()}`);
  }

  /** @param {number} px */
  layers(px) {
    const { bands } = this.skin;
    const wide = WIDE - LEFT - RIGHT;
    this.free = 0;
    if (!bands.length) {
      return [
        svg("rect", { x: LEFT, y: TOP, width: wide, height: TALL - TOP, class: "ls-layer unmeasured" }),
        svg("text", { x: 14, y: TALL - 14, class: "ls-name" }, this.words.unmeasured),
      ];
    }
    let free = TOP - 18; // where the next name may stand at the earliest
    return bands.flatMap((band, at) => {
      const y = TOP + band.top * px;
      const bottom = band.mm === null ? TALL : TOP + (band.top + band.mm) * px;
      if (y >= TALL) return [];
      const parts = [svg("rect", { x: LEFT, y, width: wide, height: Math.max(bottom - y, 0.5), class: `ls-layer ${band.layer}`, "data-mm": band.mm })];
      // The spread of the border that matters: where the skin ends and fat begins.
      if (band.sd && bands[at + 1]?.layer === "fat") {
        parts.push(svg("rect", { x: LEFT, y: bottom - band.sd * px, width: wide, height: 2 * band.sd * px, class: "ls-spread" }));
      }
      free = Math.max(free, Math.min((y + Math.min(bottom, TALL)) / 2 + 6, y + 40));
      const name = svg("text", { x: LEFT - 12, y: Math.min(free, TALL - 8), class: "ls-name", "text-anchor": "end" }, this.named(band));
      free += LINE;
      this.free = free;
      return [...parts, name];
    });
  }

  /** @param {Band} band */
  named(band) {
    if (band.mm === null) return put(this.words.layer_open, { layer: band.label });
    if (band.sd === null) return put(this.words.layer, { layer: band.label, mm: band.mm });
    return put(this.words.layer_sd, { layer: band.label, mm: band.mm, sd: band.sd, n: band.n ?? "?" });
  }

  /** Vessels and nerves from where they may begin, the nearest first; those below the section are left out. @param {number} px */
  zones(px) {
    let free = this.free; // below the names of the layers
    return this.skin.zones.flatMap(({ label, mm, mean }) => {
      const y = TOP + mm * px;
      if (y > TALL - 6) return [];
      const line = svg("path", { d: `M${LEFT} ${y}H${WIDE - RIGHT}`, class: "ls-vessel", "data-mm": mm, "data-mean": mean });
      const at = Math.max(y + 6, free);
      if (at > TALL - 4) return [line];
      free = at + LINE;
      const said = put(this.words.zone, { structure: label.split(" (")[0], mm: length(mm) });
      return [line, svg("text", { x: LEFT - 12, y: at, class: "ls-name ls-vessel-name", "text-anchor": "end" }, said)];
    });
  }

  /** @param {number} px */
  bar(px) {
    const x = WIDE - RIGHT - 14;
    return [
      svg("path", { d: `M${x} ${TOP + 4}v${px}`, class: "ls-bar" }),
      svg("text", { x: x - 8, y: TOP + 4 + px / 2 + 6, class: "ls-mm", "text-anchor": "end" }, "1 mm"),
    ];
  }

  /** @param {number} px */
  needle(px) {
    const turn = (this.angle * Math.PI) / 180;
    const across = Math.cos(turn);
    const down = Math.sin(turn);
    const entry = LEFT + (WIDE - LEFT - RIGHT) * (0.46 - 0.22 * across);
    const tip = [entry + across * this.inserted * px, TOP + down * this.inserted * px];
    const back = Math.min(OUTSIDE, (TOP - 8) / Math.max(down, 0.2));
    const start = [entry - across * back, TOP - down * back];
    this.tip = svg("circle", { cx: tip[0], cy: tip[1], r: 9, class: "ls-drop" });
    this.shaft = svg("g", {}, svg("path", { d: `M${start[0]} ${start[1]}L${tip[0]} ${tip[1]}`, class: "ls-needle" }));
    const near = tip[0] > WIDE - RIGHT - 160;
    return [
      this.tip,
      this.shaft,
      svg("text", { x: tip[0] + (near ? -16 : 16), y: Math.min(tip[1] + 7, TALL - 8), class: "ls-tip-mm", "text-anchor": near ? "end" : "start" }, put(this.words.tip_mm, { mm: length(this.depth()) })),
    ];
  }

  /** What a technique does, once and short; nothing where no motion is wanted. @param {Motion} [motion] */
  animate(motion = this.skin.needle.motions[0]) {
    if (!motion || still() || !this.shaft || !this.tip) return;
    const px = this.scale();
    const turn = (this.angle * Math.PI) / 180;
    const x = Number(this.tip.getAttribute("cx"));
    play(
      {
        svg: this.svg,
        shaft: this.shaft,
        tip: [x, Number(this.tip.getAttribute("cy"))],
        out: [-Math.cos(turn) * this.inserted * px, -Math.sin(turn) * this.inserted * px],
        surface: TOP,
        px,
        skin: [LEFT, WIDE - RIGHT],
      },
      motion,
    );
  }
}
