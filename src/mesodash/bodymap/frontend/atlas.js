// Fetching the geometry and the pictures: once a page, kept by the browser, never through Python.

const HERE = new URL("./atlas/", import.meta.url);
const drawings = new Map();
const pictures = new Map();

// The server names no lifetime for these files, so the browser would ask again on every visit:
// force-cache keeps them, and the version in the address changes when the atlas does.
async function get(name, version) {
  const answer = await fetch(new URL(`${encodeURIComponent(name)}?v=${encodeURIComponent(version)}`, HERE), { cache: "force-cache" });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer;
}

function once(store, key, make) {
  if (!store.has(key)) {
    const made = make();
    // A failure is not kept: the next try asks again.
    made.catch(() => store.delete(key));
    store.set(key, made);
  }
  return store.get(key);
}

export const atlas = (version) => once(drawings, version, async () => (await get("atlas.json", version)).json());

export const picture = (name, version) =>
  once(pictures, `${version}/${name}`, async () => URL.createObjectURL(await (await get(name, version)).blob()));
