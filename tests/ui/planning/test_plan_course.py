"""A course as small months."""

from datetime import date

from mesodash.ui.planning.plan_course import months


def test_months_hold_the_sessions_on_their_days():
    found = months([date(2026, 11, 23), date(2027, 1, 4)], date(2026, 11, 22))

    assert [month["title"] for month in found] == ["November 2026", "January 2027"]
    days = [day for week in found[0]["weeks"] for day in week if day]
    assert [day["day"] for day in days] == list(range(1, 31))
    assert {day["day"]: day["sessions"] for day in days if day["sessions"]} == {23: [1]}
    assert [day["day"] for day in days if day["today"]] == [22]
    assert all(len(week) == 7 for week in found[0]["weeks"])
