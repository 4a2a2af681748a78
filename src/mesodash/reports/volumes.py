"""Volumes: how much was done, where, by whom and with what."""

from typing import Any

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.scope import (
    TIME_KEYS,
    held_sessions,
    in_period,
    keyed,
    of_clinics,
    on_session,
    ordered,
    summed,
    treated,
)

KEYS = ("month", "area", "side", "protocol", "indication", "practitioner", "clinic", "region")
ALL_KEYS = (*KEYS, "week", "day")
COLUMNS = ("sessions", "patients", "new_patients", "areas_treated", "volume_ml")
_AREA_KEYS = {"area", "side", "region"}
_STEP = {"month": "M", "week": "W", "day": "D"}


def volumes(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("month", "area")
) -> pd.DataFrame:
    """What was done, a row for each combination of the keys `by` that occurs.

    The period is that of the session.

    Columns, after the keys:
        sessions: different held sessions of the period (by area: that treated it).
        patients: different patients of these sessions.
        new_patients: those of them whose first held session ever, in that clinic, falls in the
            cell's month (week, day); without such a key, in the period.
        areas_treated: treated areas, each side of each area once a session.
        volume_ml: sum of the recorded volumes in millilitres; empty where none was recorded.

    Sessions and patients of different areas overlap, so such rows may not be added up. Sessions
    without a recorded area have an empty area; an area filter leaves them out.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, ALL_KEYS, "volumes")
    frame = ask(lake, _cells, catalogue, filters, by)
    frame = frame.rename(columns={f"key_{key}": key for key in by})
    frame["volume_ml"] = frame["volume_ul"].astype("float64") / 1000
    whole = ["sessions", "patients", "new_patients", "areas_treated"]
    frame[whole] = frame[whole].fillna(0).astype("int64")  # no row at all is truly none
    return ordered(frame, by, COLUMNS)


def _cells(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    sessions = _with_first_day(held_sessions(lake, filters, by), lake, filters)
    how = "inner" if filters.areas else "left"
    rows = on_session(sessions, treated(lake, catalogue, filters), how)
    rows = rows.mutate(**{f"key_{k}": e for k, e in keyed(rows, by, catalogue).items()})
    cells = rows.group_by("clinic_id", *(f"key_{key}" for key in by)).agg(
        sessions=rows.session.nunique(),
        patients=rows.patient.nunique(),
        new_patients=rows.patient.nunique(where=_is_new(rows, by, filters)),
        areas_treated=rows.area.count(),
        volume_ul=rows.volume_ul.sum(),
    )
    counts = ("sessions", "patients", "new_patients", "areas_treated", "volume_ul")
    return summed(cells, tuple(f"key_{key}" for key in by), counts)


def _with_first_day(sessions: Any, lake: Lake, filters: Filters) -> Any:
    """Sessions with `first_on`, the day of the patient's first held session ever."""
    every = of_clinics(lake.tables.sessions, filters)
    every = every.filter(every.state == "held")
    firsts = every.group_by(first_clinic=every.clinic_id, first_patient=every.patient).agg(
        first_on=every.held_on.min()
    )
    joined = sessions.inner_join(
        firsts,
        [sessions.clinic_id == firsts.first_clinic, sessions.patient == firsts.first_patient],
    )
    return joined.select(*sessions.columns, "first_on")


def _is_new(rows: Any, by: tuple[str, ...], filters: Filters) -> Any:
    finest = next((key for key in reversed(TIME_KEYS) if key in by), None)
    if finest:
        step = _STEP[finest]
        return rows.first_on.truncate(step) == rows.held_on.truncate(step)
    conditions = in_period(rows.first_on, filters.period)
    return ibis.and_(*conditions) if conditions else rows.first_on.notnull()  # noqa: PD004 - Ibis, not pandas
