"""What the monthly report says of months whose window is still running."""

from collections.abc import Sequence
from datetime import date, timedelta

from mesodash.catalogue.types import Catalogue
from mesodash.catalogue.watching import watched_until
from mesodash.language import format_day, format_month
from mesodash.reports.core.columns import last_day
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.reader import Reader
from mesodash.reports.effects.single_effects import late_by_month


def unripe_until(last: date, days: int, made_on: date) -> str | None:
    """The day, in words, from which on a month's figures are ripe; None if that has passed.

    Args:
        last: the month's last day.
        days: how long its figures take after a session.
        made_on: the day on which the report is made.
    """
    ripe = last + timedelta(days)
    return format_day(ripe) if made_on < ripe else None


def late_months(
    reader: Reader, catalogue: Catalogue, months: Sequence[str], made_on: date
) -> list[tuple[str, int, bool]]:
    """Each month as its bar is labelled, its late effects, and whether more may come.

    Late effects are never left out, however few.
    """
    span = Period(date.fromisoformat(f"{months[0]}-01"), last_day(months[-1]))
    frame = reader.report("late", Filters(period=span), ("month",))
    return [
        (format_month(date.fromisoformat(f"{one.month}-01"), "short"), one.n, one.running)
        for one in late_by_month(frame, months, watched_until(catalogue), made_on)
    ]
