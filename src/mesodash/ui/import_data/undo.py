"""Taking back the latest import: what would be removed first, then the button that does it."""

import streamlit as st

from mesodash.documents.record_words import table
from mesodash.language import _, format_moment, format_number
from mesodash.permissions import NotAllowedError
from mesodash.records.store.errors import RecordError
from mesodash.records.transfer.import_undo import LatestImport, latest_import, undo_import
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

_SEEN = "import_undo_seen"
_SAID = "import_undo_said"
_NONE = "none"


def offer() -> None:
    """Draw what the latest import left in the record, once requested."""
    with st.expander(_("Take back the latest import"), key="import_undo"):
        said = st.session_state.pop(_SAID, None)
        if said:
            markup.show(said[0], title=said[1], text=said[2])
        st.button(_("Look what would be removed"), key="import_undo_look", on_click=_look)
        found = st.session_state.get(_SEEN)
        if found == _NONE:
            markup.show(
                "note", text=_("Nothing was imported here, or all of it was taken back already.")
            )
        elif isinstance(found, LatestImport):
            _show(found)


def _look() -> None:
    try:
        found = latest_import(context.db(), context.actor())
    except (RecordError, NotAllowedError) as error:
        st.session_state[_SAID] = ("not_done", _("That cannot be looked at"), str(error))
        return
    st.session_state[_SEEN] = found or _NONE


def _show(found: LatestImport) -> None:
    markup.show(
        "import_rows",
        caption=_("Imported {moment} by {who}").format(
            moment=format_moment(found.at), who=found.actor
        ),
        header=(_("table"), _("would be removed"), _("would be as before")),
        rows=[
            (table(one.table), format_number(one.removed), format_number(one.put_back))
            for one in found.tables
        ],
        more=0,
    )
    for sentence in found.hindrances:
        markup.show("finding", level="refused", text=sentence)
    if found.hindrances:
        markup.show("note", text=_("So it stays; correct single rows on the patients' pages."))
        return
    st.button(
        _("Take it back"),
        key="import_undo_do",
        type="primary",
        on_click=_undo,
        args=(found.entry,),
        help=_("The change log and the versions of rows keep what was imported and taken back."),
    )


def _undo(entry: int) -> None:
    st.session_state.pop(_SEEN, None)
    try:
        done = undo_import(context.db(), context.actor(), entry=entry)
    except (RecordError, NotAllowedError) as error:
        st.session_state[_SAID] = ("not_done", _("Nothing was taken back"), str(error))
        return
    st.session_state[_SAID] = (
        "done",
        _("The import was taken back"),
        _("{n} rows removed, {m} as they were before.").format(
            n=format_number(done.removed), m=format_number(done.put_back)
        ),
    )
