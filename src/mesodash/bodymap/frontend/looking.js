// What the reader looks at: the figure, the view, the skin tone, and which view shows an area best.

import { recall, recallTone, remember, rememberTone } from "./choice.js";
import { isFace } from "./controls.js";

/** @import { AreaKey, Drawings, FigureData, ShownState, Tone, ViewName } from "./types.d.ts" */

const PAIRS = [["front", "back"], ["left", "right"]];
// An area is turned to if the view on the screen draws it smaller than this part of its best view.
const POORLY = 0.25;
// What a view from below draws counts as so much: heads are known from the front, and its frame is the closest.
const FROM_BELOW = 0.4;
/** The body in three dimensions: a view beside the drawings, of no picture. */
export const TURN = "turn";
/** @type {Record<ViewName, ViewName[]>} */
const CLOSER = { front: ["face", "face_below", "scalp"], back: ["scalp"], left: ["face_left", "scalp"], right: ["face_right", "scalp"] };

/**
 * The first state: what the reader last looked at, until Python asks for something else than it did then.
 * @param {FigureData} data
 * @param {Partial<ShownState>} last
 * @returns {ShownState}
 */
function firstState(data, last) {
  const kept = last.asked?.join() === [data.figure, data.view].join() && [...data.views, ...(data.turn ? [TURN] : [])].includes(last.view ?? "");
  return {
    asked: [data.figure, data.view],
    figure: (kept && last.figure) || data.figure,
    view: (kept && last.view) || data.view,
    solo: kept && Boolean(last.solo),
    several: kept ? Boolean(last.several) : data.several_on,
  };
}

export class Looking {
  /** @type {FigureData | null} */
  #data = null;
  /** @type {ShownState | null} */
  #state = null;

  constructor() {
    /** @type {Drawings | null} */
    this.drawings = null;
    // Whether there is room for a pair of views.
    this.wide = false;
    // Whether points are being placed, which is done on one view alone.
    this.placing = false;
    // Whether this browser draws in three dimensions, as far as it is known.
    this.canTurn = true;
    /** @type {Map<Tone, Tone>} chosen by the reader on this page, by the tone asked for */
    this.ownTones = new Map();
    /** @type {AreaKey | null} an area to turn to as soon as the drawings are there */
    this.lookFor = null;
  }

  /** @returns {FigureData} what Python last passed */
  get data() {
    if (!this.#data) throw new Error("The figure was used before its first update.");
    return this.#data;
  }

  /** @returns {ShownState} what the reader looks at */
  get state() {
    if (!this.#state) throw new Error("The figure was used before its first update.");
    return this.#state;
  }

  /** Whether Python has passed anything yet. */
  get begun() {
    return this.#data !== null;
  }

  /**
   * Takes what Python passed; turns to the figure and view it asks for, if it asks for others than before.
   * @param {FigureData} data
   */
  take(data) {
    this.#data = data;
    if (!this.#state) {
      this.#state = firstState(data, recall(data.key));
      return;
    }
    const { figure, view } = data;
    const [lastFigure, lastView] = this.#state.asked;
    if (figure === lastFigure && view === lastView) return;
    this.#state.asked = [figure, view];
    if (figure !== lastFigure) this.#state.figure = figure;
    if (view !== lastView) this.#state.view = view;
    remember(data.key, this.#state);
  }

  /**
   * Changes what is looked at, and remembers it for this tab.
   * @param {Partial<ShownState>} change
   */
  go(change) {
    Object.assign(this.state, change);
    remember(this.data.key, this.state);
  }

  /** @param {ViewName} name */
  drawing(name) {
    return this.drawings?.[this.state.figure]?.[name];
  }

  /** The skin tone shown: the reader's own choice, else the one Python asks for. */
  get tone() {
    const { tones, tone } = this.data;
    const own = this.ownTones.get(tone) ?? recallTone(tone) ?? "";
    return tones.includes(own) ? own : tone;
  }

  /**
   * Changes the skin tone, on every page of this tab.
   * @param {Tone} tone
   */
  wear(tone) {
    this.ownTones.set(this.data.tone, tone);
    rememberTone(this.data.tone, tone);
  }

  /** The views that Python offers and the atlas has. */
  offered() {
    return this.data.views.filter((name) => this.drawing(name));
  }

  /** Whether the body in three dimensions is offered. */
  get turns() {
    return Boolean(this.data.turn) && this.canTurn;
  }

  /** The views on the screen: a pair where there is room, else one. */
  names() {
    const { view, solo } = this.state;
    if (view === TURN && this.turns) return [TURN];
    const pair = PAIRS.find((names) => names.includes(view)) ?? [view];
    const offered = this.offered();
    const both = !solo && !this.placing && this.wide && pair.every((name) => offered.includes(name));
    if (both) return pair;
    return offered.includes(view) ? [view] : offered.slice(0, 1);
  }

  /**
   * Shows a view. Pressing one of a pair shows it alone and larger; pressing it again, the pair.
   * @param {ViewName} name
   */
  turn(name) {
    const names = this.names();
    if (names.length > 1 && names.includes(name)) this.go({ view: name, solo: true });
    else if (this.state.solo) this.go({ view: name, solo: names[0] !== name && PAIRS.some((pair) => pair.includes(name) && pair.includes(names[0])) });
    else this.go({ view: name, solo: false });
  }

  /** Turns to the view that shows the area looked for best, unless it is seen well enough already. */
  turnToArea() {
    const item = this.lookFor;
    this.lookFor = null;
    if (item === null || this.placing) return;
    const share = (/** @type {ViewName} */ name) => this.shareOf(name, item);
    const best = this.best(this.offered(), item);
    if (!best) return;
    if (Math.max(...this.names().map(share)) >= POORLY * share(best)) return;
    this.go({ view: best, solo: false });
  }

  /**
   * How an area is drawn on a view, if it is.
   * @param {ViewName} name
   * @param {AreaKey} item
   */
  drawn(name, item) {
    return this.drawing(name)?.areas.find(({ area, side }) => `${area}|${side}` === item);
  }

  /**
   * How much of a view's frame an area takes, 0 where the view does not show it.
   * @param {ViewName} name
   * @param {AreaKey} item
   */
  shareOf(name, item) {
    const drawing = this.drawing(name);
    const drawn = this.drawn(name, item);
    return drawing && drawn ? drawn.px_area / (drawing.width * drawing.height) : 0;
  }

  /**
   * The one of some views that shows an area best, if any shows it.
   * @param {ViewName[]} names
   * @param {AreaKey} item
   * @returns {ViewName | undefined}
   */
  best(names, item) {
    const worth = (/** @type {ViewName} */ name) => this.shareOf(name, item) * (name === "face_below" ? FROM_BELOW : 1);
    return [...names].filter((name) => worth(name) > 0).sort((one, other) => worth(other) - worth(one))[0];
  }

  /**
   * The close view of the head that shows an area, seen from the side of a view of the whole body.
   * @param {ViewName} view
   * @param {AreaKey} item
   */
  closer(view, item) {
    const offered = this.offered();
    return this.best((CLOSER[view] ?? []).filter((name) => offered.includes(name)), item);
  }

  /** @param {ViewName} name */
  title(name) {
    const { words } = this.data;
    return isFace(name) && name !== "face" ? `${words.face}, ${words[name]}` : words[name];
  }
}
