"""Funnel: every practitioner, lot and clinic within the limits of chance for a group of its size.

Not a ranking: groups inside the limits cannot be told apart. Source:
Spiegelhalter DJ, Stat Med 2005;24:1185-202; exact limits for counts, no correction for many looks
(that is what the report `signals` is for).
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of
from mesodash.reports.signals.comparisons import Comparison, compared
from mesodash.reports.signals.cover import COVER_COLUMNS, cover_cells
from mesodash.reports.stats.clustering import NOT_KNOWN
from mesodash.reports.stats.funnel_limits import INNER, OUTER, limits
from mesodash.reports.stats.shrinkage import shrunken_ratios

KINDS: Final = ("practitioner", "lot", "clinic")

_FUNNEL = (
    ReportColumn("kind", "str", N_("practitioner, lot or clinic")),
    ReportColumn("value", "str", N_("which one"), label=N_("Where")),
    ReportColumn("clinic", "str", N_("the clinic it was seen in")),
    ReportColumn("effect", "str", N_("the effect's code")),
    ReportColumn("sessions", "int64", N_("held sessions with it"), label=N_("Sessions")),
    ReportColumn(
        "with_effect", "int64", N_("of these, followed by the effect"), label=N_("With the effect")
    ),
    ReportColumn("patients_with", "int64", N_("different patients of with_effect")),
    ReportColumn(
        "expected",
        "float64",
        N_("of the sessions, had the effect followed each protocol as often as in all together"),
        label=N_("Expected"),
    ),
    ReportColumn(
        "effective_expected",
        "float64",
        N_("expected over the design effect, as patients come again: what the limits rest on"),
    ),
    ReportColumn("ratio", "float64", N_("with_effect / expected"), label=N_("Times expected")),
    ReportColumn(
        "shrunken_ratio",
        "float64",
        N_(
            "the ratio drawn towards 1, the more the fewer are expected and the less the groups"
            " differ beyond chance (gamma-Poisson, empirical Bayes)"
        ),
        label=N_("Shrunken"),
    ),
    *alike(
        {"inner_low": "", "inner_high": ""},
        "float64",
        N_("control limits: were there only chance, 95 % of such groups lie within"),
    ),
    *alike(
        {"outer_low": "", "outer_high": ""},
        "float64",
        N_("control limits: were there only chance, 99.8 % of such groups lie within"),
    ),
    *COVER_COLUMNS,
)
TYPES = types_of(_FUNNEL)


def funnel(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Each practitioner, lot and clinic with its ratio and its control limits, in name's order.

    Columns and keys: `FUNNEL`.

    Raises:
        ReportError: unknown area, or any key: it is not counted by anything.
    """
    checked_keys(by, (), "funnel")
    alike_ones: dict[tuple[str, str, str], list[Comparison]] = {}
    for look in compared(lake, catalogue, filters).looks:
        if look.kind in KINDS:
            among = "" if look.kind == "clinic" else look.clinic
            alike_ones.setdefault((look.kind, among, look.effect), []).append(look)
    rows = [row for looks in alike_ones.values() for row in _rows(looks)]
    frame = typed(rows, (), TYPES)
    return frame.sort_values(["kind", "effect", "clinic", "value"], ignore_index=True)


def _rows(looks: list[Comparison]) -> list[dict[str, Any]]:
    expected = np.array([_expected(look) for look in looks])
    divisor = np.array([look.design_effect for look in looks])
    seen = np.array([look.with_effect for look in looks])
    shrunken = shrunken_ratios(seen / divisor, expected / divisor)
    inner, outer = (limits(expected / divisor, share) for share in (INNER, OUTER))
    return [
        {
            "kind": look.kind,
            "value": look.value,
            "clinic": look.clinic,
            "effect": look.effect,
            "sessions": look.sessions,
            "with_effect": look.with_effect,
            "patients_with": look.patients_with,
            "expected": expected[i],
            "effective_expected": expected[i] / divisor[i],
            "ratio": seen[i] / expected[i] if expected[i] else NOT_KNOWN,
            "shrunken_ratio": shrunken[i],
            "inner_low": inner[0][i],
            "inner_high": inner[1][i],
            "outer_low": outer[0][i],
            "outer_high": outer[1][i],
            **cover_cells(look.cover),
        }
        for i, look in enumerate(looks)
    ]


def _expected(look: Comparison) -> float:
    """Its cases, had the effect followed each protocol as often as in all together."""
    return sum(n * (k + other_k) / (n + other_n) for k, n, other_k, other_n in look.strata)


FUNNEL: Final = ReportSpec(
    function=funnel,
    looks_back=True,
    summary=N_("Practitioners, lots and clinics beside the limits of chance."),
    columns=_FUNNEL,
    about=(
        (
            "How far each practitioner, lot and clinic is from what is expected of it, and how far"
            " chance alone would carry a group of its size; in the order of names, for it is no"
            " ranking."
        ),
        (
            "Sessions and cases as in signals; what is expected is that of all the sessions of the"
            " same protocols, its own among them."
        ),
    ),
    groups=("with_effect", "patients_with"),
)
