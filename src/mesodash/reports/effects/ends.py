"""What the durations are based on: how ends became known, and areas treated again meanwhile.

Both are kinds of competing events: an end reported by telephone is not one seen in the clinic, and
an area that is treated again before an effect is over no longer shows how long that effect would
have lasted. The headline (report `side_effects`) counts every effect to the end that its own record
gives; this module gives what it would be otherwise.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.durations import IMPRECISE, INTERVAL, MINUTES_A_DAY, NO_FOLLOW_UP, ONGOING
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import PERSON
from mesodash.reports.core.columns import cells_of, typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of
from mesodash.reports.effects.counts import COUNTING, durations_with
from mesodash.reports.effects.incidence import effect_first
from mesodash.reports.effects.side_effects import KEYS
from mesodash.reports.stats.clustering import NOT_KNOWN, Array, Triple
from mesodash.reports.stats.competing_events import shares_by
from mesodash.reports.stats.survival import Curve, kaplan_meier, turnbull

HORIZON: Final = 14
"""The day by which shares are compared: the last of those of the side-effects report."""
WAYS: Final = ("seen", "telephone", "patient", "other", "not_recorded")
"""How an end became known."""
AGAIN: Final = "treated again"
_UNKNOWN: Final[Triple] = (NOT_KNOWN, NOT_KNOWN, NOT_KNOWN)

_END_SOURCES = (
    ReportColumn("n", "int64", N_("side effects in the curve"), label=N_("n")),
    ReportColumn("ended", "int64", N_("of these, with an end"), label=N_("With an end")),
    *alike(
        {
            "seen": N_("Seen"),
            "telephone": N_("By telephone"),
            "patient": N_("Reported by the patient"),
            "other": N_("Reported by others"),
            "not_recorded": N_("Not recorded how"),
        },
        "int64",
        N_(
            "how the ends became known, which add up to those with an end: seen at a visit or by a"
            " practitioner; by telephone; by the patient's own message or as the record says;"
            " told by somebody else; or the record does not say"
        ),
    ),
    *(
        column
        for way, words in (
            ("seen", N_("share gone and seen to be gone")),
            ("telephone", N_("share gone and said so by telephone")),
            ("patient", N_("share gone and reported by the patient")),
            ("other", N_("share gone and told by somebody else")),
            ("not_recorded", N_("share gone, the record does not say how that is known")),
        )
        for column in alike(
            {
                f"{way}_by_14d": "",
                f"{way}_by_14d_low": "",
                f"{way}_by_14d_high": "",
            },
            "float64",
            words,
            "share",
        )
    ),
)
END_SOURCES_TYPES = types_of(_END_SOURCES)

_AGAIN = (
    ReportColumn("n", "int64", N_("side effects in the curve"), label=N_("n")),
    ReportColumn(
        "treated_again",
        "int64",
        N_(
            "of these, those whose area (one in it or around it, not on the other side) was treated"
            " again before they were over"
        ),
        label=N_("Treated again"),
    ),
    *alike(
        {"median_days": N_("Half gone by"), "median_low": "", "median_high": ""},
        "float64",
        N_("days until half were gone as in side-effects: each to the end its own record gives"),
        "days",
    ),
    *alike(
        {
            "censored_median_days": N_("Half gone by, watched until treated again"),
            "censored_median_low": "",
            "censored_median_high": "",
        },
        "float64",
        N_("the same where treating the area again censors: watched until then and no longer"),
        "days",
    ),
    *alike(
        {"gone_by_14d": N_("Gone by 14 d"), "gone_by_14d_low": "", "gone_by_14d_high": ""},
        "float64",
        N_("share gone by day 14 as in side-effects"),
        "share",
    ),
    *alike(
        {
            "censored_by_14d": N_("Censored when treated again"),
            "censored_by_14d_low": "",
            "censored_by_14d_high": "",
        },
        "float64",
        N_("share gone by day 14 where treating the area again censors"),
        "share",
    ),
    *alike(
        {
            "competing_by_14d": N_("Competing with being treated again"),
            "competing_by_14d_low": "",
            "competing_by_14d_high": "",
        },
        "float64",
        N_(
            "share gone by day 14 and before the area was treated again, which competes"
            " (Aalen-Johansen; an end known between two contacts stands at the second)"
        ),
        "share",
    ),
    *alike(
        {
            "again_by_14d": N_("Treated again first"),
            "again_by_14d_low": "",
            "again_by_14d_high": "",
        },
        "float64",
        N_("share whose area was treated again by day 14 and before they were over"),
        "share",
    ),
)
AGAIN_TYPES = types_of(_AGAIN)


def end_sources(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """How the ends of side effects became known.

    Columns and keys: `END_SOURCES`.

    Raises:
        ReportError: unknown key or area.
    """
    by = effect_first(checked_keys(by, KEYS, "end_sources"))
    rows = []
    for keys, group in _groups(ask(lake, durations_with, catalogue, filters, by, "told"), by):
        ways = group["told"].where(group["over"], "").fillna("not_recorded").to_numpy(object)
        shares = shares_by(group["who"], _ended(group), ways, HORIZON)
        nobody = _nobody_by_then(_ended(group), group["over"].to_numpy(bool))
        rows.append(
            keys
            | {"n": len(group), "ended": int(group["over"].sum())}
            | {way: int((ways == way).sum()) for way in WAYS}
            | {
                name: value
                for way in WAYS
                for name, value in _three(f"{way}_by_14d", shares.get(way, nobody)).items()
            }
        )
    return typed(rows, by, END_SOURCES_TYPES)


def retreatment(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """How long effects lasted, where treating their area again censors, and where it competes.

    Columns and keys: `RETREATMENT`.

    Raises:
        ReportError: unknown key or area.
    """
    by = effect_first(checked_keys(by, KEYS, "retreatment"))
    found = ask(lake, durations_with, catalogue, filters, by, "again_minutes")
    rows = []
    for keys, group in _groups(found, by):
        again = group["again_minutes"].to_numpy("float64", na_value=np.nan) / MINUTES_A_DAY
        treated = ~np.isnan(again)
        recorded, watched = _curve(group), _curve(_censored(group, again))
        times = np.where(treated, again, _ended(group))
        ends = np.where(treated, AGAIN, np.where(group["over"], "gone", "")).astype(object)
        shares = shares_by(group["who"], times, ends, HORIZON)
        nobody = _nobody_by_then(times, ends != "")
        rows.append(
            keys
            | {"n": len(group), "treated_again": int(treated.sum())}
            | dict(
                zip(("median_days", "median_low", "median_high"), recorded.median(), strict=True)
            )
            | dict(
                zip(
                    ("censored_median_days", "censored_median_low", "censored_median_high"),
                    watched.median(),
                    strict=True,
                )
            )
            | _three("gone_by_14d", recorded.resolved_by(HORIZON))
            | _three("censored_by_14d", watched.resolved_by(HORIZON))
            | _three("competing_by_14d", shares.get("gone", nobody))
            | _three("again_by_14d", shares.get(AGAIN, nobody))
        )
    return typed(rows, by, AGAIN_TYPES)


def _groups(
    counted: pd.DataFrame, by: tuple[str, ...]
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Each group in the order of the keys, one row per side effect in the curve.

    With start and end (days; NaN without an end), who (a number for the patient) and over.
    """
    counted = counted[counted["counting"] != IMPRECISE]
    # An engine gives rows in any order; sums of floats over them would differ in their last digits.
    counted = counted.sort_values(list(dict.fromkeys((*by, *PERSON, *counted.columns))))
    start, end = (counted[c].astype("float64") / MINUTES_A_DAY for c in COUNTING[1:])
    counted = counted.assign(
        start=start,
        end=end,
        who=counted.groupby(list(PERSON), sort=False).ngroup(),
        over=end.notna(),
    )
    counted = counted.loc[counted.index.repeat(counted["n"].astype("int64"))]
    for key, group in cells_of(counted, by):
        named = (None if pd.isna(one) else one for one in key)
        yield dict(zip(by, named, strict=True)), group.reset_index(drop=True)


