"""The record of processing on the page: figures, where data lies, what is kept, who took it."""

from collections.abc import Sequence

import streamlit as st

from mesodash.exchange.tables_out import file_name
from mesodash.records.connection import utc_now
from mesodash.records.processing import ProcessingRecord, Table, as_markdown
from mesodash.ui import markup, phrases
from mesodash.ui.manage.log_words import table


def show_figures(told: ProcessingRecord) -> None:
    """How long, how much, how many: a card each."""
    accounts = sum(n for _, n in told.roles)
    markup.show(
        "measures",
        measures=[
            (
                "Records are kept",
                phrases.count(told.keep_years, "year") if told.keep_years else "no limit",
                "after the last contact",
            ),
            (
                "Change log",
                phrases.count(told.log_entries, "entry", "entries"),
                f"since {phrases.day(told.log_since)}" if told.log_since else "empty",
            ),
            ("Patients erased", phrases.number(told.erased), "their doses stay, without a name"),
            (
                "May sign in",
                phrases.count(accounts, "account"),
                ", ".join(f"{role} {n}" for role, n in told.roles) or "a demo has none",
            ),
        ],
    )


def show_record(told: ProcessingRecord) -> None:
    """The record itself, and the same as a file for who asks for it."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="processing_head"):
        markup.show(
            "section",
            title="Record of processing",
            aside=f"{told.kind}, {told.country or 'country not set'}",
            text="Made from the file's schema, its change log and the settings, as they are now.",
        )
        st.download_button(
            "Save the record",
            as_markdown(told),
            file_name=file_name("record of processing", utc_now(), "md"),
            mime="text/markdown",
            key="processing_save",
            on_click="ignore",
            icon=":material/download:",
        )
    markup.show("sentences", title="What guards the data", sentences=told.measures)
    _table(
        "Where data lies",
        "Where backups and exports went, only those who made them know; the change log names them.",
        ("Place", "What of it", "Where", "There now"),
        [[p.name, p.holds, p.path, "yes" if p.exists else "no"] for p in told.places],
    )
    _table(
        "What is kept",
        "Every table and column of the clinic's file.",
        ("Table", "Of", "Why", "Rows", "Columns by kind"),
        [[table(t.name), t.whose, t.why, phrases.number(t.rows), kinds(t)] for t in told.tables],
    )
    _table(
        "Who took data out",
        "Exports and backups, as the change log knows them.",
        ("Who", "What", "On days", "Last"),
        [[r.actor, r.what, phrases.number(r.times), phrases.day(r.last)] for r in told.recipients],
    )


def kinds(kept: Table) -> str:
    """A table's columns by their kind: `names the person: patient_id; health: phototype`."""
    found = dict.fromkeys(column.kind for column in kept.columns)
    return "; ".join(
        f"{kind}: {', '.join(column.name for column in kept.columns if column.kind == kind)}"
        for kind in found
    )


def _table(title: str, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        markup.show("empty", title=title, text="None so far.")
        return
    markup.show(
        "table",
        title=title,
        aside="",
        caption=caption,
        columns=[
            {"label": head, "number": head in ("Rows", "On days"), "help": "", "kind": "wide"}
            for head in heads
        ],
        rows=rows,
    )
