"""The volumes page's parts: months of a period, what is cut, what was not recorded."""

from datetime import date

import pandas as pd
import pytest

from mesodash.reports.filters import Filters, Period
from mesodash.ui.volume_views import chart, measures, months, number

FRAME = pd.DataFrame(
    {
        "month": ["2026-02", "2026-03"],
        "protocol": ["melasma_txa", None],
        "sessions": [3, 4],
        "patients": [2, 4],
    }
)
NOW = {
    "sessions": 7,
    "patients": 5,
    "new_patients": 1,
    "areas_treated": 0,
    "volume_ml": float("nan"),
}


def test_months_fill_the_period():
    period = Period(date(2026, 1, 15), date(2026, 4, 2))

    assert months(FRAME, period) == ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_months_of_an_open_period_are_those_recorded():
    assert months(FRAME, Period()) == ["2026-02", "2026-03"]


def test_what_was_not_recorded_is_not_zero():
    cards = {label: (shown, words) for label, shown, words in measures(NOW, None)}

    assert cards["Areas treated"] == ("–", "not recorded")
    assert cards["Volume, mL"] == ("–", "not recorded")
    assert cards["New patients"] == ("1", "no earlier period to compare with")


def test_no_sessions_treat_no_areas():
    assert number({"sessions": 0, "areas_treated": 0}, "areas_treated", 0) == "0"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 2, 1), date(2026, 3, 31), "From 1 Feb 2026 to 31 Mar 2026."),
        (
            date(2026, 2, 2),
            date(2026, 3, 30),
            "From 2 Feb 2026 to 30 Mar 2026. Feb 2026 and Mar 2026 in part.",
        ),
        (date(2026, 2, 1), date(2026, 2, 3), "From 1 Feb 2026 to 3 Feb 2026. Feb 2026 in part."),
    ],
)
def test_the_chart_says_which_months_are_cut(catalogue, start, end, words):
    filters = Filters(period=Period(start, end))

    assert chart(FRAME, catalogue, filters, "sessions", None).subtitle == words


def test_parts_carry_the_catalogues_words_and_the_missing_is_named(catalogue):
    drawn = chart(FRAME, catalogue, Filters(), "sessions", "protocol")

    assert [(bar.name, [y for y in bar.y if y]) for bar in drawn.figure.data] == [
        ("not recorded", [4]),
        ("Tranexamic acid for melasma", [3]),
    ]


def test_overlapping_parts_are_lines_and_said_to_be(catalogue):
    drawn = chart(FRAME, catalogue, Filters(), "patients", "protocol")

    assert {trace.type for trace in drawn.figure.data} == {"scatter"}
    assert "Parts overlap and do not add up, so they are lines." in drawn.subtitle
