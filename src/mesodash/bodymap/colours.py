"""The colours of values on the body: the scale, and the same mixing as in figure.css."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_Row = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ColourScale:
    """The meaning of the colours: a label, and the numbers at both ends of the scale.

    The colour follows the square root of a value's place between the ends. Counts per area are
    skewed: a few areas hold most sessions, and on an even scale all others look alike.

    Attributes:
        label: what is shown, with its unit.
        low: the number of the lightest colour.
        high: the number of the darkest.
        low_text: words for the lower end; None for the number.
        high_text: words for the higher end; None for the number.
    """

    label: str
    low: float
    high: float
    low_text: str | None = None
    high_text: str | None = None

    def share(self, value: float) -> float:
        """The place of a value's colour, 0 to 1; beyond an end it is that end's."""
        width = self.high - self.low
        if width <= 0:
            return 0.0
        return math.sqrt(min(1.0, max(0.0, (value - self.low) / width)))

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """The legend's numbers as (place, words): both ends and a round number in the middle."""
        ends = (self.low_text or f"{self.low:g}", self.high_text or f"{self.high:g}")
        if self.high <= self.low:
            return ((0.0, ends[0]),)
        middle = self.low + _round((self.high - self.low) / 4)
        counts = float(self.low).is_integer() and float(self.high).is_integer()
        between: tuple[tuple[float, str], ...] = ((self.share(middle), f"{middle:g}"),)
        if self.low_text or self.high_text or (counts and not middle.is_integer()):
            between = ()
        return ((0.0, ends[0]), *between, (1.0, ends[1]))


def _round(number: float) -> float:
    """The nearest of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(number))
    return min((n * power for n in (1, 2, 5, 10)), key=lambda n: abs(n - number))


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a picture as #rrggbb; those of the body are the front end's (figure.css).

    A value's colour is multiplied over the picture of the body, at most half opaque, so that the
    body's own light and shade stay visible.
    """

    accent: str = "#0f766e"
    ground: str = "#ffffff"
    text: str = "#1d2b2f"
    quiet: str = "#576265"
    skin: str = "#ead3c6"
    low: str = "#cdeef5"  # of the smallest value
    high: str = "#00719c"  # of the largest
    strength: float = 0.5  # how opaque a value's colour is

    def fill(self, share: float) -> str:
        """The colour at a place between the scale's ends, 0 to 1, as in figure.css."""
        return mix(self.high, self.low, share)

    def on_skin(self, share: float) -> str:
        """The same colour as it looks on evenly lit skin."""
        pairs = zip(_channels(self.fill(share)), _channels(self.skin), strict=True)
        return "#" + "".join(
            f"{round(255 * skin * (1 - self.strength + self.strength * colour)):02x}"
            for colour, skin in pairs
        )

    def edge(self) -> str:
        """The colour of the areas' borders."""
        return mix(self.accent, "#000000", 0.48)


LIGHT = Colours()


def mix(one: str, other: str, share: float) -> str:
    """Mix a share of one colour (#rrggbb) into another, as `color-mix(in oklab, ...)` of CSS does.

    Oklab and its matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
    """
    pairs = zip(_to_oklab(one), _to_oklab(other), strict=True)
    return _from_oklab([share * a + (1 - share) * b for a, b in pairs])


def _channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def _to_oklab(colour: str) -> list[float]:
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in _channels(colour)
    ]
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
