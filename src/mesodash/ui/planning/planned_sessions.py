"""Sessions planned in the chosen areas: the list, its calendar file, moving and cancelling."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue
from mesodash.consult.intervals import Interval, against, interval_of, rest_states
from mesodash.language import _, ngettext
from mesodash.permissions import NotAllowedError
from mesodash.records.courses.plans import cancel_plan, move_session
from mesodash.records.patients.overview import ComingSession
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError
from mesodash.ui.body_map.consultation import Consultation
from mesodash.ui.parts import labels, markup, phrases
from mesodash.ui.planning import handout, not_held
from mesodash.ui.shell import context

UNKNOWN = Interval(None, None, "none")
FARTHEST = timedelta(days=3650)
WIDTH = 420
"""In pixels: a session with its protocol fits on one line; a narrow window makes it narrower."""
DAY, AT = "move_day_", "move_at_"
SAVED = "consult_plan_saved"
"""Where the plan just saved is kept for the page to show; a cancelled one is shown no more."""
SAID = "consult_cancel_said"
_REASON = "cancel_reason"


def show_planned(consultation: Consultation, planned: Sequence[ComingSession]) -> None:
    """Draw the sessions planned here, and what those who plan may do with them."""
    markup.show(
        "table",
        title=_("Planned here"),
        aside=phrases.sessions(len(planned)),
        caption=_("Patient {patient}; planned, not held.").format(patient=consultation.patient_id),
        columns=[
            {"label": label, "number": False, "help": "", "kind": kind}
            for label, kind in (
                (_("Date"), "short"),
                (_("Protocol"), "wide"),
                (_("Areas"), "wide"),
            )
        ],
        rows=[
            [
                phrases.moment(session.planned_at),
                protocol_words(consultation.catalogue, session.protocol),
                "; ".join(consultation.catalogue.label(*place) for place in session.places)
                or _("as in the course"),
            ]
            for session in planned
        ],
    )
    with st.container(horizontal=True, key="planned_acts"):
        _offer_moving(consultation, planned)
        _offer_cancelling_here(consultation, planned)
        courses = courses_of(consultation.catalogue, planned)
        for number, (course, words) in enumerate(courses.items(), 1):
            which = number if len(courses) > 1 else None
            handout.offer_calendar(course, which, words)


def _offer_cancelling_here(consultation: Consultation, planned: Sequence[ComingSession]) -> None:
    """Offer to cancel courses; a course goes as one, so all its sessions count as seen."""
    courses = courses_of(consultation.catalogue, planned)
    seen: dict[str, dict[str, str]] = {course: {} for course in courses}
    for one in consultation.overview.coming if consultation.overview else ():
        if one.course_id in seen:
            seen[one.course_id][one.session_id] = one.planned_at
    offer_cancelling(consultation, courses, seen)


def courses_of(catalogue: Catalogue, planned: Sequence[ComingSession]) -> dict[str, str]:
    """The courses with sessions planned here: id -> protocol and the first day."""
    courses: dict[str, str] = {}
    for one in planned:
        if one.course_id is not None and one.course_id not in courses:
            label = protocol_words(catalogue, one.protocol)
            courses[one.course_id] = _("{protocol}, next on {day}").format(
                protocol=label, day=phrases.day(one.planned_at)
            )
    return phrases.distinct(courses)


def protocol_words(catalogue: Catalogue, code: str | None) -> str:
    """A protocol's label, or that none was recorded."""
    return _("Protocol not recorded") if code is None else labels.protocol(catalogue, code)


def _offer_moving(consultation: Consultation, planned: Sequence[ComingSession]) -> None:
    """Offer to move one of the planned sessions; roles that plan see it.

    The input stays until the session is moved, even if somebody else was quicker.
    """
    if not planned or not consultation.actor.may("sessions.plan"):
        return
    names = phrases.distinct(
        {one.session_id: _session_words(consultation.catalogue, one) for one in planned}
    )
    with (
        st.popover(_("Move a planned session"), icon=":material/event_repeat:"),
        st.container(width=WIDTH, key="move_form"),
    ):
        which = next(iter(names))
        if len(names) > 1:
            which = st.selectbox(
                _("Which session"),
                list(names),
                format_func=phrases.wording(names),
                key="move_which",
            )
        else:
            st.text(names[which])
        session = next((one for one in planned if one.session_id == which), None)
        if session is not None:
            _ask_day(consultation, session, names[which])


def _ask_day(consultation: Consultation, session: ComingSession, name: str) -> None:
    """The new day and time, reasons against them, and the button."""
    day, at = DAY + session.session_id, AT + session.session_id
    stands = date.fromisoformat(session.planned_at[:10])
    st.session_state.setdefault(day, max(stands, consultation.today))
    st.session_state.setdefault(at, _time(session.planned_at))
    to = st.date_input(
        _("New day"),
        value=None,
        min_value=consultation.today,
        max_value=max(stands, consultation.today) + FARTHEST,
        format="DD/MM/YYYY",
        key=day,
    )
    st.time_input(_("At, if it is agreed"), value=None, step=timedelta(minutes=15), key=at)
    against_it = warnings(consultation, session, to) if isinstance(to, date) else ()
    for sentence in against_it:
        st.text(f"! {sentence}")  # our own colours do not apply in popovers
    st.button(
        _("Move it all the same") if against_it else _("Move it"),
        key="move_session",
        type="primary",
        help=_("The other sessions of the course stay where they are."),
        on_click=_move,
        args=(session.session_id, session.course_id, session.planned_at, name),
    )


