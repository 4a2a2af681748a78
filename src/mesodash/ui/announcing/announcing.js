// Says what happens on a page to whoever hears it: progress now and then, and each result once.
// A region that is there before its words is read out by every screen reader; one that comes with
// its words, as a page of Streamlit draws it, is by some of them only.

const SETTLED_MS = 300;
const PROGRESS_MS = 5000;
const RESULT = ".md-done";
const PROGRESS = '[data-testid="stProgress"]';

/** The region, one for all pages; nobody sees it. */
function region() {
  const there = document.getElementById("md-announced");
  if (there) return there;
  const made = document.createElement("div");
  made.id = "md-announced";
  made.setAttribute("role", "status");
  made.setAttribute("aria-live", "polite");
  made.setAttribute("aria-atomic", "true");
  Object.assign(made.style, {
    position: "absolute",
    width: "1px",
    height: "1px",
    overflow: "hidden",
    clipPath: "inset(50%)",
    whiteSpace: "nowrap",
  });
  document.body.append(made);
  return made;
}

/** @param {string} selector */
function words(selector) {
  const all = document.querySelectorAll(selector);
  return all.length ? (all[all.length - 1].textContent ?? "").replace(/\s+/g, " ").trim() : "";
}

export default function mount() {
  const seen = document.documentElement.dataset;
  if (seen.mdAnnouncing) return;
  seen.mdAnnouncing = "on";
  const says = region();
  let result = words(RESULT);
  let toldAt = 0;
  let timer = 0;

  function look() {
    timer = 0;
    const now = words(RESULT);
    if (now !== result) {
      result = now;
      if (now) says.textContent = now;
      return;
    }
    const progress = words(PROGRESS);
    if (progress && Date.now() - toldAt >= PROGRESS_MS) {
      toldAt = Date.now();
      says.textContent = progress;
    }
  }

  new MutationObserver((changes) => {
    if (!timer && changes.some((one) => one.target !== says)) timer = setTimeout(look, SETTLED_MS);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}
