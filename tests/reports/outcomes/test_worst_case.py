"""The bounds of responder rates, recounted in plain Python."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.outcomes.worst_case import FOLLOW_UP_WINDOW

PERIODS = [Period(), Period(date(2024, 9, 1), date(2025, 3, 31))]


def recounted(rows, period):
    """(protocol, scale) -> courses whose window closed in the period and that tell nothing."""
    held, days = defaultdict(list), defaultdict(lambda: defaultdict(set))
    for session in rows.sessions:
        if session.state == "held":
            held[session.course].append(session.held_on)
    until = max(day for own in held.values() for day in own)
    for one in rows.outcomes:
        day = date.fromisoformat(one.measured_on)
        if period.end is None or day <= period.end:
            days[one.course][one.scale].add(day)
    unscored, once = Counter(), Counter()
    for course, own in held.items():
        closed = max(own) + timedelta(days=FOLLOW_UP_WINDOW)
        if closed >= until or (period.start and not period.start <= closed <= period.end):
            continue
        protocol = rows.course[course].protocol
        if not days[course]:
            unscored[protocol] += 1
        for scale, measured in days[course].items():
            if len(measured) == 1 and scale != "gais":  # which states a change itself
                once[protocol, scale] += 1
    return unscored, once


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_who_is_missing_from_a_rate(reader, rows, period):
    unscored, once = recounted(rows, period)
    told = 0
    for row in reader.outcomes(Filters(period)).itertuples():
        missing = unscored[row.protocol] + once[row.protocol, row.scale]
        assert row.missing == missing
        if row.responder_rate == row.responder_rate:
            everyone = row.patients + missing
            assert row.rate_worst == pytest.approx(row.responders / everyone)
            assert row.rate_best == pytest.approx((row.responders + missing) / everyone)
            assert row.rate_worst <= row.responder_rate <= row.rate_best
            told += missing
    assert told > 0


def test_over_all_protocols_they_add_up(reader, rows):
    unscored, once = recounted(rows, Period())
    for row in reader.outcomes(by=("scale",)).itertuples():
        of_scale = sum(n for (_, scale), n in once.items() if scale == row.scale)
        assert row.missing == sum(unscored.values()) + of_scale


def test_by_area_nobody_is_known_to_be_missing(reader):
    frame = reader.outcomes(by=("area", "scale"))
    assert len(frame) > 0
    assert frame[["missing", "rate_worst", "rate_best"]].isna().all().all()
