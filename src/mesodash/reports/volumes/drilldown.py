"""Behind a figure: the sessions that a bar, an area or a cell counts, and their hours.

Expressions give numbers; the reader turns them into the record's ids for those who may see them.
"""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import Name, ask
from mesodash.reports.core.selection import held_sessions, keyed, on_session, treated
from mesodash.reports.core.spec import ReportColumn, ReportSpec
from mesodash.reports.effects.counts import USED_KEYS, following, used
from mesodash.reports.volumes.volumes import ALL_KEYS

CELL_KEYS: Final = (*ALL_KEYS, "effect", *USED_KEYS, "weekday", "hour")
"""What a cell may be of; `weekday` counts from 0, Monday, and `hour` is found by the reader."""
_SHOWN: Final = ("clinic_id", "session", "patient", "held_on", "protocol", "practitioner", "areas")
_PLACES: Final = {"area", "side", "region"}


def session_numbers(
    lake: Lake, catalogue: Catalogue, filters: Filters, cell: tuple[tuple[str, str | None], ...]
) -> pd.DataFrame:
    """The held sessions that a cell of a report counts, newest first.

    Columns and keys: `SESSIONS_BEHIND`.

    Args:
        lake: where they are.
        catalogue: the codes.
        filters: those of the report.
        cell: (key, value) pairs: the keys of the report and their values in the cell, as the report
            shows them; None where the report's cell is empty. An area is that very code; name a
            parent in the filters instead, to take in all below it.

    Raises:
        ReportError: unknown key or area.
    """
    keys = checked_keys(tuple(key for key, _ in cell), CELL_KEYS, "sessions behind a figure")
    values = tuple(None if value is None else Name(value) for value in dict(cell).values())
    frame = ask(lake, _numbers, catalogue, filters, keys, values)
    known = frame.dropna(subset=["area"]).drop_duplicates(["clinic_id", "session", "area"])
    known = known.sort_values("area").rename(columns={"area": "areas"})
    joined = known.groupby(["clinic_id", "session"], as_index=False)["areas"].agg(", ".join)
    frame = frame.drop(columns="area").drop_duplicates(ignore_index=True)
    frame = frame.merge(joined, how="left", on=["clinic_id", "session"])
    frame = frame.sort_values(["held_on", "clinic_id", "session"], ascending=[False, True, False])
    return frame.astype({"areas": "str"}).reset_index(drop=True)[list(_SHOWN)]


def _numbers(
    lake: Lake,
    catalogue: Catalogue,
    filters: Filters,
    keys: tuple[str, ...],
    values: tuple[str | None, ...],
) -> Any:
    sessions = held_sessions(lake, filters)
    areas = treated(lake, catalogue, filters).drop("volume_ul")
    rows = sessions
    if filters.areas or _PLACES & set(keys):
        rows = on_session(sessions, areas, "inner" if filters.areas else "left")
    if set(keys) & set(USED_KEYS):
        rows = on_session(rows, used(lake, keys), "left")
    if "effect" in keys:
        effects = following(lake, lake.tables.side_effects, filters)
        effects = effects.filter(effects.follows)
        effects = effects.select("clinic_id", "session", "effect", spot="area")
        rows = on_session(rows, effects)
        if "area" in rows.columns:  # as incidence counts: recorded in that very area
            rows = rows.filter(rows.area == rows.spot)
    made = {
        "weekday": rows.held_on.day_of_week.index().cast("string"),
        **keyed(rows, tuple(k for k in keys if k not in ("weekday", "hour")), catalogue),
    }
    for key, value in zip(keys, values, strict=True):
        if key == "hour":
            continue
        column = made[key]
        wanted = column.isnull() if value is None else column == value  # noqa: PD003 - Ibis, not pandas
        rows = rows.filter(wanted)
    found = rows.select("clinic_id", "session").distinct()
    label = sessions.clinic_id + "/" + sessions.practitioner.cast("string")
    shown = sessions.select(
        "clinic_id", "session", "patient", "held_on", "protocol", practitioner=label
    ).semi_join(found, ["clinic_id", "session"])
    everywhere = lake.tables.treated_areas.select("clinic_id", "session", "area").distinct()
    return on_session(shown, everywhere, "left")


def session_days(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """The numbers and weekdays (0 is Monday) of the held sessions: session, weekday.

    Raises:
        ReportError: unknown area.
    """
    return ask(lake, _days, catalogue, filters)


def _days(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    sessions = held_sessions(lake, filters)
    if filters.areas:
        there = treated(lake, catalogue, filters).select("clinic_id", "session").distinct()
        sessions = sessions.semi_join(there, ["clinic_id", "session"])
    return sessions.select("session", weekday=sessions.held_on.day_of_week.index().cast("int64"))


def weekday_hours(days: pd.DataFrame, hours: Mapping[int, int | None]) -> pd.DataFrame:
    """Sessions by weekday and hour, those whose hour is known.

    Columns and keys: `WEEKDAY_HOURS`.

    Args:
        days: session, weekday, as from `session_days`.
        hours: the hour by the session's number, None where only the day was recorded.
    """
    found = [hours.get(int(number)) for number in days["session"]]
    known = days.assign(hour=pd.array(found, "Int64"))
    timed = known[known["hour"].notna()].astype({"hour": "int64"})
    frame = timed.groupby(["weekday", "hour"]).size().rename("sessions").reset_index()
    frame = frame.astype({"weekday": "int64", "hour": "int64", "sessions": "int64"})
    frame.attrs = {"sessions": len(known), "without_time": len(known) - len(timed)}
    return frame


WEEKDAY_HOURS: Final = ReportSpec(
    function=weekday_hours,
    summary=N_("Held sessions by weekday and hour."),
    columns=(
        ReportColumn("weekday", "int64", N_("0 is Monday")),
        ReportColumn("hour", "int64", N_("0 to 23, local to the clinic")),
        ReportColumn(
            "sessions", "int64", N_("held sessions that began in that hour of such a day")
        ),
    ),
    about=(
        ("Sessions by weekday and hour, those whose hour is known."),
        ("`frame.attrs` has `sessions`, all of them, and `without_time`, those with the day only."),
    ),
    counted=False,
)


SESSIONS_BEHIND: Final = ReportSpec(
    function=session_numbers,
    summary=N_("The held sessions behind a figure."),
    columns=(
        ReportColumn(
            "session_id", "str", N_("the record's id of the session"), label=N_("Session")
        ),
        ReportColumn(
            "patient_id",
            "str",
            N_("the record's id of the patient, for those who may see it"),
            label=N_("Patient"),
        ),
        ReportColumn(
            "held_at", "str", N_("when the session was held, as recorded"), label=N_("Held")
        ),
        ReportColumn(
            "protocol", "str", N_("the session's own, else its course's"), label=N_("Protocol")
        ),
        ReportColumn("practitioner", "str", N_("who held it"), label=N_("Practitioner")),
        ReportColumn(
            "areas",
            "str",
            N_('codes of all areas treated in it, joined by ", "'),
            label=N_("Areas"),
        ),
    ),
    about=(("The held sessions that a cell of a report counts, newest first."),),
    counted=False,
    name="sessions_behind",
)
