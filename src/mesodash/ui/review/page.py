"""What the review pages share: the head with its filters, charts with their words, tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from mesodash.exchange.suppression import left_out
from mesodash.exchange.tables_out import (
    CSV_TYPE,
    EXCEL_TYPE,
    Sheet,
    file_name,
    to_csv,
    to_excel,
)
from mesodash.figures.theme import Chart
from mesodash.reports.filters import Filters
from mesodash.reports.reader import Reader
from mesodash.ui import access, markup, phrases
from mesodash.ui.filters import describe, narrowing
from mesodash.ui.review.filter_row import review_filters
from mesodash.ui.review.scope import View, utc_now

CONFIG = {"displayModeBar": False, "scrollZoom": False}
LONG = 12
"""Rows of a table that are seen without scrolling."""


class Cell(NamedTuple):
    """A cell whose words do not sort as its number does: `20 min`, `7 days (7–8)`."""

    text: str
    value: Any


def show_style() -> None:
    """Put the review pages' own stylesheet on the page, beside the frame's."""
    st.html(markup.FOLDER / "review.css")


def open_page(title: str, *, by_period: bool = True) -> View:
    """Draw the heading and the row of filters; return what is asked.

    Args:
        title: the page's.
        by_period: whether the page asks for a period; else for one day, which it lets choose.
    """
    show_style()
    st.components.v2.component("mesodash.sorting", js="sorting.js")(key="sorting")
    heading = st.container()
    catalogue, reader = access.catalogue(), access.reader().of_this_moment()
    filters, shared = review_filters(
        catalogue, practitioners(reader), clinics(reader), access.today(), by_period=by_period
    )
    with heading:
        text = describe(filters, catalogue)
        if not by_period:
            text = f"On the day chosen below, {narrowing(filters, catalogue)}."
        if shared:
            text += " Shared view: groups of fewer than 5 are left out."
        markup.show("heading", title=title, text=text)
    names = access.actor().may("sessions.view")
    return View(title, filters, shared, catalogue, reader, access.clinic().name, names=names)


def practitioners(reader: Reader) -> list[str]:
    """Those who held a session, by the ids that reports show."""
    frame = reader.report("volumes", Filters(), ("practitioner",))
    return sorted(frame["practitioner"].dropna())


def clinics(reader: Reader) -> list[str]:
    """The clinics that reports can tell apart; a clinic's own file is one."""
    frame = reader.report("volumes", Filters(), ("clinic",))
    return sorted(frame["clinic"].dropna())


def show_chart(
    chart: Chart,
    *,
    key: str,
    definition: str = "",
    on_click: Callable[[], None] | None = None,
) -> None:
    """A chart in a card, its words above it.

    Args:
        chart: what to draw.
        key: unique on the page; the state of a click is kept under it.
        definition: how its numbers are counted, opened with a click or a tap.
        on_click: called after a click on one of its marks.
    """
    with st.container(border=True, key=f"card_{key}"):
        markup.show("chart_words", title=chart.title, text=chart.subtitle, definition=definition)
        # Streamlit's own chart theme has letters too small and too pale; review.css colours them.
        st.plotly_chart(
            chart.figure,
            key=key,
            theme=None,
            config=CONFIG,
            alt=chart.alt,
            on_select="ignore" if on_click is None else on_click,
            selection_mode="points",
        )


def show_measures(
    measures: Iterable[tuple[str, str, str]], definitions: Mapping[str, str] | None = None
) -> None:
    """Cards in a row.

    Args:
        measures: (label, number as text, words on its change or denominator; a line each).
        definitions: how a number is counted, by its label; shown on hover.
    """
    cards = [(label, shown, phrases.unbroken(words)) for label, shown, words in measures]
    markup.show("measures", measures=cards, definitions=definitions or {})


def column(
    label: str, help_text: str = "", *, number: bool = True, short: bool = False
) -> dict[str, object]:
    """A column of the `review_table` template; the cells of a short one stay on one line."""
    return {"label": label, "number": number, "help": help_text, "short": short}


def show_table(
    title: str,
    caption: str,
    columns: Sequence[dict[str, object]],
    rows: Sequence[Sequence[str | Cell]],
    *,
    aside: str = "",
    sheet: Sheet | None = None,
    more_files: Callable[[], None] | None = None,
) -> None:
    """A table in a card: sorted by its heads, its columns explained, kept as CSV or Excel.

    Args:
        title: also names the table to those who cannot see it.
        caption: the period and the denominator.
        columns: of `column`.
        rows: cells as text, or `Cell` where the text does not sort as its number.
        aside: a few words at the right of the title; without any, how many rows a long one has.
        sheet: what the downloads hold; without one there are none.
        more_files: draws further buttons beside these.
    """
    cells = [[c if isinstance(c, Cell) else Cell(c, None) for c in row] for row in rows]
    if not aside and len(cells) > LONG:
        aside = f"{len(cells)} rows"
    with st.container(border=True, key=f"card_table_{key_of(title)}"):
        markup.show(
            "review_table", title=title, aside=aside, text=caption, columns=columns, rows=cells
        )
        if sheet is not None:
            offer(sheet, key=key_of(title), more=more_files)


def offer(sheet: Sheet, *, key: str, more: Callable[[], None] | None = None) -> None:
    """Two buttons that make the file when they are pressed, not before; `more` draws others."""
    made_at = utc_now()
    with st.container(horizontal=True, gap="small", key=f"files_{key}"):
        for ending, kind, make in (("csv", CSV_TYPE, to_csv), ("xlsx", EXCEL_TYPE, to_excel)):
            st.download_button(
                "Save as CSV" if ending == "csv" else "Save as Excel",
                # On another thread than the page: no Streamlit in there.
                partial(make, sheet),
                file_name=file_name(sheet.title, made_at, ending),
                mime=kind,
                key=f"save_{ending}_{key}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )
        if more is not None:
            more()


def key_of(title: str) -> str:
    """A title as part of a widget's key."""
    return "".join(c if c.isalnum() else "_" for c in title.lower())


def say(text: str) -> None:
    """A sentence that leads the page."""
    markup.show("leading", text=phrases.unbroken(text))


def show_empty(filters: Filters, what: str, hint: str) -> None:
    """Say that there is nothing to show for these filters, or in the whole clinic yet.

    Args:
        filters: whether something is narrowed decides what to suggest.
        what: what is missing ("No session was held").
        hint: what would fill the page if the clinic has none at all.
    """
    narrowed = filters != Filters() and bool(clinics(access.reader()))
    markup.show(
        "empty",
        title=f"{what} {'for this choice' if narrowed else 'yet'}.",
        text=f"Choose a longer period or fewer filters above. {hint}" if narrowed else hint,
    )


def all_left_out(title: str, frame: pd.DataFrame) -> bool:
    """Whether a shared view leaves nothing of a report, which is said then in its place."""
    if len(frame) or not left_out(frame):
        return False
    markup.show(
        "empty",
        title=f"{title}: nothing to show in a shared view.",
        text=f"{left_out(frame)} Choose a longer period, or turn off Shared view above.",
    )
    return True


def show_hidden(view: View, what: str) -> None:
    """Say why a list of single patients is not shown, and how to see it."""
    if view.names:
        markup.show(
            "empty",
            title=f"{what} is not part of a shared view.",
            text="It holds single patients. Turn off Shared view above to see it.",
        )
    else:
        markup.show(
            "empty",
            title=f"{what} is not for your role.",
            text="It holds single patients. An administrator can give you the right to see them.",
        )
