"""Side effects: how often, and how long they last with the still-open ones counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
import pandas as pd

from mesodash.catalogue.durations import expected_duration
from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import last_check
from mesodash.lake.durations import (
    IMPRECISE,
    INTERVAL,
    MINUTES_A_DAY,
    NO_FOLLOW_UP,
    ONGOING,
    RESOLVED,
)
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import PERSON
from mesodash.reports.core.columns import ripe_on, typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import ordered
from mesodash.reports.core.spec import ReportColumn, ReportSpec, names_of, types_of
from mesodash.reports.effects.counts import (
    AREA_KEYS,
    COUNTING,
    DURATIONS,
    NOT_FOLLOWING,
    RATES,
    SESSIONS,
    SIDE_EFFECT_COLUMNS,
    durations,
    everything,
)
from mesodash.reports.stats.clustering import NOT_KNOWN, Totals, rate
from mesodash.reports.stats.survival import Array, Curve, Ranks, Triple, kaplan_meier, turnbull

KEYS = (
    "effect", "protocol", "area", "practitioner", "lot", "region",
    "month", "indication", "clinic", "product",
)  # fmt: skip
BY_DAY = (1, 3, 7, 14)
NINE_IN_TEN = 0.9
COLUMNS = names_of(SIDE_EFFECT_COLUMNS)
TYPES = types_of(SIDE_EFFECT_COLUMNS)


@dataclass(frozen=True, slots=True, eq=False)
class EffectCurve:
    """How long one group of side effects lasted.

    Attributes:
        keys: what the group is, by the keys asked for; None where it was not recorded.
        curve: the share still affected, times in days.
        resolved, ongoing, no_follow_up, imprecise: how the group's side effects were counted; the
            imprecise ones are not in the curve, those gone between two contacts are `resolved`.
        median: days, and its 95 % interval; NaN where not reached.
        promised_days: what the catalogue says of the effect after the group's protocol, else what
            the founding text promises; None if nothing is said.
        within_promise: share resolved by then and its 95 % interval; NaN where not known.
        patients: different patients who had it.
    """

    keys: dict[str, str | None]
    curve: Curve
    resolved: int
    ongoing: int
    no_follow_up: int
    imprecise: int
    median: Triple
    promised_days: float | None
    within_promise: Triple
    patients: int

    @property
    def n(self) -> int:
        """All side effects of the group, in the curve or not."""
        return self.resolved + self.ongoing + self.no_follow_up + self.imprecise

    @property
    def open_effects(self) -> int:
        """Those still there, or never asked about again."""
        return self.ongoing + self.no_follow_up


@dataclass(frozen=True, slots=True)
class _Promised:
    """What the catalogue says of how long an effect lasts, for the groups of one report."""

    catalogue: Catalogue
    filters: Filters

    def days(self, keys: Mapping[str, str | None]) -> float | None:
        """Of a group: after its protocol, or the only one requested; else the founding text's."""
        effect, only = keys["effect"] or "", self.filters.protocols
        if effect not in self.catalogue.side_effects:
            return None
        protocol = keys.get("protocol", only[0] if len(only) == 1 else None)
        known = protocol if protocol in self.catalogue.protocols else None
        return expected_duration(self.catalogue, effect, known).days


