"""Outcomes: how much scores changed from baseline to the last measurement, and who responded."""

from dataclasses import replace
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue, OutcomeScale
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import (
    DESIGN_EFFECT,
    sums_by_patient,
    totals_of,
    with_patient_share,
)
from mesodash.reports.core.filters import Filters, Period, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import (
    codes_below,
    held_sessions,
    in_period,
    months_of,
    of_clinics,
    on_session,
    ordered,
    treated,
    with_course,
)
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, names_of
from mesodash.reports.outcomes.worst_case import with_bounds
from mesodash.reports.stats.clustering import mean

KEYS = ("protocol", "scale", "indication", "area", "clinic")
_OUTCOMES = (
    ReportColumn(
        "patients",
        "int64",
        N_("patients followed, once for each of their courses"),
        label=N_("Patients"),
    ),
    ReportColumn(
        "baseline_mean",
        "float64",
        N_("mean first score; empty for a scale that states a change itself"),
        label=N_("Before"),
    ),
    ReportColumn("last_mean", "float64", N_("mean last score"), label=N_("Last")),
    *alike(
        {"change_mean": N_("Change"), "change_low": "", "change_high": ""},
        "float64",
        N_(
            "mean of last minus baseline, in the scale's own direction, and its 95 %"
            " t interval by patient"
        ),
    ),
    ReportColumn(
        "responders",
        "Int64",
        N_(
            "patients who met any filled-in condition of the scale's rule (a change,"
            " a share of the baseline, a value reached); empty for scales without a"
            " published rule"
        ),
        label=N_("Responders"),
    ),
    *alike(
        {"responder_rate": N_("Rate"), "rate_low": "", "rate_high": ""},
        "float64",
        N_(
            "responders / patients, with its 95 % interval by patient (Wilson's at"
            " the effective number)"
        ),
        "share",
    ),
    ReportColumn(
        "design_effect",
        "float64",
        DESIGN_EFFECT,
    ),
    ReportColumn(
        "missing",
        "Int64",
        N_(
            "not among the patients: courses whose window for a follow-up score closed in the"
            " period without any score, or with scores of this scale on one day only (without a"
            " baseline or without a later one); empty by area"
        ),
        label=N_("Missing"),
    ),
    *alike(
        {"rate_worst": N_("At worst"), "rate_best": N_("At best")},
        "float64",
        N_(
            "responders of patients and missing, had none of the missing responded (worst) or all"
            " (best)"
        ),
        "share",
    ),
)
COLUMNS = names_of(_OUTCOMES)
_ROUNDING = 1e-9  # scores such as 0.33 of a baseline may miss their threshold by less


def outcomes(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol", "scale")
) -> pd.DataFrame:
    """Change from baseline to the last measurement; `scale` is always a key.

    Columns and keys: `OUTCOMES`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, KEYS, "outcomes")
    by = by if "scale" in by else (*by, "scale")
    frame = ask(lake, _cells, catalogue, filters, by)
    # DuckDB adds whole numbers up in 128 bits, which come as decimals.
    frame = frame.astype({"patients": "int64", "baselines": "float64"})
    frame["baseline_mean"] = frame["baseline_sum"] / frame["baselines"].where(
        frame["baselines"] > 0
    )
    frame["last_mean"] = frame["last_sum"] / frame["patients"]
    frame = with_change_and_responders(frame)
    frame["responders"] = frame["responders"].astype("Int64")
    frame = with_bounds(frame, lake, catalogue, filters, by)
    frame = ordered(frame, by, COLUMNS)
    return with_scale_facts(frame, catalogue)


def _cells(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    units = followed(lake, catalogue, filters, by)
    own = units.group_by("clinic_id", "patient", *by).agg(
        units=units.count(),
        baselines=units.baseline.count(),
        baseline_sum=units.baseline.sum(),
        last_sum=units["last"].sum(),
        **of_a_patient(units),
    )
    return own.group_by(*by).agg(
        patients=own.units.sum(),
        baselines=own.baselines.sum(),
        baseline_sum=own.baseline_sum.sum(),
        last_sum=own.last_sum.sum(),
        **over_patients(own),
    )


def of_a_patient(units: Any) -> dict[str, Any]:
    """What each patient adds to the change and the responders: sums and numbers of units."""
    return {
        "changes": units.change.count(),
        "change_sum": units.change.sum(),
        "judged": units.responded.count(),
        "responders": units.responded.sum(),
    }


def over_patients(own: Any) -> dict[str, Any]:
    """The sums over patients of `of_a_patient`, with squares and products for the variances."""
    return {
        "responders": own.responders.sum(),
        **sums_by_patient(own, "change_sum", "changes"),
        **sums_by_patient(own, "responders", "judged"),
    }


def with_change_and_responders(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the mean change and the responder rate, each with its interval by patient."""
    changes = [mean(one) for one in totals_of(frame, "change_sum")]
    columns = np.array(changes, "float64").reshape(len(frame), 3)
    names = ("change_mean", "change_low", "change_high")
    frame = frame.assign(**dict(zip(names, columns.T, strict=True)))
    names = ("responder_rate", "rate_low", "rate_high")
    return with_patient_share(frame, totals_of(frame, "responders"), names, "design_effect")


