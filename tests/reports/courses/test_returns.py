"""Who came back in time, recounted in plain Python from the record's own rows."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.courses.returns import TYPES


def recounted(rows, catalogue, period, protocol=None):
    """(due, waiting, judged, returned) by hand."""
    held = defaultdict(list)
    for session in rows.sessions:
        if session.state == "held":
            held[session.course].append(session.held_on)
    ends = max(day for days in held.values() for day in days)
    due = waiting = judged = returned = 0
    for course in rows.courses:
        known = catalogue.protocols.get(course.protocol)
        usual = known and (known.interval_days_max or known.interval_days_min)
        wait = course.interval_days or usual
        if not wait or not course.planned_sessions or (protocol and course.protocol != protocol):
            continue
        days = [*sorted(held[course.id]), None]
        for place, (day, following) in enumerate(pairwise(days), 1):
            due_on = day + timedelta(days=round(wait))
            if place >= course.planned_sessions or not period.start <= due_on <= period.end:
                continue
            came = following is not None and (following - due_on).days <= 7
            ripe = (ends - due_on).days > 7
            due += 1
            waiting += not came and not ripe
            judged += ripe
            returned += came and ripe
    return due, waiting, judged, returned


@pytest.mark.parametrize("days", [(-4000, 400), (-120, -60), (-10, 60)])
def test_returns_recounted(reader, rows, catalogue, days):
    """Of all time, of months that are long over, and of days that the record has not reached."""
    ends = max(session.held_on for session in rows.sessions if session.state == "held")
    period = Period(*(ends + timedelta(days=n) for n in days))
    frame = reader.report("returns", Filters(period=period), ())
    assert list(frame.columns) == list(TYPES)
    row = frame.iloc[0]

    counts = tuple(int(row[name]) for name in ("due", "waiting", "judged", "returned"))

    assert counts == recounted(rows, catalogue, period)
    assert counts[0] > 0
    if counts[2]:
        assert row["returned_share"] == counts[3] / counts[2]
        assert row["returned_low"] <= row["returned_share"] <= row["returned_high"]


def test_returns_by_protocol(reader, rows, catalogue):
    period = Period(date(2000, 1, 1), date(2100, 1, 1))
    frame = reader.report("returns", Filters(period=period)).set_index("protocol")
    assert len(frame) == 3
    for protocol in frame.index:
        counts = tuple(
            int(frame.loc[protocol, name]) for name in ("due", "waiting", "judged", "returned")
        )
        assert counts == recounted(rows, catalogue, period, protocol)
