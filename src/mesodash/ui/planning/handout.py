"""What the patient takes home: the calendar file and the handout, made on the click."""

from collections.abc import Callable

import streamlit as st

from mesodash.consult.calendar_file import assessment_events, calendar, session_events
from mesodash.consult.handout.of_course import handout_of, still_planned
from mesodash.consult.handout.page import handout
from mesodash.language import ENGLISH, _, available, language_name, use_language
from mesodash.records.courses.planned_sessions import CoursePlan, planned_sessions
from mesodash.records.store.connection import utc_now
from mesodash.ui.body_map.consultation import Consultation
from mesodash.ui.parts import phrases
from mesodash.ui.shell import context

LANGUAGE = "handout_language"
CONTACT = "handout_contact"


def offer(consultation: Consultation, plan: CoursePlan, course: str | None) -> None:
    """Draw the downloads of a plan; `course` is its id once it is saved.

    Nothing is made before the click. The calendar file names sessions, so it needs a saved course.
    """
    names = {code: language_name(code) for code in _in_order()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="take_away"):
        code = (
            st.segmented_control(
                _("Handout in"),
                list(names),
                format_func=phrases.wording(names),
                default=next(iter(names)),
                required=True,
                key=LANGUAGE,
            )
            or ENGLISH
        )
        contact = st.text_input(
            _("Phone number on the handout"),
            key=CONTACT,
            max_chars=120,
            help=_("It stands below the clinic's name, for questions and warning signs."),
        )
        st.download_button(
            _("Handout (PDF)"),
            _handout(consultation, plan, code, contact or ""),
            file_name=f"handout-{plan.protocol.replace('_', '-')}-{code}.pdf",
            mime="application/pdf",
            key="handout",
            icon=":material/print:",
            on_click="ignore",
        )
        if course is not None:
            _calendar_button("calendar_file", course, code)


def offer_saved(consultation: Consultation, course_id: str, words: str) -> None:
    """Draw the handout of a course that was saved before, with the days still planned.

    Args:
        consultation: the patient, areas and plans.
        course_id: which.
        words: what it is, for the button's help.
    """
    db, actor = context.db(), context.actor()
    plan = still_planned(db, str(consultation.patient_id), course_id, actor)
    if plan is None or plan.protocol not in consultation.catalogue.protocols:
        return
    code = st.session_state.get(LANGUAGE)
    language = code if code in available() else ENGLISH
    st.download_button(
        _("Handout (PDF)"),
        _handout(consultation, plan, language, ""),
        file_name=f"handout-{plan.protocol.replace('_', '-')}-{language}.pdf",
        mime="application/pdf",
        key=f"handout_of_{course_id}",
        help=words,
        icon=":material/print:",
        on_click="ignore",
    )


def offer_calendar(course: str, which: int | None, words: str) -> None:
    """Draw the download of a saved course's current calendar file.

    `which` of several courses is on it, and what the course is, in `words`, in its help.
    """
    code = st.session_state.get(LANGUAGE)
    language = code if code in available() else ENGLISH
    label = _("Calendar of course {number} (.ics)").format(number=which) if which else None
    key = f"calendar_of_{course}"
    _calendar_button(key, course, language, label=label, words=words)


def _calendar_button(
    key: str, course: str, language: str, *, label: str | None = None, words: str | None = None
) -> None:
    st.download_button(
        label or _("Calendar (.ics)"),
        _calendar(course, language),
        file_name=f"{course}.ics",
        mime="text/calendar",
        key=key,
        help=words,
        icon=":material/calendar_month:",
        on_click="ignore",
    )


def _in_order() -> list[str]:
    """The languages there are, English first."""
    return sorted(available(), key=lambda code: (code != ENGLISH, code))


def _handout(
    consultation: Consultation, plan: CoursePlan, language: str, contact: str
) -> Callable[[], bytes]:
    """A function that makes the PDF; it runs on another thread, so it must not call Streamlit."""
    catalogue, atlas, reader = context.shipped_catalogue(), context.atlas(), context.reader()
    version, clinic = consultation.versions.get(plan.protocol), context.clinic()

    def make() -> bytes:
        with use_language(language):
            name = clinic.name_on_documents
        ask = handout_of(
            plan,
            reader,
            catalogue,
            clinic=name,
            contact=contact,
            version=version,
            printed_on=consultation.today,
            figure=consultation.figure,
            patient_id=consultation.patient_id or "",
        )
        return handout(ask, catalogue=catalogue, atlas=atlas, language=language)

    return make


def _calendar(course: str, language: str) -> Callable[[], bytes]:
    """A function that makes the calendar file of a saved course."""
    db, actor, clinic = context.db(), context.actor(), context.clinic()
    catalogue = context.shipped_catalogue()

    def make() -> bytes:
        sessions = planned_sessions(db, actor, course_id=course)
        with use_language(language):
            title, score = _("Session {number} of {of}"), _("Score the result")
            name = clinic.name_on_documents
        events = session_events(sessions, clinic=name, title=title)
        events += assessment_events(sessions, catalogue, clinic=name, title=score)
        return calendar(events, name, utc_now())

    return make