def _ended(group: pd.DataFrame) -> Array:
    """When each ended, or was last watched; one gone between two contacts at the second."""
    return group["end"].where(group["over"], group["start"]).to_numpy("float64")


def _nobody_by_then(stop: Array, over: Array) -> Triple:
    """The share of an end that nobody reached by the horizon: 0 if anybody was watched so long."""
    watched = bool((stop >= HORIZON).any() or over.all())
    return (0.0, NOT_KNOWN, NOT_KNOWN) if watched else _UNKNOWN


def _censored(group: pd.DataFrame, again: Any) -> pd.DataFrame:
    """The group with each effect watched until its area was treated again."""
    treated = ~np.isnan(again)
    how = group["counting"].where(~treated | (group["counting"] == NO_FOLLOW_UP), ONGOING)
    return group.assign(
        counting=how,
        start=np.where(treated, np.fmin(group["start"], again), group["start"]),
        end=np.where(treated, np.nan, group["end"]),
        over=group["over"] & ~treated,
    )


def _curve(group: pd.DataFrame) -> Curve:
    """The group's curve, as the side-effects report makes it."""
    start, end, who = (group[name].to_numpy() for name in ("start", "end", "who"))
    if (group["counting"] == INTERVAL).any():
        upper = np.where(np.isnan(end), np.inf, end)
        return turnbull(start, upper, np.ones(len(group)), who)
    over = group["over"].to_numpy(float)
    return kaplan_meier(start, over, 1 - over, who)


def _three(name: str, values: Triple) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


END_SOURCES: Final = ReportSpec(
    function=end_sources,
    summary=N_("How the ends of side effects became known: seen, by telephone, reported."),
    columns=_END_SOURCES,
    about=(
        "How the ends became known, and the share gone by day 14 in each way.",
        (
            "The ways compete (Aalen-Johansen), so that the shares of a row add up to the share"
            " gone by then; an end known between two contacts stands at the second. The channel of"
            " the session's contact on the day on which the end was told goes before who told it."
        ),
    ),
    keys=KEYS,
    usual=("effect",),
    groups=("n",),
)

RETREATMENT: Final = ReportSpec(
    function=retreatment,
    summary=N_("How long effects lasted, allowing for areas treated again meanwhile."),
    columns=_AGAIN,
    about=(
        "What it changes that an area is treated again before an effect there is over.",
        (
            "In the headline (side-effects) each effect counts to the end its own record gives,"
            " whatever was done meanwhile. Asked how long an effect lasts if it is left alone,"
            " treating its area again censors: how it would have gone on is not seen. As a"
            " sensitivity analysis it competes: what was treated again first never ends by itself."
            " Effects without an area are never taken for treated again."
        ),
    ),
    keys=KEYS,
    usual=("effect",),
    groups=("n",),
)
