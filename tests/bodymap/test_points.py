"""Numbering and distances of point sets; the layouts that use them have their own tests."""

import numpy as np
import pytest

from mesodash.bodymap.atlas import AreaShape
from mesodash.bodymap.outline import Outline
from mesodash.bodymap.points import lattice, nearest, numbered, spread_points

SQUARE = Outline.of(AreaShape("a", "left", "M0 0 l100 0 l0 100 l-100 0z", (50, 50), 1e4, 1))


def test_numbered_turns_back_row_by_row():
    points = np.array([[2, 10], [1, 10.2], [1, 0], [2, 0], [3, 0.1], [3, 10]])

    assert numbered(points, 0.5) == ((1, 0), (2, 0), (3, 0.1), (3, 10), (2, 10), (1, 10.2))


def test_nearest():
    assert nearest(np.array([[0.0, 0], [3, 4], [30, 40]])) == 5
    assert nearest(np.array([[0.0, 0]])) == 0


def test_lattice_covers_the_box():
    points = lattice(SQUARE, np.array([0.0, 0.0]), 10, hexagonal=False)

    assert len(points) == 11 * 11
    assert nearest(points) == pytest.approx(10)
    assert nearest(lattice(SQUARE, np.array([50.0, 50.0]), 10, hexagonal=True)) == pytest.approx(10)


def test_spread_points_serve_equal_parts():
    found = spread_points(SQUARE, (50, 50), 9, 0, 50.0)
    cells = np.random.default_rng(2).uniform(0, 100, (4000, 2))
    owner = ((cells[:, None] - found) ** 2).sum(2).argmin(1)

    assert np.bincount(owner, minlength=9).max() / 4000 < 1.5 / 9
    assert spread_points(SQUARE, (50, 50), 2, 60, None) is None
