// Sorts the app's own tables in the browser: a click or Enter on a column's head, no rerun.
// Rows are moved, never rewritten, so what the server sent stays what is shown.

const NEXT = { none: "descending", descending: "ascending", ascending: "descending" };

function numberOf(cell) {
  if (cell.dataset.value !== undefined) return parseFloat(cell.dataset.value);
  const text = cell.textContent.replace(/[\s\u2009\u202f\u00a0]/g, "").replace(/\u2212/g, "-");
  return parseFloat(text);
}

// A day reads "2 Jan 2024" and sorts as the "2024-01-02" beside it.
function textOf(cell) {
  return cell.dataset.value ?? cell.textContent;
}

function compare(a, b, numeric, sign) {
  if (!numeric) {
    return sign * textOf(a).localeCompare(textOf(b), undefined, { numeric: true });
  }
  const [x, y] = [numberOf(a), numberOf(b)];
  // What is missing stands last whichever way the column is sorted: it is not a small number.
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
  return sign * (x - y);
}

function sort(button) {
  const head = button.closest("th");
  const table = head.closest("table");
  const body = table.tBodies[0];
  const at = head.cellIndex;
  const numeric = head.classList.contains("num");
  const first = numeric ? "descending" : "ascending";
  const now = head.getAttribute("aria-sort") || "none";
  const wanted = now === "none" ? first : NEXT[now];
  for (const other of head.parentElement.cells) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", wanted);
  const sign = wanted === "ascending" ? 1 : -1;
  const rows = [...body.rows];
  rows.sort((a, b) => compare(a.cells[at], b.cells[at], numeric, sign));
  body.append(...rows);
}

function onClick(event) {
  const button = event.target.closest?.("th > .md-sort");
  if (button) sort(button);
}

export default function mount() {
  // One listener for all tables, those that a later rerun brings too.
  if (!document.documentElement.dataset.mdSorting) {
    document.documentElement.dataset.mdSorting = "on";
    document.addEventListener("click", onClick);
  }
}
