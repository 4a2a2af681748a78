"""A session as it is recorded: what was done, finalising, correcting and voiding it, versions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import streamlit as st

from mesodash.bodymap.figure.component import body_figure, tone_for
from mesodash.catalogue.types import Catalogue
from mesodash.consult.consent_text import is_off_label
from mesodash.language import (
    N_,
    _,
    format_day,
    format_moment,
    format_number,
    format_trimmed,
    ngettext,
)
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.patients import read_patient
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.corrections import (
    ACTION,
    FormerRow,
    finalise_session,
    former_rows,
    void_session,
)
from mesodash.records.treatment.sessions import RecordedSession
from mesodash.records.watch.consents import consents_of, is_consented
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.planning import not_held
from mesodash.ui.record import departing, points
from mesodash.ui.record.encounter import CHANGED
from mesodash.ui.record.state import CORRECTING
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

SAID = "session_said"
VOID_REASON = "session_void_reason"
NO_CONSENT = "session_no_consent"
STATES = {
    "held": N_("held"),
    "cancelled": N_("cancelled"),
    "no_show": N_("nobody came"),
    "void": N_("void: recorded by mistake, counted nowhere"),
}
TABLES = {
    "sessions": N_("Session"),
    "treated_areas": N_("Area"),
    "products_used": N_("Product"),
    "side_effects": N_("Side effect"),
    "injection_points": N_("Point"),
}


def is_correcting(session: RecordedSession) -> bool:
    """Whether the form of this session's correction is open."""
    return session.state == "held" and st.session_state.get(CORRECTING) == session.entry.session_id


def show(catalogue: Catalogue, actor: Actor, session: RecordedSession) -> None:
    """Show the record and the actions that are still possible."""
    entry = session.entry
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("finding", level="refused", text=said)
    with st.container(border=True, key="session_card"):
        markup.show(
            "section",
            title=_("Session of {day}").format(day=phrases.moment(entry.held_at)),
            aside=_state_words(session),
            text=labels.protocol(catalogue, entry.protocol) if entry.protocol else _("no protocol"),
        )
        show_content(catalogue, session)
        uncovered = _lacks_consent(catalogue, actor, session)
        if uncovered and session.finalised_at is None:
            markup.show(
                "finding",
                level="reason",
                text=_(
                    "A product is used beyond its label, and no consent covers that: record it on"
                    " the patient's page, or say why before finalising."
                ),
            )
        _show_points(catalogue, actor, session)
        if session.state == "held" and actor.may(ACTION):
            _offer(session, uncovered=uncovered, off_label=is_off_label(catalogue, entry.protocol))
    _show_former(catalogue, actor, str(entry.session_id))


def _lacks_consent(catalogue: Catalogue, actor: Actor, session: RecordedSession) -> bool:
    """Whether a held session of an off-label protocol lacks that consent."""
    entry = session.entry
    if session.state != "held" or not is_off_label(catalogue, entry.protocol):
        return False
    given = consents_of(context.db(), entry.patient_id, actor)
    on = date.fromisoformat(entry.held_at[:10])
    return not is_consented(given, "off_label", entry.protocol, on)


def _show_points(catalogue: Catalogue, actor: Actor, session: RecordedSession) -> None:
    """The figure with the points that were placed in the session, where there are some."""
    if not session.entry.placed:
        return
    patient = read_patient(context.db(), session.entry.patient_id, actor)
    figure = points.figure_of(patient.sex)
    placed = points.on_figure(figure, session.entry.placed)
    layers = points.layers(figure, placed)
    with st.container(width=420, key="session_points"):
        body_figure(
            key="session_points_figure",
            labels={site: catalogue.label(site.area, site.side) for site in placed},
            figure=figure,
            view=layers[0].view if layers else "front",
            tone=tone_for(patient.phototype),
            points=layers,
            read_only=True,
        )
        points.say(placed)


def _state_words(session: RecordedSession) -> str:
    words = _(STATES.get(session.state, session.state))
    if session.reason:
        words += f" ({not_held.words(session.reason)})"
    if session.finalised_at:
        words += " · " + _("finalised by {who}").format(who=session.finalised_by)
    return words


