"""Stacked levels: shares of each bar sum to the whole, the scale's order kept."""

import pandas as pd
import pytest

from mesodash.figures.levels import stacked_levels

FRAME = pd.DataFrame(
    {
        "label": ["A"] * 4 + ["B"],
        "at": ["baseline", "baseline", "last", "last", "last"],
        "level": [2.0, 3.0, 1.0, 2.0, 1.0],
        "n": [1, 3, 2, 2, 5],
    }
)


def draw(**options):
    settings = {"scale": "WSRS", "period": "2026", "anchors": {1.0: "absent"}}
    return stacked_levels(FRAME, **(settings | options))


def test_bars_are_shares_of_each_group_and_time():
    chart = draw()
    rows = ["A, before (n\N{NO-BREAK SPACE}4)", "A, last (n\N{NO-BREAK SPACE}4)",
            "B, last (n\N{NO-BREAK SPACE}5)"]  # fmt: skip
    assert [trace.name for trace in chart.figure.data] == ["1 absent", "2", "3"]
    assert [list(trace.x) for trace in chart.figure.data] == [
        [0, 50, 100],
        [25, 50, 0],
        [75, 0, 0],
    ]
    assert all(list(trace.y) == rows for trace in chart.figure.data)
    for place in range(3):
        assert sum(trace.x[place] for trace in chart.figure.data) == pytest.approx(100)
    assert chart.figure.layout.barmode == "stack"
    assert "counted, not averaged" in chart.subtitle
    assert "level 3 75 %" in chart.alt


def test_the_better_side_has_one_colour():
    lower = [trace.marker.color for trace in draw(better="lower").figure.data]
    higher = [trace.marker.color for trace in draw(better="higher").figure.data]
    assert lower[0] == higher[-1] != lower[-1]
    assert "Lower is better" in draw(better="lower").subtitle
    assert "is better" not in draw(better="depends").subtitle
