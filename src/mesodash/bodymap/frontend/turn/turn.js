// The Turn view: the body in three dimensions, with the same areas, buttons and colours as the drawings.

import { Row } from "../controls.js";
import { html, set } from "../dom.js";
import { AreaButtons } from "./buttons.js";
import { Eye, listen } from "./camera.js";
import { fetchBody } from "./mesh.js";
import { CHOSEN, FOCUSED, HOVERED, MARKED, OFFERED, Picture } from "./scene.js";

/** @import { AreaKey, AreaName, Tone, TurnData, TurnOwner, Vector } from "../types.d.ts" */
/** @import { AreaButton } from "./buttons.js" */
/** @import { Body } from "./mesh.js" */
/** @import { Stand } from "./camera.js" */

const SNAPS = ["front", "back", "left", "right", "face", "scalp", "below"];
const LOOKS = ["none", "calm", "wait", "late"];
const STEP = 15;
const NUDGE = 40;
const CLOSER = 1.3;
// Degrees a hand's pixel turns the figure, and how far from above or below an area is looked at.
const DRAGGED = 0.45;
const STEEPEST = 55;
/** @type {Record<string, [number, number]>} */
const TURNS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
/** @type {Record<string, string>} */
const COLOURS = {
  skin: "var(--mb-skin)",
  edge: "var(--mb-edge)",
  border: "var(--mb-border)",
  accent: "var(--mb-accent)",
  wait: "var(--mb-wait)",
  late: "var(--mb-late)",
  ring: "#102a6b",
  mark: "#3d2b12",
  needle: "var(--mb-needle)",
};

/**
 * Fetches the mesh and makes the view.
 * @param {string} version of the mesh
 * @param {boolean} plain whether the processor draws it
 * @param {TurnOwner} owner
 */
export async function open(version, plain, owner) {
  return new Turn(await fetchBody(version), plain, owner);
}

