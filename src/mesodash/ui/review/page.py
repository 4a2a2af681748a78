"""What the review pages share: the head with its filters, charts with their words, tables."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

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
from mesodash.ui import access, markup
from mesodash.ui.filters import describe
from mesodash.ui.review.filter_row import review_filters
from mesodash.ui.review.scope import View, utc_now

CONFIG = {"displayModeBar": False, "scrollZoom": False}


class Cell(NamedTuple):
    """A cell whose words do not sort as its number does: `20 min`, `7 days (7–8)`."""

    text: str
    value: Any


def show_style() -> None:
    """Put the review pages' own stylesheet on the page, beside the frame's."""
    st.html(markup.FOLDER / "review.css")


def open_page(title: str) -> View:
    """Draw the heading and the row of filters; return what is asked."""
    show_style()
    st.components.v2.component("mesodash.sorting", js="sorting.js")(key="sorting")
    heading = st.container()
    catalogue, reader = access.catalogue(), access.reader().of_this_moment()
    filters, shared = review_filters(
        catalogue, practitioners(reader), clinics(reader), access.today()
    )
    with heading:
        text = describe(filters, catalogue)
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


def show_measures(measures: Iterable[tuple[str, str, str]]) -> None:
    """Cards in a row.

    Args:
        measures: (label, number as text, words on its change or denominator).
    """
    markup.show("measures", measures=list(measures))


def column(label: str, help_text: str = "", *, number: bool = True) -> dict[str, object]:
    """A column of the `review_table` template."""
    return {"label": label, "number": number, "help": help_text}


def show_table(
    title: str,
    caption: str,
    columns: Sequence[dict[str, object]],
    rows: Sequence[Sequence[str | Cell]],
    *,
    aside: str = "",
    sheet: Sheet | None = None,
) -> None:
    """A table in a card: sorted by its heads, its columns explained, kept as CSV or Excel.

    Args:
        title: also names the table to those who cannot see it.
        caption: the period and the denominator.
        columns: of `column`.
        rows: cells as text, or `Cell` where the text does not sort as its number.
        aside: a few words at the right of the title.
        sheet: what the downloads hold; without one there are none.
    """
    cells = [[c if isinstance(c, Cell) else Cell(c, None) for c in row] for row in rows]
    with st.container(border=True, key=f"card_table_{key_of(title)}"):
        markup.show(
            "review_table", title=title, aside=aside, text=caption, columns=columns, rows=cells
        )
        if sheet is not None:
            offer(sheet, key=key_of(title))


def offer(sheet: Sheet, *, key: str) -> None:
    """Two buttons that make the file when they are pressed, not before."""
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


def key_of(title: str) -> str:
    """A title as part of a widget's key."""
    return "".join(c if c.isalnum() else "_" for c in title.lower())


def say(text: str) -> None:
    """A sentence that leads the page."""
    markup.show("leading", text=text)


def show_empty(filters: Filters, what: str, hint: str) -> None:
    """Say that there is nothing to show for these filters.

    Args:
        filters: whether something is narrowed decides what to suggest.
        what: what is missing ("No session was held").
        hint: what would fill the page if the clinic has none at all.
    """
    narrowed = filters != Filters()
    markup.show(
        "empty",
        title=f"{what} {'for this choice' if narrowed else 'yet'}.",
        text=f"Choose a longer period or fewer filters above. {hint}" if narrowed else hint,
    )


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
