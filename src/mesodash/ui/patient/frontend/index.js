// The module Streamlit loads: a field to sign in, the camera, or two photographs beside each other.

import { Camera } from "./camera.js";
import { Compare } from "./compare.js";
import { Ink } from "./ink.js";

/** @import { Data, Send } from "./types.d.ts" */

/** @type {WeakMap<HTMLElement, Ink | Camera | Compare>} */
const mounted = new WeakMap();

/**
 * @param {{ data: Data, parentElement: ParentNode, setStateValue: Send, setTriggerValue: Send }} given
 * @returns {() => void} called when Streamlit unmounts the component
 */
export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector(".pt-root"));
  let shown = mounted.get(root);
  if (!shown) {
    shown = data.mode === "ink" ? new Ink(root) : data.mode === "camera" ? new Camera(root) : new Compare(root);
    mounted.set(root, shown);
  }
  if (shown instanceof Ink && data.mode === "ink") shown.update(data, setStateValue);
  if (shown instanceof Camera && data.mode === "camera") shown.update(data, setTriggerValue);
  if (shown instanceof Compare && data.mode === "compare") shown.update(data);
  return () => {
    if (root.isConnected) return; // a rerun that a newer one overtook: it stays
    mounted.get(root)?.destroy();
    mounted.delete(root);
  };
}
