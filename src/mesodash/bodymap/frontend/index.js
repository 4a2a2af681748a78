// The entry Streamlit loads: one Figure for each place it is mounted in, told of every rerun.

import { Figure } from "./figure.js";

const figures = new WeakMap();

export default function mount({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".mb-root");
  if (!figures.has(root)) figures.set(root, new Figure(root));
  const figure = figures.get(root);
  figure.update(data, setStateValue);
  return () => {
    // Streamlit also calls this for a rerun that a newer one overtook while the figure stays on the
    // page: making it anew then would take the reader's focus away in the middle of a key.
    if (root.isConnected) return;
    figure.destroy();
    figures.delete(root);
  };
}
