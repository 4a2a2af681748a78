"""The courses page's sentence and cards."""

import pandas as pd

from mesodash.ui.review.course_views import leading, measures, most_stop

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
    assert leading(WHOLE, ENDS, STOPS) == (
        "40 courses started. Of 28 ended courses, 71 % were completed. Most who stop do so"
        " after session 1: 6 of 38 who got that far."
    )


def test_leading_of_courses_none_of_which_has_ended():
    ends, stops = ENDS.assign(ended=0), STOPS.assign(stopped=0)

    assert leading(WHOLE, ends, stops) == "40 courses started."
    assert most_stop(stops) is None
    assert most_stop(STOPS.iloc[:0]) is None


def test_unstated_plans_are_not_zero():
    cards = {label: (number, words) for label, number, words in measures(WHOLE, ENDS, WAITS)}

    assert cards["Sessions held"] == ("90", "no course says how many were planned")
    assert cards["Completed"] == ("71 %", "of 28 ended courses")
    assert cards["Usual wait for the first session"] == (
        "7 days",
        "half had begun by then; 1 course still waiting",
    )
