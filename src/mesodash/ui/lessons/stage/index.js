// The module Streamlit loads: one stage, or one window of notes, for each place it is mounted in.

import { decimals } from "./dom.js";
import { Notes } from "./notes.js";
import { Stage } from "./stage.js";

/** @import { LessonData, Send } from "./types.d.ts" */

/** @type {WeakMap<HTMLElement, Stage | Notes>} */
const mounted = new WeakMap();

/**
 * @param {{ data: LessonData, parentElement: ParentNode, setStateValue: Send }} given
 * @returns {() => void} called when Streamlit unmounts the component
 */
export default function mount({ data, parentElement, setStateValue }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector(".ls-root"));
  let shown = mounted.get(root);
  if (!shown) {
    shown = data.mode === "notes" ? new Notes(root) : new Stage(root);
    mounted.set(root, shown);
  }
  decimals(data.decimal);
  shown.update(data, setStateValue);
  return () => {
    if (root.isConnected) return; // a rerun that a newer one overtook: the stage stays
    mounted.get(root)?.destroy();
    mounted.delete(root);
  };
}
