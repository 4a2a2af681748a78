"""How long effects lasted, laid out: shares gone with intervals, promises, the published table."""

import math
from typing import Any

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.incidence import effect_first, incidence, severity
from mesodash.reports.published import source_time
from mesodash.reports.shares import typed
from mesodash.reports.side_effects import BY_DAY, KEYS, EffectCurve, curves

RESOLUTION_TYPES = {
    "day": "int64",
    "n": "int64",
    "at_risk": "int64",
    "share": "float64",
    "low": "float64",
    "high": "float64",
}
PROMISE_TYPES = {
    "n": "int64",
    "median_days": "float64",
    "median_low": "float64",
    "median_high": "float64",
    "promised_days": "float64",
    "promised_share": "float64",
    "promised_low": "float64",
    "promised_high": "float64",
    "source_kind": "str",
    "source_text": "str",
    "source_low_days": "float64",
    "source_high_days": "float64",
    "source_share": "float64",
    "source_share_low": "float64",
    "source_share_high": "float64",
}
REACTION_TYPES = {
    "sessions_with": "int64",
    "sessions": "int64",
    "session_share": "float64",
    "patients_with": "int64",
    "patients": "int64",
    "patient_share": "float64",
    "mild": "int64",
    "moderate": "int64",
    "severe": "int64",
    "not_graded": "int64",
    "median_days": "float64",
    "median_low": "float64",
    "median_high": "float64",
    "longest_days": "float64",
    "longest_open": "bool",
}


def resolution(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """The share gone by day 1, 3, 7 and 14 with its interval: a row a group and day.

    From the curves of the side-effects report.

    Columns:
        day: 1, 3, 7 or 14 days since the onset.
        n: side effects in the curve.
        at_risk: still there and still followed just before that day (expected numbers, rounded,
            where ends are known between contacts).
        share: gone by then, by the curve; empty if nobody was watched so long while some were still
            affected.
        low, high: its 95 % interval (log-log).

    Raises:
        ReportError: unknown key or area.
    """
    by = effect_first(checked_keys(by, KEYS, "resolution"))
    rows = []
    for group in curves(lake, catalogue, filters, by):
        for day in BY_DAY:
            share, low, high = group.curve.resolved_by(day)
            rows.append(
                group.keys
                | {
                    "day": day,
                    "n": group.curve.n,
                    "at_risk": followed_until(group, day),
                    "share": share,
                    "low": low,
                    "high": high,
                }
            )
    return typed(rows, by, RESOLUTION_TYPES)


def followed_until(group: EffectCurve, day: float) -> int:
    """How many of a group were still there and still followed just before a day."""
    at = int(np.searchsorted(group.curve.times, day - 1e-9, side="left"))
    return round(float(group.curve.at_risk[at])) if at < group.curve.times.size else 0


def promises(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect", "protocol")
) -> pd.DataFrame:
    """What was promised beside what was seen: by the founding text, and by the protocol's sources.

    From the curves of the side-effects report. The founding text promises by effect; a source
    speaks of an effect after a certain protocol, so its columns need the key `protocol`.

    Columns:
        n: side effects in the curve.
        median_days, median_low, median_high: days until half were gone, and the 95 % interval.
        promised_days: the founding text's promise in days; empty if it makes none.
        promised_share, promised_low, promised_high: share gone within it, by the curve, and the
            95 % interval.
        source_kind: median or usual, as the protocol's source puts it; empty if none does.
        source_text: its words, from the catalogue.
        source_low_days, source_high_days: its span in days; equal where it gives one figure.
        source_share, source_share_low, source_share_high: share gone by source_high_days, by the
            curve, and the 95 % interval. Against a median expect half, against usual nearly all.

    Raises:
        ReportError: unknown key or area.
    """
    by = effect_first(checked_keys(by, KEYS, "promises"))
    rows = [
        group.keys | _promise(group, catalogue)
        for group in curves(lake, catalogue, filters, by)
        if group.curve.n
    ]
    return typed(rows, by, PROMISE_TYPES)


def _promise(group: EffectCurve, catalogue: Catalogue) -> dict[str, Any]:
    said = source_time(catalogue, group.keys["effect"] or "", group.keys.get("protocol"))
    nothing = (math.nan,) * 3
    within = group.curve.resolved_by(said.high_days) if said else nothing
    return {
        "n": group.curve.n,
        **dict(zip(("median_days", "median_low", "median_high"), group.median, strict=True)),
        "promised_days": group.promised_days,
        **dict(
            zip(("promised_share", "promised_low", "promised_high"), group.within_promise,
                strict=True)
        ),
        "source_kind": said.kind if said else None,
        "source_text": said.text if said else None,
        "source_low_days": said.low_days if said else math.nan,
        "source_high_days": said.high_days if said else math.nan,
        **dict(
            zip(("source_share", "source_share_low", "source_share_high"), within, strict=True)
        ),
    }  # fmt: skip


def reactions(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """The table of reactions as papers print it: how often, how severe, how long.

    Rows that followed most sessions come first.

    Columns:
        sessions_with, sessions, session_share: as in the incidence report.
        patients_with, patients, patient_share: as in the incidence report.
        mild, moderate, severe, not_graded: sessions with the effect by its worst grade there: 1, 2,
            3 and more, none recorded. They sum to sessions_with.
        median_days, median_low, median_high: days until half were gone and the 95 % interval, the
            open ones counted as open.
        longest_days: the longest that one was seen, days, ended or not.
        longest_open: whether that one was still there when last seen, so that it lasted longer.

    Raises:
        ReportError: unknown key or area.
    """
    by = effect_first(checked_keys(by, KEYS, "reactions"))
    often = incidence(lake, catalogue, filters, by)
    grades = severity(lake, catalogue, filters, by)
    lasted = {_key(group.keys, by): group for group in curves(lake, catalogue, filters, by)}
    worst: dict[tuple[Any, ...], dict[str, int]] = {}
    for row in grades.to_dict("records"):
        name = _grade_word(row["grade"])
        cell = worst.setdefault(_key(row, by), {})
        cell[name] = cell.get(name, 0) + int(row["n"])
    rows = []
    for row in often.to_dict("records"):
        key = _key(row, by)
        kept = {name: row[name] for name in (*by, *REACTION_TYPES) if name in row}
        rows.append(
            kept
            | dict.fromkeys(("mild", "moderate", "severe", "not_graded"), 0)
            | worst.get(key, {})
            | _how_long(lasted.get(key))
        )
    frame = typed(rows, by, REACTION_TYPES)
    return frame.sort_values(
        ["sessions_with", *by], ascending=[False, *([True] * len(by))], ignore_index=True
    )


def _key(row: Any, by: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(None if pd.isna(row[name]) else row[name] for name in by)


def _grade_word(grade: Any) -> str:
    if pd.isna(grade):
        return "not_graded"
    return {1: "mild", 2: "moderate"}.get(int(grade), "severe")


def _how_long(group: EffectCurve | None) -> dict[str, Any]:
    """Median and longest of a group; nothing is known of one that is not in a curve."""
    if group is None or not group.curve.n:
        unknown = ("median_days", "median_low", "median_high", "longest_days")
        return dict.fromkeys(unknown, math.nan) | {"longest_open": False}
    curve = group.curve
    ended = curve.times[curve.events > 1e-9].max(initial=0.0)
    still = curve.times[curve.censored > 0].max(initial=0.0)
    return {
        **dict(zip(("median_days", "median_low", "median_high"), group.median, strict=True)),
        "longest_days": float(max(ended, still)),
        "longest_open": bool(still > ended),
    }
