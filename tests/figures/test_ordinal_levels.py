"""Stacked levels: shares of each bar sum to the whole, the scale's order kept."""

import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.figures.ordinal_levels import stacked_levels

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
    assert all(
        [words.split("<br>")[0] for words in trace.customdata] == rows
        for trace in chart.figure.data
    )
    _, level, scores = chart.figure.data[2].customdata[0].split("<br>")
    assert (numbers_in(level), numbers_in(scores)) == ([3], [3, 75])
    places = [list(trace.y) for trace in chart.figure.data]
    assert places[0] == sorted(places[0]) == places[1] == places[2]
    axis = chart.figure.layout.yaxis
    assert list(axis.tickvals) == places[0]
    assert list(axis.ticktext) == [
        f"{at}, n\N{NO-BREAK SPACE}{n}" for at, n in (("before", 4), ("last", 4), ("last", 5))
    ]
    assert [note.text for note in chart.figure.layout.annotations] == ["A", "B"]
    for place in range(3):
        assert sum(trace.x[place] for trace in chart.figure.data) == pytest.approx(100)
    assert chart.figure.layout.barmode == "stack"
    assert "counted, not averaged" in chart.subtitle
    assert "level 3 75 %" in chart.alt
    assert (chart.says[:2], numbers_in(chart.says)) == ("A:", [0, 50])  # best level before, last


def test_the_better_side_has_one_colour():
    lower = [trace.marker.color for trace in draw(better="lower").figure.data]
    higher = [trace.marker.color for trace in draw(better="higher").figure.data]
    assert lower[0] == higher[-1] != lower[-1]
    assert "Lower is better" in draw(better="lower").subtitle
    assert "is better" not in draw(better="depends").subtitle


def test_without_a_baseline_the_title_says_the_last_score():
    chart = stacked_levels(FRAME[FRAME["at"] == "last"], scale="GAIS", period="2026")
    assert (chart.title.startswith("GAIS: "), "before" in chart.title) == (True, False)
    assert (draw().title.startswith("WSRS: "), "before" in draw().title) == (True, True)


def test_the_axis_reaches_the_whole_and_words_are_never_set_small():
    layout = draw().figure.layout
    assert (list(layout.xaxis.range), layout.xaxis.tickvals[-1]) == ([0, 100], 100)
    assert layout.uniformtext.mode == "hide"
