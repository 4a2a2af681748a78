// Making elements without ever parsing text as markup.

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {Element} T
 * @param {T} element
 * @param {Attributes} attributes
 * @param {(Node | string)[]} children
 * @returns {T}
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[K]}
 */
export const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export const html = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);

let sign = ".";

/** What stands before a number's decimals from now on. @param {string} to */
export const decimals = (to) => { sign = to; };

/** @param {number} value @param {number} [digits] as many decimals; without, as many as it has */
export const number = (value, digits) => (digits === undefined ? String(value) : value.toFixed(digits)).replace(".", sign);

/**
 * @param {string} text with {names}
 * @param {Record<string, string | number>} values
 */
export const put = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => {
  const value = values[name];
  return typeof value === "number" ? number(value) : value ?? whole;
});

/** Whether the reader asked for no motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {number} mm a length to be read, to a tenth below 10 */
export const length = (mm) => number(mm, mm >= 10 ? 0 : 1);
