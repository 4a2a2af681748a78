"""What the review pages share: heading and filters, charts with their texts, tables, downloads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from mesodash.documents.small_groups import left_out
from mesodash.documents.tables import (
    CSV_TYPE,
    EXCEL_TYPE,
    NOTES_TYPE,
    DownloadTable,
    file_name,
    to_csv,
    to_excel,
    to_notes,
)
from mesodash.figures.theme import Chart
from mesodash.language import _, current, ngettext, use_language
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader
from mesodash.settings import now
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.parts.filters import describe, narrowing
from mesodash.ui.parts.page_script import page_script
from mesodash.ui.review.filter_row import review_filters
from mesodash.ui.review.view import ReviewView
from mesodash.ui.shell import context

CONFIG = {"displayModeBar": False, "scrollZoom": False}
LONG = 12
"""Rows of a table that are visible without scrolling."""


class Cell(NamedTuple):
    """A cell whose text does not sort like its value: `20 min`, `7 days (7–8)`."""

    text: str
    value: Any


def open_page(title: str, *, by_period: bool = True) -> ReviewView:
    """Draw the heading and the row of filters; return what they choose.

    Args:
        title: the page's.
        by_period: whether the page has a period; else it has a day of its own.
    """
    page_script()
    described = st.container(key="described")
    catalogue, reader = context.catalogue(), context.reader().of_this_moment()
    filters, shared = review_filters(
        catalogue, practitioners(reader), clinics(reader), context.today(), by_period=by_period
    )
    text = (
        describe(filters, catalogue)
        if by_period
        else _("On the day chosen below, {narrowed_to}.").format(
            narrowed_to=narrowing(filters, catalogue)
        )
    )
    if shared:
        text = " ".join([text, _("Shared view: groups of fewer than 5 are left out.")])
    with described:
        markup.show("filters", text=text)
    names = context.actor().may("sessions.view")
    return ReviewView(
        title, filters, shared, catalogue, reader, context.clinic().name_on_documents, names=names
    )


def practitioners(reader: Reader) -> list[str]:
    """The practitioners who held a session, by id."""
    frame = reader.report("volumes", Filters(), ("practitioner",))
    return sorted(frame["practitioner"].dropna())


def clinics(reader: Reader) -> list[str]:
    """The clinics in the reports; a clinic's own file is one."""
    frame = reader.report("volumes", Filters(), ("clinic",))
    return sorted(frame["clinic"].dropna())


def show_chart(
    chart: Chart,
    *,
    key: str,
    definition: str = "",
    on_click: Callable[[], None] | None = None,
) -> None:
    """A chart in a card, its texts above it.

    Args:
        chart: the figure with its texts.
        key: unique on the page; clicks on the chart are in the session state under it.
        definition: how its numbers are counted, in a fold.
        on_click: called after a click on one of its marks.
    """
    with st.container(border=True, key=f"card_{key}"):
        markup.show(
            "chart_words",
            title=chart.title,
            says=chart.says,
            text=chart.subtitle,
            definition=definition,
        )
        # Streamlit's own theme has text that is too small and pale; the stylesheet colours it.
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
        measures: (label, number as text, lines on its change or denominator).
        definitions: how a number is counted, by its label; shown on hover.
    """
    cards = [(label, shown, phrases.unbroken(words)) for label, shown, words in measures]
    markup.show("measures", measures=cards, definitions=definitions or {})


def column(
    label: str, help_text: str = "", *, number: bool = True, short: bool = False
) -> dict[str, object]:
    """A column of the `review_table` template; cells of a short one are not wrapped."""
    return {"label": label, "number": number, "help": help_text, "short": short}


def head(
    report: str,
    name: str,
    *,
    interval: bool = False,
    number: bool = True,
    short: bool = False,
    **values: object,
) -> dict[str, object]:
    """A report's column as the `review_table` template has it: label and definition as declared.

    Args:
        report: the report's name.
        name: the column's.
        interval: whether its 95 % interval is shown next to it.
        number: whether it is set as numbers are.
        short: whether its cells are not wrapped.
        values: for what is in braces in a column that the page computes from others.

    Raises:
        KeyError: there is no such report or column.
    """
    label, definition = declared(report, name)
    if values:
        label, definition = label.format(**values), definition.format(**values)
    if interval:
        label = _("{what} (95 %)").format(what=label)
    return column(label, definition, number=number, short=short)


def key_head(key: str) -> dict[str, object]:
    """The column of a report's key as the `review_table` template has it: `Protocol`."""
    return column(labels.key_word(key), number=False)


