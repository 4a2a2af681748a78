// The whole figure: draws the views that are looked at, keeps what is chosen, and tells Python.

import { atlas, picture } from "./atlas.js";
import { Choice, toggled } from "./choice.js";
import { Controls, Tip } from "./controls.js";
import { html, inkOn, set } from "./dom.js";
import { Looking, TURN } from "./looking.js";
import { pairs } from "./marks.js";
import { Placing } from "./placing.js";
import { Turning } from "./turning.js";
import { View } from "./view.js";

/** @import { AreaKey, AreaName, Click, FigureData, Layer, PlacingOnView, Point, Send, ShownState, Tone, ViewName } from "./types.d.ts" */

// From this width on two bodies stand side by side.
const WIDE = 460;
// A tap on something this small on the whole body was a tap on the head: the close view opens.
const TINY = 18;
/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

export class Figure {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    // The buttons get their names with the drawings; until then they keep their room, hidden from everybody.
    root.classList.add("mb-undrawn");
    this.looking = new Looking();
    /** @type {Send} */
    this.toPython = () => {};
    /** @type {Choice<AreaKey>} */
    this.choice = new Choice();
    this.placing = new Placing((message) => this.toPython("placed", message));
    /** @type {Map<AreaKey, AreaName>} */
    this.areas = new Map();
    /** @type {(Layer & { figure: string, view: ViewName })[]} */
    this.layers = [];
    /** @type {string | null} */
    this.version = null;
    /** @type {Map<string, View>} */
    this.views = new Map();
    /** @type {View[]} */
    this.shown = [];
    this.controls = new Controls({
      view: (name) => this.turn(name),
      figure: (name) => this.go({ figure: name }),
      tone: (name) => this.wear(name),
      several: () => this.go({ several: !this.state.several }),
      zoom: (name) => this.zoomBy(name),
      add: (keys) => this.add(keys),
      panel: () => this.openPanel(),
      undo: () => this.undo(),
    });
    this.turning = new Turning(this);
    this.frame = html("div", { class: "mb-frame" });
    this.stage = html("div", { class: "mb-stage" }, this.controls.faces.element, this.frame);
    this.tip = new Tip(this.stage);
    this.status = html("div", { class: "mb-hidden", role: "status" });
    this.keys = html("div", { class: "mb-hidden", id: `mb-keys-${crypto.getRandomValues(new Uint32Array(1))[0]}` });
    this.probe = html("span", { class: "mb-hidden", "aria-hidden": "true" });
    this.probe.style.color = "var(--st-primary-color)";
    root.replaceChildren(this.controls.bar, this.stage, this.controls.foot, this.controls.chosenBar, this.status, this.keys, this.probe);
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.stage);
  }

  destroy() {
    this.observer.disconnect();
    this.turning.destroy();
  }

  /** What Python last passed. */
  get data() {
    return this.looking.data;
  }

  /** What the reader looks at. */
  get state() {
    return this.looking.state;
  }

  /**
   * Called after every rerun with what Python passed, and when the theme changes.
   * @param {FigureData} data
   * @param {Send} send
   */
  update(data, send) {
    this.toPython = send;
    this.areas = new Map(data.areas.map(([key, label, text]) => [key, { label, text }]));
    const before = this.choice.items;
    this.choice.take(data.chosen, data.seq);
    // What was not chosen here, but by the address or a list, is looked for on the views.
    const newest = this.choice.items.find((key) => !before.includes(key));
    if (newest) this.looking.lookFor = newest;
    const began = this.placing.take(data.placing ?? null);
    this.layers = (data.points ?? []).map(([figure, view, key, label, numbered, flat, ends]) => {
      const points = pairs(flat);
      const names = Array.isArray(numbered) ? numbered : numbered ? points.map((_, i) => i + 1) : null;
      const name = this.areas.get(key)?.label ?? "";
      return { figure, view, key, said: label, label: `${name}: ${label}`, points, ends: pairs(ends), names, kind: "mb-plan" };
    });
    this.keys.textContent = this.placing.site === null ? data.words.keys : data.words.placing_keys;
    this.root.style.setProperty("--mb-ink", inkOn(this.probe));
    this.looking.take(data);
    this.looking.placing = this.placing.site !== null;
    if (began) Object.assign(this.state, { view: this.placing.best(this.state.figure, this.state.view), solo: false });
    this.load();
  }

  /** Fetches the drawings if they are not there yet, then draws. */
  async load() {
    const version = this.data.atlas;
    if (this.version !== version) {
      this.root.setAttribute("aria-busy", "true");
      if (!this.looking.drawings) this.status.textContent = this.data.words.loading;
      try {
        const fetched = await atlas(version);
        if (this.data.atlas !== version || this.version === version) return;
        this.looking.drawings = fetched.figures;
        this.version = version;
        this.views.clear();
        this.shown = [];
        this.status.textContent = "";
      } catch (error) {
        this.failed(error);
        return;
      } finally {
        this.root.removeAttribute("aria-busy");
      }
    }
    this.render();
  }

  /** @param {unknown} error */
  failed(error) {
    console.warn("mesodash body figure:", error);
    const again = html("button", { type: "button", class: "mb-pill" }, this.data.words.again);
    again.addEventListener("click", () => this.load());
    this.frame.replaceChildren(html("p", { class: "mb-note" }, this.data.words.not_loaded), again);
    this.shown = [];
  }

  /**
   * Changes the skin tone, on every page of this tab.
   * @param {Tone} tone
   */
  wear(tone) {
    this.looking.wear(tone);
    this.render();
  }

  render() {
    if (!this.looking.drawings) return;
    this.root.classList.remove("mb-undrawn");
    const { data, state, looking } = this;
    let names = looking.names();
    set(this.root, "data-tone", looking.tone);
    if (names[0] === TURN) {
      this.shown = [];
      this.turning.render();
      this.surround(names);
      return;
    }
    looking.turnToArea();
    names = looking.names();
    const shown = names.map((name) => this.view(state.figure, name));
    if (shown.length !== this.shown.length || shown.some((view, i) => view !== this.shown[i])) {
      this.tip.hide();
      this.frame.replaceChildren(...shown.map((view) => view.element));
      this.shown = shown;
    }
    for (const view of shown) {
      this.dress(view);
      set(view.svg, "aria-describedby", this.keys.id);
      view.update({
        areas: this.areas,
        values: data.values,
        chosen: this.choice.items,
        marked: data.marked,
        states: data.states ?? null,
        layers: this.layersOn(view.name),
        placing: this.placingOn(view.name),
        readOnly: data.read_only,
        words: data.words,
        title: `${data.words.figure}: ${looking.title(view.name)}, ${data.words[state.figure]}`,
      });
      view.near(this.placing.site);
      view.scaled();
    }
    this.surround(names);
  }

  /**
   * The buttons around the body.
   * @param {ViewName[]} names the views on the screen
   */
  surround(names) {
    const { data, state, looking } = this;
    const { site, points } = this.placing;
    const placing = site === null ? null : { area: this.areas.get(site)?.label ?? "", n: points.length };
    const views = [...looking.offered(), ...(looking.turns ? [TURN] : [])];
    this.controls.update({ ...data, views }, names, state, placing, looking.tone);
    if (placing && names[0] === TURN) this.controls.hint.textContent = data.words.turn_placing;
    this.controls.choice(data, this.choice.items, placing === null);
    this.enlarged();
  }

  enlarged() {
    this.controls.enlarged(this.looking.names()[0] === TURN ? this.turning.factor : Math.max(1, ...this.shown.map((view) => view.zoom.factor)));
  }

  /**
   * The points drawn on a view: those Python passed, then those placed by hand.
   * @param {ViewName} name
   * @returns {Layer[]}
   */
  layersOn(name) {
    /** @type {Layer[]} */
    const layers = this.layers.filter(({ figure, view, key }) => figure === this.state.figure && view === name && key !== this.placing.site);
    const placed = this.placing.on(this.state.figure, name);
    if (this.placing.site === null || placed.length === 0) return layers;
    const said = filled(this.data.words.points, { n: placed.length });
    const names = placed.map(({ index }) => index + 1);
    return [...layers, { key: this.placing.site, said, label: said, points: placed.map(({ at }) => at), names, kind: "mb-placed" }];
  }

  /**
   * @param {ViewName} name
   * @returns {PlacingOnView | null}
   */
  placingOn(name) {
    const { site } = this.placing;
    return site === null ? null : { site, points: this.placing.on(this.state.figure, name) };
  }

  /**
   * @param {ViewName} view
   * @param {Point} at
   */
  place(view, at) {
    if (this.placing.full) return this.say("full", { n: this.placing.most });
    this.placing.add(this.state.figure, view, at);
    this.render();
    this.say("placed", { n: this.placing.points.length });
  }

  /** @param {number | null} index of the point, or null for the last one */
  displace(index) {
    const which = index ?? this.placing.points.length - 1;
    if (which < 0) return;
    this.placing.remove(which);
    this.render();
    this.say("taken", { n: which + 1 });
  }

  undo() {
    if (this.placing.site === null || !this.placing.undo()) return;
    this.render();
    this.say("undone", { n: this.placing.points.length });
  }

  /**
   * Announces something to screen readers.
   * @param {string} word
   * @param {Record<string, string | number>} values
   */
  say(word, values) {
    this.status.textContent = filled(this.data.words[word], values);
  }

  /**
   * @param {string} figure
   * @param {ViewName} name
   */
  view(figure, name) {
    const key = `${figure}/${name}`;
    const made = this.views.get(key);
    if (made) return made;
    const drawing = this.looking.drawings?.[figure][name];
    if (!drawing) throw new Error(`The atlas has no view ${key}.`);
    const view = new View(name, drawing, {
      choose: (item, click) => this.choose(item, click),
      clear: () => this.clear(),
      hover: (entry, x, y) => this.tip.show(entry, x, y),
      leave: () => this.tip.hide(),
      placing: {
        add: (at) => this.place(name, at),
        remove: (index) => this.displace(index),
        undo: () => this.undo(),
        count: () => this.placing.points.length,
        say: (word, values) => this.say(word, values),
      },
      zoomed: () => this.enlarged(),
    });
    this.views.set(key, view);
    return view;
  }

  /**
   * Puts the picture of the skin tone under a view's areas.
   * @param {View} view
   */
  dress(view) {
    const { tone } = this.looking;
    const name = view.drawing.pictures?.[tone];
    if (!name || view.wears === name) return;
    view.wears = name;
    picture(name, this.version ?? "").then(
      // Another tone may have been chosen while this one was on its way.
      (url) => view.wears === name && view.image.setAttribute("href", url),
      (error) => {
        // The outline stays as the ground: areas can be chosen without the picture.
        console.warn("mesodash body figure:", error);
        if (view.wears === name) view.wears = null;
      },
    );
  }

  resized() {
    this.looking.wide = this.stage.clientWidth >= WIDE;
    if (this.looking.begun) this.render();
  }

  /** @param {Partial<ShownState>} change */
  go(change) {
    this.looking.go(change);
    this.render();
  }

  /**
   * Shows a view. Pressing one of a pair shows it alone and larger; pressing it again, the pair.
   * @param {ViewName} name
   */
  turn(name) {
    if (!this.looking.drawings) return;
    this.looking.turn(name);
    this.render();
  }

  /**
   * Zooms one view: of a pair, the one that shows the chosen area, alone.
   * @param {string} name of the button
   */
  zoomBy(name) {
    if (this.looking.names()[0] === TURN) return this.turning.zoom(name);
    if (name === "zoom_reset") {
      for (const view of this.shown) view.zoom.reset();
      if (this.state.solo) this.go({ solo: false });
      return;
    }
    const target = this.shown.find((view) => view.chosenPlace()) ?? this.shown[0];
    if (!target) return;
    if (this.shown.length > 1) this.go({ view: target.name, solo: true });
    const chosen = target.chosenBox();
    if (name === "zoom_in" && target.zoom.factor <= 1.01 && chosen) {
      // The first press brings the chosen areas close, if that is closer than a step.
      target.zoom.fit(chosen);
      if (target.zoom.factor >= 1.5) return;
      target.zoom.reset();
    }
    target.zoom.by(name === "zoom_in" ? 1.5 : 1 / 1.5, target.chosenPlace());
  }

  /**
   * Adds areas to the choice.
   * @param {AreaKey[]} keys
   */
  add(keys) {
    this.send([...new Set([...this.choice.items, ...keys])]);
  }

  /** Goes to what the choice has opened, which on a phone stands below the figure. */
  openPanel() {
    const panel = document.querySelector(this.data.panel ?? "");
    if (!(panel instanceof HTMLElement)) return;
    panel.tabIndex = -1;
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "start" });
  }

  /**
   * @param {AreaKey} item
   * @param {Click} click
   */
  choose(item, { more, pixels, view }) {
    const several = this.data.several && (this.state.several || more);
    this.send(toggled(this.choice.items, item, several));
    if (several || pixels >= TINY || !this.choice.items.includes(item)) return;
    const closer = this.looking.closer(view, item);
    if (!closer) return;
    this.go({ view: closer, solo: false });
    this.shown[0].focus(item);
  }

  clear() {
    if (this.data.read_only || this.placing.site !== null || this.choice.items.length === 0) return false;
    this.send([]);
    return true;
  }

  /**
   * Changes the choice. The picture changes at once; Python is sent the choice and answers with a rerun.
   * @param {AreaKey[]} items
   */
  send(items) {
    const { data, state } = this;
    const seq = this.choice.make(items);
    this.toPython("choice", { seq, chosen: items, figure: state.figure, view: state.view, asked: state.asked });
    // Streamlit sends in a task of its own: drawing waits until the message is on its way.
    setTimeout(() => this.render());
    const names = items.map((item) => this.areas.get(item)?.label ?? "").filter(Boolean);
    this.status.textContent = names.length ? `${data.words.chosen} ${names.join("; ")}` : data.words.none_chosen;
  }
}
