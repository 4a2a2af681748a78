"""How long effects lasted, laid out: shares gone with intervals, promises, the published table."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from mesodash.catalogue.durations import expected_duration
from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of
from mesodash.reports.effects.incidence import effect_first
from mesodash.reports.effects.side_effects import BY_DAY, KEYS, EffectCurve, curves


@dataclass(frozen=True, slots=True)
class SourceTime:
    """A duration that a source gives for one effect of one protocol.

    Attributes:
        kind: "median" (half are gone by then), "usual" (it lasts about, or up to, so long) or
            "range" (from the shortest to the longest).
        low_days, high_days: the source's span; equal where it gives one figure.
        text: the words of the catalogue.
        sources: keys of the catalogue's sources for the effect.
    """

    kind: str
    low_days: float
    high_days: float
    text: str
    sources: tuple[str, ...]


def source_time(catalogue: Catalogue, effect: str, protocol: str | None) -> SourceTime | None:
    """What a source says of this effect after this protocol; None where none does.

    Only durations of the protocol's own substance count.
    """
    if effect not in catalogue.side_effects or protocol not in catalogue.protocols:
        return None
    own = expected_duration(catalogue, effect, protocol).own
    if own is None or own.days_max is None:
        return None
    low = own.days_max if own.days_min is None else own.days_min
    return SourceTime(own.kind, low, own.days_max, own.text, own.sources)


_RESOLUTION = (
    ReportColumn("day", "int64", N_("1, 3, 7 or 14 days since the onset")),
    ReportColumn("n", "int64", N_("side effects in the curve"), label=N_("n")),
    ReportColumn(
        "at_risk",
        "int64",
        N_(
            "still there and still followed just before that day (expected numbers,"
            " rounded, where ends are known between contacts)"
        ),
    ),
    ReportColumn(
        "share",
        "float64",
        N_(
            "gone by then, by the curve; empty if nobody was watched so long while"
            " some were still affected"
        ),
        "share",
    ),
    *alike({"low": "", "high": ""}, "float64", N_("its 95 % interval (log-log)"), "share"),
    ReportColumn(
        "reliable",
        "bool",
        N_(
            "whether simulations say that the interval holds what it promises: 30 patients"
            " or more, and 20 would still be followed then, had none of them ended"
        ),
    ),
)
RESOLUTION_TYPES = types_of(_RESOLUTION)
_PROMISES = (
    ReportColumn("n", "int64", N_("side effects in the curve"), label=N_("n")),
    *alike(
        {"median_days": N_("Half gone by"), "median_low": "", "median_high": ""},
        "float64",
        N_("days until half were gone, and the 95 % interval"),
        "days",
    ),
    ReportColumn(
        "promised_days",
        "float64",
        N_(
            "what patients are told: the protocol's own source, else the founding"
            " text's promise; empty if there is none"
        ),
        "days",
        label=N_("Promised"),
    ),
    *alike(
        {"promised_share": N_("Gone within it"), "promised_low": "", "promised_high": ""},
        "float64",
        N_("share gone within it, by the curve, and the 95 % interval"),
        "share",
    ),
    ReportColumn(
        "source_kind",
        "str",
        N_("median or usual, as the protocol's source puts it; empty if none does"),
    ),
    ReportColumn(
        "source_text", "str", N_("its words, from the catalogue"), label=N_("The source says")
    ),
    *alike(
        {"source_low_days": "", "source_high_days": ""},
        "float64",
        N_("its span in days; equal where it gives one figure"),
        "days",
    ),
    *alike(
        {"source_share": N_("Gone within that"), "source_share_low": "", "source_share_high": ""},
        "float64",
        N_(
            "share gone by source_high_days, by the curve, and the 95 % interval."
            " Against a median expect half, against usual nearly all"
        ),
        "share",
    ),
    ReportColumn(
        "reliable",
        "bool",
        N_(
            "whether simulations say that the intervals hold what they promise: 30 patients or"
            " more, and 20 would still be followed by those times, had none of them ended"
        ),
    ),
)
PROMISE_TYPES = types_of(_PROMISES)


def resolution(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """The share gone by day 1, 3, 7 and 14 with its interval: one row per group and day.

    Columns and keys: `RESOLUTION`.

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
                    "reliable": group.curve.reliable(day),
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
    """What patients are told beside what was seen, and the words of the protocol's own source.

    Columns and keys: `PROMISES`.

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
        "reliable": group.curve.reliable(
            _latest(group.promised_days, said.high_days if said else None)
        ),
    }  # fmt: skip


def _latest(*days: float | None) -> float | None:
    """The latest of these times; None if none is known."""
    known = [day for day in days if day is not None and not math.isnan(day)]
    return max(known, default=None)


RESOLUTION: Final = ReportSpec(
    function=resolution,
    summary=N_("Which share of each effect was gone by 1, 3, 7 and 14 days."),
    columns=_RESOLUTION,
    about=(
        ("The share gone by day 1, 3, 7 and 14 with its interval: one row per group and day."),
        ("From the curves of the side-effects report."),
    ),
    keys=(
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
    ),
    usual=("effect",),
    groups=("n",),
)


PROMISES: Final = ReportSpec(
    function=promises,
    summary=N_("Which share was gone within the time that was promised."),
    columns=_PROMISES,
    about=(
        (
            "What was promised beside what was seen: by the founding text, and by the protocol's "
            "sources."
        ),
        (
            "From the curves of the side-effects report. The founding text promises by effect; a "
            "source speaks of an effect after a certain protocol, so its columns need the key "
            "`protocol`."
        ),
    ),
    keys=(
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
    ),
    usual=("effect", "protocol"),
    groups=("n",),
)
