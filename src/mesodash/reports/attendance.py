"""Attendance: appointments that were held, cancelled, or that nobody came to."""

from typing import Any

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.courses import courses_there
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.scope import keyed, narrowed, ordered, summed, with_course
from mesodash.reports.shares import whole, with_share

KEYS = ("month", "protocol", "indication", "practitioner", "clinic", "week", "day")
COUNTS = ("appointments", "held", "cancelled", "no_show")
COLUMNS = (
    *COUNTS,
    "cancelled_share",
    "cancelled_low",
    "cancelled_high",
    "no_show_share",
    "no_show_low",
    "no_show_high",
)


def attendance(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("month",)
) -> pd.DataFrame:
    """What became of the appointments of the period; those still planned are left out.

    Nothing was treated in a cancelled session, so an area filter leaves the appointments of courses
    with a held session there.

    Columns:
        appointments: sessions of the period that were held, cancelled or missed.
        held, cancelled, no_show: of these, by state.
        cancelled_share, cancelled_low, cancelled_high: cancelled / appointments, with its 95 %
            Wilson interval.
        no_show_share, no_show_low, no_show_high: no_show / appointments, with its 95 % Wilson
            interval.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "attendance")
    frame = ask(lake, _cells, catalogue, filters, by)
    frame = whole(frame.rename(columns={f"key_{name}": name for name in by}), COUNTS)
    frame = frame[frame["appointments"] > 0]
    for state in ("cancelled", "no_show"):
        names = (f"{state}_share", f"{state}_low", f"{state}_high")
        frame = with_share(frame, state, "appointments", names)
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
        clinic_id=sessions.clinic_id,
        state=sessions.state,
    )
    keys = tuple(f"key_{name}" for name in by)
    cells = rows.group_by("clinic_id", *keys).agg(
        appointments=rows.count(),
        **{state: rows.count(where=rows.state == state) for state in COUNTS[1:]},
    )
    return summed(cells, keys, COUNTS)
