// Making elements without ever parsing text as markup.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | number | boolean>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A slider of how strongly the upper of two pictures shows.
 * @param {string} label
 * @param {HTMLElement} upper
 */
export function fader(label, upper) {
  const slider = html("input", { type: "range", min: 0, max: 100, value: 50, class: "pt-slider" });
  const show = () => (upper.style.opacity = String(slider.valueAsNumber / 100));
  slider.addEventListener("input", show);
  show();
  return html("label", { class: "pt-fade" }, html("span", {}, label), slider);
}
