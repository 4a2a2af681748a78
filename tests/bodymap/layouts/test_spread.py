"""Evenly spread points: the number asked for, inside the margin, of about equal parts."""

import numpy as np
import pytest
from shapely.geometry import MultiPoint, Point
from tests.bodymap.layouts.shapes import SITES, SQUARE, gaps, made, real, room

from mesodash.bodymap.atlas import AreaShape
from mesodash.bodymap.layouts.outline import Outline
from mesodash.bodymap.layouts.spread import spread, spread_points

BOX = Outline.of(AreaShape("a", "left", "M0 0 l100 0 l0 100 l-100 0z", (50, 50), 1e4, 1))


@pytest.mark.parametrize("site", SITES, ids="-".join)
@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_spread_has_the_count_inside_the_margin(site, count):
    patch = real(site)
    layout = spread(patch, count=count, margin_cm=0.2)

    assert len(set(layout.points)) == len(layout.points) == count
    assert min(room(patch, Point(p)) for p in layout.points) >= 0.2 - 1e-6
    if count > 1:
        assert gaps(layout.points).min() == pytest.approx(layout.spacing_cm)


def test_spread_is_even():
    patch = made(SQUARE)
    layout = spread(patch, count=4, margin_cm=0)

    assert gaps(layout.points) == pytest.approx([5] * 4, abs=0.4)
    assert MultiPoint(layout.points).convex_hull.area > 20


def test_spread_points_serve_equal_parts():
    found = spread_points(BOX, (50, 50), 9, 0, 50.0)
    cells = np.random.default_rng(2).uniform(0, 100, (4000, 2))
    owner = ((cells[:, None] - found) ** 2).sum(2).argmin(1)

    assert np.bincount(owner, minlength=9).max() / 4000 < 1.5 / 9
    assert spread_points(BOX, (50, 50), 2, 60, None) is None
