// What Python passes to the signature's field and to the photographs.

export interface InkData {
  mode: "ink";
  /** Another one empties the field. */
  nonce: string;
  words: { field: string; hint: string; clear: string };
}

export interface CameraData {
  mode: "camera";
  nonce: string;
  /** The earlier picture as a data address; empty without one. */
  ghost: string;
  /** Width by height of the frame that is kept. */
  ratio: number;
  words: {
    start: string;
    stop: string;
    take: string;
    keep: string;
    again: string;
    ghost: string;
    live: string;
    taken: string;
    none: string;
    refused: string;
  };
}

export interface Picture {
  src: string;
  alt: string;
  caption: string;
}

export interface CompareData {
  mode: "compare";
  before: Picture;
  after: Picture;
  words: { beside: string; over: string; how: string; fade: string };
}

export type Data = InkData | CameraData | CompareData;
export type Send = (name: string, value: unknown) => void;
