"""Times within and after courses: intervals between sessions kept, top-ups due and made."""

from dataclasses import replace
from math import isnan
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.by_patient import (
    DESIGN_EFFECT,
    PERSON,
    stacked,
    sum_names,
    sums_by_patient,
    totals_of,
    with_patient_share,
)
from mesodash.reports.core.columns import (
    A_WEEK,
    cells_of,
    median_of,
    planned_interval,
    typed,
)
from mesodash.reports.core.filters import Filters, Period, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import held_sessions, in_period, of_clinics
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of
from mesodash.reports.courses.courses import ALL_KEYS, chosen_courses, with_keys
from mesodash.reports.courses.due import TOP_UP_LISTED
from mesodash.reports.stats.survival import kaplan_meier

GAPS_KEYS = ALL_KEYS
COUNTED, SUMMED = "counted", "summed"
_GAPS = (
    ReportColumn(
        "gaps",
        "int64",
        N_("days from one held session of a course to its next, each counted once"),
        label=N_("Intervals"),
    ),
    ReportColumn("judged", "int64", N_("those with a planned interval")),
    ReportColumn("within", "int64", N_("those no shorter and no longer than planned")),
    *alike(
        {"within_share": N_("Kept"), "within_low": "", "within_high": ""},
        "float64",
        N_("within / judged, and its 95 % interval by patient"),
        "share",
    ),
    ReportColumn(
        "within_week",
        "float64",
        N_(
            "share of the judged no more than 7 days outside (a house rule: a visit"
            " moved by a week is usual)"
        ),
        "share",
        label=N_("Within a week"),
    ),
    ReportColumn(
        "deviation_median",
        "float64",
        N_("median of the days outside the plan: negative too early, 0 within, positive too late"),
        "days",
        label=N_("Usually off by"),
    ),
    ReportColumn(
        "gap_median", "float64", N_("median of all gaps, days"), "days", label=N_("Usual interval")
    ),
    *alike(
        {"planned_low": N_("Planned, days"), "planned_high": ""},
        "float64",
        N_("shortest and longest interval planned, days"),
        "days",
    ),
    ReportColumn(
        "design_effect",
        "float64",
        DESIGN_EFFECT,
    ),
)
GAPS_TYPES = types_of(_GAPS)
_TOP_UPS = (
    ReportColumn(
        "due", "int64", N_("completed courses whose top-up came due in the period"), label=N_("Due")
    ),
    ReportColumn(
        "made",
        "int64",
        N_("of these, followed by a session of the protocol, early ones included"),
        label=N_("Made"),
    ),
    ReportColumn(
        "waiting",
        "int64",
        N_("of the due, not made yet and less than a year past their day when the record ends"),
        label=N_("Still running"),
    ),
    *alike(
        {"made_share": N_("Made in the end"), "made_low": "", "made_high": ""},
        "float64",
        N_(
            "share made within a year of the due day (or as long as any was watched), those still"
            " running counted as far as they have come (Kaplan-Meier), and its 95 % interval by"
            " patient"
        ),
        "share",
    ),
    ReportColumn(
        "median_days_late",
        "float64",
        N_("median days from the due day to that session; negative is early"),
        "days",
        label=N_("Usually made"),
    ),
    ReportColumn(
        "design_effect",
        "float64",
        N_(
            "how many times the variance of that share is that of unrelated courses, as patients"
            " have several"
        ),
    ),
)
TOP_UP_TYPES = types_of(_TOP_UPS)


def gaps(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("protocol",)
) -> pd.DataFrame:
    """Whether the interval between sessions was kept; the period is that of the course's start.

    Columns and keys: `GAPS`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, GAPS_KEYS, "gaps")
    keys = tuple(dict.fromkeys((*by, "protocol")))
    found = ask(lake, _gaps, catalogue, filters, keys, by)
    counted, sums = _counted_and_summed(found, "gap")
    counted = counted.sort_values([*keys, "interval_days", "gap"], ignore_index=True)
    counted = _judged(counted, catalogue)
    made = [dict(zip(by, key, strict=True)) | _kept(cell) for key, cell in cells_of(counted, by)]
    names = ("within_share", "within_low", "within_high")
    return _with_share(typed(made, by, GAPS_TYPES), sums, by, "within", names)


def _counted_and_summed(found: pd.DataFrame, value: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two answers of one question: what was counted by its value, and the sums by patient."""
    counted = found[found["what"] == COUNTED].astype({"n": "int64", value: "float64"})
    return counted.copy(), found[found["what"] == SUMMED]


def _with_share(
    frame: pd.DataFrame,
    sums: pd.DataFrame,
    by: tuple[str, ...],
    x: str,
    names: tuple[str, str, str],
) -> pd.DataFrame:
    """The frame with the share whose sums by patient are in another, with the same keys."""
    sums = sums[[*by, *sum_names(x)]].astype(dict.fromkeys(by, "str"))
    # Without keys there is one row of sums, even where nothing was counted.
    both = frame.merge(sums, how="left", on=list(by)) if by else sums.head(len(frame))
    return with_patient_share(frame, totals_of(both, x), names, "design_effect")


