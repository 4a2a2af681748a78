"""The volumes page's parts: months of a period, what is cut, what was not recorded."""

from datetime import date

import pandas as pd
import pytest

from mesodash.reports.core.filters import Filters, Period
from mesodash.ui.review.view import ReviewView
from mesodash.ui.volumes.overview import chart, definitions, measures, number, times

FRAME = pd.DataFrame(
    {
        "month": ["2026-02", "2026-03"],
        "protocol": ["melasma_txa", None],
        "sessions": [3, 4],
        "patients": [2, 4],
    }
)
WHOLE = "7 sessions of 5 patients"
NOW = {
    "sessions": 7,
    "patients": 5,
    "new_patients": 1,
    "areas_treated": 0,
    "volume_ml": float("nan"),
}


@pytest.fixture
def look(catalogue):
    """Give a function (shared) -> the page's question."""

    def ask(*, shared=False):
        return ReviewView("Volumes", Filters(), shared, catalogue, None, "Test")

    return ask


@pytest.fixture
def draw(catalogue):
    """Draw FRAME under a period as the page does."""

    def chart_of(measure, split=None, period=Period()):  # noqa: B008 - frozen
        view = ReviewView("Volumes", Filters(period=period), False, catalogue, None, "Test")
        spans = times(FRAME, period, "month")
        return chart(
            FRAME, view, measure=measure, grain="month", split=split, spans=spans, whole=WHOLE
        )

    return chart_of


@pytest.mark.parametrize(
    ("grain", "spans"),
    [
        ("month", ["2026-03", "2026-04"]),
        ("week", ["2026-03-23", "2026-03-30"]),
        ("day", ["2026-03-29", "2026-03-30", "2026-03-31", "2026-04-01"]),
    ],
)
def test_times_fill_the_period(grain, spans):
    frame = pd.DataFrame({grain: ["2026-03-30" if grain != "month" else "2026-03"]})

    assert times(frame, Period(date(2026, 3, 29), date(2026, 4, 1)), grain) == spans


def test_times_of_an_open_period_are_those_recorded():
    assert times(FRAME, Period(), "month") == ["2026-02", "2026-03"]


def test_what_was_not_recorded_is_not_zero(look):
    cards = {label: (shown, words) for label, shown, words in measures(look(), NOW, ())}

    assert cards["Areas treated"] == ("–", "not recorded")
    assert cards["Volume, mL"] == ("–", "not recorded")
    new, words = cards["New patients"]
    assert (new, words.startswith("no earlier period")) == ("1", True)


def test_new_patients_that_a_shared_view_leaves_out_are_not_missing(look):
    now = NOW | {"new_patients": float("nan")}
    cards = {label: (shown, words) for label, shown, words in measures(look(shared=True), now, ())}

    assert cards["New patients"] == ("–", "fewer than 5, left out")


def test_every_card_has_a_definition(look):
    assert set(definitions()) == {label for label, *_ in measures(look(), NOW, ())}


def test_no_sessions_treat_no_areas():
    assert number({"sessions": 0, "areas_treated": 0}, "areas_treated", 0) == "0"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 2, 1), date(2026, 3, 31), f"From 1 Feb 2026 to 31 Mar 2026. {WHOLE}."),
        (
            date(2026, 2, 2),
            date(2026, 3, 30),
            f"From 2 Feb 2026 to 30 Mar 2026. {WHOLE}. Hatched: Feb 2026 and Mar 2026 in part.",
        ),
        (
            date(2026, 2, 1),
            date(2026, 2, 3),
            f"From 1 Feb 2026 to 3 Feb 2026. {WHOLE}. Hatched: Feb 2026 in part.",
        ),
    ],
)
def test_the_chart_says_which_months_are_cut(draw, start, end, words):
    assert draw("sessions", period=Period(start, end)).subtitle == words


def test_parts_carry_the_catalogues_words_and_the_missing_is_named(draw):
    drawn = draw("sessions", "protocol")

    assert [(bar.name, [y for y in bar.y if y]) for bar in drawn.figure.data] == [
        ("not recorded", [4]),
        ("Tranexamic acid for melasma", [3]),
    ]


def test_overlapping_parts_have_a_row_each_and_it_is_said(draw):
    drawn = draw("patients", "protocol")

    assert [bar.yaxis for bar in drawn.figure.data] == ["y", "y2"]
    assert "Parts overlap and do not" in drawn.subtitle
