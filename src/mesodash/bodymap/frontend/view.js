// One view of the body: its picture, its areas as buttons, and what is drawn over them.

import { html, set, svg } from "./dom.js";
import { Dots, look, patterns } from "./marks.js";
import { Cursor } from "./placing.js";
import { Zoom } from "./zoom.js";

/** @import { AreaKey, DrawnArea, Drawing, Entry, Layer, PlacingOnView, Point, States, ViewData, ViewName, ViewOwner } from "./types.d.ts" */

// Pixels of the screen: a smaller area is hard to hit with a finger and gets a wider edge to be hit by.
const SMALL = 26;
const CHECK = "M-4.2 .2 L-1.2 3.2 L4.6 -3.4";
/** @type {Record<string, Point>} */
const AXES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
let views = 0;

/**
 * Where an arrow key leads: the nearest neighbour in that direction, or the same area where there is none.
 * @param {Point[]} points one of each area
 * @param {number} from index
 * @param {string} key
 */
export function neighbour(points, from, key) {
  const axis = AXES[key];
  if (!axis) return from;
  const [x, y] = points[from];
  let best = from;
  let least = Infinity;
  for (const [index, [otherX, otherY]] of points.entries()) {
    const dx = otherX - x;
    const dy = otherY - y;
    const along = dx * axis[0] + dy * axis[1];
    const aside = Math.abs(dx * axis[1]) + Math.abs(dy * axis[0]);
    if (index === from || along <= 0) continue;
    // Straight ahead counts more than near: sideways distance is weighed double, and beyond
    // about 60 degrees so heavily that it is taken only when nothing else lies ahead.
    const cost = along + 2 * aside + (aside > 1.75 * along ? 1e6 : 0);
    if (cost < least) [least, best] = [cost, index];
  }
  return best;
}

/**
 * Home, End and the page keys walk all areas in order, so that the keyboard reaches every area.
 * @param {number} count
 * @param {number} from
 * @param {string} key
 */
function stepped(count, from, key) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === "PageDown") return Math.min(count - 1, from + 1);
  if (key === "PageUp") return Math.max(0, from - 1);
  return null;
}

export class View {
  /**
   * @param {ViewName} name
   * @param {Drawing} drawing
   * @param {ViewOwner} owner
   */
  constructor(name, drawing, owner) {
    this.name = name;
    this.drawing = drawing;
    this.owner = owner;
    this.id = `mb-view-${(views += 1)}`;
    this.current = 0;
    this.focused = -1;
    /** @type {Entry[]} */
    this.entries = [];
    /** @type {Dots[]} */
    this.layers = [];
    /** @type {Set<AreaKey>} */
    this.chosen = new Set();
    /** @type {Set<AreaKey>} */
    this.marked = new Set();
    /** @type {Set<AreaKey>} areas with points on them */
    this.dotted = new Set();
    /** @type {PlacingOnView | null} */
    this.placing = null;
    this.readOnly = false;
    /** @type {string | null} the picture shown, or on its way */
    this.wears = null;
    /** @type {DOMRect[] | null} */
    this.boxes = null;
    /** @type {AreaKey | null} */
    this.nearNow = null;
    this.looksNow = "";
    this.dotsNow = "";
    this.looks = svg("g", { class: "mb-over", "aria-hidden": "true" });
    this.marks = svg("g", { class: "mb-over", "aria-hidden": "true" });
    this.dots = svg("g", { class: "mb-over" });
    this.ring = svg("g", { class: "mb-over", "aria-hidden": "true" });
    this.hits = svg("g", { "aria-hidden": "true" });
    this.buttons = svg("g");
    this.patterns = patterns(this.id);
    this.image = svg("image", { width: drawing.width, height: drawing.height, preserveAspectRatio: "none" });
    this.letters = [this.letter("r", drawing.r_label), this.letter("l", drawing.l_label)];
    if (name === "scalp") {
      // Seen from above: the face is below.
      this.letters.push(this.letter("front", [drawing.width / 2, drawing.height]), this.letter("back", [drawing.width / 2, 0]));
    }
    this.svg = svg("svg", { class: "mb-svg", role: "group", preserveAspectRatio: "xMidYMid meet", "data-view": name });
    this.zoom = new Zoom(this.svg, drawing.width, drawing.height, () => {
      this.scaled();
      owner.zoomed();
    });
    this.cursor = new Cursor(this, owner.placing);
    this.svg.append(
      svg("defs", {}, ...this.patterns),
      svg("g", { class: "mb-body", "aria-hidden": "true" }, svg("path", { d: drawing.outline ?? "" }), this.image),
      this.hits,
      this.buttons,
      this.looks,
      this.marks,
      this.dots,
      this.ring,
      this.cursor.element,
      ...this.letters,
    );
    // Chromium makes a tab stop of any svg that listens for focus itself, but not of an element around it.
    this.element = html("div", { class: "mb-view" }, this.svg);
    this.zoom.apply();
    this.listen();
  }

