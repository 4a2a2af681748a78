// The buttons around the body, the legend under it, and the box that names the area under the pointer.

import { html, set, svg } from "./dom.js";

/** @import { AreaName, FigureData, ShownState, Words } from "./types.d.ts" */

const FACES = ["face", "face_left", "face_right", "face_below"];
const ICONS = {
  zoom_in: "M4 10 H16 M10 4 V16",
  zoom_out: "M4 10 H16",
  zoom_reset: "M4 8 V4 H8 M12 4 H16 V8 M16 12 V16 H12 M8 16 H4 V12",
};

/** @param {string} view */
export const isFace = (view) => FACES.includes(view);

/** A row of buttons of which some are lit. Buttons are reused, so that focus stays. */
export class Row {
  /**
   * @param {string} kind CSS class
   * @param {(name: string) => void} press
   */
  constructor(kind, press) {
    this.element = html("div", { class: `mb-row ${kind}`, role: "group" });
    this.press = press;
    /** @type {Map<string, HTMLButtonElement>} */
    this.buttons = new Map();
  }

  /**
   * @param {string} title
   * @param {string[]} names
   * @param {string[]} lit
   * @param {Words} words
   * @param {(name: string) => string | null} [short] a shorter text than the name, which is then said
   */
  update(title, names, lit, words, short = () => null) {
    set(this.element, "aria-label", title);
    this.element.hidden = names.length < 2;
    if (names.join() !== [...this.buttons.keys()].join()) {
      this.buttons = new Map(names.map((name) => [name, this.make(name)]));
      this.element.replaceChildren(...this.buttons.values());
    }
    for (const [name, button] of this.buttons) {
      const said = words[name] ?? name;
      const brief = short(name);
      set(button, "aria-label", brief && said);
      set(button, "title", brief && said);
      const text = brief ?? said;
      if (button.textContent !== text) button.textContent = text;
      set(button, "aria-pressed", lit.includes(name));
    }
  }

  /** @param {string} name */
  make(name) {
    const button = html("button", { type: "button", class: "mb-pill", "data-name": name });
    button.addEventListener("click", () => this.press(name));
    return button;
  }
}

/**
 * @typedef {object} Presses what each button calls
 * @property {(view: string) => void} view
 * @property {(figure: string) => void} figure
 * @property {(tone: string) => void} tone of the skin
 * @property {() => void} several
 * @property {(name: string) => void} zoom
 * @property {() => void} undo
 * @property {(keys: string[]) => void} add areas to the choice
 * @property {() => void} panel
 */

