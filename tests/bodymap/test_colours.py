"""Colours mixed as a browser mixes them; the expected ones were read from Chromium's color-mix."""

import pytest

from mesodash.bodymap.colours import LIGHT, mix


@pytest.mark.parametrize(("share", "expected"), [(0, "#e4eeed"), (1, "#095953"), (0.4, "#91b0ac")])
def test_fill_is_that_of_the_front_end(share, expected):
    assert LIGHT.fill(share) == expected


def test_mix_ends_in_its_parts():
    assert mix("#123456", "#fedcba", 1) == "#123456"
    assert mix("#123456", "#fedcba", 0) == "#fedcba"
    assert mix("#123456", "#fedcba", 0.5) not in {"#123456", "#fedcba"}
