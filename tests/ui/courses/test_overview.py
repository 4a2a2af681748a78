"""The courses page's sentence and cards."""

import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.ui.courses import overview
from mesodash.ui.courses.overview import leading, measures, most_stop

WHOLE = {
    "courses": 40,
    "stopped": 8,
    "active": 12,
    "sessions_planned": pd.NA,
    "sessions_held": 90,
}
ENDS = pd.DataFrame([{"ended": 28, "completed_share": 20 / 28}])
STOPS = pd.DataFrame({"after_session": [0, 1, 2], "stopped": [0, 6, 2], "at_risk": [40, 38, 20]})
WAITS = pd.DataFrame([{"median_days": 7.0, "waiting": 1}])


def test_leading_says_where_most_stop():
    # Courses started, ended, per cent completed; after session 1 stop 6 of 38.
    assert numbers_in(leading(WHOLE, ENDS, STOPS)) == [40, 28, 71, 1, 6, 38]


def test_leading_of_courses_none_of_which_has_ended():
    ends, stops = ENDS.assign(ended=0), STOPS.assign(stopped=0)

    assert leading(WHOLE, ends, stops) == "40 courses started."
    assert most_stop(stops) is None
    assert most_stop(STOPS.iloc[:0]) is None


def test_unstated_plans_are_not_zero():
    cards = {label: (number, words) for label, number, words in measures(WHOLE, ENDS, WAITS)}

    numbers = {label: (number, numbers_in(words)) for label, (number, words) in cards.items()}
    assert numbers["Sessions held"] == ("90", [])  # no plan to compare with
    assert numbers["Completed in the end"] == ("71 %", [28])
    assert numbers["Usual wait for the first session"] == ("7 days", [1])


@pytest.mark.parametrize(
    ("past", "words"),
    [(-34, "34 days early"), (0.0, "on time"), (1, "1 day late"), (float("nan"), "–")],
)
def test_days_past_what_was_meant(past, words):
    assert overview.deviation_words(past) == words


@pytest.mark.parametrize(("length", "words"), [(0.0, "none"), (7, "7 days"), (None, "–")])
def test_who_began_on_the_day_itself_did_not_wait(length, words):
    assert overview.wait_words(length) == words


def test_stopped_says_how_many_after_which_session():
    said, stopped = overview.stopped_cell({"dropped_after": {1: 3, 4: 6}})
    assert (numbers_in(said), stopped) == ([3, 1, 6, 4], 9)
    assert overview.stopped_cell({"dropped_after": {}}) == ("–", 0)


def test_a_shared_view_shows_no_few_who_stopped():
    assert overview.large_counts({1: 3, 4: 6}) == {4: 6}
