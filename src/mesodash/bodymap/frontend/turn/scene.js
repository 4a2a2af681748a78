// What is drawn: the skin with its areas' colours, states and edges, and the points on it.

// @ts-types="./three.d.mts"
import { BufferAttribute, BufferGeometry, DataTexture, LineSegments, Mesh, OrthographicCamera, Points, Scene, ShaderMaterial, WebGLRenderer } from "./three.mjs";

/** @import { Body } from "./mesh.js" */
/** @import { Eye } from "./camera.js" */
/** @import { Vector } from "../types.d.ts" */

const DEEP = 100;
// Pixels of the page: the smallest and the largest point.
const DOT = [4.5, 10];
export const CHOSEN = 1;
export const HOVERED = 2;
export const FOCUSED = 4;
export const MARKED = 8;
export const OFFERED = 16;
const COLOURS = ["skin", "edge", "border", "accent", "wait", "late", "ring", "mark"];

const SKIN_VERTEX = `
attribute float area;
attribute float away;
varying vec3 facing;
varying float far;
flat varying int which;
void main() {
  facing = normalMatrix * normal;
  far = away;
  which = int(area + 0.5);
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

// Colours are mixed as the drawings mix them: multiplied over light skin, screened over dark, half opaque.
const SKIN_FRAGMENT = `
uniform highp sampler2D palette;
uniform vec3 skin, edge, border, accent, wait, late, ring, mark;
uniform float borderStrength, dark, dot_size;
varying vec3 facing;
varying float far;
flat varying int which;
const vec3 KEY = normalize(vec3(-0.45, 0.55, 0.75));
const vec3 FILL = normalize(vec3(0.7, 0.1, 0.45));
vec3 over(vec3 base, vec3 colour, float share) {
  vec3 mixed = dark > 0.5 ? 1.0 - (1.0 - base) * (1.0 - colour) : base * colour;
  return mix(base, mixed, share);
}
float within(float pixels, float width) {
  return 1.0 - smoothstep(width - 0.6, width + 0.6, pixels);
}
void main() {
  vec3 n = normalize(facing);
  // Light that enters skin comes out beside: red goes farther round than blue.
  vec3 wrap = vec3(0.42, 0.26, 0.2);
  vec3 key = max((dot(n, KEY) + wrap) / (1.0 + wrap), 0.0);
  vec3 fill = max((dot(n, FILL) + wrap) / (1.0 + wrap), 0.0);
  float gloss = pow(max(dot(n, normalize(KEY + vec3(0.0, 0.0, 1.0))), 0.0), 24.0);
  vec3 light = vec3(0.2) + 0.72 * key * key + 0.22 * fill + 0.1 * max(n.y, 0.0);
  vec3 colour = pow(skin, vec3(2.2)) * light + 0.035 * gloss;
  colour = pow(min(colour, 1.0), vec3(1.0 / 2.2));
  vec4 value = texelFetch(palette, ivec2(which, 0), 0);
  vec4 told = texelFetch(palette, ivec2(which, 1), 0);
  int flags = int(told.r * 255.0 + 0.5);
  int look = int(told.g * 255.0 + 0.5);
  bool chosen = (flags & 1) != 0, hovered = (flags & 2) != 0, focused = (flags & 4) != 0;
  bool marked = (flags & 8) != 0, offered = (flags & 16) != 0;
  bool none = value.a > 0.25 && value.a < 0.75;
  // Where skin turns away, far changes fast and all of it would be an edge.
  float pixels = far / max(fwidth(far), 1e-6) / max(smoothstep(0.06, 0.3, abs(n.z)), 1e-3);
  vec2 at = gl_FragCoord.xy / dot_size;
  if (value.a > 0.75) colour = over(colour, value.rgb, 0.5);
  else if (!none && offered && (chosen || hovered)) colour = mix(colour, colour * accent, chosen ? 0.5 : 0.25);
  if (look == 2) {
    float stripe = abs(fract((at.x + at.y) / 14.0) - 0.5) * 14.0;
    colour = mix(colour, vec3(1.0), 0.75 * within(stripe, 2.4));
    colour = mix(colour, wait, within(stripe, 1.1));
  }
  if (look == 3) {
    vec2 cell = mod(at + vec2(0.0, 5.5 * mod(floor(at.x / 11.0), 2.0)), 11.0) - 5.5;
    colour = mix(colour, vec3(1.0), 0.85 * within(length(cell), 2.5));
    colour = mix(colour, late, within(length(cell), 1.6));
  }
  float line = pixels / dot_size;
  if (offered) {
    if (none && !chosen) {
      float dots = 1.0 - smoothstep(0.8, 1.5, length(mod(at, 4.0) - 2.0));
      colour = mix(colour, border, 0.75 * dots * within(line, 2.2));
    } else colour = mix(colour, border, (hovered ? 1.0 : borderStrength) * within(line, hovered ? 1.5 : 0.6));
    if (look > 0) {
      colour = mix(colour, vec3(1.0), 0.75 * within(line, 2.6));
      colour = mix(colour, look == 1 ? edge : look == 2 ? wait : late, within(line, 1.3));
    }
    if (marked) {
      float dash = mod(floor(at.x / 5.0) + floor(at.y / 5.0), 2.0);
      colour = mix(colour, vec3(1.0), 0.75 * within(line, 2.8));
      colour = mix(colour, mark, dash * within(line, 1.8));
    }
    if (chosen) {
      colour = mix(colour, vec3(1.0), 0.9 * within(line, 4.4));
      colour = mix(colour, edge, within(line, 2.9));
    }
    if (focused) {
      colour = mix(colour, vec3(1.0), within(line, 6.4));
      colour = mix(colour, ring, within(line, 4.2));
    }
  }
  gl_FragColor = vec4(colour, 1.0);
}`;

const POINT_VERTEX = `
attribute float gap;
uniform float unit;
uniform vec2 sizes;
varying float size;
void main() {
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  gl_Position.z -= 0.004;
  size = clamp(gap * unit, sizes.x, sizes.y);
  gl_PointSize = size;
}`;
const POINT_FRAGMENT = `
uniform vec3 needle;
varying float size;
void main() {
  float from = length(gl_PointCoord - 0.5) * 2.0;
  if (from > 1.0) discard;
  float rim = clamp(2.4 / size, 0.2, 0.4);
  gl_FragColor = vec4(mix(needle, vec3(1.0), smoothstep(0.95 - rim, 1.05 - rim, from)), 1.0);
}`;
const LINE_VERTEX = `
void main() {
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  gl_Position.z -= 0.004;
}`;
const LINE_FRAGMENT = `
uniform vec3 needle;
void main() { gl_FragColor = vec4(needle, 1.0); }`;

/**
 * Decimetres between the two points that lie closest together; one point alone has all room.
 * @param {Vector[]} points
 */
function gapOf(points) {
  let least = 10;
  for (const [i, [x, y, z]] of points.entries()) {
    for (const [ox, oy, oz] of points.slice(0, Math.min(i, 120))) least = Math.min(least, Math.hypot(x - ox, y - oy, z - oz));
  }
  return least;
}

/**
 * Whether this browser draws in three dimensions, and whether by the processor alone.
 * @returns {"graphics" | "processor" | null}
 */
export function drawnBy() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    if (!context) return null;
    const info = context.getExtension("WEBGL_debug_renderer_info");
    const name = String(context.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : context.RENDERER));
    context.getExtension("WEBGL_lose_context")?.loseContext();
    return /swiftshader|llvmpipe|software|basic render/i.test(name) ? "processor" : "graphics";
  } catch {
    // A browser in which it is switched off may throw instead of answering null.
    return null;
  }
}

export class Picture {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Body} body
   * @param {boolean} plain whether edges and small pixels are left out, for a processor draws slowly
   */
  constructor(canvas, body, plain) {
    this.body = body;
    this.plain = plain;
    this.renderer = new WebGLRenderer({ canvas, antialias: !plain, alpha: true });
    this.renderer.setClearColor(0x000000, 0);
    this.scene = new Scene();
    this.camera = new OrthographicCamera(-1, 1, 1, -1, 0, DEEP);
    this.camera.matrixAutoUpdate = false;
    this.told = new Uint8Array(256 * 2 * 4);
    this.palette = new DataTexture(this.told, 256, 2);
    const colours = Object.fromEntries(COLOURS.map((name) => [name, { value: [0, 0, 0] }]));
    /** @type {Record<string, { value: unknown }>} */
    this.uniforms = { ...colours, palette: { value: this.palette }, borderStrength: { value: 0.3 }, dark: { value: 0 }, dot_size: { value: 1 } };
    this.points = { needle: { value: [0, 0, 0] }, unit: { value: 1 }, sizes: { value: [0, 0] } };
    const { index, areas, away } = body.cut;
    this.skin = new BufferGeometry();
    this.skin.setIndex(new BufferAttribute(index, 1));
    this.skin.setAttribute("area", new BufferAttribute(areas, 1));
    this.skin.setAttribute("away", new BufferAttribute(away, 1));
    const mesh = new Mesh(this.skin, new ShaderMaterial({ uniforms: this.uniforms, vertexShader: SKIN_VERTEX, fragmentShader: SKIN_FRAGMENT }));
    mesh.frustumCulled = false;
    this.dots = new Points(new BufferGeometry(), new ShaderMaterial({ uniforms: this.points, vertexShader: POINT_VERTEX, fragmentShader: POINT_FRAGMENT }));
    this.lines = new LineSegments(new BufferGeometry(), new ShaderMaterial({ uniforms: this.points, vertexShader: LINE_VERTEX, fragmentShader: LINE_FRAGMENT }));
    this.dots.frustumCulled = this.lines.frustumCulled = false;
    this.scene.add(mesh, this.dots, this.lines);
    this.figure = "";
    this.ratio = 1;
  }

  destroy() {
    this.skin.dispose();
    this.palette.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  /** @param {string} figure */
  wear(figure) {
    if (figure === this.figure) return;
    this.figure = figure;
    const { points, normals } = this.body.shape(figure);
    const { origins } = this.body.cut;
    /** @param {Float32Array} from */
    const spread = (from) => {
      const to = new Float32Array(origins.length * 3);
      for (let i = 0; i < origins.length; i += 1) to.set(from.subarray(origins[i] * 3, origins[i] * 3 + 3), i * 3);
      return new BufferAttribute(to, 3);
    };
    this.skin.setAttribute("position", spread(points));
    this.skin.setAttribute("normal", spread(normals));
  }

  /**
   * @param {number} number of the area
   * @param {number[] | null} colour red, green, blue from 0 to 255
   * @param {number} shown 0 no colours, 1 nothing recorded, 2 a value
   * @param {number} flags
   * @param {number} look
   */
  tell(number, colour, shown, flags, look) {
    this.told.set([...(colour ?? [0, 0, 0]), [0, 128, 255][shown]], number * 4);
    this.told.set([flags, look, 0, 255], (256 + number) * 4);
    this.palette.needsUpdate = true;
  }

  /**
   * @param {Record<string, number[]>} colours red, green, blue from 0 to 1, by the names of COLOURS and `needle`
   * @param {number} borderStrength
   * @param {boolean} dark
   */
  colour(colours, borderStrength, dark) {
    for (const name of COLOURS) this.uniforms[name].value = colours[name];
    this.points.needle.value = colours.needle;
    this.uniforms.borderStrength.value = borderStrength;
    this.uniforms.dark.value = dark ? 1 : 0;
  }

  /**
   * @param {Vector[][]} layers the points of each area
   * @param {Vector[]} ends two for each piece of a line
   */
  lay(layers, ends) {
    const points = layers.flat();
    const gaps = layers.flatMap((layer) => layer.map(() => gapOf(layer)));
    this.dots.visible = points.length > 0;
    this.lines.visible = ends.length > 0;
    for (const [drawn, places] of /** @type {const} */ ([[this.dots, points], [this.lines, ends]])) {
      drawn.geometry.dispose();
      drawn.geometry = new BufferGeometry();
      drawn.geometry.setAttribute("position", new BufferAttribute(Float32Array.from(places.flat()), 3));
    }
    this.dots.geometry.setAttribute("gap", new BufferAttribute(Float32Array.from(gaps), 1));
  }

  /**
   * @param {number} width pixels of the page
   * @param {number} height
   */
  resize(width, height) {
    this.ratio = this.plain ? 1 : Math.min(2, devicePixelRatio || 1);
    this.renderer.setPixelRatio(this.ratio);
    this.renderer.setSize(width, height, false);
    this.uniforms.dot_size.value = this.ratio;
  }

  /**
   * @param {Eye} eye
   * @param {number} shape width by height of the canvas
   * @param {number} height in pixels of the page
   */
  draw(eye, shape, height) {
    this.points.unit.value = (0.75 * height * this.ratio) / eye.stand.tall;
    this.points.sizes.value = DOT.map((one) => one * this.ratio);
    const { right, up, toward } = eye.axes();
    const { from } = eye.line(0, 0);
    const { camera } = this;
    const half = eye.stand.tall / 2;
    Object.assign(camera, { left: -half * shape, right: half * shape, top: half, bottom: -half });
    camera.updateProjectionMatrix();
    camera.matrix.set(right[0], up[0], toward[0], from[0], right[1], up[1], toward[1], from[1], right[2], up[2], toward[2], from[2], 0, 0, 0, 1);
    camera.matrixWorldNeedsUpdate = true;
    this.renderer.render(this.scene, camera);
  }
}
