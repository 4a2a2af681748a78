"""Side effects: how often, and how long they last with the still-open ones counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.counting import (
    IMPRECISE,
    INTERVAL,
    MINUTES_A_DAY,
    NO_FOLLOW_UP,
    ONGOING,
    RESOLVED,
)
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.effect_counts import (
    AREA_KEYS,
    COUNTING,
    DURATIONS,
    PATIENTS,
    SESSIONS,
    durations,
    everything,
)
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.scope import ordered
from mesodash.reports.survival import Array, Curve, kaplan_meier, turnbull

KEYS = (
    "effect",
    "protocol",
    "area",
    "practitioner",
    "lot",
    "region",
    "month",
    "indication",
    "clinic",
    "product",
)
BY_DAY = (1, 3, 7, 14)
COLUMNS = (
    "n",
    "resolved",
    "ongoing",
    "no_follow_up",
    "imprecise",
    "patients",
    "sessions",
    "per_100_sessions",
    "median_days",
    "median_low",
    "median_high",
    *(f"resolved_by_{day}d" for day in BY_DAY),
    "promised_days",
    "within_promise",
)


@dataclass(frozen=True, slots=True, eq=False)
class EffectCurve:
    """How long one group of side effects lasted.

    Attributes:
        keys: what the group is, by the keys asked for; None where it was not recorded.
        curve: the share still affected, times in days.
        resolved, ongoing, no_follow_up, imprecise: how the group's side effects were counted; the
            imprecise ones are not in the curve, those gone between two contacts are `resolved`.
        median: days, and its 95 % interval; NaN where not reached.
        promised_days: what was promised for the effect; None if nothing was.
        within_promise: share resolved by then and its 95 % interval; NaN where not known.
    """

    keys: dict[str, str | None]
    curve: Curve
    resolved: int
    ongoing: int
    no_follow_up: int
    imprecise: int
    median: tuple[float, float, float]
    promised_days: float | None
    within_promise: tuple[float, float, float]

    @property
    def n(self) -> int:
        """All side effects of the group, in the curve or not."""
        return self.resolved + self.ongoing + self.no_follow_up + self.imprecise

    @property
    def open_effects(self) -> int:
        """Those still there, or never asked about again."""
        return self.ongoing + self.no_follow_up


def side_effects(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """How often side effects followed and how long they lasted; `effect` is always a key.

    The period is that of the session they followed, so that side effects and sessions are of the
    same population.

    Columns, after the keys (shares are 0 to 1, times are days, empty is not known):
        n: all side effects recorded of sessions in the period, which is resolved + ongoing +
            no_follow_up + imprecise.
        resolved: with an end, known exactly or between two contacts.
        ongoing: still there at the last contact; in the curve as censored there.
        no_follow_up: no contact after the onset; censored at 0.
        imprecise: onset or end known only to the month or year; not in the curve.
        patients: different patients who had it.
        sessions: the denominator: held sessions in the period (by area: that treated it; by lot:
            that used it); empty for side effects without a recorded area.
        per_100_sessions: 100 n / sessions.
        median_days: smallest time at which the curve is at 0.5 or below; empty if not reached.
        median_low, median_high: its 95 % interval; a side not reached is empty.
        resolved_by_1d, resolved_by_3d, resolved_by_7d, resolved_by_14d: share resolved by then, by
            the curve; empty if the last one watched was watched for less and still affected.
        promised_days: the founding text's promise, from the catalogue; empty if it makes none.
        within_promise: share resolved by then, by the curve.

    By lot or product a side effect counts under each one used in its session, so rows may not be
    added up.

    Raises:
        ReportError: unknown key or area.
    """
    by = _keys(by)
    counted = ask(lake, everything, catalogue, filters, by)
    counted = counted.fillna({"n": 0})  # no held session at all is a sum of nothing
    counted = counted.astype(dict.fromkeys(by, "str") | {"n": "Int64"})
    parts = {what: counted[counted["what"] == what] for what in (DURATIONS, PATIENTS, SESSIONS)}
    rows = [
        {
            **group.keys,
            "n": group.n,
            "resolved": group.resolved,
            "ongoing": group.ongoing,
            "no_follow_up": group.no_follow_up,
            "imprecise": group.imprecise,
            "median_days": group.median[0],
            "median_low": group.median[1],
            "median_high": group.median[2],
            **{f"resolved_by_{day}d": group.curve.resolved_by(day)[0] for day in BY_DAY},
            "promised_days": group.promised_days,
            "within_promise": group.within_promise[0],
        }
        for group in _curves(by, parts[DURATIONS], catalogue)
    ]
    frame = pd.DataFrame(rows, columns=[*by, *(c for c in COLUMNS if c not in _COUNTED_APART)])
    whole = dict.fromkeys(("n", "resolved", "ongoing", "no_follow_up", "imprecise"), "int64")
    shares = {name: "float64" for name in frame.columns if name not in (*by, *whole)}
    frame = frame.astype(dict.fromkeys(by, "str") | whole | shares)
    patients = parts[PATIENTS].rename(columns={"n": "patients"})[[*by, "patients"]]
    frame = frame.merge(patients, how="left", on=list(by)).astype({"patients": "int64"})
    frame = _with_sessions(frame, parts[SESSIONS].rename(columns={"n": "sessions"}), by)
    frame["per_100_sessions"] = 100 * frame["n"] / frame["sessions"].astype("Float64")
    frame["per_100_sessions"] = frame["per_100_sessions"].where(frame["sessions"] > 0)
    frame["per_100_sessions"] = frame["per_100_sessions"].astype("float64")
    return ordered(frame, by, COLUMNS)


_COUNTED_APART = ("patients", "sessions", "per_100_sessions")


def curves(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> tuple[EffectCurve, ...]:
    """The curve of each group, in the order of the keys; `effect` is always a key.

    Raises:
        ReportError: unknown key or area.
    """
    by = _keys(by)
    return tuple(_curves(by, ask(lake, durations, catalogue, filters, by), catalogue))


def _keys(by: tuple[str, ...]) -> tuple[str, ...]:
    """The keys; durations of different effects are never pooled, so `effect` is among them."""
    by = checked_keys(by, KEYS, "side-effects")
    return by if "effect" in by else ("effect", *by)


def _with_sessions(
    frame: pd.DataFrame, sessions: pd.DataFrame, by: tuple[str, ...]
) -> pd.DataFrame:
    keys = [key for key in by if key != "effect"]
    if not keys:
        return frame.assign(sessions=pd.array(list(sessions["sessions"]) * len(frame), "Int64"))
    frame = frame.merge(sessions[[*keys, "sessions"]], how="left", on=keys)
    frame["sessions"] = frame["sessions"].fillna(0)
    for key in set(keys) & set(AREA_KEYS):  # where it was is not known, nor then its denominator
        frame["sessions"] = frame["sessions"].where(frame[key].notna())
    return frame


def _curves(
    by: tuple[str, ...], counted: pd.DataFrame, catalogue: Catalogue
) -> Iterator[EffectCurve]:
    """The curve of each group of the counted durations, in the order of the keys."""
    counted = counted.sort_values([*by, *COUNTING], ignore_index=True)
    names = [[None if pd.isna(v) else v for v in counted[key].array] for key in by]
    how = counted["counting"].to_numpy(object)
    start, end = (counted[c].to_numpy("float64", na_value=np.nan) for c in COUNTING[1:])
    n = counted["n"].to_numpy("float64")
    row = 0
    for key, rows in groupby(zip(*names, strict=True)):
        part = slice(row, row := row + sum(1 for _ in rows))
        keys = dict(zip(by, key, strict=True))
        times = (start[part] / MINUTES_A_DAY, end[part] / MINUTES_A_DAY)
        yield _fit(keys, how[part], *times, n[part], catalogue)


def _fit(
    keys: dict[str, str | None], how: Any, start: Array, end: Array, n: Array, catalogue: Catalogue
) -> EffectCurve:
    """One group's curve; `how` is the counting of each row, times are days."""
    inside = how != IMPRECISE
    counts = {counting: int(n[how == counting].sum()) for counting in set(how)}
    how, start, end, n = how[inside], start[inside], end[inside], n[inside]
    if counts.get(INTERVAL):
        curve = turnbull(start, np.where(np.isnan(end), np.inf, end), n)
    else:
        over = how == RESOLVED
        curve = kaplan_meier(start, np.where(over, n, 0), np.where(over, 0, n))
    known = catalogue.side_effects.get(keys["effect"] or "")
    promised = known.promised_days if known else None
    return EffectCurve(
        keys=keys,
        curve=curve,
        resolved=counts.get(RESOLVED, 0) + counts.get(INTERVAL, 0),
        ongoing=counts.get(ONGOING, 0),
        no_follow_up=counts.get(NO_FOLLOW_UP, 0),
        imprecise=counts.get(IMPRECISE, 0),
        median=curve.median(),
        promised_days=promised,
        within_promise=curve.resolved_by(promised) if promised is not None else (np.nan,) * 3,
    )