  /**
   * @param {"r" | "l" | "front" | "back"} side the patient's
   * @param {Point | null} place
   */
  letter(side, place) {
    const [x, y] = place ?? [null, null];
    return svg("text", { class: "mb-letter", "aria-hidden": "true", "data-letter": side, "data-x": x, "data-y": y });
  }

  /** @param {ViewData} data */
  update({ areas, values, chosen, marked, states, layers, placing, readOnly, words, title }) {
    this.readOnly = readOnly;
    this.placing = placing;
    this.svg.classList.toggle("mb-placing", Boolean(placing));
    set(this.svg, "role", placing ? "application" : "group");
    for (const text of this.letters) text.textContent = words[text.dataset.letter ?? ""];
    set(this.svg, "aria-label", title);
    // Buttons are made anew only when the set of areas changes.
    const shown = this.drawing.areas.filter(({ area, side }) => areas.has(`${area}|${side}`));
    if (shown.length !== this.entries.length || shown.some((drawn, i) => drawn !== this.entries[i].drawn)) this.build(shown);
    this.chosen = new Set(chosen);
    this.marked = new Set(marked);
    this.drawLooks(states);
    this.drawDots(layers);
    for (const entry of this.entries) {
      const { label, text } = areas.get(entry.key) ?? { label: entry.key, text: null };
      const share = values?.[entry.key];
      entry.label = label;
      const said = [
        text ?? (values && share === undefined ? words.no_data : null),
        states?.categories[states.areas[entry.key]]?.[1],
        ...layers.filter(({ key }) => key === entry.key).map((layer) => layer.said),
      ];
      entry.text = said.filter(Boolean).join("; ") || null;
      const { button } = entry;
      set(button, "role", readOnly ? "img" : "button");
      set(button, "aria-label", label);
      set(button, "aria-description", entry.text);
      set(button, "aria-pressed", readOnly ? null : this.chosen.has(entry.key));
      set(button, "data-value", values ? (share ?? "none") : null);
      set(button, "aria-disabled", placing && entry.key !== placing.site ? true : null);
      button.classList.toggle("mb-here", placing?.site === entry.key);
      button.classList.toggle("mb-chosen", this.chosen.has(entry.key));
      if (share !== undefined) button.style.setProperty("--t", String(share));
    }
    this.rove();
    this.decorate();
    this.cursor.update(placing?.site ?? null, placing?.points ?? []);
  }

  /** @param {States | null} states */
  drawLooks(states) {
    const looks = this.entries.map(({ key }) => states?.categories[states.areas[key]]?.[2] ?? "none");
    const now = JSON.stringify([looks, this.entries.map(({ key }) => key)]);
    if (now === this.looksNow) return;
    this.looksNow = now;
    this.looks.replaceChildren(...this.entries.flatMap(({ drawn }, i) => look(looks[i], drawn.path, this.id)));
  }

  /** @param {Layer[]} layers */
  drawDots(layers) {
    const now = JSON.stringify(layers);
    if (now === this.dotsNow) return;
    this.dotsNow = now;
    this.dotted = new Set(layers.map(({ key }) => key));
    this.layers = layers.map((layer) => new Dots(layer));
    this.dots.replaceChildren(...this.layers.map(({ element }) => element));
    const { unit } = this.zoom;
    for (const dots of this.layers) dots.scaled(unit);
  }