def side_effects(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """How often side effects followed and how long they lasted; `effect` is always a key.

    Columns and keys: `SIDE_EFFECTS`.

    Raises:
        ReportError: unknown key or area.
    """
    by = _keys(by)
    counted = ask(lake, everything, catalogue, filters, by)
    counted = counted.fillna({"n": 0})  # no held session at all is a sum of nothing
    counted = counted.astype(dict.fromkeys(by, "str") | {"n": "Int64"})
    parts = {str(what): rows for what, rows in counted.groupby("what")}
    nothing = counted.iloc[:0]
    keys = tuple(key for key in by if key != "effect")
    promised = _Promised(catalogue, filters)
    found = {_key(c.keys, by): c for c in _curves(by, parts.get(DURATIONS, nothing), promised)}
    apart = _by_key(parts.get(NOT_FOLLOWING, nothing), by)
    rates = _by_key(parts.get(RATES, nothing), by)
    sessions = _by_key(parts.get(SESSIONS, nothing), keys)
    followed = _by_key(parts.get(SESSIONS, nothing), keys, ("followed", "n", "others"))
    rows = []
    for key in {**found, **apart}:
        named = dict(zip(by, key, strict=True))
        group = found.get(key) or _nobody(named, promised)
        of = sessions.get(_key(named, keys), (0, 0, 0))
        placed = all(named[k] is not None for k in keys if k in AREA_KEYS)
        _, squares, products = rates.get(key, (0, 0, 0))
        totals = Totals(of[2], group.n, of[0] if placed else 0, squares, products, of[1])
        rows.append(
            _row(group, totals)
            | {"sessions": of[0] if placed else None, "not_following": apart.get(key, (0,))[0]}
            | {"followed_share": _part(followed.get(_key(named, keys), (0, 0, 0))[0], totals.n)}
        )
    frame = typed(rows, by, TYPES)
    frame["ripe_on"] = ripe_on(frame, last_check(catalogue))
    return ordered(frame, by, COLUMNS)


def _row(group: EffectCurve, totals: Totals) -> dict[str, Any]:
    """The columns of one group but its sessions and those that did not follow one."""
    curve = group.curve
    by_day = {day: curve.resolved_by(day) for day in BY_DAY}
    often = rate(totals)
    return {
        **group.keys,
        "n": group.n,
        "resolved": group.resolved,
        "ongoing": group.ongoing,
        "no_follow_up": group.no_follow_up,
        "imprecise": group.imprecise,
        "patients": group.patients,
        "per_100_sessions": 100 * often[0],
        "median_days": group.median[0],
        "median_low": group.median[1],
        "median_high": group.median[2],
        **{f"resolved_by_{day}d": share for day, (share, _, _) in by_day.items()},
        "promised_days": group.promised_days,
        "within_promise": group.within_promise[0],
        **{f"resolved_by_{day}d_low": low for day, (_, low, _) in by_day.items()},
        **{f"resolved_by_{day}d_high": high for day, (*_, high) in by_day.items()},
        **_nine_in_ten(curve),
        "per_100_low": 100 * often[1],
        "per_100_high": 100 * often[2],
        "reliable": curve.reliable(),
        **{f"resolved_by_{day}d_reliable": curve.reliable(day) for day in BY_DAY},
        "design_effect": _at_median(curve),
    }


def _nine_in_ten(curve: Curve) -> dict[str, Any]:
    """When nine in ten were gone, its interval, and whether that holds what it promises."""
    gone, low, high = curve.time_until(NINE_IN_TEN)
    return {
        "nine_in_ten_days": gone,
        "nine_in_ten_low": low,
        "nine_in_ten_high": high,
        "nine_in_ten_reliable": not np.isnan(gone) and curve.reliable(gone),
    }


def _at_median(curve: Curve) -> float:
    """The design effect where half were gone; NaN where that was not reached or is not known."""
    half = curve.median()[0]
    return half if np.isnan(half) else curve.design_effect(half)


def _key(named: Mapping[str, str | None], by: tuple[str, ...]) -> tuple[str | None, ...]:
    return tuple(named[key] for key in by)


def _part(part: float, of: float) -> float:
    return part / of if of else NOT_KNOWN


def _by_key(
    counted: pd.DataFrame,
    by: tuple[str, ...],
    columns: tuple[str, str, str] = ("n", "squares", "others"),
) -> dict[tuple[str | None, ...], tuple[int, int, int]]:
    """Three numbers of each row by its keys; None for a key that was not recorded."""
    names = [[None if pd.isna(v) else v for v in counted[key].array] for key in by]
    numbers = counted[list(columns)].fillna(0).astype("int64")
    values = [(int(n), int(s), int(o)) for n, s, o in numbers.itertuples(index=False)]
    return dict(zip(zip(*names, strict=True) if by else [()] * len(values), values, strict=True))


def curves(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> tuple[EffectCurve, ...]:
    """The curve of each group, in the order of the keys; `effect` is always a key.

    Raises:
        ReportError: unknown key or area.
    """
    by = _keys(by)
    counted = ask(lake, durations, catalogue, filters, by)
    return tuple(_curves(by, counted, _Promised(catalogue, filters)))


def _keys(by: tuple[str, ...]) -> tuple[str, ...]:
    """The keys; durations of different effects are never pooled, so `effect` is among them."""
    by = checked_keys(by, KEYS, "side-effects")
    return by if "effect" in by else ("effect", *by)


def _curves(
    by: tuple[str, ...], counted: pd.DataFrame, promised: "_Promised"
) -> Iterator[EffectCurve]:
    """The curve of each group of the counted durations, in the order of the keys."""
    counted = counted.sort_values([*by, *COUNTING, *PERSON], ignore_index=True)
    names = [[None if pd.isna(v) else v for v in counted[key].array] for key in by]
    how = counted["counting"].to_numpy(object)
    start, end = (counted[c].to_numpy("float64", na_value=np.nan) for c in COUNTING[1:])
    n = counted["n"].to_numpy("float64")
    who = counted.groupby(list(PERSON), sort=False).ngroup().to_numpy().astype(np.intp)
    row = 0
    for key, rows in groupby(zip(*names, strict=True)):
        part = slice(row, row := row + sum(1 for _ in rows))
        keys = dict(zip(by, key, strict=True))
        times = (start[part] / MINUTES_A_DAY, end[part] / MINUTES_A_DAY)
        yield _fit(keys, how[part], *times, n[part], who[part], promised)


def _nobody(keys: dict[str, str | None], promised: "_Promised") -> EffectCurve:
    """A group in which no side effect can have followed a session."""
    none = np.empty(0)
    return _fit(keys, np.empty(0, object), none, none, none, np.empty(0, np.intp), promised)


def _fit(
    keys: dict[str, str | None],
    how: Any,
    start: Array,
    end: Array,
    n: Array,
    who: Ranks,
    promised: "_Promised",
) -> EffectCurve:
    """One group's curve; `how` is the counting of each row, `who` its patient, times are days."""
    inside = how != IMPRECISE
    patients = int(np.unique(who).size)
    counts = {counting: int(n[how == counting].sum()) for counting in set(how)}
    how, start, end, n, who = (one[inside] for one in (how, start, end, n, who))
    if counts.get(INTERVAL):
        curve = turnbull(start, np.where(np.isnan(end), np.inf, end), n, who)
    else:
        over = how == RESOLVED
        curve = kaplan_meier(start, np.where(over, n, 0), np.where(over, 0, n), who)
    days = promised.days(keys)
    return EffectCurve(
        keys=keys,
        curve=curve,
        resolved=counts.get(RESOLVED, 0) + counts.get(INTERVAL, 0),
        ongoing=counts.get(ONGOING, 0),
        no_follow_up=counts.get(NO_FOLLOW_UP, 0),
        imprecise=counts.get(IMPRECISE, 0),
        median=curve.median(),
        promised_days=days,
        within_promise=curve.resolved_by(days) if days is not None else (np.nan,) * 3,
        patients=patients,
    )


SIDE_EFFECTS: Final = ReportSpec(
    function=side_effects,
    summary=N_("How often side effects followed and how long they lasted."),
    columns=SIDE_EFFECT_COLUMNS,
    made=(
        ReportColumn(
            "gone_by_day",
            "float64",
            N_(
                "share gone by day {n}, from the curve; empty if nobody was followed so"
                " long while some were still affected"
            ),
            "share",
            label=N_("By {n}\N{NO-BREAK SPACE}d (95 %)"),
        ),
    ),
    about=(
        ("How often side effects followed and how long they lasted; `effect` is always a key."),
        (
            "The period is that of the session they followed, so that side effects and sessions "
            "are of the same population."
        ),
        (
            "By lot or product a side effect counts under each one used in its session, so rows "
            "may not be added up."
        ),
    ),
    keys=KEYS,
    usual=("effect",),
    groups=("patients",),
)