def show_meanwhile(catalogue: Catalogue, session: RecordedSession) -> None:
    """Below a correction that was begun with an earlier version: the session as now recorded."""
    if st.session_state.get(CHANGED) != session.entry.session_id:
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
        show_content(catalogue, session)


def show_content(catalogue: Catalogue, session: RecordedSession) -> None:
    """The areas, products, reactions and note of a session."""
    entry = session.entry
    columns = (
        (_("Where"), False),
        (_("mL"), True),
        (_("Points"), True),
        (_("Depth, mm"), True),
        (_("How"), False),
    )
    markup.show(
        "table",
        title=_("Areas"),
        aside="",
        caption="",
        columns=[
            {"label": label, "number": number, "help": "", "kind": "short" if number else "wide"}
            for label, number in columns
        ],
        rows=[
            [
                catalogue.label(one.area, one.side),
                _number(one.volume_ml),
                _number(one.points),
                _number(one.depth_mm),
                _how(catalogue, one.technique, one.needle, one.angle_deg, one.inserted_mm),
            ]
            for one in entry.areas
        ],
    )
    facts = [
        " · ".join(
            part
            for part in (
                one.product,
                _("lot {lot}").format(lot=one.lot) if one.lot else _("lot not recorded"),
                format_day(one.expires_on) if one.expires_on else "",
                f"{format_trimmed(one.volume_ml)} mL" if one.volume_ml is not None else "",
            )
            if part
        )
        for one in entry.products
    ]
    effects = [
        catalogue.side_effects[one.effect].label
        for one in entry.reactions
        if one.effect in catalogue.side_effects
    ]
    if effects:
        facts.append(_("Seen right after: {effects}").format(effects=", ".join(effects)))
    if entry.ended_at is not None:
        began = entry.started_at or entry.held_at
        facts.append(
            _("From {start} to {end}").format(
                start=phrases.moment(began), end=phrases.moment(entry.ended_at)
            )
        )
    if entry.price is not None:
        facts.append(_price(entry.price, entry.currency))
    if entry.departure:
        facts.append(departing.reason(catalogue, entry.departure, entry.departure_text))
    if entry.note:
        facts.append(_("Note: {note}").format(note=entry.note))
    for fact in facts:
        markup.show("note", text=fact)


def _how(
    catalogue: Catalogue,
    technique: str | None,
    needle: str | None,
    angle: int | None,
    inserted: float | None,
) -> str:
    parts = [_technique(catalogue, technique), needle or ""]
    if angle is not None:
        parts.append(f"{angle}°")
    if inserted is not None:
        parts.append(_("{mm} mm in").format(mm=format_trimmed(inserted)))
    return " · ".join(part for part in parts if part) or _("not recorded")


def _technique(catalogue: Catalogue, code: str | None) -> str:
    known = catalogue.techniques.get(code or "")
    return known.label if known else code or ""


def _number(value: float | None) -> str:
    return phrases.MISSING if value is None else format_trimmed(value)


def _offer(session: RecordedSession, *, uncovered: bool, off_label: bool) -> None:
    if uncovered and session.finalised_at is None:
        st.text_input(
            _("Why there is no consent to use beyond the label"), key=NO_CONSENT, max_chars=500
        )
    with st.container(horizontal=True, vertical_alignment="center", key="session_acts"):
        st.button(
            _("Correct"),
            icon=":material/edit:",
            key="session_correct",
            on_click=_begin,
            args=(session.entry.session_id,),
        )
        if session.finalised_at is None:
            st.button(
                _("Finalise"),
                icon=":material/lock:",
                key="session_finalise",
                help=_("From then on a correction needs a reason; the old version stays readable."),
                on_click=_finalise,
                args=(session, off_label),
            )
        with st.popover(_("Recorded by mistake"), icon=":material/block:"):
            st.text_input(_("Reason"), key=VOID_REASON, max_chars=500)
            st.button(
                _("Mark it as void"), key="session_void", type="primary", on_click=_void,
                args=(session,),
            )  # fmt: skip
        link(
            "patient",
            _("To the patient"),
            icon=":material/person:",
            patient=session.entry.patient_id,
        )


def _begin(session_id: str) -> None:
    st.session_state[CORRECTING] = session_id


