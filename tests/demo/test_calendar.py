"""Opening hours, seasons and growth."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from tests.conftest import TODAY


@pytest.mark.slow
def test_the_clinic_keeps_its_hours(ask):
    times = [datetime.fromisoformat(at) for (at,) in ask("SELECT held_at FROM sessions")]
    weekdays = Counter(at.weekday() for at in times)
    hours = Counter(at.hour for at in times)

    assert weekdays[6] == 0
    assert 0 < weekdays[5] < min(weekdays[day] for day in range(5))
    assert min(hours) == 9
    assert max(hours) == 18
    assert hours[13] < 0.6 * min(hours[11], hours[15])
    assert max(at.hour for at in times if at.weekday() == 5) == 13
    assert not {(at.month, at.day) for at in times} & {(12, 25), (12, 26), (1, 1)}


def test_no_practitioner_sees_two_patients_at_once(ask):
    assert ask("SELECT practitioner, held_at FROM sessions GROUP BY 1, 2 HAVING count(*) > 1") == []


def test_it_has_seasons_and_grows(ask):
    held = [
        date.fromisoformat(day)
        for (day,) in ask(
            "SELECT substr(held_at, 1, 10) FROM sessions WHERE held_at < '2026-11-22'"
        )
    ]
    months = Counter(day.month for day in held)
    years = Counter((TODAY - day).days // 366 for day in held)

    assert months[8] < 0.9 * (months[6] + months[7]) / 2
    assert years[0] > years[1] > years[2]
    assert min(held) < TODAY - timedelta(days=3 * 365 - 14)
