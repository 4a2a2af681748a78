"""The volumes page: totals of three periods, measures, the chart over time, the table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.documents.small_groups import SMALLEST
from mesodash.figures.bars import MOST_PARTS, by_time
from mesodash.figures.theme import Chart
from mesodash.language import N_, _, format_list
from mesodash.reports.core.filters import Period
from mesodash.ui.parts import labels, phrases
from mesodash.ui.review import drilldown, page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.volumes.changes import (
    MEASURES,
    PLACES,
    Earlier,
    Row,
    against,
    counted,
    earlier_periods,
    label,
    largest_change,
    overlaps,
)

GRAINS = ("month", "week", "day")
BY_PERIOD = {"month": N_("by month"), "week": N_("by week"), "day": N_("by day")}
TITLES = {
    "month": N_("By month"),
    "week": N_("By week"),
    "day": N_("By day"),
    "region": N_("By area group"),
    "area": N_("By area"),
    "side": N_("By side"),
    "protocol": N_("By protocol"),
    "indication": N_("By indication"),
    "practitioner": N_("By practitioner"),
}
SPLITS = ("region", "area", "side", "protocol", "indication", "practitioner")
_FREQUENCY = {"month": "M", "week": "W-SUN", "day": "D"}


def totals(view: ReviewView) -> tuple[Row | None, tuple[Earlier, ...]]:
    """The total of the period (None if a shared view may not show it), and the earlier periods."""
    period = view.filters.period
    earlier = [replace(e, total=_total(view, e.period)) for e in earlier_periods(period)]
    return _total(view, period), tuple(earlier)


def _total(view: ReviewView, period: Period) -> Row | None:
    frame = view.report("volumes", (), replace(view.filters, period=period))
    return None if frame.empty else frame.to_dict("records")[0]


def moved_most(view: ReviewView, earlier: Sequence[Earlier]) -> str:
    """A sentence on the protocol that changed most since the period before, or nothing."""
    if not earlier or earlier[0].total is None or view.filters.protocols:
        return ""
    then_filters = replace(view.filters, period=earlier[0].period)
    now, then = (
        frame.dropna(subset=["protocol"]).set_index("protocol")["sessions"]
        for frame in (
            view.report("volumes", ("protocol",)),
            view.report("volumes", ("protocol",), then_filters),
        )
    )
    # A protocol that a shared view leaves out of one period did not have 0 sessions in it.
    codes = now.index.intersection(then.index) if view.shared else now.index.union(then.index)
    return largest_change(
        (labels.value(view.catalogue, "protocol", c), int(now.get(c, 0)), int(then.get(c, 0)))
        for c in codes
    )


def measures(view: ReviewView, now: Row, earlier: Sequence[Earlier]) -> list[tuple[str, str, str]]:
    """The cards: label, number, change against each earlier period."""
    cards = []
    for name in MEASURES:
        shown = number(now, name, 0)
        if shown != phrases.MISSING:
            words = against(now, name, earlier)
        elif name == "new_patients" and view.shared:
            words = _("fewer than {n}, left out").format(n=SMALLEST)
        else:
            words = labels.not_recorded()
        cards.append((label(name), shown, words))
    return cards


def definitions() -> dict[str, str]:
    """How the number of each card is counted, by the card's label."""
    return dict(page.declared("volumes", name) for name in MEASURES)


def number(row: Mapping[Any, Any], name: str, digits: int) -> str:
    """A measure of a row; areas are missing where sessions have none recorded."""
    if name == "areas_treated" and row["sessions"] and not row[name]:
        return phrases.MISSING
    return phrases.number(row[name], digits)


def choose() -> tuple[str, str, str | None]:
    """Draw the choices of chart and figure: the measure, the period of a bar, the split."""
    with st.container(horizontal=True, gap="small", key="row_of_volume_choices"):
        measure = st.selectbox(
            _("Count"),
            list(MEASURES),
            format_func=label,
            key="volumes_count",
            bind="query-params",
            width=165,
        )
        grain = st.segmented_control(
            _("By"),
            GRAINS,
            default="month",
            required=True,
            format_func=labels.key_word,
            key="volumes_by",
            bind="query-params",
        )
        split = st.segmented_control(
            _("Split by"),
            SPLITS,
            format_func=labels.key_word,
            key="volumes_split",
            bind="query-params",
            wrap=True,
        )
    return measure, grain, split


def times(frame: pd.DataFrame, period: Period, grain: str) -> list[str]:
    """Every month, week (its Monday) or day of the period; of an open one, of what is recorded."""
    known = sorted(frame[grain].dropna())
    if not known:
        return []
    first = period.start or date.fromisoformat(_whole_day(known[0]))
    last = period.end or date.fromisoformat(_whole_day(known[-1]))
    spans = pd.period_range(first, last, freq=_FREQUENCY[grain])
    return [f"{span.start_time:%Y-%m}" if grain == "month" else f"{span.start_time:%Y-%m-%d}"
            for span in spans]  # fmt: skip


def _whole_day(text: str) -> str:
    return text if len(text) == 10 else f"{text}-01"


