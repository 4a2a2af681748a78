"""The screening: its state in a line, reasons to stop at once, and the questionnaire.

A question never counts as answered because nothing was clicked: a topic's other questions become a
no only when the box that says so is ticked.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import streamlit as st

from mesodash.catalogue.types import Question
from mesodash.consult.screening import Answer, ScreeningAnswers, questions_for, unanswered
from mesodash.language import N_, _, ngettext
from mesodash.records.courses.screenings import confirm_screening, record_screening
from mesodash.records.store.errors import RecordError
from mesodash.records.store.vocabulary import LONGEST_DETAIL
from mesodash.ui.body_map.consultation import NOBODY, WALK_IN, Consultation
from mesodash.ui.body_map.patient_choice import describe
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context

TOPICS = {
    "health": N_("Health"),
    "headache": N_("Headache"),
    "allergies": N_("Allergies"),
    "skin": N_("Skin"),
    "medicines": N_("Medicines"),
    "recent": N_("The last 2 weeks"),
    "plans": N_("Plans"),
}
SAID = "consult_screening_said"
KEPT = "consult_screening_kept"
REST = N_("All asked: the rest is no")


def show_questionnaire(consultation: Consultation) -> None:
    """Draw the questions that matter for what is indicated here, and keep the answers."""
    patient = consultation.patient
    questions = questions_for(
        consultation.catalogue,
        [p.code for p in consultation.protocols],
        consultation.areas,
        sex=patient.sex if patient else NOBODY,
        birth_year=patient.birth_year if patient else None,
        phototype=patient.phototype if patient else None,
        today=consultation.today,
    )
    if not questions:
        markup.show(
            "empty",
            title=_("Nothing to ask"),
            text=_("No protocol is published for the chosen areas, so no question matters here."),
        )
        return
    _form(consultation, questions)


@st.fragment
def _form(consultation: Consultation, questions: Sequence[Question]) -> None:
    """The form, a fragment that reruns on its own while it is filled in."""
    context.actor()  # a fragment has to check the sign-in itself
    whose = consultation.patient_id or "walk-in"
    markup.show(
        "section",
        title=_("Screening"),
        aside=ngettext("{n} question", "{n} questions", len(questions)).format(n=len(questions)),
        text=_("Choose what applies. The answers are kept with today's date.")
        if consultation.patient_id
        else _(
            "Choose what applies. Without a patient the answers stay in this window and are not"
            " stored."
        ),
    )
    markup.show(
        "questions",
        topics=[
            (_topic_words(topic), [question.text for question in group])
            for topic, group in groupby(questions, key=lambda question: question.topic)
        ],
    )
    asked: dict[str, bool] = {}
    yes: list[str] = []
    for topic, group in groupby(questions, key=lambda question: question.topic):
        these = list(group)
        applies, rest = _topic(consultation, whose, topic, these)
        yes += applies
        asked |= {question.code: rest for question in these}
    not_known = st.multiselect(
        _("The patient does not know"),
        [question.code for question in questions],
        format_func=phrases.wording({question.code: question.label for question in questions}),
        default=[q.code for q in questions if _said(consultation.answers, q.code) == "unknown"],
        key=f"screen_unknown_{whose}",
        placeholder=_("Any question the patient cannot answer"),
    )
    details = {
        question.code: _details(consultation, whose, question)
        for question in questions
        if question.code in yes
    }
    answers = answers_of(questions, yes, asked, not_known, details)
    forgotten = [
        question.label
        for question in questions
        if _said(consultation.answers, question.code) == "yes" and question.code not in answers
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        keep = st.button(_("Keep the answers"), type="primary", key="screen_save")
        if consultation.patient_id is None and consultation.answers.given:
            st.button(_("Forget the answers"), key="screen_forget", on_click=_forget)
    if not keep:
        return
    problem = _keep(consultation, answers, forgotten)
    if problem:
        markup.show("empty", title=_("Not kept yet"), text=problem)
        return
    st.session_state[KEPT] = True
    st.rerun()


def _topic_words(topic: str) -> str:
    return _(TOPICS.get(topic, topic))


def _topic(
    consultation: Consultation, whose: str, topic: str, questions: Sequence[Question]
) -> tuple[list[str], bool]:
    """One topic: what applies, and whether the rest was asked.

    Other areas need other questions; earlier choices are kept.
    """
    codes = [question.code for question in questions]
    part = f"{zlib.crc32(' '.join(codes).encode()):08x}"
    draft = f"screen_draft_{topic}_{whose}"
    known = [code for code in codes if _said(consultation.answers, code) == "yes"]
    applies: list[str] = st.pills(
        _topic_words(topic),
        codes,
        selection_mode="multi",
        format_func=phrases.wording({question.code: question.label for question in questions}),
        default=[code for code in codes if code in st.session_state.get(draft, known)],
        key=f"screen_{topic}_{part}_{whose}",
    )
    st.session_state[draft] = applies
    rest = st.checkbox(
        _(REST),
        value=all(_said_on(consultation, code) for code in codes),
        key=f"screen_rest_{topic}_{part}_{whose}",
    )
    return applies, rest


def _said(answers: ScreeningAnswers, code: str) -> str | None:
    answer = answers.get(code)
    return answer.said if answer else None


def _said_on(consultation: Consultation, code: str) -> bool:
    """Whether a yes or no was given today; an older one does not count as asked again."""
    answer = consultation.answers.get(code)
    return (
        answer is not None and answer.said != "unknown" and answer.answered_on == consultation.today
    )


def _details(consultation: Consultation, whose: str, question: Question) -> dict[str, Any]:
    """Which or since when, and where, for a yes whose question has such fields."""
    earlier = consultation.answers.get(question.code) or Answer("yes")
    if question.kind == "yes_no_detail":
        text = st.text_input(
            _("{question}: which, since when?").format(question=question.label),
            value=earlier.detail or "",
            max_chars=LONGEST_DETAIL,
            key=f"screen_detail_{question.code}_{whose}",
        )
        return {"detail": " ".join(text.split()) or None}
    if question.kind == "yes_no_where":
        leaves = [code for code, area in consultation.catalogue.areas.items() if area.leaf]
        areas = st.multiselect(
            _("{question}: where? Leave empty for anywhere.").format(question=question.label),
            leaves,
            format_func=consultation.catalogue.label,
            default=[area for area in earlier.areas if area in leaves],
            key=f"screen_where_{question.code}_{whose}",
        )
        return {"areas": tuple(areas)}
    return {}


def answers_of(
    questions: Iterable[Question],
    yes: Sequence[str],
    rest_asked: Mapping[str, bool],
    not_known: Sequence[str],
    details: Mapping[str, Mapping[str, Any]],
) -> dict[str, Answer]:
    """The answers that were given; a question of a topic not confirmed and not chosen has none.

    What the patient does not know stays unknown even where the rest was said to be no.
    """
    answers: dict[str, Answer] = {}
    for question in questions:
        if question.code in yes:
            answers[question.code] = Answer("yes", **details.get(question.code, {}))
        elif question.code in not_known:
            answers[question.code] = Answer("unknown")
        elif rest_asked.get(question.code, False):
            answers[question.code] = Answer("no")
    return answers


def _keep(
    consultation: Consultation, answers: Mapping[str, Answer], forgotten: Sequence[str]
) -> str | None:
    """Store a patient's answers, or keep a walk-in's; if that fails, say why and lose nothing."""
    if forgotten:
        text = _("“{question}” was a yes before: choose it again, or tick “{box}” of its topic.")
        return text.format(question=forgotten[0], box=_(REST))
    if not answers:
        return _("Choose what applies, or tick “{box}” of a topic.").format(box=_(REST))
    if consultation.patient_id is None:
        today = {
            code: replace(one, answered_on=consultation.today) for code, one in answers.items()
        }
        st.session_state[WALK_IN] = ScreeningAnswers({**consultation.answers.given, **today})
        return None
    try:
        record_screening(
            context.db(), consultation.patient_id, answers, context.actor(), consultation.today
        )
    except RecordError as error:
        return str(error)
    return None


def _forget() -> None:
    st.session_state.pop(WALK_IN, None)
    for key in [key for key in st.session_state if str(key).startswith("screen_")]:
        del st.session_state[key]


def status(consultation: Consultation) -> str:
    """The patient and the state of the screening, in one line."""
    if consultation.patient is None:
        if consultation.answers.given:
            return _("Walk-in · answers kept in this window only")
        return _("No patient chosen · not screened")
    who = describe(consultation.patient, year=consultation.today.year)
    screening = consultation.screening
    if screening is None:
        return _("{patient} · not screened yet").format(patient=who)
    if screening.screened_on == consultation.today:
        text = (
            _("{patient} · screening confirmed today")
            if screening.confirms
            else _("{patient} · screening today")
        )
        return text.format(patient=who)
    days = (consultation.today - screening.screened_on).days
    text = ngettext(
        "{patient} · screening {day}, {n} day ago",
        "{patient} · screening {day}, {n} days ago",
        days,
    )
    on = phrases.day(screening.screened_on.isoformat())
    return text.format(patient=who, day=on, n=phrases.number(days))


def still_true(consultation: Consultation) -> None:
    """Offer to confirm the earlier answers; nothing if they are from today."""
    screening = consultation.screening
    if screening is None or screening.screened_on >= consultation.today:
        return
    st.button(
        _("Still true?"),
        key="still_true",
        icon=":material/event_available:",
        help=_("The patient says that the earlier answers still hold; kept with today's date."),
        on_click=_confirm,
        args=(consultation.patient_id, screening.screening_id),
    )


def _confirm(patient_id: str, screening_id: int) -> None:
    """In a callback, so that the page that follows is already judged by it."""
    try:
        confirm_screening(
            context.db(), patient_id, context.actor(), context.today(), screening_id=screening_id
        )
    except RecordError as error:
        st.session_state[SAID] = str(error)


def show_said() -> None:
    """Show once what went wrong in a callback."""
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("empty", title=_("The screening was not kept"), text=said)


def show_stops(consultation: Consultation) -> None:
    """The red flags: a prominent box with what to do."""
    stops = {
        reason.code: reason
        for verdict in consultation.each_verdict
        for reason in verdict.reasons
        if reason.level == "stop"
    }
    for reason in stops.values():
        markup.show(
            "stop",
            title=_("Stop: do not inject"),
            sentences=[reason.sentence],
            action=reason.action or _("Refer the patient to a doctor."),
        )


def still_open(consultation: Consultation) -> int:
    """How many questions are still to be asked or confirmed for what is indicated here."""
    return len(unanswered(consultation.each_verdict))
