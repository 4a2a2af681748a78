"""The heat map of the week draws each field, and tells suppressed ones from empty ones."""

import pandas as pd
from tests.sentences import numbers_in

from mesodash.figures.weekday_hours import weekday_hours_map

FRAME = pd.DataFrame({"weekday": [0, 0, 4], "hour": [9, 11, 10], "sessions": [3.0, None, 12.0]})


def test_every_field_between_the_first_and_last_hour():
    chart = weekday_hours_map(FRAME, period="2026. 15 sessions")
    (trace,) = chart.figure.data
    assert list(trace.x) == ["Mon", "Tue", "Wed", "Thu", "Fri"]
    assert list(trace.y) == ["09:00", "10:00", "11:00"]
    assert [list(row) for row in trace.z] == [[3, 0, 0, 0, 0], [0, 0, 0, 0, 12], [0] * 5]
    assert trace.text[0][0] == "3"
    assert trace.text[0][1] == ""
    assert trace.text[2][0] == "few"
    assert chart.subtitle == "2026. 15 sessions"
    assert chart.alt.count("Friday") == 2  # the commonest hour's day, and the busiest one
    assert numbers_in(chart.alt) == ["10:00", "10:59", 12, 15, 12]


def test_a_session_on_saturday_adds_the_day():
    chart = weekday_hours_map(FRAME.assign(weekday=[0, 0, 5]), period="2026")
    assert list(chart.figure.data[0].x)[-1] == "Sat"


def test_nothing_known():
    assert numbers_in(weekday_hours_map(FRAME.iloc[:0], period="2026").alt) == []
    every = weekday_hours_map(FRAME.assign(sessions=float("nan")), period="2026")
    assert "too few sessions to show" in every.alt


def test_fields_of_few_alone_stay_pale():
    every = weekday_hours_map(FRAME.assign(sessions=float("nan")), period="2026")

    (trace,) = every.figure.data
    assert (trace.zmin, trace.zmax) == (0, 1)


def test_hover_has_the_right_plural():
    (trace,) = weekday_hours_map(
        FRAME.assign(sessions=[1.0, None, 12.0]), period="2026"
    ).figure.data

    said = [text.split("<br>")[1] for row in trace.customdata for text in row]
    assert [text for text in said if text != "no session"] == [
        "1 session",
        "12 sessions",
        "too few sessions to show",
    ]
