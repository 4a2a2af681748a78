"""What a mean leaves out: the levels of ordinal scales, and the courses without a score."""

from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import (
    DESIGN_EFFECT,
    PERSON,
    sums_by_patient,
    totals_of,
    with_patient_share,
)
from mesodash.reports.core.columns import whole
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import held_sessions, of_clinics, ordered
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, names_of
from mesodash.reports.courses.courses import ALL_KEYS as FOLLOWED_UP_KEYS
from mesodash.reports.courses.courses import chosen_courses, with_keys
from mesodash.reports.outcomes.outcomes import KEYS as LEVELS_KEYS
from mesodash.reports.outcomes.outcomes import followed, with_scale_facts
from mesodash.reports.outcomes.worst_case import FOLLOW_UP_WINDOW

_LEVELS = (
    ReportColumn(
        "at", "str", N_("baseline or last; a scale that states a change itself has no baseline")
    ),
    ReportColumn("level", "float64", N_("the level, as recorded")),
    ReportColumn("n", "int64", N_("scores at that level, one for each patient, course and area")),
    ReportColumn("of", "int64", N_("all scores of the group then")),
    ReportColumn("share", "float64", N_("n / of"), "share"),
)
LEVEL_COLUMNS = names_of(_LEVELS)
_FOLLOWED_UP = (
    ReportColumn("courses", "int64", N_("courses with a held session"), label=N_("Courses")),
    ReportColumn(
        "with_baseline",
        "int64",
        N_(
            "of these, with a score on or before the day of the first session, or"
            " marked as baseline"
        ),
        label=N_("With a baseline"),
    ),
    ReportColumn(
        "due",
        "int64",
        N_(
            "of the courses, whose window has closed on the last day a session was"
            " held in the clinic"
        ),
        label=N_("Window closed"),
    ),
    ReportColumn(
        "scored",
        "int64",
        N_("of these, with a baseline and a score in the window"),
        label=N_("Scored in it"),
    ),
    ReportColumn(
        "missing",
        "int64",
        N_("due - scored; without a baseline nothing can be compared"),
        label=N_("Missing"),
    ),
    *alike(
        {"scored_share": N_("Share scored"), "scored_low": "", "scored_high": ""},
        "float64",
        N_("scored / due, and its 95 % interval by patient"),
        "share",
    ),
    ReportColumn(
        "design_effect",
        "float64",
        DESIGN_EFFECT,
    ),
)
FOLLOWED_UP_COLUMNS = names_of(_FOLLOWED_UP)


def levels(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("scale",)
) -> pd.DataFrame:
    """How many stood at each level of an ordinal scale, at the baseline and last.

    Columns and keys: `LEVELS`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, LEVELS_KEYS, "levels")
    by = by if "scale" in by else (*by, "scale")
    frame = ask(lake, _levels, catalogue, filters, by)
    frame = frame.sort_values([*by, "at", "level"], na_position="last", ignore_index=True)
    frame = frame.astype({**dict.fromkeys((*by, "at"), "str"), "level": "float64", "n": "int64"})
    frame["of"] = frame.groupby([*by, "at"], dropna=False)["n"].transform("sum").astype("int64")
    frame["share"] = (frame["n"] / frame["of"]).astype("float64")
    return with_scale_facts(frame[[*by, *LEVEL_COLUMNS]], catalogue)


def _levels(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    units = followed(lake, catalogue, filters, (*by, "area"))
    ordinal = [code for code, scale in catalogue.scales.items() if scale.ordinal]
    units = units.filter(units.scale.isin(ordinal))
    then = [units.select(*by, level=units[at], at=ibis.literal(at)) for at in ("baseline", "last")]
    scores = ibis.union(*then)
    scores = scores.filter(scores.level.notnull())  # noqa: PD004 - Ibis, not pandas
    return scores.group_by(*by, "at", "level").agg(n=scores.count())


def followed_up(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """Who is missing from the outcomes: courses without a follow-up score in the window.

    Columns and keys: `FOLLOWED_UP`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, FOLLOWED_UP_KEYS, "followed-up")
    frame = ask(lake, _followed_up, catalogue, filters, by)
    frame = whole(frame[frame["courses"] > 0], ("courses", "with_baseline", "due", "scored"))
    frame["missing"] = frame["due"] - frame["scored"]
    names = ("scored_share", "scored_low", "scored_high")
    frame = with_patient_share(frame, totals_of(frame, "scored"), names, "design_effect")
    return ordered(frame, by, FOLLOWED_UP_COLUMNS)


def _followed_up(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    chosen = chosen.filter(chosen.held > 0)
    every = held_sessions(lake, Filters(clinics=filters.clinics))
    until = every.group_by(until_clinic=every.clinic_id).agg(known_until=every.held_on.max())
    chosen = chosen.inner_join(until, chosen.clinic_id == until.until_clinic)
    scores = of_clinics(lake.tables.outcomes, filters).select(
        "measured_on", "timing", of_clinic="clinic_id", of_course="course"
    )
    joined = chosen.left_join(
        scores,
        [chosen.clinic_id == scores.of_clinic, chosen.course == scores.of_course],
    )
    after_last = joined.measured_on.delta(joined.last_on, unit="day").cast("int64")
    before = (joined.measured_on <= joined.first_on) | (joined.timing == "baseline").fill_null(
        False
    )
    inside = (joined.measured_on > joined.first_on) & (after_last <= FOLLOW_UP_WINDOW)
    closed = joined.known_until.delta(joined.last_on, unit="day").cast("int64") > FOLLOW_UP_WINDOW
    one = list(dict.fromkeys((*PERSON, "course", *by)))
    marked = joined.mutate(
        has_base=before.fill_null(False).ifelse(1, 0),
        has_score=inside.fill_null(False).ifelse(1, 0),
        has_closed=closed.ifelse(1, 0),
    )
    units = marked.group_by(*one).agg(
        base=marked.has_base.max(), score=marked.has_score.max(), closed=marked.has_closed.max()
    )
    due = units.closed == 1
    own = units.group_by(*PERSON, *by).agg(
        courses=units.count(),
        with_baseline=units.count(where=units.base == 1),
        due=units.count(where=due),
        scored=units.count(where=due & (units.base == 1) & (units.score == 1)),
    )
    counts = {name: own[name].sum() for name in ("courses", "with_baseline", "due", "scored")}
    counts |= sums_by_patient(own, "scored", "due")
    return own.group_by(*by).agg(**counts) if by else own.agg(**counts)


LEVELS: Final = ReportSpec(
    function=levels,
    summary=N_("How often each level of an ordinal scale was given."),
    columns=_LEVELS,
    about=(
        ("How many stood at each level of an ordinal scale, at the baseline and last."),
        (
            "Only ordinal scales; nothing is averaged: each area that was scored counts for "
            "itself. The patients are those of the outcomes report."
        ),
    ),
    keys=("protocol", "scale", "indication", "area", "clinic"),
    usual=("scale",),
    groups=("of",),
)


FOLLOWED_UP: Final = ReportSpec(
    function=followed_up,
    summary=N_("How many courses have a score after their treatment."),
    columns=_FOLLOWED_UP,
    about=(
        ("Who is missing from the outcomes: courses without a follow-up score in the window."),
        (
            "The window runs from the day after the first session to 90 days after the last (a "
            "house rule, for no source says one). The period is that of the course's start."
        ),
    ),
    keys=("protocol", "indication", "month", "clinic", "practitioner"),
    usual=("protocol",),
    groups=("courses",),
)
