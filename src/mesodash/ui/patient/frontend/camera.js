// The live picture with the earlier photograph over it; what is kept is exactly the frame that is shown.

import { fader, html } from "./dom.js";

/** @import { CameraData, Send } from "./types.d.ts" */

const WIDEST = 2048;

export class Camera {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.ratio = 0.75;
    this.nonce = "";
    this.shown = "";
    /** @type {CameraData["words"] | null} */
    this.words = null;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {Send} */
    this.send = () => {};
    this.video = html("video", { playsinline: true, autoplay: true, class: "pt-live" });
    this.video.muted = true;
    this.still = html("img", { class: "pt-live", hidden: true, alt: "" });
    this.ghost = html("img", { class: "pt-ghost", alt: "" });
    this.frame = html("div", { class: "pt-frame", hidden: true }, this.video, this.still, this.ghost);
    this.said = html("p", { class: "pt-said", role: "status" });
    this.start = html("button", { type: "button", class: "pt-button primary" });
    this.take = html("button", { type: "button", class: "pt-button primary" });
    this.keep = html("button", { type: "button", class: "pt-button primary" });
    this.again = html("button", { type: "button", class: "pt-button" });
    this.stop = html("button", { type: "button", class: "pt-button" });
    this.fade = html("div");
    this.start.addEventListener("click", () => this.open());
    this.take.addEventListener("click", () => this.shoot());
    this.keep.addEventListener("click", () => this.send("taken", { nonce: this.nonce, picture: this.still.src }));
    this.again.addEventListener("click", () => this.live());
    this.stop.addEventListener("click", () => this.close());
    root.replaceChildren(this.frame, this.fade, html("div", { class: "pt-row" }, this.start, this.take, this.keep, this.again, this.stop), this.said);
    root.style.visibility = "";
    this.offer("closed");
  }

  /**
   * @param {CameraData} data
   * @param {Send} send
   */
  update(data, send) {
    this.send = send;
    this.words = data.words;
    this.ratio = data.ratio;
    this.frame.style.aspectRatio = String(data.ratio);
    this.video.setAttribute("aria-label", data.words.live);
    this.still.alt = data.words.taken;
    for (const name of /** @type {const} */ (["start", "take", "keep", "again", "stop"])) this[name].textContent = data.words[name];
    if (data.ghost !== this.shown) {
      this.shown = data.ghost;
      this.ghost.hidden = !data.ghost;
      if (data.ghost) this.ghost.src = data.ghost;
      this.fade.replaceChildren(...(data.ghost ? [fader(data.words.ghost, this.ghost)] : []));
    }
    if (data.nonce !== this.nonce) {
      this.nonce = data.nonce;
      if (this.stream) this.live(); // the one before was kept
    }
  }

  /** @param {"closed" | "live" | "taken"} now */
  offer(now) {
    this.start.hidden = now !== "closed";
    this.frame.hidden = this.stop.hidden = this.fade.hidden = now === "closed";
    this.take.hidden = this.video.hidden = now !== "live";
    this.keep.hidden = this.again.hidden = this.still.hidden = now !== "taken";
  }

  async open() {
    this.said.textContent = "";
    if (!navigator.mediaDevices) {
      this.said.textContent = this.words?.none ?? "";
      return;
    }
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: WIDEST }, height: { ideal: WIDEST } },
      });
    } catch {
      this.said.textContent = this.words?.refused ?? "";
      return;
    }
    this.video.srcObject = this.stream;
    this.live();
  }

  live() {
    this.still.removeAttribute("src");
    this.offer("live");
    this.video.play().catch(() => {}); // a page that was hidden meanwhile plays when it is seen
  }

  shoot() {
    const { videoWidth: wide, videoHeight: high } = this.video;
    if (!wide || !high) return;
    // The part of the camera's picture that fills the frame, as `object-fit: cover` shows it.
    const [w, h] = wide / high > this.ratio ? [high * this.ratio, high] : [wide, wide / this.ratio];
    const scale = Math.min(1, WIDEST / Math.max(w, h));
    const canvas = html("canvas", { width: Math.round(w * scale), height: Math.round(h * scale) });
    canvas.getContext("2d")?.drawImage(this.video, (wide - w) / 2, (high - h) / 2, w, h, 0, 0, canvas.width, canvas.height);
    this.still.src = canvas.toDataURL("image/jpeg", 0.92);
    this.offer("taken");
    this.keep.focus();
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.still.removeAttribute("src");
    this.offer("closed");
  }

  destroy() {
    this.close();
  }
}
