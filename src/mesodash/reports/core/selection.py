"""What reports share: the sessions, areas and courses that filters leave, and the keys to count by.

Everything here is an Ibis expression over the lake's tables, joined by clinic and number.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mesodash.catalogue.quoting import quoted
from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.lake.parameters import as_day, as_month
from mesodash.language import _
from mesodash.reports.core.filters import Filters, Period, ReportError

TIME_KEYS = ("month", "week", "day")


def codes_below(catalogue: Catalogue, areas: tuple[str, ...]) -> tuple[str, ...]:
    """The area codes at or below any of `areas`.

    Raises:
        ReportError: the catalogue has no such area.
    """
    if not all(isinstance(area, str) for area in areas):
        return areas  # parameters for codes that were looked up before, see `prepared_queries`
    for area in areas:
        if area not in catalogue.areas:
            raise ReportError(
                _("There is no area {area}; see `mesodash areas` for the codes.").format(
                    area=quoted(area)
                )
            )
    wanted = set(areas)
    return tuple(
        code
        for code in catalogue.areas
        if code in wanted or wanted.intersection(catalogue.ancestors(code))
    )


def region(area: Any, catalogue: Catalogue) -> Any:
    """The region of the body (the catalogue's group: face, abdomen ...) of an area."""
    groups = [(code, known.group) for code, known in catalogue.areas.items()]
    return area.cases(*groups) if groups else area


def practitioner_label(table: Any) -> Any:
    """A practitioner as a bare lake shows one: clinic and number, since numbers repeat."""
    return table.clinic_id + "/" + table.practitioner.cast("string")


def in_period(day: Any, period: Period) -> list[Any]:
    """The conditions for a date to lie in the period."""
    conditions = []
    if period.start is not None:
        conditions.append(day >= as_day(period.start))
    if period.end is not None:
        conditions.append(day <= as_day(period.end))
    return conditions


def months_of(table: Any, period: Period) -> list[Any]:
    """Conditions on the month's folder, so that the engine skips files outside the period."""
    conditions = []
    if period.start is not None:
        conditions.append(table.month >= as_month(period.start))
    if period.end is not None:
        conditions.append(table.month <= as_month(period.end))
    return conditions


def of_clinics(table: Any, filters: Filters) -> Any:
    """The rows of the chosen clinics."""
    return table.filter(table.clinic_id.isin(filters.clinics)) if filters.clinics else table


def with_course(table: Any, lake: Lake) -> Any:
    """Rows that carry `course` and `protocol`, plus `indication`; a session without a protocol of
    its own has its course's.
    """  # noqa: D205
    courses = lake.tables.courses.select(
        "clinic_id",
        course_number="course",
        course_protocol="protocol",
        indication="indication",
    )
    joined = table.left_join(
        courses,
        [table.clinic_id == courses.clinic_id, table.course == courses.course_number],
    )
    return joined.mutate(protocol=joined.protocol.coalesce(joined.course_protocol)).select(
        *table.columns, "indication"
    )


def narrowed(table: Any, filters: Filters) -> Any:
    """Rows of the chosen clinics, period (of `held_on`), protocols and practitioners."""
    conditions = in_period(table.held_on, filters.period) + months_of(table, filters.period)
    if filters.protocols:
        conditions.append(table.protocol.isin(filters.protocols))
    if filters.practitioners:
        conditions.append(practitioner_label(table).isin(filters.practitioners))
    table = of_clinics(table, filters)
    return table.filter(*conditions) if conditions else table


_OF_THE_COURSE = {"protocol", "indication"}


def of_course(table: Any, lake: Lake, filters: Filters, keys: tuple[str, ...]) -> Any:
    """`with_course` if the keys or the filters need it; else the table without the join."""
    needed = filters.protocols or _OF_THE_COURSE.intersection(keys)
    return with_course(table, lake) if needed else table


def held_sessions(
    lake: Lake, filters: Filters, keys: tuple[str, ...] = ("protocol", "indication")
) -> Any:
    """The held sessions that the filters leave, areas aside, with `protocol` and `indication`.

    Args:
        lake: where they are.
        filters: which.
        keys: what they will be counted by; without protocol and indication among these,
            `indication` may be missing and `protocol` only the session's own.
    """
    sessions = lake.tables.sessions
    sessions = sessions.filter(sessions.state == "held").drop("state")
    return narrowed(of_course(sessions, lake, filters, keys), filters)


def treated(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """One row a session, area and side that the area filter leaves: clinic_id, session, area, side,
    volume_ul (empty where none was recorded).
    """  # noqa: D205
    areas = areas_in_scope(lake, catalogue, filters)
    return areas.group_by("clinic_id", "session", "area", "side").agg(
        volume_ul=areas.volume_ul.sum()
    )


def areas_in_scope(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """The treated areas as recorded, those that the filters on clinic, month and area leave; a side
    of an area is counted there once for each technique.
    """  # noqa: D205
    areas = of_clinics(lake.tables.treated_areas, filters)
    conditions = months_of(areas, filters.period)
    if filters.areas:
        conditions.append(areas.area.isin(codes_below(catalogue, filters.areas)))
    return areas.filter(*conditions) if conditions else areas


def keyed(table: Any, by: tuple[str, ...], catalogue: Catalogue) -> dict[str, Any]:
    """The expressions of the keys over a table that has the columns they need."""
    made = {
        "week": lambda: table.held_on.truncate("W").cast("string").substr(0, 10),
        "day": lambda: table.held_on.cast("string"),
        "clinic": lambda: table.clinic_id,
        "practitioner": lambda: practitioner_label(table),
        "region": lambda: region(table.area, catalogue),
    }
    return {key: made[key]() if key in made else table[key] for key in by}


def on_session(left: Any, right: Any, how: str = "inner") -> Any:
    """Join on clinic and session, keeping the left's columns and those of the right it lacks."""
    names = [name for name in right.columns if name not in left.columns]
    right = right.select(*names, right_clinic=right.clinic_id, right_session=right.session)
    joined = left.join(
        right,
        [left.clinic_id == right.right_clinic, left.session == right.right_session],
        how=how,
    )
    return joined.select(*left.columns, *names)


def summed(cells: Any, by: tuple[str, ...], counts: Mapping[str, str] | tuple[str, ...]) -> Any:
    """Add up what was counted within each clinic: patients and sessions belong to one clinic."""
    totals = {name: cells[name].sum() for name in counts}
    return cells.group_by(*by).agg(**totals) if by else cells.agg(**totals)


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """The frame's rows as named tuples."""
    return list(frame.itertuples(index=False))


def ordered(frame: pd.DataFrame, by: tuple[str, ...], columns: tuple[str, ...]) -> pd.DataFrame:
    """The report's frame: keys first, rows in the keys' order, missing keys last."""
    if by:
        frame = frame.sort_values(list(by), na_position="last", ignore_index=True)
        frame = frame.astype(dict.fromkeys(by, "str"))
    return frame[[*by, *columns]]
