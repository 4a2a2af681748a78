"""Cover over time: which sessions are compared, over how many days, patient by patient."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from mesodash.reports.signals.changed_cover import begin_of, cover_of, days_to_ask

DAYS = np.arange(1, 101)


@pytest.mark.parametrize(
    ("begin", "days"),
    [
        (1, 28),  # half of all were held 49 days ago or more
        (61, 19),  # ages 0 to 39, of which half had 19 or more
        (99, 2),  # never less
        (500, 28),  # nothing held since
    ],
)
def test_both_sides_have_as_many_days(begin, days):
    assert days_to_ask(DAYS, np.ones(100, int), begin, 100, 28) == days


def test_the_sessions_come_before_what_follows_them():
    first = date(2024, 5, 1)
    assert begin_of(date(2025, 3, 1), 0.0, first) == date(2025, 3, 1)
    assert begin_of(date(2025, 3, 1), 30.0, first) == date(2025, 1, 30)
    assert begin_of(date(2024, 6, 1), 60.0, first) is None


def sums(asked, heard, patients):
    """Of so many patients with as many sessions each, since a day and before it alike."""
    each, told = asked / patients, heard / patients
    squares = (patients * told**2, patients * told * each, patients * each**2)
    return pd.DataFrame(
        [["c", "p", 2 * patients, asked * 2, heard + asked // 4, *squares, patients, asked, heard,
          *squares]],
        columns=["clinic_id", "protocol", "patients", "asked", "heard", "hh", "ha", "aa",
                 "patients_since", "asked_since", "heard_since", "hh_since", "ha_since",
                 "aa_since"],
    )  # fmt: skip


def none_ill():
    return pd.DataFrame(columns=["kept", "asked", "heard", "asked_since", "heard_since"])


def test_sessions_with_the_effect_are_left_out():
    ill = pd.DataFrame({"kept": ["p"], "asked": [12], "heard": [12], "asked_since": [8],
                        "heard_since": [8]})  # fmt: skip
    cover = cover_of(sums(100, 75, 50), ill)
    assert (cover.n, cover.share) == (92, 67 / 92)
    assert cover.other_share == (25 - 4) / (100 - 4)
    assert cover.difference == 1


def test_a_difference_within_chance_is_none():
    assert cover_of(sums(8, 4, 8), none_ill()).difference == 0
    assert cover_of(sums(400, 200, 200), none_ill()).difference == 1
