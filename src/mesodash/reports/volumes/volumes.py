"""Volumes: how much was done, where, by whom and with what."""

from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import (
    TIME_KEYS,
    held_sessions,
    in_period,
    keyed,
    of_clinics,
    on_session,
    ordered,
    treated,
)
from mesodash.reports.core.spec import ReportColumn, ReportSpec, names_of

KEYS = ("month", "area", "side", "protocol", "indication", "practitioner", "clinic", "region")
ALL_KEYS = (*KEYS, "week", "day")
_VOLUMES = (
    ReportColumn(
        "sessions",
        "int64",
        N_("different held sessions of the period (by area: that treated it)"),
        label=N_("Sessions"),
    ),
    ReportColumn(
        "patients", "int64", N_("different patients of these sessions"), label=N_("Patients")
    ),
    ReportColumn(
        "new_patients",
        "int64",
        N_(
            "those of them whose first held session ever, in that clinic, falls in"
            " the cell's month (week, day); without such a key, in the period"
        ),
        label=N_("New patients"),
    ),
    ReportColumn(
        "areas_treated",
        "int64",
        N_("treated areas, each side of each area once a session"),
        label=N_("Areas treated"),
    ),
    ReportColumn(
        "volume_ml",
        "float64",
        N_("sum of the recorded volumes in millilitres; empty where none was recorded"),
        "mL",
        label=N_("Volume, mL"),
    ),
)
COLUMNS = names_of(_VOLUMES)
_AREA_KEYS = {"area", "side", "region"}
_STEP = {"month": "M", "week": "W", "day": "D"}


def volumes(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("month", "area")
) -> pd.DataFrame:
    """What was done, a row for each combination of the keys `by` that occurs.

    Columns and keys: `VOLUMES`.

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
    sessions = held_sessions(lake, filters, by)
    how = "inner" if filters.areas else "left"
    rows = on_session(sessions, treated(lake, catalogue, filters), how)
    keys = tuple(f"key_{key}" for key in by)
    rows = rows.mutate(**{f"key_{k}": e for k, e in keyed(rows, by, catalogue).items()})
    # Level by level, because different sessions and patients counted at once are held in memory,
    # a set of them a cell: a row a session and cell, then a row a patient and cell, then the cell.
    rows = rows.group_by("clinic_id", *keys, "patient", "session").agg(
        held_on=rows.held_on.max(),
        areas_treated=rows.area.count(),
        volume_ul=rows.volume_ul.sum(),
    )
    rows = rows.group_by("clinic_id", *keys, "patient").agg(
        sessions=rows.count(),
        held_on=rows.held_on.max(),
        areas_treated=rows.areas_treated.sum(),
        volume_ul=rows.volume_ul.sum(),
    )
    # Joined only now: beside the join with the areas the engine may try the two against each other,
    # by the clinic alone.
    rows = _with_first_day(rows, lake, filters)
    rows = rows.mutate(new_patients=_is_new(rows, by, filters).ifelse(1, 0))
    cells = rows.group_by(*keys) if keys else rows
    return cells.agg(
        sessions=rows.sessions.sum(),
        patients=rows.count(),
        new_patients=rows.new_patients.sum(),
        areas_treated=rows.areas_treated.sum(),
        volume_ul=rows.volume_ul.sum(),
    )


def _with_first_day(rows: Any, lake: Lake, filters: Filters) -> Any:
    """Rows of patients with `first_on`, the day of the patient's first held session ever."""
    every = of_clinics(lake.tables.sessions, filters)
    every = every.filter(every.state == "held")
    firsts = every.group_by(first_clinic=every.clinic_id, first_patient=every.patient).agg(
        first_on=every.held_on.min()
    )
    joined = rows.inner_join(
        firsts,
        [rows.clinic_id == firsts.first_clinic, rows.patient == firsts.first_patient],
    )
    return joined.select(*rows.columns, "first_on")


def _is_new(rows: Any, by: tuple[str, ...], filters: Filters) -> Any:
    finest = next((key for key in reversed(TIME_KEYS) if key in by), None)
    if finest:
        step = _STEP[finest]
        return rows.first_on.truncate(step) == rows.held_on.truncate(step)
    conditions = in_period(rows.first_on, filters.period)
    return ibis.and_(*conditions) if conditions else rows.first_on.notnull()  # noqa: PD004 - Ibis, not pandas


VOLUMES: Final = ReportSpec(
    function=volumes,
    summary=N_("How much was done."),
    columns=_VOLUMES,
    about=(
        ("What was done, a row for each combination of the keys `by` that occurs."),
        ("The period is that of the session."),
        (
            "Sessions and patients of different areas overlap, so such rows may not be added up. "
            "Sessions without a recorded area have an empty area; an area filter leaves them "
            "out."
        ),
    ),
    keys=ALL_KEYS,
    usual=("month", "area"),
    groups=("patients",),
)
