// What Python passes to the stage and to the trainer's notes.

export type Tone = "plain" | "care" | "stop" | "unknown";

export interface Says {
  text: string;
  lines: string[];
  tone: Tone;
  sources: string[];
  notes: [head: string, text: string][];
}

export interface Step {
  code: string;
  title: string;
  says: Says[];
}

export interface Drawn {
  /** File name of the picture beside the body figure's atlas. */
  picture: string;
  version: string;
  width: number;
  height: number;
  /** What of the picture is shown: x, y, width, height. */
  box: [number, number, number, number];
  /** SVG path data of the area. */
  area: string;
  r: [number, number] | null;
  l: [number, number] | null;
  /** Points in tenths of a unit, in the order in which they are injected. */
  points: number[];
  /** What a screen reader says of the picture. */
  alt: string;
  /** Danger zones whose distance from the midline can be drawn; those inside are cut to the area. */
  zones: { path: string; inside: boolean }[];
  /** Names them, empty without. */
  zones_said: string;
}

export interface Dose {
  /** mL a point; null where no source says. */
  each: number | null;
  /** The most of a side or session, mL. */
  most: number | null;
  where: string;
  /** Whether the source counts so many points, or they are those that this view shows. */
  counted: boolean;
}

export interface Band {
  layer: string;
  label: string;
  top: number;
  /** Thickness in mm; null where nobody measured it. */
  mm: number | null;
  sd: number | null;
  n: number | null;
  sources: string[];
}

export interface Motion {
  kind: "bleb" | "nappage" | "points" | "grid" | "thread" | "drawn";
  label: string;
  /** From entry to entry, mm; null where no source says. */
  apart: number | null;
  /** Said where the section is too narrow for that. */
  closer: string;
}

export interface Needle {
  angle: number;
  inserted: number;
  longest: number;
  /** What the protocol's techniques do, one of a kind each; the first is shown at once. */
  motions: Motion[];
  /** What of the position in which it opens no source gives; empty where all is given. */
  set: string;
}

export interface Skin {
  title: string;
  bands: Band[];
  needle: Needle;
  /** Vessels and nerves: how near the skin they may lie, mm, and the mean if it was given. */
  zones: { label: string; mm: number; mean: number | null }[];
}

export type Words = Record<string, string>;

export interface Place {
  step: string;
  part: number;
}

/** The area on the body in three dimensions, for the body map's own view. */
export interface TurnedData {
  version: string;
  figure: string;
  /** "area|side". */
  key: string;
  label: string;
  /** What a screen reader says of the points, if there are any. */
  points: string | null;
  skin: [figure: string, key: string, points: [number, number, number][], lines: [number, number, number][][]][];
  /** From where it is looked at first. */
  from: string;
  words: Words;
}

export interface LessonData {
  /** Names protocol, area, side and sex: another key is another lesson. */
  key: string;
  mode: "stage" | "notes";
  title: string;
  where: string;
  /** Where to go; a new number is a new wish, the same one is not heard again. */
  go: Place & { n: number };
  steps: Step[];
  figure: Drawn | null;
  turned: TurnedData | null;
  dose: Dose;
  skin: Skin;
  words: Words;
  /** What stands before a number's decimals. */
  decimal: string;
}

export type Send = (name: string, value: unknown) => void;
