"""How courses go on and end: completed, stopped after which session, the wait for the first."""

from typing import Any

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.courses import ALL_KEYS as KEYS
from mesodash.reports.courses import chosen_courses, with_keys
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.scope import of_clinics, ordered
from mesodash.reports.shares import cells_of, typed, whole, with_share
from mesodash.reports.survival import kaplan_meier

COMPLETION_COLUMNS = (
    "courses",
    "ended",
    "completed",
    "open",
    "completed_share",
    "completed_low",
    "completed_high",
)
STOPPING_TYPES = {
    "after_session": "int64",
    "at_risk": "int64",
    "stopped": "int64",
    "completed": "int64",
    "open": "int64",
    "going_on": "float64",
    "going_on_low": "float64",
    "going_on_high": "float64",
}
WITHIN = (7, 14, 28)
FIRST_SESSION_TYPES = {
    "courses": "int64",
    "started": "int64",
    "waiting": "int64",
    "gave_up": "int64",
    "median_days": "float64",
    "median_low": "float64",
    "median_high": "float64",
    **{f"started_by_{days}d": "float64" for days in WITHIN},
}


def completion(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """How many of the courses that ended were carried through; the period is that of the start.

    Columns:
        courses: all that started, planned ones included.
        ended: of these, completed or stopped.
        completed: of these, completed.
        open: of the courses, still active or planned: they have not ended, so no share counts them.
        completed_share, completed_low, completed_high: completed / ended, with its 95 % Wilson
            interval; empty where none has ended.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "completion")
    frame = ask(lake, _endings, catalogue, filters, by)
    frame = whole(frame[frame["courses"] > 0], ("courses", "completed", "open"))
    frame["ended"] = frame["courses"] - frame["open"]
    names = ("completed_share", "completed_low", "completed_high")
    return ordered(with_share(frame, "completed", "ended", names), by, COMPLETION_COLUMNS)


def _endings(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    counts = {
        "courses": chosen.count(),
        "completed": chosen.count(where=chosen.state == "completed"),
        "open": chosen.count(where=chosen.state.isin(("active", "planned"))),
    }
    return chosen.group_by(*by).agg(**counts) if by else chosen.agg(**counts)


def stopping(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """After which session people stop: a row a group and number of sessions held, from 0 on.

    A Kaplan-Meier curve over the number of held sessions. Stopping is the event; a completed course
    leaves the curve at its last session without having stopped, one still open at its latest, so
    that neither counts as given up. The period is that of the start.

    Columns:
        after_session: number of sessions held.
        at_risk: courses with so many sessions or more.
        stopped, completed, open: courses whose sessions are exactly so many, by what became of
            them (open: active or planned).
        going_on: share not stopped after so many sessions, by the curve.
        going_on_low, going_on_high: its 95 % interval (log-log).

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "stopping")
    counted = ask(lake, _held, catalogue, filters, by)
    counted = counted.sort_values([*by, "held", "state"], ignore_index=True)
    rows = [
        dict(zip(by, key, strict=True)) | row
        for key, cell in cells_of(counted, by)
        for row in _steps(cell)
    ]
    return typed(rows, by, STOPPING_TYPES)


def _held(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    return chosen.group_by(*by, "held", "state").agg(n=chosen.count())


def _steps(cell: pd.DataFrame) -> list[dict[str, Any]]:
    held = np.arange(int(cell["held"].max()) + 1)

    def number(*states: str) -> Any:
        rows = cell[cell["state"].isin(states)]
        return np.bincount(rows["held"].astype("int64"), rows["n"], held.size)

    stopped, completed, still = number("stopped"), number("completed"), number("active", "planned")
    curve = kaplan_meier(held.astype("float64"), stopped, completed + still)
    return [
        {
            "after_session": int(k),
            "at_risk": int(curve.at_risk[k]),
            "stopped": int(stopped[k]),
            "completed": int(completed[k]),
            "open": int(still[k]),
            "going_on": float(curve.survival[k]),
            "going_on_low": float(curve.low[k]),
            "going_on_high": float(curve.high[k]),
        }
        for k in held
    ]


def first_session(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """How long from the consultation (the course's start) to the first held session.

    A course planned in the app starts on the day it was planned; one taken in, as its file says.

    A Kaplan-Meier curve: a course that still waits is censored on the last day a session was held
    in its clinic, so waiting ones are not forgotten. The period is that of the start.

    Columns:
        courses: all that started, planned ones included.
        started: of these, with a held session.
        waiting: active, planned or completed without one.
        gave_up: stopped before one; not in the curve, as nobody waits any more.
        median_days, median_low, median_high: days until half had begun, and the 95 % interval; a
            first session on or before the start is 0 days.
        started_by_7d, started_by_14d, started_by_28d: share begun by then, by the curve.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "first-session")
    counted = ask(lake, _waits, catalogue, filters, by)
    counted = counted.sort_values([*by, "begun", "gave_up", "days"], ignore_index=True)
    made = [dict(zip(by, key, strict=True)) | _wait(cell) for key, cell in cells_of(counted, by)]
    return typed(made, by, FIRST_SESSION_TYPES)


def _waits(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    every = of_clinics(lake.tables.sessions, filters)
    until = every.filter(every.state == "held").group_by(last_clinic="clinic_id")
    until = until.agg(known_until=every.held_on.max())
    joined = chosen.left_join(until, chosen.clinic_id == until.last_clinic)
    begun = joined.first_on.notnull()  # noqa: PD004 - Ibis, not pandas
    days = joined.first_on.coalesce(joined.known_until).delta(joined.started_on, unit="day")
    rows = joined.select(
        *by,
        begun=begun,
        gave_up=~begun & (joined.state == "stopped"),
        days=days.cast("int64"),
    )
    return rows.group_by(*by, "begun", "gave_up", "days").agg(n=rows.count())


def _wait(cell: pd.DataFrame) -> dict[str, Any]:
    inside = cell[~cell["gave_up"].astype(bool)]
    days = inside["days"].fillna(0).clip(lower=0).to_numpy("float64")
    begun, n = inside["begun"].to_numpy(bool), inside["n"].to_numpy("float64")
    curve = kaplan_meier(days, np.where(begun, n, 0), np.where(begun, 0, n))
    median, low, high = curve.median()
    return {
        "courses": int(cell["n"].sum()),
        "started": int(n[begun].sum()),
        "waiting": int(n[~begun].sum()),
        "gave_up": int(cell["n"].sum() - n.sum()),
        "median_days": median,
        "median_low": low,
        "median_high": high,
        **{f"started_by_{day}d": curve.resolved_by(day)[0] for day in WITHIN},
    }