def _gaps(
    lake: Lake, catalogue: Catalogue, filters: Filters, keys: tuple[str, ...], by: tuple[str, ...]
) -> Any:
    """The gaps counted by their days (keys, interval_days, gap, n); the sums by patient (by)."""
    chosen = with_keys(chosen_courses(lake, catalogue, filters))
    chosen = chosen.select(
        *dict.fromkeys((*keys, "patient")),
        "interval_days",
        of_clinic=chosen.clinic_id,
        of_course=chosen.course,
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
    counted = rows.group_by(*keys, "interval_days", "gap").agg(n=rows.count())
    judged = rows.mutate(low=_planned(rows, catalogue, 0), high=_planned(rows, catalogue, 1))
    judged = judged.filter(judged.low.notnull())  # noqa: PD004 - Ibis, not pandas
    kept = (judged.gap >= judged.low) & (judged.gap <= judged.high)
    own = judged.group_by(*dict.fromkeys((*PERSON, *by))).agg(
        judged=judged.count(), within=judged.count(where=kept)
    )
    sums = sums_by_patient(own, "within", "judged")
    summed = own.group_by(*by).agg(**sums) if by else own.agg(**sums)
    more = {"interval_days": "float64", "gap": "int64", "n": "int64"}
    more |= dict.fromkeys(sum_names("within"), "int64")
    return stacked({COUNTED: counted, SUMMED: summed}, keys, more)


def _planned(rows: Any, catalogue: Catalogue, at: int) -> Any:
    """The shortest (0) or longest (1) interval planned, as `planned_interval` has it."""
    spans = {code: planned_interval(catalogue, code, None)[at] for code in catalogue.protocols}
    usual = [(code, days) for code, days in spans.items() if not isnan(days)]
    of_protocol = rows.protocol.cases(*usual, else_=None) if usual else ibis.null("float64")
    return rows.interval_days.cast("float64").coalesce(of_protocol)


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

    Columns and keys: `TOP_UPS`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, ALL_KEYS, "top-ups")
    counted = ask(lake, _top_ups, catalogue, filters, by)
    counted = counted.sort_values([*by, "late", "watched", *PERSON], ignore_index=True)
    made = [dict(zip(by, key, strict=True)) | _topped(cell) for key, cell in cells_of(counted, by)]
    return typed(made, by, TOP_UP_TYPES)


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
    one = list(dict.fromkeys((*PERSON, "course", "due_on", "known_until", *by)))
    again = again.group_by(*one).agg(again_on=again.held_on.min())
    late = again.again_on.delta(again.due_on, unit="day").cast("int64")
    over = again.known_until.delta(again.due_on, unit="day").cast("int64")
    again = again.mutate(late=(late <= TOP_UP_LISTED).ifelse(late, None))
    watched = ibis.least(over, ibis.literal(TOP_UP_LISTED))
    again = again.mutate(watched=again.late.isnull().ifelse(watched, None))  # noqa: PD003 - Ibis, not pandas
    return again.group_by(*dict.fromkeys((*by, *PERSON, "late", "watched"))).agg(n=again.count())


def _topped(cell: pd.DataFrame) -> dict[str, Any]:
    """Counts, and the share that comes to be made: dues still running count as far as they are."""
    n, came = cell["n"].to_numpy("float64"), cell["late"].notna().to_numpy()
    late = cell["late"].to_numpy("float64", na_value=np.nan)
    days = np.where(came, np.fmax(late, 0), cell["watched"].to_numpy("float64", na_value=np.nan))
    who = cell.groupby(list(PERSON), sort=False).ngroup().to_numpy()
    curve = kaplan_meier(days, n * came, n * ~came, who)
    longest = float(days.max())
    share, low, high = curve.resolved_by(longest)
    return {
        "due": int(n.sum()),
        "made": int(n[came].sum()),
        "waiting": int(n[~came & (days < TOP_UP_LISTED)].sum()),
        "made_share": share,
        "made_low": low,
        "made_high": high,
        "median_days_late": median_of(late[came], n[came]),
        "design_effect": curve.design_effect(longest),
    }


GAPS: Final = ReportSpec(
    function=gaps,
    summary=N_("How long the time between two sessions is, beside the planned interval."),
    columns=_GAPS,
    about=(
        (
            "Whether the interval between sessions was kept; the period is that of the course's "
            "start."
        ),
        (
            "The planned interval is the course's own, else the span its protocol reports. Gaps "
            "of courses and protocols that say none are counted, not judged."
        ),
    ),
    keys=("protocol", "indication", "month", "clinic", "practitioner"),
    usual=("protocol",),
    groups=("gaps",),
)


TOP_UPS: Final = ReportSpec(
    function=top_ups,
    summary=N_("How many top-ups were due, and made."),
    columns=_TOP_UPS,
    about=(
        ("Top-ups that came due in the period and those that were made."),
        (
            "Due: the last session of a completed course plus the top-up time of its protocol, "
            "up to the last day a session was held in that clinic. Made: the patient had a later "
            "held session of that protocol, at most 365 days after the due day. Protocols "
            "without a reported top-up time have no row."
        ),
    ),
    keys=("protocol", "indication", "month", "clinic", "practitioner"),
    usual=("protocol",),
    groups=("due",),
)
