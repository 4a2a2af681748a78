"""Colours mixed as a browser mixes them; the expected ones were read from Chromium's color-mix."""

import math

import pytest

from mesodash.bodymap.colours import LIGHT, ColourScale, mix

SESSIONS = ColourScale("Sessions", 0, 200)


@pytest.mark.parametrize(("share", "expected"), [(0, "#cdeef5"), (1, "#00719c"), (0.4, "#87bbd2")])
def test_fill_is_that_of_the_front_end(share, expected):
    assert LIGHT.fill(share) == expected


def test_mix_ends_in_its_parts():
    assert mix("#123456", "#fedcba", 1) == "#123456"
    assert mix("#123456", "#fedcba", 0) == "#fedcba"
    assert mix("#123456", "#fedcba", 0.5) not in {"#123456", "#fedcba"}


def test_a_colour_on_skin_is_multiplied_half_opaque():
    skin = [int(LIGHT.skin[i : i + 2], 16) for i in (1, 3, 5)]
    dark = [int(LIGHT.fill(1)[i : i + 2], 16) for i in (1, 3, 5)]
    over = [round(s * (0.5 + 0.5 * d / 255)) for s, d in zip(skin, dark, strict=True)]

    assert LIGHT.on_skin(1) == "#" + "".join(f"{value:02x}" for value in over)


@pytest.mark.parametrize(
    ("value", "share"), [(0, 0), (2, 0.1), (50, 0.5), (200, 1), (999, 1), (-5, 0)]
)
def test_the_scale_is_a_square_root(value, share):
    assert SESSIONS.share(value) == pytest.approx(share)


def test_small_values_are_told_apart():
    """On an even scale 2 and 8 of 200 differ by 3 % of the ramp, here by 10 %."""
    assert SESSIONS.share(8) - SESSIONS.share(2) == pytest.approx(0.1)


def test_a_scale_without_width_has_its_lower_colour():
    assert ColourScale("x", 3, 3).share(3) == 0
    assert ColourScale("x", 3, 3).ticks() == ((0, "3"),)


@pytest.mark.parametrize(
    ("high", "middle"), [(200, 50), (214, 50), (36, 10), (7, 2), (0.8, 0.2), (3500, 1000)]
)
def test_ticks_have_a_round_number_where_its_colour_stands(high, middle):
    low, between, top = ColourScale("x", 0, high).ticks()

    assert (low, top) == ((0, "0"), (1, f"{high:g}"))
    assert between == (pytest.approx(math.sqrt(middle / high)), f"{middle:g}")


def test_a_scale_of_counts_has_no_half_in_the_middle():
    assert ColourScale("x", 0, 1).ticks() == ((0, "0"), (1, "1"))


def test_words_at_the_ends_take_the_place_of_numbers():
    assert ColourScale("x", 0, 4, "few", "many").ticks() == ((0, "few"), (1, "many"))
