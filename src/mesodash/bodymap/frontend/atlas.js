// Fetches the outlines and the pictures: once a page, cached by the browser, never through Python.

/** @import { Drawings } from "./types.d.ts" */

const HERE = new URL("./atlas/", import.meta.url);
/** @type {Map<string, Promise<{ figures: Drawings }>>} */
const drawings = new Map();
/** @type {Map<string, Promise<string>>} */
const pictures = new Map();

// The server sets no lifetime for these files, so the browser would ask again on every visit:
// force-cache keeps them, and the version in the address changes when the atlas does.
/**
 * @param {string} name
 * @param {string} version
 */
async function get(name, version) {
  const answer = await fetch(new URL(`${encodeURIComponent(name)}?v=${encodeURIComponent(version)}`, HERE), { cache: "force-cache" });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer;
}

/**
 * @template T
 * @param {Map<string, Promise<T>>} store
 * @param {string} key
 * @param {() => Promise<T>} make
 * @returns {Promise<T>}
 */
function once(store, key, make) {
  let made = store.get(key);
  if (!made) {
    made = make();
    // A failure is not kept: the next attempt fetches again.
    made.catch(() => store.delete(key));
    store.set(key, made);
  }
  return made;
}

/** @param {string} version */
export const atlas = (version) => once(drawings, version, async () => (await get("atlas.json", version)).json());

/**
 * The address of a picture as a blob.
 * @param {string} name
 * @param {string} version
 */
export const picture = (name, version) =>
  once(pictures, `${version}/${name}`, async () => URL.createObjectURL(await (await get(name, version)).blob()));
