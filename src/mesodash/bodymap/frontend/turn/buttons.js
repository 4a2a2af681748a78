// The areas as buttons, for keys and screen readers: the canvas itself says nothing to them.

import { html, set } from "../dom.js";

/** @import { AreaKey, TurnData } from "../types.d.ts" */

/** @typedef {{ key: AreaKey, label: string, text: string | null, button: HTMLElement }} AreaButton */

/** @type {Record<string, (at: number, last: number) => number>} */
const WALKS = {
  ArrowRight: (at, last) => Math.min(last, at + 1),
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowLeft: (at) => Math.max(0, at - 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  PageDown: (at, last) => Math.min(last, at + 1),
  PageUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_at, last) => last,
};

export class AreaButtons {
  /** @param {ButtonsOwner} owner */
  constructor(owner) {
    this.owner = owner;
    this.element = html("div", { class: "mb-turn-areas", role: "group" });
    /** @type {AreaButton[]} */
    this.entries = [];
    this.current = 0;
    /** @type {AreaKey | null} */
    this.focused = null;
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("click", (event) => {
      const entry = this.entryOf(event);
      if (entry) owner.choose(entry.key, event);
    });
    this.element.addEventListener("focusin", (event) => {
      const entry = this.entryOf(event);
      if (!entry) return;
      this.current = this.entries.indexOf(entry);
      this.focused = entry.key;
      this.rove();
      owner.focus(entry);
    });
    this.element.addEventListener("focusout", () => {
      this.focused = null;
      owner.focus(null);
    });
  }

  /**
   * @param {TurnData} data
   * @param {AreaKey[]} keys in the order in which they are walked
   */
  update(data, keys) {
    set(this.element, "aria-label", data.words.turn_areas);
    if (keys.join() !== this.entries.map(({ key }) => key).join()) this.build(keys);
    const chosen = this.entries.findIndex(({ key }) => data.chosen.includes(key));
    if (chosen >= 0 && this.focused === null) this.current = chosen;
    for (const entry of this.entries) {
      const { button, key } = entry;
      const { label, text } = data.said(key);
      Object.assign(entry, { label, text });
      set(button, "role", data.readOnly ? "img" : "button");
      set(button, "aria-label", label);
      set(button, "aria-description", text);
      set(button, "aria-pressed", data.readOnly ? null : data.chosen.includes(key));
      set(button, "aria-disabled", data.placing === null ? null : true);
    }
    this.rove();
  }

  /** @param {AreaKey[]} keys */
  build(keys) {
    this.entries = keys.map((key, index) => {
      const [area, side] = key.split("|");
      const button = html("div", { tabindex: -1, "data-area": area, "data-side": side, "data-index": index });
      return { key, label: "", text: null, button };
    });
    this.element.replaceChildren(...this.entries.map(({ button }) => button));
    this.current = 0;
  }

  rove() {
    for (const [index, { button }] of this.entries.entries()) set(button, "tabindex", index === this.current ? 0 : -1);
  }

  /** @param {AreaKey | null} key */
  of(key) {
    return this.entries.find((entry) => entry.key === key);
  }

  /** @param {Event} event */
  entryOf({ target }) {
    const index = target instanceof Element ? target.closest("[data-index]")?.getAttribute("data-index") : null;
    return index ? this.entries[Number(index)] : undefined;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { key } = event;
    const entry = this.entries[this.current];
    if (event.altKey || !entry) return;
    if (key in WALKS) {
      this.entries[WALKS[key](this.current, this.entries.length - 1)].button.focus({ preventScroll: true });
    } else if (key === "Enter" || key === " ") {
      if (!event.repeat) this.owner.choose(entry.key, event);
    } else if (key === "Escape") {
      if (!this.owner.clear()) return;
    } else if (!this.owner.zoomKey(key)) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * @typedef {object} ButtonsOwner
 * @property {(key: AreaKey, event: MouseEvent | KeyboardEvent) => void} choose
 * @property {() => boolean} clear
 * @property {(entry: AreaButton | null) => void} focus
 * @property {(key: string) => boolean} zoomKey
 */
