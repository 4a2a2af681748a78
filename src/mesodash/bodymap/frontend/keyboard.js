// Where the arrow keys lead: the nearest neighbour in that direction.

const AXES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// points: [x, y] of each area; answers an index, or the same one where nothing lies that way.
export function neighbour(points, from, key) {
  const axis = AXES[key];
  if (!axis) return from;
  const [x, y] = points[from];
  let best = from;
  let least = Infinity;
  for (let index = 0; index < points.length; index += 1) {
    if (index === from) continue;
    const dx = points[index][0] - x;
    const dy = points[index][1] - y;
    const along = dx * axis[0] + dy * axis[1];
    const aside = Math.abs(dx * axis[1]) + Math.abs(dy * axis[0]);
    if (along <= 0) continue;
    // Straight ahead counts more than near: sideways distance is weighed double, and beyond
    // about 60 degrees so heavily that it is taken only when nothing else lies ahead.
    const cost = along + 2 * aside + (aside > 1.75 * along ? 1e6 : 0);
    if (cost < least) [least, best] = [cost, index];
  }
  return best;
}

// Home, End and the page keys walk all areas in order, so that no area is out of the keyboard's reach.
export function stepped(count, from, key) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === "PageDown") return Math.min(count - 1, from + 1);
  if (key === "PageUp") return Math.max(0, from - 1);
  return null;
}

export const isArrow = (key) => key in AXES;
