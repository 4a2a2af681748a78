"""The volumes page's parts: measures, the chart by month, the table."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.figures.bars import MOST_PARTS, by_month
from mesodash.figures.theme import Chart
from mesodash.reports.filters import Filters, Period
from mesodash.ui import labels, phrases, review
from mesodash.ui.filters import period_words
from mesodash.ui.volume_words import MEASURES, change, overlaps

LABELS = {
    "sessions": "Sessions",
    "patients": "Patients",
    "new_patients": "New patients",
    "areas_treated": "Areas treated",
    "volume_ml": "Volume, mL",
}
HELP = {
    "sessions": "Held sessions",
    "patients": "Different patients of these sessions",
    "new_patients": "Those whose first session ever falls into the period (by month: the month)",
    "areas_treated": "Treated areas; each side of an area once a session",
    "volume_ml": "Sum of the recorded volumes; sessions without a volume add nothing",
}
SPLITS = ("region", "protocol", "indication", "practitioner")


def measures(
    now: Mapping[str, Any], before: Mapping[str, Any] | None
) -> list[tuple[str, str, str]]:
    """The cards: label, number, change against the period before."""
    return [
        (
            LABELS[name],
            number(now, name, 0),
            labels.NOT_RECORDED
            if number(now, name, 0) == phrases.MISSING
            else change(now[name], None if before is None else before[name]),
        )
        for name in MEASURES
    ]


def number(row: Mapping[Any, Any], name: str, digits: int) -> str:
    """A measure of a row; sessions without a single recorded area have no number of areas."""
    if name == "areas_treated" and row["sessions"] and not row[name]:
        return phrases.MISSING
    return phrases.number(row[name], digits)


def months(frame: pd.DataFrame, period: Period) -> list[str]:
    """Every month from the period's first to its last (as recorded where the period is open)."""
    known = sorted(frame["month"].dropna())
    first = f"{period.start:%Y-%m}" if period.start else known[0]
    last = f"{period.end:%Y-%m}" if period.end else known[-1]
    return [str(month) for month in pd.period_range(first, last, freq="M")]


def chart(
    frame: pd.DataFrame, catalogue: Catalogue, filters: Filters, measure: str, split: str | None
) -> Chart:
    """The measure by month, split by a key of the report."""
    drawn = frame
    if split:
        words = [labels.value(catalogue, split, code) for code in frame[split]]
        drawn = frame.assign(**{split: words})
    overlap = overlaps(measure, split)
    return by_month(
        drawn,
        value=measure,
        unit=MEASURES[measure],
        subtitle=_subtitle(frame, filters, measure, split),
        months=months(frame, filters.period),
        part=split,
        part_words=labels.KEY_WORDS[split].lower() if split else "",
        adds_up=not overlap,
    )


def _subtitle(frame: pd.DataFrame, filters: Filters, measure: str, split: str | None) -> str:
    parts = [f"{period_words(filters.period)}."]
    cut = _cut_months(filters.period)
    if cut:
        parts.append(f"{cut} in part.")
    if overlaps(measure, split):
        parts.append("Parts overlap and do not add up, so they are lines.")
    if split and frame[split].nunique() > MOST_PARTS:
        rest = "left out" if overlaps(measure, split) else "in grey"
        parts.append(f"The {MOST_PARTS} largest of {frame[split].nunique()}; the others {rest}.")
    return " ".join(parts)


def _cut_months(period: Period) -> str:
    """The first and last month where the period holds them only in part."""
    cut = []
    if period.start and period.start.day != 1:
        cut.append(f"{period.start:%b %Y}")
    if period.end and _next_day_month(period.end) == (period.end.year, period.end.month):
        cut.append(f"{period.end:%b %Y}")
    return " and ".join(dict.fromkeys(cut))


def _next_day_month(day: date) -> tuple[int, int]:
    following = date.fromordinal(day.toordinal() + 1)
    return following.year, following.month


def show_table(
    frame: pd.DataFrame, catalogue: Catalogue, key: str, total: Mapping[str, Any], period: Period
) -> None:
    """A row for each value of the key: months newest first, others with most sessions first."""
    if key == "month":
        frame = frame.sort_values("month", ascending=False)
    else:
        frame = frame.sort_values("sessions", ascending=False, kind="stable")
    who = "Patients" if key == "month" else "Patients (and sessions of several areas)"
    note = f"{who if key in ('month', 'region') else 'Patients'} with several rows count in each."
    review.show_table(
        f"By {labels.KEY_WORDS[key].lower()}",
        f"{period_words(period)}: {phrases.count(total['sessions'], 'session')},"
        f" {phrases.count(total['patients'], 'patient')}. {note}",
        [
            review.column(labels.KEY_WORDS[key], number=False),
            *(review.column(LABELS[name], HELP[name]) for name in MEASURES),
        ],
        [
            [
                labels.value(catalogue, key, row[key]),
                *(number(row, name, int(name == "volume_ml")) for name in MEASURES),
            ]
            for row in frame.to_dict("records")
        ],
    )
