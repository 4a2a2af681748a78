// Opens the body in three dimensions when it is first asked for, and goes back to the drawings where it cannot be drawn.

import { html } from "./dom.js";

/** @import { Figure } from "./figure.js" */
/** @import { Turn } from "./turn/turn.js" */
/** @import { AreaKey, TurnData } from "./types.d.ts" */

export class Turning {
  /** @param {Figure} figure */
  constructor(figure) {
    this.figure = figure;
    /** @type {Turn | null} */
    this.view = null;
    this.opening = false;
    this.gone = false;
  }

  destroy() {
    this.gone = true;
    this.view?.destroy();
    this.view = null;
  }

  get factor() {
    return Math.max(1, this.view?.eye.factor ?? 1);
  }

  /** @param {string} name of the button */
  zoom(name) {
    this.view?.zoom(name);
  }

  /** Draws the view, or fetches it and then has the figure drawn again. */
  render() {
    const { figure, view } = this;
    const { frame, looking, data, tip } = figure;
    if (!view) {
      tip.hide();
      frame.replaceChildren(html("p", { class: "mb-note" }, data.words.turn_loading));
      this.open();
      return;
    }
    if (view.element.parentElement !== frame || frame.childElementCount > 1) {
      tip.hide();
      frame.replaceChildren(view.element);
    }
    view.update(this.told());
    const { lookFor } = looking;
    looking.lookFor = null;
    if (lookFor !== null) view.show(lookFor);
  }

  async open() {
    if (this.opening) return;
    this.opening = true;
    const { figure } = this;
    figure.root.setAttribute("aria-busy", "true");
    figure.status.textContent = figure.data.words.turn_loading;
    try {
      const { drawnBy } = await import("./turn/scene.js");
      const by = drawnBy();
      if (!by) throw new Error("no WebGL");
      const { open } = await import("./turn/turn.js");
      const view = await open(figure.data.turn ?? "", by === "processor", {
        choose: (key, more) => figure.choose(key, { more, pixels: Infinity, view: "turn" }),
        clear: () => figure.clear(),
        hover: (entry, x, y) => figure.tip.show(entry, x, y),
        leave: () => figure.tip.hide(),
        zoomed: () => figure.enlarged(),
        lost: () => this.fail(new Error("the graphics were lost")),
      });
      if (this.gone) return view.destroy();
      this.view = view;
      figure.status.textContent = "";
      figure.render();
    } catch (error) {
      this.fail(error);
    } finally {
      this.opening = false;
      figure.root.removeAttribute("aria-busy");
    }
  }

  /**
   * The drawings show the same areas: they come back, with a sentence that says why.
   * @param {unknown} error
   */
  fail(error) {
    if (this.gone) return;
    console.warn("mesodash body figure:", error);
    const { figure } = this;
    this.view?.destroy();
    this.view = null;
    figure.looking.canTurn = false;
    figure.go({ view: figure.data.view, solo: false });
    figure.controls.tell(figure.data.words.no_turn);
    figure.status.textContent = figure.data.words.no_turn;
  }

  /** @returns {TurnData} */
  told() {
    const { data, state, areas, choice, looking, layers, placing } = this.figure;
    const { words, values, states } = data;
    const said = (/** @type {AreaKey} */ key) => {
      const { label, text } = areas.get(key) ?? { label: key, text: null };
      const parts = [
        text ?? (values && values[key] === undefined ? words.no_data : null),
        states?.categories[states.areas[key]]?.[1],
        layers.find((layer) => layer.figure === state.figure && layer.key === key)?.said,
      ];
      return { label, text: parts.filter(Boolean).join("; ") || null };
    };
    return {
      figure: state.figure,
      tone: looking.tone,
      areas,
      said,
      values,
      states: states ?? null,
      chosen: choice.items,
      marked: data.marked,
      skin: data.skin ?? [],
      placing: placing.site,
      readOnly: data.read_only,
      words,
      title: `${words.figure}: ${words.turn}, ${words[state.figure]}`,
    };
  }
}
