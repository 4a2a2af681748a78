"""Signals: after which lot, practitioner, site or clinic an effect is too frequent.

The report `clusters` gives only what stands out. The report `signals` gives every look that points
anywhere, with what was compared and how small an excess the look could have seen, so that silence
is not taken for safety.
"""

import functools
import operator
from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, names_of, types_of
from mesodash.reports.signals.comparisons import compared
from mesodash.reports.signals.cover import COVER_COLUMNS, cover_cells
from mesodash.reports.signals.tested_looks import LEVEL, Tested, can_come_late, tested
from mesodash.reports.stats.clustering import NOT_KNOWN, share
from mesodash.reports.stats.exact import detectable

CLUSTER_COLUMNS = (
    ReportColumn(
        "kind",
        "str",
        N_("lot, practitioner, site (a treated area) or clinic (only in a lake of several)"),
        label=N_("Kind"),
    ),
    ReportColumn(
        "value",
        "str",
        N_("which one; for a practitioner as in the other reports"),
        label=N_("Where"),
    ),
    ReportColumn("clinic", "str", N_("the clinic it was seen in")),
    ReportColumn("effect", "str", N_("the effect's code"), label=N_("Side effect")),
    ReportColumn(
        "sessions",
        "int64",
        N_("held sessions with it (a site: treatments of it)"),
        label=N_("Sessions"),
    ),
    ReportColumn(
        "with_effect",
        "int64",
        N_("of these, followed by the effect, however often noted (a site: in that very area)"),
        label=N_("With the effect"),
    ),
    ReportColumn(
        "expected",
        "float64",
        N_(
            "of these, to be expected with the effect had it followed each protocol"
            " as often as it did elsewhere"
        ),
        label=N_("Expected"),
    ),
    *alike(
        {"rate": N_("Rate"), "rate_low": "", "rate_high": ""},
        "float64",
        N_("with_effect / sessions, and its 95 % interval by patient"),
        "share",
    ),
    ReportColumn(
        "other_sessions",
        "int64",
        N_(
            "sessions of the same protocols in the rest of that clinic (for a clinic:"
            " in all other clinics)"
        ),
    ),
    ReportColumn("other_with_effect", "int64", N_("of these, followed by the effect")),
    ReportColumn(
        "other_rate",
        "float64",
        N_("expected / sessions, the rate elsewhere for this one's share of each protocol"),
        "share",
        label=N_("Elsewhere"),
    ),
    ReportColumn(
        "p_value",
        "float64",
        N_(
            "one-sided exact test of an excess, each protocol a stratum (with one"
            " protocol Fisher's test), of the counts divided by their design effects, so"
            " that a patient's sessions do not count as if they were several patients'"
        ),
        label=N_("p"),
    ),
    ReportColumn(
        "looks",
        "int64",
        N_(
            "looks of its family (its kind, and the effects that can come late or the others):"
            " pairs of a value and an effect, those without a case too"
        ),
        label=N_("Compared"),
    ),
    ReportColumn(
        "p_corrected",
        "float64",
        N_(
            "p_value corrected within its family: the false discovery rate at which it"
            " would be called (Benjamini and Hochberg, without looks too small ever"
            " to be called)"
        ),
        label=N_("p, corrected"),
    ),
    ReportColumn(
        "new",
        "int64",
        N_("of with_effect, those whose effect began in the period; rows without one are left out"),
    ),
    ReportColumn(
        "patients_with",
        "int64",
        N_("different patients of with_effect, in each protocol once"),
        label=N_("Patients"),
    ),
    ReportColumn(
        "design_effect",
        "float64",
        N_(
            "how many times the variance of the rate is that of unrelated sessions, as patients"
            " come again: with_effect and sessions are tested divided by it"
        ),
    ),
    ReportColumn(
        "shrunken_rate",
        "float64",
        N_(
            "the rate drawn towards the expected one, the more the fewer sessions there are and the"
            " less the values of its kind differ beyond chance (gamma-Poisson, empirical Bayes): a"
            " better guess of the true rate than the raw one, which of many small groups is"
            " extreme by luck"
        ),
        "share",
        label=N_("Rate, shrunken"),
    ),
    *COVER_COLUMNS,
)
CLUSTER_NAMES = names_of(CLUSTER_COLUMNS)
_CLUSTER_TYPES = types_of(CLUSTER_COLUMNS)


