// What the Turn view takes of three.js; the bundle holds nothing else of it.
export {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  LineSegments,
  Mesh,
  OrthographicCamera,
  Points,
  Scene,
  ShaderMaterial,
  WebGLRenderer,
} from "three";
