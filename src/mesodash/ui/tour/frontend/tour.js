// Shows a newcomer around the page, step by step, with driver.js; nothing of it is fetched before.
// Buttons anywhere on the page begin it (data-md-tour="start") or put it off ("later").

/** @typedef {{ element: string, title: string, text: string }} Step */
/** @typedef {{ steps: Step[], words: Record<string, string> }} Data */

/** @type {{ data: Data, tell: (name: string, value: number) => void } | null} */
let latest = null;
let running = false;

/** @param {string} selector */
function isSeen(selector) {
  const box = document.querySelector(selector)?.getBoundingClientRect();
  return box !== undefined && box.width > 0 && box.height > 0;
}

/** @param {string} name of a file beside this one */
function addStylesheet(name) {
  const href = new URL(name, import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  return new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

/** The offer goes once the tour was seen or put off; the button that starts it again stays. */
function toStart() {
  /** @type {HTMLElement | null} */
  const start = document.querySelector(".md-tour-start");
  start?.focus({ preventScroll: true });
  latest?.tell("seen", Date.now());
}

async function begin() {
  if (!latest || running) return;
  const { data } = latest;
  running = true;
  const loaded = import("./typed_driver.js");
  await Promise.all([addStylesheet("driver.css"), addStylesheet("tour.css")]);
  const { driver } = await loaded;
  const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const steps = data.steps
    .filter((step) => isSeen(step.element))
    .map(({ element, title, text }) => ({ element, popover: { title, description: text } }));
  driver({
    steps,
    animate: moves,
    smoothScroll: moves,
    showProgress: true,
    progressText: data.words.progress,
    nextBtnText: data.words.next,
    prevBtnText: data.words.back,
    doneBtnText: data.words.done,
    popoverClass: "md-tour",
    stagePadding: 6,
    stageRadius: 8,
    disableActiveInteraction: true,
    onPopoverRender: ({ wrapper, closeButton, nextButton }) => {
      // It stands outside the app's own element, which has the theme.
      wrapper.style.colorScheme = getComputedStyle(document.querySelector(".stApp") ?? document.body).colorScheme;
      closeButton.setAttribute("aria-label", data.words.close);
      // What most readers press next; driver.js chooses the button that leaves the tour.
      setTimeout(() => nextButton.focus(), 0);
    },
    onHighlighted: (element) => {
      // driver.js writes these on what it shows, where most elements may not bear them.
      for (const name of ["aria-haspopup", "aria-expanded", "aria-controls"]) element?.removeAttribute(name);
    },
    onDestroyed: () => {
      running = false;
      toStart();
    },
  }).drive();
}

/** @param {MouseEvent} event */
function onClick(event) {
  /** @type {HTMLElement | null} */
  const button = event.target instanceof Element ? event.target.closest("[data-md-tour]") : null;
  if (!button) return;
  if (button.dataset.mdTour === "start") begin();
  else toStart();
}

/** @param {{ data: Data, setTriggerValue: (name: string, value: number) => void }} component */
export default function mount({ data, setTriggerValue }) {
  latest = { data, tell: setTriggerValue };
  if (!document.documentElement.dataset.mdTours) {
    document.documentElement.dataset.mdTours = "on";
    document.addEventListener("click", onClick);
  }
}
