"""Due: who should be called or booked on a day, and why. The one report of single patients.

It is a worklist: first the window that closes first (`closes_on`), of those the serious and then
the more severe effect, then what has been due longest. Side effects that have been due for more
than `OLD_AFTER` days come last: hardly anybody remembers the day on which they ended.

The rules (days are counted from the day of the last held session unless said otherwise):
    next_session: an active or planned course with sessions left and none booked, once its interval
        has passed (its own, else the shortest its protocol reports; the first session is due on the
        day the course starts).
    top_up: a completed course, once its protocol's top-up time has passed without a session, a
        booking or another open course of that protocol; for a year.
    follow_up: nobody was in touch since the session; from day 7 to the last day on which to ask
        for anything (follow_ups.csv: day 28).
    open_effect: a side effect without an end, once the time that its protocol's source gives, else
        the founding text promises (else 7 days), has passed since the onset and 7 days since the
        last contact.
    late_watch: no contact since a window for late effects opened, while it is open (follow_ups.csv:
        weeks 4 to 8, when most lumps appear; to week 29, as mycobacteria may take so long).
    score: a course has no score yet of the time at which its protocol was judged
        (assessments.csv: so many days after its first, second or last session; a week early
        counts). A protocol of which no source says when has none.
Who died or left is not due.
A window closes, by reason: follow_up and late_watch on their last day; top_up after its year;
score 90 days after the last session, or when its source judged last where that is later;
open_effect on the day from which side_effects.csv wants a doctor to look (alert_after_days after
the onset, else the last day on which to ask for anything), and once that has passed on the day
asked about; next_session and old side effects never.
A contact is a recorded follow-up after the day of the session, or a later held session.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from math import ceil
from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.durations import expected_duration
from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import FOLLOW_UP_FROM, last_check, late_watches
from mesodash.lake.durations import IMPRECISE, NO_FOLLOW_UP, ONGOING
from mesodash.lake.engines import Lake
from mesodash.lake.parameters import as_day
from mesodash.language import N_
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import (
    codes_below,
    held_sessions,
    narrowed,
    of_clinics,
    on_session,
    treated,
    with_course,
)
from mesodash.reports.core.spec import ReportColumn, ReportSpec
from mesodash.reports.outcomes.to_score import to_score

REASONS: Final = ("open_effect", "follow_up", "late_watch", "next_session", "top_up", "score")
COLUMNS: Final = (
    "clinic_id",
    "patient",
    "course",
    "area",
    "protocol",
    "reason",
    "due_on",
    "days_overdue",
    "closes_on",
    "severity",
)

ASK_AGAIN_AFTER = 7
"""A choice of this report, like `FOLLOW_UP_FROM`."""
TOP_UP_LISTED = 365
OLD_AFTER = 91
"""Side effects due for longer are old: a choice of this report, a quarter of a year."""


def due(lake: Lake, catalogue: Catalogue, filters: Filters, on: date) -> pd.DataFrame:
    """Who is due on a day, in the order of the worklist; the period of the filters is not used.

    Columns and keys: `DUE`.

    Raises:
        ReportError: unknown area.
    """
    filters = replace(filters, period=Period())
    rows = _with_areas(ask(lake, _after_sessions, catalogue, filters, on))
    effects = ask(lake, _open_effects, catalogue, filters, on).assign(reason="open_effect")
    rows = pd.concat([rows, effects], ignore_index=True)
    rows["days_overdue"] = rows["days_overdue"].astype("int64")
    rows["due_on"] = [on - timedelta(days=days) for days in rows["days_overdue"]]
    for name in ("course", "severity", "serious", "closes_in"):
        rows[name] = rows[name].astype("Int64")
    rows["old"] = is_old(rows)
    rows["closes_in"] = rows["closes_in"].mask(rows["old"])
    rows["closes_on"] = [
        None if pd.isna(days) else on + timedelta(days=int(days)) for days in rows["closes_in"]
    ]
    rows = rows.sort_values(
        [
            "old",
            "closes_in",
            "serious",
            "severity",
            "days_overdue",
            "clinic_id",
            "patient",
            "reason",
        ],
        ascending=[True, True, False, False, False, True, True, True],
        na_position="last",
        ignore_index=True,
    )
    return rows[list(COLUMNS)]


def is_old(rows: pd.DataFrame) -> pd.Series:
    """Which rows are of side effects that have been due for more than `OLD_AFTER` days.

    Args:
        rows: with reason and days_overdue.
    """
    return (rows["reason"] == "open_effect") & (rows["days_overdue"] > OLD_AFTER)


def _after_sessions(lake: Lake, catalogue: Catalogue, filters: Filters, on: date) -> Any:
    """All that is due but the open effects, one row for each area that its session treated."""
    held = held_sessions(lake, filters)
    held = held.filter(held.held_on <= as_day(on))
    if filters.areas:
        inside = treated(lake, catalogue, filters).select("clinic_id", "session").distinct()
        held = on_session(held, inside)
    due = ibis.union(
        _next_session(lake, catalogue, filters, held, on),
        _top_up(lake, catalogue, filters, held, on),
        *_not_asked(lake, catalogue, filters, held, on),
        *_to_score(lake, catalogue, filters, held, on),
    )
    due = due.anti_join(_gone(lake, on), ["clinic_id", "patient"])
    areas = lake.tables.treated_areas.select("clinic_id", "session", "area")
    areas = areas.semi_join(due, ["clinic_id", "session"]).distinct()
    return on_session(due, areas, "left")


def _gone(lake: Lake, on: date) -> Any:
    """The patients who had died or left by then: nobody calls them."""
    patients = lake.tables.patients
    return patients.filter(patients.gone_on <= as_day(on)).select("clinic_id", "patient")


def _days_since(earlier: Any, on: date) -> Any:
    return as_day(on).delta(earlier, unit="day").cast("int64")


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
    return sessions.filter(sessions.held_on >= as_day(on))


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
    joined = joined.mutate(closes_in=ibis.null("int64"))
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
    joined = joined.mutate(closes_in=TOP_UP_LISTED - joined.days_overdue)
    return _overdue(joined.filter(joined.closes_in >= 0), "top_up")


def _not_asked(
    lake: Lake, catalogue: Catalogue, filters: Filters, held: Any, on: date
) -> list[Any]:
    """Sessions after which nobody was in touch in time: follow_up and late_watch."""
    contacts = of_clinics(lake.tables.follow_ups, filters)
    contacts = contacts.filter(contacts.contacted_on <= as_day(on))
    contacts = contacts.group_by("clinic_id", "session").agg(
        contacted_on=contacts.contacted_on.max()
    )
    visits = of_clinics(lake.tables.sessions, filters)
    visits = visits.filter(visits.state == "held", visits.held_on <= as_day(on))
    visits = visits.group_by(of_clinic=visits.clinic_id, of_patient=visits.patient).agg(
        visited_on=visits.held_on.max()
    )
    last = _latest(held, "clinic_id", "patient", "course")
    since = _days_since(last.held_on, on)
    checked, watches = last_check(catalogue), late_watches(catalogue)
    until = max([checked, *(watch.to_day for watch in watches)])
    last = last.mutate(since=since).filter(since >= FOLLOW_UP_FROM, since <= until)
    joined = on_session(last, contacts, "left")
    joined = joined.inner_join(
        visits, [joined.clinic_id == visits.of_clinic, joined.patient == visits.of_patient]
    )
    contact = ibis.greatest(joined.contacted_on.coalesce(joined.held_on), joined.visited_on)
    joined = joined.mutate(until=contact.delta(joined.held_on, unit="day").cast("int64"))
    early = joined.filter(joined.until <= 0, joined.since <= checked)
    early = early.mutate(days_overdue=early.since - FOLLOW_UP_FROM, closes_in=checked - early.since)
    found = [_overdue(early, "follow_up")]
    for watch in watches:
        late = joined.filter(
            joined.until < watch.from_day,
            joined.since >= watch.from_day,
            joined.since <= watch.to_day,
        )
        late = late.mutate(
            days_overdue=late.since - watch.from_day, closes_in=watch.to_day - late.since
        )
        found.append(_overdue(late, "late_watch"))
    return found


def _to_score(lake: Lake, catalogue: Catalogue, filters: Filters, held: Any, on: date) -> list[Any]:
    booked = _booked(lake, filters, on).select("clinic_id", "course")
    found = to_score(lake, catalogue, filters, held, booked, on)
    return [_overdue(table, "score") for table in found]


def _open_effects(lake: Lake, catalogue: Catalogue, filters: Filters, on: date) -> Any:
    effects = narrowed(with_course(lake.tables.side_effects, lake), filters)
    conditions = [~effects.has_end, effects.counting.isin((ONGOING, NO_FOLLOW_UP, IMPRECISE))]
    if filters.areas:
        conditions.append(effects.area.isin(codes_below(catalogue, filters.areas)))
    effects = effects.filter(*conditions)
    own, promises = _expected_days(catalogue)
    after = effects.protocol.concat(_BETWEEN, effects.effect)  # empty without a protocol
    wait = ibis.coalesce(
        _lookup(after, own.items()), _lookup(effects.effect, promises.items()), ASK_AGAIN_AFTER
    )
    begun = _days_since(effects.onset_on.coalesce(effects.held_on), on) - wait
    asked = _days_since(effects.last_contact_on, on) - ASK_AGAIN_AFTER
    alerts = ((code, one.alert_after_days) for code, one in catalogue.side_effects.items())
    look = ibis.coalesce(_lookup(effects.effect, alerts), last_check(catalogue))
    since = _days_since(effects.onset_on.coalesce(effects.held_on), on)
    effects = effects.mutate(
        days_overdue=ibis.least(begun, asked.coalesce(begun)),
        closes_in=ibis.greatest(look - since, 0),
        weighs=(effects.serious == "yes").ifelse(1, 0),
    )
    effects = effects.filter(effects.days_overdue >= 0)
    effects = effects.anti_join(_gone(lake, on), ["clinic_id", "patient"])
    unit = ["clinic_id", "patient", "course", "area", "protocol"]
    return effects.group_by(*unit).agg(
        days_overdue=effects.days_overdue.max(),
        closes_in=effects.closes_in.min(),
        severity=effects.severity.max(),
        serious=effects.weighs.max(),
    )


_BETWEEN: Final = " "


def _expected_days(catalogue: Catalogue) -> tuple[dict[str, float], dict[str, float | None]]:
    """The days that patients are told: by protocol and effect where that has its own, by effect."""
    promises = {code: effect.promised_days for code, effect in catalogue.side_effects.items()}
    own = {}
    for protocol in catalogue.protocols:
        for effect in promises:
            expected = expected_duration(catalogue, effect, protocol)
            if expected.own is not None and expected.days is not None:
                own[f"{protocol}{_BETWEEN}{effect}"] = expected.days
    return own, promises


_OVERDUE: Final = (
    "clinic_id",
    "patient",
    "course",
    "session",
    "protocol",
    "days_overdue",
    "closes_in",
)


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


DUE: Final = ReportSpec(
    function=due,
    summary=N_("Who is due on a day, and why."),
    columns=(
        ReportColumn(
            "patient_id",
            "str",
            N_("the record's id of the patient, for those who may see it"),
            label=N_("Patient"),
        ),
        ReportColumn(
            "course_id",
            "str",
            N_("the record's id of the course; empty where there is none"),
            label=N_("Course"),
        ),
        ReportColumn(
            "area",
            "str",
            N_('what the last session treated, or where the effect is; codes joined by ", "'),
            label=N_("Area"),
        ),
        ReportColumn(
            "protocol",
            "str",
            N_("the protocol's code; empty where there is none"),
            label=N_("Protocol"),
        ),
        ReportColumn(
            "reason",
            "str",
            N_(
                "open_effect (a side effect without an end), follow_up (nobody in touch"
                " since the session, from day 7 to the last day on which to ask),"
                " late_watch (nobody in touch since a window for late effects opened: day"
                " 28 to 55, day 56 to 203), next_session (its interval has passed, none"
                " booked), top_up (its time has passed) or score (its result is to be scored by"
                " now, and is not)"
            ),
            label=N_("Reason"),
        ),
        ReportColumn("due_on", "object", N_("since when"), label=N_("Due since")),
        ReportColumn(
            "days_overdue",
            "int64",
            N_("days from then to `on`, 0 or more"),
            "days",
            label=N_("Days overdue"),
        ),
        ReportColumn(
            "closes_on",
            "object",
            N_(
                "the last day on which asking helps: of its window; of a side effect the day from"
                " which a doctor should look, or `on` once that has passed; empty where nothing"
                " closes"
            ),
            label=N_("Closes on"),
        ),
        ReportColumn(
            "severity",
            "Int64",
            N_("the worst severity, 1 to 5, of the side effects without an end; empty if unknown"),
            label=N_("Severity"),
        ),
    ),
    made=(
        ReportColumn(
            "patients",
            "int64",
            N_("different patients due for this reason"),
            label=N_("Patients"),
        ),
        ReportColumn("recent", "int64", N_("of these patients"), label=N_("Up to 4 weeks overdue")),
        ReportColumn(
            "longest_days",
            "int64",
            N_("of the patient due for longest"),
            "days",
            label=N_("Longest, days overdue"),
        ),
    ),
    about=(
        (
            "Who is due on a day: first the window that closes first, then the serious and the more"
            " severe side effect, then the longest overdue; side effects due for more than 91 days"
            " stand last. The period of the filters is not used."
        ),
    ),
    counted=False,
)
