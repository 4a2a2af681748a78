"""Rising: effects that more patients had lately than before, whatever the lot or practitioner.

A lot, a practitioner or an area stands out within the clinic; a change in the whole clinic (a new
supplier, a new needle, a season) stands out from its own past. Late nodules are counted apart from
early ones: one too many of them matters more.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import watched_until
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import typed
from mesodash.reports.core.filters import Filters, Period, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import on_session
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of
from mesodash.reports.effects.single_effects import came_late
from mesodash.reports.signals.changed_cover import (
    COVER_COLUMNS,
    begin_of,
    cells,
    changed_cover,
    no_cover,
)
from mesodash.reports.signals.counted import scope, window_of
from mesodash.reports.stats.clustering import Array
from mesodash.reports.stats.cusum import Rise, rise
from mesodash.reports.stats.multiplicity import false_discovery

LEVEL: Final = 0.02
"""Stricter than for lots: the whole clinic is looked at again each month."""
SEED: Final = 20261130
"""Of the draws behind the p-values, so that the same record gives the same answer."""

_RISING = (
    ReportColumn("clinic", "str", N_("the clinic it was seen in")),
    ReportColumn("effect", "str", N_("the effect's code"), label=N_("Side effect")),
    ReportColumn(
        "late",
        "bool",
        N_("whether only those are counted that came late; the others are in a row of their own"),
    ),
    ReportColumn(
        "patients",
        "int64",
        N_("patients newly affected in the twelve months, each once a month"),
    ),
    ReportColumn(
        "since", "str", N_("first month of the present rise; empty if there is none"),
        label=N_("Since"),
    ),
    ReportColumn(
        "patients_since",
        "int64",
        N_("patients newly affected since then (without a rise: in the last month)"),
        label=N_("Patients"),
    ),
    ReportColumn(
        "expected_since",
        "float64",
        N_(
            "so many to be expected since then, had nothing changed within the twelve months: by"
            " the sessions of each protocol and the usual time from session to onset"
        ),
        label=N_("Expected"),
    ),
    ReportColumn(
        "cusum",
        "float64",
        N_(
            "the cumulative sum, month by month, of patients over 1.44 times those expected, never"
            " below 0: it looks for a doubling"
        ),
    ),
    *alike(
        {"p_value": N_("p")},
        "float64",
        N_(
            "probability of a sum as high, had each of these patients fallen on a month by its"
            " expected share (4,999 draws)"
        ),
    ),
    ReportColumn(
        "p_corrected",
        "float64",
        N_("p_value corrected for the number of effects (Benjamini and Hochberg)"),
        label=N_("p, corrected"),
    ),
    *COVER_COLUMNS,
    ReportColumn(
        "stands_out",
        "bool",
        N_(
            "whether p_corrected is below 0.02 and its sessions were followed up as the earlier"
            " ones were"
        ),
    ),
)  # fmt: skip
TYPES = types_of(_RISING)


@dataclass(frozen=True, slots=True)
class Series:
    """One clinic's effect over the months.

    Attributes:
        clinic, effect, late: what it is.
        counts: patients newly affected, month by month.
        median_wait: days from session to onset.
        rise: the cumulative sum and what it says.
    """

    clinic: str
    effect: str
    late: bool
    counts: Array
    median_wait: float
    rise: Rise


def rising(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Effects and their cumulative sums, those that rise most strikingly first.

    Columns and keys: `RISING`.

    Raises:
        ReportError: unknown area, or any key: it is not counted by anything.
    """
    checked_keys(by, (), "rising")
    asked = filters.period
    before = timedelta(days=watched_until(catalogue))
    if asked.end is not None:
        window = window_of(Period(asked.end, asked.end), filters.trailing_months)
        far = Period(window.start - before if window.start else None, window.end)
    else:
        far = asked
    narrow = replace(filters, period=far)
    sessions = ask(lake, _sessions, catalogue, narrow)
    cases = ask(lake, _cases, catalogue, narrow)
    if asked.end is None and len(sessions):
        last = pd.Timestamp(sessions["held_on"].max()).date()
        window = window_of(Period(last, last), filters.trailing_months)
    elif asked.end is None:
        return typed([], (), TYPES)
    months = _months(window)
    sessions = _in_days(sessions, ("held_on",))
    found = list(series(sessions, _in_days(cases, ("held_on", "begun")), months))

    def cover(one: Series, since: int) -> dict[str, Any]:
        begin = begin_of(months[since], one.median_wait, months[0])
        if begin is None:
            return no_cover()
        of = (one.clinic, one.effect, one.late)
        inside = replace(filters, period=window)
        return cells(changed_cover(lake, catalogue, inside, of=of, begin=begin, sessions=sessions))

    return typed(_rows(found, months, cover), (), TYPES)


