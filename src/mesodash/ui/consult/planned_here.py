"""What is planned in the chosen areas: the list, the calendar file, moving and cancelling."""

from collections.abc import Sequence

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.records.patient_areas import ComingSession
from mesodash.ui import labels, markup, phrases
from mesodash.ui.consult import take_away
from mesodash.ui.consult.cancelling import offer_cancelling
from mesodash.ui.consult.moving import offer_moving
from mesodash.ui.consult.scene import Scene


def show_planned(scene: Scene, planned: Sequence[ComingSession]) -> None:
    """Draw the sessions planned here, and what may be done with them by who plans."""
    markup.show(
        "table",
        title="Planned here",
        aside=phrases.count(len(planned), "session"),
        caption=f"Patient {scene.patient_id}; planned, not held.",
        columns=[
            {"label": label, "number": False, "help": "", "kind": kind}
            for label, kind in (("Date", "short"), ("Protocol", "wide"), ("Areas", "wide"))
        ],
        rows=[
            [
                phrases.moment(session.planned_at),
                protocol_words(scene.catalogue, session.protocol),
                ", ".join(scene.catalogue.label(*place) for place in session.places)
                or "as in the course",
            ]
            for session in planned
        ],
    )
    with st.container(horizontal=True, key="planned_acts"):
        offer_moving(scene, planned)
        _offer_cancelling(scene, planned)
        courses = courses_of(scene.catalogue, planned)
        for number, (course, words) in enumerate(courses.items(), 1):
            several = f" of course {number}" if len(courses) > 1 else ""
            take_away.offer_calendar(course, several, words)


def _offer_cancelling(scene: Scene, planned: Sequence[ComingSession]) -> None:
    """A course is cancelled whole, so all of its sessions count as seen, wherever they are."""
    courses = courses_of(scene.catalogue, planned)
    seen: dict[str, dict[str, str]] = {course: {} for course in courses}
    for one in scene.standing.coming if scene.standing else ():
        if one.course_id in seen:
            seen[one.course_id][one.session_id] = one.planned_at
    offer_cancelling(scene, courses, seen)


def courses_of(catalogue: Catalogue, planned: Sequence[ComingSession]) -> dict[str, str]:
    """The courses with sessions planned here: id -> protocol and the first day."""
    courses: dict[str, str] = {}
    for one in planned:
        if one.course_id is not None and one.course_id not in courses:
            label = protocol_words(catalogue, one.protocol)
            courses[one.course_id] = f"{label}, next on {phrases.day(one.planned_at)}"
    return phrases.distinct(courses)


def protocol_words(catalogue: Catalogue, code: str | None) -> str:
    """A protocol's label, or that none was recorded."""
    return "Protocol not recorded" if code is None else labels.protocol(catalogue, code)