export class Turn {
  /**
   * @param {Body} body
   * @param {boolean} plain whether the processor draws it
   * @param {TurnOwner} owner
   */
  constructor(body, plain, owner) {
    this.body = body;
    this.owner = owner;
    /** @type {Map<AreaKey, number>} */
    this.numbers = new Map(body.areas.flatMap((key, number) => (key === null ? [] : [[key, number]])));
    /** @type {TurnData | null} */
    this.data = null;
    /** @type {string | null} */
    this.snapped = "front";
    /** @type {AreaKey | null} */
    this.hovered = null;
    this.shape = 1;
    this.drawing = 0;
    this.laid = "";
    this.snaps = new Row("mb-snaps", (name) => this.snap(name));
    this.full = html("button", { type: "button", class: "mb-pill mb-full" });
    this.full.addEventListener("click", () => this.fill());
    this.canvas = html("canvas", { class: "mb-canvas", "aria-hidden": "true" });
    this.letters = html("div", { class: "mb-sides", "aria-hidden": "true" });
    this.keys = html("div", { class: "mb-hidden", id: `mb-turn-${crypto.getRandomValues(new Uint32Array(1))[0]}` });
    this.pad = html("div", { class: "mb-pad", tabindex: 0, role: "application", "aria-describedby": this.keys.id }, this.canvas, this.letters);
    this.buttons = new AreaButtons({
      choose: (key, event) => this.choose(key, event),
      clear: () => this.owner.clear(),
      focus: (entry) => this.focus(entry),
      zoomKey: (key) => this.zoomKey(key),
    });
    this.probe = html("span", { class: "mb-hidden", "aria-hidden": "true" });
    this.from = html("span", { class: "mb-from", "aria-hidden": "true" });
    const row = html("div", { class: "mb-turn-row" }, this.from, this.snaps.element, this.full);
    this.element = html("div", { class: "mb-view mb-turn" }, row, this.pad, this.keys, this.buttons.element, this.probe);
    /** @type {Map<string, number[]>} */
    this.seenColours = new Map();
    const paper = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    if (!paper) throw new Error("This browser gives no canvas.");
    this.paper = paper;
    this.picture = new Picture(this.canvas, body, plain);
    this.eye = new Eye(this.stand("female", "front"), () => this.request());
    this.canvas.addEventListener("webglcontextlost", () => owner.lost());
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.pad);
    this.listen();
  }

  destroy() {
    this.observer.disconnect();
    this.eye.stop();
    cancelAnimationFrame(this.drawing);
    this.picture.destroy();
  }

  get words() {
    return this.data?.words ?? {};
  }

  get figure() {
    return this.data?.figure ?? "female";
  }

  /** @param {TurnData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    this.snaps.update(data.words.snap, SNAPS, this.snapped ? [this.snapped] : [], data.words);
    set(this.pad, "aria-label", data.title);
    this.from.textContent = data.words.snap;
    // Where no word is given, whoever shows the view has a full screen of its own.
    this.full.hidden = !document.fullscreenEnabled || !data.words.full_screen;
    this.full.textContent = data.words.full_screen ?? "";
    if (this.keys.textContent !== data.words.turn_keys) this.keys.textContent = data.words.turn_keys;
    this.picture.wear(data.figure);
    if (before?.figure !== data.figure) this.change(before?.figure ?? data.figure, data.figure);
    this.buttons.update(data, [...data.areas.keys()].filter((key) => this.numbers.has(key)));
    // The theme may have changed.
    this.seenColours.clear();
    this.dress(data);
    this.lay(data);
    this.request();
  }

  /**
   * Colours, states and edges of the areas, as the drawings have them.
   * @param {TurnData} data
   */
  dress({ areas, values, states, chosen, marked, tone, placing }) {
    const dark = tone === "V";
    const share = (/** @type {string} */ css) => this.rgb(css).map((one) => one / 255);
    const strength = Number(getComputedStyle(this.probe).getPropertyValue("--mb-border-strength")) || 0.3;
    this.picture.colour(Object.fromEntries(Object.entries(COLOURS).map(([name, css]) => [name, share(css)])), strength, dark);
    for (const [key, number] of this.numbers) {
      const value = values?.[key];
      const offered = areas.has(key) && (!placing || placing === key);
      const flags =
        (chosen.includes(key) ? CHOSEN : 0) | (this.hovered === key ? HOVERED : 0) | (this.buttons.focused === key ? FOCUSED : 0) | (marked.includes(key) ? MARKED : 0) | (offered ? OFFERED : 0);
      const colour = value === undefined ? null : this.rgb(`color-mix(in oklab, var(--mb-low), var(--mb-high) ${value * 100}%)`);
      const shown = !values || !areas.has(key) ? 0 : colour ? 2 : 1;
      const look = LOOKS.indexOf(states?.categories[states.areas[key]]?.[2] ?? "none");
      this.picture.tell(number, colour, shown, flags, Math.max(0, look));
    }
  }

  /**
   * A colour of the style sheet as the browser shows it.
   * @param {string} css
   */
  rgb(css) {
    let found = this.seenColours.get(css);
    if (!found) {
      this.probe.style.color = css;
      this.paper.fillStyle = getComputedStyle(this.probe).color;
      this.paper.fillRect(0, 0, 1, 1);
      found = [...this.paper.getImageData(0, 0, 1, 1).data.slice(0, 3)];
      this.seenColours.set(css, found);
    }
    return found;
  }

  /**
   * Lays the points and lines onto the skin.
   * @param {TurnData} data
   */
  lay({ figure, skin }) {
    const now = JSON.stringify([figure, skin]);
    if (now === this.laid) return;
    this.laid = now;
    const here = skin.filter(([of]) => of === figure);
    const place = (/** @type {[number, number, number]} */ at) => this.body.place(figure, at);
    const points = here.map(([, , places]) => places.map(place));
    const ends = here.flatMap(([, , , lines]) => lines.flatMap((line) => line.slice(1).flatMap((to, i) => [place(line[i]), place(to)])));
    this.picture.lay(points, ends);
    set(this.canvas, "data-points", points.flat().length);
  }

  /**
   * Keeps what is looked at on a figure of another height.
   * @param {string} from
   * @param {string} to
   */
  change(from, to) {
    const { stand } = this.eye;
    const tall = (/** @type {string} */ figure) => this.body.header.frames[figure].front[6];
    const grown = tall(to) / tall(from);
    this.eye.stop();
    this.eye.whole = this.stand(to, "front").tall;
    if (this.snapped) this.eye.stand = this.stand(to, this.snapped);
    else this.eye.stand = { ...stand, target: /** @type {Vector} */ (stand.target.map((one) => one * grown)), tall: stand.tall * grown };
  }

  /**
   * Where the eye stands for one of SNAPS.
   * @param {string} figure
   * @param {string} name
   * @returns {Stand}
   */
  stand(figure, name) {
    const frames = this.body.header.frames[figure];
    const [azimuth, height, x, y, z, wide, tall] = frames[name === "below" ? "face_below" : name];
    return { azimuth, height, target: [x, y, z], tall: Math.max(tall, wide / this.shape) };
  }

  /** @param {string} name */
  snap(name) {
    this.eye.go(this.stand(this.figure, name));
    this.snapped = name;
    this.light();
  }

  /** Fills the screen, as for a room that is taught, with all buttons; or goes back. */
  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.element.closest(".mb-root")?.requestFullscreen();
  }

  light() {
    if (this.data) this.snaps.update(this.words.snap, SNAPS, this.snapped ? [this.snapped] : [], this.words);
  }

  /** The reader turned the figure by hand: it stands as no button says. */
  free() {
    if (this.snapped === null) return;
    this.snapped = null;
    this.light();
  }

  /** @param {string} name of a zoom button */
  zoom(name) {
    if (name === "zoom_reset") {
      const { azimuth, height } = this.eye.stand;
      this.eye.go({ ...this.stand(this.figure, "front"), azimuth, height });
    } else this.eye.zoom(name === "zoom_in" ? CLOSER : 1 / CLOSER);
    this.free();
  }

  /**
   * Turns the figure so that an area is seen, if it is not.
   * @param {AreaKey} key
   */
  show(key) {
    const number = this.numbers.get(key);
    const place = number === undefined ? null : this.body.shape(this.figure).places[number];
    if (!place) return;
    const { stand } = this.eye;
    const [across, up] = this.eye.seen(place.at);
    const inside = Math.abs(up) < stand.tall * 0.45 && Math.abs(across) < stand.tall * 0.45 * this.shape;
    const line = this.eye.line(across, up);
    if (inside && this.body.pick(this.figure, line.from, line.along)?.area === key) return;
    const [x, y, z] = place.facing;
    const height = Math.max(-STEEPEST, Math.min(STEEPEST, (Math.asin(y) * 180) / Math.PI));
    this.eye.go({ ...stand, azimuth: (Math.atan2(x, z) * 180) / Math.PI, height, target: inside ? stand.target : place.at });
    this.free();
  }

  /** Where an area is seen now, in pixels of the window. @param {AreaKey} key */
  middle(key) {
    const number = this.numbers.get(key) ?? 0;
    const box = this.pad.getBoundingClientRect();
    const place = this.body.shape(this.figure).places[number];
    const [across, up] = this.eye.seen(place.at);
    const scale = box.height / this.eye.stand.tall;
    return { x: box.left + box.width / 2 + across * scale, y: box.top + box.height / 2 - up * scale };
  }

  /**
   * The area under a point of the window.
   * @param {number} x
   * @param {number} y
   * @returns {AreaKey | null}
   */
  pick(x, y) {
    const box = this.pad.getBoundingClientRect();
    const scale = this.eye.stand.tall / box.height;
    const line = this.eye.line((x - box.left - box.width / 2) * scale, (box.top + box.height / 2 - y) * scale);
    const area = this.body.pick(this.figure, line.from, line.along)?.area ?? null;
    return area !== null && this.data?.areas.has(area) ? area : null;
  }

  /** @param {AreaKey | null} key */
  hover(key) {
    if (key === this.hovered) return;
    this.hovered = key;
    this.redress();
  }

  redress() {
    if (!this.data) return;
    this.dress(this.data);
    this.request();
  }

  listen() {
    const { pad, owner, eye } = this;
    const unit = () => eye.stand.tall / pad.getBoundingClientRect().height;
    listen(pad, {
      turn: (dx, dy) => {
        eye.turn(dx * DRAGGED, dy * DRAGGED);
        this.free();
      },
      pan: (dx, dy) => {
        eye.pan(dx * unit(), -dy * unit());
        this.free();
      },
      zoom: (times) => {
        eye.zoom(times);
        this.free();
      },
      hover: (x, y) => {
        const key = this.data?.placing ? null : this.pick(x, y);
        const entry = this.buttons.of(key);
        this.hover(key);
        pad.classList.toggle("mb-over-area", Boolean(entry) && !this.data?.readOnly);
        if (entry) owner.hover(entry, x, y);
        else owner.leave();
      },
      leave: () => {
        this.hover(null);
        owner.leave();
      },
      tap: (event) => {
        const key = this.pick(event.clientX, event.clientY);
        if (key !== null) this.choose(key, event);
      },
    });
    pad.addEventListener("keydown", (event) => this.padKey(event));
  }

  /**
   * Shows which button has the focus, and turns its area to the eye.
   * @param {AreaButton | null} entry
   */
  focus(entry) {
    if (entry) {
      this.show(entry.key);
      const { x, y } = this.middle(entry.key);
      this.owner.hover(entry, x, y);
    } else this.owner.leave();
    this.redress();
  }

  /**
   * @param {AreaKey} key
   * @param {MouseEvent | KeyboardEvent} event
   */
  choose(key, event) {
    if (!this.data || this.data.readOnly || this.data.placing) return;
    this.owner.choose(key, event.shiftKey || event.ctrlKey || event.metaKey);
  }

  /** @param {KeyboardEvent} event */
  padKey(event) {
    const { key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (key in TURNS) {
      const [right, up] = TURNS[key];
      const unit = this.eye.stand.tall / this.pad.getBoundingClientRect().height;
      if (event.shiftKey) this.eye.pan(Math.sign(right) * NUDGE * unit, Math.sign(up) * NUDGE * unit);
      else this.eye.turn(right, up);
      this.free();
    } else if (!this.zoomKey(key)) {
      if (key !== "Escape" || !this.owner.clear()) return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key */
  zoomKey(key) {
    if (key === "+" || key === "=") this.zoom("zoom_in");
    else if (key === "-" || key === "_") this.zoom("zoom_out");
    else if (key === "0") this.zoom("zoom_reset");
    else return false;
    return true;
  }

  resized() {
    const { width, height } = this.pad.getBoundingClientRect();
    if (!width || !height) return;
    set(this.full, "aria-pressed", Boolean(document.fullscreenElement));
    this.shape = width / height;
    this.picture.resize(width, height);
    this.eye.whole = this.stand(this.figure, "front").tall;
    if (this.snapped) this.eye.stand = this.stand(this.figure, this.snapped);
    this.draw();
  }

  /** Draws with the next picture of the screen, once however often it is asked. */
  request() {
    if (!this.drawing) this.drawing = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.drawing = 0;
    if (!this.data || !this.element.isConnected) return;
    this.picture.draw(this.eye, this.shape, this.pad.clientHeight);
    this.sides();
    this.owner.zoomed();
  }

  /** R and L stand at the edge where the patient's sides are; neither is where they are not told apart. */
  sides() {
    const [x] = this.eye.axes().right;
    const names = Math.abs(x) < 0.35 ? ["", ""] : x > 0 ? [this.words.r, this.words.l] : [this.words.l, this.words.r];
    const now = names.join("|");
    if (this.letters.dataset.now === now) return;
    this.letters.dataset.now = now;
    this.letters.replaceChildren(...names.map((text) => html("span", {}, text)));
  }
}
