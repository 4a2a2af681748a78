"""The funnel's dots equal the frame, and what lies outside differs in shape as well."""

import pandas as pd

from mesodash.figures.funnel import funnel_plot, outside_of
from mesodash.reports.stats.funnel_limits import OUTER, limits

FRAME = pd.DataFrame(
    {"label": ["L1", "L2", "L3"], "effective_expected": [1.0, 5.0, 20.0], "ratio": [2.0, 4.0, 0.9]}
)
LOW, HIGH = limits(FRAME["effective_expected"], OUTER)
FRAME = FRAME.assign(outer_low=LOW, outer_high=HIGH, cover_differs=None)


def test_dots_equal_the_frame():
    chart = funnel_plot(FRAME, title="Lump: Lots", subtitle="2025")
    *lines, dots = chart.figure.data
    assert len(lines) == 4
    assert list(dots.x) == FRAME["effective_expected"].tolist()
    assert list(dots.y) == FRAME["ratio"].tolist()
    assert outside_of(FRAME) == [False, True, False]
    assert list(dots.marker.symbol) == ["circle", "diamond", "circle"]
    assert "1 of 3" in chart.says
    assert chart.says in chart.alt


def test_the_curves_narrow():
    _, (low, high) = funnel_plot(FRAME, title="x", subtitle="x").figure.data[:2], LOW[[0, 2]]
    assert low == 0 < high
    assert HIGH[0] > HIGH[1] > HIGH[2] > 1


def test_what_was_followed_up_otherwise_is_not_marked():
    """Above the limits or below them, with more contacts or with fewer: that is no finding."""
    frame = FRAME.assign(ratio=[2.0, 4.0, 0.01])
    assert outside_of(frame) == [False, True, True]
    for cover in (["more", "more", None], ["less", "less", None]):
        assert outside_of(frame.assign(cover_differs=cover)) == [False, False, True]
