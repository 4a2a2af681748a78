"""Onset: bars of the days, steps of the share begun, unknown days told."""

import pandas as pd

from mesodash.figures.onset import onset_steps

FRAME = pd.DataFrame(
    {
        "day": pd.array([0, 3, None], "Int64"),
        "n": [3, 1, 2],
        "of": [4, 4, 4],
        "share_by": [0.75, 1.0, None],
    }
)


def test_bars_and_steps():
    chart = onset_steps(FRAME, effect="Nodule", period="2026")
    bars, steps = chart.figure.data
    assert (list(bars.x), list(bars.y)) == ([0, 3], [3, 1])
    assert (list(steps.x), list(steps.y)) == ([-0.5, 0, 3, 7.5], [0, 75, 100, 100])
    assert steps.line.shape == "hv"
    assert chart.subtitle == (
        "n 4 with a known day. 2026. 2 more with the onset known only to the month or year."
    )
    said = "n 4: 3 on the day of the session, the last on day 3."
    assert chart.alt == f"Bars of the onset of Nodule, {said}"


def test_no_known_day():
    chart = onset_steps(FRAME[FRAME["day"].isna()], effect="Nodule", period="2026")
    assert list(chart.figure.data[0].x) == []
    assert chart.subtitle.startswith("n 0 with a known day")


def test_one_day_is_not_as_wide_as_the_page():
    axis = onset_steps(FRAME.iloc[:1], effect="Heat", period="2026").figure.layout.xaxis
    assert list(axis.range) == [-0.6, 7.6]
