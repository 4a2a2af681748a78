"""Outcomes along the course: the score after each number of sessions, and the lines behind it."""

from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import whole
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import held_sessions, in_period
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, names_of, types_of
from mesodash.reports.outcomes.outcomes import (
    KEYS,
    is_a_change,
    of_a_patient,
    over_patients,
    responded,
    scores_by_day,
    unit_of,
    with_change_and_responders,
    with_scale_facts,
)

_TRAJECTORY = (
    ReportColumn(
        "after_sessions",
        "int64",
        N_(
            "sessions of the course held before the day of the score; at 0 stands the"
            " baseline (for a scale that states a change itself, scores before the"
            " second session stand after 1)"
        ),
        label=N_("After sessions"),
    ),
    ReportColumn(
        "patients",
        "int64",
        N_("patients scored then, once for each of their courses"),
        label=N_("Patients"),
    ),
    ReportColumn("score_mean", "float64", N_("mean score"), label=N_("Mean score")),
    *alike(
        {"change_mean": N_("Change"), "change_low": "", "change_high": ""},
        "float64",
        N_(
            "mean of the score minus the baseline, in the scale's own direction, with"
            " its 95 % t interval; of a scale that states a change, the score"
        ),
    ),
    ReportColumn(
        "mcid",
        "float64",
        N_(
            "the scale's minimal important difference, from the catalogue; empty"
            " where no source says one"
        ),
    ),
    ReportColumn(
        "responders",
        "Int64",
        N_(
            "who met the scale's rule by then, of the patients, with the 95 %"
            " interval by patient; empty for a scale without a rule and after 0"
            " sessions"
        ),
    ),
    *alike(
        {"responder_rate": N_("Responders"), "rate_low": "", "rate_high": ""},
        "float64",
        N_(
            "who met the scale's rule by then, of the patients, with the 95 %"
            " interval by patient; empty for a scale without a rule and after 0"
            " sessions"
        ),
        "share",
    ),
)
TRAJECTORY_COLUMNS = names_of(_TRAJECTORY)
_INDIVIDUAL_LINES = (
    ReportColumn(
        "line",
        "str",
        N_(
            "an opaque key of the patient in one course; the same patient has another"
            " in the next answer"
        ),
    ),
    ReportColumn("after_sessions", "int64", N_("as in the trajectory"), label=N_("After sessions")),
    ReportColumn("days", "int64", N_("days from the baseline"), "days"),
    ReportColumn("score", "float64", N_("the score")),
    ReportColumn(
        "change",
        "float64",
        N_("score minus the baseline; of a scale that states a change, the score itself"),
    ),
)
LINE_TYPES = types_of(_INDIVIDUAL_LINES)
MOST_LINES = 300


def trajectory(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol", "scale")
) -> pd.DataFrame:
    """The score after 0, 1, 2 ... sessions of the course; `scale` is always a key.

    Columns and keys: `TRAJECTORY`.

    Raises:
        ReportError: unknown key or area.
    """
    by = _with_scale(checked_keys(by, KEYS, "trajectory"))
    frame = ask(lake, _sums, catalogue, filters, by)
    frame = whole(frame, ("after_sessions", "patients"))
    frame["score_mean"] = (frame["score_sum"] / frame["patients"]).astype("float64")
    frame = with_change_and_responders(frame)
    known = catalogue.scales
    frame["mcid"] = pd.Series(
        [known[c].mcid if c in known else None for c in frame["scale"]], frame.index, "float64"
    )
    frame["responders"] = frame["responders"].astype("Int64")
    frame = frame.sort_values([*by, "after_sessions"], na_position="last", ignore_index=True)
    frame = frame.astype(dict.fromkeys(by, "str"))[[*by, *TRAJECTORY_COLUMNS]]
    return with_scale_facts(frame, catalogue)


