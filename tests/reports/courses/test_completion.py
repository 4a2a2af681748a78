"""How courses end, recounted in plain Python; the curves against lifelines."""

from collections import Counter, defaultdict
from datetime import date

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.reader import Reader
from mesodash.reports.courses.completion import (
    COMPLETION_COLUMNS,
    FIRST_SESSION_TYPES,
    STOPPING_TYPES,
)
from mesodash.reports.stats.survival import kaplan_meier


def held_of(rows):
    held = defaultdict(list)
    for session in rows.sessions:
        if session.state == "held":
            held[session.course].append(session)
    return held


def test_completion_recounted_by_protocol(reader, rows):
    frame = reader.report("completion")
    assert list(frame.columns) == ["protocol", *COMPLETION_COLUMNS]
    for row in frame.itertuples():
        states = Counter(c.state for c in rows.courses if c.protocol == row.protocol)
        ended = states["completed"] + states["stopped"]
        assert (row.courses, row.ended, row.completed) == (
            states.total(),
            ended,
            states["completed"],
        )
        assert row.open == states.total() - ended
        assert row.completed_share == pytest.approx(cumulative(rows, row.protocol), abs=1e-12)
        assert 0 < row.completed_low < row.completed_share < row.completed_high < 1


def cumulative(rows, protocol):
    """The share that comes to be completed, session number by session number."""
    number = Counter(s.course for s in rows.sessions if s.state == "held")
    courses = [(number[c.id], c.state) for c in rows.courses if c.protocol == protocol]
    left, total = 1.0, 0.0
    for at in sorted({held for held, _ in courses}):
        risk = sum(held >= at for held, _ in courses)
        done, gone = (
            sum(held == at and state == end for held, state in courses)
            for end in ("completed", "stopped")
        )
        total += left * done / risk
        left *= 1 - (done + gone) / risk
    return total


def test_running_courses_count_as_far_as_they_have_come(empty_clinic, catalogue):
    """Twelve of six sessions completed, one stopped at its second, nine begun last month.

    Of those that ended, most are the early stoppers, until the others had time to be completed.
    """
    with writing(empty_clinic, DEMO) as change:
        number = 0
        for course in range(1, 23):
            state = "completed" if course <= 3 else "stopped" if course <= 5 else "active"
            change.db["patients"].insert(
                {"id": course, "patient_id": f"P{course}", "sex": "female"}
            )
            change.db["courses"].insert(
                {"id": course, "course_id": f"C{course}", "patient": course, "state": state,
                 "indication": "melasma", "protocol": "melasma_txa", "started_on": "2024-01-01"}
            )  # fmt: skip
            held = {"completed": 4, "stopped": 1}.get(state, 1 + course % 3)
            for one in range(held):
                number += 1
                change.db["sessions"].insert(
                    {"id": number, "session_id": f"S{number}", "patient": course,
                     "course": course, "held_at": f"2024-0{1 + one}-01", "state": "held"}
                )  # fmt: skip
        change.log("import", "sessions")
    (row,) = Reader(empty_clinic, catalogue).report("completion").to_dict("records")
    assert (row["courses"], row["ended"], row["completed"], row["open"]) == (22, 5, 3, 17)
    # Two of 22 stop at the first session; whoever comes to the fourth completes.
    assert row["completed_share"] == pytest.approx(20 / 22)
    assert row["completed_share"] > 3 / 5


def test_completion_by_who_held_the_first_session(reader, rows):
    held = held_of(rows)
    names = {1: "dr-1", 2: "dr-2", 3: "dr-3", None: None}
    first = {
        c.id: names[min(held[c.id], key=lambda s: (s.held_on, s.id)).practitioner]
        if held[c.id]
        else None
        for c in rows.courses
    }
    frame = reader.report("completion", by=("practitioner",))
    expected = Counter(first.values())
    found = {None if r.practitioner != r.practitioner else r.practitioner: r.courses
             for r in frame.itertuples()}  # fmt: skip
    assert found == dict(expected)


