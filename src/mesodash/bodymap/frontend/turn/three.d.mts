// The types of what the bundle exports, as far as the Turn view uses it.

type Uniforms = Record<string, { value: unknown }>;

export class BufferAttribute {
  constructor(array: Float32Array | Uint32Array, itemSize: number);
}
export class BufferGeometry {
  setIndex(index: BufferAttribute): this;
  setAttribute(name: string, attribute: BufferAttribute): this;
  dispose(): void;
}
export class DataTexture {
  constructor(data: Uint8Array, width: number, height: number);
  needsUpdate: boolean;
  dispose(): void;
}
export class ShaderMaterial {
  constructor(given: { uniforms: Uniforms; vertexShader: string; fragmentShader: string });
}
declare class Drawn {
  constructor(geometry: BufferGeometry, material: ShaderMaterial);
  geometry: BufferGeometry;
  frustumCulled: boolean;
  visible: boolean;
}
export class Mesh extends Drawn {}
export class Points extends Drawn {}
export class LineSegments extends Drawn {}
export class Scene {
  add(...drawn: Drawn[]): this;
}
export class OrthographicCamera {
  constructor(left: number, right: number, top: number, bottom: number, near: number, far: number);
  matrix: { set(...numbers: number[]): void };
  matrixAutoUpdate: boolean;
  matrixWorldNeedsUpdate: boolean;
  updateProjectionMatrix(): void;
}
export class WebGLRenderer {
  constructor(given: { canvas: HTMLCanvasElement; antialias: boolean; alpha: boolean });
  setClearColor(colour: number, alpha: number): void;
  setPixelRatio(ratio: number): void;
  setSize(width: number, height: number, updateStyle: boolean): void;
  render(scene: Scene, camera: OrthographicCamera): void;
  dispose(): void;
  forceContextLoss(): void;
}
