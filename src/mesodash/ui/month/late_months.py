"""Late lumps and their kind by month of the session: which months may still grow is marked."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from mesodash.catalogue.watching import watched_until
from mesodash.figures.months import months_with_windows
from mesodash.language import _, format_days, format_month, ngettext
from mesodash.reports.core.columns import last_day
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.effects.single_effects import late_by_month
from mesodash.ui.parts import phrases
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView


def show_late_months(view: ReviewView, names: Sequence[str], today: date) -> None:
    """The chart and, in a fold, the table.

    Args:
        view: the page.
        names: the months, `2026-10`, oldest first.
        today: the clinic's day.
    """
    days = watched_until(view.catalogue)
    span = Filters(period=Period(date.fromisoformat(f"{names[0]}-01"), last_day(names[-1])))
    months = late_by_month(view.reader.report("late", span, ("month",)), names, days, today)
    running = [one.month for one in months if one.running]
    title = _("Late lumps and their kind, by month of the session")
    # Two sentences, so that each has its own plural.
    says = _said(sum(one.n for one in months if not one.running), len(months) - len(running))
    if running:
        says += " " + ngettext(
            "In {n} month the window is still running: more may come.",
            "In {n} months the window is still running: more may come.",
            len(running),
        ).format(n=phrases.number(len(running)))
    page.show_chart(
        months_with_windows(
            names,
            [one.n for one in months],
            running=running,
            title=title,
            says=says,
            subtitle=_("Watched for {days} after a session; hatched: not over yet.").format(
                days=format_days(days)
            ),
            words=_late_effects,
            short=lambda name: format_month(name)[:3],
        ),
        key="month_late",
    )
    with st.expander(_("Late lumps by month, as a table")):
        page.show_table(
            title,
            _("Late lumps are never left out, however few."),
            [
                page.key_head("month"),
                page.head("late", "n"),
                page.head("late", "ripe_on", number=False),
                page.column(_("Window"), number=False),
            ],
            [
                [
                    page.Cell(format_month(one.month), one.month),
                    phrases.number(one.n),
                    page.Cell(phrases.day(one.ripe_on), one.ripe_on.toordinal()),
                    _("window still running") if one.running else _("window over"),
                ]
                for one in reversed(months)
            ],
        )


def _late_effects(n: float) -> str:
    return ngettext("{n} late effect", "{n} late effects", int(n)).format(n=phrases.number(n))


def _said(n: int, months: int) -> str:
    """How many there were in the months that can be judged."""
    if not months:
        return _("No month can be judged yet.")
    return ngettext(
        "{count} in {n} month whose window is over.",
        "{count} in {n} months whose window is over.",
        months,
    ).format(count=_late_effects(n), n=phrases.number(months))
