"""Red cards of a patient: opening one with its first actions, acknowledging and closing it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import streamlit as st

from mesodash.catalogue.rows.effects import RedFlag
from mesodash.catalogue.types import Catalogue
from mesodash.consult.first_actions import first_actions
from mesodash.documents.incident_report import incident_report
from mesodash.documents.report_forms import (
    FORMS,
    PRODUCTS,
    forms_for,
    is_made_for,
    product_of,
)
from mesodash.language import N_, _, catalogue_text, current, format_day, format_moment
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import practitioners
from mesodash.records.patients.patients import Patient, read_patient
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.effect_corrections import effects_of
from mesodash.records.treatment.history import TreatedSession
from mesodash.records.treatment.sessions import read_session
from mesodash.records.watch.red_cards import (
    ACTION,
    RedCard,
    acknowledge_red_card,
    close_red_card,
    raise_red_card,
    raise_reported,
    red_cards_of,
    standing,
)
from mesodash.settings import now
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context

SAID, NONCE = "red_card_said", "red_card_nonce"
FLAG, SESSION, TOLD = "red_card_flag", "red_card_session", "red_card_told"
STANDINGS = {
    "open": N_("nobody has acknowledged it yet"),
    "acknowledged": N_("acknowledged"),
    "escalated": N_("escalated: nobody acknowledged it in time"),
    "closed": N_("closed"),
}


def raise_told(patient_id: str, on: date) -> int:
    """Open the cards that the side effects told of on a day raise; return how many."""
    return raise_reported(
        context.db(), patient_id, context.catalogue(), context.actor(), on=on, at=now()
    )


def show_open(catalogue: Catalogue, actor: Actor, patient: Patient) -> None:
    """The cards that are not closed, each with what to do and its buttons."""
    if not actor.may(ACTION):
        return
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("finding", level="refused", text=said)
    for card in red_cards_of(context.db(), patient.patient_id, actor):
        if card.closed_at is None:
            _show(catalogue, card)


def words_of(flags: Mapping[str, RedFlag], card: RedCard) -> tuple[str, list[str]]:
    """A card's title and its facts."""
    flag = flags.get(card.flag)
    state = _(STANDINGS[standing(card, flag, now())])
    facts = [
        _("Opened {at} by {who}; owner {owner}; {state}.").format(
            at=format_moment(card.opened_at),
            who=card.opened_by,
            owner=card.owner or _("nobody"),
            state=state,
        )
    ]
    if card.held_at:
        facts.append(_("After the session of {day}.").format(day=format_day(card.held_at)))
    if card.note:
        facts.append(_("Told: {note}").format(note=card.note))
    return (flag.label if flag else card.flag), facts


def told_of(catalogue: Catalogue, flag: RedFlag, protocol: str | None) -> tuple[list[str], str]:
    """What is shown next to a sign, and what to do first, from the catalogue, with its sources.

    The action of the sign itself is what the patient was told to do.
    """
    first = first_actions(catalogue, flag, protocol)
    kit = kit_for(catalogue, flag.code)
    said = [
        _("It may be: {effects}.").format(effects="; ".join(first.may_be)) if first.may_be else "",
        kit,
        _("The patient was told: {action}.").format(action=flag.action),
        _("Sources: {sources}.").format(sources="; ".join(first.sources)),
    ]
    return [sentence for sentence in said if sentence], " ".join(first.do)


def kit_for(catalogue: Catalogue, flag: str) -> str:
    """What to take out of the emergency kit for a sign, as the catalogue says it; else nothing."""
    items = [
        catalogue_text("emergency_kit", one.code, "label", one.label)
        for one in catalogue.emergency_kit.values()
        if flag in one.red_flags
    ]
    return _("From the emergency kit: {items}.").format(items="; ".join(items)) if items else ""


def _show_kit(catalogue: Catalogue) -> None:
    """The whole kit, with amounts and sources, behind a line."""
    with st.expander(_("The emergency kit"), key="red_card_kit"):
        rows = []
        for one in catalogue.emergency_kit.values():
            label = catalogue_text("emergency_kit", one.code, "label", one.label)
            amount = catalogue_text("emergency_kit", one.code, "amount", one.amount or "")
            scopes = () if one.scope == "all" else one.scope
            where = [
                catalogue.components[code].label for code in scopes if code in catalogue.components
            ]
            where += [
                catalogue.protocols[code].label for code in scopes if code in catalogue.protocols
            ]
            rows.append(
                " · ".join(
                    part
                    for part in (
                        label,
                        amount or _("no amount was found in a source"),
                        _("for {treatments}").format(treatments=", ".join(where)) if where else "",
                        ", ".join(catalogue.sources[key].text for key in one.sources),
                    )
                    if part
                )
            )
        markup.show(
            "sentences", title=_("To be at hand before the first injection"), sentences=rows
        )


def _show(catalogue: Catalogue, card: RedCard) -> None:
    title, facts = words_of(catalogue.red_flags, card)
    flag = catalogue.red_flags.get(card.flag)
    more, action = told_of(catalogue, flag, card.protocol) if flag else ([], "")
    facts += more
    with st.container(key=f"red_card_{card.red_card_id}"):
        markup.show(
            "stop", title=_("Red card: {sign}").format(sign=title), sentences=facts, action=action
        )
        with st.container(horizontal=True, key=f"red_card_acts_{card.red_card_id}"):
            if card.acknowledged_at is None:
                st.button(
                    _("Take it on"),
                    key=f"red_card_take_{card.red_card_id}",
                    type="primary",
                    on_click=_acknowledge,
                    args=(card.red_card_id,),
                )
            _offer_report(catalogue, card)
            with st.popover(_("Close the card"), icon=":material/task_alt:"):
                found, why = (f"red_card_{what}_{card.red_card_id}" for what in ("found", "why"))
                st.text_area(_("What the examination found"), key=found, max_chars=4000)
                st.text_area(_("Why the card may be closed"), key=why, max_chars=4000)
                st.button(
                    _("Close it under my name"),
                    key=f"red_card_close_{card.red_card_id}",
                    type="primary",
                    on_click=_close,
                    args=(card.red_card_id, found, why),
                )


