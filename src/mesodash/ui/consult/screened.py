"""How the screening stands, in a line: when, whether it still holds, and what stops at once."""

import streamlit as st

from mesodash.consult.screening import unanswered
from mesodash.records.errors import RecordError
from mesodash.records.screenings import confirm_screening
from mesodash.ui import access, markup, phrases
from mesodash.ui.consult.patient_choice import describe
from mesodash.ui.consult.scene import Scene

SAID = "consult_screening_said"
KEPT = "consult_screening_kept"


def status(scene: Scene) -> str:
    """Who it is and how the screening stands, in one line."""
    if scene.patient is None:
        if scene.answers.given:
            return "Walk-in · answers kept in this window only"
        return "No patient chosen · not screened"
    who = describe(scene.patient, year=scene.today.year)
    screening = scene.screening
    if screening is None:
        return f"{who} · not screened yet"
    on = phrases.day(screening.screened_on.isoformat())
    if screening.screened_on == scene.today:
        said = "confirmed today" if screening.confirms else "today"
        return f"{who} · screening {said}"
    days = (scene.today - screening.screened_on).days
    return f"{who} · screening {on}, {phrases.count(days, 'day')} ago"


def still_true(scene: Scene) -> None:
    """Offer to keep the earlier answers as true today; nothing where they are of today."""
    screening = scene.screening
    if screening is None or screening.screened_on >= scene.today:
        return
    st.button(
        "Still true?",
        key="still_true",
        icon=":material/event_available:",
        help="The patient says that the earlier answers still hold; kept with today's date.",
        on_click=_confirm,
        args=(scene.patient_id, screening.screening_id),
    )


def _confirm(patient_id: str, screening_id: int) -> None:
    """In a callback, so that the page that follows is already judged by it."""
    try:
        confirm_screening(
            access.db(), patient_id, access.actor(), access.today(), screening_id=screening_id
        )
    except RecordError as error:
        st.session_state[SAID] = str(error)


def show_said() -> None:
    """Say once what went wrong in a callback."""
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("empty", title="The screening was not kept", text=said)


def show_stops(scene: Scene) -> None:
    """The red flags: a box that cannot be missed, with what to do."""
    stops = {
        reason.code: reason
        for verdict in scene.each_verdict
        for reason in verdict.reasons
        if reason.level == "stop"
    }
    for reason in stops.values():
        markup.show(
            "stop",
            title="Stop: do not inject",
            sentences=[reason.sentence],
            action=reason.action or "Refer the patient to a doctor.",
        )


def still_open(scene: Scene) -> int:
    """How many questions are still to be asked or confirmed for what is indicated here."""
    return len(unanswered(scene.each_verdict))
