"""Numbers, dates and lengths of time, in English and in French; missing is never a zero."""

import math
import re
from datetime import UTC, date, datetime, time, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from tests.sentences import numbers_in

from mesodash.language import (
    MISSING,
    format_change,
    format_day,
    format_days,
    format_duration,
    format_interval,
    format_list,
    format_moment,
    format_month,
    format_number,
    format_percent,
    format_range,
    format_time,
    format_trimmed,
    is_missing,
    keep_units_together,
    units_together,
    use_language,
)
from mesodash.settings import PROJECT

FORMATS = (
    format_number, format_trimmed, format_change, format_percent, format_duration, format_day,
    format_moment, format_month,
)  # fmt: skip


def in_both(function, *given, **named):
    """What a function writes in English and in French, blanks made even."""
    said = []
    for code in ("en", "fr"):
        with use_language(code):
            said.append(function(*given, **named).replace("\xa0", " ").replace("\u202f", " "))
    return tuple(said)


@pytest.mark.parametrize("missing", [None, math.nan, np.float64("nan"), pd.NA, pd.NaT])
def test_missing_is_shown_as_missing(missing):
    assert {function(missing) for function in FORMATS} == {MISSING}
    assert is_missing(missing)
    assert not any(is_missing(one) for one in (0, 0.0, np.int64(0), "", date.min))


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (12345, 0, ("12 345", "12 345")),
        (1234.5, 1, ("1 234.5", "1 234,5")),
        (0.5, 2, ("0.50", "0,50")),
        (np.float64(7), 0, ("7", "7")),
        (np.int64(1070), 0, ("1 070", "1 070")),
    ],
)
def test_numbers(value, digits, said):
    assert in_both(format_number, value, digits) == said


def test_numbers_without_needless_zeros():
    assert [in_both(format_trimmed, value) for value in (4.0, 1.5, 0.02, 2000)] == [
        ("4", "4"), ("1.5", "1,5"), ("0.02", "0,02"), ("2000", "2000"),
    ]  # fmt: skip


def test_changes_have_a_true_minus_and_no_negative_zero():
    assert [in_both(format_change, value) for value in (-2.44, 1, -0.04)] == [
        ("−2.4", "−2,4"), ("+1.0", "+1,0"), ("+0.0", "+0,0"),
    ]  # fmt: skip


def test_shares_and_intervals():
    assert in_both(format_percent, 0.614) == ("61 %", "61 %")
    assert in_both(format_percent, 0.0614, 1) == ("6.1 %", "6,1 %")
    english, french = in_both(format_interval, format_percent, 0.12, 0.09, 0.16)
    assert numbers_in(english) == numbers_in(french) == [12, 9, 16]
    assert (" to " in english, " à " in french) == (True, True)
    assert in_both(format_interval, format_percent, 0.12, None, 0.16) == ("12 %", "12 %")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (6, 8, ("6–8", "6–8")),
        (1.5, 1.5, ("1.5", "1,5")),
        (None, 6, ("at most 6", "au plus 6")),
        (2, None, ("at least 2", "au moins 2")),
        (None, None, (MISSING, MISSING)),
    ],
)
def test_ranges_say_which_end_is_open(low, high, said):
    assert in_both(format_range, low, high) == said


@pytest.mark.parametrize(
    ("days", "short", "long", "in_french"),
    [
        (0, "the same day", "the same day", "le jour même"),
        (10 / 86_400, "1 min", "1 minute", "1 minute"),
        (20 / 1440, "20 min", "20 minutes", "20 minutes"),
        (0.5, "12 h", "12 hours", "12 heures"),
        (1, "1 day", "1 day", "1 jour"),
        (1.5, "1.5 days", "1.5 days", "1,5 jour"),
        (2, "2 days", "2 days", "2 jours"),
        (12.34, "12.3 days", "12.3 days", "12,3 jours"),
    ],
)
def test_a_length_of_time_and_its_plural(days, short, long, in_french):
    assert format_duration(days) == short
    assert in_both(format_duration, days, "long") == (long, in_french)


