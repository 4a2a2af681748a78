"""Numbering and distances of points."""

import numpy as np

from mesodash.bodymap.layouts.layout import nearest, numbered


def test_numbered_turns_back_row_by_row():
    points = np.array([[2, 10], [1, 10.2], [1, 0], [2, 0], [3, 0.1], [3, 10]])

    assert numbered(points, 0.5) == ((1, 0), (2, 0), (3, 0.1), (3, 10), (2, 10), (1, 10.2))


def test_nearest():
    assert nearest(np.array([[0.0, 0], [3, 4], [30, 40]])) == 5
    assert nearest(np.array([[0.0, 0]])) == 0
