// A field to sign in with a finger, a pen or a mouse; what is sent is the path of the strokes.

import { html } from "./dom.js";

/** @import { InkData, Send } from "./types.d.ts" */

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 600, HIGH = 180;
const LONGEST = 20000;

export class Ink {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.nonce = "";
    this.path = "";
    this.last = "";
    this.drawing = false;
    /** @type {Send} */
    this.send = () => {};
    this.line = document.createElementNS(SVG, "path");
    this.line.setAttribute("class", "pt-line");
    this.sheet = document.createElementNS(SVG, "svg");
    this.sheet.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
    this.sheet.setAttribute("class", "pt-sheet");
    this.sheet.setAttribute("role", "img");
    this.sheet.append(this.line);
    this.hint = html("span", { class: "pt-hint" });
    this.clear = html("button", { type: "button", class: "pt-button" });
    this.clear.addEventListener("click", () => this.empty(true));
    root.replaceChildren(html("div", { class: "pt-field" }, this.sheet), html("div", { class: "pt-row" }, this.hint, this.clear));
    this.sheet.addEventListener("pointerdown", (event) => this.begin(event));
    this.sheet.addEventListener("pointermove", (event) => this.draw(event));
    for (const name of ["pointerup", "pointercancel"]) this.sheet.addEventListener(name, () => this.end());
    root.style.visibility = "";
  }

  /**
   * @param {InkData} data
   * @param {Send} send
   */
  update(data, send) {
    this.send = send;
    this.sheet.setAttribute("aria-label", data.words.field);
    this.hint.textContent = data.words.hint;
    this.clear.textContent = data.words.clear;
    if (data.nonce !== this.nonce) {
      this.nonce = data.nonce;
      this.empty(false);
    }
  }

  /** @param {PointerEvent} event */
  at(event) {
    const box = this.sheet.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * WIDE);
    const y = Math.round(((event.clientY - box.top) / box.height) * HIGH);
    return `${Math.max(0, Math.min(WIDE, x))} ${Math.max(0, Math.min(HIGH, y))}`;
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (event.button !== 0 || this.path.length > LONGEST) return;
    event.preventDefault();
    this.sheet.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.last = this.at(event);
    this.path += `M${this.last}L${this.last}`; // a dot is a stroke too
    this.line.setAttribute("d", this.path);
  }

  /** @param {PointerEvent} event */
  draw(event) {
    if (!this.drawing) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const next = this.at(one);
      if (next === this.last || this.path.length > LONGEST) continue;
      this.path += `L${next}`;
      this.last = next;
    }
    this.line.setAttribute("d", this.path);
  }

  end() {
    if (!this.drawing) return;
    this.drawing = false;
    this.tell();
  }

  /** @param {boolean} tell */
  empty(tell) {
    this.path = "";
    this.line.removeAttribute("d");
    if (tell) this.tell();
  }

  tell() {
    this.send("signed", { nonce: this.nonce, path: this.path });
  }

  destroy() {}
}
