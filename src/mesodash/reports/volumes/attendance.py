"""Attendance: appointments that were held, cancelled, or that nobody came to."""

from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import (
    DESIGN_EFFECT,
    PERSON,
    sums_by_patient,
    totals_of,
    with_patient_share,
)
from mesodash.reports.core.columns import whole
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import keyed, narrowed, ordered, with_course
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, names_of
from mesodash.reports.courses.courses import courses_there

KEYS = ("month", "protocol", "indication", "practitioner", "clinic", "week", "day")
COUNTS = ("appointments", "held", "cancelled", "no_show")
NOT_HELD = ("cancelled", "no_show")
_ATTENDANCE = (
    ReportColumn(
        "appointments",
        "int64",
        N_("sessions of the period that were held, cancelled or missed"),
        label=N_("Appointments"),
    ),
    *alike(
        {"held": N_("Held"), "cancelled": N_("Cancelled"), "no_show": N_("No-show")},
        "int64",
        N_("of these, by state"),
    ),
    *alike(
        {"cancelled_share": N_("Cancelled"), "cancelled_low": "", "cancelled_high": ""},
        "float64",
        N_("cancelled / appointments, and its 95 % interval by patient"),
        "share",
    ),
    *alike(
        {"no_show_share": N_("No-show"), "no_show_low": "", "no_show_high": ""},
        "float64",
        N_("no_show / appointments, and its 95 % interval by patient"),
        "share",
    ),
    *alike(
        {"cancelled_design_effect": "", "no_show_design_effect": ""},
        "float64",
        DESIGN_EFFECT,
    ),
)
COLUMNS = names_of(_ATTENDANCE)


def attendance(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("month",)
) -> pd.DataFrame:
    """What became of the appointments of the period; those still planned are left out.

    Columns and keys: `ATTENDANCE`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "attendance")
    frame = ask(lake, _cells, catalogue, filters, by)
    frame = whole(frame.rename(columns={f"key_{name}": name for name in by}), COUNTS)
    frame = frame[frame["appointments"] > 0]
    for state in NOT_HELD:
        names = (f"{state}_share", f"{state}_low", f"{state}_high")
        frame = with_patient_share(frame, totals_of(frame, state), names, f"{state}_design_effect")
    return ordered(frame, by, COLUMNS)


def _cells(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    sessions = lake.tables.sessions
    sessions = narrowed(with_course(sessions.filter(sessions.state != "planned"), lake), filters)
    if filters.areas:
        sessions = sessions.semi_join(
            courses_there(lake, catalogue, filters), ["clinic_id", "course"]
        )
    rows = sessions.select(
        **{f"key_{name}": made for name, made in keyed(sessions, by, catalogue).items()},
        **{name: sessions[name] for name in (*PERSON, "state")},
    )
    keys = tuple(f"key_{name}" for name in by)
    own = rows.group_by(*PERSON, *keys).agg(
        appointments=rows.count(),
        **{state: rows.count(where=rows.state == state) for state in COUNTS[1:]},
    )
    totals = {name: own[name].sum() for name in COUNTS}
    for state in NOT_HELD:
        totals |= sums_by_patient(own, state, "appointments")
    return own.group_by(*keys).agg(**totals) if keys else own.agg(**totals)


ATTENDANCE: Final = ReportSpec(
    function=attendance,
    summary=N_("How many appointments were kept, cancelled or missed."),
    columns=_ATTENDANCE,
    about=(
        ("What became of the appointments of the period; those still planned are left out."),
        (
            "Nothing was treated in a cancelled session, so an area filter leaves the "
            "appointments of courses with a held session there."
        ),
    ),
    keys=KEYS,
    usual=("month",),
    groups=("appointments",),
)
