"""Clusters: a lot, a practitioner, a site or a clinic after which an effect is too frequent."""

from typing import Any

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.compared import Compared, Look, compared
from mesodash.reports.filters import Filters
from mesodash.reports.rates import holm, wilson
from mesodash.reports.strata import stratified_excesses

COLUMNS = (
    "kind",
    "value",
    "clinic",
    "effect",
    "sessions",
    "with_effect",
    "expected",
    "rate",
    "rate_low",
    "rate_high",
    "other_sessions",
    "other_with_effect",
    "other_rate",
    "p_value",
    "looks",
    "p_corrected",
)
LEVEL = 0.05
_WHOLE = ("sessions", "with_effect", "other_sessions", "other_with_effect", "looks")
_TEXT = ("kind", "value", "clinic", "effect")
TYPES = {
    name: "str" if name in _TEXT else "int64" if name in _WHOLE else "float64" for name in COLUMNS
}


def clusters(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """Where an effect followed more often than after the same protocols elsewhere in the clinic.

    Most striking first. The period is that of the session. Sessions under a protocol that nobody
    and nothing else in the clinic had are left out: there is nothing to compare them with.

    Columns:
        kind: lot, practitioner, site (a treated area) or clinic (only in a lake of several).
        value: which one; for a practitioner as in the other reports.
        clinic: the clinic it was seen in.
        effect: the effect's code.
        sessions: held sessions of the period with it (a site: treatments of it).
        with_effect: of these, followed by the effect, however often noted (a site: in that very
            area).
        expected: of these, to be expected with the effect had it followed each protocol as often as
            it did elsewhere.
        rate, rate_low, rate_high: with_effect / sessions, with its 95 % Wilson interval.
        other_sessions: sessions of the same protocols in the rest of that clinic (for a clinic: in
            all other clinics).
        other_with_effect: of these, followed by the effect.
        other_rate: expected / sessions, the rate elsewhere for this one's share of each protocol.
        p_value: one-sided exact test of an excess, each protocol a stratum (with one protocol
            Fisher's test).
        looks: pairs of a value and an effect that were looked at, those without a case too.
        p_corrected: p_value after Holm's correction for all looks.

    Only rows with p_corrected below 0.05. A site's effects are those recorded in that very area.

    Raises:
        ReportError: unknown area.
    """
    rows = [
        cluster_row(look, p_value, corrected, looks)
        for look, p_value, corrected, looks in tested(compared(lake, catalogue, filters))
        if corrected < LEVEL
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(TYPES)
    return frame.sort_values(["p_corrected", "kind", "value", "effect"], ignore_index=True)


def tested(found: Compared) -> list[tuple[Look, float, float, int]]:
    """Every look that was taken, its p_value, p_corrected, and the number of looks."""
    p_values = stratified_excesses([look.strata for look in found.looks])
    return [
        (look, p_value, corrected, len(found.looks))
        for look, p_value, corrected in zip(found.looks, p_values, holm(p_values), strict=True)
    ]


def cluster_row(look: Look, p_value: float, corrected: float, looks: int) -> dict[str, Any]:
    """The columns of the report for one look."""
    rate, low, high = wilson(look.with_effect, look.sessions)
    return {
        "kind": look.kind,
        "value": look.value,
        "clinic": look.clinic,
        "effect": look.effect,
        "sessions": look.sessions,
        "with_effect": look.with_effect,
        "expected": look.expected,
        "rate": rate,
        "rate_low": low,
        "rate_high": high,
        "other_sessions": look.other_sessions,
        "other_with_effect": look.other_with_effect,
        "other_rate": look.expected / look.sessions,
        "p_value": p_value,
        "looks": looks,
        "p_corrected": corrected,
    }
