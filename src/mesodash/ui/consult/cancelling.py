"""Cancelling what is still planned of a course, with one confirmation, and saying that it was."""

from collections.abc import Mapping

import streamlit as st

from mesodash.permissions import NotAllowedError
from mesodash.records.errors import ChangedMeanwhileError, RecordError
from mesodash.records.plans import cancel_plan
from mesodash.ui import access, markup, phrases
from mesodash.ui.consult.scene import Scene

SAVED = "consult_plan_saved"
"""Where the plan just saved is kept for the page to show; a cancelled one is shown no more."""
SAID = "consult_cancel_said"


def offer_cancelling(
    scene: Scene, courses: Mapping[str, str], seen: Mapping[str, Mapping[str, str]]
) -> None:
    """Offer to cancel one of the courses; roles that plan see it.

    Args:
        scene: the consultation.
        courses: id -> what it is, in words.
        seen: id -> its planned sessions as they are shown here: session_id -> held_at.
    """
    if not courses or not scene.actor.may("sessions.plan"):
        return
    with st.popover("Cancel a planned course", icon=":material/event_busy:"):
        course = next(iter(courses))
        if len(courses) > 1:
            course = st.selectbox(
                "Which course",
                list(courses),
                format_func=phrases.wording(courses),
                key="cancel_which",
            )
            if course not in courses:
                return
        else:
            st.text(courses[course])  # our own colours do not reach into what floats
        st.text_input("Reason, if you want to keep one", key="cancel_reason", max_chars=500)
        st.button(
            "Cancel all that is still planned",
            key="cancel_plan",
            type="primary",
            help="Sessions that were held stay as they are; the course is then stopped.",
            on_click=_cancel,
            args=(course, courses[course], dict(seen[course])),
        )


def _cancel(course_id: str, words: str, seen: Mapping[str, str]) -> None:
    """In a callback, so that the page that follows shows the course as it then is."""
    reason = st.session_state.get("cancel_reason", "") or ""
    try:
        cancelled = cancel_plan(access.db(), course_id, access.actor(), seen=seen, reason=reason)
    except ChangedMeanwhileError as error:
        # What was saved here is not how it stands any more: the history says how it does.
        st.session_state.pop(SAVED, None)
        text = phrases.days_in(str(error))
        st.session_state[SAID] = ("empty", "Not cancelled: somebody changed it meanwhile", text)
        return
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("empty", "The plan was not cancelled", str(error))
        return
    st.session_state.pop("cancel_reason", None)
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