def _sums(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    rows = _scored(lake, catalogue, filters, by)
    own = rows.group_by("clinic_id", "patient", *by, "after_sessions").agg(
        units=rows.count(), score_sum=rows["last"].sum(), **of_a_patient(rows)
    )
    return own.group_by(*by, "after_sessions").agg(
        patients=own.units.sum(), score_sum=own.score_sum.sum(), **over_patients(own)
    )


def individual_lines(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol", "scale")
) -> pd.DataFrame:
    """Each patient's scores as a line, to be drawn behind the mean of the trajectory.

    Columns and keys: `INDIVIDUAL_LINES`.

    Raises:
        ReportError: unknown key or area.
    """
    by = _with_scale(checked_keys(by, KEYS, "individual-lines"))
    frame = ask(lake, _lines, catalogue, filters, by)
    counts = frame.groupby("scale")["of"].max()
    frame = frame.sort_values(["scale", "line", "after_sessions"], ignore_index=True)
    frame = frame.astype({"line": "int64"}).astype(dict.fromkeys(by, "str") | LINE_TYPES)
    frame = frame[[*by, *LINE_TYPES]]
    frame.attrs["lines"] = {
        scale: (min(int(of), MOST_LINES), int(of)) for scale, of in counts.items()
    }
    return with_scale_facts(frame, catalogue)


def _lines(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    rows = _scored(lake, catalogue, filters, by)
    unit = unit_of(by)
    # A fixed scramble of the numbers: neither the order of admission nor the scores choose.
    place = (rows.patient * 7919 + rows.course * 104_729) % 1_000_003
    rows = rows.mutate(
        line=ibis.dense_rank().over(
            group_by=["scale"], order_by=[place, *(rows[name] for name in unit)]
        )
    )
    rows = rows.mutate(of=rows.line.max().over(group_by=["scale"]) + 1)
    rows = rows.filter(rows.line < MOST_LINES)
    return rows.select(
        *by,
        "line",
        "of",
        "after_sessions",
        "change",
        days=rows.measured_on.delta(rows.base_on, unit="day").cast("int64"),
        score=rows["last"],
    )


def _with_scale(by: tuple[str, ...]) -> tuple[str, ...]:
    return by if "scale" in by else (*by, "scale")


def _scored(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    """One row a unit and number of sessions before: the latest score then, as `last`."""
    unit = unit_of(by)
    days = scores_by_day(lake, catalogue, filters, by)
    change_itself = is_a_change(days, catalogue)
    days = days.filter(
        days.course.notnull(),  # noqa: PD004 - Ibis, not pandas
        change_itself | (days.last_on > days.base_on),
        change_itself | (days.measured_on >= days.base_on),
        *in_period(days.last_on, filters.period),
        *([days.protocol.isin(filters.protocols)] if filters.protocols else []),
    )
    held = held_sessions(lake, Filters(clinics=filters.clinics))
    held = held.select("held_on", in_clinic="clinic_id", in_course="course")
    joined = days.left_join(
        held,
        [
            days.clinic_id == held.in_clinic,
            days.course == held.in_course,
            held.held_on < days.measured_on,
        ],
    )
    columns = [name for name in days.columns if name != "value"]
    scored = joined.group_by(*columns).agg(
        value=joined["value"].max(), before=joined.held_on.count()
    )
    # A change is judged after something was done: before the second session that is one session.
    scored = scored.mutate(
        after_sessions=is_a_change(scored, catalogue).ifelse(
            ibis.greatest(scored.before, 1), scored.before
        ),
        clinic=scored.clinic_id,
    )
    at_baseline = scored.measured_on == scored.base_on
    scored = scored.mutate(
        baseline=at_baseline.ifelse(scored["value"], None).max().over(group_by=unit),
        back=ibis.row_number().over(
            group_by=[*unit, "after_sessions"], order_by=scored.measured_on.desc()
        ),
    )
    scored = scored.filter(scored.back == 0)
    change_itself = is_a_change(scored, catalogue)
    scored = scored.mutate(
        last=scored["value"],
        baseline=change_itself.ifelse(None, scored.baseline),
        change=change_itself.ifelse(scored["value"], scored["value"] - scored.baseline),
    )
    untreated = scored.after_sessions == 0  # nothing was done that one could respond to
    return scored.mutate(responded=untreated.ifelse(None, responded(scored, catalogue)))


TRAJECTORY: Final = ReportSpec(
    function=trajectory,
    summary=N_("How scores go from session to session."),
    columns=_TRAJECTORY,
    about=(
        ("The score after 0, 1, 2 ... sessions of the course; `scale` is always a key."),
        (
            "The patients are those of the outcomes report (last score in the period). Each "
            "counts once for every number of sessions after which it was scored, with the latest "
            "such score; who was scored differs from row to row, so read each row's n. Scores "
            "outside a course are left out."
        ),
    ),
    keys=("protocol", "scale", "indication", "area", "clinic"),
    usual=("protocol", "scale"),
    groups=("patients",),
)


INDIVIDUAL_LINES: Final = ReportSpec(
    function=individual_lines,
    summary=N_("Each course's scores, the lines behind the mean."),
    columns=_INDIVIDUAL_LINES,
    about=(
        ("Each patient's scores as a line, to be drawn behind the mean of the trajectory."),
        (
            "At most 300 patients a scale, picked by a rule that does not look at the scores; "
            '`frame.attrs["lines"]` gives for each scale (drawn, of how many).'
        ),
    ),
    keys=("protocol", "scale", "indication", "area", "clinic"),
    usual=("protocol", "scale"),
)
