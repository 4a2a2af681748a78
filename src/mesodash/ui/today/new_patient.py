"""The form for a new patient: code, identity as far as it is recorded, and what doses need."""

from datetime import date

import streamlit as st

from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.new_patient import Identity, add_patient, next_patient_id
from mesodash.records.store import vocabulary
from mesodash.records.store.errors import RecordError
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

OPEN = "new_patient_open"
ADDED = "new_patient_added"


def show_button() -> None:
    """The button that opens and closes the form."""
    st.button(_("New patient"), icon=":material/person_add:", key="new_patient", on_click=_turn)


def _turn() -> None:
    st.session_state[OPEN] = not st.session_state.get(OPEN, False)
    st.session_state.pop(ADDED, None)


def show(actor: Actor, *, wanted: bool) -> None:
    """The form where it is open or `wanted`, and who was just added.

    If it is refused, the input stays.
    """
    added = st.session_state.get(ADDED)
    if added:
        markup.show("done", title=_("Patient {id} was added").format(id=added), text="")
        link("patient", _("Open {id}").format(id=added), patient=added)
    if (wanted or st.session_state.get(OPEN)) and not added:
        _form(actor)


def _form(actor: Actor) -> None:
    sexes = {
        "female": _("female"),
        "male": _("male"),
        "other": _("other"),
        "unknown": _("unknown"),
    }
    today = context.today()
    with st.form(key="today_new_patient"):
        markup.show("section", title=_("New patient"), aside="", text="")
        if context.clinic().is_demo:
            markup.show(
                "note", text=_("A demo clinic holds synthetic patients; enter nobody who lives.")
            )
        with st.container(horizontal=True, key="new_patient_code"):
            patient_id = st.text_input(
                _("Id"), value=next_patient_id(context.db(), actor), max_chars=64, width=160
            )
            sex = st.segmented_control(
                _("Sex"), list(sexes), format_func=phrases.wording(sexes), default=None
            )
            phototype = st.segmented_control(
                _("Skin type"), list(vocabulary.PHOTOTYPES), default=None
            )
        with st.container(horizontal=True, key="new_patient_name"):
            given = st.text_input(_("Given name"), max_chars=200, width=220)
            family = st.text_input(_("Family name"), max_chars=200, width=220)
            born = st.date_input(
                _("Birth date"),
                value=None,
                min_value=date(1880, 1, 1),
                max_value=today,
                format="DD/MM/YYYY",
                width=160,
            )
            birth_year = st.number_input(
                _("or only the year"),
                min_value=1880,
                max_value=today.year,
                value=None,
                step=1,
                placeholder=_("unknown"),
                width=160,
            )
        with st.container(horizontal=True, key="new_patient_reach"):
            phone = st.text_input(_("Telephone"), max_chars=60, width=220)
            email = st.text_input(_("Mail"), max_chars=254, width=220)
            weight = st.number_input(
                _("Weight in kg"),
                min_value=0.5,
                max_value=700.0,
                value=None,
                step=0.5,
                placeholder=_("unknown"),
                width=160,
            )
        note = st.text_area(_("Note"), max_chars=2000, height=80)
        if not st.form_submit_button(_("Add the patient"), type="primary"):
            return
    who = Identity(given, family, born, phone, email, weight)
    try:
        st.session_state[ADDED] = add_patient(
            context.db(),
            patient_id,
            context.actor(),
            sex=sex or "",
            birth_year=birth_year,
            phototype=phototype,
            note=note,
            identity=who,
        )
    except RecordError as error:
        markup.show("finding", level="refused", text=str(error))
        return
    st.session_state[OPEN] = False
    st.rerun()
