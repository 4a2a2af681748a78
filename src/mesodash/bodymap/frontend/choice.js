// The choice: what a click changes, which answers of the server are out of date, what the tab remembers.

/** @import { AreaKey, ShownState } from "./types.d.ts" */

/**
 * The choice after a click on an area.
 * @param {AreaKey[]} chosen
 * @param {AreaKey} item
 * @param {boolean} several
 * @returns {AreaKey[]}
 */
export function toggled(chosen, item, several) {
  if (several) return chosen.includes(item) ? chosen.filter((other) => other !== item) : [...chosen, item];
  return chosen.length === 1 && chosen[0] === item ? [] : [item];
}

/**
 * Items with a sequence number that only grows, also over reloads: an answer to an earlier click
 * must not undo a later one that is still on its way.
 * @template T
 */
export class Choice {
  constructor() {
    /** @type {T[]} */
    this.items = [];
    this.sent = 0;
  }

  /**
   * Takes what the server sent, unless something newer was chosen here.
   * @param {T[]} items
   * @param {number} seq
   */
  take(items, seq) {
    if (seq < this.sent) return;
    this.sent = seq;
    this.items = items;
  }

  /**
   * Sets the choice; returns its number.
   * @param {T[]} items
   */
  make(items) {
    this.sent = Math.max(Date.now(), this.sent + 1);
    this.items = items;
    return this.sent;
  }
}

const TONE = "mesodash.body-tone";

/**
 * The skin tone last chosen in this tab, on whatever page, where this one was asked for: what is
 * chosen for one patient does not hold for another of another phototype.
 * @param {string} asked
 * @returns {string | null}
 */
export function recallTone(asked) {
  try {
    return sessionStorage.getItem(`${TONE}.${asked}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} asked
 * @param {string} tone
 */
export function rememberTone(asked, tone) {
  try {
    sessionStorage.setItem(`${TONE}.${asked}`, tone);
  } catch {
    // Without storage the tone lasts as long as the page.
    return;
  }
}

/** @param {string} key */
const storageName = (key) => `mesodash.body.${key}`;

/**
 * The figure, view and switches last used in this tab.
 * @param {string} key
 * @returns {Partial<ShownState>}
 */
export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(storageName(key)) ?? "{}") ?? {};
  } catch {
    // Storage is switched off or holds something else: start afresh.
    return {};
  }
}

/**
 * @param {string} key
 * @param {ShownState} state
 */
export function remember(key, state) {
  try {
    sessionStorage.setItem(storageName(key), JSON.stringify(state));
  } catch {
    // Without storage the figure works all the same; it starts afresh on the next page.
    return;
  }
}
