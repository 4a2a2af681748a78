"""What the review pages share: the head with its filters, charts with their words, tables."""

from collections.abc import Iterable, Sequence

import streamlit as st

from mesodash.figures.theme import Chart
from mesodash.reports.filters import Filters
from mesodash.ui import access, markup
from mesodash.ui.filters import describe, review_filters

CONFIG = {"displayModeBar": False, "scrollZoom": False}


def show_style() -> None:
    """Put the review pages' own stylesheet on the page, beside the frame's."""
    st.html(markup.FOLDER / "review.css")


def open_page(title: str) -> Filters:
    """Draw the heading and the row of filters; return what is chosen."""
    show_style()
    heading = st.container()
    catalogue = access.catalogue()
    filters = review_filters(catalogue, practitioners(), access.today())
    with heading:
        markup.show("heading", title=title, text=describe(filters, catalogue))
    return filters


def practitioners() -> list[str]:
    """Those who held a session, by the ids that reports show."""
    frame = access.reader().report("volumes", Filters(), ("practitioner",))
    return sorted(frame["practitioner"].dropna())


def show_chart(chart: Chart, *, key: str) -> None:
    """A chart in a card, its words above it."""
    with st.container(border=True, key=f"card_{key}"):
        markup.show("chart_words", title=chart.title, text=chart.subtitle)
        # Streamlit's own chart theme has letters too small and too pale; review.css colours them.
        st.plotly_chart(chart.figure, key=key, theme=None, config=CONFIG, alt=chart.alt)


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
    rows: Sequence[Sequence[str]],
    *,
    aside: str = "",
) -> None:
    """A table in a card; hovering a column's head says how it is counted."""
    markup.show("review_table", title=title, aside=aside, text=caption, columns=columns, rows=rows)


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
