// What the browser remembers of a figure in this tab: the figure and view shown, the several switch.

const name = (key) => `mesodash.body.${key}`;

export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(name(key))) ?? {};
  } catch {
    // Storage is switched off, or holds something else: nothing is remembered then.
    return {};
  }
}

export function remember(key, what) {
  try {
    sessionStorage.setItem(name(key), JSON.stringify(what));
  } catch {
    // Without storage the figure still works; it only starts afresh on the next page.
    return;
  }
}
