// Points placed by hand on one area: kept as places relative to it, so that they outlive any drawing.

import { Choice } from "./choosing.js";

const DIGITS = 1e4;
const short = (number) => Math.round(number * DIGITS) / DIGITS;

export class Placing {
  // tell(points, seq, site): what Python hears.
  constructor(tell) {
    this.tell = tell;
    this.site = null;
  }

  // given: what Python passed, or null where no points are placed now. Answers whether that began just now.
  take(given) {
    const began = given !== null && given.site !== this.site;
    this.site = given?.site ?? null;
    if (given === null) return false;
    this.frames = given.frames;
    this.most = given.most;
    if (began) [this.choice, this.history] = [new Choice(), []];
    this.choice.take(given.points, given.seq);
    return began;
  }

  get points() {
    return this.site === null ? [] : this.choice.items;
  }

  get full() {
    return this.points.length >= this.most;
  }

  views(figure) {
    return Object.keys(this.frames[figure] ?? {});
  }

  // The view to begin on: the one asked for, unless another draws the area four times as large.
  best(figure, asked) {
    const size = (view) => (this.frames[figure]?.[view] ?? [0, 0, 0, 0]).slice(2).reduce((a, b) => a * b);
    const [first] = this.views(figure);
    return first && size(asked) < size(first) / 4 ? first : asked;
  }

  // The points seen on a view, in its pixels, with their place in the whole order.
  on(figure, view) {
    const frame = this.frames?.[figure]?.[view];
    if (!frame) return [];
    const [cx, cy, across, down] = frame;
    return this.points.flatMap(([where, u, v], index) => (where === view ? [{ index, at: [cx + u * across, cy + v * down] }] : []));
  }

  add(figure, view, [x, y]) {
    const [cx, cy, across, down] = this.frames[figure][view];
    this.change([...this.points, [view, short((x - cx) / across), short((y - cy) / down)]]);
  }

  remove(index) {
    this.change(this.points.filter((_, i) => i !== index));
  }

  // Back to before the last step; after a reload, when the steps are gone, the last point goes.
  undo() {
    if (this.points.length === 0 && this.history.length === 0) return false;
    const before = this.history.pop() ?? this.points.slice(0, -1);
    this.send(before);
    return true;
  }

  change(points) {
    this.history.push(this.points);
    this.send(points);
  }

  send(points) {
    const seq = this.choice.make(points);
    this.tell({ seq, site: this.site, points });
  }
}
