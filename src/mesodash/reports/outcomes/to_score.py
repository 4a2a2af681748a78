"""Courses whose result is to be scored on a day, by the time at which their protocol was judged.

The same rule in Python, for one course: `mesodash.catalogue.assessing`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis

from mesodash.catalogue.assessing import EARLY_DAYS
from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.lake.parameters import as_day
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.selection import of_clinics
from mesodash.reports.outcomes.worst_case import FOLLOW_UP_WINDOW


def to_score(
    lake: Lake, catalogue: Catalogue, filters: Filters, held: Any, booked: Any, on: date
) -> list[Any]:
    """The courses that wait for a score, one expression for each session the days count from.

    Args:
        lake: the tables.
        catalogue: its assessments say when.
        filters: clinics and protocols count here.
        held: the held sessions to look at, up to `on`.
        booked: clinic_id and course of sessions planned for `on` or later.
        on: the day.

    Returns:
        clinic_id, patient, course, session (from which the days count), protocol, days_overdue
        (0 or more) and closes_in (days until no score counts any more, 0 or more).
    """
    courses = of_clinics(lake.tables.courses, filters)
    if filters.protocols:
        courses = courses.filter(courses.protocol.isin(filters.protocols))
    courses = courses.select(
        "clinic_id", "patient", "course", "protocol", "state", "planned_sessions"
    )
    waiting = []
    for name, sessions in _counted(held):
        codes = {
            one.protocol: (one.from_day, one.to_day)
            for one in catalogue.assessments.values()
            if one.counted_from == name
        }
        if not codes:
            continue
        joined = courses.filter(courses.protocol.isin(list(codes))).inner_join(
            sessions, ["clinic_id", "course"]
        )
        if name == "last_session":
            full = (joined.number >= joined.planned_sessions).fill_null(False)
            joined = joined.filter(joined.state.isin(("completed", "stopped")) | full)
            joined = joined.anti_join(booked, ["clinic_id", "course"])
        waiting.append(_waiting(lake, filters, joined, codes, on))
    return waiting


def _counted(held: Any) -> Iterator[tuple[str, Any]]:
    """The first, the second and the last held session of each course, with `number` held so far."""
    ours = held.filter(held.course.notnull())
    by = ["clinic_id", "course"]
    numbered = ours.mutate(
        place=ibis.row_number().over(group_by=by, order_by=[ours.held_on, ours.session]),
        number=ours.session.count().over(group_by=by),
        last_on=ours.held_on.max().over(group_by=by),
    )
    for name, place in (("first_session", 0), ("second_session", 1)):
        yield name, _one(numbered.filter(numbered.place == place))
    yield "last_session", _one(numbered.filter(numbered.place == numbered.number - 1))


def _one(sessions: Any) -> Any:
    return sessions.select(
        "clinic_id", "course", "session", "number", "last_on", start_on=sessions.held_on
    )


def _waiting(
    lake: Lake, filters: Filters, joined: Any, codes: dict[str, tuple[int, int]], on: date
) -> Any:
    """Those that are due, have no score of their time yet, and whose time has not closed."""
    scores = of_clinics(lake.tables.outcomes, filters)
    scores = scores.filter(
        scores.measured_on <= as_day(on), (scores.timing != "baseline").fill_null(True)
    )
    of_course = scores.filter(scores.course.notnull())
    of_course = of_course.group_by(a_clinic="clinic_id", a_course="course").agg(
        scored_on=scores.measured_on.max()
    )
    of_nobody = scores.filter(scores.course.isnull())
    of_nobody = of_nobody.group_by(b_clinic="clinic_id", b_patient="patient").agg(
        told_on=scores.measured_on.max()
    )
    joined = joined.left_join(
        of_course,
        [joined.clinic_id == of_course.a_clinic, joined.course == of_course.a_course],
    )
    joined = joined.left_join(
        of_nobody,
        [joined.clinic_id == of_nobody.b_clinic, joined.patient == of_nobody.b_patient],
    )
    first = joined.protocol.cases(*((code, days[0]) for code, days in codes.items()), else_=None)
    last = joined.protocol.cases(*((code, days[1]) for code, days in codes.items()), else_=None)
    since = as_day(on).delta(joined.start_on, unit="day").cast("int64")
    since_last = as_day(on).delta(joined.last_on, unit="day").cast("int64")
    joined = joined.mutate(
        days_overdue=since - first,
        closes_in=ibis.greatest(FOLLOW_UP_WINDOW - since_last, last - since),
        early=ibis.greatest(first - EARLY_DAYS, 0),
        scored_after=ibis.greatest(
            _days(joined.scored_on, joined.start_on), _days(joined.told_on, joined.start_on)
        ),
    )
    settled = (joined.scored_after >= joined.early).fill_null(False)
    return joined.filter(joined.days_overdue >= 0, joined.closes_in >= 0, ~settled)


def _days(later: Any, earlier: Any) -> Any:
    """Days between two dates; before all of them where the later one is missing."""
    return later.delta(earlier, unit="day").cast("int64").coalesce(-1)
