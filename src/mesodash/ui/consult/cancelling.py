"""Cancelling what is still planned of a course, with one confirmation, and saying that it was."""

from collections.abc import Mapping

import streamlit as st

from mesodash.permissions import NotAllowedError
from mesodash.records.errors import RecordError
from mesodash.records.plans import cancel_plan
from mesodash.ui import access, markup, phrases
from mesodash.ui.consult.scene import Scene

SAVED = "consult_plan_saved"
"""Where the plan just saved is kept for the page to show; a cancelled one is shown no more."""
SAID = "consult_cancel_said"


def offer_cancelling(scene: Scene, courses: Mapping[str, str]) -> None:
    """Offer to cancel one of the courses (id -> what it is, in words); roles that plan see it."""
    if not courses or not scene.actor.may("sessions.plan"):
        return
    with st.popover("Cancel a planned course", icon=":material/event_busy:"):
        course = next(iter(courses))
        if len(courses) > 1:
            course = st.selectbox(
                "Which course", list(courses), format_func=courses.__getitem__, key="cancel_which"
            )
        else:
            st.text(courses[course])  # our own colours do not reach into what floats
        st.text_input("Reason, if you want to keep one", key="cancel_reason", max_chars=500)
        st.button(
            "Cancel all that is still planned",
            key="cancel_plan",
            type="primary",
            help="Sessions that were held stay as they are; the course is then stopped.",
            on_click=_cancel,
            args=(course, courses[course]),
        )


def _cancel(course_id: str, words: str) -> None:
    """In a callback, so that the page that follows shows the course as it then is."""
    reason = st.session_state.pop("cancel_reason", "") or ""
    try:
        cancelled = cancel_plan(access.db(), course_id, access.actor(), reason=reason)
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("empty", "The plan was not cancelled", str(error))
        return
    st.session_state.pop(SAVED, None)
    st.session_state[SAID] = (
        "done",
        f"Cancelled: {words}",
        f"{phrases.count(cancelled, 'session')} will not be held; the course is stopped.",
    )


def show_said() -> None:
    """Say once what came of it."""
    said = st.session_state.pop(SAID, None)
    if said:
        template, title, text = said
        markup.show(template, title=title, text=text)
