"""The questionnaire: by topic what applies, then that the rest was asked and is no.

A question is never taken for answered because nothing was clicked: a topic's other questions become
a no only with the box that says so.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import streamlit as st

from mesodash.catalogue.types import Question
from mesodash.consult.screening import Answer, Answers, questions_for
from mesodash.records.errors import RecordError
from mesodash.records.screenings import LONGEST_DETAIL, record_screening
from mesodash.ui import access, markup, phrases
from mesodash.ui.consult.scene import NOBODY, WALK_IN, Scene
from mesodash.ui.consult.screened import KEPT

TOPICS = {
    "health": "Health",
    "headache": "Headache",
    "allergies": "Allergies",
    "skin": "Skin",
    "medicines": "Medicines",
    "recent": "The last 2 weeks",
    "plans": "Plans",
}
REST = "All asked: the rest is no"


def show_questionnaire(scene: Scene) -> None:
    """Draw the questions that matter for what is indicated here, and keep the answers."""
    patient = scene.patient
    questions = questions_for(
        scene.catalogue,
        [p.code for p in scene.protocols],
        scene.areas,
        sex=patient.sex if patient else NOBODY,
        birth_year=patient.birth_year if patient else None,
        phototype=patient.phototype if patient else None,
        today=scene.today,
    )
    if not questions:
        markup.show(
            "empty",
            title="Nothing to ask",
            text="No protocol is published for the chosen areas, so no question matters here.",
        )
        return
    _form(scene, questions)


@st.fragment
def _form(scene: Scene, questions: Sequence[Question]) -> None:
    """The form, run by itself while it is filled in."""
    access.actor()  # a part that runs by itself asks by itself whether the sign-in stands
    whose = scene.patient_id or "walk-in"
    markup.show(
        "section",
        title="Screening",
        aside=phrases.count(len(questions), "question"),
        text="Choose what applies. "
        + (
            "The answers are kept with today's date."
            if scene.patient_id
            else "Without a patient they stay in this window and are not stored."
        ),
    )
    markup.show(
        "questions",
        topics=[
            (TOPICS.get(topic, topic.capitalize()), [question.text for question in group])
            for topic, group in groupby(questions, key=lambda question: question.topic)
        ],
    )
    asked: dict[str, bool] = {}
    yes: list[str] = []
    for topic, group in groupby(questions, key=lambda question: question.topic):
        these = list(group)
        applies, rest = _topic(scene, whose, topic, these)
        yes += applies
        asked |= {question.code: rest for question in these}
    not_known = st.multiselect(
        "The patient does not know",
        [question.code for question in questions],
        format_func=phrases.wording({question.code: question.label for question in questions}),
        default=[q.code for q in questions if _said(scene.answers, q.code) == "unknown"],
        key=f"screen_unknown_{whose}",
        placeholder="Any question the patient cannot answer",
    )
    details = {
        question.code: _details(scene, whose, question)
        for question in questions
        if question.code in yes
    }
    answers = answers_of(questions, yes, asked, not_known, details)
    forgotten = [
        question.label
        for question in questions
        if _said(scene.answers, question.code) == "yes" and question.code not in answers
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        keep = st.button("Keep the answers", type="primary", key="screen_save")
        if scene.patient_id is None and scene.answers.given:
            st.button("Forget the answers", key="screen_forget", on_click=_forget)
    if not keep:
        return
    problem = _keep(scene, answers, forgotten)
    if problem:
        markup.show("empty", title="Not kept yet", text=problem)
        return
    st.session_state[KEPT] = True
    st.rerun()


def _topic(
    scene: Scene, whose: str, topic: str, questions: Sequence[Question]
) -> tuple[list[str], bool]:
    """One topic: what applies, and whether the rest was asked.

    Other areas ask other questions: what was chosen before stays chosen.
    """
    codes = [question.code for question in questions]
    part = f"{zlib.crc32(' '.join(codes).encode()):08x}"
    draft = f"screen_draft_{topic}_{whose}"
    known = [code for code in codes if _said(scene.answers, code) == "yes"]
    applies: list[str] = st.pills(
        TOPICS.get(topic, topic.capitalize()),
        codes,
        selection_mode="multi",
        format_func=phrases.wording({question.code: question.label for question in questions}),
        default=[code for code in codes if code in st.session_state.get(draft, known)],
        key=f"screen_{topic}_{part}_{whose}",
    )
    st.session_state[draft] = applies
    rest = st.checkbox(
        REST,
        value=all(_said_on(scene, code) for code in codes),
        key=f"screen_rest_{topic}_{part}_{whose}",
    )
    return applies, rest


def _said(answers: Answers, code: str) -> str | None:
    answer = answers.get(code)
    return answer.said if answer else None


def _said_on(scene: Scene, code: str) -> bool:
    """Whether a yes or no was said today; an older one is not taken for asked again."""
    answer = scene.answers.get(code)
    return answer is not None and answer.said != "unknown" and answer.answered_on == scene.today


def _details(scene: Scene, whose: str, question: Question) -> dict[str, Any]:
    """Which or since when, and where, for a yes whose question asks it."""
    earlier = scene.answers.get(question.code) or Answer("yes")
    if question.kind == "yes_no_detail":
        text = st.text_input(
            f"{question.label}: which, since when?",
            value=earlier.detail or "",
            max_chars=LONGEST_DETAIL,
            key=f"screen_detail_{question.code}_{whose}",
        )
        return {"detail": " ".join(text.split()) or None}
    if question.kind == "yes_no_where":
        leaves = [code for code, area in scene.catalogue.areas.items() if area.leaf]
        areas = st.multiselect(
            f"{question.label}: where? Leave empty for anywhere.",
            leaves,
            format_func=scene.catalogue.label,
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


def _keep(scene: Scene, answers: Mapping[str, Answer], forgotten: Sequence[str]) -> str | None:
    """Store a patient's answers, or hold a walk-in's; say why not, and then nothing is lost."""
    if forgotten:
        return f'"{forgotten[0]}" was a yes before: choose it again, or tick "{REST}" of its topic.'
    if not answers:
        return f'Choose what applies, or tick "{REST}" of a topic.'
    if scene.patient_id is None:
        today = {code: replace(one, answered_on=scene.today) for code, one in answers.items()}
        st.session_state[WALK_IN] = Answers({**scene.answers.given, **today})
        return None
    try:
        record_screening(access.db(), scene.patient_id, answers, access.actor(), scene.today)
    except RecordError as error:
        return str(error)
    return None


def _forget() -> None:
    st.session_state.pop(WALK_IN, None)
    for key in [key for key in st.session_state if str(key).startswith("screen_")]:
        del st.session_state[key]
