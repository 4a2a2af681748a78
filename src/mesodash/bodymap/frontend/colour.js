// Colours worked out from the theme: what can be read on the accent.

function parts(text) {
  const numbers = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
  return text.startsWith("color(") ? numbers.slice(0, 3).map((n) => n * 255) : numbers.slice(0, 3);
}

export function luminance([red, green, blue]) {
  const linear = [red, green, blue].map((n) => {
    const share = n / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

export const contrast = (one, other) => {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};

const DARK = [8, 24, 24];
const WHITE = [255, 255, 255];

// White on a dark theme's lighter accent falls short of 4.5 : 1, so the ink is chosen, not assumed.
export function inkOn(element) {
  const back = parts(getComputedStyle(element).color);
  return contrast(WHITE, back) >= contrast(DARK, back) ? "#ffffff" : "#081818";
}
