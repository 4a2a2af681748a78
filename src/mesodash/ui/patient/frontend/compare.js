// Two photographs of one view: side by side, or one over the other.

import { fader, html } from "./dom.js";

/** @import { CompareData, Picture } from "./types.d.ts" */

export class Compare {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.over = false;
    this.now = "";
    root.style.visibility = "";
  }

  /** @param {CompareData} data */
  update(data) {
    const now = JSON.stringify(data);
    if (now === this.now) return;
    this.now = now;
    this.draw(data);
  }

  /** @param {CompareData} data */
  draw(data) {
    const before = picture(data.before), after = picture(data.after);
    const pair = html("div", { class: "pt-pair" }, before, after);
    const upper = /** @type {HTMLElement} */ (after.querySelector("img"));
    const fade = fader(data.words.fade, upper);
    const ways = [data.words.beside, data.words.over].map((text, at) => {
      const button = html("button", { type: "button", class: "pt-button", "aria-pressed": String(this.over === Boolean(at)) }, text);
      button.addEventListener("click", () => {
        this.over = Boolean(at);
        show();
      });
      return button;
    });
    const show = () => {
      pair.classList.toggle("over", this.over);
      fade.hidden = !this.over;
      upper.style.opacity = this.over ? String((fade.querySelector("input")?.valueAsNumber ?? 50) / 100) : "1";
      ways.forEach((button, at) => button.setAttribute("aria-pressed", String(this.over === Boolean(at))));
    };
    show();
    this.root.replaceChildren(html("div", { class: "pt-row", role: "group", "aria-label": data.words.how }, ...ways), pair, fade);
  }

  destroy() {}
}

/** @param {Picture} of */
function picture(of) {
  return html("figure", { class: "pt-picture" }, html("img", { src: of.src, alt: of.alt }), html("figcaption", {}, of.caption));
}
