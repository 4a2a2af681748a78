"""What a shared view leaves out: groups so small that a patient might be known by them.

Primary suppression drops every group of 1 to 4. Where exactly one row was dropped, the smallest
row left goes too, else it could be had back by subtracting from the total (Hundepool et al.,
Statistical Disclosure Control, 2012, 4.2). Answers to several different questions can still be
set against each other: a shared view lowers that risk, it does not end it.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

SMALLEST: Final = 5

GROUP_SIZE: Final[Mapping[str, tuple[str, ...]]] = {
    "volumes": ("patients",),
    "attendance": ("appointments",),
    "products": ("patients",),
    "courses": ("courses",),
    "completion": ("courses",),
    "gaps": ("gaps",),
    "stopping": ("at_risk",),
    "first_session": ("courses",),
    "top_ups": ("due",),
    "outcomes": ("patients",),
    "trajectory": ("patients",),
    "followed_up": ("courses",),
    "levels": ("of",),
    "side_effects": ("patients",),
    "incidence": ("patients_with", "patients"),
    "severity": ("n", "of"),
    "onset": ("of",),
    "resolution": ("n",),
    "promises": ("n",),
    "reactions": ("patients_with",),
    "clusters": ("with_effect",),
    "signals": ("with_effect",),
}
"""The columns that say how many a group holds, by report."""

PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "volumes": ("new_patients",),
    "reactions": ("mild", "moderate", "severe", "not_graded"),
    "signals": ("other_with_effect",),
    "clusters": ("other_with_effect",),
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
        )
    }
    for report in ("clusters", "signals")
}
"""Columns from which a blanked count could be had back, blanked with it: report -> count -> they.
"""

OF_SINGLE_PATIENTS: Final = frozenset({"open_effects", "late_effects", "individual_lines", "due"})
"""Reports with a row a patient: never in a shared view."""


def suppressed(frame: pd.DataFrame, report: str) -> pd.DataFrame:
    """The rows that a shared view may show; `attrs["suppressed"]` says how many are left out.

    Raises:
        KeyError: nothing says how large this report's groups are, so it may not be shared.
    """
    if report in OF_SINGLE_PATIENTS:
        kept = frame.iloc[:0].copy()
    else:
        sizes = [name for name in GROUP_SIZE[report] if name in frame.columns]
        if not sizes:
            raise KeyError(f"{report} does not say how large its groups are.")
        smallest = frame[sizes].apply(pd.to_numeric).replace(0, float("nan")).min(axis=1)
        small = smallest < SMALLEST
        if small.sum() == 1 and len(frame) > 1:
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
    """What to say of rows left out; empty if none were."""
    dropped = int(frame.attrs.get("suppressed", 0))
    if not dropped:
        return ""
    groups = "1 group is" if dropped == 1 else f"{dropped} groups are"
    return f"Shared view: {groups} left out, for fewer than {SMALLEST} in a group may be known."
