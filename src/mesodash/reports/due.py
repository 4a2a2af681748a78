"""Due: who should be called or booked on a day, and why. The one report of single patients.

The rules (days are counted from the day of the last held session unless said otherwise):
    next_session: an active or planned course with sessions left and none booked, once its interval
        has passed (its own, else the shortest its protocol reports; the first session is due on the
        day the course starts).
    top_up: a completed course, once its protocol's top-up time has passed without a session, a
        booking or another open course of that protocol; for a year.
    follow_up: nobody was in touch since the session; from day 7 to day 28.
    open_effect: a side effect without an end, once its promised time (else 7 days) has passed since
        the onset and 7 days since the last contact.
    late_watch: no contact since day 28; from day 28 to day 56, the window of late nodules.
A contact is a recorded follow-up after the day of the session, or a later held session.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from math import ceil
from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.counting import IMPRECISE, NO_FOLLOW_UP, ONGOING
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.filters import Filters, Period
from mesodash.reports.scope import (
    codes_below,
    held_sessions,
    narrowed,
    of_clinics,
    on_session,
    treated,
    with_course,
)

REASONS: Final = ("open_effect", "follow_up", "late_watch", "next_session", "top_up")
COLUMNS: Final = (
    "clinic_id",
    "patient",
    "course",
    "area",
    "protocol",
    "reason",
    "due_on",
    "days_overdue",
)

# The checks of domain knowledge: day 1, 2, 3, 7, 14, then weekly to day 28; late nodules in weeks
# 4 to 8 (rapidly growing mycobacteria appear after a median of 30 days).
FOLLOW_UP_FROM, FOLLOW_UP_UNTIL = 7, 28
LATE_FROM, LATE_UNTIL = 28, 56
ASK_AGAIN_AFTER = 7
TOP_UP_LISTED = 365


def due(lake: Lake, catalogue: Catalogue, filters: Filters, on: date) -> pd.DataFrame:
    """Who is due on a day, most overdue first; the period of the filters is not used.

    Columns:
        clinic_id, patient, course: the record's numbers; no course where there is none.
        area: what the last session treated, or where the effect is; codes joined by ", ".
        protocol: the protocol's code; empty where there is none.
        reason: open_effect (a side effect without an end), follow_up (nobody in touch since the
            session, day 7 to 28), late_watch (nobody in touch since day 28, day 28 to 56),
            next_session (its interval has passed, none booked) or top_up (its time has passed).
        due_on: since when.
        days_overdue: days from then to `on`, 0 or more.

    Raises:
        ReportError: unknown area.
    """
    filters = replace(filters, period=Period())
    rows = _with_areas(ask(lake, _after_sessions, catalogue, filters, on))
    effects = ask(lake, _open_effects, catalogue, filters, on).assign(reason="open_effect")
    rows = pd.concat([rows, effects], ignore_index=True)
    rows["days_overdue"] = rows["days_overdue"].astype("int64")
    rows["due_on"] = [on - timedelta(days=days) for days in rows["days_overdue"]]
    rows["course"] = rows["course"].astype("Int64")
    rows = rows.sort_values(
        ["days_overdue", "clinic_id", "patient", "reason"],
        ascending=[False, True, True, True],
        ignore_index=True,
    )
    return rows[list(COLUMNS)]


def _after_sessions(lake: Lake, catalogue: Catalogue, filters: Filters, on: date) -> Any:
    """All that is due but the open effects, one row for each area that its session treated."""
    held = held_sessions(lake, filters)
    held = held.filter(held.held_on <= ibis.literal(on))
    if filters.areas:
        inside = treated(lake, catalogue, filters).select("clinic_id", "session").distinct()
        held = on_session(held, inside)
    due = ibis.union(
        _next_session(lake, catalogue, filters, held, on),
        _top_up(lake, catalogue, filters, held, on),
        *_not_asked(lake, filters, held, on),
    )
    areas = lake.tables.treated_areas.select("clinic_id", "session", "area")
    areas = areas.semi_join(due, ["clinic_id", "session"]).distinct()
    return on_session(due, areas, "left")


def _days_since(day: Any, on: date) -> Any:
    return ibis.literal(on).delta(day, unit="day").cast("int64")


def _lookup(codes: Any, days: Iterable[tuple[str, float | None]]) -> Any:
    """Whole days by code, rounded up; empty where the catalogue has none."""
    known = [(code, ceil(value)) for code, value in days if value is not None]
    return codes.cases(*known, else_=None) if known else ibis.null("int64")


def _latest(held: Any, *unit: str) -> Any:
    """The last held session of each unit, with `number`, how many the unit has had."""
    numbered = held.mutate(
        back=ibis.row_number().over(
            group_by=list(unit), order_by=[held.held_on.desc(), held.session.desc()]
        ),
        number=held.session.count().over(group_by=list(unit)),
    )
    return numbered.filter(numbered.back == 0).drop("back")


def _booked(lake: Lake, filters: Filters, on: date) -> Any:
    """Sessions planned for `on` or later, with the protocol they follow."""
    sessions = of_clinics(lake.tables.sessions, filters)
    sessions = with_course(sessions.filter(sessions.state == "planned"), lake)
    return sessions.filter(sessions.held_on >= ibis.literal(on))


def _next_session(lake: Lake, catalogue: Catalogue, filters: Filters, held: Any, on: date) -> Any:
    courses = of_clinics(lake.tables.courses, filters)
    conditions = [courses.state.isin(("active", "planned"))]
    if filters.protocols:
        conditions.append(courses.protocol.isin(filters.protocols))
    courses = courses.filter(*conditions)
    booked = _booked(lake, filters, on).select("clinic_id", "course")
    courses = courses.anti_join(booked, ["clinic_id", "course"])
    last = _latest(held.filter(held.course.notnull()), "clinic_id", "course")  # noqa: PD004 - Ibis, not pandas
    last = last.select(
        "session", "number", "held_on", of_clinic=last.clinic_id, of_course=last.course
    )
    narrow = filters.areas or filters.practitioners  # a course without a session has neither
    joined = courses.join(
        last,
        [courses.clinic_id == last.of_clinic, courses.course == last.of_course],
        how="inner" if narrow else "left",
    )
    protocols = ((code, p.interval_days_min) for code, p in catalogue.protocols.items())
    interval = ibis.coalesce(joined.interval_days, _lookup(joined.protocol, protocols))
    joined = joined.mutate(
        days_overdue=joined.held_on.isnull().ifelse(  # noqa: PD003 - Ibis, not pandas
            _days_since(joined.started_on, on), _days_since(joined.held_on, on) - interval
        )
    )
    left = joined.planned_sessions.isnull() | (joined.number.coalesce(0) < joined.planned_sessions)  # noqa: PD003 - Ibis, not pandas
    return _overdue(joined.filter(left), "next_session")


def _top_up(lake: Lake, catalogue: Catalogue, filters: Filters, held: Any, on: date) -> Any:
    unit = ["clinic_id", "patient", "protocol"]
    every = of_clinics(lake.tables.courses, filters)
    done = (
        every.filter(every.state == "completed")
        .group_by(*unit)
        .agg(completed_course=every.course.max())
    )
    still = every.filter(every.state.isin(("active", "planned"))).select(*unit)
    done = done.anti_join(still, unit).anti_join(_booked(lake, filters, on).select(*unit), unit)
    last = _latest(held, *unit).select(*unit, "session", "held_on")
    joined = last.inner_join(done, unit)
    joined = joined.select(*unit, "session", "held_on", course="completed_course")
    protocols = ((code, p.top_up_days) for code, p in catalogue.protocols.items())
    joined = joined.mutate(
        days_overdue=_days_since(joined.held_on, on) - _lookup(joined.protocol, protocols)
    )
    return _overdue(joined.filter(joined.days_overdue <= TOP_UP_LISTED), "top_up")


def _not_asked(lake: Lake, filters: Filters, held: Any, on: date) -> list[Any]:
    """Sessions after which nobody was in touch in time: follow_up and late_watch."""
    contacts = of_clinics(lake.tables.follow_ups, filters)
    contacts = contacts.filter(contacts.contacted_on <= ibis.literal(on))
    contacts = contacts.group_by("clinic_id", "session").agg(
        contacted_on=contacts.contacted_on.max()
    )
    visits = of_clinics(lake.tables.sessions, filters)
    visits = visits.filter(visits.state == "held", visits.held_on <= ibis.literal(on))
    visits = visits.group_by(of_clinic=visits.clinic_id, of_patient=visits.patient).agg(
        visited_on=visits.held_on.max()
    )
    last = _latest(held, "clinic_id", "patient", "course")
    since = _days_since(last.held_on, on)
    last = last.mutate(since=since).filter(since >= FOLLOW_UP_FROM, since <= LATE_UNTIL)
    joined = on_session(last, contacts, "left")
    joined = joined.inner_join(
        visits, [joined.clinic_id == visits.of_clinic, joined.patient == visits.of_patient]
    )
    contact = ibis.greatest(joined.contacted_on.coalesce(joined.held_on), joined.visited_on)
    joined = joined.mutate(until=contact.delta(joined.held_on, unit="day").cast("int64"))
    early = joined.filter(joined.until <= 0, joined.since <= FOLLOW_UP_UNTIL)
    late = joined.filter(joined.until < LATE_FROM, joined.since >= LATE_FROM)
    return [
        _overdue(early.mutate(days_overdue=early.since - FOLLOW_UP_FROM), "follow_up"),
        _overdue(late.mutate(days_overdue=late.since - LATE_FROM), "late_watch"),
    ]


def _open_effects(lake: Lake, catalogue: Catalogue, filters: Filters, on: date) -> Any:
    effects = narrowed(with_course(lake.tables.side_effects, lake), filters)
    conditions = [~effects.has_end, effects.counting.isin((ONGOING, NO_FOLLOW_UP, IMPRECISE))]
    if filters.areas:
        conditions.append(effects.area.isin(codes_below(catalogue, filters.areas)))
    effects = effects.filter(*conditions)
    promises = ((code, e.promised_days) for code, e in catalogue.side_effects.items())
    wait = ibis.coalesce(_lookup(effects.effect, promises), ASK_AGAIN_AFTER)
    begun = _days_since(effects.onset_on.coalesce(effects.held_on), on) - wait
    asked = _days_since(effects.last_contact_on, on) - ASK_AGAIN_AFTER
    effects = effects.mutate(days_overdue=ibis.least(begun, asked.coalesce(begun)))
    effects = effects.filter(effects.days_overdue >= 0)
    unit = ["clinic_id", "patient", "course", "area", "protocol"]
    return effects.group_by(*unit).agg(days_overdue=effects.days_overdue.max())


_OVERDUE: Final = ("clinic_id", "patient", "course", "session", "protocol", "days_overdue")


def _overdue(table: Any, reason: str) -> Any:
    return table.filter(table.days_overdue >= 0).select(*_OVERDUE, reason=ibis.literal(reason))


def _with_areas(found: pd.DataFrame) -> pd.DataFrame:
    """The rows once each, with what their session treated (codes joined by ", ")."""
    found = found.sort_values("area").astype({"course": "Int64", "session": "Int64"})
    codes: dict[tuple[Any, Any], dict[str, None]] = {}
    for clinic_id, session, area in found[["clinic_id", "session", "area"]].dropna().to_numpy():
        codes.setdefault((clinic_id, session), {})[area] = None
    rows = found.drop_duplicates([*_OVERDUE, "reason"], ignore_index=True)
    sessions = zip(rows["clinic_id"], rows["session"], strict=True)
    rows["area"] = [
        None if pd.isna(s) else ", ".join(codes.get((c, s), ())) or None for c, s in sessions
    ]
    return rows.drop(columns="session")