def denominator(total: Row) -> str:
    """`1 297 sessions of 307 patients`."""
    return _("{sessions} of {patients}").format(
        sessions=phrases.sessions(total["sessions"]), patients=phrases.patients(total["patients"])
    )


def show_over_time(
    view: ReviewView,
    frame: pd.DataFrame,
    *,
    measure: str,
    grain: str,
    split: str | None,
    whole: str,
) -> None:
    """The chart over time; a click on a bar lists its sessions.

    Args:
        view: the page.
        frame: the volumes by `grain` and `split`.
        measure: what is counted.
        grain: month, week or day.
        split: a key of the report, None for undivided bars.
        whole: the denominator in words.
    """
    title = _("{measure} {by_period}").format(measure=label(measure), by_period=_(BY_PERIOD[grain]))
    if page.all_left_out(title, frame):
        return
    spans = times(frame, view.filters.period, grain)
    drawn = chart(frame, view, measure=measure, grain=grain, split=split, spans=spans, whole=whole)
    codes = (
        {labels.value(view.catalogue, split, code): code for code in frame[split]} if split else {}
    )
    parts = [codes.get(trace.name) for trace in drawn.figure.data] if split else []
    page.show_chart(
        drawn,
        key="volumes_over_time",
        definition=_(
            "{measure}: {counted}. Only held sessions count; a period without any has no bar. A"
            " click on a bar lists the sessions behind it."
        ).format(measure=label(measure), counted=page.declared("volumes", measure)[1]),
        on_click=drilldown.from_chart(view, "volumes_over_time", grain, spans, split, parts),
    )


def chart(
    frame: pd.DataFrame,
    view: ReviewView,
    *,
    measure: str,
    grain: str,
    split: str | None,
    spans: list[str],
    whole: str,
) -> Chart:
    """The measure by month, week or day, split by a key of the report."""
    drawn = frame
    if split:
        words = [labels.value(view.catalogue, split, code) for code in frame[split]]
        drawn = frame.assign(**{split: words})
    return by_time(
        drawn,
        value=measure,
        what=label(measure),
        unit=_(MEASURES[measure]),
        words=partial(counted, measure=measure),
        subtitle=_subtitle(frame, view, measure, grain, split, whole),
        times=spans,
        grain=grain,
        part=split,
        adds_up=not overlaps(measure, split),
        partial=part_months(view.filters.period) if grain == "month" else (),
    )


def _subtitle(
    frame: pd.DataFrame, view: ReviewView, measure: str, grain: str, split: str | None, whole: str
) -> str:
    parts = [view.caption(frame), f"{whole}."]
    cut = cut_months(view.filters.period) if grain == "month" else ""
    if cut:
        parts.append(_("Hatched: {months} in part.").format(months=cut))
    if overlaps(measure, split):
        parts.append(_("Parts overlap and do not add up, so each has its own row."))
    if split and frame[split].nunique() > MOST_PARTS:
        text = (
            _("The {n} largest of {of}; the others are left out.")
            if overlaps(measure, split)
            else _("The {n} largest of {of}; the others in grey.")
        )
        parts.append(text.format(n=MOST_PARTS, of=frame[split].nunique()))
    return " ".join(parts)


def cut_months(period: Period) -> str:
    """The first and last month, in words, where the period holds only a part of them."""
    return format_list([phrases.day(month) for month in part_months(period)])


def part_months(period: Period) -> tuple[str, ...]:
    """The months of which the period holds only a part: `2026-03`."""
    cut = []
    if period.start and period.start.day != 1:
        cut.append(f"{period.start:%Y-%m}")
    if period.end and _next_day_month(period.end) == (period.end.year, period.end.month):
        cut.append(f"{period.end:%Y-%m}")
    return tuple(dict.fromkeys(cut))


def _next_day_month(day: date) -> tuple[int, int]:
    following = date.fromordinal(day.toordinal() + 1)
    return following.year, following.month


def show_table(view: ReviewView, frame: pd.DataFrame, key: str, whole: str) -> None:
    """One row per value of the key: periods newest first, others by their sessions.

    Args:
        view: the page.
        frame: the volumes by `key`.
        key: the key of the rows.
        whole: the denominator in words.
    """
    timed = key in GRAINS
    if timed:
        frame = frame.sort_values(key, ascending=False)
    else:
        frame = frame.sort_values("sessions", ascending=False, kind="stable")
    note = (
        _("Sessions and patients of several rows count in each.")
        if key in PLACES
        else _("Patients of several rows count in each.")
    )
    title = _(TITLES[key])
    if page.all_left_out(title, frame):
        return
    page.show_table(
        title,
        f"{view.caption(frame)} {whole}. {note}",
        [
            page.key_head(key),
            *(page.head("volumes", name) for name in MEASURES),
        ],
        [
            [
                page.Cell(labels.value(view.catalogue, key, row[key]), row[key] if timed else None),
                *(number(row, name, int(name == "volume_ml")) for name in MEASURES),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(
            _("Volumes: {what}").format(what=title),
            frame,
            "volumes",
            about={_("Denominator"): whole},
        ),
    )
