"""The record of processing on the page: figures, where data lies, what is kept, who took it."""

from collections.abc import Sequence

import streamlit as st

from mesodash.documents.tables import file_name
from mesodash.language import _, format_day, format_number, ngettext
from mesodash.permissions import role_name
from mesodash.records.privacy.processing import ProcessedTable, ProcessingRecord, as_markdown
from mesodash.records.store.connection import utc_now
from mesodash.ui.admin.change_log_words import table_heading
from mesodash.ui.parts import markup


def show_figures(record: ProcessingRecord) -> None:
    """How long, how much, how many: a card each."""
    accounts = sum(n for _role, n in record.roles)
    markup.show(
        "measures",
        measures=[
            (
                _("Records are kept"),
                ngettext("{n} year", "{n} years", record.keep_years).format(n=record.keep_years)
                if record.keep_years
                else _("no limit"),
                _("after the last contact"),
            ),
            (
                _("Change log"),
                ngettext("{n} entry", "{n} entries", record.log_entries).format(
                    n=format_number(record.log_entries)
                ),
                _("since {day}").format(day=format_day(record.log_since))
                if record.log_since
                else _("empty"),
            ),
            (
                _("Patients erased"),
                format_number(record.erased),
                _("their doses stay, without a name"),
            ),
            (
                _("May sign in"),
                ngettext("{n} account", "{n} accounts", accounts).format(n=accounts),
                ", ".join(f"{role_name(role)} {n}" for role, n in record.roles)
                or _("a demo has none"),
            ),
        ],
    )


def show_record(record: ProcessingRecord) -> None:
    """The record itself, and the same as a file for a request."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="processing_head"):
        markup.show(
            "section",
            level=2,
            title=_("Record of processing"),
            aside=", ".join([record.kind, record.country or _("country not set")]),
            text=_(
                "Made from the file's schema, its change log and the settings, as they are now."
            ),
        )
        st.download_button(
            _("Save the record"),
            as_markdown(record),
            file_name=file_name("record of processing", utc_now(), "md"),
            mime="text/markdown",
            key="processing_save",
            on_click="ignore",
            icon=":material/download:",
        )
    markup.show("sentences", title=_("What guards the data"), sentences=record.measures)
    _table(
        _("Where data lies"),
        _(
            "Where backups and exports went, only those who made them know; the change log"
            " names them."
        ),
        (_("Place"), _("What it holds"), _("Where"), _("There now")),
        [[p.name, p.holds, p.path, _("yes") if p.exists else _("no")] for p in record.places],
    )
    _table(
        _("What is kept"),
        _("Every table and column of the clinic's file."),
        (_("Table"), _("Of"), _("Why"), _("Rows"), _("Columns by kind")),
        [
            [table_heading(t.name), _(t.whose), _(t.why), format_number(t.rows), kinds(t)]
            for t in record.tables
        ],
    )
    _table(
        _("Who took data out"),
        _("Exports and backups, as the change log knows them."),
        (_("Who"), _("What"), _("On days"), _("Last")),
        [
            [r.actor, _(r.what), format_number(r.times), format_day(r.last)]
            for r in record.recipients
        ],
    )


def kinds(kept: ProcessedTable) -> str:
    """A table's columns by their kind: `names the person: patient_id; health: phototype`."""
    found = dict.fromkeys(column.kind for column in kept.columns)
    return "; ".join(
        f"{_(kind)}: {', '.join(column.name for column in kept.columns if column.kind == kind)}"
        for kind in found
    )


def _table(title: str, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        markup.show("empty", title=title, text=_("None so far."))
        return
    markup.show(
        "table",
        title=title,
        aside="",
        caption=caption,
        columns=[
            {"label": head, "number": head in (_("Rows"), _("On days")), "help": "", "kind": "wide"}
            for head in heads
        ],
        rows=rows,
    )
