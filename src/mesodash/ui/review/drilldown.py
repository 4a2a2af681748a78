"""From a bar or an area to its sessions, chosen by a click or from a list.

The choice is a cell of a report, written like the query of an address:
`month=2026-03&protocol=x`.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from mesodash.language import _
from mesodash.ui.parts import labels, phrases
from mesodash.ui.parts.page_script import page_script
from mesodash.ui.review import page
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import patient_links

KEY = "volumes_behind"
SHOWN = "volumes_behind_shown"
ANCHOR = "sessions-behind"
MOST_ROWS = 200
TIMES = ("month", "week", "day")


def cell_of(text: str) -> dict[str, str]:
    """The cell of a choice: key -> value."""
    return dict(parse_qsl(text))


def text_of(cell: dict[str, Any]) -> str:
    """A cell as a choice: its keys in order, without those that have no value."""
    return urlencode({key: value for key, value in cell.items() if not phrases.is_missing(value)})


def words(view: ReviewView, text: str) -> str:
    """A choice in words: `Mar 2026, Protocol: Cellulite mix`."""
    parts = []
    for key, code in cell_of(text).items():
        value = labels.value(view.catalogue, key, code)
        if key == "week":
            value = _("Week of {day}").format(day=value)
        parts.append(
            value
            if key in TIMES
            else _("{key}: {value}").format(key=labels.key_word(key), value=value)
        )
    return ", ".join(parts)


def choose_cell(text: str | None) -> None:
    """Store a click (None: nothing is chosen); called before the list is drawn."""
    st.session_state[KEY] = text


def point_to_list(view: ReviewView) -> None:
    """Say after a click that the sessions are listed further down, with a link to them."""
    chosen = st.session_state.get(KEY)
    if chosen and view.lists_people:
        link = _("see the sessions behind it")
        st.toast(
            _("{what}: {link}, further down.").format(
                what=words(view, chosen), link=f"[{link}](#{ANCHOR})"
            )
        )


def from_chart(
    view: ReviewView,
    chart: str,
    grain: str,
    spans: Sequence[str],
    split: str | None,
    parts: Sequence[Any],
) -> Callable[[], None]:
    """The callback of a click on the chart `chart`.

    Args:
        view: the page.
        chart: the chart's key.
        grain: the period of a bar: month, week or day.
        spans: the bars' values from left to right.
        split: the key of its parts.
        parts: the code of each part as drawn; None for a part of several codes.
    """
    return partial(_clicked, view, chart, grain, tuple(spans), split, tuple(parts))


def _clicked(
    view: ReviewView,
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


def show(view: ReviewView, cells: Iterable[dict[str, Any]]) -> None:
    """The list of bars and areas, and the sessions of the chosen one.

    Args:
        view: the page.
        cells: the cells to choose from.
    """
    if not view.lists_people:
        page.show_hidden(view, _("The list of sessions behind a bar"))
        return
    options = list(dict.fromkeys(text for cell in cells if (text := text_of(cell))))
    if st.session_state.get(KEY) not in (None, *options):
        options.insert(0, st.session_state[KEY])
    chosen = st.selectbox(
        _("Sessions behind a bar or an area"),
        options,
        index=None,
        format_func=partial(words, view),
        key=KEY,
        bind="query-params",
        placeholder=_("Click a bar or an area above, or choose here"),
        width=420,
    )
    before, times = st.session_state.get(SHOWN, (chosen, 0))
    if chosen != before:
        times += 1
    st.session_state[SHOWN] = (chosen, times)
    if chosen is None:
        return
    frame = view.reader.sessions_behind(context.actor(), cell_of(chosen), view.filters)
    if frame.empty:
        page.show_empty(view.filters, _("{what}: no session").format(what=words(view, chosen)), "")
        return
    shown = frame.head(MOST_ROWS)
    title = _("Sessions behind {what}").format(what=words(view, chosen))
    count = _("{sessions} of {patients}").format(
        sessions=phrases.sessions(len(frame)),
        patients=phrases.patients(frame["patient_id"].nunique()),
    )
    said = [f"{view.period}.", f"{count}."]
    if len(shown) < len(frame):
        said.append(_("The first {n}; the file holds all.").format(n=MOST_ROWS))
    said.append(_("That you opened this list is noted in the change log."))
    page.show_table(
        title,
        " ".join(said),
        [
            page.head("sessions_behind", name, number=False)
            for name in ("session_id", "patient_id", "held_at", "protocol", "practitioner", "areas")
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
        sheet=view.sheet(title, frame, "sessions_behind", about={_("Denominator"): count}),
        anchor=ANCHOR,
    )
    if context.actor().may("page.patient"):
        patient_links(shown["patient_id"], key="behind_patients")
    if times:
        page_script(key="focus_on_sessions", focus=ANCHOR, times=times)