  /** @param {DrawnArea[]} shown */
  build(shown) {
    const focused = this.entries[this.focused]?.key;
    this.entries = shown.map((drawn, index) => {
      const hit = svg("path", { d: drawn.path, class: "mb-hit", "data-index": index });
      const button = svg("path", {
        d: drawn.path,
        class: "mb-area",
        tabindex: -1,
        "data-index": index,
        "data-area": drawn.area,
        "data-side": drawn.side,
        "data-anchor": drawn.anchor.join(" "),
      });
      return { drawn, key: `${drawn.area}|${drawn.side}`, label: "", text: null, hit, button, pixels: SMALL };
    });
    this.hits.replaceChildren(...this.entries.map(({ hit }) => hit));
    this.buttons.replaceChildren(...this.entries.map(({ button }) => button));
    this.boxes = null;
    const again = this.entries.findIndex(({ key }) => key === focused);
    this.current = Math.max(0, again);
    if (again >= 0) this.entries[again].button.focus();
    this.scaled();
  }

  /** Sets the one tab stop of the view: where the reader was, else the chosen area, else the first. */
  rove() {
    const { placing } = this;
    if (placing) {
      this.current = this.entries.findIndex(({ key }) => key === placing.site);
    } else if (this.focused < 0 || this.current < 0) {
      this.current = Math.max(0, this.current);
      const at = this.entries.findIndex(({ key }) => this.chosen.has(key));
      if (at >= 0) this.current = at;
    }
    this.entries.forEach(({ button }, index) => set(button, "tabindex", index === this.current ? 0 : -1));
  }

  /** Called whenever the size on the screen changes: letters, checks and patterns keep theirs. */
  scaled() {
    const { unit } = this.zoom;
    this.svg.style.setProperty("--u", String(unit));
    for (const pattern of this.patterns) pattern.setAttribute("patternTransform", `scale(${unit})`);
    for (const dots of this.layers) dots.scaled(unit);
    for (const text of this.letters) this.placeLetter(text, unit);
    this.boxes ??= this.svg.isConnected ? this.entries.map(({ button }) => button.getBBox()) : null;
    this.boxes?.forEach((box, index) => {
      const side = Math.min(box.width, box.height) / unit;
      this.entries[index].pixels = side;
      this.entries[index].button.classList.toggle("mb-tiny", side < 12);
      this.entries[index].hit.style.strokeWidth = `${Math.min(12, Math.max(0, SMALL - side))}px`;
    });
    this.decorate();
  }

  /**
   * Keeps a letter of the sides at the edge it belongs to, also when the view is enlarged or moved.
   * @param {SVGTextElement} text
   * @param {number} unit
   */
  placeLetter(text, unit) {
    const { box } = this.zoom;
    const edge = 14 * unit;
    /**
     * @param {string | undefined} at
     * @param {number} start
     * @param {number} length
     */
    const within = (at, start, length) => Math.min(start + length - edge, Math.max(start + edge, Number(at ?? 0)));
    set(text, "display", text.dataset.x ? null : "none");
    set(text, "x", within(text.dataset.x, box.x, box.width));
    set(text, "y", within(text.dataset.y, box.y, box.height));
  }

  /** Draws the edges of marked and chosen areas, the checks and the focus ring. */
  decorate() {
    const drawn = [];
    /**
     * @param {string} path
     * @param {string} kind CSS class
     */
    const edge = (path, kind) => svg("path", { d: path, class: kind });
    for (const { key, drawn: { path } } of this.entries) {
      if (this.marked.has(key)) drawn.push(edge(path, "mb-halo thin"), edge(path, "mb-mark"));
    }
    const chosen = this.entries.filter(({ key }) => this.chosen.has(key));
    for (const { drawn: { path } } of chosen) drawn.push(edge(path, "mb-halo"), edge(path, "mb-edge"));
    for (const { key, drawn: { anchor: [x, y] }, pixels } of chosen) {
      // Points stand where the check would; the edge shows that the area is chosen.
      if (this.dotted.has(key) || this.placing?.site === key) continue;
      const scale = this.zoom.unit * Math.min(1, Math.max(0.5, pixels / SMALL));
      drawn.push(svg("g", { class: "mb-check", transform: `translate(${x} ${y}) scale(${scale})` }, svg("circle", { r: 9 }), svg("path", { d: CHECK })));
    }
    this.marks.replaceChildren(...drawn);
    const at = this.entries[this.focused];
    const ringed = at?.button.matches(":focus-visible");
    this.cursor.draw();
    this.ring.replaceChildren(...(ringed ? [edge(at.drawn.path, "mb-halo wide"), edge(at.drawn.path, "mb-ring")] : []));
  }

