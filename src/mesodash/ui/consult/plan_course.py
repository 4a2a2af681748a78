"""Planning a course in the chosen areas: the form, its calendar, and keeping it."""

import secrets
from datetime import date, time, timedelta
from typing import Any

import streamlit as st

from mesodash.catalogue.types import Protocol
from mesodash.consult.planning import MOST_SESSIONS, PlanError, plan_course
from mesodash.consult.rest import interval_of
from mesodash.records.actor import Actor
from mesodash.records.errors import RecordError
from mesodash.records.plans import CoursePlan, practitioners, save_plan
from mesodash.ui import access, markup, phrases
from mesodash.ui.consult import doses, take_away
from mesodash.ui.consult.cancelling import SAVED, offer_cancelling
from mesodash.ui.consult.card import verdict_words
from mesodash.ui.consult.month_grid import WEEKDAYS, months
from mesodash.ui.consult.scene import Scene

NONCE = "consult_plan_nonce"
FORM = "plan_"
MOST_NAMED = 4
"""How many of the days already planned are named."""


def show_plan(scene: Scene) -> None:
    """Draw the form for the chosen protocol, or what is missing before there can be one."""
    saved = st.session_state.get(SAVED)
    if saved and saved[0] == (scene.patient_id, scene.chosen):
        _show_saved(scene, saved[1])
        return
    protocol = scene.protocol
    if protocol is None:
        markup.show(
            "empty",
            title="Choose a protocol first",
            text="Choose one under Indicated; what is excluded or banned cannot be planned.",
        )
        return
    sites = doses.covered(scene.catalogue, protocol, scene.chosen)
    _form(scene, protocol, sites)


@st.fragment
def _form(scene: Scene, protocol: Protocol, sites: tuple[Any, ...]) -> None:
    """The form, run by itself while it is filled in."""
    access.actor()  # a part that runs by itself asks by itself whether the sign-in stands
    verdict = scene.verdicts[protocol.code]
    markup.show(
        "section",
        title=f"Plan: {protocol.label}",
        aside="",
        text=", ".join(scene.catalogue.label(site.area, site.side) for site in sites),
    )
    _planned_already(scene)
    if verdict.reasons:
        markup.show("verdict", verdict=verdict_words(verdict))
    asked = _ask(scene, protocol)
    plan, problem = _work_out(scene, protocol, sites, asked)
    reason_needed = problem is not None and problem.endswith("reason.")
    if reason_needed or asked["reason"]:
        st.text_input(
            "Reason for departing from what is published or advised",
            key=_key(protocol, "reason"),
            max_chars=500,
        )
    if plan is None:
        markup.show("empty", title="Not planned yet", text=problem or "")
        return
    _preview(scene, plan)
    _keep(scene, plan)


def _planned_already(scene: Scene) -> None:
    """Say what is planned in these areas already, so that no two courses meet there unseen."""
    planned = scene.standing.planned if scene.standing else ()
    if planned:
        days = [phrases.moment(one.planned_at) for one in planned[:MOST_NAMED]]
        more = f" and {len(planned) - MOST_NAMED} more" if len(planned) > MOST_NAMED else ""
        sessions = phrases.count(len(planned), "session")
        markup.show("note", text=f"Planned here already: {sessions} ({'; '.join(days)}{more}).")


def _key(protocol: Protocol, name: str) -> str:
    return f"{FORM}{name}_{protocol.code}"


