"""The stopping curve: steps, numbers at risk, and an end where few are left."""

import pandas as pd
from tests.sentences import numbers_in

from mesodash.figures.stopping import MOST_CURVES, stopping_curve


def frame(label=None, at_risk=(40, 20, 8, 3)):
    made = pd.DataFrame(
        {
            "after_session": range(len(at_risk)),
            "at_risk": at_risk,
            "going_on": [1.0, 0.75, 0.5, 0.4],
            "going_on_low": [1.0, 0.6, 0.3, 0.1],
            "going_on_high": [1.0, 0.85, 0.7, 0.65],
        }
    )
    return made if label is None else made.assign(label=label)


def named(chart, name):
    return next(trace for trace in chart.figure.data if trace.name == name)


def test_steps_end_where_fewer_than_five_are_left():
    chart = stopping_curve(frame(), period="2026")
    steps = named(chart, "all courses")
    assert (list(steps.x), list(steps.y)) == ([0, 1, 2], [100, 75, 50])
    assert steps.line.shape == "hv"
    assert list(named(chart, "at risk: all courses").text) == ["40", "20", "8"]
    assert chart.subtitle.startswith("n 40. 2026.")
    assert numbers_in(chart.alt.partition("most stop")[2])[:3] == [1, 50, 2]


def test_several_groups_the_largest_first_and_at_most_four():
    several = pd.concat([frame(f"P{n}", (40 + n, 20, 8, 3)) for n in range(6)])
    chart = stopping_curve(several, period="2026")
    drawn = [trace.name for trace in chart.figure.data if trace.mode == "lines+markers"]
    assert drawn == ["P5", "P4", "P3", "P2"]
    assert len(drawn) == MOST_CURVES
    assert "P5 n 45" in chart.subtitle
    assert "Band" not in chart.subtitle
