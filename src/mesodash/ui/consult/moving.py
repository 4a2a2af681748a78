"""Moving a planned session to another day, with a word where it comes too early."""

from collections.abc import Sequence
from datetime import date, time, timedelta

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue
from mesodash.consult.moving import against
from mesodash.consult.rest import Interval, interval_of, rest_states
from mesodash.permissions import NotAllowedError
from mesodash.records.errors import ChangedMeanwhileError, RecordError
from mesodash.records.moving import move_session
from mesodash.records.patient_areas import ComingSession
from mesodash.ui import access, labels, phrases
from mesodash.ui.consult.cancelling import SAID, SAVED
from mesodash.ui.consult.scene import Scene

UNKNOWN = Interval(None, None, "none")
FARTHEST = timedelta(days=3650)
WIDTH = 420
"""In pixels: a session with its protocol stands in one line; a narrow window makes it narrower."""
DAY, AT = "move_day_", "move_at_"


def offer_moving(scene: Scene, planned: Sequence[ComingSession]) -> None:
    """Offer to move one of the planned sessions; roles that plan see it.

    What was entered stays until the session was moved, also where somebody else was quicker.
    """
    if not planned or not scene.actor.may("sessions.plan"):
        return
    names = phrases.distinct({one.session_id: _name(scene.catalogue, one) for one in planned})
    with (
        st.popover("Move a planned session", icon=":material/event_repeat:"),
        st.container(width=WIDTH, key="move_form"),
    ):
        which = next(iter(names))
        if len(names) > 1:
            which = st.selectbox(
                "Which session", list(names), format_func=phrases.wording(names), key="move_which"
            )
        else:
            st.text(names[which])
        session = next((one for one in planned if one.session_id == which), None)
        if session is not None:
            _ask(scene, session, names[which])


def _ask(scene: Scene, session: ComingSession, name: str) -> None:
    """The new day and time, what speaks against them, and the button."""
    day, at = DAY + session.session_id, AT + session.session_id
    stands = date.fromisoformat(session.planned_at[:10])
    st.session_state.setdefault(day, max(stands, scene.today))
    st.session_state.setdefault(at, _time(session.planned_at))
    to = st.date_input(
        "New day",
        value=None,
        min_value=scene.today,
        max_value=max(stands, scene.today) + FARTHEST,
        format="DD/MM/YYYY",
        key=day,
    )
    st.time_input("At, if it is agreed", value=None, step=timedelta(minutes=15), key=at)
    told = warnings(scene, session, to) if isinstance(to, date) else ()
    for sentence in told:
        st.text(f"! {sentence}")  # our own colours do not reach into what floats
    st.button(
        "Move it all the same" if told else "Move it",
        key="move_session",
        type="primary",
        help="The other sessions of the course stay where they are.",
        on_click=_move,
        args=(session.session_id, session.course_id, session.planned_at, name),
    )


def warnings(scene: Scene, session: ComingSession, to: date) -> tuple[str, ...]:
    """What speaks against the day: the interval to what was held and is planned in its areas."""
    interval = UNKNOWN
    if session.protocol is not None and session.protocol in scene.catalogue.protocols:
        version = scene.versions.get(session.protocol)
        interval = interval_of(scene.catalogue, session.protocol, version)
    here = tuple(AreaSide(*place) for place in session.places) or scene.chosen
    last = rest_states(
        {AreaSide(one.area, one.side): one.on for one in scene.last_treated},
        interval,
        scene.today,
        areas=here,
        catalogue=scene.catalogue,
    )
    coming = scene.standing.coming if scene.standing else ()
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


def _name(catalogue: Catalogue, session: ComingSession) -> str:
    """A session in a line: when, and by which protocol."""
    when = phrases.moment(session.planned_at)
    if session.protocol is None:
        return when
    return f"{when}: {labels.protocol(catalogue, session.protocol)}"


def _time(held_at: str) -> time | None:
    return time.fromisoformat(held_at[11:16]) if len(held_at) > len("2026-01-31") else None


def _move(session_id: str, course_id: str | None, seen: str, name: str) -> None:
    """In a callback, so that the page that follows shows the session where it then stands."""
    to, at = (st.session_state.get(key + session_id) for key in (DAY, AT))
    if not isinstance(to, date):
        st.session_state[SAID] = ("empty", "The session was not moved", "Choose its new day.")
        return
    try:
        stands = move_session(access.db(), session_id, access.actor(), seen=seen, to=to, at=at)
    except ChangedMeanwhileError as error:
        text = phrases.days_in(str(error))
        st.session_state[SAID] = ("empty", "Not moved: somebody else was quicker", text)
        return
    except (RecordError, NotAllowedError) as error:
        st.session_state[SAID] = ("empty", "The session was not moved", str(error))
        return
    for key in (DAY, AT):
        st.session_state.pop(key + session_id, None)
    saved = st.session_state.get(SAVED)
    if saved and saved[1][0] == course_id:  # it shows the days as they were first planned
        st.session_state.pop(SAVED)
    was, now = phrases.moment(seen), phrases.moment(stands)
    st.session_state[SAID] = (
        ("done", f"Moved: {name}", f"It was planned on {was} and is now planned on {now}.")
        if stands != seen
        else ("done", f"Left where it was: {name}", f"It is planned on {now}, as before.")
    )
