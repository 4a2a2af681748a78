"""How courses go on and end: completed, stopped after which session, the wait for the first."""

from typing import Any, Final

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import PERSON
from mesodash.reports.core.columns import cells_of, typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import of_clinics, ordered
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, names_of, types_of
from mesodash.reports.courses.courses import ALL_KEYS as KEYS
from mesodash.reports.courses.courses import chosen_courses, with_keys
from mesodash.reports.stats.clustering import NOT_KNOWN, Totals, share
from mesodash.reports.stats.competing_events import aalen_johansen
from mesodash.reports.stats.survival import kaplan_meier

ENDS = ("completed", "stopped")

_COMPLETION = (
    ReportColumn(
        "courses", "int64", N_("all that started, planned ones included"), label=N_("Courses")
    ),
    ReportColumn("ended", "int64", N_("of these, completed or stopped"), label=N_("Ended")),
    ReportColumn("completed", "int64", N_("of these, completed"), label=N_("Completed")),
    ReportColumn("open", "int64", N_("of the courses, still active or planned")),
    *alike(
        {"completed_share": N_("Completed in the end"), "completed_low": "", "completed_high": ""},
        "float64",
        N_(
            "share that comes to be completed, those still running counted as far as"
            " they have come (Aalen-Johansen by number of sessions; stopping"
            " competes), and its 95 % interval by patient; empty where none has ended"
        ),
        "share",
    ),
)
COMPLETION_COLUMNS = names_of(_COMPLETION)
_STOPPING = (
    ReportColumn("after_session", "int64", N_("number of sessions held")),
    ReportColumn("at_risk", "int64", N_("courses with so many sessions or more")),
    *alike(
        {"stopped": "", "completed": N_("Completed"), "open": ""},
        "int64",
        N_(
            "courses whose sessions are exactly so many, by what became of them"
            " (open: active or planned)"
        ),
    ),
    ReportColumn(
        "going_on", "float64", N_("share not stopped after so many sessions, by the curve"), "share"
    ),
    *alike(
        {"going_on_low": "", "going_on_high": ""},
        "float64",
        N_("its 95 % interval (log-log) by patient"),
        "share",
    ),
)
STOPPING_TYPES = types_of(_STOPPING)
WITHIN = (7, 14, 28)
_FIRST_SESSION = (
    ReportColumn(
        "courses", "int64", N_("all that started, planned ones included"), label=N_("Courses")
    ),
    ReportColumn("started", "int64", N_("of these, with a held session")),
    ReportColumn(
        "waiting", "int64", N_("active, planned or completed without one"), label=N_("Waiting")
    ),
    ReportColumn(
        "gave_up",
        "int64",
        N_("stopped before one; not in the curve, as nobody waits any more"),
        label=N_("Gave up"),
    ),
    *alike(
        {"median_days": N_("Usual wait"), "median_low": "", "median_high": ""},
        "float64",
        N_(
            "days until half had begun, and the 95 % interval by patient; a first session on"
            " or before the start is 0 days"
        ),
        "days",
    ),
    *alike(
        {
            "started_by_7d": N_("Within 7 days"),
            "started_by_14d": N_("Within 14 days"),
            "started_by_28d": N_("Within 28 days"),
        },
        "float64",
        N_("share begun by then, by the curve"),
        "share",
    ),
)
FIRST_SESSION_TYPES = types_of(_FIRST_SESSION)


def completion(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """How many of the courses that ended were carried through; the period is that of the start.

    Columns and keys: `COMPLETION`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "completion")
    counted = ask(lake, _endings, catalogue, filters, by)
    counted = counted.sort_values(
        [*by, "held", "state", *PERSON], na_position="last", ignore_index=True
    )
    rows = [
        dict(zip(by, key, strict=True)) | _completed(cell) for key, cell in cells_of(counted, by)
    ]
    return ordered(typed(rows, by, types_of(_COMPLETION)), by, COMPLETION_COLUMNS)


def _endings(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    keys = dict.fromkeys((*by, *PERSON, "held", "state"))
    return chosen.group_by(*keys).agg(n=chosen.count())


def _completed(cell: pd.DataFrame) -> dict[str, Any]:
    """The counts of one group, and the share that comes to be completed."""
    number = cell["n"].to_numpy("int64")
    state = cell["state"].to_numpy(object)
    who = _patients_of(cell)
    ends = np.where(np.isin(state, ENDS), state, "")
    rows = np.repeat(np.arange(number.size), number)
    curve = aalen_johansen(who[rows], cell["held"].to_numpy(float)[rows], ends[rows])
    found = (NOT_KNOWN,) * 3
    if curve.shares:
        found = curve.at_last("completed")
    if curve.shares and not 0 < found[0] < 1:  # no limits by the curve: those of the ended
        done, over = (
            np.bincount(who, number * mark) for mark in (state == "completed", ends != "")
        )
        found = (found[0], *share(Totals.of(done, over))[1:])
    counts = {
        "courses": int(number.sum()),
        "ended": int(number[ends != ""].sum()),
        "completed": int(number[state == "completed"].sum()),
        "open": int(number[ends == ""].sum()),
    }
    names = ("completed_share", "completed_low", "completed_high")
    return counts | dict(zip(names, found, strict=True))


def _patients_of(cell: pd.DataFrame) -> Any:
    """A number for each patient of the rows."""
    return cell.groupby(list(PERSON), sort=False).ngroup().to_numpy()


def stopping(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """After which session people stop: one row per group and number of sessions held, from 0 on.

    Columns and keys: `STOPPING`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "stopping")
    counted = ask(lake, _endings, catalogue, filters, by)
    counted = counted.sort_values(
        [*by, "held", "state", *PERSON], na_position="last", ignore_index=True
    )
    rows = [
        dict(zip(by, key, strict=True)) | row
        for key, cell in cells_of(counted, by)
        for row in _steps(cell)
    ]
    return typed(rows, by, STOPPING_TYPES)


