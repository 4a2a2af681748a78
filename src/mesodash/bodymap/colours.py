"""The colours of the body in a picture, mixed as the front end's style sheet mixes them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_Row = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a picture as #rrggbb; those of the body are the front end's (figure.css)."""

    accent: str = "#0f766e"
    ground: str = "#ffffff"
    text: str = "#1d2b2f"
    quiet: str = "#576265"
    skin: str = "#e3dad2"
    strength: float = 0.78  # how much of the colour covers the skin

    def fill(self, share: float) -> str:
        """The colour at a place between the scale's ends, 0 to 1, as in figure.css."""
        low, high = mix(self.accent, "#ffffff", 0.12), mix(self.accent, "#000000", 0.82)
        return mix(high, low, share)

    def edge(self) -> str:
        """The colour of the areas' borders."""
        return mix(self.accent, "#000000", 0.48)


LIGHT = Colours()


def mix(one: str, other: str, share: float) -> str:
    """Mix so much of one colour (#rrggbb) into another, as `color-mix(in oklab, ...)` of CSS does.

    Oklab and its matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
    """
    pairs = zip(_to_oklab(one), _to_oklab(other), strict=True)
    return _from_oklab([share * a + (1 - share) * b for a, b in pairs])


def _to_oklab(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return _times(_FROM_LMS, [math.cbrt(part) for part in _times(_TO_LMS, linear)])


def _from_oklab(lab: Sequence[float]) -> str:
    linear = _times(_TO_RGB, [part**3 for part in _times(_TO_CONES, lab)])
    parts = (
        12.92 * p if p <= 0.0031308 else 1.055 * p ** (1 / 2.4) - 0.055
        for p in (min(1.0, max(0.0, part)) for part in linear)
    )
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_FROM_LMS = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_TO_CONES = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_TO_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def _times(matrix: Iterable[_Row], vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]
