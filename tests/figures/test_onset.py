"""Onset: steps of the share begun by each day, with the days' numbers."""

import pandas as pd
from tests.sentences import numbers_in

from mesodash.figures.onset import onset_steps

FRAME = pd.DataFrame(
    {
        "day": pd.array([0, 3, None], "Int64"),
        "n": [3, 1, 2],
        "of": [4, 4, 4],
        "share_by": [0.75, 1.0, None],
    }
)


def test_steps_of_the_share_with_the_number_of_each_day():
    chart = onset_steps(FRAME, effect="Nodule", period="2026")
    steps, marks = chart.figure.data

    assert (list(steps.x), list(steps.y)) == ([-0.5, 0, 3, 7.5], [0, 75, 100, 100])
    assert steps.line.shape == "hv"
    assert (list(marks.x), list(marks.y), list(marks.text)) == ([0, 3], [75, 100], ["3", "1"])
    assert "yaxis2" not in chart.figure.layout.to_plotly_json()
    assert numbers_in(chart.subtitle) == [4, 2026, 2]  # with a known day; known to the month
    assert numbers_in(chart.says) == [3, 4, 3]  # 3 of 4 on the day itself, the last on day 3


def test_with_many_days_the_numbers_are_left_to_the_hover():
    days = pd.DataFrame({"day": range(20), "n": 1, "of": 20, "share_by": 0.5})

    marks = onset_steps(days, effect="Nodule", period="2026").figure.data[1]

    assert marks.mode == "markers"
    assert numbers_in(marks.customdata[3]) == [3, 1, 50]


def test_no_known_day():
    chart = onset_steps(FRAME[FRAME["day"].isna()], effect="Nodule", period="2026")
    assert list(chart.figure.data[1].x) == []
    assert numbers_in(chart.subtitle)[0] == 0


def test_one_day_is_not_as_wide_as_the_page():
    axis = onset_steps(FRAME.iloc[:1], effect="Heat", period="2026").figure.layout.xaxis
    assert list(axis.range) == [-0.6, 7.6]
