"""Entering a score: the scale with its own words, limits and direction."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import streamlit as st

from mesodash.catalogue.assessing import assessment_of, score_due
from mesodash.catalogue.rows.indications import OutcomeScale
from mesodash.catalogue.types import Catalogue
from mesodash.consult.session_rules import baseline_scales
from mesodash.language import N_, _, catalogue_text, format_day, format_trimmed
from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.overview import CourseScore
from mesodash.records.patients.patients import Patient
from mesodash.records.store.errors import RecordError
from mesodash.records.watch.scores import ACTION, PatientCourse, courses_of, record_score
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.shell import context

SAID = "score_said"
BETTER = {
    "lower": N_("lower is better"),
    "higher": N_("higher is better"),
    "depends": N_("what is better depends on the device"),
}
TIMES = {"baseline": N_("Baseline"), "follow_up": N_("Later")}
_ANCHOR = re.compile(r"\s*(-?\d+)\s*=\s*(.+)")


def show(
    catalogue: Catalogue, actor: Actor, patient: Patient, known: tuple[CourseScore, ...]
) -> None:
    """The newest scores, what is still missing, and the form of a new one."""
    said = st.session_state.pop(SAID, None)
    if said:
        markup.show("finding", level=said[0], text=said[1])
    courses = courses_of(context.db(), patient.patient_id, actor)
    for course in courses:
        _missing(catalogue, course, known)
    for one in sorted(known, key=lambda score: score.measured_on, reverse=True)[:6]:
        scale = catalogue.scales.get(one.scale)
        if scale is not None:
            markup.show(
                "note",
                text=_("{day}: {scale} {value} {unit}")
                .format(
                    day=format_day(one.measured_on),
                    scale=scale.label,
                    value=format_trimmed(one.value),
                    unit="" if scale.unit in scale.label else scale.unit,
                )
                .strip(),
            )
    if not actor.may(ACTION):
        return
    names = {
        one.course_id: f"{labels.protocol(catalogue, one.protocol)}, {format_day(one.started_on)}"
        for one in courses
    }
    course_id = st.selectbox(
        _("Course"),
        list(names),
        index=0 if names else None,
        format_func=phrases.wording(phrases.distinct(names)),
        placeholder=_("none"),
        key="score_course",
    )
    indication = next((one.indication for one in courses if one.course_id == course_id), "")
    of = catalogue.indications.get(indication)
    scales = dict.fromkeys((*(of.scales if of else ()), *catalogue.scales))
    words = {code: catalogue.scales[code].label for code in scales}
    code = st.selectbox(
        _("Scale"), list(words), format_func=phrases.wording(words), key="score_scale"
    )
    if code is not None:
        _form(patient, catalogue.scales[code], course_id, known)


def _missing(catalogue: Catalogue, course: PatientCourse, known: tuple[CourseScore, ...]) -> None:
    """Show which baseline a course lacks that its scales need, or when its result is assessed."""
    needed = baseline_scales(catalogue, course.indication)
    mine = [one for one in known if one.course_id == course.course_id]
    have = {one.scale for one in mine if one.timing == "baseline"}
    if needed and not have & {scale.code for scale in needed}:
        text = _("No baseline yet; one of: {scales}.").format(
            scales=", ".join(scale.label for scale in needed)
        )
        markup.show("finding", level="reason", text=text)
        return
    said = _due(catalogue, course, known)
    if said:
        markup.show("finding", level=said[0], text=said[1])


def _due(
    catalogue: Catalogue, course: PatientCourse, known: tuple[CourseScore, ...]
) -> tuple[str, str] | None:
    """Level and words of a result that is still to be scored; None where nothing is to be said."""
    protocol = catalogue.protocols.get(course.protocol)
    judged = assessment_of(catalogue, course.protocol)
    if protocol is None or not protocol.onset:
        return None
    mine = [one for one in known if one.course_id in (None, course.course_id)]
    later = [one.measured_on[:10] for one in mine if one.timing != "baseline"]
    when = catalogue_text("protocols", protocol.code, "onset", protocol.onset)
    if judged is None:
        said = _("No later score yet. {protocol} is assessed by its sources at: {when}.")
        return None if later else ("note", said.format(protocol=protocol.label, when=when))
    found = score_due(judged, *_days(course.held, course.coming, later), over=course.over)
    if found is None:
        return None
    if found.expected:
        level, said = "note", _("Score expected on {day}, if held as planned: {protocol}, {when}.")
    elif found.on > context.today():
        level, said = "note", _("Score due on {day}: {protocol}, {when}.")
    else:
        level, said = "reason", _("Score due since {day}: {protocol}, {when}.")
    day = format_day(found.on.isoformat())
    return level, said.format(day=day, protocol=protocol.label, when=when)


def _days(*texts: Sequence[str]) -> Iterator[list[date]]:
    """The days of each; what is known less exactly than to the day is left out."""
    for some in texts:
        yield [date.fromisoformat(text) for text in some if len(text) == len("2026-11-22")]


def anchors(scale: OutcomeScale) -> dict[int, str]:
    """The words for whole values, if every value of the scale has some; else nothing."""
    found = {int(m[1]): m[2] for one in scale.anchors if (m := _ANCHOR.fullmatch(one))}
    if scale.low is None or scale.high is None:
        return {}
    return found if set(found) == set(range(int(scale.low), int(scale.high) + 1)) else {}


def _form(
    patient: Patient, scale: OutcomeScale, course_id: str | None, known: tuple[CourseScore, ...]
) -> None:
    today = context.today()
    ends = ""
    if scale.low is not None and scale.high is not None:
        ends = _("{low} to {high}, ").format(
            low=format_trimmed(scale.low), high=format_trimmed(scale.high)
        )
    facts = [f"{ends}{scale.unit}; {_(BETTER[scale.better])}"]
    words = anchors(scale)
    if not words:
        facts += list(scale.anchors)
    if scale.note:
        facts.append(scale.note)
    markup.show("note", text=" · ".join(facts))
    value: float | None
    if words:
        names = {value: f"{value} {text}" for value, text in words.items()}
        value = st.segmented_control(
            _("Value"), list(names), format_func=phrases.wording(names), key="score_grade"
        )
    else:
        value = st.number_input(
            _("Value"),
            min_value=scale.low,
            max_value=scale.high,
            value=None,
            step=1.0 if scale.ordinal else 0.1,
            key="score_value",
            width=170,
        )
    times = {code: _(text) for code, text in TIMES.items()}
    if scale.is_change:
        times.pop("baseline")
    with st.container(horizontal=True, key="score_when"):
        on = st.date_input(
            _("Measured on"), value=today, max_value=today, format="DD/MM/YYYY", key="score_on",
            width=170,
        )  # fmt: skip
        timing = st.segmented_control(
            _("Time of the score"),
            list(times),
            format_func=phrases.wording(times),
            default="follow_up",
            key="score_timing",
        )
    day = on or today
    stands = next(
        (
            one.value
            for one in known
            if (one.course_id, one.scale, one.measured_on[:10], one.area)
            == (course_id, scale.code, day.isoformat(), None)
        ),
        None,
    )
    st.button(
        _("Keep the score") if stands is None else _("Correct the score of that day"),
        key="score_keep",
        type="primary",
        disabled=value is None,
        on_click=_keep,
        args=(patient.patient_id, scale, value, day, timing or "", course_id, stands, today),
    )


def _keep(
    patient_id: str,
    scale: OutcomeScale,
    value: float,
    day: date,
    timing: str,
    course_id: str | None,
    stands: float | None,
    today: date,
) -> None:
    try:
        record_score(
            context.db(),
            patient_id,
            scale,
            float(value),
            context.actor(),
            measured_on=day,
            timing=timing,
            today=today,
            course_id=course_id,
            seen=stands,
        )
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("refused", str(error))
        return
    st.session_state[SAID] = ("note", _("The score was kept."))
    for name in ("score_grade", "score_value"):
        st.session_state.pop(name, None)
