// The stage: one statement at a time in type for the back of a room, moved by keys, a clicker or touch.

import { Line, known, moved } from "./channel.js";
import { html, put } from "./dom.js";
import { Picture } from "./figure.js";
import { Section } from "./section.js";
import { Turned } from "./turned.js";

/** @import { LessonData, Place, Send } from "./types.d.ts" */

const FORWARD = ["ArrowRight", "PageDown", "Enter", " "];
const BACK = ["ArrowLeft", "PageUp", "Backspace"];
const SWIPE = 60;
const SKIN_STEPS = ["depth", "inject"];

export class Stage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {LessonData | null} */
    this.data = null;
    /** @type {Send} */
    this.send = () => {};
    /** @type {Place} */
    this.place = { step: "", part: 0 };
    this.heard = -1;
    /** @type {Line | null} */
    this.line = null;
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {Turned | null} */
    this.turned = null;
    this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.keys);
    this.touchFrom = 0;
  }

  /**
   * @param {LessonData} data
   * @param {Send} send
   */
  update(data, send) {
    this.send = send;
    const another = this.data?.key !== data.key;
    if (another || JSON.stringify(this.data?.words) !== JSON.stringify(data.words)) this.build(data);
    this.data = data;
    if (another || data.go.n !== this.heard) {
      this.heard = data.go.n;
      this.show(known(data.steps, data.go), false);
    }
  }

  /** @param {LessonData} data */
  build(data) {
    const { words } = data;
    this.data = data;
    this.picture?.destroy();
    this.turned?.destroy();
    this.turned = null;
    this.section?.destroy();
    this.line?.close();
    this.line = new Line(data.key, (told) => {
      if (told.type === "ask") this.tell();
      else if (told.type === "move") this.move(told.by);
    });
    const caption = html("p", { class: "ls-count" });
    this.picture = data.figure ? new Picture(data.figure, data.dose, words, caption) : null;
    this.section = new Section(data.skin, words);
    this.bars = data.steps.map((step) => {
      const bar = html("button", { type: "button", class: "ls-step-bar", "aria-label": step.title, title: step.title });
      bar.addEventListener("click", () => this.show({ step: step.code, part: 0 }, true));
      return bar;
    });
    this.number = html("p", { class: "ls-number" });
    this.text = html("h2", { class: "ls-text" });
    this.lines = html("ul", { class: "ls-lines" });
    this.sources = html("aside", { class: "ls-sources", "aria-label": words.sources, tabindex: 0 });
    this.sources.hidden = true;
    this.live = html("p", { class: "ls-hidden", "aria-live": "polite" });
    this.turns = html("button", { type: "button", class: "ls-key ls-turn", "aria-pressed": "false" }, html("kbd", { "aria-hidden": "true" }, "T"), ` ${words.turn}`);
    this.turns.addEventListener("click", () => this.turn());
    this.figure = html("div", { class: "ls-figure" }, ...(this.picture ? [this.picture.element] : [html("p", { class: "ls-none" }, words.no_figure)]), ...(data.turned ? [this.turns] : []), caption);
    this.stage = html(
      "section",
      { class: "ls-stage", tabindex: 0, "aria-label": put(words.lesson, { title: data.title, where: data.where }) },
      this.figure,
      html(
        "div",
        { class: "ls-said" },
        html("div", { class: "ls-head" }, html("div", { class: "ls-bars", role: "group", "aria-label": words.steps }, ...this.bars), this.number),
        html("div", { class: "ls-words" }, this.text, this.lines, this.section.element),
        this.foot(),
      ),
      this.sources,
      this.live,
    );
    this.stage.addEventListener("touchstart", (event) => { this.touchFrom = event.changedTouches[0].clientX; }, { passive: true });
    this.stage.addEventListener("touchend", (event) => {
      const by = event.changedTouches[0].clientX - this.touchFrom;
      const slides = event.target instanceof HTMLInputElement || (event.target instanceof Element && event.target.closest(".ls-turned") !== null);
      if (Math.abs(by) > SWIPE && !slides) this.move(by < 0 ? 1 : -1);
    }, { passive: true });
    this.root.replaceChildren(this.stage);
    this.root.style.visibility = "visible";
  }

  foot() {
    const words = /** @type {LessonData} */ (this.data).words;
    /** @type {(name: string, key: string, act: () => void, more?: Record<string, string>) => HTMLButtonElement} */
    const button = (name, key, act, more = {}) => {
      const made = html("button", { type: "button", class: "ls-key", ...more }, html("kbd", { "aria-hidden": "true" }, key), ` ${name}`);
      made.addEventListener("click", act);
      return made;
    };
    this.shows = button(words.sources, "S", () => this.source(), { "aria-expanded": "false" });
    return html(
      "div",
      { class: "ls-foot" },
      this.shows,
      button(words.notes, "N", () => this.notes()),
      button(words.full, "F", () => this.full()),
      html(
        "span",
        { class: "ls-ways" },
        button(words.back, "◂", () => this.move(-1)),
        button(words.next, "▸", () => this.move(1), { class: "ls-key ls-next" }),
      ),
    );
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.altKey || event.metaKey || !this.root.isConnected) return;
    const inside = target === document.body || target === document.documentElement || (target !== null && this.root.contains(target));
    const clicker = event.key === "PageDown" || event.key === "PageUp";
    // Fields and menus of the page around keep their keys; a slider keeps its arrows.
    if (!inside && !(clicker && !target?.matches("input, textarea, select, [contenteditable]"))) return;
    if (target instanceof HTMLInputElement && !clicker && !/^[a-z]$/i.test(event.key)) return;
    if (target instanceof HTMLButtonElement && (event.key === "Enter" || event.key === " ")) return;
    const acts = this.acts(event.key);
    if (!acts) return;
    event.preventDefault();
    event.stopPropagation();
    acts();
  }

  /** @param {string} key @returns {(() => void) | null} */
  acts(key) {
    if (FORWARD.includes(key)) return () => this.move(1);
    if (BACK.includes(key)) return () => this.move(-1);
    const steps = /** @type {LessonData} */ (this.data).steps;
    /** @type {Record<string, () => void>} */
    const one = {
      Home: () => this.show({ step: steps[0].code, part: 0 }, true),
      End: () => this.show({ step: steps[steps.length - 1].code, part: 0 }, true),
      ArrowDown: () => this.point(1),
      ArrowUp: () => this.point(-1),
      p: () => this.picture?.play(),
      s: () => this.source(),
      n: () => this.notes(),
      f: () => this.full(),
      t: () => this.turn(),
      Escape: () => this.source(false),
    };
    return one[key.length === 1 ? key.toLowerCase() : key] ?? null;
  }

  /** The body in three dimensions in place of the picture, and back. */
  turn() {
    const { picture, data } = this;
    if (!picture || !data?.turned) return;
    if (this.turned) {
      this.turned.destroy();
      this.turned = null;
      this.figure?.prepend(picture.element);
    } else {
      this.turned = new Turned(data.turned, (sentence) => {
        this.turn();
        if (this.turns) this.turns.hidden = true;
        if (this.live) this.live.textContent = sentence;
        picture.caption.textContent = sentence;
      });
      picture.element.replaceWith(this.turned.element);
    }
    this.turns?.setAttribute("aria-pressed", String(this.turned !== null));
  }

  /** @param {number} by */
  point(by) {
    if (this.place.step === "inject") this.picture?.step(by);
  }

  /** @param {number} by */
  move(by) {
    if (this.data) this.show(moved(this.data.steps, this.place, by), true);
  }

  /**
   * @param {Place} place
   * @param {boolean} tell whether the address is to follow
   */
  show(place, tell) {
    const data = /** @type {LessonData} */ (this.data);
    const at = data.steps.findIndex((step) => step.code === place.step);
    const step = data.steps[at];
    const says = step.says[place.part];
    const another = place.step !== this.place.step;
    this.place = place;
    this.bars?.forEach((bar, i) => {
      bar.classList.toggle("done", i <= at);
      if (i === at) bar.setAttribute("aria-current", "step");
      else bar.removeAttribute("aria-current");
    });
    const part = step.says.length > 1 ? ` · ${put(data.words.part, { n: place.part + 1, of: step.says.length })}` : "";
    if (this.number) this.number.textContent = `${put(data.words.of, { n: at + 1, of: data.steps.length, title: step.title })}${part}`;
    const long = says.text.length + says.lines.join("").length;
    this.stage?.classList.toggle("short", long < 75);
    this.stage?.classList.toggle("long", long > 130);
    this.stage?.classList.toggle("longer", long > 230);
    if (this.stage) this.stage.dataset.tone = says.tone;
    if (this.text) this.text.textContent = says.text;
    this.lines?.replaceChildren(...says.lines.map((line) => html("li", {}, line)));
    const skin = SKIN_STEPS.includes(place.step) && place.part === 0;
    if (this.section) this.section.element.hidden = !skin;
    this.stage?.classList.toggle("with-skin", skin);
    if (another) {
      this.picture?.show(place.step);
      if (skin) this.section?.open();
    }
    this.cite(says.sources);
    if (this.live) this.live.textContent = `${step.title}. ${says.text} ${says.lines.join(" ")}`;
    this.tell();
    if (tell) this.send("at", { step: place.step, part: place.part });
  }

  /** @param {string[]} sources */
  cite(sources) {
    const words = /** @type {LessonData} */ (this.data).words;
    this.sources?.replaceChildren(
      html("h3", {}, words.sources),
      sources.length ? html("ul", {}, ...sources.map((source) => html("li", {}, source))) : html("p", {}, words.no_source),
    );
  }

  /** @param {boolean} [open] */
  source(open) {
    if (!this.sources) return;
    this.sources.hidden = !(open ?? this.sources.hidden);
    this.shows?.setAttribute("aria-expanded", String(!this.sources.hidden));
  }

  notes() {
    const address = new URL(location.href);
    address.searchParams.set("window", "notes");
    globalThis.open(address, "mesodash-notes", "width=760,height=900");
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.stage?.requestFullscreen?.().then(() => this.stage?.focus());
  }

  tell() {
    this.line?.tell({ type: "at", ...this.place });
  }

  destroy() {
    document.removeEventListener("keydown", this.keys);
    this.picture?.destroy();
    this.turned?.destroy();
    this.section?.destroy();
    this.line?.close();
  }
}