def _ask(scene: Scene, protocol: Protocol) -> dict[str, Any]:
    """The form's fields; suggested is what the clinic adopted, else what is published."""
    version = scene.versions.get(protocol.code)
    own = version.parameters if version else None
    rest = interval_of(scene.catalogue, protocol.code, version)
    asked: dict[str, Any] = {"indication": protocol.indications[0]}
    if len(protocol.indications) > 1:
        asked["indication"] = st.selectbox(
            "What for",
            protocol.indications,
            format_func=phrases.wording(
                {code: scene.catalogue.indications[code].label for code in protocol.indications}
            ),
            key=_key(protocol, "indication"),
        )
    with st.container(horizontal=True, key="plan_fields"):
        asked["sessions"] = st.number_input(
            "Sessions",
            min_value=1,
            max_value=MOST_SESSIONS,
            value=(own.sessions if own else None) or protocol.sessions_min,
            placeholder="not published",
            key=_key(protocol, "sessions"),
            help=_published(phrases.between(protocol.sessions_min, protocol.sessions_max)),
            width=130,
        )
        asked["interval_days"] = st.number_input(
            "Days between",
            min_value=1,
            max_value=3650,
            value=None if rest.min_days is None else -int(-rest.min_days // 1),
            placeholder="not published",
            key=_key(protocol, "interval"),
            help=_published(
                phrases.between(protocol.interval_days_min, protocol.interval_days_max)
            ),
            width=150,
        )
        asked["first_on"] = st.date_input(
            "First session",
            value=_first_day(scene, rest.min_days),
            min_value=scene.today - timedelta(days=7),
            key=_key(protocol, "first"),
            format="DD/MM/YYYY",
            width=160,
        )
        asked["at"] = st.time_input(
            "At", value=None, key=_key(protocol, "at"), step=timedelta(minutes=15), width=120
        )
    asked["reason"] = st.session_state.get(_key(protocol, "reason"), "")
    return asked


def _published(span: str) -> str:
    return "Not published." if span == phrases.MISSING else f"Published: {span}."


def _last_here(scene: Scene) -> date | None:
    """When any of the chosen areas was last treated."""
    chosen = {site.area: site.side for site in scene.chosen}
    days = [
        one.on
        for one in scene.last_treated
        if one.area in chosen
        and (
            one.side == "both"
            or any(s.area == one.area and s.side in (one.side, "both") for s in scene.chosen)
        )
    ]
    return max(days, default=None)


def _first_day(scene: Scene, least: float | None) -> date:
    """Today, or the first day on which the areas have rested."""
    last = _last_here(scene)
    if last is None or least is None:
        return scene.today
    return max(scene.today, last + timedelta(days=-int(-least // 1)))


def _work_out(
    scene: Scene, protocol: Protocol, sites: tuple[Any, ...], asked: dict[str, Any]
) -> tuple[CoursePlan | None, str | None]:
    """The plan, or the sentence that says what is missing."""
    if not isinstance(asked["first_on"], date):
        return None, "Say on which day the first session is."
    at: time | None = asked["at"]
    figures = scene.spaced(protocol)
    points = None
    if figures.points is None and figures.spacing_cm is not None:
        points = {
            site: found.points[0]
            for site in sites
            if (
                found := doses.here(
                    scene.catalogue, protocol, figures, [site], access.atlas(), figure=scene.figure
                )
            ).points
        }
    try:
        plan = plan_course(
            scene.catalogue,
            protocol.code,
            sites,
            first_on=asked["first_on"],
            indication=asked["indication"],
            version=scene.versions.get(protocol.code),
            sessions=asked["sessions"],
            interval_days=asked["interval_days"],
            at=at,
            points=points,
            country=scene.country,
            level=scene.verdicts[protocol.code].level,
            reason=asked["reason"],
            last_treated=_last_here(scene),
        )
    except PlanError as error:
        return None, str(error)
    return plan, None


def _preview(scene: Scene, plan: CoursePlan) -> None:
    at = f" at {plan.at:%H:%M}" if plan.at else ""
    markup.show(
        "section",
        title=f"{phrases.count(len(plan.dates), 'session')}, {_span(plan)}",
        aside="",
        text=f"Each a day the clinic is open (no Sundays){at}. "
        + "; ".join(
            scene.catalogue.label(area.area, area.side)
            + (f": {phrases.count(area.points, 'point')}" if area.points else "")
            + (f", {phrases.plain(area.volume_ml)} mL" if area.volume_ml else "")
            for area in plan.areas
        )
        + ".",
    )
    markup.show("months", months=months(plan.dates, scene.today), weekdays=WEEKDAYS)


def _span(plan: CoursePlan) -> str:
    first, last = (phrases.day(day.isoformat()) for day in (plan.dates[0], plan.dates[-1]))
    return first if first == last else f"{first} to {last}"


def _keep(scene: Scene, plan: CoursePlan) -> None:
    """Save for a patient; a walk-in can take the handout, but has no sessions to plan."""
    if scene.patient_id is None:
        markup.show(
            "note",
            text="Choose a patient to save these sessions; without one nothing is stored.",
        )
        take_away.offer(scene, plan, None)
        return
    treating = _who_treats(access.actor())
    nonce = st.session_state.setdefault(NONCE, secrets.token_hex(16))
    if st.button("Save as planned sessions", type="primary", key="plan_save"):
        try:
            course = save_plan(
                access.db(), scene.patient_id, plan, treating, access.actor(), nonce=nonce
            )
        except RecordError as error:
            st.session_state[NONCE] = secrets.token_hex(16)
            markup.show("empty", title="The plan was not saved", text=str(error))
            return
        st.session_state[SAVED] = ((scene.patient_id, scene.chosen), (course, plan))
        st.session_state[NONCE] = secrets.token_hex(16)  # the next plan is another one
        st.rerun()


def _who_treats(actor: Actor) -> str | None:
    """Ask who will treat where there are several; one alone is it, and none is left open."""
    if not actor.may("sessions.plan"):
        return None
    names = phrases.distinct(dict(practitioners(access.db(), actor)))
    if len(names) <= 1:
        return next(iter(names), None)
    return st.selectbox(
        "Practitioner",
        list(names),
        index=None,
        format_func=phrases.wording(names),
        key="plan_practitioner",
        placeholder="Not decided yet",
    )


def _show_saved(scene: Scene, saved: tuple[str, CoursePlan]) -> None:
    """What was planned, with what to take away; then the next."""
    course, plan = saved
    label = scene.catalogue.protocols[plan.protocol].label
    markup.show(
        "done",
        title=f"Planned: {label}",
        text=f"{phrases.count(len(plan.dates), 'session')}, {_span(plan)}; they stand in the"
        " history as planned.",
    )
    markup.show("months", months=months(plan.dates, scene.today), weekdays=WEEKDAYS)
    take_away.offer(scene, plan, course)
    with st.container(horizontal=True, key="plan_next"):
        st.button("Plan another course", key="plan_another", on_click=_another)
        words = f"{label}, {_span(plan)}"
        offer_cancelling(scene, {course: words}, {course: plan.sessions(course)})


def _another() -> None:
    st.session_state.pop(SAVED, None)
    st.session_state[NONCE] = secrets.token_hex(16)
