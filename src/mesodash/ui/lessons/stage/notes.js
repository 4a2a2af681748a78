// The trainer's window: what stands behind the statement on the stage, what comes next, and a timer.

import { Line, known, moved } from "./channel.js";
import { html, put } from "./dom.js";

/** @import { LessonData, Place, Send } from "./types.d.ts" */

export class Notes {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {LessonData | null} */
    this.data = null;
    /** @type {Place} */
    this.place = { step: "", part: 0 };
    /** @type {Line | null} */
    this.line = null;
    this.gone = 0;
    this.since = 0;
    this.clock = html("output", { class: "ls-clock", role: "timer" }, "0:00");
    this.ticking = setInterval(() => this.tick(), 500);
  }

  /**
   * @param {LessonData} data
   * @param {Send} _send
   */
  update(data, _send) {
    if (this.data?.key === data.key) return;
    this.data = data;
    this.line?.close();
    this.line = new Line(data.key, (told) => {
      if (told.type === "at") this.show(known(data.steps, told));
    });
    this.show(known(data.steps, data.go));
    this.root.style.visibility = "visible";
    this.line.tell({ type: "ask" });
  }

  /** @param {Place} place */
  show(place) {
    const data = /** @type {LessonData} */ (this.data);
    const { words } = data;
    this.place = place;
    const step = data.steps.find((one) => one.code === place.step) ?? data.steps[0];
    const says = step.says[place.part];
    const after = moved(data.steps, place, 1);
    const then = data.steps.find((one) => one.code === after.step)?.says[after.part];
    const ends = after.step === place.step && after.part === place.part;
    this.root.replaceChildren(
      html(
        "section",
        { class: "ls-notes", "aria-label": words.notes },
        html("div", { class: "ls-timer" }, this.clock, this.button(this.since ? words.stop : words.start, () => this.toggle()), this.button(words.reset, () => this.reset())),
        html("p", { class: "ls-number" }, `${data.title} · ${data.where} · ${step.title}`),
        html("h2", {}, says.text),
        html("ul", {}, ...says.lines.map((line) => html("li", {}, line))),
        ...says.notes.map(([head, text]) => html("div", { class: "ls-note" }, html("h3", {}, head), html("p", {}, text))),
        html("h3", {}, words.sources),
        says.sources.length ? html("ul", { class: "ls-cited" }, ...says.sources.map((source) => html("li", {}, source))) : html("p", {}, words.no_source),
        html("p", { class: "ls-then" }, ends || !then ? words.last : put(words.then, { text: then.text })),
        html("div", { class: "ls-ways" }, this.button(words.back, () => this.line?.tell({ type: "move", by: -1 })), this.button(words.next, () => this.line?.tell({ type: "move", by: 1 }))),
      ),
    );
  }

  /**
   * @param {string} name
   * @param {() => void} act
   */
  button(name, act) {
    const made = html("button", { type: "button", class: "ls-key" }, name);
    made.addEventListener("click", act);
    return made;
  }

  toggle() {
    if (this.since) {
      this.gone += Date.now() - this.since;
      this.since = 0;
    } else this.since = Date.now();
    this.show(this.place);
  }

  reset() {
    this.gone = 0;
    if (this.since) this.since = Date.now();
    this.tick();
  }

  tick() {
    const seconds = Math.floor((this.gone + (this.since ? Date.now() - this.since : 0)) / 1000);
    this.clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  destroy() {
    clearInterval(this.ticking);
    this.line?.close();
  }
}
