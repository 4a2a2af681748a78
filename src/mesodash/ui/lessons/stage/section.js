// The skin in section, to scale: layers as measured, a needle at its angle and inserted length, where its tip lies.

import { html, length, put, still, svg } from "./dom.js";
import { play } from "./motion.js";

/** @import { Band, Motion, Skin, Words } from "./types.d.ts" */

/**
 * A name beside the drawing: what it stands for lies at `y`.
 * @typedef {{ y: number, lines: string[], class: string }} Label
 */

// Type is TYPE units high, whatever its size in the style sheet is in pixels: all else is drawn beside it.
const TYPE = 23.5;
const LINE = 24.5; // from line to line
const GAP = 5; // from name to name
const TOP = 92; // above the skin, where the needle comes from
const RIGHT = 86; // for the scale
const EDGE = 12;
const OUTSIDE = 84; // of the needle, that is drawn above the skin
const TIP_ROOM = 104; // right of the tip, for its depth
const NAMES = [0.37, 0.43, 0.5]; // of the width, for the names: the first in which they have room
// How many mm the section shows: the smallest that holds the skin and the tip.
const SCALES = [2.2, 3.2, 5, 8, 14, 22, 40, 80];
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
    this.wide = 680;
    this.tall = 390;
    this.share = NAMES[0];
    this.left = this.share * this.wide;
    this.drawnAs = "";
    this.ink = document.createElement("canvas").getContext("2d");
    this.svg = svg("svg", { class: "ls-section", role: "img" });
    // The layer in which the needle starts is shown whole, if it ends where a section can show it.
    const [band] = this.at();
    this.opens = band?.mm ? band.top + band.mm : 0;
    this.told = html("p", { class: "ls-tip", "aria-live": "polite" });
    this.element = html("div", { class: "ls-skin" }, this.svg, this.told, this.controls());
    this.draw();
    this.watch = new ResizeObserver(() => {
      if (this.size() !== this.drawnAs) this.draw();
    });
    this.watch.observe(this.svg);
  }

  destroy() {
    this.watch.disconnect();
  }

  /** Drawn in the size in which it is now shown; what its technique does is played. */
  open() {
    this.draw();
    this.animate();
  }

  /** Its size in pixels and that of its type, as it is laid out now. */
  size() {
    return `${this.svg.clientWidth} ${this.svg.clientHeight} ${parseFloat(getComputedStyle(this.svg).fontSize)}`;
  }

  /** How wide and tall the drawing is, in units of its type. */
  fit() {
    this.drawnAs = this.size();
    const [wide, tall, type] = this.drawnAs.split(" ").map(Number);
    if (!wide || !tall || !type) return; // not shown
    this.wide = (wide * TYPE) / type;
    this.tall = (tall * TYPE) / type;
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

  /** How wide the drawn skin is. */
  room() {
    return this.wide - this.left - RIGHT;
  }

  /** Where the needle enters, and how much of it is drawn above the skin. @returns {[number, number]} */
  entry() {
    const turn = (this.angle * Math.PI) / 180;
    const back = Math.min(OUTSIDE, 0.2 * this.room(), (TOP - 8) / Math.max(Math.sin(turn), 0.2));
    const across = Math.cos(turn);
    return [Math.max(this.room() * (0.46 - 0.22 * across), back * across + EDGE), back];
  }

  /** Pixels of the drawing for one mm. */
  scale() {
    const deep = this.tall - TOP;
    const skin = this.skin.bands.filter((band) => band.layer !== "fat").reduce((sum, band) => sum + (band.mm ?? 0), 0);
    const near = this.skin.zones.map(({ mm }) => mm).find((mm) => mm <= FARTHEST) ?? 0;
    const across = Math.cos((this.angle * Math.PI) / 180) * this.inserted;
    const along = across / Math.max(this.room() - this.entry()[0] - TIP_ROOM, 20);
    const wanted = Math.max(skin * 1.4, this.depth() * 1.2, this.opens * 1.06, near * 1.25, 1.6, along * deep);
    return deep / (SCALES.find((one) => one >= wanted) ?? wanted);
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
    // What is set as it opens, and no source gives, is said.
    const moved = this.angle !== needle.angle || this.inserted !== needle.inserted;
    return moved || !needle.set ? this.said(bands, mm) : `${needle.set} ${this.said(bands, mm)}`;
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
    this.fit();
    // The heaviest that is used, so that all fits.
    if (this.ink) this.ink.font = `600 ${TYPE}px ${getComputedStyle(this.svg).fontFamily}`;
    let px = this.scale();
    let labels = this.labels(px);
    for (const share of NAMES) {
      this.share = share;
      this.left = Math.max(...this.everyName().flatMap((name) => this.wrapped(name).map((line) => this.width(line)))) + 2 * EDGE + 7;
      px = this.scale();
      labels = this.labels(px);
      if (LINE + EDGE + this.needed(labels) <= this.tall) break;
    }
    this.svg.setAttribute("viewBox", `0 0 ${this.wide} ${this.tall}`);
    this.svg.dataset.pxPerMm = px.toFixed(4);
    this.svg.replaceChildren(...this.layers(px), ...this.vessels(px), ...this.ruler(px), ...this.needle(px), ...this.names(labels));
    this.told.textContent = this.sentence();
    this.svg.setAttribute("aria-label", `${this.skin.title}. ${this.sentence()}`);
  }

  /** @param {string} text */
  width(text) {
    if (!this.ink) return text.length * TYPE * 0.6;
    return this.ink.measureText(text).width;
  }

  /** As few lines as fit beside the drawing, as even as they get; a figure keeps its unit. @param {string} text */
  wrapped(text) {
    const words = text.replaceAll(" mm", "\u00a0mm").split(" ");
    const broken = (/** @type {number} */ room) => {
      /** @type {string[]} */
      const lines = [];
      for (const word of words) {
        const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
        if (lines.length && this.width(longer) <= room) lines[lines.length - 1] = longer;
        else lines.push(word);
      }
      return lines;
    };
    let room = this.share * this.wide;
    const lines = broken(room);
    while (room > TYPE && broken(room - TYPE / 2).length === lines.length) room -= TYPE / 2;
    return broken(room);
  }

  /** @param {number} px */
  layers(px) {
    const { bands } = this.skin;
    const wide = this.room();
    if (!bands.length) {
      return [svg("rect", { x: this.left, y: TOP, width: wide, height: this.tall - TOP, class: "ls-layer unmeasured" })];
    }
    return bands.flatMap((band, at) => {
      const y = TOP + band.top * px;
      const bottom = band.mm === null ? this.tall : TOP + (band.top + band.mm) * px;
      if (y >= this.tall) return [];
      const parts = [svg("rect", { x: this.left, y, width: wide, height: Math.max(bottom - y, 0.5), class: `ls-layer ${band.layer}`, "data-mm": band.mm })];
      // The spread of the border that matters: where the skin ends and fat begins.
      if (band.sd && bands[at + 1]?.layer === "fat") {
        parts.push(svg("rect", { x: this.left, y: bottom - band.sd * px, width: wide, height: 2 * band.sd * px, class: "ls-spread" }));
      }
      return parts;
    });
  }

  /** @param {Band} band */
  named(band) {
    if (band.mm === null) return put(this.words.layer_open, { layer: band.label });
    return put(this.words.layer, { layer: band.label, mm: band.mm });
  }

  /** Vessels and nerves from where they may begin; those below the section are left out. @param {number} px */
  vessels(px) {
    return this.shown(px).map(({ y, mm, mean }) => svg("path", { d: `M${this.left} ${y}H${this.left + this.room()}`, class: "ls-vessel", "data-mm": mm, "data-mean": mean }));
  }

  /** @param {number} px */
  shown(px) {
    return this.skin.zones.map((zone) => ({ ...zone, y: TOP + zone.mm * px })).filter(({ y }) => y <= this.tall - 6);
  }

  /** Whatever may stand beside the drawing. */
  everyName() {
    const { bands, zones } = this.skin;
    const layers = bands.length ? bands.map((band) => this.named(band)) : [this.words.unmeasured];
    return [...layers, ...zones.map((zone) => this.zoneNamed(zone))];
  }

  /** @param {Skin["zones"][number]} zone */
  zoneNamed({ label, mm }) {
    return put(this.words.zone, { structure: label.split(" (")[0], mm: length(mm) });
  }

  /** What the drawn layers and vessels are called, from the top. @param {number} px */
  labels(px) {
    const vessels = this.shown(px);
    /** @type {Label[]} */
    const labels = this.skin.bands.flatMap((band) => {
      const top = TOP + band.top * px;
      const bottom = band.mm === null ? this.tall : Math.min(top + band.mm * px, this.tall);
      if (top >= this.tall) return [];
      const lines = this.wrapped(this.named(band));
      const spread = band.sd === null ? [] : [put(this.words.spread, { sd: band.sd, n: band.n ?? "?" })];
      const middle = (top + bottom) / 2;
      const crossed = vessels.some(({ y }) => Math.abs(y - middle) < EDGE); // a vessel's line is no layer's
      return [{ y: crossed ? Math.min(middle + 2 * EDGE, bottom - 2) : middle, lines: [...lines, ...spread], class: "ls-name" }];
    });
    if (!labels.length) labels.push({ y: (TOP + this.tall) / 2, lines: this.wrapped(this.words.unmeasured), class: "ls-name" });
    for (const zone of vessels) {
      labels.push({ y: zone.y, lines: this.wrapped(this.zoneNamed(zone)), class: "ls-name ls-vessel-name" });
    }
    return labels.sort((a, b) => a.y - b.y);
  }

  /** Each name at what it names, or as near as leaves all apart. @param {Label[]} labels */
  names(labels) {
    return this.stacked(labels).flatMap(({ top, label }) => {
      const middle = top + (label.lines.length * LINE) / 2;
      const x = this.left - EDGE - 7;
      const lines = label.lines.map((line, at) => this.text(line, { x, y: top + (at + 0.78) * LINE, class: label.class, "text-anchor": "end" }));
      return [svg("path", { d: `M${x + 5} ${middle}L${this.left} ${label.y}`, class: "ls-lead" }), ...lines];
    });
  }

  /** How tall names are, one below the other. @param {Label[]} labels */
  needed(labels) {
    return labels.reduce((sum, { lines }) => sum + lines.length * LINE + GAP, 0);
  }

  /** Down from the top, none on another; what then hangs out below moves the ones above it up. @param {Label[]} labels */
  stacked(labels) {
    const spoken = this.skin.needle.motions.length && LINE + EDGE + this.needed(labels) <= this.tall;
    let free = spoken ? LINE + EDGE : 4; // below what a motion says, if there is room
    const placed = labels.map((label) => {
      const top = Math.max(free, label.y - (label.lines.length * LINE) / 2);
      free = top + label.lines.length * LINE + GAP;
      return { top, label };
    });
    let end = this.tall - 4;
    for (const one of [...placed].reverse()) {
      one.top = Math.min(one.top, end - one.label.lines.length * LINE);
      end = one.top - GAP;
    }
    return placed;
  }

  /**
   * @param {string} text
   * @param {Record<string, string | number>} attributes
   */
  text(text, attributes) {
    return svg("text", { "font-size": TYPE, ...attributes }, text);
  }

  /** @param {number} px */
  ruler(px) {
    const x = this.left + this.room() + EDGE;
    return [
      svg("path", { d: `M${x - 5} ${TOP}h10m-5 0v${px}m-5 0h10`, class: "ls-bar" }),
      this.text(put(this.words.tip_mm, { mm: 1 }), { x: x + 9, y: TOP + Math.max(px / 2, 6) + 8, class: "ls-mm" }),
    ];
  }

  /** @param {number} px */
  needle(px) {
    const turn = (this.angle * Math.PI) / 180;
    const across = Math.cos(turn);
    const down = Math.sin(turn);
    const [from, back] = this.entry();
    const entry = this.left + from;
    const tip = [entry + across * this.inserted * px, TOP + down * this.inserted * px];
    const start = [entry - across * back, TOP - down * back];
    this.tip = svg("circle", { cx: tip[0], cy: tip[1], r: 9, class: "ls-drop" });
    this.shaft = svg("g", {}, svg("path", { d: `M${start[0]} ${start[1]}L${tip[0]} ${tip[1]}`, class: "ls-needle" }));
    return [
      this.tip,
      this.shaft,
      this.text(put(this.words.tip_mm, { mm: length(this.depth()) }), { x: tip[0] + 16, y: Math.min(tip[1] + 8, this.tall - 8), class: "ls-tip-mm" }),
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
        skin: [this.left, this.left + this.room()],
        note: (text) => this.text(text, { x: this.wide - EDGE, y: LINE, class: "ls-closer", "text-anchor": "end" }),
      },
      motion,
    );
  }
}
