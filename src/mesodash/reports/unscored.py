"""What a mean leaves out: the levels of ordinal scales, and the courses without a score."""

from typing import Any

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.courses import ALL_KEYS as FOLLOWED_UP_KEYS
from mesodash.reports.courses import chosen_courses, with_keys
from mesodash.reports.filters import Filters, checked_keys
from mesodash.reports.outcomes import KEYS as LEVELS_KEYS
from mesodash.reports.outcomes import followed, with_scale_facts
from mesodash.reports.scope import held_sessions, of_clinics, ordered
from mesodash.reports.shares import whole, with_share

LEVEL_COLUMNS = ("at", "level", "n", "of", "share")
FOLLOWED_UP_COLUMNS = (
    "courses",
    "with_baseline",
    "due",
    "scored",
    "missing",
    "scored_share",
    "scored_low",
    "scored_high",
)
FOLLOW_UP_WINDOW = 90
"""Days after the last session within which a follow-up score counts: a house rule, for no source
says one; most reported effects are judged one to three months after the last session."""


def levels(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("scale",)
) -> pd.DataFrame:
    """How many stood at each level of an ordinal scale, at the baseline and last.

    Only ordinal scales; nothing is averaged: each area that was scored counts for itself. The
    patients are those of the outcomes report.

    Columns:
        at: baseline or last; a scale that states a change itself has no baseline.
        level: the level, as recorded.
        n: scores at that level, one for each patient, course and area.
        of: all scores of the group then.
        share: n / of.

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

    The window runs from the day after the first session to 90 days after the last (a house rule,
    for no source says one). The period is that of the course's start.

    Columns:
        courses: courses with a held session.
        with_baseline: of these, with a score on or before the day of the first session, or marked
            as baseline.
        due: of these, whose window has closed on the last day a session was held in the clinic.
        scored: of these, with a score in the window.
        missing: due - scored.
        scored_share, scored_low, scored_high: scored / due, with its 95 % Wilson interval.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, FOLLOWED_UP_KEYS, "followed-up")
    frame = ask(lake, _followed_up, catalogue, filters, by)
    frame = whole(frame[frame["courses"] > 0], ("courses", "with_baseline", "due", "scored"))
    frame["missing"] = frame["due"] - frame["scored"]
    names = ("scored_share", "scored_low", "scored_high")
    return ordered(with_share(frame, "scored", "due", names), by, FOLLOWED_UP_COLUMNS)


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
    one = list(dict.fromkeys(("clinic_id", "course", *by)))
    marked = joined.mutate(
        has_base=before.fill_null(False).ifelse(1, 0),
        has_score=inside.fill_null(False).ifelse(1, 0),
        has_closed=closed.ifelse(1, 0),
    )
    units = marked.group_by(*one).agg(
        base=marked.has_base.max(), score=marked.has_score.max(), closed=marked.has_closed.max()
    )
    due = (units.base == 1) & (units.closed == 1)
    counts = {
        "courses": units.count(),
        "with_baseline": units.count(where=units.base == 1),
        "due": units.count(where=due),
        "scored": units.count(where=due & (units.score == 1)),
    }
    return units.group_by(*by).agg(**counts) if by else units.agg(**counts)
