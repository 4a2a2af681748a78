"""Looks: how many comparisons were made, of what, and how small an excess they could have seen."""

from typing import Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of
from mesodash.reports.signals.comparisons import KINDS, compared
from mesodash.reports.signals.tested_looks import LEVEL, can_come_late, tested
from mesodash.reports.stats.exact import detectable, fewest_striking

_LOOKS = (
    ReportColumn("looks", "int64", N_("how many values were looked at"), label=N_("Compared")),
    ReportColumn(
        "alone",
        "int64",
        N_(
            "values not looked at, since no protocol after which they could show the"
            " effect was held elsewhere in the clinic"
        ),
        label=N_("Not compared"),
    ),
    ReportColumn(
        "too_small",
        "int64",
        N_(
            "of these, values with so few sessions that even a case after each would"
            " not stand out after the correction for the number of all looks"
        ),
        label=N_("Too small"),
    ),
    *alike(
        {"smallest_sessions": "", "median_sessions": N_("Sessions, median")},
        "int64",
        N_("sessions of the smallest and of the middle value looked at; 0 where none was"),
    ),
    ReportColumn(
        "detectable_rate",
        "float64",
        N_(
            "smallest rate, and its ratio to the rate elsewhere, that the look at the"
            " middle value would have found with 80 % power, as in signals"
        ),
        "share",
        label=N_("Noticed from"),
    ),
    ReportColumn(
        "detectable_ratio",
        "float64",
        N_(
            "smallest rate, and its ratio to the rate elsewhere, that the look at the"
            " middle value would have found with 80 % power, as in signals"
        ),
        label=N_("Times elsewhere"),
    ),
)
POWER_TYPES = types_of(_LOOKS)
LOOKS_KEYS = ("kind", "effect")

Sizes = tuple[int, int, int]
"""sessions here; events and sessions elsewhere."""


def looks(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = LOOKS_KEYS
) -> pd.DataFrame:
    """What was looked at, and how much the looks could see: one row per kind and effect.

    Columns and keys: `LOOKS`.

    Raises:
        ReportError: unknown area or key.
    """
    by = checked_keys(by, LOOKS_KEYS, "looks")
    if set(by) != set(LOOKS_KEYS):
        by = LOOKS_KEYS
    compared_now = compared(lake, catalogue, filters)
    found: dict[tuple[str, str], list[Sizes]] = {key: [] for key in compared_now.alone}
    levels: dict[tuple[str, str], float] = {}
    for look in tested(compared_now, can_come_late(catalogue)):
        found.setdefault((look.kind, look.effect), []).append(look.pooled[1:])
        levels[look.kind, look.effect] = look.level
    rows = []
    for kind, effect in sorted(found, key=lambda key: (KINDS.index(key[0]), key[1])):
        sizes = sorted(found[kind, effect])
        middle = sizes[(len(sizes) - 1) // 2] if sizes else (0, 0, 0)
        level = levels.get((kind, effect), LEVEL)
        rate, ratio = detectable(*middle, level)
        rows.append(
            {
                "kind": kind,
                "effect": effect,
                "looks": len(sizes),
                "alone": compared_now.alone.get((kind, effect), 0),
                "too_small": _too_small(sizes, level),
                "smallest_sessions": sizes[0][0] if sizes else 0,
                "median_sessions": middle[0],
                "detectable_rate": rate,
                "detectable_ratio": ratio,
            }
        )
    return typed(rows, by, POWER_TYPES)


def _too_small(sizes: list[Sizes], level: float) -> int:
    """How many of the values could not have stood out in any case."""
    return sum(fewest_striking(*size, level) is None for size in sizes)


LOOKS: Final = ReportSpec(
    function=looks,
    looks_back=True,
    summary=N_("How many comparisons were made, and of what."),
    columns=_LOOKS,
    about=(
        ("What was looked at, and how much the looks could see: one row per kind and effect."),
        (
            "Keys: kind (lot, practitioner, site, clinic) and effect; each value of a kind is "
            "one look for each effect seen after the protocols it shares with others, those "
            "without a case of its own too."
        ),
    ),
    keys=LOOKS_KEYS,
    usual=("kind", "effect"),
)
