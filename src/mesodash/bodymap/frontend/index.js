// The module Streamlit loads: keeps one Figure for each place it is mounted in and updates it on every rerun.

import { Figure } from "./figure.js";

/** @import { FigureData, Send } from "./types.d.ts" */

/** @type {WeakMap<HTMLElement, Figure>} */
const figures = new WeakMap();

/**
 * @param {{ data: FigureData, parentElement: ParentNode, setStateValue: Send }} mounted
 * @returns {() => void} called when Streamlit unmounts the component
 */
export default function mount({ data, parentElement, setStateValue }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector(".mb-root"));
  let figure = figures.get(root);
  if (!figure) {
    figure = new Figure(root);
    figures.set(root, figure);
  }
  figure.update(data, setStateValue);
  return () => {
    // Streamlit also calls this for a rerun that a newer one overtook while the figure stays on the
    // page. Rebuilding it then would lose the reader's focus between two key presses.
    if (root.isConnected) return;
    figures.get(root)?.destroy();
    figures.delete(root);
  };
}