export class Controls {
  /** @param {Presses} on */
  constructor(on) {
    this.views = new Row("mb-views", on.view);
    this.figures = new Row("mb-figures", on.figure);
    this.tones = new Row("mb-tones", (name) => on.tone(name.replace("tone_", "")));
    this.faces = new Row("mb-faces", (name) => on.view(name === "face_straight" ? "face" : name));
    const looks = html("div", { class: "mb-looks" }, this.figures.element, this.tones.element);
    this.bar = html("div", { class: "mb-bar" }, this.views.element, looks);
    this.several = html("button", { type: "button", class: "mb-pill mb-several" });
    this.several.addEventListener("click", on.several);
    this.zooms = Object.entries(ICONS).map(([name, path]) => {
      const icon = svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: path }));
      const button = html("button", { type: "button", class: "mb-icon", "data-name": name }, icon);
      button.addEventListener("click", () => on.zoom(name));
      return { name, button };
    });
    this.undo = html("button", { type: "button", class: "mb-pill mb-undo" });
    this.undo.addEventListener("click", on.undo);
    this.on = on;
    this.groups = html("div", { class: "mb-row mb-groups", role: "group" });
    this.groupsNow = "";
    this.chosenName = html("span", { class: "mb-chosen-name" });
    this.open = html("button", { type: "button", class: "mb-pill mb-open" });
    this.open.addEventListener("click", on.panel);
    this.chosenBar = html("div", { class: "mb-chosen-bar", hidden: true }, this.chosenName, this.open);
    this.hint = html("p", { class: "mb-hint" });
    this.legend = html("div", { class: "mb-legend" });
    this.legendNow = "";
    const tools = html("div", { class: "mb-tools" }, this.undo, this.several, ...this.zooms.map(({ button }) => button));
    this.told = html("p", { class: "mb-hint", hidden: true });
    this.foot = html("div", { class: "mb-foot" }, this.told, this.groups, this.legend, this.hint, tools);
  }

  /** @param {string} text that stays under the body */
  tell(text) {
    this.told.textContent = text;
    this.told.hidden = false;
  }

  /**
   * @param {FigureData} data
   * @param {string[]} shown the views on the screen
   * @param {ShownState} state
   * @param {{ area: string, n: number } | null} placing the area points are placed on, and their number
   * @param {string} tone of the skin
   */
  update(data, shown, state, placing, tone) {
    const { words, tones } = data;
    const main = data.views.filter((name) => !isFace(name) || name === data.views.find(isFace));
    const lit = main.filter((name) => shown.includes(name) || (isFace(name) && isFace(state.view)));
    this.views.update(words.view, main, lit, words);
    this.figures.update(words.body, ["female", "male"], [state.figure], words);
    this.tones.update(words.tone, tones.map((name) => `tone_${name}`), [`tone_${tone}`], words, (name) => name.replace("tone_", ""));
    const faces = isFace(state.view) ? FACES.filter((name) => data.views.includes(name)) : [];
    /** @param {string} name */
    const own = (name) => (name === "face" ? "face_straight" : name);
    this.faces.update(words.face, faces.map(own), [own(state.view)], words);
    this.several.textContent = words.several;
    this.several.hidden = !data.several || data.read_only || Boolean(placing);
    this.hint.hidden = this.undo.hidden = !placing;
    this.undo.textContent = words.undo;
    if (placing) {
      set(this.undo, "aria-disabled", placing.n === 0);
      this.hint.textContent = `${words.placing.replace("{area}", placing.area)} ${words.points.replace("{n}", String(placing.n))}`;
    }
    set(this.several, "aria-pressed", Boolean(state.several));
    for (const { name, button } of this.zooms) {
      set(button, "aria-label", words[name]);
      set(button, "title", words[name]);
    }
    this.drawLegend(data);
  }

  /**
   * What can be added to the choice by one press, and the bar that names it on a phone.
   * @param {FigureData} data
   * @param {string[]} chosen
   * @param {boolean} free whether areas can be chosen now
   */
  choice(data, chosen, free) {
    const { words } = data;
    const names = new Map(data.areas.map(([key, label]) => [key, label]));
    const offers = free && data.several && !data.read_only ? offersFor(data, chosen) : [];
    set(this.groups, "aria-label", words.groups);
    this.groups.hidden = !data.several || data.read_only;
    const now = JSON.stringify(offers);
    if (now !== this.groupsNow) {
      this.groupsNow = now;
      this.groups.replaceChildren(
        ...offers.map(([label, keys]) => {
          const button = html("button", { type: "button", class: "mb-pill" }, label);
          button.addEventListener("click", () => this.on.add(keys));
          return button;
        }),
      );
    }
    const [first] = chosen;
    this.chosenBar.hidden = !free || !data.panel || first === undefined;
    const more = chosen.length > 1 ? ` +${chosen.length - 1}` : "";
    this.chosenName.textContent = `${names.get(first) ?? ""}${more}`;
    this.open.textContent = words.open_panel;
  }

  /** @param {number} factor of the view that is enlarged most */
  enlarged(factor) {
    for (const { name, button } of this.zooms) {
      // aria-disabled, not disabled: a button that is switched off while pressed must keep the focus.
      set(button, "aria-disabled", name === "zoom_in" ? factor >= 7.9 : factor <= 1.01);
    }
  }

  /** @param {FigureData} data */
  drawLegend({ scale, marked, states, words }) {
    const now = JSON.stringify([scale, marked.length > 0, states?.categories, words.no_data, words.marked]);
    if (now === this.legendNow) return;
    this.legendNow = now;
    /**
     * @param {string} swatch CSS class
     * @param {string} text
     */
    const key = (swatch, text) => html("span", { class: "mb-key" }, html("i", { class: `mb-swatch ${swatch}`, "aria-hidden": "true" }), text);
    /** @param {[number, string]} tick */
    const tick = ([place, text]) => {
      const mark = html("span", {}, text);
      mark.style.setProperty("--at", String(place));
      return mark;
    };
    const parts = [];
    if (scale) {
      parts.push(
        html("span", { class: "mb-legend-label" }, scale.label),
        html("span", { class: "mb-scale" }, html("i", { "aria-hidden": "true" }), html("span", { class: "mb-ticks" }, ...scale.ticks.map(tick))),
        key("mb-none", words.no_data),
      );
    }
    if (marked.length) parts.push(key("mb-dashed", words.marked));
    for (const [, label, look] of states?.categories ?? []) parts.push(key(`mb-swatch-${look}`, label));
    this.legend.replaceChildren(...parts);
  }
}

/**
 * What one press would add: the other side, and the groups around what is chosen.
 * @param {FigureData} data
 * @param {string[]} chosen
 * @returns {[label: string, keys: string[]][]}
 */
function offersFor(data, chosen) {
  const known = new Set(data.areas.map(([key]) => key));
  const missing = (/** @type {string[]} */ keys) => keys.filter((key) => known.has(key) && !chosen.includes(key));
  const others = missing(chosen.map((key) => (key.endsWith("|left") ? key.replace("|left", "|right") : key.replace("|right", "|left"))));
  /** @type {[string, string[]][]} */
  const offers = others.length ? [[data.words.both_sides, others]] : [];
  for (const [label, keys] of data.groups) {
    if (keys.some((key) => chosen.includes(key)) && missing(keys).length) offers.push([label, missing(keys)]);
  }
  return offers.slice(0, 3);
}

/** The box that names the area under the pointer or the focus, with its value. */
export class Tip {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.name = html("strong");
    this.value = html("span");
    // Hidden from screen readers: they read the same from the area's own name and description.
    this.box = html("div", { class: "mb-tip", "aria-hidden": "true", hidden: true }, this.name, this.value);
    stage.append(this.box);
  }

  /**
   * @param {AreaName} area
   * @param {number} x of the window
   * @param {number} y
   */
  show({ label, text }, x, y) {
    this.name.textContent = label;
    this.value.textContent = text ?? "";
    this.value.hidden = !text;
    this.box.hidden = false;
    const frame = this.stage.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const left = Math.min(frame.width - width - 4, Math.max(4, x - frame.left - width / 2));
    const above = y - frame.top - height - 14;
    this.box.style.transform = `translate(${left}px, ${above > 4 ? above : y - frame.top + 20}px)`;
  }

  hide() {
    this.box.hidden = true;
  }
}
