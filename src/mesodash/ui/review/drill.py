"""From a bar or an area to the sessions behind it: one choice, set by a click or from a list.

The choice is a cell of a report, written as an address writes it: `month=2026-03&protocol=x`.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from mesodash.ui import access, labels, phrases
from mesodash.ui.review import page
from mesodash.ui.review.scope import View

KEY = "volumes_behind"
ANCHOR = "sessions-behind"
MOST_ROWS = 200
TIMES = ("month", "week", "day")


def cell_of(text: str) -> dict[str, str]:
    """The cell that a choice names."""
    return dict(parse_qsl(text))


def text_of(cell: dict[str, Any]) -> str:
    """A cell as a choice: its keys in their order, those without a value left out."""
    return urlencode({key: value for key, value in cell.items() if not phrases.is_missing(value)})


def words(view: View, text: str) -> str:
    """A choice as read: `Mar 2026, Protocol: Cellulite mix`."""
    parts = []
    for key, code in cell_of(text).items():
        value = labels.value(view.catalogue, key, code)
        if key == "week":
            value = f"Week of {value}"
        parts.append(value if key in TIMES else f"{labels.KEY_WORDS[key]}: {value}")
    return ", ".join(parts)


def choose_cell(text: str | None) -> None:
    """Take over a click, None to let go; called before the list is drawn."""
    st.session_state[KEY] = text


def point_to_list(view: View) -> None:
    """Say after a click that the sessions stand further down, with a way there."""
    chosen = st.session_state.get(KEY)
    if chosen and view.lists_people:
        st.toast(f"{words(view, chosen)}: [see the sessions behind it](#{ANCHOR}), further down.")


def from_chart(
    view: View,
    chart: str,
    grain: str,
    spans: Sequence[str],
    split: str | None,
    parts: Sequence[Any],
) -> Callable[[], None]:
    """What to do after a click on the chart `chart`.

    Args:
        view: the page's question.
        chart: the chart's key.
        grain: what its bars are: month, week or day.
        spans: the bars' values from the left.
        split: the key of its parts.
        parts: the code of each part as drawn; None for one that is no single code.
    """
    return partial(_clicked, view, chart, grain, tuple(spans), split, tuple(parts))


def _clicked(
    view: View,
    chart: str,
    grain: str,
    spans: tuple[str, ...],
    split: str | None,
    parts: tuple[Any, ...],
) -> None:
    points = st.session_state[chart].selection.points
    if not points:
        return
    point = points[0]
    cell = {grain: spans[point["point_index"]]}
    part = parts[point["curve_number"]] if split and parts else None
    if split and part is not None:
        cell[split] = part
    choose_cell(text_of(cell))
    point_to_list(view)


def show(view: View, cells: Iterable[dict[str, Any]]) -> None:
    """The list of bars and areas, and the sessions of the chosen one.

    Args:
        view: the page's question.
        cells: what may be chosen.
    """
    if not view.lists_people:
        page.show_hidden(view, "The list of sessions behind a bar")
        return
    options = list(dict.fromkeys(text for cell in cells if (text := text_of(cell))))
    st.html(f'<div id="{ANCHOR}"></div>')
    if st.session_state.get(KEY) not in (None, *options):
        options.insert(0, st.session_state[KEY])
    chosen = st.selectbox(
        "Sessions behind a bar or an area",
        options,
        index=None,
        format_func=partial(words, view),
        key=KEY,
        bind="query-params",
        placeholder="Click a bar or an area above, or choose here",
        width=420,
    )
    if chosen is None:
        return
    frame = view.reader.sessions_behind(access.actor(), cell_of(chosen), view.filters)
    if frame.empty:
        page.show_empty(view.filters, f"{words(view, chosen)}: no session", "")
        return
    shown = frame.head(MOST_ROWS)
    title = f"Sessions behind {words(view, chosen)}"
    patients = phrases.count(frame["patient_id"].nunique(), "patient")
    count = f"{phrases.count(len(frame), 'session')} of {patients}"
    more = "" if len(shown) == len(frame) else f" The first {MOST_ROWS}; the file holds all."
    page.show_table(
        title,
        f"{view.period}. {count}.{more} This look is noted in the change log.",
        [
            page.column(head, number=False)
            for head in ("Session", "Patient", "Held", "Protocol", "Practitioner", "Areas")
        ],
        [
            [
                row["session_id"],
                row["patient_id"],
                page.Cell(phrases.day(row["held_at"]), str(row["held_at"])),
                labels.value(view.catalogue, "protocol", row["protocol"]),
                labels.value(view.catalogue, "practitioner", row["practitioner"]),
                labels.value(view.catalogue, "area", row["areas"]),
            ]
            for row in shown.to_dict("records")
        ],
        sheet=view.sheet(title, frame, "sessions_behind", about={"Denominator": count}),
    )
