// What the stage and the trainer's notes in a second window tell each other.

/** @import { Place } from "./types.d.ts" */

/** @typedef {{ type: "at", step: string, part: number } | { type: "ask" } | { type: "move", by: number }} Told */

export class Line {
  /**
   * @param {string} key of the lesson
   * @param {(told: Told) => void} hear
   */
  constructor(key, hear) {
    this.channel = new BroadcastChannel(`mesodash-lesson-${key}`);
    this.channel.addEventListener("message", (event) => hear(event.data));
  }

  /** @param {Told} told */
  tell(told) {
    this.channel.postMessage(told);
  }

  close() {
    this.channel.close();
  }
}

/**
 * The place after another one; the lesson's ends stay where they are.
 * @param {{ code: string, says: unknown[] }[]} steps
 * @param {Place} place
 * @param {number} by
 * @returns {Place}
 */
export function moved(steps, place, by) {
  const all = steps.flatMap((step) => step.says.map((_, part) => ({ step: step.code, part })));
  const now = all.findIndex((one) => one.step === place.step && one.part === place.part);
  return all[Math.max(0, Math.min(all.length - 1, Math.max(now, 0) + by))];
}

/**
 * A place that the lesson has: the one asked for, else the step's first, else the first of all.
 * @param {{ code: string, says: unknown[] }[]} steps
 * @param {Place} asked
 * @returns {Place}
 */
export function known(steps, asked) {
  const step = steps.find((one) => one.code === asked.step) ?? steps[0];
  const part = step.code === asked.step && asked.part < step.says.length ? asked.part : 0;
  return { step: step.code, part: Math.max(0, part) };
}
