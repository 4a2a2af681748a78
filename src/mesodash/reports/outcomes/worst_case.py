"""Who is missing from a responder rate, and how far that could change it.

A rate of those who were scored twice says nothing of the others, and those who did badly may be
the ones who stayed away. The bounds say what the rate would be if none of them had responded, and
if all had (Manski CF, Am Econ Rev 1990;80:319-23): no assumption makes them narrower.
"""

from dataclasses import replace
from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import held_sessions, in_period, of_clinics
from mesodash.reports.courses.courses import chosen_courses, with_keys

FOLLOW_UP_WINDOW: Final = 90
"""Days after the last session within which a follow-up score counts: this program's own rule, as no
source says one; most reported effects are judged one to three months after the last session."""
BOUND_KEYS: Final = ("protocol", "indication", "clinic")
"""The keys of outcomes that a course has, scored or not."""


def with_bounds(
    frame: pd.DataFrame, lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]
) -> pd.DataFrame:
    """The outcomes' frame with `missing`, `rate_worst` and `rate_best`; all empty by area.

    Args:
        frame: with the keys, patients and responders.
        lake: where the courses and scores are.
        catalogue: the scales.
        filters: what was asked.
        by: the keys, scale among them.
    """
    keys = tuple(key for key in by if key != "scale")
    if not set(keys) <= set(BOUND_KEYS):
        frame = frame.assign(missing=pd.array([None] * len(frame), "Int64"))
        return frame.assign(rate_worst=float("nan"), rate_best=float("nan"))
    counted = ask(lake, _missing, catalogue, filters, keys)
    unscored = counted[counted["scale"].isna()].drop(columns="scale")
    once = counted[counted["scale"].notna()]
    how = {"how": "left", "on": list(keys)} if keys else {"how": "cross"}
    if keys or len(unscored):
        both = frame.merge(unscored.rename(columns={"n": "_unscored"}), **how)
    else:
        both = frame.assign(_unscored=0)
    both = both.merge(once.rename(columns={"n": "_once"}), how="left", on=list(by))
    missing = both["_unscored"].fillna(0) + both["_once"].fillna(0)
    everyone = both["patients"] + missing
    responders = both["responders"].astype("float64")
    return frame.assign(
        missing=missing.astype("Int64").array,
        rate_worst=(responders / everyone).array,
        rate_best=((responders + missing) / everyone).array,
    )


def _missing(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    """Courses whose window closed in the period: without any score (scale empty), and by scale
    those scored on one day only, which is no change.
    """  # noqa: D205
    chosen = with_keys(chosen_courses(lake, catalogue, replace(filters, period=Period())))
    chosen = chosen.filter(chosen.held > 0)
    every = held_sessions(lake, Filters(clinics=filters.clinics), ())
    until = every.group_by(until_clinic=every.clinic_id).agg(known_until=every.held_on.max())
    chosen = chosen.inner_join(until, chosen.clinic_id == until.until_clinic)
    closed_on = (chosen.last_on + ibis.interval(days=FOLLOW_UP_WINDOW)).cast("date")
    chosen = chosen.mutate(closed_on=closed_on)
    due = chosen.filter(
        chosen.closed_on < chosen.known_until, *in_period(chosen.closed_on, filters.period)
    )
    due = due.select(
        *dict.fromkeys((*keys, "protocol")), of_clinic=due.clinic_id, of_course=due.course
    )
    scores = of_clinics(lake.tables.outcomes, filters)
    by_then = in_period(scores.measured_on, Period(end=filters.period.end))
    scores = scores.filter(*by_then) if by_then else scores
    units = scores.group_by("clinic_id", "course", "scale").agg(
        first=scores.measured_on.min(), last=scores.measured_on.max()
    )
    joined = due.left_join(units, [due.of_clinic == units.clinic_id, due.of_course == units.course])
    own = [code for code, scale in catalogue.scales.items() if scale.is_change]
    change = joined.scale.isin(own) if own else ibis.literal(False)
    missed = joined.filter(
        joined.scale.isnull() | ((joined["first"] == joined["last"]) & ~change)  # noqa: PD003 - Ibis, not pandas
    )
    return missed.group_by(*keys, "scale").agg(n=missed.count())
