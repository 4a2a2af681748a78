// The types the modules share: the atlas as it is served, and what Python and the browser exchange.

export type Point = [x: number, y: number];
/** "area|side", such as "face.cheek|left". */
export type AreaKey = string;
export type FigureName = string;
export type ViewName = string;
/** A phototype, such as "II". */
export type Tone = string;

/** One area on one view. Coordinates are in units of the view's picture. */
export interface DrawnArea {
  area: string;
  side: string;
  /** SVG path data. */
  path: string;
  /** The point inside that lies farthest from the border. */
  anchor: Point;
  /** Visible size in square units of the picture. */
  px_area: number;
}

/** One view of one figure, as in atlas.json. */
export interface Drawing {
  width: number;
  height: number;
  /** File names of the pictures by skin tone. */
  pictures: Record<Tone, string>;
  /** SVG path data of the silhouette. */
  outline: string;
  r_label: Point | null;
  l_label: Point | null;
  areas: DrawnArea[];
}

export type Drawings = Record<FigureName, Record<ViewName, Drawing>>;

/** A point placed by hand: its view, and its place relative to the area's centre and size. */
export type PlacedPoint = [view: ViewName, u: number, v: number];

/** Centre and unit of the relative places of an area on a view, in units of the view. */
export type Frame = [x: number, y: number, across: number, down: number];

export interface PlacingData {
  site: AreaKey;
  seq: number;
  /** The largest number of points. */
  most: number;
  points: PlacedPoint[];
  frames: Record<FigureName, Record<ViewName, Frame>>;
}

export type PointsData = [
  figure: FigureName,
  view: ViewName,
  key: AreaKey,
  label: string,
  numbered: 0 | 1 | number[],
  points: number[],
  ends: number[],
];

export interface States {
  categories: [code: string, label: string, look: string][];
  /** The index of each area's category. */
  areas: Record<AreaKey, number>;
}

export interface Scale {
  label: string;
  /** The legend's numbers, and where on the ramp they stand, 0 to 1. */
  ticks: [place: number, text: string][];
}

export type Words = Record<string, string>;

/** What Python passes on every rerun. */
export interface FigureData {
  key: string;
  /** Version of the atlas; a new one makes the browser fetch it again. */
  atlas: string;
  seq: number;
  chosen: AreaKey[];
  figure: FigureName;
  view: ViewName;
  views: ViewName[];
  /** The skin tones offered. */
  tones: Tone[];
  /** The skin tone until the reader chooses one. */
  tone: Tone;
  areas: [key: AreaKey, label: string, text: string | null][];
  /** Each value's place on the scale, 0 to 1; null where nothing is coloured. */
  values: Record<AreaKey, number> | null;
  scale: Scale | null;
  marked: AreaKey[];
  several: boolean;
  several_on: boolean;
  read_only: boolean;
  states: States | null;
  points: PointsData[];
  placing: PlacingData | null;
  /** Groups of areas that one press adds to the choice, the smallest first. */
  groups: [label: string, keys: AreaKey[]][];
  /** Version of the mesh in three dimensions; null where that view is not offered. */
  turn?: string | null;
  /** Points and lines as places on the base mesh. */
  skin?: SkinPoints[];
  /** CSS selector of what the choice opens; null where there is nothing to go to. */
  panel: string | null;
  words: Words;
}

export type Send = (name: string, value: unknown) => void;

/** What is shown; `asked` is the figure and view Python last asked for. */
export interface ShownState {
  asked: [FigureName, ViewName];
  figure: FigureName;
  view: ViewName;
  /** Whether one view of a pair is shown alone. */
  solo: boolean;
  /** Whether a click adds to the choice. */
  several: boolean;
}

/** Points of one area, as drawn on one view. */
export interface Layer {
  key: AreaKey;
  /** What a screen reader says of the area's points. */
  said: string;
  /** The same with the area's name. */
  label: string;
  points: Point[];
  /** The far ends of lines. */
  ends?: Point[];
  names: number[] | null;
  /** CSS class. */
  kind: string;
}

/** A point on this view, with its index in the whole order. */
export interface ShownPoint {
  index: number;
  at: Point;
}

export interface PlacingOnView {
  site: AreaKey;
  points: ShownPoint[];
}

export interface AreaName {
  label: string;
  text: string | null;
}

/** An area as a button of a view. */
export interface Entry extends AreaName {
  drawn: DrawnArea;
  key: AreaKey;
  hit: SVGPathElement;
  button: SVGPathElement;
  /** Its smaller side on the screen. */
  pixels: number;
}

export interface ViewData {
  areas: Map<AreaKey, AreaName>;
  values: Record<AreaKey, number> | null;
  chosen: AreaKey[];
  marked: AreaKey[];
  states: States | null;
  layers: Layer[];
  placing: PlacingOnView | null;
  readOnly: boolean;
  words: Words;
  title: string;
}

export interface PlacingOwner {
  add(at: Point): void;
  /** Without an index, the last point. */
  remove(index: number | null): void;
  undo(): void;
  count(): number;
  say(word: string, values: Record<string, string | number>): void;
}

export interface Click {
  /** Whether a key asks to add to the choice. */
  more: boolean;
  /** The area's smaller side on the screen. */
  pixels: number;
  view: ViewName;
}

export interface ViewOwner {
  choose(key: AreaKey, click: Click): void;
  /** Returns whether there was something to clear. */
  clear(): boolean;
  hover(entry: Entry, x: number, y: number): void;
  leave(): void;
  zoomed(): void;
  placing: PlacingOwner;
}

export type Vector = [x: number, y: number, z: number];
/** A triangle of the base mesh, and the weights of its second and third corner. */
export type MeshPlace = [triangle: number, u: number, v: number];
export type SkinPoints = [figure: FigureName, key: AreaKey, points: MeshPlace[], lines: MeshPlace[][]];

/** What stands at the head of the mesh's file. */
export interface BodyHeader {
  base: number;
  step: number;
  far: number;
  areas: [area: string, side: string][];
  /** Azimuth, height, middle and size of each view's frame, in decimetres. */
  frames: Record<FigureName, Record<ViewName, [azimuth: number, height: number, x: number, y: number, z: number, wide: number, tall: number]>>;
  parts: [name: string, kind: "u1" | "z2", width: number, count: number][];
}

/** Triangles that lie in one area each. */
export interface Cut {
  corners: Int32Array;
  labels: Uint8Array;
  /** Three vertices and their weights for each vertex that was made on a border. */
  made: Int32Array;
  weights: Float64Array;
  /** The same triangles, with a vertex for each area that meets in one. */
  index: Uint32Array;
  origins: Int32Array;
  areas: Float32Array;
  away: Float32Array;
}

/** A figure: its vertices, and what is known of each area by its number. */
export interface Shape {
  points: Float32Array;
  normals: Float32Array;
  places: { at: Vector; facing: Vector; size: number }[];
}

export interface Hit {
  area: AreaKey | null;
  at: Vector;
}

export interface TurnData {
  figure: FigureName;
  tone: Tone;
  areas: Map<AreaKey, AreaName>;
  said(key: AreaKey): AreaName;
  values: Record<AreaKey, number> | null;
  states: States | null;
  chosen: AreaKey[];
  marked: AreaKey[];
  skin: SkinPoints[];
  placing: AreaKey | null;
  readOnly: boolean;
  words: Words;
  title: string;
}

export interface TurnOwner {
  choose(key: AreaKey, more: boolean): void;
  clear(): boolean;
  hover(entry: AreaName, x: number, y: number): void;
  leave(): void;
  zoomed(): void;
  /** Called when the graphics are gone. */
  lost(): void;
}