def _rows(
    found: list[Series], months: list[date], cover: Callable[[Series, int], dict[str, Any]]
) -> list[dict[str, Any]]:
    rows = []
    for clinic in dict.fromkeys(one.clinic for one in found):
        own = [one for one in found if one.clinic == clinic]
        p_values = [one.rise.p_value for one in own]
        for one, corrected in zip(own, corrected_for_all(p_values), strict=True):
            since = one.rise.since
            called = corrected < LEVEL and since is not None
            followed = cover(one, since) if called and since is not None else no_cover()
            rows.append(
                {
                    "clinic": clinic,
                    "effect": one.effect,
                    "late": one.late,
                    "patients": int(one.counts.sum()),
                    "since": f"{months[since]:%Y-%m}" if since is not None else None,
                    "patients_since": one.rise.seen,
                    "expected_since": one.rise.expected,
                    "cusum": one.rise.height,
                    "p_value": one.rise.p_value,
                    "p_corrected": corrected,
                    **followed,
                    "stands_out": called and followed["cover_differs"] is None,
                }
            )
    return sorted(rows, key=lambda r: (r["p_corrected"], r["p_value"], -r["cusum"], r["effect"]))


def set_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that would stand out, had their sessions been followed up as the earlier ones."""
    apart = frame["cover_differs"].notna() & frame["p_corrected"].lt(LEVEL)
    return frame[apart].reset_index(drop=True)


def corrected_for_all(p_values: list[float]) -> list[float]:
    """The false discovery rates at which each effect would be called."""
    return false_discovery(p_values, [0.0] * len(p_values), LEVEL)


def _months(window: Period) -> list[date]:
    """The first day of each month of the window, the first and the last as they are cut, and the
    day after its end.
    """  # noqa: D205
    start, end = window.start or date.min, window.end or date.max
    firsts = [start]
    while True:
        year, month = divmod(firsts[-1].year * 12 + firsts[-1].month, 12)
        first = date(year, month + 1, 1)
        if first > end:
            return [*firsts, end + timedelta(days=1)]
        firsts.append(first)


def _in_days(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """The frame with these days as whole numbers, and no protocol as an empty text."""
    days = {name: [pd.Timestamp(day).toordinal() for day in frame[name]] for name in columns}
    return frame.assign(protocol=frame["protocol"].fillna("").astype("str"), **days)


def series(sessions: pd.DataFrame, cases: pd.DataFrame, months: list[date]) -> Iterator[Series]:
    """Each effect's patients by month, and its cumulative sum.

    Args:
        sessions: clinic_id, protocol, held_on (day number), n; from long enough before the first
            month that what begins in it has its session here.
        cases: clinic_id, effect, late, protocol, held_on and begun (day numbers), n patients.
        months: the first days of the months, and the day after the last.
    """
    rng = np.random.default_rng(SEED)
    edges = np.array([day.toordinal() for day in months])
    cases = cases[(cases["begun"] >= edges[0]) & (cases["begun"] < edges[-1])]
    for (clinic, effect, late), own in cases.groupby(["clinic_id", "effect", "late"]):
        at = np.searchsorted(edges, own["begun"], side="right") - 1
        counts = np.bincount(at, own["n"], len(months) - 1).astype(float)
        exposure = _exposure(sessions[sessions["clinic_id"] == clinic], own, edges)
        lag = (own["begun"] - own["held_on"]).clip(lower=0).to_numpy()
        wait = float(np.median(np.repeat(lag, own["n"].to_numpy())))
        found = rise(counts, exposure, rng)
        yield Series(str(clinic), str(effect), bool(late), counts, wait, found)


def _exposure(sessions: pd.DataFrame, cases: pd.DataFrame, edges: Array) -> Array:
    """How many patients each month would have had, had nothing changed within all of them.

    The sessions of each protocol, moved on by the effect's own times from session to onset, and
    weighed by how often it followed that protocol.
    """
    first = int(min(sessions["held_on"].min(), edges[0]))
    size = int(edges[-1]) - first
    lag = (cases["begun"] - cases["held_on"]).clip(lower=0).to_numpy()
    waits = np.bincount(lag, cases["n"], 1) / cases["n"].sum()
    found = np.zeros(len(edges) - 1)
    for protocol, own in cases.groupby("protocol"):
        held = sessions[sessions["protocol"] == protocol]
        daily = np.bincount(held["held_on"] - first, held["n"], size)[:size]
        moved = np.convolve(daily, waits)[:size]
        by_month = np.add.reduceat(moved, (edges[:-1] - first).astype(int))
        if by_month.sum() > 0:
            found += own["n"].sum() * by_month / by_month.sum()
    return found


def _sessions(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    sessions, _, _ = scope(lake, catalogue, filters, filters.period.start, filters.period.end)
    return sessions.group_by("clinic_id", "protocol", "held_on").agg(n=sessions.count())


def _cases(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """Patients newly affected, each once a month and effect, by the day it began."""
    sessions, effects, _ = scope(lake, catalogue, filters, filters.period.start, filters.period.end)
    own = sessions.select("clinic_id", "session", kept="protocol")
    effects = effects.select(
        "clinic_id", "session", "patient", "effect", "held_on",
        begun=effects.onset_on.coalesce(effects.held_on),
    )  # fmt: skip
    rows = on_session(effects, own)
    day = rows.begun.delta(rows.held_on, unit="day").cast("int64")
    rows = rows.mutate(
        late=came_late(rows.effect, day, catalogue), of_month=rows.begun.truncate("M")
    )
    unit = ["clinic_id", "patient", "effect", "late", "of_month"]
    once = rows.group_by(*unit).agg(
        protocol=rows.kept.argmin(rows.begun),
        held_on=rows.held_on.argmin(rows.begun),
        begun=rows.begun.min(),
    )
    keys = ["clinic_id", "effect", "late", "protocol", "held_on", "begun"]
    return once.group_by(*keys).agg(n=once.count())


RISING: Final = ReportSpec(
    function=rising,
    looks_back=True,
    summary=N_("Effects that more patients had lately than before."),
    columns=_RISING,
    about=(
        "Where each effect stands at the period's end: whether more patients had it lately.",
        (
            "The twelve months (or as many as are asked for) before the period's end, whatever its"
            " start. A patient counts once a"
            " month. Expected is what each month would have had of all these patients, by the"
            " sessions of each protocol and the effect's usual time from session to onset. A"
            " cumulative sum of what goes beyond finds a doubling soon; it stands out where the"
            " false discovery rate among the effects is below 2 %. Effects that can come late have"
            " a row of those that did."
        ),
        (
            "A clinic that begins to ask all its patients hears of more: a rise whose sessions were"
            " followed up otherwise than the earlier ones is not called, and has cover_differs."
        ),
    ),
    groups=("patients_since",),
)
