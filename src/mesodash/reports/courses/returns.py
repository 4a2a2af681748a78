"""Coming back: whether the next session of a course was held within its planned interval."""

from dataclasses import replace
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import A_WEEK, cells_of, planned_interval, typed
from mesodash.reports.core.filters import Filters, Period, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import held_sessions, in_period
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of
from mesodash.reports.courses.courses import chosen_courses, with_keys
from mesodash.reports.stats.clustering import Totals, share

KEYS = ("protocol", "indication", "practitioner", "clinic")
_RETURNS = (
    ReportColumn(
        "due",
        "int64",
        N_(
            "held sessions that are not the last one planned, whose longest planned interval ended"
            " in the period"
        ),
        label=N_("Due to return"),
    ),
    ReportColumn(
        "waiting",
        "int64",
        N_("of these, not yet back, and still within 7 days of that day when the record ends"),
        label=N_("Still in time"),
    ),
    ReportColumn("judged", "int64", N_("the others")),
    ReportColumn(
        "returned",
        "int64",
        N_("of the judged, followed by a session of the course at most 7 days after that day"),
        label=N_("Returned"),
    ),
    *alike(
        {"returned_share": N_("Returned in time"), "returned_low": "", "returned_high": ""},
        "float64",
        N_("returned / judged, and its 95 % interval by patient"),
        "share",
    ),
)
TYPES = types_of(_RETURNS)


def returns(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """Who came back within the planned interval; the period is that of the day they were due.

    Columns and keys: `RETURNS`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "returns")
    counted = ask(lake, _returns, catalogue, filters, by)
    counted = counted.sort_values(
        [*by, "clinic_id", "patient", "came", "ripe"], na_position="last", ignore_index=True
    )
    rows = [dict(zip(by, key, strict=True)) | _judged(cell) for key, cell in cells_of(counted, by)]
    return typed(rows, by, TYPES)


def _returns(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, replace(filters, period=Period())))
    spans = {code: planned_interval(catalogue, code, None)[1] for code in catalogue.protocols}
    waits = [(code, round(days)) for code, days in spans.items() if not np.isnan(days)]
    usual = chosen.protocol.cases(*waits, else_=None) if waits else ibis.null("int64")
    chosen = chosen.select(
        *dict.fromkeys((*by, "patient", "planned_sessions")),
        wait=chosen.interval_days.cast("int64").coalesce(usual),
        of_clinic=chosen.clinic_id,
        of_course=chosen.course,
    )
    held = held_sessions(lake, Filters(clinics=filters.clinics), ())
    until = held.group_by(until_clinic=held.clinic_id).agg(known_until=held.held_on.max())
    held = held.select("clinic_id", "course", "session", "held_on")
    unit = {"group_by": ["clinic_id", "course"], "order_by": [held.held_on, held.session]}
    held = held.mutate(
        place=ibis.row_number().over(**unit) + 1, next_on=held.held_on.lead().over(**unit)
    )
    rows = chosen.inner_join(
        held, [chosen.of_clinic == held.clinic_id, chosen.of_course == held.course]
    ).inner_join(until, held.clinic_id == until.until_clinic)
    rows = rows.filter(
        rows.wait.notnull(),  # noqa: PD004 - Ibis, not pandas
        rows.place < rows.planned_sessions,
    )
    rows = rows.mutate(due_on=(rows.held_on + rows.wait.as_interval("D")).cast("date"))
    asked = in_period(rows.due_on, filters.period)
    rows = rows.filter(*asked) if asked else rows
    late = rows.next_on.delta(rows.due_on, unit="day")
    rows = rows.mutate(
        came=(late <= A_WEEK).fill_null(False),
        ripe=rows.known_until.delta(rows.due_on, unit="day") > A_WEEK,
    )
    keys = dict.fromkeys((*by, "clinic_id", "patient", "came", "ripe"))
    return rows.group_by(*keys).agg(n=rows.count())


def _judged(cell: pd.DataFrame) -> dict[str, Any]:
    number = cell["n"].to_numpy("int64")
    came, ripe = (cell[name].to_numpy(bool) for name in ("came", "ripe"))
    who = cell.groupby(["clinic_id", "patient"], sort=False).ngroup().to_numpy()
    # Those back in time are judged together with those who could have been: else those back early
    # would be judged before those who are late.
    back, judged = (np.bincount(who, number * mark) for mark in (came & ripe, ripe))
    found = share(Totals.of(back[judged > 0], judged[judged > 0]))
    counts = {
        "due": int(number.sum()),
        "waiting": int(number[~ripe & ~came].sum()),
        "judged": int(number[ripe].sum()),
        "returned": int(number[came & ripe].sum()),
    }
    names = ("returned_share", "returned_low", "returned_high")
    return counts | dict(zip(names, found, strict=True))


RETURNS: Final = ReportSpec(
    function=returns,
    summary=N_("How many came back within the planned interval."),
    columns=_RETURNS,
    made=(
        ReportColumn(
            "returned_of_a_year",
            "float64",
            N_(
                "share that came back at most a week after the planned interval, of those due in"
                " the twelve months, with its 95 % interval by patient; not adjusted"
            ),
            "share",
            label=N_("Came back in time"),
        ),
    ),
    about=(
        (
            "Who came back for the next session of a course; the period is that of the day they"
            " were due."
        ),
        (
            "Due: the day of a held session plus the course's own interval, else the longest that"
            " its protocol reports; sessions that are the last one planned, or without either, are"
            " left out. Judged: due more than 7 days before the last day a session was held in"
            " that clinic, so that early and late ones are judged alike. A course that was stopped"
            " has not come back."
        ),
    ),
    keys=KEYS,
    usual=("protocol",),
    groups=("due",),
)