def test_no_day_is_a_number_of_days_too():
    assert [in_both(format_days, n) for n in (0, 1, 12)] == [
        ("0 days", "0 jour"), ("1 day", "1 jour"), ("12 days", "12 jours"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "style", "said"),
    [
        ("2026-09-09", "medium", ("9 Sep 2026", "9 sept. 2026")),
        ("2026-03-09T10:15", "medium", ("9 Mar 2026", "9 mars 2026")),
        ("2026-03", "medium", ("Mar 2026", "mars 2026")),
        ("2026", "medium", ("2026", "2026")),
        (date(2026, 12, 1), "long", ("1 December 2026", "1er décembre 2026")),
        (date(2026, 2, 3), "weekday", ("Tue 3 Feb 2026", "mar. 3 févr. 2026")),
        (datetime(2026, 9, 1, 8, tzinfo=UTC), "weekday", ("Tue 1 Sep 2026", "mar. 1er sept. 2026")),
    ],
)  # fmt: skip
def test_a_day_keeps_its_precision(value, style, said):
    assert in_both(format_day, value, style) == said


def test_months():
    assert in_both(format_month, "2026-08") == ("August 2026", "août 2026")
    assert in_both(format_month, date(2026, 8, 31)) == ("August 2026", "août 2026")


def test_times_of_day():
    assert in_both(format_time, time(9, 5)) == ("09:05", "09 h 05")
    assert in_both(format_time, time(9, 5), "spoken") == ("9:05", "9 h 05")


def test_a_moment_has_its_time_where_it_is_known():
    said = [format_moment(one) for one in ("2026-03-09T10:15", "2026-03-09", "2026")]
    assert said == ["9 Mar 2026, 10:15", "9 Mar 2026", "2026"]


def test_a_moment_is_told_where_it_is_read():
    at = datetime(2026, 11, 22, 23, 5, tzinfo=UTC)

    assert format_moment(at, UTC) == "22 Nov 2026, 23:05"
    assert format_moment(at, timezone(timedelta(hours=1))) == "23 Nov 2026, 00:05"


def test_lists():
    assert [in_both(format_list, parts) for parts in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        ("", ""), ("a", "a"), ("a and b", "a et b"), ("a, b and c", "a, b et c"),
    ]  # fmt: skip


def test_a_number_does_not_part_from_its_unit():
    kept = "1_070_more (+12_%) in 12_days, 4_mm and 2_mL; 5 of 9 in 90_min"

    assert keep_units_together(kept.replace("_", " ")) == kept.replace("_", "\xa0")


@pytest.mark.parametrize(
    "kept",
    [
        "10_mg/~mL", "at most 4.5_mg/~kg", "a 30_G needle, 4_mm", "{ml}_mL of {of}_mL", "20_µL",
        "4_×_4_cm", "1_U/~mL and 3_IU", "2_mg/~cm²", "45_° in", "6_h", "1_MHz", "5 or 9",
        "yes/no", "1/2", "B/C, N", "100_µg", "(SD_0.6), n_41",
    ],
)  # fmt: skip
def test_units_of_the_catalogue_stay_with_their_numbers(kept):
    plain = kept.replace("_", " ").replace("~", "")
    assert keep_units_together(plain) == kept.replace("_", "\xa0").replace("~", "\u2060")


def test_no_figure_of_the_catalogue_parts_from_a_unit_of_one_or_two_letters():
    """Every `number unit` of the shipped texts whose unit is short is kept, or is a plain word."""
    words = {
        "at",
        "by",
        "in",
        "is",
        "of",
        "on",
        "or",
        "to",
        "as",
        "x",
        "vs",
        "a",
        "c",
        "id",
        "if",
        "it",
    }
    found, parted = 0, set()
    for path in sorted((PROJECT / "data" / "catalogue").glob("*.csv")):
        text = keep_units_together(path.read_text(encoding="utf-8"))
        found += len(re.findall(r"\d\xa0[^\W\d]{1,2}(?![^\W\d])", text))
        parted |= set(re.findall(r"\d ([^\W\d]{1,2})(?![^\W\d])", text))
    assert found > 200
    assert parted <= words


def test_every_text_within_is_kept_together():
    assert units_together({"a b": ["4 mm", ("2 mL", 3)], "n": None}) == {
        "a b": ["4\xa0mm", ["2\xa0mL", 3]],
        "n": None,
    }
