// Making elements without ever reading text as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

export const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

export const html = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);

// Writes only what changed, so that a rerun costs no layout and a screen reader hears nothing twice.
export function set(element, name, value) {
  const gone = value === null || value === undefined;
  if (gone) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}
