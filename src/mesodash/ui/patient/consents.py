"""Consents of a patient: valid and withdrawn ones, and the form for a new one."""

import secrets
from datetime import date
from functools import partial

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.consult.consent_text import PURPOSES, ConsentText, consent_text
from mesodash.documents.consent_form import consent_pdf
from mesodash.language import N_, _, current, format_day
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.patients import Patient
from mesodash.records.store.errors import RecordError
from mesodash.records.watch.consents import (
    ACTION,
    TYPED,
    Consent,
    consents_of,
    record_consent,
    withdraw_consent,
    words_of,
)
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.patient import browser_parts
from mesodash.ui.shell import context

SAID, NONCE = "consent_said", "consent_nonce"
INK, TYPED_NAME = "consent_ink", "consent_typed"
WAYS = {"paper": N_("on paper"), "screen": N_("on the screen"), "spoken": N_("spoken")}


def show(catalogue: Catalogue, actor: Actor, patient: Patient, country: str | None) -> None:
    """What was consented to, with a button to withdraw it, and the form below."""
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("finding", level="refused", text=said)
    given = consents_of(context.db(), patient.patient_id, actor)
    if not given:
        markup.show(
            "empty",
            title=_("No consent is recorded"),
            text=_("Record one below; until then each session says that it is missing."),
        )
    for one in given:
        _show(catalogue, actor, patient, one)
    if actor.may(ACTION):
        _form(catalogue, patient, country)


def _show(catalogue: Catalogue, actor: Actor, patient: Patient, one: Consent) -> None:
    words = _(PURPOSES[one.purpose])
    if one.protocol:
        words += ": " + labels.protocol(catalogue, one.protocol)
    given = _("given {day} {how}, taken by {who}, text {version}").format(
        day=format_day(one.given_on),
        how=_(WAYS[one.given_how]) if one.given_how else "",
        who=one.taken_by or _("not recorded"),
        version=one.text_version or _("not recorded"),
    )
    if one.withdrawn_on:
        given += " · " + _("withdrawn {day}").format(day=format_day(one.withdrawn_on))
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"consent_{one.consent_id}"
    ):
        markup.show("section", title=words, aside="", text=given)
        with st.container(horizontal=True, width="content", key=f"consent_ways_{one.consent_id}"):
            st.download_button(
                _("PDF"),
                partial(_pdf, catalogue, patient, one),
                file_name=f"{one.consent_id}.pdf",
                mime="application/pdf",
                key=f"consent_pdf_{one.consent_id}",
                icon=":material/print:",
                on_click="ignore",
            )
            if one.withdrawn_on is None and actor.may(ACTION):
                st.button(
                    _("Withdraw"),
                    key=f"consent_withdraw_{one.consent_id}",
                    help=_("From today on it covers nothing; what was done before stays covered."),
                    on_click=_withdraw,
                    args=(one.consent_id, context.today()),
                )


def _pdf(catalogue: Catalogue, patient: Patient, one: Consent) -> bytes:
    """The consent with its signature; the words are those that were agreed to."""
    words = words_of(context.db(), one.text_version)
    return _typeset(
        catalogue, patient, one.purpose, one.protocol, (words, one.text_version), consent=one
    )


def _blank(
    catalogue: Catalogue, patient: Patient, purpose: str, protocol: str | None, text: ConsentText
) -> bytes:
    """The form to be signed on paper."""
    return _typeset(catalogue, patient, purpose, protocol, (text.lines, text.version), consent=None)


def _typeset(
    catalogue: Catalogue,
    patient: Patient,
    purpose: str,
    protocol: str | None,
    text: tuple[tuple[str, ...], str | None],
    *,
    consent: Consent | None,
) -> bytes:
    clinic = context.clinic()
    return consent_pdf(
        _(PURPOSES[purpose]),
        labels.protocol(catalogue, protocol) if protocol else None,
        *text,
        patient,
        consent,
        clinic=clinic.name,
        is_demo=clinic.is_demo,
        made_on=context.today(),
        language=current().code,
    )


def _withdraw(consent_id: str, today: date) -> None:
    try:
        withdraw_consent(context.db(), consent_id, context.actor(), on=today, today=today)
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = str(error)


def _form(catalogue: Catalogue, patient: Patient, country: str | None) -> None:
    today = context.today()
    st.session_state.setdefault(NONCE, secrets.token_hex(16))
    purposes = {code: _(words) for code, words in PURPOSES.items()}
    protocols = {code: one.label for code, one in catalogue.protocols.items()}
    ways = {code: _(words) for code, words in WAYS.items()}
    with st.container(horizontal=True, key="consent_what"):
        purpose = st.selectbox(
            _("Consent for"),
            list(purposes),
            format_func=phrases.wording(purposes),
            key="consent_purpose",
            width=220,
        )
        protocol = st.selectbox(
            _("Protocol of the consent"),
            list(protocols),
            index=None,
            format_func=phrases.wording(protocols),
            placeholder=_("any"),
            key="consent_protocol",
        )
    with st.container(horizontal=True, key="consent_when"):
        on = st.date_input(
            _("Given on"), value=today, max_value=today, format="DD/MM/YYYY", key="consent_on",
            width=170,
        )  # fmt: skip
        how = st.segmented_control(
            _("Given how"),
            list(ways),
            format_func=phrases.wording(ways),
            default="paper",
            key="consent_how",
        )
    text = consent_text(
        catalogue, purpose or "treatment", catalogue.protocols.get(protocol or ""), country
    )
    with st.expander(_("The words, version {version}").format(version=text.version)):
        markup.show("sentences", title=_(PURPOSES[purpose or "treatment"]), sentences=text.lines)
        markup.show(
            "note",
            text=_("Facts of the catalogue in one text; have your own form looked at by a lawyer."),
        )
    if how == "screen":
        browser_parts.sign(INK, st.session_state[NONCE])
        st.text_input(_("Or the patient types the name"), key=TYPED_NAME, max_chars=200, width=320)
    if how == "paper":
        st.download_button(
            _("Form to sign (PDF)"),
            partial(_blank, catalogue, patient, purpose or "treatment", protocol, text),
            file_name="consent.pdf",
            mime="application/pdf",
            key="consent_blank",
            icon=":material/print:",
            on_click="ignore",
        )
    st.button(
        _("Record the consent"),
        key="consent_keep",
        type="primary",
        on_click=_keep,
        args=(patient.patient_id, purpose, protocol, on, how, "\n".join(text.lines), today),
    )


def _keep(
    patient_id: str,
    purpose: str,
    protocol: str | None,
    on: date | None,
    how: str | None,
    words: str,
    today: date,
) -> None:
    nonce = st.session_state.get(NONCE, "")
    name = st.session_state.get(TYPED_NAME, "").strip()
    try:
        record_consent(
            context.db(),
            patient_id,
            context.actor(),
            nonce=nonce,
            purpose=purpose or "",
            protocol=protocol,
            given_on=on or today,
            given_how=how or "",
            today=today,
            words=words,
            signature=browser_parts.signed(INK, nonce) or (TYPED + name if name else None),
        )
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = str(error)
        return
    for used in (NONCE, TYPED_NAME):
        st.session_state.pop(used, None)
