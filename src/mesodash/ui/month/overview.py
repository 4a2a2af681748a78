"""The page Month: the choice of the month, findings, thirteen months as bars, practitioners."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.documents.monthly_report import MONTHS_DRAWN, Month
from mesodash.documents.small_groups import SMALLEST
from mesodash.figures.months import months_with_band
from mesodash.language import _, format_month
from mesodash.reports.core.filters import Filters, Period
from mesodash.reports.core.periods import year_to
from mesodash.reports.stats.control_chart import usual_variation
from mesodash.ui.parts import labels, phrases
from mesodash.ui.parts.page_script import page_script
from mesodash.ui.review import monthly_report, page
from mesodash.ui.review.filter_row import SHARED, carry_filters, choose_shared, keep_filters
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context, pages

CHOICE = "month"
MONTHS_OFFERED = 36


def open_page(title: str) -> tuple[ReviewView, Month]:
    """Draw the choice of the month; return the view of that month, and the month."""
    page_script()
    today = context.today()
    this = Month(today.year, today.month)
    offered = [str(this.back(back)) for back in range(MONTHS_OFFERED)]
    with st.container(
        horizontal=True, gap="small", vertical_alignment="bottom", key="row_of_month"
    ):
        earlier = st.container(width="content")
        chosen = st.selectbox(
            _("Month"),
            offered,
            index=1,
            format_func=lambda name: format_month(name) if name in offered else name,
            key=CHOICE,
            bind="query-params",
            width=200,
        )
        if chosen not in offered:  # an address may name any; the page opens on the last whole month
            chosen = offered[1]
        at = offered.index(chosen)
        earlier.button(
            _("Earlier"),
            key="month_earlier",
            icon=":material/chevron_left:",
            disabled=at == len(offered) - 1,
            on_click=_go_to,
            args=(offered, at + 1),
        )
        st.button(
            _("Later"),
            key="month_later",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=at == 0,
            on_click=_go_to,
            args=(offered, at - 1),
        )
        carry_filters()
        shared = choose_shared()
        keep_filters([SHARED])
        month = Month.of(chosen)
        view = ReviewView(
            title,
            Filters(period=month.period),
            shared,
            context.catalogue(),
            context.reader().of_this_moment(),
            context.clinic().name_on_documents,
            names=context.actor().may("sessions.view"),
        )
        monthly_report.button(view, chosen)
    return view, month


def _go_to(offered: Sequence[str], at: int) -> None:
    st.session_state[CHOICE] = offered[at]


def sessions_by_month(view: ReviewView, month: Month) -> tuple[list[str], list[float]]:
    """The thirteen months to this one and their sessions, NaN where a shared view leaves one out.

    Months before the clinic's first session are left out.
    """
    names = [str(month.back(back)) for back in reversed(range(MONTHS_DRAWN))]
    span = Period(month.back(MONTHS_DRAWN - 1).first, month.period.end)
    frame = view.report("volumes", ("month",), Filters(period=span)).set_index("month")["sessions"]
    missing = float("nan") if view.shared else 0.0
    counts = [float(frame.get(name, missing)) for name in names]
    begun = next((at for at, n in enumerate(counts) if n and not pd.isna(n)), len(counts) - 1)
    return names[begun:], counts[begun:]


def show_months(names: Sequence[str], counts: Sequence[float], *, running: bool) -> None:
    """Sessions by month with the band of usual variation."""
    *earlier, count = counts
    band = usual_variation([one for one in earlier if not pd.isna(one)])
    words = phrases.sessions
    says = _("{month}: {count}.").format(month=format_month(names[-1]), count=words(count))
    if band is not None:
        says += " " + _("A usual month has {low} to {high}.").format(
            low=phrases.number(band.low), high=phrases.number(band.high)
        )
    chart = months_with_band(
        names,
        [None if pd.isna(one) else one for one in counts],
        band=None if band is None else (band.low, band.high),
        title=_("Sessions a month"),
        says="",
        subtitle=_("Band: usual variation of the months before (mean ± 2.66 moving ranges)."),
        words=words,
        short=lambda name: format_month(name)[:3],
        partial=running,
    )
    page.show_chart(replace(chart, alt=f"{chart.title}. {says}"), key="month_bars")


def show_practitioners(view: ReviewView, month: Month) -> None:
    """What each practitioner did in the month, and what became of a year's courses."""
    year = Filters(period=year_to(month.period.end or context.today()))
    volumes = view.report("volumes", ("practitioner",))
    done, back = (
        {
            row["practitioner"]: row
            for row in view.report(name, ("practitioner",), year).to_dict("records")
        }
        for name in ("completion", "returns")
    )
    rows: list[list[str | page.Cell]] = []
    for row in volumes.sort_values("practitioner").to_dict("records"):
        who = row["practitioner"]
        rows.append(
            [
                labels.value(view.catalogue, "practitioner", who),
                page.Cell(phrases.number(row["sessions"]), row["sessions"]),
                page.Cell(phrases.number(row["patients"]), row["patients"]),
                _share(done, who, "completed", "ended"),
                _share(back, who, "returned", "judged"),
            ]
        )
    columns = [
        page.key_head("practitioner"),
        page.head("volumes", "sessions"),
        page.head("volumes", "patients"),
        page.head("completion", "completed_of_a_year"),
        page.head("returns", "returned_of_a_year"),
    ]
    page.show_table(
        _("Practitioners"),
        _("In alphabetical order: who treats what differs, so this is not a ranking."),
        columns,
        rows,
        sheet=view.sheet(_("Sessions by practitioner"), volumes, "volumes"),
    )


def _share(rows: Mapping[Any, Mapping[Any, Any]], who: object, name: str, of: str) -> page.Cell:
    """`81 % (70 to 89 %)`; too few below five."""
    row = rows.get(who)
    if row is None:
        return page.Cell(phrases.MISSING, None)
    share, low, high = (row[f"{name}_{part}"] for part in ("share", "low", "high"))
    if row[of] < SMALLEST or pd.isna(share):
        return page.Cell(_("too few"), None)
    return page.Cell(
        _("{share} ({low} to {high})").format(
            share=phrases.percent(share), low=phrases.percent(low), high=phrases.percent(high)
        ),
        share,
    )


def show_ways() -> None:
    """Links to the pages that say more."""
    ways = (
        ("volumes", _("Volumes"), ":material/bar_chart:"),
        ("signals", _("Signals"), ":material/notification_important:"),
        ("side_effects", _("Side effects"), ":material/timelapse:"),
        ("courses", _("Courses"), ":material/route:"),
    )
    with st.container(horizontal=True, gap="small", key="row_of_ways"):
        for url_path, label, icon in ways:
            pages.link(url_path, label, icon=icon)
