"""Side effects one by one, by the record's numbers: the open ones, and the late ones.

Numbers only: the reader turns them into the record's ids for those who may see them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import ibis
import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import watched_until
from mesodash.lake.durations import IMPRECISE, NO_FOLLOW_UP, ONGOING
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import RIPE_ON, last_day, ripe_on, typed
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import codes_below, narrowed, with_course
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike, types_of

COLUMNS: Final = (
    "clinic",
    "side_effect",
    "session",
    "patient",
    "effect",
    "area",
    "side",
    "protocol",
    "practitioner",
    "severity",
    "serious",
    "held_on",
    "onset_on",
    "onset_day",
    "last_contact_on",
    "days_followed",
    "counting",
)
LATE_KEYS: Final = ("effect", "area", "protocol", "practitioner", "lot", "clinic", "month")
_LATE = (
    ReportColumn(
        "n",
        "int64",
        N_("lumps that began after day 7, and effects known to come late that did"),
        label=N_("Late effects"),
    ),
    ReportColumn("sessions", "int64", N_("different sessions they followed")),
    *alike(
        {"first_day": "", "last_day": ""},
        "int64",
        N_("earliest and latest onset, days after the session"),
        "days",
    ),
    RIPE_ON,
)
LATE_TYPES = types_of(_LATE)


def open_effects(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """The side effects without an end, the longest open first; the period is that of the session.

    Columns and keys: `OPEN_EFFECTS`.

    Raises:
        ReportError: unknown area.
    """
    return _typed(ask(lake, _open, catalogue, filters))


def late_effects(lake: Lake, catalogue: Catalogue, filters: Filters) -> pd.DataFrame:
    """Lumps that began after day 7, and effects known to come late, the latest first.

    Columns and keys: `LATE_EFFECTS`.

    Raises:
        ReportError: unknown area.
    """
    return _typed(ask(lake, _late, catalogue, filters))


def late(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ("effect",)
) -> pd.DataFrame:
    """How many late effects there were, without naming any: counts of `late_effects`.

    Columns and keys: `LATE`.

    Raises:
        ReportError: unknown key or area.
    """
    by = checked_keys(by, LATE_KEYS, "late")
    frame = ask(lake, _late_counts, catalogue, filters, by)
    frame = frame[frame["n"] > 0].sort_values(list(by) or ["n"], na_position="last")
    frame["ripe_on"] = ripe_on(frame, watched_until(catalogue))
    return typed(frame.to_dict("records"), by, LATE_TYPES)


@dataclass(frozen=True, slots=True)
class LateMonth:
    """The late effects after one month's sessions.

    Attributes:
        month: `2026-10`.
        n: how many so far.
        ripe_on: the day from which no more are watched for.
        running: whether that day is still to come.
    """

    month: str
    n: int
    ripe_on: date
    running: bool


def late_by_month(
    frame: pd.DataFrame, months: Sequence[str], days: int, today: date
) -> list[LateMonth]:
    """Each of the months, those without a late effect too, with the end of its window.

    Args:
        frame: the report `late` by month.
        months: `2026-10`, in the order wanted.
        days: how long a session is watched for late effects.
        today: the day on which it is looked at.
    """
    counts = frame.set_index("month")["n"].to_dict()
    ends = {month: last_day(month) + timedelta(days) for month in months}
    return [
        LateMonth(month, int(counts.get(month, 0)), ends[month], today < ends[month])
        for month in months
    ]


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    whole = ("onset_day", "days_followed", "severity")
    texts = ("clinic", "effect", "area", "side", "protocol", "practitioner", "serious", "counting")
    frame = frame.astype(
        dict.fromkeys(whole, "Int64")
        | dict.fromkeys(texts, "str")
        | dict.fromkeys(("side_effect", "session", "patient"), "int64")
    )
    order = ["days_followed", "held_on", "clinic", "side_effect"]
    frame = frame.sort_values(order, ascending=[False, False, True, True], na_position="last")
    return frame.reset_index(drop=True)[list(COLUMNS)]


def _rows(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    effects = narrowed(with_course(lake.tables.side_effects, lake), filters)
    if filters.areas:
        effects = effects.filter(effects.area.isin(codes_below(catalogue, filters.areas)))
    return effects.mutate(
        onset_day=effects.onset_on.delta(effects.held_on, unit="day").cast("int64"),
        days_followed=effects.last_contact_on.delta(effects.onset_on, unit="day").cast("int64"),
        clinic=effects.clinic_id,
        label=effects.clinic_id + "/" + effects.practitioner.cast("string"),
    )


def _shown(effects: Any) -> Any:
    names = [name for name in COLUMNS if name != "practitioner"]
    return effects.select(*names, practitioner=effects.label)


def _open(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    effects = _rows(lake, catalogue, filters)
    still = effects.counting.isin((ONGOING, NO_FOLLOW_UP, IMPRECISE))
    return _shown(effects.filter(~effects.has_end, still))


def _is_late(effects: Any, catalogue: Catalogue) -> Any:
    return came_late(effects.effect, effects.onset_day, catalogue)


def came_late(effect: Any, onset_day: Any, catalogue: Catalogue) -> Any:
    """Whether effects that began so many days after the session are late, as expressions."""
    known = {
        code: one.late_after_days
        for code, one in catalogue.side_effects.items()
        if one.late_after_days is not None
    }
    after = effect.cases(*known.items(), else_=None) if known else ibis.null("int64")
    return (onset_day > after).fill_null(False)


def _late(lake: Lake, catalogue: Catalogue, filters: Filters) -> Any:
    effects = _rows(lake, catalogue, filters)
    return _shown(effects.filter(_is_late(effects, catalogue)))


def _late_counts(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    effects = _rows(lake, catalogue, filters)
    effects = effects.filter(_is_late(effects, catalogue))
    if "lot" in by:
        used = lake.tables.products_used
        used = used.filter(used.lot.notnull()).select("clinic_id", "session", "lot").distinct()  # noqa: PD004 - Ibis, not pandas
        effects = effects.left_join(used, ["clinic_id", "session"])
    own = {"practitioner": effects.label}
    rows = effects.select(
        *(key for key in by if key not in own),
        **{key: own[key] for key in by if key in own},
        onset_day=effects.onset_day,
        visit=effects.clinic_id + "/" + effects.session.cast("string"),
    )
    counts = {
        "n": rows.count(),
        "sessions": rows.visit.nunique(),
        "first_day": rows.onset_day.min(),
        "last_day": rows.onset_day.max(),
    }
    return rows.group_by(*by).agg(**counts) if by else rows.agg(**counts)


LATE: Final = ReportSpec(
    function=late,
    summary=N_("How many effects began late."),
    columns=_LATE,
    about=(
        ("How many late effects there were, without naming any: counts of `late_effects`."),
        ("By lot one counts under each lot its session used."),
    ),
    keys=LATE_KEYS,
    usual=("effect",),
)


_SINGLE: Final = (
    ReportColumn("side_effect_id", "str", N_("the record's id of the side effect")),
    ReportColumn("session_id", "str", N_("the record's id of the session"), label=N_("Session")),
    ReportColumn(
        "patient_id",
        "str",
        N_("the record's id of the patient, for those who may see it"),
        label=N_("Patient"),
    ),
    *alike(
        {
            "effect": N_("Side effect"),
            "area": N_("Area"),
            "side": "",
            "protocol": N_("Protocol"),
            "practitioner": "",
        },
        "str",
        N_("as recorded"),
    ),
    ReportColumn("severity", "Int64", N_("as recorded"), label=N_("Grade")),
    ReportColumn("serious", "str", N_("as recorded")),
    ReportColumn("held_on", "object", N_("the day of the session")),
    ReportColumn(
        "onset_on",
        "object",
        N_("the day of the onset; empty if known only to the month or year"),
        label=N_("Onset"),
    ),
    ReportColumn(
        "onset_day",
        "Int64",
        N_("days from the session to the onset"),
        "days",
        label=N_("Onset, day"),
    ),
    ReportColumn(
        "last_contact_on", "object", N_("the last time anybody asked"), label=N_("Last contact")
    ),
    ReportColumn(
        "days_followed",
        "Int64",
        N_("days from the onset to the last contact; it lasted so long at least"),
        "days",
        label=N_("Followed, days"),
    ),
    ReportColumn("counting", "str", N_("ongoing, no_follow_up or imprecise"), label=N_("State")),
)
"""What both lists say of one side effect."""

OPEN_EFFECTS: Final = ReportSpec(
    function=open_effects,
    summary=N_("Side effects that are still there."),
    columns=_SINGLE,
    about=(
        (
            "The side effects without an end, the longest open first; the period is that of the "
            "session."
        ),
    ),
    counted=False,
)


LATE_EFFECTS: Final = ReportSpec(
    function=late_effects,
    summary=N_("Side effects that began late."),
    columns=_SINGLE,
    about=(
        ("Lumps that began after day 7, and effects known to come late, the latest first."),
        (
            "Lumps: nodule, granuloma, panniculitis, infection by mycobacteria. Known to come "
            "late: marked so in the catalogue. All are listed, whatever their number: rapidly "
            "growing mycobacteria appear after a median of 30 days, and one case may be the "
            "first of several."
        ),
        ("Columns as in `open_effects`, of ended ones too."),
    ),
    counted=False,
)
