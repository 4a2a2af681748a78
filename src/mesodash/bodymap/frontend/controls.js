// The buttons around the body and the legend under it.

import { html, set, svg } from "./dom.js";

const FACES = ["face", "face_left", "face_right"];
const ICONS = {
  zoom_in: "M4 10 H16 M10 4 V16",
  zoom_out: "M4 10 H16",
  zoom_reset: "M4 8 V4 H8 M12 4 H16 V8 M16 12 V16 H12 M8 16 H4 V12",
};

export const isFace = (view) => FACES.includes(view);

// A row of buttons of which the lit ones are what is shown. Buttons are reused, so focus stays.
class Row {
  constructor(kind, press) {
    this.element = html("div", { class: `mb-row ${kind}`, role: "group" });
    this.press = press;
    this.buttons = new Map();
  }

  update(title, names, lit, words) {
    set(this.element, "aria-label", title);
    this.element.hidden = names.length < 2;
    if (names.join() !== [...this.buttons.keys()].join()) {
      this.buttons = new Map(names.map((name) => [name, this.make(name)]));
      this.element.replaceChildren(...this.buttons.values());
    }
    for (const [name, button] of this.buttons) {
      const text = words[name] ?? name;
      if (button.textContent !== text) button.textContent = text;
      set(button, "aria-pressed", lit.includes(name));
    }
  }

  make(name) {
    const button = html("button", { type: "button", class: "mb-pill", "data-name": name });
    button.addEventListener("click", () => this.press(name));
    return button;
  }
}

export class Controls {
  // on: { view, figure, several, zoom, undo }: what each press calls.
  constructor(on) {
    this.views = new Row("mb-views", on.view);
    this.figures = new Row("mb-figures", on.figure);
    this.faces = new Row("mb-faces", (name) => on.view(name === "face_straight" ? "face" : name));
    this.bar = html("div", { class: "mb-bar" }, this.views.element, this.figures.element);
    this.several = html("button", { type: "button", class: "mb-pill mb-several" });
    this.several.addEventListener("click", on.several);
    this.zooms = Object.keys(ICONS).map((name) => {
      const icon = svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
      const button = html("button", { type: "button", class: "mb-icon", "data-name": name }, icon);
      button.addEventListener("click", () => on.zoom(name));
      return button;
    });
    this.undo = html("button", { type: "button", class: "mb-pill mb-undo" });
    this.undo.addEventListener("click", on.undo);
    this.hint = html("p", { class: "mb-hint" });
    this.legend = html("div", { class: "mb-legend" });
    this.foot = html("div", { class: "mb-foot" }, this.legend, this.hint, html("div", { class: "mb-tools" }, this.undo, this.several, ...this.zooms));
  }

  // placing: { area, n } while points are placed, else null.
  update(data, shown, state, placing) {
    const { words } = data;
    const main = data.views.filter((name) => !isFace(name) || name === data.views.find(isFace));
    const lit = main.filter((name) => shown.includes(name) || (isFace(name) && isFace(state.view)));
    this.views.update(words.view, main, lit, words);
    this.figures.update(words.body, ["female", "male"], [state.figure], words);
    const faces = isFace(state.view) ? FACES.filter((name) => data.views.includes(name)) : [];
    const own = (name) => (name === "face" ? "face_straight" : name);
    this.faces.update(words.face, faces.map(own), [own(state.view)], words);
    this.several.textContent = words.several;
    this.several.hidden = !data.several || data.read_only || Boolean(placing);
    this.hint.hidden = this.undo.hidden = !placing;
    this.undo.textContent = words.undo;
    if (placing) {
      set(this.undo, "aria-disabled", placing.n === 0);
      this.hint.textContent = `${words.placing.replace("{area}", placing.area)} ${words.points.replace("{n}", placing.n)}`;
    }
    set(this.several, "aria-pressed", Boolean(state.several));
    for (const button of this.zooms) {
      set(button, "aria-label", words[button.dataset.name]);
      set(button, "title", words[button.dataset.name]);
    }
    this.drawLegend(data);
  }

  enlarged(factor) {
    const [closer, away, whole] = this.zooms;
    // aria-disabled, not disabled: a button that goes dead under the finger must keep the focus.
    set(away, "aria-disabled", factor <= 1.01);
    set(whole, "aria-disabled", factor <= 1.01);
    set(closer, "aria-disabled", factor >= 7.9);
  }

  drawLegend({ scale, marked, states, words }) {
    const now = JSON.stringify([scale, marked.length > 0, states?.categories, words.no_data, words.marked]);
    if (now === this.legendNow) return;
    this.legendNow = now;
    const parts = [];
    if (scale) {
      parts.push(
        html("span", { class: "mb-legend-label" }, scale.label),
        html("span", { class: "mb-scale" }, html("span", {}, scale.low), html("i", { "aria-hidden": "true" }), html("span", {}, scale.high)),
        html("span", { class: "mb-key" }, html("i", { class: "mb-swatch mb-none", "aria-hidden": "true" }), words.no_data),
      );
    }
    if (marked.length) parts.push(html("span", { class: "mb-key" }, html("i", { class: "mb-swatch mb-dashed", "aria-hidden": "true" }), words.marked));
    for (const [, label, look] of states?.categories ?? []) {
      parts.push(html("span", { class: "mb-key" }, html("i", { class: `mb-swatch mb-swatch-${look}`, "aria-hidden": "true" }), label));
    }
    this.legend.replaceChildren(...parts);
  }
}
