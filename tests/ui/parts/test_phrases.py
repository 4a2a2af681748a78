"""Numbers and dates in words: missing is never a zero."""

import math

import pandas as pd
import pytest

from mesodash.ui.parts import phrases


@pytest.mark.parametrize("missing", [None, math.nan, pd.NA, pd.NaT])
def test_missing_is_shown_as_missing(missing):
    shown = {word(missing) for word in phrases.FILTERS.values()}

    assert shown == {phrases.MISSING}


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (20 / 1440, "20 min"),
        (0, "the same day"),
        (10 / 86_400, "1 min"),
        (0.5, "12 h"),
        (1, "1 day"),
        (2, "2 days"),
        (3.25, "3.2 days"),
    ],
)
def test_duration(days, words):
    assert phrases.duration(days) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-03-09", "9 Mar 2026"),
        ("2026-03-09T10:15", "9 Mar 2026"),
        ("2026-03", "Mar 2026"),
        ("2026", "2026"),
    ],
)
def test_day_keeps_its_precision(value, words):
    assert phrases.day(value) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (6, 8, "6–8"),
        (4, 4, "4"),
        (None, 6, "at most 6"),
        (2, None, "at least 2"),
        (None, None, "–"),
    ],
)
def test_between(low, high, words):
    assert phrases.between(low, high) == words


def test_numbers():
    assert phrases.number(12345) == "12 345"
    assert phrases.signed(-2.44) == "−2.4"
    assert phrases.signed(1) == "+1.0"
    assert phrases.signed(-0.04) == "+0.0"
    assert phrases.percent(0.614) == "61 %"
    assert phrases.plain(0.02) == "0.02"
    assert phrases.plain(4.0) == "4"


def test_a_moment_has_its_time_of_day_where_it_is_known():
    found = [phrases.moment(one) for one in ("2026-03-09T10:15", "2026-03-09", "2026", None)]
    assert found == ["9 Mar 2026, 10:15", "9 Mar 2026", "2026", phrases.MISSING]


def test_the_days_of_a_sentence_are_said_as_people_say_them():
    said = phrases.days_in("Was 2026-03-09, is 2026-03-10T09:30; no. 12-34.")
    assert said.split("; ") == ["Was 9 Mar 2026, is 10 Mar 2026, 09:30", "no. 12-34."]


def test_a_code_that_was_never_offered_stays_itself():
    word = phrases.wording({"a": "Apple", None: "Nothing"})

    assert [word(code) for code in ("a", None, "forged", 7)] == ["Apple", "Nothing", "forged", "7"]


def test_options_that_would_be_called_the_same_are_numbered():
    told = phrases.distinct({"a": "Monday", "b": "Tuesday", "c": "Monday"})

    assert told == {"a": "Monday (1 of 2)", "b": "Tuesday", "c": "Monday (2 of 2)"}


def test_numbers_are_not_torn_at_their_blank():
    kept = "In 2026 1_070 more (+12_%) than 5 of 9 days"

    assert phrases.unbroken(kept.replace("_", " ")) == kept.replace("_", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.004, "0.4 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0.5, "50 %"), (float("nan"), "–")],
)
def test_small_shares_keep_a_decimal(share, words):
    assert phrases.exact_percent(share) == words
