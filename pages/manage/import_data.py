"""Import: files are dropped, what each is and says is confirmed, tried, and then taken in."""

import streamlit as st

from mesodash.exchange.fhir.incoming import holds_fhir
from mesodash.language import _
from mesodash.ui.import_data import choices, files, run, take_out, undo
from mesodash.ui.parts import markup
from mesodash.ui.parts.page_script import announcements
from mesodash.ui.shell import context

markup.show(
    "note",
    text=_(
        "Tables of another program become this clinic's: drop the files, say what each column"
        " and word is, try it, then import. Nothing is written before the last step."
    ),
)
if not context.actor().may("records.import"):
    markup.show(
        "empty",
        title=_("This page is not for your role"),
        text=_("An administrator imports files."),
    )
    st.stop()

announcements()
folder = files.ask()
if folder is not None and holds_fhir(folder.dropped):
    run.offer(folder, None)
elif folder is not None:
    mapping = choices.ask(folder)
    if mapping is not None:
        run.offer(folder, mapping)
undo.offer()
take_out.offer()
