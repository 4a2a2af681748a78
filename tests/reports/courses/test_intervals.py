"""Intervals kept and top-ups, recounted in plain Python."""

import statistics
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from tests.reports.by_patient import design_effect, share_of

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.reader import Reader
from mesodash.reports.courses.intervals import GAPS_TYPES, TOP_UP_TYPES
from mesodash.reports.stats.survival import kaplan_meier


def gaps_of(rows, protocol):
    held = defaultdict(list)
    for session in rows.sessions:
        if session.state == "held":
            held[session.course].append(session.held_on)
    return [
        (course, (later - earlier).days)
        for course in rows.courses
        if course.protocol == protocol
        for earlier, later in pairwise(sorted(held[course.id]))
    ]


def outside(gap, low, high):
    return gap - high if gap > high else gap - low if gap < low else 0


@pytest.mark.parametrize("protocol", ["cellulite_caffeine", "melasma_txa", "pcdc"])
def test_gaps_recounted(reader, rows, catalogue, protocol):
    frame = reader.report("gaps")
    assert list(frame.columns) == ["protocol", *GAPS_TYPES]
    row = frame.set_index("protocol").loc[protocol]
    gaps = gaps_of(rows, protocol)
    known = catalogue.protocols.get(protocol)
    plan = (known.interval_days_min, known.interval_days_max) if known else None
    judged = [
        (gap, (course.interval_days,) * 2 if course.interval_days else plan)
        for course, gap in gaps
        if course.interval_days or plan
    ]
    deviations = [outside(gap, *span) for gap, span in judged]
    assert row["gaps"] == len(gaps)
    assert row["judged"] == len(judged) > 0
    assert row["within"] == deviations.count(0)
    who = [course.patient for course, _ in gaps if course.interval_days or plan]
    kept = [days == 0 for days in deviations]
    shares = [row[name] for name in ("within_share", "within_low", "within_high")]
    assert shares == pytest.approx(share_of(who, kept), abs=1e-12)
    assert row["design_effect"] == pytest.approx(design_effect(who, kept), rel=1e-9)
    assert row["within_week"] == sum(abs(d) <= 7 for d in deviations) / len(judged)
    assert row["deviation_median"] == statistics.median_low(deviations)
    assert row["gap_median"] == statistics.median_low([gap for _, gap in gaps])
    assert row["planned_low"] == min(low for _, (low, _) in judged)
    assert row["planned_high"] == max(high for _, (_, high) in judged)


def insert(change, table, **row):
    change.db[table].insert(row)


@pytest.fixture
def topped(empty_clinic, catalogue):
    """Three completed courses of hair_duta (top-up after 90 days): late, never, not yet due."""
    with writing(empty_clinic, DEMO) as change:
        for n, last, again in (
            (1, date(2024, 1, 10), date(2024, 4, 20)),
            (2, date(2024, 1, 20), None),
            (3, date(2024, 6, 1), None),
        ):
            insert(change, "patients", id=n, patient_id=f"P{n}", sex="male")
            insert(
                change, "courses", id=n, course_id=f"C{n}", patient=n, indication="hair_aga_m",
                protocol="hair_duta", started_on="2024-01-01", state="completed",
            )  # fmt: skip
            for k, (day, course) in enumerate(((last, n), (again, None))):
                if day:
                    insert(
                        change, "sessions", session_id=f"S{n}-{k}", patient=n, course=course,
                        protocol="hair_duta", held_at=day.isoformat(), state="held",
                    )  # fmt: skip
        insert(
            change, "sessions", session_id="S9", patient=1, protocol="melasma_txa",
            held_at="2024-07-01", state="held",
        )  # fmt: skip
        change.log("import", "sessions")
    return Reader(empty_clinic, catalogue)


def test_top_ups_due_and_made(topped):
    frame = topped.report("top_ups")
    assert list(frame.columns) == ["protocol", *TOP_UP_TYPES]
    (row,) = frame.to_dict("records")
    assert (row["protocol"], row["due"], row["made"]) == ("hair_duta", 2, 1)
    # Patient 2 was due on 19 April, and the record ends on 1 July: 73 days, and still running.
    assert row["waiting"] == 1
    curve = kaplan_meier([11, 73], [1, 0], [0, 1], [1, 2])
    shares = [row[name] for name in ("made_share", "made_low", "made_high")]
    assert shares == pytest.approx(curve.resolved_by(73), abs=1e-12)
    assert shares[0] == 0.5
    due_on = date(2024, 1, 10) + timedelta(days=90)
    assert row["median_days_late"] == (date(2024, 4, 20) - due_on).days == 11


def test_the_period_is_that_of_the_due_day(topped):
    only = Filters(Period(date(2024, 4, 15), date(2024, 4, 30)))
    assert topped.report("top_ups", only, ()).loc[0, ["due", "made"]].tolist() == [1, 0]


def test_a_session_of_another_protocol_is_no_top_up(topped):
    # Patient 1 came on 1 July too, for something else; without S1-1 nothing was topped up.
    with writing(topped.db, DEMO) as change:
        change.db.execute("UPDATE sessions SET state = 'cancelled' WHERE session_id = 'S1-1'")
        change.log("update", "sessions")
    row = topped.report("top_ups").loc[0]
    assert (row["made"], row["made_share"], row["waiting"]) == (0, 0, 2)


def test_a_due_that_still_runs_is_no_top_up_missed(topped):
    """Of two due one came after 11 days; another, due for 5 days only, takes nothing from it."""
    with writing(topped.db, DEMO) as change:
        change.db.execute("UPDATE sessions SET held_at = '2024-03-28' WHERE session_id = 'S2-0'")
        change.log("update", "sessions")
    (row,) = topped.report("top_ups").to_dict("records")
    assert (row["due"], row["made"], row["waiting"]) == (2, 1, 1)
    assert row["made_share"] == 1 > row["made"] / row["due"]  # due on 26 June, record to 1 July
