// Bundles three.js for the browser, with its licence: npm ci && npm run build.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "../../src/mesodash/bodymap/frontend/turn/";
const { version } = JSON.parse(readFileSync("node_modules/three/package.json", "utf-8"));

await build({
  entryPoints: ["three.js"],
  outfile: `${OUT}three.mjs`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  treeShaking: true,
  legalComments: "none",
  banner: { js: `/* three.js ${version}, MIT: see three.LICENSE. Bundled by tools/turn. */` },
});
writeFileSync(`${OUT}three.LICENSE`, readFileSync("node_modules/three/LICENSE"));
console.log(`three.js ${version}: ${gzipSync(readFileSync(`${OUT}three.mjs`)).length} bytes with gzip`);