def test_stopping_against_lifelines(reader, rows):
    frame = reader.report("stopping")
    assert list(frame.columns) == list(STOPPING_TYPES)
    held = held_of(rows)
    numbers = np.array([len(held[c.id]) for c in rows.courses])
    stopped = np.array([c.state == "stopped" for c in rows.courses])
    oracle = KaplanMeierFitter().fit(numbers, stopped)
    survival = oracle.survival_function_.to_numpy().ravel()
    places = np.searchsorted(oracle.survival_function_.index, frame["after_session"])
    np.testing.assert_allclose(frame["going_on"], survival[places], atol=1e-12)
    by_patient = kaplan_meier(numbers, stopped, ~stopped, [c.patient for c in rows.courses])
    np.testing.assert_allclose(frame["going_on_low"], by_patient.low[places], atol=1e-12)
    np.testing.assert_allclose(frame["going_on_high"], by_patient.high[places], atol=1e-12)
    # Negative control: lifelines takes each course for another patient's.
    bounds = oracle.confidence_interval_.to_numpy()[places]
    assert np.abs(frame["going_on_low"] - bounds[:, 0]).max() > 1e-4
    assert frame["at_risk"].tolist() == [int((numbers >= k).sum()) for k in frame["after_session"]]
    assert frame["stopped"].sum() == stopped.sum()
    assert frame[["stopped", "completed", "open"]].sum().sum() == len(rows.courses)


def test_open_courses_counted_as_stopped_would_show(reader, rows):
    """Negative control: a plain share of all courses is not the curve."""
    frame = reader.report("stopping")
    plain = 1 - frame["stopped"].cumsum() / len(rows.courses)
    assert (plain - frame["going_on"]).abs().max() > 0.01


def test_first_session_against_lifelines(reader, rows):
    frame = reader.report("first_session", by=())
    assert list(frame.columns) == list(FIRST_SESSION_TYPES)
    (row,) = frame.to_dict("records")
    held = held_of(rows)
    until = max(s.held_on for s in rows.sessions if s.state == "held")
    days, begun, who = [], [], []
    for course in rows.courses:
        start = date.fromisoformat(course.started_on)
        if held[course.id]:
            first = min(s.held_on for s in held[course.id])
            days.append(max((first - start).days, 0))
        elif course.state == "stopped":
            continue
        else:
            days.append(max((until - start).days, 0))
        begun.append(bool(held[course.id]))
        who.append(course.patient)
    oracle = KaplanMeierFitter().fit(days, begun)
    assert row["courses"] == len(rows.courses)
    assert row["started"] == sum(begun)
    assert row["waiting"] == len(begun) - sum(begun)
    assert row["gave_up"] == len(rows.courses) - len(begun)
    assert row["median_days"] == oracle.median_survival_time_
    by_patient = kaplan_meier(days, begun, np.logical_not(begun), who)
    assert (row["median_low"], row["median_high"]) == by_patient.median()[1:]
    assert row["started_by_14d"] == pytest.approx(1 - oracle.predict(14), abs=1e-12)


def test_the_period_is_that_of_the_start(reader, rows):
    period = Period(date(2024, 6, 1), date(2024, 12, 31))
    inside = [
        c for c in rows.courses if period.start <= date.fromisoformat(c.started_on) <= period.end
    ]
    for name in ("completion", "first_session"):
        assert reader.report(name, Filters(period), ()).loc[0, "courses"] == len(inside), name
    assert reader.report("stopping", Filters(period)).loc[0, "at_risk"] == len(inside)


def test_one_who_waits_is_not_forgotten(empty_clinic, catalogue):
    with writing(empty_clinic, DEMO) as change:
        change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
        for number, (state, first) in enumerate(
            [("active", "2024-01-11"), ("active", None), ("stopped", None)], start=1
        ):
            change.db["courses"].insert(
                {
                    "id": number,
                    "course_id": f"C{number}",
                    "patient": 1,
                    "indication": "melasma",
                    "protocol": "melasma_txa",
                    "started_on": "2024-01-01",
                    "state": state,
                }
            )
            if first:
                change.db["sessions"].insert(
                    {
                        "session_id": f"S{number}",
                        "patient": 1,
                        "course": number,
                        "held_at": first,
                        "state": "held",
                    }
                )
        change.log("import", "courses")
    (row,) = Reader(empty_clinic, catalogue).report("first_session", by=()).to_dict("records")
    assert (row["started"], row["waiting"], row["gave_up"]) == (1, 1, 1)
    assert row["median_days"] == 10  # half of the two who are not given up
    assert row["started_by_7d"] == 0.0
