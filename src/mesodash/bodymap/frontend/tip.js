// The small box that names the area under the pointer or the focus, with its value.

import { html } from "./dom.js";

export class Tip {
  constructor(stage) {
    this.stage = stage;
    this.name = html("strong");
    this.value = html("span");
    // Hidden from screen readers: they hear the same from the area's own name and description.
    this.box = html("div", { class: "mb-tip", "aria-hidden": "true", hidden: true }, this.name, this.value);
    stage.append(this.box);
  }

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
