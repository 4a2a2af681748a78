// The whole figure: which views are shown, what is chosen, and what Python is told.

import { atlas, picture } from "./atlas.js";
import { Choice, toggled } from "./choosing.js";
import { inkOn } from "./colour.js";
import { Controls, isFace } from "./controls.js";
import { html, set } from "./dom.js";
import { pairs } from "./dots.js";
import { recall, remember } from "./memory.js";
import { Placing } from "./placing.js";
import { Tip } from "./tip.js";
import { View } from "./view.js";

const PAIRS = [["front", "back"], ["left", "right"]];
// From this width on two bodies stand side by side.
const WIDE = 460;
// A tap on something this small on the whole body was a tap on the head: the close view opens.
const TINY = 18;
const CLOSER = { front: ["face", "scalp"], back: ["scalp"], left: ["face_left", "scalp"], right: ["face_right", "scalp"] };

const filled = (text, what) => text.replace(/\{(\w+)\}/g, (whole, name) => what[name] ?? whole);

export class Figure {
  constructor(root) {
    this.root = root;
    // Its buttons get their names with the drawings; until then nobody finds them, and they keep their room.
    root.classList.add("mb-undrawn");
    this.choice = new Choice();
    this.placing = new Placing((word) => this.tell("placed", word));
    this.views = new Map();
    this.shown = [];
    this.controls = new Controls({
      view: (name) => this.turn(name),
      figure: (name) => this.go({ figure: name }),
      several: () => this.go({ several: !this.state.several }),
      zoom: (name) => this.zoomBy(name),
      undo: () => this.undo(),
    });
    this.frame = html("div", { class: "mb-frame" });
    this.stage = html("div", { class: "mb-stage" }, this.controls.faces.element, this.frame);
    this.tip = new Tip(this.stage);
    this.status = html("div", { class: "mb-hidden", role: "status" });
    this.keys = html("div", { class: "mb-hidden", id: `mb-keys-${crypto.getRandomValues(new Uint32Array(1))[0]}` });
    this.probe = html("span", { class: "mb-hidden", "aria-hidden": "true" });
    this.probe.style.color = "var(--st-primary-color)";
    root.replaceChildren(this.controls.bar, this.stage, this.controls.foot, this.status, this.keys, this.probe);
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.stage);
  }

  destroy() {
    this.observer.disconnect();
  }

  // Called after every rerun with what Python passed, and when the theme changes.
  update(data, tell) {
    this.data = data;
    this.tell = tell;
    this.areas = new Map(data.areas.map(([key, label, text]) => [key, { label, text }]));
    this.choice.take(data.chosen, data.seq);
    const began = this.placing.take(data.placing ?? null);
    this.layers = (data.points ?? []).map(([figure, view, key, label, numbered, points, ends]) => ({ figure, view, key, label, numbered, points: pairs(points), ends: pairs(ends) }));
    this.keys.textContent = this.placing.site === null ? data.words.keys : data.words.placing_keys;
    this.root.style.setProperty("--mb-ink", inkOn(this.probe));
    if (!this.state) this.state = this.first(recall(data.key));
    else if (this.state.asked.join() !== [data.figure, data.view].join()) this.ask();
    if (began) Object.assign(this.state, { view: this.placing.best(this.state.figure, this.state.view), solo: false });
    this.load();
  }

  // What the reader last looked at counts, until Python asks for something else than it did then.
  first(last) {
    const { data } = this;
    const asked = [data.figure, data.view];
    const kept = last.asked?.join() === asked.join() && data.views.includes(last.view);
    return {
      asked,
      figure: kept ? last.figure : data.figure,
      view: kept ? last.view : data.view,
      solo: kept && Boolean(last.solo),
      several: kept ? Boolean(last.several) : data.several_on,
    };
  }

  ask() {
    const { figure, view } = this.data;
    const [lastFigure, lastView] = this.state.asked;
    this.state.asked = [figure, view];
    if (figure !== lastFigure) this.state.figure = figure;
    if (view !== lastView) this.state.view = view;
    remember(this.data.key, this.state);
  }

  async load() {
    const version = this.data.atlas;
    if (this.version !== version) {
      this.root.setAttribute("aria-busy", "true");
      if (!this.drawn) this.status.textContent = this.data.words.loading;
      try {
        const drawings = await atlas(version);
        if (this.data.atlas !== version || this.version === version) return;
        this.drawn = drawings.figures;
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

  failed(error) {
    console.warn("mesodash body figure:", error);
    const again = html("button", { type: "button", class: "mb-pill" }, this.data.words.again);
    again.addEventListener("click", () => this.load());
    this.frame.replaceChildren(html("p", { class: "mb-note" }, this.data.words.not_loaded), again);
    this.shown = [];
  }

  // What Python offers and the atlas has.
  offered() {
    return this.data.views.filter((name) => this.drawn[this.state.figure]?.[name]);
  }

  // The views on show: a pair where there is room, else one.
  names() {
    const { view, solo } = this.state;
    const pair = PAIRS.find((names) => names.includes(view)) ?? [view];
    const offered = this.offered();
    const both = !solo && this.placing.site === null && this.wide && pair.every((name) => offered.includes(name));
    if (both) return pair;
    return offered.includes(view) ? [view] : offered.slice(0, 1);
  }

  render() {
    if (!this.drawn) return;
    this.root.classList.remove("mb-undrawn");
    const { data, state } = this;
    const names = this.names();
    const shown = names.map((name) => this.view(state.figure, name));
    if (shown.length !== this.shown.length || shown.some((view, i) => view !== this.shown[i])) {
      this.tip.hide();
      this.frame.replaceChildren(...shown.map((view) => view.element));
      this.shown = shown;
    }
    for (const view of shown) {
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
        title: `${data.words.figure}: ${this.title(view.name)}, ${data.words[state.figure]}`,
      });
      view.near(this.placing.site);
      view.scaled();
    }
    const { site, points } = this.placing;
    this.controls.update({ ...data, views: this.offered() }, names, state, site && { area: this.areas.get(site)?.label ?? "", n: points.length });
    this.controls.enlarged(Math.max(1, ...shown.map((view) => view.zoom.factor)));
  }

  // What is drawn as points on a view: what Python passed, then what is placed by hand.
  layersOn(name) {
    const { words } = this.data;
    const layers = this.layers
      .filter(({ figure, view, key }) => figure === this.state.figure && view === name && key !== this.placing.site)
      .map(({ key, label, numbered, points, ends }) => {
        const names = numbered ? points.map((_, i) => i + 1) : null;
        return { key, said: label, label: `${this.areas.get(key)?.label ?? ""}: ${label}`, points, ends, names, kind: "mb-plan" };
      });
    const placed = this.placing.on(this.state.figure, name);
    if (placed.length) {
      const said = filled(words.points, { n: placed.length });
      const names = placed.map(({ index }) => index + 1);
      layers.push({ key: this.placing.site, said, label: said, points: placed.map(({ at }) => at), names, kind: "mb-placed" });
    }
    return layers;
  }

  placingOn(name) {
    const { site } = this.placing;
    return site === null ? null : { site, points: this.placing.on(this.state.figure, name) };
  }

  place(view, at) {
    if (this.placing.full) return this.say("full", { n: this.placing.most });
    this.placing.add(this.state.figure, view, at);
    this.render();
    this.say("placed", { n: this.placing.points.length });
  }

  // index: which point, or null for the last one.
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

  say(word, what) {
    this.status.textContent = filled(this.data.words[word], what);
  }

  title(name) {
    const { words } = this.data;
    return isFace(name) && name !== "face" ? `${words.face}, ${words[name]}` : words[name];
  }

  view(figure, name) {
    const key = `${figure}/${name}`;
    if (!this.views.has(key)) {
      const drawing = this.drawn[figure][name];
      const view = new View(name, drawing, {
        choose: (item, how) => this.choose(item, how),
        clear: () => this.clear(),
        hover: (entry, x, y) => this.tip.show(entry, x, y),
        leave: () => this.tip.hide(),
        placing: {
          add: (at) => this.place(name, at),
          remove: (index) => this.displace(index),
          undo: () => this.undo(),
          count: () => this.placing.points.length,
          say: (word, what) => this.say(word, what),
        },
        zoomed: () => this.controls.enlarged(Math.max(1, ...this.shown.map((one) => one.zoom.factor))),
      });
      this.views.set(key, view);
      if (drawing.picture) {
        picture(drawing.picture, this.version).then(
          (url) => view.image.setAttribute("href", url),
          // The outline stays as the ground: areas can be chosen without the picture.
          (error) => console.warn("mesodash body figure:", error),
        );
      }
    }
    return this.views.get(key);
  }

  resized() {
    this.wide = this.stage.clientWidth >= WIDE;
    if (this.data) this.render();
  }

  go(change) {
    Object.assign(this.state, change);
    remember(this.data.key, this.state);
    this.render();
  }

  // Pressing what stands in a pair shows it alone and larger; pressing it again, the pair.
  turn(name) {
    if (!this.drawn) return;
    const names = this.names();
    if (names.length > 1 && names.includes(name)) this.go({ view: name, solo: true });
    else if (this.state.solo) this.go({ view: name, solo: names[0] !== name && PAIRS.some((pair) => pair.includes(name) && pair.includes(names[0])) });
    else this.go({ view: name, solo: false });
  }

  zoomBy(name) {
    for (const view of this.shown) {
      if (name === "zoom_reset") view.zoom.reset();
      else view.zoom.by(name === "zoom_in" ? 1.5 : 1 / 1.5, view.chosenPlace());
    }
  }

  choose(item, { more, pixels, view }) {
    const several = this.data.several && (this.state.several || more);
    const before = this.choice.items;
    this.send(toggled(before, item, several));
    if (several || pixels >= TINY || !this.choice.items.includes(item)) return;
    const closer = (CLOSER[view.name] ?? []).find((name) => this.offered().includes(name) && this.holds(name, item));
    if (!closer) return;
    this.go({ view: closer, solo: false });
    this.shown[0].focus(item);
  }

  holds(name, item) {
    const drawing = this.drawn[this.state.figure][name];
    return Boolean(drawing.areas.some(({ area, side }) => `${area}|${side}` === item));
  }

  clear() {
    if (this.data.read_only || this.placing.site !== null || this.choice.items.length === 0) return false;
    this.send([]);
    return true;
  }

  // The picture changes at once; Python hears it and answers when it has.
  send(items) {
    const { data, state } = this;
    const seq = this.choice.make(items);
    this.tell("choice", { seq, chosen: items, figure: state.figure, view: state.view, asked: state.asked });
    // Streamlit sends what it was told in a task of its own: drawing waits until that is on its way.
    setTimeout(() => this.render());
    const names = items.map((item) => this.areas.get(item)?.label ?? "").filter(Boolean);
    this.status.textContent = names.length ? `${data.words.chosen} ${names.join("; ")}` : data.words.none_chosen;
  }
}
