// One view of the body: its picture, its areas as buttons, and what is drawn over them.

import { Cursor } from "./cursor.js";
import { html, set, svg } from "./dom.js";
import { Dots } from "./dots.js";
import { isArrow, neighbour, stepped } from "./keyboard.js";
import { look, patterns } from "./pattern.js";
import { Zoom } from "./zoom.js";

// Below this many pixels an area is hard to hit with a finger and gets a wider edge to be hit by.
const SMALL = 26;
const CHECK = "M-4.2 .2 L-1.2 3.2 L4.6 -3.4";
let views = 0;

export class View {
  // drawing: one view of the atlas; owner: { choose, clear, hover, leave, zoomed, placing }.
  constructor(name, drawing, owner) {
    this.name = name;
    this.drawing = drawing;
    this.owner = owner;
    this.id = `mb-view-${(views += 1)}`;
    this.current = 0;
    this.focused = -1;
    this.entries = [];
    this.layers = [];
    this.looks = svg("g", { class: "mb-over", "aria-hidden": "true" });
    this.marks = svg("g", { class: "mb-over", "aria-hidden": "true" });
    this.dots = svg("g", { class: "mb-over" });
    this.ring = svg("g", { class: "mb-over", "aria-hidden": "true" });
    this.hits = svg("g", { "aria-hidden": "true" });
    this.buttons = svg("g");
    this.patterns = patterns(this.id);
    this.cursor = new Cursor(this, owner.placing);
    this.image = svg("image", { width: drawing.width, height: drawing.height, preserveAspectRatio: "none" });
    this.letters = [this.letter("r", drawing.r_label), this.letter("l", drawing.l_label)];
    this.svg = svg(
      "svg",
      { class: "mb-svg", role: "group", preserveAspectRatio: "xMidYMid meet", "data-view": name },
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
    // Chromium makes a tab stop of any svg that listens for focus itself; an element around it is none.
    this.element = html("div", { class: "mb-view" }, this.svg);
    this.zoom = new Zoom(this.svg, drawing.width, drawing.height, () => {
      this.scaled();
      owner.zoomed();
    });
    this.listen();
  }

  letter(side, place) {
    const text = svg("text", { class: "mb-letter", "aria-hidden": "true", "data-letter": side });
    if (place) [text.dataset.x, text.dataset.y] = place;
    return text;
  }

  // areas: Map of "area|side" -> { label, text }. Buttons are made anew only when the set changes.
  // layers: what Dots draw on this view, each of an area; placing: { site, points } or null.
  update({ areas, values, chosen, marked, states, layers, placing, readOnly, words, title }) {
    this.readOnly = readOnly;
    this.placing = placing;
    this.svg.classList.toggle("mb-placing", Boolean(placing));
    set(this.svg, "role", placing ? "application" : "group");
    this.letters.forEach((text) => (text.textContent = words[text.dataset.letter]));
    set(this.svg, "aria-label", title);
    const shown = this.drawing.areas.filter(({ area, side }) => areas.has(`${area}|${side}`));
    if (shown.length !== this.entries.length || shown.some((drawn, i) => drawn !== this.entries[i].drawn)) this.build(shown);
    this.chosen = new Set(chosen);
    this.marked = new Set(marked);
    this.drawLooks(states);
    this.drawDots(layers);
    for (const entry of this.entries) {
      const { label, text } = areas.get(entry.key);
      const share = values?.[entry.key];
      entry.label = label;
      const said = [
        text ?? (values && share === undefined ? words.no_data : null),
        states?.categories[states.areas[entry.key]]?.[1],
        ...layers.filter(({ key }) => key === entry.key).map(({ said }) => said),
      ];
      entry.text = said.filter(Boolean).join("; ") || null;
      const { button } = entry;
      set(button, "role", readOnly ? "img" : "button");
      set(button, "aria-label", label);
      set(button, "aria-description", entry.text);
      set(button, "aria-pressed", readOnly ? null : this.chosen.has(entry.key));
      set(button, "fill", values && share === undefined ? `url(#${this.id}-hatch)` : null);
      set(button, "data-value", values ? (share ?? "none") : null);
      set(button, "aria-disabled", placing && entry.key !== placing.site ? true : null);
      button.classList.toggle("mb-here", placing?.site === entry.key);
      button.classList.toggle("mb-chosen", this.chosen.has(entry.key));
      if (share !== undefined) button.style.setProperty("--t", share);
    }
    this.rove();
    this.decorate();
    this.cursor.update(placing?.site ?? null, placing?.points ?? []);
  }

  drawLooks(states) {
    const looks = this.entries.map(({ key }) => states?.categories[states.areas[key]]?.[2] ?? "none");
    const now = JSON.stringify([looks, this.entries.map(({ key }) => key)]);
    if (now === this.looksNow) return;
    this.looksNow = now;
    this.looks.replaceChildren(...this.entries.flatMap(({ drawn }, i) => look(looks[i], drawn.path, this.id)));
  }

  drawDots(layers) {
    const now = JSON.stringify(layers);
    if (now === this.dotsNow) return;
    this.dotsNow = now;
    this.dotted = new Set(layers.map(({ key }) => key));
    this.layers = layers.map((layer) => new Dots(layer));
    this.dots.replaceChildren(...this.layers.map(({ element }) => element));
    const { unit } = this.zoom;
    this.layers.forEach((dots) => dots.scaled(unit));
  }

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
      return { drawn, key: `${drawn.area}|${drawn.side}`, hit, button };
    });
    this.hits.replaceChildren(...this.entries.map(({ hit }) => hit));
    this.buttons.replaceChildren(...this.entries.map(({ button }) => button));
    this.boxes = null;
    const again = this.entries.findIndex(({ key }) => key === focused);
    this.current = Math.max(0, again);
    if (again >= 0) this.entries[again].button.focus();
    this.scaled();
  }

  // The one tab stop of the view: where the reader was, else the chosen area, else the first.
  rove() {
    if (this.placing) {
      this.current = this.entries.findIndex(({ key }) => key === this.placing.site);
    } else if (this.focused < 0 || this.current < 0) {
      this.current = Math.max(0, this.current);
      const at = this.entries.findIndex(({ key }) => this.chosen.has(key));
      if (at >= 0) this.current = at;
    }
    this.entries.forEach(({ button }, index) => set(button, "tabindex", index === this.current ? 0 : -1));
  }

  // Called whenever the size on the screen changes: letters, checks and hatching keep theirs.
  scaled() {
    const { unit } = this.zoom ?? {};
    if (!unit) return;
    this.svg.style.setProperty("--u", unit);
    for (const pattern of this.patterns) pattern.setAttribute("patternTransform", `scale(${unit})`);
    this.layers.forEach((dots) => dots.scaled(unit));
    for (const text of this.letters) this.placeLetter(text, unit);
    this.boxes ??= this.svg.isConnected ? this.entries.map(({ button }) => button.getBBox()) : null;
    this.boxes?.forEach((box, index) => {
      const side = Math.min(box.width, box.height) / unit;
      this.entries[index].pixels = side;
      this.entries[index].button.classList.toggle("mb-tiny", side < 12);
      this.entries[index].hit.style.strokeWidth = `${Math.min(12, Math.max(0, SMALL - side))}px`;
    });
    if (this.chosen) this.decorate();
  }

  // Enlarged or moved, the letters stay in sight at the edge they belong to: sides are never guessed.
  placeLetter(text, unit) {
    const { box } = this.zoom;
    const edge = 14 * unit;
    const within = (at, start, length) => Math.min(start + length - edge, Math.max(start + edge, Number(at)));
    set(text, "display", text.dataset.x ? null : "none");
    set(text, "x", within(text.dataset.x ?? 0, box.x, box.width));
    set(text, "y", within(text.dataset.y ?? 0, box.y, box.height));
  }

  decorate() {
    const drawn = [];
    const edge = (path, kind) => svg("path", { d: path, class: kind });
    for (const { key, drawn: { path } } of this.entries) {
      if (this.marked.has(key)) drawn.push(edge(path, "mb-halo thin"), edge(path, "mb-mark"));
    }
    const chosen = this.entries.filter(({ key }) => this.chosen.has(key));
    for (const { drawn: { path } } of chosen) drawn.push(edge(path, "mb-halo"), edge(path, "mb-edge"));
    for (const { key, drawn: { anchor: [x, y] }, pixels = SMALL } of chosen) {
      // The points stand where the check would, and the edge says chosen.
      if (this.dotted?.has(key) || this.placing?.site === key) continue;
      const scale = this.zoom.unit * Math.min(1, Math.max(0.5, pixels / SMALL));
      drawn.push(svg("g", { class: "mb-check", transform: `translate(${x} ${y}) scale(${scale})` }, svg("circle", { r: 9 }), svg("path", { d: CHECK })));
    }
    this.marks.replaceChildren(...drawn);
    const at = this.entries[this.focused];
    const seen = at?.button.matches(":focus-visible");
    if (this.zoom) this.cursor.draw();
    this.ring.replaceChildren(...(seen ? [edge(at.drawn.path, "mb-halo wide"), edge(at.drawn.path, "mb-ring")] : []));
  }

  // Brings the area that points are placed on close, once; afterwards the whole view comes back.
  near(site) {
    if (site === (this.nearNow ?? null)) return;
    this.nearNow = site;
    const entry = this.entries.find(({ key }) => key === site);
    if (entry) this.zoom.fit(entry.button.getBBox());
    else this.zoom.reset();
  }

  focus(key) {
    this.entries.find((entry) => entry.key === key)?.button.focus({ preventScroll: true });
  }

  // Where zooming by button aims: at the chosen area if one is in this view.
  chosenPlace() {
    return this.entries.find(({ key }) => this.chosen.has(key))?.drawn.anchor;
  }

  entryOf(event) {
    const index = event.target.closest?.("[data-index]")?.dataset.index;
    return index === undefined ? null : this.entries[Number(index)];
  }

  // The middle of an area on the screen, for the name box of the keyboard.
  place({ drawn: { anchor: [x, y] } }) {
    return new DOMPoint(x, y).matrixTransform(this.svg.getScreenCTM());
  }

  listen() {
    const { element: root, owner } = this;
    root.addEventListener("click", (event) => {
      const entry = this.entryOf(event);
      if (this.zoom.dragged()) return;
      if (this.placing) return this.cursor.click(event);
      if (!entry || this.readOnly) return;
      this.current = this.entries.indexOf(entry);
      // The wider edge of a small area is not the button itself: the focus follows the choice.
      if (event.target !== entry.button) entry.button.focus({ preventScroll: true });
      owner.choose(entry.key, { more: event.shiftKey || event.ctrlKey || event.metaKey, pixels: event.detail ? entry.pixels : SMALL, view: this });
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
      const entry = this.entries[this.current];
      this.owner.choose(entry.key, { more: event.shiftKey || event.ctrlKey || event.metaKey, pixels: SMALL, view: this });
    } else {
      const points = () => this.entries.map(({ drawn }) => drawn.anchor);
      const to = isArrow(key) ? neighbour(points(), this.current, key) : stepped(this.entries.length, this.current, key);
      if (to === null) return;
      this.entries[to].button.focus({ preventScroll: false });
    }
    // The page must neither scroll under the arrows nor Streamlit take the key for a shortcut.
    event.preventDefault();
    event.stopPropagation();
  }
}
