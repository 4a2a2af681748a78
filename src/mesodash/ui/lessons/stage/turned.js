// The lesson's area on the body in three dimensions, in place of the picture: the body map's own view.

import { html } from "./dom.js";

/** @import { Turn } from "../../../bodymap/frontend/turn/turn.js" */
/** @import { TurnedData } from "./types.d.ts" */

const BODY = new URL("../mesodash.body/", import.meta.url);
const LOOKS = "mesodash-body-looks";

/** The body map's style sheet, which this page has only once the map was seen. */
function dress() {
  if (document.getElementById(LOOKS)) return;
  document.head.append(html("link", { id: LOOKS, rel: "stylesheet", href: new URL("figure.css", BODY).href }));
}

export class Turned {
  /**
   * @param {TurnedData} data
   * @param {(sentence: string) => void} failed
   */
  constructor(data, failed) {
    this.data = data;
    this.failed = failed;
    this.element = html("div", { class: "mb-root ls-turned", "data-tone": "II" });
    this.element.textContent = data.words.turn_loading;
    /** @type {Turn | null} */
    this.view = null;
    this.gone = false;
    this.open();
  }

  destroy() {
    this.gone = true;
    this.view?.destroy();
    this.view = null;
    this.element.remove();
  }

  async open() {
    const { data } = this;
    dress();
    try {
      const { drawnBy } = await import(new URL("turn/scene.js", BODY).href);
      const by = drawnBy();
      if (!by) throw new Error("no WebGL");
      const { open } = await import(new URL("turn/turn.js", BODY).href);
      /** @type {Turn} */
      const view = await open(data.version, by === "processor", {
        choose: () => {},
        clear: () => false,
        hover: () => {},
        leave: () => {},
        zoomed: () => {},
        lost: () => this.fail(new Error("the graphics were lost")),
      });
      if (this.gone) return view.destroy();
      this.view = view;
      this.element.replaceChildren(view.element);
      const { key, label, figure, words, skin } = data;
      const said = { label, text: data.points };
      view.update({
        figure, words, skin, tone: "II", areas: new Map([[key, said]]), said: () => said, values: null, states: null,
        chosen: [key], marked: [], placing: null, readOnly: true, title: `${words.figure}: ${words.turn}, ${words[figure]}`,
      });
      view.snap(data.from);
    } catch (error) {
      this.fail(error);
    }
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.gone) return;
    console.warn("mesodash lesson:", error);
    this.failed(this.data.words.no_turn);
  }
}
