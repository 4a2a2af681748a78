"""The same question for other times: the period before, and the same one a year ago."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from mesodash.language import N_
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.spec import ReportColumn, ReportSpec, alike
from mesodash.reports.volumes.volumes import COLUMNS

if TYPE_CHECKING:
    from mesodash.reports.core.reader import Reader


def before(period: Period) -> Period | None:
    """The period just before, as long: whole months before whole months, else as many days.

    From 24 November to 23 November are whole months too. None if the period is open at an end.
    """
    start, end = period.start, period.end
    if start is None or end is None:
        return None
    last = start - timedelta(days=1)
    months = whole_months(period)
    if months:
        place = start.year * 12 + start.month - 1 - months
        year, month = place // 12, place % 12 + 1
        return Period(date(year, month, min(start.day, monthrange(year, month)[1])), last)
    return Period(last - (end - start), last)


def whole_months(period: Period) -> int:
    """How many whole months the period has; 0 if it has parts of months or an open end."""
    if period.start is None or period.end is None:
        return 0
    first, after = period.start, period.end + timedelta(days=1)
    if first.day != after.day:
        return 0
    return (after.year - first.year) * 12 + after.month - first.month


def year_before(period: Period) -> Period | None:
    """The same days a year earlier; 29 February is 28 February then, and a whole month stays one.

    None if the period is open at an end.
    """
    if period.start is None or period.end is None:
        return None
    end = _year_earlier(period.end)
    if period.end.day == monthrange(period.end.year, period.end.month)[1]:
        end = end.replace(day=monthrange(end.year, end.month)[1])
    return Period(_year_earlier(period.start), end)


def _year_earlier(day: date) -> date:
    last = monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def compared(reader: "Reader", filters: Filters, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """The volumes of a period beside those of the period before and of the same one a year ago.

    Columns and keys: `COMPARED`.

    Args:
        reader: answers the volumes.
        filters: whose period is compared; of one that is open at an end only `now` is filled.
        by: keys of the volumes other than month, week and day.
    """
    frame = reader.volumes(filters, by)
    for suffix, other in (
        ("_before", before(filters.period)),
        ("_year_before", year_before(filters.period)),
    ):
        names = {name: f"{name}{suffix}" for name in COLUMNS}
        if other is None:
            frame = frame.assign(**dict.fromkeys(names.values(), float("nan")))
            continue
        then = reader.volumes(replace(filters, period=other), by).rename(columns=names)
        frame = frame.merge(then, how="outer", on=list(by)) if by else frame.join(then)
        counts = [c for name, c in names.items() if name != "volume_ml"]
        frame[counts] = frame[counts].fillna(0)
    counts = [name for name in COLUMNS if name != "volume_ml"]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    if by:
        frame = frame.sort_values(list(by), na_position="last", ignore_index=True)
    return frame


COMPARED: Final = ReportSpec(
    function=compared,
    summary=N_("A period beside the one before and the year before."),
    columns=(
        *alike(
            {"sessions": "", "patients": "", "new_patients": "", "areas_treated": ""},
            "int64",
            N_("of the period, as in volumes"),
        ),
        ReportColumn("volume_ml", "float64", N_("of the period, as in volumes"), "mL"),
        *alike(
            {
                "sessions_before": "",
                "patients_before": "",
                "new_patients_before": "",
                "areas_treated_before": "",
            },
            "float64",
            N_(
                "of the period before; 0 where there was no session, empty where there is"
                " no such period or no volume was recorded"
            ),
        ),
        ReportColumn(
            "volume_ml_before",
            "float64",
            N_(
                "of the period before; 0 where there was no session, empty where there is"
                " no such period or no volume was recorded"
            ),
            "mL",
        ),
        *alike(
            {
                "sessions_year_before": "",
                "patients_year_before": "",
                "new_patients_year_before": "",
                "areas_treated_year_before": "",
            },
            "float64",
            N_("of the same period a year ago"),
        ),
        ReportColumn("volume_ml_year_before", "float64", N_("of the same period a year ago"), "mL"),
    ),
    about=(
        (
            "The volumes of a period beside those of the period before and of the same one a "
            "year ago."
        ),
    ),
    counted=False,
)


def year_to(end: date) -> Period:
    """The twelve months that end on a day."""
    first = end + timedelta(days=1)
    return Period(first.replace(year=first.year - 1, day=min(first.day, 28)), end)
