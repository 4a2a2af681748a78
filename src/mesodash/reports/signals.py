"""Signals: every look that points anywhere, with what was compared and what could have been found.

The clusters report gives only what stands out; here stands what was near it too, and how small an
excess the look could have seen, so that silence is not taken for safety.
"""

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.clusters import COLUMNS as CLUSTER_COLUMNS
from mesodash.reports.clusters import LEVEL, cluster_row, tested
from mesodash.reports.clusters import TYPES as CLUSTER_TYPES
from mesodash.reports.compared import KINDS, compared
from mesodash.reports.exact import detectable, fewest_striking
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.rates import NOT_KNOWN
from mesodash.reports.shares import typed

COLUMNS = (*CLUSTER_COLUMNS, "stands_out", "rate_ratio", "detectable_rate", "detectable_ratio")
TYPES = CLUSTER_TYPES | {
    "stands_out": "bool",
    "rate_ratio": "float64",
    "detectable_rate": "float64",
    "detectable_ratio": "float64",
}
POWER_TYPES = {
    "looks": "int64",
    "alone": "int64",
    "too_small": "int64",
    "smallest_sessions": "int64",
    "median_sessions": "int64",
    "detectable_rate": "float64",
    "detectable_ratio": "float64",
}
LOOKS_KEYS = ("kind", "effect")

Sizes = tuple[int, int, int]
"""sessions here; events and sessions elsewhere."""


def signals(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Looks whose own exact test is below 0.05, before the correction for the number of looks.

    Compared with the sessions of the same protocols elsewhere in the clinic, so that a lot or a
    site does not stand out by what its protocol does.

    Columns: those of the clusters report, and
        stands_out: whether p_corrected is below 0.05 too; only these are clusters.
        rate_ratio: rate / other_rate, which is with_effect / expected; empty where there was no
            case elsewhere.
        detectable_rate: the smallest rate that this look would have found with 80 % power, at its
            number of sessions, against the others as they were, at the level 0.05 / looks (the
            strictest of Holm's); exact for one protocol; for several as if they were one with
            other_rate, which is near; empty where even a case after every session would not have
            stood out.
        detectable_ratio: detectable_rate / other_rate.

    Raises:
        ReportError: unknown area, or any key: looks are not counted by anything.
    """
    checked_keys(by, (), "signals")
    rows = []
    for look, p_value, corrected, looks in tested(compared(lake, catalogue, filters)):
        if p_value >= LEVEL:
            continue
        row = cluster_row(look, p_value, corrected, looks)
        rate, _ = detectable(*look.pooled[1:], LEVEL / looks)
        other = row["other_rate"]
        row |= {
            "stands_out": corrected < LEVEL,
            "rate_ratio": row["rate"] / other if other else NOT_KNOWN,
            "detectable_rate": rate,
            "detectable_ratio": rate / other if other else NOT_KNOWN,
        }
        rows.append(row)
    frame = typed(rows, (), TYPES)[list(COLUMNS)]
    order = ["p_corrected", "p_value", "kind", "value", "effect"]
    return frame.sort_values(order, ignore_index=True)


def looks(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = LOOKS_KEYS
) -> pd.DataFrame:
    """What was looked at, and how much the looks could see: a row a kind and effect.

    Keys: kind (lot, practitioner, site, clinic) and effect; each value of a kind is one look for
    each effect seen after the protocols it shares with others, those without a case of its own too.

    Columns:
        looks: how many values were looked at.
        alone: values not looked at, since no protocol after which they could show the effect was
            held elsewhere in the clinic.
        too_small: of these, values with so few sessions that even a case after each would not stand
            out after the correction for the number of all looks.
        smallest_sessions, median_sessions: sessions of the smallest and of the middle value looked
            at; 0 where none was.
        detectable_rate, detectable_ratio: smallest rate, and its ratio to the rate elsewhere, that
            the look at the middle value would have found with 80 % power, as in signals.

    Raises:
        ReportError: unknown area or key.
    """
    by = checked_keys(by, LOOKS_KEYS, "looks")
    if set(by) != set(LOOKS_KEYS):
        by = LOOKS_KEYS
    compared_now = compared(lake, catalogue, filters)
    level = LEVEL / max(len(compared_now.looks), 1)
    found: dict[tuple[str, str], list[Sizes]] = {key: [] for key in compared_now.alone}
    for look in compared_now.looks:
        found.setdefault((look.kind, look.effect), []).append(look.pooled[1:])
    rows = []
    for kind, effect in sorted(found, key=lambda key: (KINDS.index(key[0]), key[1])):
        sizes = sorted(found[kind, effect])
        middle = sizes[(len(sizes) - 1) // 2] if sizes else (0, 0, 0)
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
    """How many of the values could not have stood out, whatever happened."""
    return sum(fewest_striking(*size, level) is None for size in sizes)
