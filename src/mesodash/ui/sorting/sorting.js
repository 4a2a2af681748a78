// Sorts the app's own tables in the browser: a click or Enter on a column's head, without a rerun.
// Rows are moved, never rewritten, so what the server sent stays what is shown.

/** @type {Record<string, string>} */
const NEXT = { none: "descending", descending: "ascending", ascending: "descending" };

/** @param {HTMLTableCellElement} cell */
function numberOf(cell) {
  if (cell.dataset.value !== undefined) return parseFloat(cell.dataset.value);
  const text = cell.textContent.replace(/[\s\u2009\u202f\u00a0]/g, "").replace(/\u2212/g, "-").replace(",", ".");
  return parseFloat(text);
}

/**
 * A day reads "2 Jan 2024" and sorts as the "2024-01-02" beside it.
 * @param {HTMLTableCellElement} cell
 */
function textOf(cell) {
  return cell.dataset.value ?? cell.textContent;
}

/**
 * @param {HTMLTableCellElement} a
 * @param {HTMLTableCellElement} b
 * @param {boolean} numeric
 * @param {1 | -1} sign
 */
function compare(a, b, numeric, sign) {
  if (!numeric) {
    return sign * textOf(a).localeCompare(textOf(b), undefined, { numeric: true });
  }
  const [x, y] = [numberOf(a), numberOf(b)];
  // A missing value stands last whichever way the column is sorted: it is not a small number.
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return sign * (x - y);
}

/** @param {Element} button in the head of a column */
function sort(button) {
  const head = button.closest("th");
  const table = head?.closest("table");
  if (!head || !table) return;
  const body = table.tBodies[0];
  const at = head.cellIndex;
  const numeric = head.classList.contains("num");
  const first = numeric ? "descending" : "ascending";
  const now = head.getAttribute("aria-sort") || "none";
  const wanted = now === "none" ? first : NEXT[now];
  for (const other of head.parentElement?.children ?? []) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", wanted);
  const sign = wanted === "ascending" ? 1 : -1;
  const rows = [...body.rows];
  rows.sort((a, b) => compare(a.cells[at], b.cells[at], numeric, sign));
  body.append(...rows);
}

/** @param {MouseEvent} event */
function onClick(event) {
  const button = event.target instanceof Element ? event.target.closest("th > .md-sort") : null;
  if (button) sort(button);
}

/**
 * Moves the focus to what was just opened, once it is drawn; screen readers then read it out.
 * @param {string} id or, beginning with a dot, a selector
 * @param {number} tries
 */
function focusOn(id, tries = 40) {
  /** @type {HTMLElement | null} */
  const opened = id.startsWith(".") ? document.querySelector(id) : document.getElementById(id);
  if (opened) opened.focus({ preventScroll: true });
  else if (tries > 0) setTimeout(() => focusOn(id, tries - 1), 50);
}

/** @param {{ data?: { focus?: string, times?: number } }} component */
export default function mount({ data } = {}) {
  const seen = document.documentElement.dataset;
  if (data?.focus && seen.mdFocused !== `${data.focus} ${data.times}`) {
    seen.mdFocused = `${data.focus} ${data.times}`;
    focusOn(data.focus);
  }
  // One listener for all tables, also those that a later rerun brings.
  if (!document.documentElement.dataset.mdSorting) {
    document.documentElement.dataset.mdSorting = "on";
    document.addEventListener("click", onClick);
  }
}
