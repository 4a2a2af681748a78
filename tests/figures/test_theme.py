"""The template: registered once, read on light and dark, with no small letters."""

import tomllib
from pathlib import Path

import plotly.io as pio
import pytest

from mesodash.figures.theme import CATEGORIES, NAME, QUIET, faint, new_figure, register

CONFIG = tomllib.loads(
    (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)["theme"]
CARDS = ("#ffffff", "#1a2124")


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def hue(colour):
    import colorsys

    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 360 * colorsys.rgb_to_hls(red, green, blue)[0]


@pytest.mark.parametrize("colour", [*CATEGORIES, QUIET])
def test_colours_are_seen_on_light_and_dark(colour):
    grounds = [CONFIG["light"]["backgroundColor"], CONFIG["dark"]["backgroundColor"], *CARDS]

    assert min(contrast(colour, ground) for ground in grounds) >= 3.5


def test_negative_control_the_contrast_can_fail():
    assert contrast("#0f766e", "#1a2124") < 3.5


def test_colours_have_the_hues_of_the_configuration():
    pairs = zip(CATEGORIES, CONFIG["chartCategoricalColors"], strict=True)

    assert [abs(hue(mine) - hue(theirs)) < 8 for mine, theirs in pairs] == [True] * 8


def test_register_again_changes_nothing():
    first = pio.templates[register()]

    assert register() == NAME
    assert pio.templates[NAME] == first


def test_new_figure_is_transparent_and_readable():
    layout = new_figure(height=200).layout
    template = layout.template.layout

    assert layout.height == 200
    assert (template.paper_bgcolor, template.plot_bgcolor) == ("rgba(0,0,0,0)",) * 2
    sizes = [
        layout.template.layout.font.size,
        layout.template.layout.xaxis.tickfont.size,
        layout.template.layout.yaxis.title.font.size,
        layout.legend.font.size,
    ]
    assert min(sizes) >= 12


def test_faint():
    assert faint("#18897e", 0.5) == "rgba(24,137,126,0.5)"
