"""The table of reactions as publications print it: how often, how severe, how long."""

import math
from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of
from mesodash.reports.effects.incidence import effect_first, incidence, severity
from mesodash.reports.effects.side_effects import KEYS, EffectCurve, curves

_REACTIONS = (
    *alike(
        {"sessions_with": N_("Sessions, n (%)"), "sessions": ""},
        "int64",
        N_("as in the incidence report"),
    ),
    ReportColumn("session_share", "float64", N_("as in the incidence report"), "share"),
    *alike(
        {"patients_with": N_("Patients, n (%)"), "patients": ""},
        "int64",
        N_("as in the incidence report"),
    ),
    ReportColumn("patient_share", "float64", N_("as in the incidence report"), "share"),
    *alike(
        {
            "mild": N_("Mild"),
            "moderate": N_("Moderate"),
            "severe": N_("Severe"),
            "not_graded": N_("Not graded"),
        },
        "int64",
        N_(
            "sessions with the effect by its worst grade there: 1, 2, 3 and more,"
            " none recorded. They sum to sessions_with"
        ),
    ),
    *alike(
        {"median_days": N_("Median duration"), "median_low": "", "median_high": ""},
        "float64",
        N_("days until half were gone and the 95 % interval, the open ones counted as open"),
        "days",
    ),
    ReportColumn(
        "longest_days",
        "float64",
        N_("the longest that one was seen, days, ended or not"),
        "days",
        label=N_("Longest"),
    ),
    ReportColumn(
        "longest_open",
        "bool",
        N_("whether that one was still there when last seen, so that it lasted longer"),
    ),
)
REACTION_TYPES = types_of(_REACTIONS)


def reactions(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """The table of reactions as papers print it: how often, how severe, how long.

    Columns and keys: `REACTIONS`.

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


REACTIONS: Final = ReportSpec(
    function=reactions,
    summary=N_("Reactions at the injection site by grade, as a publication prints them."),
    columns=_REACTIONS,
    made=(ReportColumn("reaction", "str", "", label=N_("Reaction")),),
    about=(
        ("The table of reactions as papers print it: how often, how severe, how long."),
        ("Rows that followed most sessions come first."),
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
    groups=("patients_with",),
)