def clusters(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """Where an effect followed more often than after the same protocols elsewhere in the clinic.

    Columns and keys: `CLUSTERS`.

    Raises:
        ReportError: unknown area.
    """
    rows = [
        cluster_row(look)
        for look in tested(compared(lake, catalogue, filters), can_come_late(catalogue))
        if look.called and look.new
    ]
    frame = pd.DataFrame(rows, columns=list(CLUSTER_NAMES)).astype(_CLUSTER_TYPES)
    return frame.sort_values(["p_corrected", "kind", "value", "effect"], ignore_index=True)


def cluster_row(look: Tested) -> dict[str, Any]:
    """The columns of the report for one look."""
    rate, low, high = share(functools.reduce(operator.add, look.here))
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
        "p_value": look.p_value,
        "looks": look.looks,
        "p_corrected": look.corrected,
        "new": look.new,
        "patients_with": look.patients_with,
        "design_effect": look.design_effect,
        "shrunken_rate": look.shrunken * look.expected / look.sessions,
        **cover_cells(look.cover),
    }


CLUSTERS: Final = ReportSpec(
    function=clusters,
    looks_back=True,
    summary=N_("Lots, practitioners, sites or clinics after which an effect is too frequent."),
    columns=CLUSTER_COLUMNS,
    about=(
        (
            "Where an effect followed more often than after the same protocols elsewhere in the "
            "clinic."
        ),
        (
            "Most striking first. The period picks the cases: what began in it. Counted and "
            "compared are the held sessions of the twelve months (or as many as are asked for) "
            "before its end too, with the "
            "effects that had begun by then, since a month alone holds too few to compare with. "
            "Sessions under a protocol that nobody and nothing else in the clinic had are left "
            "out: there is nothing to compare them with."
        ),
        (
            "Only rows with p_corrected below 0.05 that were followed up as the others were: "
            "patients who are asked more often report more, and of those who are rarely heard from "
            "little is known. What is left out for that reason is in signals, with cover_differs. "
            "A site's effects are those recorded in that very area."
        ),
    ),
    groups=("with_effect", "patients_with"),
)


_SIGNALS = (
    *CLUSTER_COLUMNS,
    ReportColumn(
        "stands_out",
        "bool",
        N_(
            "whether p_corrected is below 0.05 too and it was followed up as the others were;"
            " only these are clusters"
        ),
    ),
    ReportColumn(
        "rate_ratio",
        "float64",
        N_(
            "rate / other_rate, which is with_effect / expected; empty where there"
            " was no case elsewhere"
        ),
        label=N_("Times as often"),
    ),
    ReportColumn(
        "detectable_rate",
        "float64",
        N_(
            "the smallest rate that this look would have found with 80 % power, at"
            " its number of sessions, against the others as they were, at the"
            " strictest level of its family (0.05, shared by the families of its kind, over the"
            " looks that could stand out);"
            " exact for one protocol; for several as if they were one with"
            " other_rate, which is near; empty where even a case after every session"
            " would not have stood out"
        ),
        "share",
        label=N_("Noticed from"),
    ),
    ReportColumn(
        "detectable_ratio",
        "float64",
        N_("detectable_rate / other_rate"),
        label=N_("Times elsewhere"),
    ),
)
COLUMNS = names_of(_SIGNALS)
TYPES = types_of(_SIGNALS)


def signals(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Looks whose own exact test is below 0.05, before the correction for the number of looks.

    Columns and keys: `SIGNALS`.

    Raises:
        ReportError: unknown area, or any key: looks are not counted by anything.
    """
    checked_keys(by, (), "signals")
    rows = []
    for look in tested(compared(lake, catalogue, filters), can_come_late(catalogue)):
        if look.p_value >= LEVEL or not look.new:
            continue
        row = cluster_row(look)
        rate, _ = detectable(*look.pooled[1:], look.level)
        other = row["other_rate"]
        row |= {
            "stands_out": look.called,
            "rate_ratio": row["rate"] / other if other else NOT_KNOWN,
            "detectable_rate": rate,
            "detectable_ratio": rate / other if other else NOT_KNOWN,
        }
        rows.append(row)
    frame = typed(rows, (), TYPES)[list(COLUMNS)]
    order = ["p_corrected", "p_value", "kind", "value", "effect"]
    return frame.sort_values(order, ignore_index=True)


def set_apart(near: pd.DataFrame) -> pd.DataFrame:
    """The rows of `signals` that would stand out, had they been followed up as the others were."""
    apart = near["cover_differs"].notna() & near["p_corrected"].lt(LEVEL)
    return near[apart].reset_index(drop=True)


SIGNALS: Final = ReportSpec(
    function=signals,
    looks_back=True,
    summary=N_(
        "Which lots, practitioners and sites stand out, and how large an excess would show."
    ),
    columns=_SIGNALS,
    about=(
        (
            "Looks with a new case in the period whose own exact test is below 0.05, before the "
            "correction for the number of looks."
        ),
        (
            "Compared with the sessions of the same protocols elsewhere in the clinic, so that a "
            "lot or a site does not stand out by what its protocol does."
        ),
    ),
    groups=("with_effect", "patients_with"),
)
