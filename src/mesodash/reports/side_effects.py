"""Side effects: how often, and how long they last with the still-open ones counted."""

from collections.abc import Iterator
from dataclasses import dataclass
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
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.scope import (
    codes_below,
    held_sessions,
    keyed,
    narrowed,
    of_course,
    on_session,
    ordered,
    summed,
    treated,
)
from mesodash.reports.survival import Curve, kaplan_meier, turnbull

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
AREA_KEYS = ("area", "region")
USED_KEYS = ("lot", "product")


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
        for group in curves(lake, catalogue, filters, by)
    ]
    frame = pd.DataFrame(rows, columns=[*by, *(c for c in COLUMNS if c not in _COUNTED_APART)])
    whole = dict.fromkeys(("n", "resolved", "ongoing", "no_follow_up", "imprecise"), "int64")
    shares = {name: "float64" for name in frame.columns if name not in (*by, *whole)}
    frame = frame.astype(dict.fromkeys(by, "str") | whole | shares)
    patients = _patients(lake, catalogue, filters, by)
    frame = frame.merge(patients, how="left", on=list(by))
    frame = _with_sessions(frame, _sessions(lake, catalogue, filters, by), by)
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
    counted = ask(lake, _counted, catalogue, filters, by)
    counted = counted.sort_values([*by, *_COUNTING], ignore_index=True)
    return tuple(_fit(by, key, rows, catalogue) for key, rows in _groups(counted, by))


_COUNTING = ("counting", "from_minutes", "to_minutes")


def _counted(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    effects = _effects(lake, catalogue, filters, by)
    return effects.group_by(*by, *_COUNTING).agg(n=effects.count())


def _keys(by: tuple[str, ...]) -> tuple[str, ...]:
    """The keys; durations of different effects are never pooled, so `effect` is among them."""
    by = checked_keys(by, KEYS, "side-effects")
    return by if "effect" in by else ("effect", *by)


def _effects(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """The side effects that the filters leave, with the keys as columns beside the facts."""
    effects = narrowed(of_course(lake.tables.side_effects, lake, filters, by), filters)
    if filters.areas:
        effects = effects.filter(effects.area.isin(codes_below(catalogue, filters.areas)))
    if set(by) & set(USED_KEYS):
        effects = on_session(effects, used(lake, by), "left")
    facts = [c for c in ("patient", "counting", "from_minutes", "to_minutes") if c not in by]
    return effects.select(
        **keyed(effects, by, catalogue),
        clinic_id=effects.clinic_id,
        **{c: effects[c] for c in facts},
    )


def used(lake: Lake, keys: tuple[str, ...]) -> Any:
    """Each lot or product (or both, as the keys say) of each session once."""
    wanted = [key for key in USED_KEYS if key in keys]
    products = lake.tables.products_used
    products = products.filter(*(products[key].notnull() for key in wanted))  # noqa: PD004 - Ibis
    return products.select("clinic_id", "session", *wanted).distinct()


def _patients(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]
) -> pd.DataFrame:
    frame = ask(lake, _patient_cells, catalogue, filters, by)
    return frame.astype(dict.fromkeys(by, "str") | {"patients": "int64"})


def _patient_cells(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    effects = _effects(lake, catalogue, filters, by)
    cells = effects.group_by("clinic_id", *by).agg(patients=effects.patient.nunique())
    return summed(cells, by, ("patients",))


def _sessions(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]
) -> pd.DataFrame:
    """Held sessions in scope by the keys other than the effect."""
    keys = tuple(key for key in by if key != "effect")
    frame = ask(lake, _session_cells, catalogue, filters, keys)
    frame["sessions"] = frame["sessions"].fillna(0)
    return frame.astype(dict.fromkeys(keys, "str") | {"sessions": "Int64"})


def _session_cells(
    lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]
) -> Any:
    sessions = held_sessions(lake, filters, keys)
    whole = not (filters.areas or set(keys) & {*AREA_KEYS, *USED_KEYS})
    if filters.areas or set(keys) & set(AREA_KEYS):
        sessions = on_session(sessions, treated(lake, catalogue, filters).drop("volume_ul"))
    if set(keys) & set(USED_KEYS):
        sessions = on_session(sessions, used(lake, keys), "left")
    cells = sessions.select(
        **keyed(sessions, keys, catalogue), clinic_id=sessions.clinic_id, session=sessions.session
    )
    cells = cells.group_by("clinic_id", *keys).agg(
        sessions=cells.count() if whole else cells.session.nunique()  # a row a session is a count
    )
    return summed(cells, keys, ("sessions",))


def _with_sessions(
    frame: pd.DataFrame, sessions: pd.DataFrame, by: tuple[str, ...]
) -> pd.DataFrame:
    keys = [key for key in by if key != "effect"]
    if not keys:
        return frame.assign(sessions=pd.array([sessions["sessions"].iloc[0]] * len(frame), "Int64"))
    frame = frame.merge(sessions, how="left", on=keys)
    frame["sessions"] = frame["sessions"].fillna(0)
    for key in set(keys) & set(AREA_KEYS):  # where it was is not known, nor then its denominator
        frame["sessions"] = frame["sessions"].where(frame[key].notna())
    return frame


def _groups(
    counted: pd.DataFrame, by: tuple[str, ...]
) -> Iterator[tuple[tuple[Any, ...], pd.DataFrame]]:
    yield from counted.groupby(list(by), dropna=False, sort=False)


def _fit(
    by: tuple[str, ...], key: tuple[Any, ...], rows: pd.DataFrame, catalogue: Catalogue
) -> EffectCurve:
    n = rows.groupby("counting")["n"].sum()
    inside = rows[rows["counting"] != IMPRECISE]
    start = inside["from_minutes"].to_numpy("float64") / MINUTES_A_DAY
    end = inside["to_minutes"].to_numpy("float64") / MINUTES_A_DAY
    count = inside["n"].to_numpy("float64")
    if n.get(INTERVAL, 0):
        curve = turnbull(start, np.where(np.isnan(end), np.inf, end), count)
    else:
        over = (inside["counting"] == RESOLVED).to_numpy()
        curve = kaplan_meier(start, np.where(over, count, 0), np.where(over, 0, count))
    keys = {name: None if pd.isna(value) else value for name, value in zip(by, key, strict=True)}
    known = catalogue.side_effects.get(keys["effect"] or "")
    promised = known.promised_days if known else None
    return EffectCurve(
        keys=keys,
        curve=curve,
        resolved=int(n.get(RESOLVED, 0) + n.get(INTERVAL, 0)),
        ongoing=int(n.get(ONGOING, 0)),
        no_follow_up=int(n.get(NO_FOLLOW_UP, 0)),
        imprecise=int(n.get(IMPRECISE, 0)),
        median=curve.median(),
        promised_days=promised,
        within_promise=curve.resolved_by(promised) if promised is not None else (np.nan,) * 3,
    )
