"""A session that somebody else changed while its correction was typed: both versions are shown."""

import streamlit as st

from mesodash.language import _
from mesodash.records.treatment.corrections import former_rows
from mesodash.records.treatment.drafts import Draft
from mesodash.ui.parts import markup
from mesodash.ui.record import held
from mesodash.ui.record.encounter import Encounter
from mesodash.ui.shell import context

CHANGED = "record_changed_meanwhile"
"""Of which session another version than the one that was opened is to be shown."""


def look(encounter: Encounter, draft: Draft | None) -> None:
    """Note, as a form opens, whether its session was changed after its draft was kept."""
    st.session_state.pop(CHANGED, None)
    if draft is None or not encounter.corrects:
        return
    former = former_rows(context.db(), str(encounter.session_id), encounter.actor)
    if any(one.at > draft.saved_at for one in former):
        note(encounter)


def note(encounter: Encounter) -> None:
    """Note that what the form began with is not what stands in the record any more."""
    if encounter.corrects:
        st.session_state[CHANGED] = encounter.session_id


def show(encounter: Encounter) -> None:
    """The session as it stands now, below the form that somebody began with an earlier version."""
    if encounter.planned is None or st.session_state.get(CHANGED) != encounter.session_id:
        return
    with st.container(border=True, key="record_meanwhile"):
        markup.show(
            "section",
            title=_("As the session stands now"),
            aside="",
            text=_(
                "Somebody has changed it since you began. What you keep above replaces this; the"
                " version below stays readable."
            ),
        )
        held.show_content(encounter.catalogue, encounter.planned)
