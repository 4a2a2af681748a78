"""The volumes page's parts: totals of three periods, measures, the chart over time, the table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from mesodash.exchange.suppression import SMALLEST
from mesodash.figures.bars import MOST_PARTS, by_time
from mesodash.figures.theme import Chart
from mesodash.reports.filters import Period
from mesodash.ui import labels, phrases
from mesodash.ui.review import drill, page
from mesodash.ui.review.scope import View
from mesodash.ui.review.volume_words import (
    MEASURES,
    PLACES,
    Earlier,
    Row,
    against,
    earlier_periods,
    largest_change,
    overlaps,
)

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
    "new_patients": "Those whose first session ever falls into the period (by month, week or day:"
    " into that one)",
    "areas_treated": "Treated areas; each side of an area once a session",
    "volume_ml": "Sum of the recorded volumes; sessions without a volume add nothing",
}
GRAINS = ("month", "week", "day")
SPLITS = ("region", "area", "side", "protocol", "indication", "practitioner")
_FREQUENCY = {"month": "M", "week": "W-SUN", "day": "D"}


def totals(view: View) -> tuple[Row | None, tuple[Earlier, ...]]:
    """The whole of the period, and the earlier ones it is compared with.

    None where a shared view may not show it.
    """
    period = view.filters.period
    earlier = [replace(e, total=_total(view, e.period)) for e in earlier_periods(period)]
    return _total(view, period), tuple(earlier)


def _total(view: View, period: Period) -> Row | None:
    frame = view.report("volumes", (), replace(view.filters, period=period))
    return None if frame.empty else frame.to_dict("records")[0]


def moved_most(view: View, earlier: Sequence[Earlier]) -> str:
    """A sentence on the protocol that changed most against the period before; empty without one."""
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
    # A shared view may have left a protocol out of one of the two; then it had not none.
    codes = now.index.intersection(then.index) if view.shared else now.index.union(then.index)
    return largest_change(
        (labels.value(view.catalogue, "protocol", c), int(now.get(c, 0)), int(then.get(c, 0)))
        for c in codes
    )


def measures(view: View, now: Row, earlier: Sequence[Earlier]) -> list[tuple[str, str, str]]:
    """The cards: label, number, change against each earlier period."""
    cards = []
    for name in MEASURES:
        shown = number(now, name, 0)
        if shown != phrases.MISSING:
            words = against(now, name, earlier)
        elif name == "new_patients" and view.shared:
            words = f"fewer than {SMALLEST}, left out"
        else:
            words = labels.NOT_RECORDED
        cards.append((LABELS[name], shown, words))
    return cards


def definitions() -> dict[str, str]:
    """How the number of each card is counted, by its label."""
    return {LABELS[name]: text for name, text in HELP.items()}


def number(row: Mapping[Any, Any], name: str, digits: int) -> str:
    """A measure of a row; sessions without a single recorded area have no number of areas."""
    if name == "areas_treated" and row["sessions"] and not row[name]:
        return phrases.MISSING
    return phrases.number(row[name], digits)


def choose() -> tuple[str, str, str | None]:
    """Draw the choices of the chart and the figure: measure, how long a bar is, what splits it."""
    with st.container(horizontal=True, gap="small", key="row_of_volume_choices"):
        measure = st.selectbox(
            "Count",
            list(LABELS),
            format_func=phrases.wording(LABELS),
            key="volumes_count",
            bind="query-params",
            width=165,
        )
        grain = st.segmented_control(
            "By",
            GRAINS,
            default="month",
            required=True,
            format_func=str.capitalize,
            key="volumes_by",
            bind="query-params",
        )
        split = st.segmented_control(
            "Split by",
            SPLITS,
            format_func=phrases.wording(labels.KEY_WORDS),
            key="volumes_split",
            bind="query-params",
            wrap=True,
        )
    return measure, grain, split


def times(frame: pd.DataFrame, period: Period, grain: str) -> list[str]:
    """Every month, week (its Monday) or day of the period; as recorded where it is open."""
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
    sessions = phrases.count(total["sessions"], "session")
    return f"{sessions} of {phrases.count(total['patients'], 'patient')}"


def show_over_time(
    view: View, frame: pd.DataFrame, *, measure: str, grain: str, split: str | None, whole: str
) -> None:
    """The chart; a click on a bar asks for the sessions behind it.

    Args:
        view: the page's question.
        frame: the volumes by `grain` and `split`.
        measure: what is counted.
        grain: month, week or day.
        split: a key of the report, None for undivided bars.
        whole: the denominator in words.
    """
    if page.all_left_out(f"{LABELS[measure]} by {grain}", frame):
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
        definition=f"{LABELS[measure]}: {HELP[measure]}. Only held sessions count; a {grain}"
        " without any has no bar. A click on a bar lists the sessions behind it.",
        on_click=drill.from_chart(view, "volumes_over_time", grain, spans, split, parts),
    )


def chart(
    frame: pd.DataFrame,
    view: View,
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
        unit=MEASURES[measure],
        subtitle=_subtitle(frame, view, measure, grain, split, whole),
        times=spans,
        grain=grain,
        part=split,
        part_words=labels.KEY_WORDS[split].lower() if split else "",
        adds_up=not overlaps(measure, split),
    )


def _subtitle(
    frame: pd.DataFrame, view: View, measure: str, grain: str, split: str | None, whole: str
) -> str:
    parts = [view.caption(frame), f"{whole}."]
    cut = cut_months(view.filters.period) if grain == "month" else ""
    if cut:
        parts.append(f"{cut} in part.")
    if overlaps(measure, split):
        parts.append("Parts overlap and do not add up, so each has its own row.")
    if split and frame[split].nunique() > MOST_PARTS:
        rest = "left out" if overlaps(measure, split) else "in grey"
        parts.append(f"The {MOST_PARTS} largest of {frame[split].nunique()}; the others {rest}.")
    return " ".join(parts)


def cut_months(period: Period) -> str:
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


def show_table(view: View, frame: pd.DataFrame, key: str, whole: str) -> None:
    """A row for each value of the key: times newest first, others with most sessions first.

    Args:
        view: the page's question.
        frame: the volumes by `key`.
        key: what a row is.
        whole: the denominator in words.
    """
    timed = key in GRAINS
    if timed:
        frame = frame.sort_values(key, ascending=False)
    else:
        frame = frame.sort_values("sessions", ascending=False, kind="stable")
    who = "Sessions and patients" if key in PLACES else "Patients"
    note = f"{who} of several rows count in each."
    title = f"By {labels.KEY_WORDS[key].lower()}"
    if page.all_left_out(title, frame):
        return
    page.show_table(
        title,
        f"{view.caption(frame)} {whole}. {note}",
        [
            page.column(labels.KEY_WORDS[key], number=False),
            *(page.column(LABELS[name], HELP[name]) for name in MEASURES),
        ],
        [
            [
                page.Cell(labels.value(view.catalogue, key, row[key]), row[key] if timed else None),
                *(number(row, name, int(name == "volume_ml")) for name in MEASURES),
            ]
            for row in frame.to_dict("records")
        ],
        sheet=view.sheet(
            f"Volumes {title.lower()}", frame, "volumes", about={"Denominator": whole}
        ),
    )