def _steps(cell: pd.DataFrame) -> list[dict[str, Any]]:
    times = cell["held"].to_numpy("int64")
    n, state = cell["n"].to_numpy("float64"), cell["state"].to_numpy(object)
    held = np.arange(int(times.max()) + 1)
    over = state == "stopped"

    def number(mark: Any) -> Any:
        return np.bincount(times, n * mark, held.size)

    stopped, completed = number(over), number(state == "completed")
    still = number(np.isin(state, ("active", "planned")))
    # A row of nobody for each number of sessions, so that the curve has all of them.
    everyone = _patients_of(cell)
    curve = kaplan_meier(
        np.append(times, held).astype("float64"),
        np.append(n * over, np.zeros(held.size)),
        np.append(n * ~over, np.zeros(held.size)),
        np.append(everyone, np.full(held.size, -1)),
    )
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

    Columns and keys: `FIRST_SESSION`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "first-session")
    counted = ask(lake, _waits, catalogue, filters, by)
    counted = counted.sort_values(
        [*by, "begun", "gave_up", "days", *PERSON], na_position="last", ignore_index=True
    )
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
        *dict.fromkeys((*by, *PERSON)),
        begun=begun,
        gave_up=~begun & (joined.state == "stopped"),
        days=days.cast("int64"),
    )
    keys = dict.fromkeys((*by, *PERSON, "begun", "gave_up", "days"))
    return rows.group_by(*keys).agg(n=rows.count())


def _wait(cell: pd.DataFrame) -> dict[str, Any]:
    inside = cell[~cell["gave_up"].astype(bool)]
    days = inside["days"].fillna(0).clip(lower=0).to_numpy("float64")
    begun, n = inside["begun"].to_numpy(bool), inside["n"].to_numpy("float64")
    who = _patients_of(inside)
    curve = kaplan_meier(days, np.where(begun, n, 0), np.where(begun, 0, n), who)
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


COMPLETION: Final = ReportSpec(
    function=completion,
    summary=N_("How many courses are completed in the end."),
    columns=_COMPLETION,
    made=(
        ReportColumn(
            "completed_of_a_year",
            "float64",
            N_(
                "share of the courses begun in the twelve months to the month's end that come to be"
                " completed, with its 95 % interval by patient; not adjusted for what was treated"
            ),
            "share",
            label=N_("Courses completed"),
        ),
    ),
    about=(
        (
            "How many courses come to be carried through; the period is that of the start. Among "
            "those that have ended the early stoppers are too many, until the others had time to "
            "be completed: so those still running count as far as they have come."
        ),
    ),
    keys=("protocol", "indication", "month", "clinic", "practitioner"),
    usual=("protocol",),
    groups=("courses",),
)


STOPPING: Final = ReportSpec(
    function=stopping,
    summary=N_("After which session people stop."),
    columns=_STOPPING,
    about=(
        (
            "After which session people stop: one row per group and number of sessions held,"
            " from 0 on."
        ),
        (
            "A Kaplan-Meier curve over the number of held sessions. Stopping is the event; a "
            "completed course leaves the curve at its last session without having stopped, one "
            "still open at its latest, so that neither counts as given up. The period is that of "
            "the start."
        ),
    ),
    keys=("protocol", "indication", "month", "clinic", "practitioner"),
    groups=("at_risk",),
)


FIRST_SESSION: Final = ReportSpec(
    function=first_session,
    summary=N_("How long people wait for their first session."),
    columns=_FIRST_SESSION,
    about=(
        ("How long from the consultation (the course's start) to the first held session."),
        (
            "A course planned in the app starts on the day it was planned; one taken in, as its "
            "file says."
        ),
        (
            "A Kaplan-Meier curve: a course that still waits is censored on the last day a "
            "session was held in its clinic, so waiting ones are not forgotten. The period is "
            "that of the start."
        ),
    ),
    keys=("protocol", "indication", "month", "clinic", "practitioner"),
    usual=("protocol",),
    groups=("courses",),
)