def declared(report: str, name: str) -> tuple[str, str]:
    """A column as its report declares it: label and definition, in the language in use.

    Raises:
        KeyError: there is no such report or column.
    """
    from mesodash.reports.core.registry import spec  # noqa: PLC0415 - slow to import, see warm

    column_of = spec(report).column(name)
    return _(column_of.label), _(column_of.help) if column_of.help else ""


def show_table(
    title: str,
    caption: str,
    columns: Sequence[dict[str, object]],
    rows: Sequence[Sequence[str | Cell]],
    *,
    aside: str = "",
    sheet: DownloadTable | None = None,
    more_files: Callable[[], None] | None = None,
    anchor: str = "",
) -> None:
    """A table in a card, sortable, with its columns defined and its downloads.

    Args:
        title: also the table's accessible name.
        caption: the period and the denominator.
        columns: made by `column`.
        rows: cells as text, or `Cell` where the text does not sort like its value.
        aside: a short text to the right of the title; by default the number of rows of a long
            table.
        sheet: the content of the downloads; without it there are none.
        more_files: draws further buttons beside those.
        anchor: the id of its heading, for links and for the focus.
    """
    cells = [[c if isinstance(c, Cell) else Cell(c, None) for c in row] for row in rows]
    if not aside and len(cells) > LONG:
        aside = ngettext("{n} row", "{n} rows", len(cells)).format(n=len(cells))
    with st.container(border=True, key=f"card_table_{key_of(title)}"):
        markup.show(
            "review_table",
            title=title,
            aside=aside,
            text=caption,
            columns=columns,
            rows=cells,
            anchor=anchor,
        )
        if sheet is not None:
            offer(sheet, key=key_of(title), more=more_files)


def offer(sheet: DownloadTable, *, key: str, more: Callable[[], None] | None = None) -> None:
    """Buttons that make the files when they are pressed; `more` draws further ones."""
    made_at, language = now(), current().code
    files = (
        ("csv", CSV_TYPE, to_csv, _("Save as CSV")),
        ("xlsx", EXCEL_TYPE, to_excel, _("Save as Excel")),
        ("txt", NOTES_TYPE, to_notes, _("Notes to the CSV")),
    )
    with st.container(horizontal=True, gap="small", key=f"files_{key}"):
        for ending, kind, make, label in files:
            st.download_button(
                label,
                partial(_made, make, sheet, language),
                file_name=file_name(sheet.title, made_at, ending),
                mime=kind,
                key=f"save_{ending}_{key}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )
        if more is not None:
            more()


def _made(make: Callable[[DownloadTable], bytes], sheet: DownloadTable, language: str) -> bytes:
    """A file; made in another thread, which has no language and no Streamlit yet."""
    with use_language(language):
        return make(sheet)


def key_of(title: str) -> str:
    """A title in a form that can be part of a widget's key."""
    return "".join(c if c.isalnum() else "_" for c in title.lower())


def say(text: str) -> None:
    """Draw the sentence at the top of the page."""
    markup.show("leading", text=phrases.unbroken(text))


def show_empty(filters: Filters, what: str, hint: str) -> None:
    """Say that there is nothing to show: under these filters, or in the whole clinic.

    Args:
        filters: those of the page.
        what: what is missing, without a full stop ("No session was held").
        hint: what would fill the page, if the clinic has none at all.
    """
    narrowed = filters != Filters() and bool(clinics(context.reader()))
    markup.show(
        "empty",
        title=(_("{what} for this choice.") if narrowed else _("{what} yet.")).format(what=what),
        text=" ".join([_("Choose a longer period or fewer filters above."), hint]).strip()
        if narrowed
        else hint,
    )


def all_left_out(title: str, frame: pd.DataFrame) -> bool:
    """Whether a shared view leaves nothing of a report; if so, says so in its place."""
    if len(frame) or not left_out(frame):
        return False
    markup.show(
        "empty",
        title=_("{what}: nothing to show in a shared view.").format(what=title),
        text=_("{left_out} Choose a longer period, or turn off Shared view above.").format(
            left_out=left_out(frame)
        ),
    )
    return True


def show_hidden(view: ReviewView, what: str) -> None:
    """Say why a list of single patients is not shown, and who can see it."""
    if view.names:
        markup.show(
            "empty",
            title=_("{what} is not part of a shared view.").format(what=what),
            text=_("It holds single patients. Turn off Shared view above to see it."),
        )
    else:
        markup.show(
            "empty",
            title=_("{what} is not for your role.").format(what=what),
            text=_(
                "It holds single patients. An administrator can give you the right to see them."
            ),
        )