def _finalise(session: RecordedSession, off_label: bool) -> None:
    reason = st.session_state.get(NO_CONSENT, "")
    try:
        finalise_session(
            context.db(), context.actor(), seen=session, off_label=off_label, reason=reason
        )
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = str(error)


def _void(session: RecordedSession) -> None:
    reason = st.session_state.get(VOID_REASON, "")
    try:
        void_session(context.db(), context.actor(), seen=session, reason=reason)
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = str(error)


def _show_former(catalogue: Catalogue, actor: Actor, session_id: str) -> None:
    """The content before each change, with who, when and why."""
    former = former_rows(context.db(), session_id, actor)
    if not former:
        return
    with st.expander(_("Earlier versions"), icon=":material/history:", key="session_versions"):
        labels_of = (_("Changed"), _("By"), _("Why"), _("What"), _("As it was"))
        markup.show(
            "table",
            title=_("As it stood before each change"),
            aside="",
            caption="",
            columns=[
                {"label": label, "number": False, "help": "", "kind": "wide"} for label in labels_of
            ],
            rows=[
                [format_moment(at[:16]), who, why or "", _(TABLES[table]), words]
                for (at, who, why, table), words in _former(catalogue, former)
            ],
        )


def _former(
    catalogue: Catalogue, rows: Sequence[FormerRow]
) -> Iterator[tuple[tuple[str, str, str | None, str], str]]:
    """What a row of the table says: when, by whom, why and what; the points of an area in one."""
    for (at, who, why, table), change in groupby(
        rows, key=lambda one: (one.at, one.actor, one.why, one.table)
    ):
        described = [_as_it_was(catalogue, one) for one in change]
        if table != "injection_points":
            yield from (((at, who, why, table), words) for words in described)
            continue
        for words, count in Counter(described).items():
            counted = ngettext("{n} point placed", "{n} points placed", count)
            yield (at, who, why, table), f"{words} · {counted.format(n=phrases.number(count))}"


def _price(amount: float, currency: str | None) -> str:
    return _("Price: {amount} {currency}").format(
        amount=format_number(amount, 2), currency=currency or ""
    )


def _as_it_was(catalogue: Catalogue, row: FormerRow) -> str:
    """A former row in words, with everything that a correction may change."""
    before = row.before
    if row.table in ("treated_areas", "injection_points"):
        parts = [catalogue.label(before["area"], before["side"])]
        parts.append(
            " · ".join(
                part
                for part in (
                    _technique(catalogue, before.get("technique")),
                    before.get("needle", ""),
                    f"{before['angle_deg']}°" if "angle_deg" in before else "",
                )
                if part
            )
        )
        if "depth_um" in before:
            parts.append(_("depth {mm} mm").format(mm=format_trimmed(before["depth_um"] / 1000)))
    elif row.table == "products_used":
        parts = [before["product"], before.get("lot", ""), before.get("expires_on", "")]
    elif row.table == "side_effects":
        known = catalogue.side_effects.get(before["effect"])
        parts = [known.label if known else before["effect"], before.get("onset_at", "")]
    else:
        parts = _session_as_it_was(catalogue, before)
    if before.get("volume_ul") is not None:
        parts.append(f"{format_trimmed(before['volume_ul'] / 1000)} mL")
    if before.get("points") is not None:
        parts.append(_("{n} points").format(n=before["points"]))
    return " · ".join(str(part) for part in parts if part)


def _session_as_it_was(catalogue: Catalogue, before: Mapping[str, Any]) -> list[str]:
    state = before["state"]
    words = _("planned") if state == "planned" else _(STATES.get(state, state))
    parts = [phrases.moment(before["held_at"]), words]
    if "protocol" in before:
        parts.append(labels.protocol(catalogue, before["protocol"]))
    if "ended_at" in before:
        parts.append(_("until {end}").format(end=phrases.moment(before["ended_at"])))
    if "price_milli" in before:
        parts.append(_price(before["price_milli"] / 1000, before.get("currency")))
    if "departure" in before:
        parts.append(departing.reason(catalogue, before["departure"], before.get("departure_text")))
    return [*parts, before.get("note", "")]