  /**
   * Brings the area that points are placed on close, once; afterwards the whole view comes back.
   * @param {AreaKey | null} site
   */
  near(site) {
    if (site === this.nearNow) return;
    this.nearNow = site;
    const entry = this.entries.find(({ key }) => key === site);
    if (entry) this.zoom.fit(entry.button.getBBox());
    else this.zoom.reset();
  }

  /** @param {AreaKey} key */
  focus(key) {
    this.entries.find((entry) => entry.key === key)?.button.focus({ preventScroll: true });
  }

  /** Where the zoom buttons aim: at the chosen area if this view shows one. */
  chosenPlace() {
    return this.entries.find(({ key }) => this.chosen.has(key))?.drawn.anchor;
  }

  /** The box around all chosen areas of this view; null where it shows none. */
  chosenBox() {
    const boxes = this.entries.filter(({ key }) => this.chosen.has(key)).map(({ button }) => button.getBBox());
    if (boxes.length === 0) return null;
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    const width = Math.max(...boxes.map((box) => box.x + box.width)) - x;
    const height = Math.max(...boxes.map((box) => box.y + box.height)) - y;
    return { x, y, width, height };
  }

  /**
   * @param {Event} event
   * @returns {Entry | null}
   */
  entryOf(event) {
    const { target } = event;
    const index = target instanceof Element ? target.closest("[data-index]")?.getAttribute("data-index") : null;
    return index === null || index === undefined ? null : this.entries[Number(index)];
  }

  /**
   * The middle of an area on the screen.
   * @param {Entry} entry
   */
  place({ drawn: { anchor: [x, y] } }) {
    return new DOMPoint(x, y).matrixTransform(this.svg.getScreenCTM() ?? undefined);
  }

  listen() {
    const { element: root, owner } = this;
    root.addEventListener("click", (event) => {
      const entry = this.entryOf(event);
      if (this.zoom.dragged()) return;
      if (this.placing) return this.cursor.click(/** @type {PointerEvent} */ (event));
      if (!entry || this.readOnly) return;
      this.current = this.entries.indexOf(entry);
      // The wider edge of a small area is not the button itself: the focus follows the choice.
      if (event.target !== entry.button) entry.button.focus({ preventScroll: true });
      this.choose(entry, event, event.detail ? entry.pixels : SMALL);
    });
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("pointermove", (event) => {
      const entry = event.pointerType === "touch" || this.placing ? null : this.entryOf(event);
      if (entry) owner.hover(entry, event.clientX, event.clientY);
      else owner.leave();
    });
    root.addEventListener("pointerleave", () => owner.leave());
    root.addEventListener("focusin", (event) => {
      const entry = this.entryOf(event);
      if (!entry) return;
      this.current = this.focused = this.entries.indexOf(entry);
      this.rove();
      this.decorate();
      if (this.placing || !entry.button.matches(":focus-visible")) return;
      this.zoom.show(entry.drawn.anchor);
      const { x, y } = this.place(entry);
      owner.hover(entry, x, y);
    });
    root.addEventListener("focusout", () => {
      this.focused = -1;
      this.decorate();
      owner.leave();
    });
  }

  /**
   * @param {Entry} entry
   * @param {MouseEvent | KeyboardEvent} event
   * @param {number} pixels
   */
  choose(entry, event, pixels) {
    this.owner.choose(entry.key, { more: event.shiftKey || event.ctrlKey || event.metaKey, pixels, view: this.name });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { key } = event;
    if (event.altKey || this.entries.length === 0) return;
    if (this.placing) {
      if (!this.cursor.key(event)) return;
    } else if (key === "Escape") {
      this.owner.leave();
      // With nothing to clear the key goes on to whoever else waits for it, such as a dialog.
      if (!this.owner.clear()) return;
    } else if (key === "Enter" || key === " ") {
      if (this.readOnly || event.repeat) return event.preventDefault();
      this.choose(this.entries[this.current], event, SMALL);
    } else {
      const points = () => this.entries.map(({ drawn }) => drawn.anchor);
      const to = key in AXES ? neighbour(points(), this.current, key) : stepped(this.entries.length, this.current, key);
      if (to === null) return;
      this.entries[to].button.focus({ preventScroll: false });
    }
    // The page must not scroll under the arrows, nor Streamlit take the key for a shortcut.
    event.preventDefault();
    event.stopPropagation();
  }
}