def _offer_report(catalogue: Catalogue, card: RedCard) -> None:
    """The draft of a report to the authority; nothing is made before the click."""
    country = context.clinic().country
    known = product_of(catalogue, card.protocol, country)
    products = {code: _(words) for code, words in PRODUCTS.items()}
    with st.popover(_("Report to the authority"), icon=":material/description:"):
        product = st.segmented_control(
            _("What the product is, by its label"),
            list(products),
            default=known,
            format_func=phrases.wording(products),
            key=f"red_card_product_{card.red_card_id}",
        )
        order = forms_for(country, product)
        names = {code: _(FORMS[code].label) for code in order}
        form = st.selectbox(
            _("Form"),
            list(names),
            format_func=phrases.wording(names),
            key=f"red_card_form_{card.red_card_id}_{product}",
            width=380,
        )
        if product and not is_made_for(order[0], country, product):
            markup.show(
                "note",
                text=_("No form of this country for such a product was read; choose the nearest."),
            )
        _download_report(catalogue, card, form or order[0])


def _download_report(catalogue: Catalogue, card: RedCard, form: str) -> None:
    st.download_button(
        _("Draft report (PDF)"),
        partial(_report, catalogue, card, form),
        file_name=f"draft-{card.red_card_id}.pdf",
        mime="application/pdf",
        key=f"red_card_report_{card.red_card_id}",
        icon=":material/description:",
        on_click="ignore",
    )


def _report(catalogue: Catalogue, card: RedCard, form: str) -> bytes:
    actor, clinic = context.actor(), context.clinic()
    patient = read_patient(context.db(), card.patient_id, actor)
    session = (
        None if card.session_id is None else read_session(context.db(), card.session_id, actor)
    )
    names = dict(practitioners(context.db(), actor))
    return incident_report(
        card,
        patient,
        session,
        catalogue,
        clinic=clinic.name,
        is_demo=clinic.is_demo,
        practitioner=names.get(session.entry.practitioner_id or "") if session else None,
        made_on=context.today(),
        effects=effects_of(context.db(), card.patient_id, actor),
        form=form,
        country=clinic.country,
        language=current().code,
    )


def _acknowledge(red_card_id: str) -> None:
    try:
        acknowledge_red_card(context.db(), red_card_id, context.actor(), at=now())
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = str(error)


def _close(red_card_id: str, found: str, why: str) -> None:
    try:
        close_red_card(
            context.db(),
            red_card_id,
            context.actor(),
            at=now(),
            examination=st.session_state.get(found, ""),
            reason=st.session_state.get(why, ""),
        )
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = str(error)


def show_form(
    catalogue: Catalogue, actor: Actor, patient: Patient, rows: Sequence[TreatedSession]
) -> None:
    """The form that opens a card; it shows the first actions as soon as a sign is chosen."""
    if not actor.may(ACTION):
        return
    signs = {
        code: flag.label for code, flag in catalogue.red_flags.items() if flag.phase == "after"
    }
    sessions = {row.session_id: format_day(row.held_at) for row in rows}
    st.session_state.setdefault(NONCE, secrets.token_hex(16))
    code = st.selectbox(
        _("Warning sign"),
        list(signs),
        index=None,
        format_func=phrases.wording(signs),
        placeholder=_("Choose what was reported or seen"),
        key=FLAG,
    )
    if code is not None:
        flag = catalogue.red_flags[code]
        more, action = told_of(catalogue, flag, None)
        markup.show("stop", title=flag.sign, sentences=more, action=action)
    st.selectbox(
        _("After the session of"),
        list(sessions),
        index=None,
        format_func=phrases.wording(phrases.distinct(sessions)),
        placeholder=_("not known"),
        key=SESSION,
        width=240,
    )
    st.text_area(_("What was reported"), key=TOLD, max_chars=4000, height=80)
    st.button(
        _("Open a red card"),
        key="red_card_open",
        type="primary",
        disabled=code is None,
        on_click=_open,
        args=(patient.patient_id,),
    )
    _show_kit(catalogue)
    _show_closed(catalogue, actor, patient)


def _open(patient_id: str) -> None:
    state = st.session_state
    try:
        raise_red_card(
            context.db(),
            patient_id,
            state.get(FLAG) or "",
            context.actor(),
            at=now(),
            nonce=state.get(NONCE, ""),
            session_id=state.get(SESSION),
            note=state.get(TOLD, ""),
        )
    except (RecordError, NotAllowedError) as error:
        state[SAID] = str(error)
        return
    for name in (NONCE, FLAG, SESSION, TOLD):
        state.pop(name, None)


def _show_closed(catalogue: Catalogue, actor: Actor, patient: Patient) -> None:
    for card in red_cards_of(context.db(), patient.patient_id, actor):
        if card.closed_at is None:
            continue
        title, _facts = words_of(catalogue.red_flags, card)
        text = _("{sign}, {opened}: closed {closed} by {who}. Found: {found}. Why: {why}").format(
            sign=title,
            opened=format_day(card.opened_at),
            closed=format_moment(card.closed_at),
            who=card.closed_by,
            found=card.examination,
            why=card.closing_reason,
        )
        markup.show("note", text=text)
