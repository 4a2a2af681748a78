"""The figure's colours as figure.css names them: patterns and numbers that can be distinguished."""

import re
import tomllib
from pathlib import Path

import pytest

import mesodash.bodymap

ROOT = Path(__file__).parents[3]
CSS = (Path(mesodash.bodymap.__file__).parent / "frontend" / "figure.css").read_text("utf-8")
ACCENTS = {
    scheme: tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][
        scheme
    ]["primaryColor"]
    for scheme in ("light", "dark")
}
WHITE = (1.0, 1.0, 1.0)
# The linear maps of oklab, from Björn Ottosson's definition (CSS Color 4, section 18).
TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)

Rgb = tuple[float, ...]


def linear(colour: str) -> Rgb:
    """Linear light of #rrggbb (WCAG 2.2, relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(n / 12.92 if n <= 0.04045 else ((n + 0.055) / 1.055) ** 2.4 for n in parts)


def times(matrix: tuple[tuple[float, ...], ...], vector: Rgb) -> Rgb:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def mixed(one: Rgb, share: float, other: Rgb) -> Rgb:
    """color-mix(in oklab, one share, other): oklab is linear in the cube roots."""
    roots = [[n ** (1 / 3) for n in times(TO_LMS, colour)] for colour in (one, other)]
    lms = tuple((a * share + b * (1 - share)) ** 3 for a, b in zip(*roots, strict=True))
    return tuple(min(1.0, max(0.0, n)) for n in times(FROM_LMS, lms))


def value(name: str, accent: str) -> Rgb:
    text = re.search(rf"--mb-{name}: ([^;]+);", CSS).group(1)
    if text.startswith("#"):
        return linear(text)
    share, other = re.fullmatch(
        r"color-mix\(in oklab, var\(--mb-accent\) (\d+)%, (.+)\)", text
    ).groups()
    ground = {"black": (0.0, 0.0, 0.0), "white": WHITE}.get(other)
    return mixed(linear(accent), int(share) / 100, ground or linear(other))


def contrast(one: Rgb, other: Rgb) -> float:
    lights = [
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05 for red, green, blue in (one, other)
    ]
    return max(lights) / min(lights)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["wait", "late", "edge", "needle"])
def test_patterns_stand_out_from_skin_and_rim(scheme: str, name: str):
    drawn = value(name, ACCENTS[scheme])
    assert contrast(drawn, value("skin", ACCENTS[scheme])) >= 3
    assert contrast(drawn, WHITE) >= 3
    # Skin that turns away from the light.
    assert contrast(drawn, linear("#b0a59b")) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_numbers_of_points_can_be_read(scheme: str):
    # A protocol's are dark on white, those placed by hand white on dark.
    assert ".mb-numbers text" in CSS
    assert re.search(r"\.mb-numbers text \{[^}]*fill: var\(--mb-needle\)", CSS)
    assert re.search(r"\.mb-placed text \{[^}]*fill: #fff", CSS)
    assert contrast(value("needle", ACCENTS[scheme]), WHITE) >= 4.5


def test_the_measure_itself():
    assert contrast(linear("#000000"), WHITE) == pytest.approx(21)
    assert contrast(linear("#777777"), WHITE) == pytest.approx(4.48, abs=0.01)
    assert contrast(linear("#e3dad2"), WHITE) < 3
    assert mixed(WHITE, 0.5, WHITE) == pytest.approx(WHITE, abs=1e-4)
