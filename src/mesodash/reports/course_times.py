"""Times within and after courses: intervals between sessions kept, top-ups due and made."""

from dataclasses import replace
from typing import Any

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.reports.asking import ask
from mesodash.reports.courses import ALL_KEYS, chosen_courses, with_keys
from mesodash.reports.due import TOP_UP_LISTED
from mesodash.reports.filters import Filters, Period, checked_keys
from mesodash.reports.scope import held_sessions, in_period, of_clinics
from mesodash.reports.shares import cells_of, median_of, planned_interval, typed, with_share

A_WEEK = 7
GAPS_KEYS = ALL_KEYS
GAPS_TYPES = {
    "gaps": "int64",
    "judged": "int64",
    "within": "int64",
    "within_share": "float64",
    "within_low": "float64",
    "within_high": "float64",
    "within_week": "float64",
    "deviation_median": "float64",
    "gap_median": "float64",
    "planned_low": "float64",
    "planned_high": "float64",
}
TOP_UP_TYPES = {
    "due": "int64",
    "made": "int64",
    "made_share": "float64",
    "made_low": "float64",
    "made_high": "float64",
    "median_days_late": "float64",
}


def gaps(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """Whether the interval between sessions was kept; the period is that of the course's start.

    The planned interval is the course's own, else the span its protocol reports. Gaps of courses
    and protocols that say none are counted, not judged.

    Columns:
        gaps: days from one held session of a course to its next, each counted once.
        judged: those with a planned interval.
        within: those no shorter and no longer than planned.
        within_share, within_low, within_high: within / judged, with its 95 % Wilson interval.
        within_week: share of the judged no more than 7 days outside (a house rule: a visit moved by
            a week is usual).
        deviation_median: median of the days outside the plan: negative too early, 0 within,
            positive too late.
        gap_median: median of all gaps, days.
        planned_low, planned_high: shortest and longest interval planned, days.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, GAPS_KEYS, "gaps")
    keys = tuple(dict.fromkeys((*by, "protocol")))
    counted = ask(lake, _gaps, catalogue, filters, keys)
    counted = counted.sort_values([*keys, "interval_days", "gap"], ignore_index=True)
    counted = _judged(counted, catalogue)
    made = [dict(zip(by, key, strict=True)) | _kept(cell) for key, cell in cells_of(counted, by)]
    names = ("within_share", "within_low", "within_high")
    return with_share(typed(made, by, GAPS_TYPES), "within", "judged", names)


def _gaps(lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...]) -> Any:
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    chosen = chosen.select(
        *keys, "interval_days", of_clinic=chosen.clinic_id, of_course=chosen.course
    )
    held = held_sessions(lake, Filters(clinics=filters.clinics))
    held = held.select("clinic_id", "course", "session", "held_on")
    held = held.mutate(
        before=held.held_on.lag().over(
            group_by=["clinic_id", "course"], order_by=[held.held_on, held.session]
        )
    )
    held = held.filter(held.before.notnull())  # noqa: PD004 - Ibis, not pandas
    rows = chosen.inner_join(
        held, [chosen.of_clinic == held.clinic_id, chosen.of_course == held.course]
    )
    rows = rows.mutate(gap=rows.held_on.delta(rows.before, unit="day").cast("int64"))
    return rows.group_by(*keys, "interval_days", "gap").agg(n=rows.count())


def _judged(counted: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Each counted gap with its plan and the days it lies outside (NaN without a plan)."""
    plans = [
        planned_interval(catalogue, protocol, own)
        for protocol, own in zip(counted["protocol"], counted["interval_days"], strict=True)
    ]
    low = pd.Series([plan[0] for plan in plans], counted.index, "float64")
    high = pd.Series([plan[1] for plan in plans], counted.index, "float64")
    gap = counted["gap"].astype("float64")
    outside = (gap - high).clip(lower=0) - (low - gap).clip(lower=0)
    return counted.assign(planned_low=low, planned_high=high, outside=outside)


def _kept(cell: pd.DataFrame) -> dict[str, Any]:
    judged = cell[cell["outside"].notna()]
    n = int(judged["n"].sum())
    near = int(judged.loc[judged["outside"].abs() <= A_WEEK, "n"].sum())
    return {
        "gaps": int(cell["n"].sum()),
        "judged": n,
        "within": int(judged.loc[judged["outside"] == 0, "n"].sum()),
        "within_week": near / n if n else None,
        "deviation_median": median_of(judged["outside"].to_numpy(), judged["n"].to_numpy()),
        "gap_median": median_of(cell["gap"].to_numpy(), cell["n"].to_numpy()),
        "planned_low": judged["planned_low"].min(),
        "planned_high": judged["planned_high"].max(),
    }


def top_ups(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """Top-ups that came due in the period and those that were made.

    Due: the last session of a completed course plus the top-up time of its protocol, up to the last
    day a session was held in that clinic. Made: the patient had a later held session of that
    protocol, at most 365 days after the due day. Protocols without a reported top-up time have no
    row.

    Columns:
        due: completed courses whose top-up came due in the period.
        made: of these, followed by a session of the protocol, early ones included.
        made_share, made_low, made_high: made / due, with its 95 % Wilson interval.
        median_days_late: median days from the due day to that session; negative is early.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, ALL_KEYS, "top-ups")
    counted = ask(lake, _top_ups, catalogue, filters, by)
    counted = counted.sort_values([*by, "late"], ignore_index=True)
    made = [dict(zip(by, key, strict=True)) | _topped(cell) for key, cell in cells_of(counted, by)]
    names = ("made_share", "made_low", "made_high")
    return with_share(typed(made, by, TOP_UP_TYPES), "made", "due", names)


def _top_ups(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    waits = [(c, round(p.top_up_days)) for c, p in catalogue.protocols.items() if p.top_up_days]
    always = replace(filters, period=Period())
    chosen = with_keys(chosen_courses(lake, catalogue, always))
    wait = chosen.protocol.cases(*waits, else_=None) if waits else ibis.null("int64")
    chosen = chosen.mutate(wait=wait)
    done = chosen.filter(
        chosen.state == "completed",
        chosen.wait.notnull(),  # noqa: PD004 - Ibis, not pandas
        chosen.last_on.notnull(),  # noqa: PD004 - Ibis, not pandas
    )
    done = done.mutate(due_on=(done.last_on + done.wait.as_interval("D")).cast("date"))
    held = held_sessions(lake, Filters(clinics=filters.clinics))
    until = held.group_by(until_clinic=held.clinic_id).agg(known_until=held.held_on.max())
    done = done.inner_join(until, done.clinic_id == until.until_clinic)
    done = done.filter(done.due_on <= done.known_until, *in_period(done.due_on, filters.period))
    later = of_clinics(held, filters).select(
        "held_on", in_clinic="clinic_id", of_patient="patient", of_protocol="protocol"
    )
    again = done.left_join(
        later,
        [
            done.clinic_id == later.in_clinic,
            done.patient == later.of_patient,
            done.protocol == later.of_protocol,
            later.held_on > done.last_on,
        ],
    )
    one = list(dict.fromkeys(("clinic_id", "course", "due_on", *by)))
    again = again.group_by(*one).agg(again_on=again.held_on.min())
    late = again.again_on.delta(again.due_on, unit="day").cast("int64")
    again = again.mutate(late=(late <= TOP_UP_LISTED).ifelse(late, None))
    return again.group_by(*by, "late").agg(n=again.count())


def _topped(cell: pd.DataFrame) -> dict[str, Any]:
    came = cell[cell["late"].notna()]
    return {
        "due": int(cell["n"].sum()),
        "made": int(came["n"].sum()),
        "median_days_late": median_of(came["late"].to_numpy("float64"), came["n"].to_numpy()),
    }