def with_scale_facts(frame: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The frame, its attrs saying of its scales: `ordinal` (codes), `mcid` (code -> points)."""
    scales = [catalogue.scales[c] for c in dict.fromkeys(frame["scale"]) if c in catalogue.scales]
    frame.attrs["ordinal"] = tuple(scale.code for scale in scales if scale.ordinal)
    frame.attrs["mcid"] = {s.code: s.mcid for s in scales if s.mcid is not None}
    return frame


def unit_of(by: tuple[str, ...]) -> list[str]:
    """The unit of analysis: a patient in a course on a scale, in each area if counted by area."""
    unit = ["clinic_id", "patient", "course", "scale"]
    return [*unit, "area"] if "area" in by else unit


def scores_by_day(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """One row a unit (`unit_of`) and day of measuring, up to the period's end.

    Columns besides the unit: protocol, indication (if in `by`), measured_on, value (areas of one
    day averaged, unless they are units of their own), base_on and last_on (days of the unit's
    baseline and last).
    """
    days = _days(lake, catalogue, filters, by)
    whole = {"group_by": unit_of(by)}
    return days.mutate(
        last_on=days.measured_on.max().over(**whole),
        base_on=ibis.coalesce(
            (days.marked == 1).ifelse(days.measured_on, None).min().over(**whole),
            days.measured_on.min().over(**whole),
        ),
    )


def _days(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """One row a unit and day: value, marked (1 for a baseline) and what `_named` gives."""
    scores = _scores(lake, catalogue, filters)
    return scores.group_by(*unit_of(by), "measured_on").agg(
        value=scores["value"].mean(),
        marked=(scores.timing == "baseline").ifelse(1, 0).max(),
        **_named(scores, by),
    )


def _named(rows: Any, by: tuple[str, ...]) -> dict[str, Any]:
    """The protocol, and the indication if it is counted by: texts are what a group costs most."""
    return {
        name: rows[name].max() for name in ("protocol", "indication") if name in (*by, "protocol")
    }


def followed(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """One row a unit whose last score lies in the period: baseline, last, change, responded.

    `baseline` is empty for a scale that states a change itself; `responded` is 1, 0 or empty where
    the scale has no rule.
    """
    unit = unit_of(by)
    days = _days(lake, catalogue, filters, by)
    # A unit has one score a day, so the score of its first or last day is a matter of one pass.
    marked = days.marked == 1
    units = days.group_by(*unit).agg(
        **_named(days, by),
        base_on=ibis.coalesce(days.measured_on.min(where=marked), days.measured_on.min()),
        last_on=days.measured_on.max(),
        baseline=ibis.coalesce(
            days["value"].argmin(days.measured_on, where=marked),
            days["value"].argmin(days.measured_on),
        ),
        last=days["value"].argmax(days.measured_on),
    )
    is_change = is_a_change(units, catalogue)
    conditions = [is_change | (units.last_on > units.base_on)]
    conditions += in_period(units.last_on, filters.period)
    if filters.protocols:
        conditions.append(units.protocol.isin(filters.protocols))
    units = units.filter(*conditions)
    is_change = is_a_change(units, catalogue)
    units = units.mutate(
        baseline=is_change.ifelse(None, units.baseline),
        change=is_change.ifelse(units["last"], units["last"] - units.baseline),
        clinic=units.clinic_id,
    )
    return units.mutate(responded=responded(units, catalogue))


def is_a_change(table: Any, catalogue: Catalogue) -> Any:
    """Whether a row's scale states a change itself (GAIS), so that nothing is subtracted."""
    own = [code for code, scale in catalogue.scales.items() if scale.is_change]
    return table.scale.isin(own) if own else ibis.literal(False)


def _scores(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    """The measurements up to the period's end, with the protocol and indication they belong to."""
    scores = of_clinics(lake.tables.outcomes, filters)
    upto = Period(end=filters.period.end)
    conditions = in_period(scores.measured_on, upto) + months_of(scores, upto)
    scores = scores.filter(*conditions) if conditions else scores
    if filters.period.start is not None:
        # Whoever has no score in the period has no last one there: most rows need not be joined.
        within = in_period(scores.measured_on, filters.period) + months_of(scores, filters.period)
        patient = ["clinic_id", "patient", "scale"]
        scores = scores.semi_join(scores.filter(*within).select(*patient).distinct(), patient)
    sessions = of_clinics(lake.tables.sessions, filters).select("clinic_id", "session", "protocol")
    scores = with_course(on_session(scores, sessions, "left"), lake)
    always = replace(filters, period=Period(), protocols=())
    if filters.areas:
        there = on_session(held_sessions(lake, always), treated(lake, catalogue, always))
        scores = _linked(scores, there)
        scores = scores.filter(
            scores.area.isin(codes_below(catalogue, filters.areas))
            | (scores.area.isnull() & scores.linked)  # noqa: PD003 - Ibis, not pandas
        )
    if filters.practitioners:
        theirs = held_sessions(lake, replace(always, areas=()))
        scores = _linked(scores, theirs)
        scores = scores.filter(scores.linked)
    return scores


def _linked(scores: Any, sessions: Any) -> Any:
    """Mark the measurements whose course, or own session, is among `sessions` (`linked`)."""
    courses = sessions.filter(sessions.course.notnull()).select(  # noqa: PD004 - Ibis, not pandas
        in_clinic="clinic_id", in_course="course"
    )
    courses = courses.distinct()
    single = sessions.select(on_clinic="clinic_id", on_session="session").distinct()
    names = [name for name in scores.columns if name != "linked"]
    joined = scores.select(*names).left_join(
        courses, [scores.clinic_id == courses.in_clinic, scores.course == courses.in_course]
    )
    joined = joined.left_join(
        single, [joined.clinic_id == single.on_clinic, joined.session == single.on_session]
    )
    return joined.select(*names, linked=joined.in_course.notnull() | joined.on_session.notnull())  # noqa: PD004 - Ibis, not pandas


def responded(units: Any, catalogue: Catalogue) -> Any:
    """1 if the scale's rule for a response is met, 0 if not, empty if it has no rule.

    Reads the columns scale, baseline, last and change.
    """
    cases = [
        (units.scale == code, rule.ifelse(1, 0))
        for code, scale in catalogue.scales.items()
        if (rule := _rule(units, scale)) is not None
    ]
    return ibis.cases(*cases, else_=None) if cases else ibis.null("int64")


def _rule(units: Any, scale: OutcomeScale) -> Any:
    """Any of the scale's filled-in conditions; None if it has none, or no better direction."""
    if scale.better == "depends":
        return None
    up = 1.0 if scale.better == "higher" else -1.0
    gained = units.change * up
    conditions = []
    if scale.responder_change is not None:
        conditions.append(gained >= scale.responder_change - _ROUNDING)
    if scale.responder_ratio is not None:
        enough = units.baseline * scale.responder_ratio - _ROUNDING
        conditions.append((units.baseline > 0) & (gained >= enough))
    if scale.responder_at is not None:
        conditions.append(units["last"] * up >= scale.responder_at * up - _ROUNDING)
    return ibis.or_(*conditions) if conditions else None


OUTCOMES: Final = ReportSpec(
    function=outcomes,
    summary=N_("How much scores changed."),
    columns=_OUTCOMES,
    made=(
        ReportColumn("scale", "str", N_("ordinal: steps need not be equal"), label=N_("Scale")),
        ReportColumn("better", "str", N_("the side that is better"), label=N_("Better")),
        ReportColumn(
            "worst_to_best",
            "float64",
            N_("the rate, had none of the missing responded, or all of them"),
            "share",
            label=N_("At worst to best"),
        ),
    ),
    about=(
        ("Change from baseline to the last measurement; `scale` is always a key."),
        (
            "One patient in one course is followed on one scale; areas measured on one day are "
            "averaged (unless counted by area). The baseline is the first measurement marked so, "
            "else the first; the last must lie in the period and after the baseline. A scale "
            "that states a change itself (GAIS) needs no baseline: its last value is the change."
        ),
        (
            '`frame.attrs["ordinal"]` names the scales whose steps are ranks, so that means are '
            'only a summary of them; `frame.attrs["mcid"]` gives each scale\'s minimal important '
            "difference."
        ),
    ),
    keys=KEYS,
    usual=("protocol", "scale"),
    groups=("patients",),
)
