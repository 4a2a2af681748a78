"""What a shared view leaves out: groups so small that a patient might be recognised.

Primary suppression drops every group of 1 to 4. Where exactly one row was dropped, the smallest
row left goes too, else it could be recovered by subtraction from the total (Hundepool et al.,
Statistical Disclosure Control, 2012, 4.2); not where rows are no parts of a total, as what stands
out of many comparisons. Answers to several different questions can still be
compared with each other: a shared view lowers that risk but does not remove it.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from mesodash.language import ngettext
from mesodash.reports.core.spec import SMALLEST_GROUP

SMALLEST: Final = SMALLEST_GROUP

PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "volumes": ("new_patients",),
    "reactions": ("mild", "moderate", "severe", "not_graded"),
    "signals": ("other_with_effect",),
    "clusters": ("other_with_effect",),
    "outcomes": ("missing",),
}
"""Further columns that count people or their sessions: 1 to 4 of them are blanked where their row
may stay."""

DERIVED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    report: {
        "other_with_effect": (
            "expected",
            "other_rate",
            "rate_ratio",
            "detectable_rate",
            "detectable_ratio",
            "shrunken_rate",
        )
    }
    for report in ("clusters", "signals")
} | {"outcomes": {"missing": ("rate_worst", "rate_best")}}
"""Columns that would reveal a blanked count, blanked with it: report -> count -> columns.
"""

NO_PARTS: Final = frozenset({"signals", "clusters", "rising"})
"""Reports whose rows are selected and overlap: no total reveals a row that is left out."""

OF_SINGLE_PATIENTS: Final = frozenset({"open_effects", "late_effects", "individual_lines", "due"})
"""Reports with one row per patient: never in a shared view."""


def suppressed(frame: pd.DataFrame, report: str) -> pd.DataFrame:
    """The rows that a shared view may show; `attrs["suppressed"]` says how many are left out.

    Raises:
        KeyError: nothing says how large this report's groups are, so it may not be shared.
    """
    from mesodash.reports.core import registry  # noqa: PLC0415 - slow to import, see warm

    if report in OF_SINGLE_PATIENTS:
        kept = frame.iloc[:0].copy()
    else:
        sizes = [name for name in registry.spec(report).groups if name in frame.columns]
        if not sizes:
            raise KeyError(report)
        smallest = frame[sizes].apply(pd.to_numeric).replace(0, float("nan")).min(axis=1)
        small = smallest < SMALLEST
        if small.sum() == 1 and len(frame) > 1 and report not in NO_PARTS:
            small |= smallest.index == smallest[~small].idxmin() if (~small).any() else False
        kept = frame[~small].reset_index(drop=True)
        for name in PEOPLE.get(report, ()):
            numbers = kept[name].astype("float64")
            kept[name] = numbers.where((numbers == 0) | (numbers >= SMALLEST))
            for column in DERIVED.get(report, {}).get(name, ()):
                if column in kept:
                    kept[column] = kept[column].where(kept[name].notna())
    kept.attrs = {**frame.attrs, "suppressed": len(frame) - len(kept)}
    return kept


def left_out(frame: pd.DataFrame) -> str:
    """A sentence on the rows left out; empty if none were."""
    dropped = int(frame.attrs.get("suppressed", 0))
    if not dropped:
        return ""
    return ngettext(
        "Shared view: {n} group is left out: fewer than {few} people might be recognised.",
        "Shared view: {n} groups are left out: fewer than {few} people might be recognised.",
        dropped,
    ).format(n=dropped, few=SMALLEST)
