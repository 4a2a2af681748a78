// Says what happens on a page to whoever hears it: progress now and then, and each result once.
// A region that is there before its words is read out by every screen reader; one that comes with
// its words, as a page of Streamlit draws it, is by some of them only.

const SETTLED_MS = 300;
const PROGRESS_MS = 5000;
const RESULT = ".md-done";
const PROGRESS = '[data-testid="stProgress"]';

/**
 * One region for all pages, which nobody sees. It has a closed tree of its own, so that a search for
 * words on the page finds them once; what it said last is on the element that holds it.
 * @returns {(text: string) => void} says a text
 */
function region() {
  const made = document.createElement("div");
  made.id = "md-announced";
  const says = document.createElement("div");
  says.setAttribute("role", "status");
  says.setAttribute("aria-live", "polite");
  says.setAttribute("aria-atomic", "true");
  made.attachShadow({ mode: "closed" }).append(says);
  Object.assign(made.style, {
    position: "absolute",
    width: "1px",
    height: "1px",
    overflow: "hidden",
    clipPath: "inset(50%)",
    whiteSpace: "nowrap",
  });
  document.body.append(made);
  return (text) => {
    says.textContent = text;
    made.dataset.said = text;
  };
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
  const say = region();
  let result = words(RESULT);
  let toldAt = 0;
  let timer = 0;

  function look() {
    timer = 0;
    const now = words(RESULT);
    if (now !== result) {
      result = now;
      if (now) say(now);
      return;
    }
    const progress = words(PROGRESS);
    if (progress && Date.now() - toldAt >= PROGRESS_MS) {
      toldAt = Date.now();
      say(progress);
    }
  }

  new MutationObserver(() => {
    if (!timer) timer = setTimeout(look, SETTLED_MS);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}
