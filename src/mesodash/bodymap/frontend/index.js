// The entry Streamlit loads: one Figure for each place it is mounted in, told of every rerun.

import { Figure } from "./figure.js";

const figures = new WeakMap();

export default function mount({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".mb-root");
  if (!figures.has(root)) figures.set(root, new Figure(root));
  const figure = figures.get(root);
  figure.update(data, (choice) => setStateValue("choice", choice));
  return () => {
    figure.destroy();
    figures.delete(root);
  };
}
