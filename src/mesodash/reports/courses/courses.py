"""Courses: how many were carried through, and after which session people dropped out."""

from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.filters import Filters, Period, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import (
    held_sessions,
    in_period,
    of_clinics,
    on_session,
    ordered,
    practitioner_label,
    rows_of,
    treated,
)
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, names_of

KEYS = ("protocol", "indication", "month", "clinic")
ALL_KEYS = (*KEYS, "practitioner")
_COURSES = (
    ReportColumn("courses", "int64", N_("all of them, planned ones included"), label=N_("Courses")),
    *alike(
        {"completed": N_("Completed"), "stopped": N_("Stopped"), "active": N_("Running")},
        "int64",
        N_("of these, by state"),
    ),
    ReportColumn(
        "sessions_planned",
        "Int64",
        N_("sum of the planned sessions; empty where no course states them"),
        label=N_("Sessions planned"),
    ),
    ReportColumn(
        "sessions_held",
        "int64",
        N_("held sessions of these courses, whenever they were"),
        label=N_("Sessions held"),
    ),
    ReportColumn(
        "dropped_after",
        "object",
        N_("of the stopped courses, how many stopped after each number of sessions held"),
        label=N_("Stopped after session"),
    ),
)
COLUMNS = names_of(_COURSES)


def courses(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """The courses that started in the period.

    Columns and keys: `COURSES`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, ALL_KEYS, "courses")
    frame = ask(lake, _cells, catalogue, filters, by)
    frame["sessions_held"] = frame["sessions_held"].fillna(0).astype("int64")
    frame["sessions_planned"] = frame["sessions_planned"].astype("Int64")
    dropped = ask(lake, _dropped, catalogue, filters, by)
    after: dict[tuple[Any, ...], dict[int, int]] = {}
    for row in rows_of(dropped.sort_values("held")):
        after.setdefault(tuple(map(_key, row[: len(by)])), {})[int(row.held)] = int(row.n)
    frame["dropped_after"] = pd.Series(
        [after.get(tuple(map(_key, row)), {}) for row in rows_of(frame[list(by)])],
        index=frame.index,
        dtype="object",
    )
    return ordered(frame, by, COLUMNS)


def _cells(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    counts = {
        "courses": chosen.count(),
        "completed": chosen.count(where=chosen.state == "completed"),
        "stopped": chosen.count(where=chosen.state == "stopped"),
        "active": chosen.count(where=chosen.state == "active"),
        "sessions_planned": chosen.planned_sessions.sum(),
        "sessions_held": chosen.held.sum(),
    }
    return chosen.group_by(*by).agg(**counts) if by else chosen.agg(**counts)


def _dropped(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    stopped = chosen.filter(chosen.state == "stopped")
    return stopped.group_by(*by, "held").agg(n=stopped.count())


def _key(value: Any) -> Any:
    return None if pd.isna(value) else value


def chosen_courses(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """The courses in scope: those that started in the period, of the chosen protocols.

    Besides the lake's columns: `held`, the number of held sessions; `first_on`, `last_on`, the days
    of the first and last of them; `practitioner`, who held the first (all empty without one).
    """
    every = of_clinics(lake.tables.courses, filters)
    conditions = in_period(every.started_on, filters.period)
    if filters.protocols:
        conditions.append(every.protocol.isin(filters.protocols))
    every = every.filter(*conditions) if conditions else every
    held = held_sessions(lake, Filters(clinics=filters.clinics), ())
    unit = {"group_by": ["clinic_id", "course"]}
    held = held.mutate(place=ibis.row_number().over(order_by=[held.held_on, held.session], **unit))
    first = (held.place == 0).ifelse(held.practitioner, None)
    numbers = held.group_by(held_clinic=held.clinic_id, held_course=held.course).agg(
        held=held.count(),
        first_on=held.held_on.min(),
        last_on=held.held_on.max(),
        practitioner=first.max(),
    )
    joined = every.left_join(
        numbers,
        [every.clinic_id == numbers.held_clinic, every.course == numbers.held_course],
    )
    chosen = joined.select(
        *every.columns,
        "first_on",
        "last_on",
        "practitioner",
        held=joined.held.coalesce(0),
    )
    if filters.areas or filters.practitioners:
        there = courses_there(lake, catalogue, filters)
        chosen = chosen.semi_join(there, ["clinic_id", "course"])
    return chosen


def courses_there(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """The courses with a held session in the areas and by the practitioners of the filters, at any
    time: clinic_id, course.
    """  # noqa: D205
    narrow = Filters(
        Period(),
        areas=filters.areas,
        practitioners=filters.practitioners,
        clinics=filters.clinics,
    )
    wanted = held_sessions(lake, narrow)
    if filters.areas:
        wanted = on_session(wanted, treated(lake, catalogue, narrow))
    return wanted.select("clinic_id", "course").distinct()


def with_keys(chosen: Any) -> Any:
    """`chosen_courses` with the keys `clinic`, `month` (of the start) and `practitioner`."""
    return chosen.mutate(
        clinic=chosen.clinic_id,
        month=chosen.started_on.cast("string").substr(0, 7),
        practitioner=practitioner_label(chosen),
    )


COURSES: Final = ReportSpec(
    function=courses,
    summary=N_("How many courses were carried through."),
    columns=_COURSES,
    about=(
        ("The courses that started in the period."),
        (
            "A filter by area or practitioner leaves the courses with a held session there or by "
            "them."
        ),
    ),
    keys=ALL_KEYS,
    usual=("protocol",),
    groups=("courses",),
)