def warnings(consultation: Consultation, session: ComingSession, to: date) -> tuple[str, ...]:
    """Reasons against the day: the interval to sessions held or planned in its areas."""
    interval = UNKNOWN
    if session.protocol is not None and session.protocol in consultation.catalogue.protocols:
        version = consultation.versions.get(session.protocol)
        interval = interval_of(consultation.catalogue, session.protocol, version)
    here = tuple(AreaSide(*place) for place in session.places) or consultation.chosen
    last = rest_states(
        {AreaSide(one.area, one.side): one.on for one in consultation.last_treated},
        interval,
        consultation.today,
        areas=here,
        catalogue=consultation.catalogue,
    )
    coming = consultation.overview.coming if consultation.overview else ()
    places = {(site.area, site.side) for site in here}
    return against(
        to,
        interval,
        held=max((state.last_on for state in last.values() if state.last_on), default=None),
        planned=[
            date.fromisoformat(one.planned_at[:10])
            for one in coming
            if one.session_id != session.session_id
            and (
                (one.course_id is not None and one.course_id == session.course_id)
                or places & set(one.places)
            )
        ],
    )


def _session_words(catalogue: Catalogue, session: ComingSession) -> str:
    """A session in a line: when, and by which protocol."""
    when = phrases.moment(session.planned_at)
    if session.protocol is None:
        return when
    return _("{when}: {protocol}").format(
        when=when, protocol=labels.protocol(catalogue, session.protocol)
    )


def _time(held_at: str) -> time | None:
    return time.fromisoformat(held_at[11:16]) if len(held_at) > len("2026-01-31") else None


def _move(session_id: str, course_id: str | None, seen: str, name: str) -> None:
    """Move it in a callback, so that the next run shows the session on its new day."""
    to, at = (st.session_state.get(key + session_id) for key in (DAY, AT))
    if not isinstance(to, date):
        st.session_state[SAID] = (
            "empty",
            _("The session was not moved"),
            _("Choose its new day."),
        )
        return
    try:
        stands = move_session(context.db(), session_id, context.actor(), seen=seen, to=to, at=at)
    except ChangedMeanwhileError as error:
        text = phrases.days_in(str(error))
        st.session_state[SAID] = ("empty", _("Not moved: somebody else was quicker"), text)
        return
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("empty", _("The session was not moved"), str(error))
        return
    for key in (DAY, AT):
        st.session_state.pop(key + session_id, None)
    saved = st.session_state.get(SAVED)
    if saved and saved[1][0] == course_id:  # it shows the days as they were first planned
        st.session_state.pop(SAVED)
    was, now = phrases.moment(seen), phrases.moment(stands)
    st.session_state[SAID] = (
        (
            "done",
            _("Moved: {session}").format(session=name),
            _("It was planned on {was} and is now planned on {now}.").format(was=was, now=now),
        )
        if stands != seen
        else (
            "done",
            _("Left where it was: {session}").format(session=name),
            _("It is planned on {now}, as before.").format(now=now),
        )
    )


def offer_cancelling(
    consultation: Consultation, courses: Mapping[str, str], seen: Mapping[str, Mapping[str, str]]
) -> None:
    """Offer to cancel one of the courses; roles that plan see it.

    Args:
        consultation: the patient, areas and plans.
        courses: id -> what it is, in words.
        seen: id -> its planned sessions as they are shown here: session_id -> held_at.
    """
    if not courses or not consultation.actor.may("sessions.plan"):
        return
    with st.popover(_("Cancel a planned course"), icon=":material/event_busy:"):
        course = next(iter(courses))
        if len(courses) > 1:
            course = st.selectbox(
                _("Which course"),
                list(courses),
                format_func=phrases.wording(courses),
                key="cancel_which",
            )
            if course not in courses:
                return
        else:
            st.text(courses[course])  # our own colours do not apply in popovers
        not_held.ask(_REASON)
        st.button(
            _("Cancel all that is still planned"),
            key="cancel_plan",
            type="primary",
            help=_("Sessions that were held stay as they are; the course is then stopped."),
            on_click=_cancel,
            args=(course, courses[course], dict(seen[course])),
        )


def _cancel(course_id: str, words: str, seen: Mapping[str, str]) -> None:
    """Cancel it in a callback, so that the next run shows the course's new state."""
    reason = not_held.given(_REASON)
    try:
        cancelled = cancel_plan(context.db(), course_id, context.actor(), seen=seen, reason=reason)
    except ChangedMeanwhileError as error:
        # What was saved here is no longer current: the history shows what is.
        st.session_state.pop(SAVED, None)
        text = phrases.days_in(str(error))
        st.session_state[SAID] = (
            "empty",
            _("Not cancelled: somebody changed it meanwhile"),
            text,
        )
        return
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("empty", _("The plan was not cancelled"), str(error))
        return
    not_held.forget(_REASON)
    st.session_state.pop(SAVED, None)
    st.session_state[SAID] = (
        "done",
        _("Cancelled: {course}").format(course=words),
        ngettext(
            "{n} session will not be held; the course is stopped.",
            "{n} sessions will not be held; the course is stopped.",
            cancelled,
        ).format(n=phrases.number(cancelled)),
    )


def show_said() -> None:
    """Show once whether a session was moved or a course cancelled."""
    said = st.session_state.pop(SAID, None)
    if said:
        template, title, text = said
        markup.show(template, title=title, text=text)
