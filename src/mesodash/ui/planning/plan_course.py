"""Planning a course in the chosen areas: the form, its calendar, and keeping it."""

import secrets
from calendar import Calendar
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

import streamlit as st

from mesodash.catalogue.types import Protocol, Schedule
from mesodash.consult.intervals import interval_of
from mesodash.consult.planning import MOST_SESSIONS, PlanError, plan_course
from mesodash.language import N_, _, format_month, format_time, ngettext, pgettext
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea, practitioners
from mesodash.records.courses.plans import save_plan
from mesodash.records.store.errors import RecordError
from mesodash.ui.body_map import doses
from mesodash.ui.body_map.card import verdict_words
from mesodash.ui.body_map.consultation import Consultation
from mesodash.ui.parts import markup, phrases
from mesodash.ui.parts.caution_marks import MEANING, has_mark
from mesodash.ui.planning import handout
from mesodash.ui.planning.planned_sessions import SAVED, offer_cancelling
from mesodash.ui.protocols.protocol_card import schedule_words
from mesodash.ui.shell import context

NONCE = "consult_plan_nonce"
FORM = "plan_"
WEEKDAYS = (N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su"))
MOST_NAMED = 4
"""How many of the days already planned are named."""


def show_plan(consultation: Consultation) -> None:
    """Draw the form for the chosen protocol, or what is missing before there can be one."""
    saved = st.session_state.get(SAVED)
    if saved and saved[0] == (consultation.patient_id, consultation.chosen):
        _show_saved(consultation, saved[1])
        return
    protocol = consultation.protocol
    if protocol is None:
        markup.show(
            "empty",
            title=_("Choose a protocol first"),
            text=_("Choose one under Indicated; what is excluded or banned cannot be planned."),
        )
        return
    sites = doses.covered(consultation.catalogue, protocol, consultation.chosen)
    _form(consultation, protocol, sites)


@st.fragment
def _form(consultation: Consultation, protocol: Protocol, sites: tuple[Any, ...]) -> None:
    """The form, a fragment that reruns on its own while it is filled in."""
    context.actor()  # a fragment has to check the sign-in itself
    verdict = consultation.verdicts[protocol.code]
    markup.show(
        "section",
        title=_("Plan: {protocol}").format(protocol=protocol.label),
        aside="",
        text="; ".join(consultation.catalogue.label(site.area, site.side) for site in sites),
    )
    _planned_already(consultation)
    if verdict.reasons:
        words = verdict_words(verdict, consultation.catalogue)
        markup.show("verdict", verdict=words)
        if has_mark(words):
            markup.show("note", text=_(MEANING))
    asked = _ask(consultation, protocol)
    plan = _work_out(consultation, protocol, sites, asked)
    if asked["reason"] or (isinstance(plan, PlanError) and plan.needs_reason):
        st.text_input(
            _("Reason for departing from what is published or advised"),
            key=_key(protocol, "reason"),
            max_chars=500,
        )
    if isinstance(plan, PlanError):
        markup.show("empty", title=_("Not planned yet"), text=str(plan))
        return
    _preview(consultation, plan)
    _keep(consultation, plan)


def _planned_already(consultation: Consultation) -> None:
    """Name what is already planned in these areas, so that courses do not overlap unnoticed."""
    planned = consultation.overview.planned if consultation.overview else ()
    if planned:
        days = "; ".join(phrases.moment(one.planned_at) for one in planned[:MOST_NAMED])
        n, more = len(planned), len(planned) - MOST_NAMED
        if more > 0:
            text = _("Planned here already: {n} sessions ({days} and {more} more).")
        else:
            text = ngettext(
                "Planned here already: {n} session ({days}).",
                "Planned here already: {n} sessions ({days}).",
                n,
            )
        markup.show("note", text=text.format(n=phrases.number(n), days=days, more=more))


def _key(protocol: Protocol, name: str, schedule: Schedule | None = None) -> str:
    """A field's key; what a schedule fills in is another field for another schedule."""
    key = f"{FORM}{name}_{protocol.code}"
    if schedule is None or schedule is protocol.schedules[0]:
        return key
    return f"{key}_{schedule.code}"


def _ask_schedule(consultation: Consultation, protocol: Protocol) -> Schedule | None:
    """Which source's schedule is followed, of those for the patient's sex; None where none is.

    They are never merged: the numbers of the form are those of one.
    """
    mine = protocol.schedules_for(consultation.patient.sex if consultation.patient else None)
    if len(mine) <= 1:
        return mine[0] if mine else None
    by_code = {one.code: one for one in mine}
    sources = consultation.catalogue.sources
    code = st.selectbox(
        _("Schedule, as its source has it"),
        list(by_code),
        format_func=phrases.wording(
            {one.code: f"{schedule_words(one)} ({sources[one.sources[0]].text})" for one in mine}
        ),
        key=_key(protocol, "schedule"),
    )
    return by_code.get(code, mine[0])


def _ask(consultation: Consultation, protocol: Protocol) -> dict[str, Any]:
    """The form's fields; suggested is what the clinic adopted, else what is published."""
    version = consultation.versions.get(protocol.code)
    own = version.parameters if version else None
    asked: dict[str, Any] = {"indication": protocol.indications[0]}
    if len(protocol.indications) > 1:
        asked["indication"] = st.selectbox(
            _("What for"),
            protocol.indications,
            format_func=phrases.wording(
                {
                    code: consultation.catalogue.indications[code].label
                    for code in protocol.indications
                }
            ),
            key=_key(protocol, "indication"),
        )
    schedule = _ask_schedule(consultation, protocol)
    asked["schedule"] = schedule.code if schedule else None
    rest = interval_of(consultation.catalogue, protocol.code, version, schedule)
    with st.container(horizontal=True, key="plan_fields"):
        asked["sessions"] = st.number_input(
            _("Sessions"),
            min_value=1,
            max_value=MOST_SESSIONS,
            value=(own.sessions if own else None) or (schedule.sessions_min if schedule else None),
            placeholder=_("not published"),
            key=_key(protocol, "sessions", schedule),
            help=_published(
                phrases.between(schedule.sessions_min, schedule.sessions_max)
                if schedule
                else phrases.MISSING
            ),
            width=130,
        )
        asked["interval_days"] = st.number_input(
            _("Days between"),
            min_value=1,
            max_value=3650,
            value=None if rest.min_days is None else -int(-rest.min_days // 1),
            placeholder=_("not published"),
            key=_key(protocol, "interval", schedule),
            help=_published(
                phrases.between(schedule.interval_days_min, schedule.interval_days_max)
                if schedule
                else phrases.MISSING
            ),
            width=150,
        )
        asked["first_on"] = st.date_input(
            _("First session"),
            value=_first_day(consultation, rest.min_days),
            min_value=consultation.today - timedelta(days=7),
            key=_key(protocol, "first"),
            format="DD/MM/YYYY",
            width=160,
        )
        asked["at"] = st.time_input(
            pgettext("time of day", "At"),
            value=None,
            key=_key(protocol, "at"),
            step=timedelta(minutes=15),
            width=120,
        )
    asked["reason"] = st.session_state.get(_key(protocol, "reason"), "")
    return asked


def _published(span: str) -> str:
    if span == phrases.MISSING:
        return _("Not published.")
    return _("Published: {range}.").format(range=span)


def _last_here(consultation: Consultation) -> date | None:
    """When any of the chosen areas was last treated."""
    chosen = {site.area: site.side for site in consultation.chosen}
    days = [
        one.on
        for one in consultation.last_treated
        if one.area in chosen
        and (
            one.side == "both"
            or any(s.area == one.area and s.side in (one.side, "both") for s in consultation.chosen)
        )
    ]
    return max(days, default=None)


def _first_day(consultation: Consultation, least: float | None) -> date:
    """Today, or the first day on which the areas have rested."""
    last = _last_here(consultation)
    if last is None or least is None:
        return consultation.today
    return max(consultation.today, last + timedelta(days=-int(-least // 1)))


def _work_out(
    consultation: Consultation, protocol: Protocol, sites: tuple[Any, ...], asked: dict[str, Any]
) -> CoursePlan | PlanError:
    """The plan, or what is still missing."""
    if not isinstance(asked["first_on"], date):
        return PlanError(_("Say on which day the first session is."))
    at: time | None = asked["at"]
    figures = consultation.spaced(protocol)
    points = {site: n for site in sites if (n := figures.points_at(site, sites)) is not None}
    if figures.points is None and figures.spacing_cm is not None:
        points = {
            site: found.points[0]
            for site in sites
            if (
                found := doses.chosen_dose(
                    consultation.catalogue,
                    protocol,
                    figures,
                    [site],
                    context.atlas(),
                    figure=consultation.figure,
                )
            ).points
        }
    try:
        return plan_course(
            consultation.catalogue,
            protocol.code,
            sites,
            first_on=asked["first_on"],
            indication=asked["indication"],
            version=consultation.versions.get(protocol.code),
            sessions=asked["sessions"],
            interval_days=asked["interval_days"],
            at=at,
            points=points,
            country=consultation.country,
            level=consultation.verdicts[protocol.code].level,
            reason=asked["reason"],
            schedule=asked["schedule"],
            last_treated=_last_here(consultation),
        )
    except PlanError as error:
        return error


def _preview(consultation: Consultation, plan: CoursePlan) -> None:
    text = (
        _("Each on a day the clinic is open (no Sundays), at {time}. {areas}.")
        if plan.at
        else _("Each on a day the clinic is open (no Sundays). {areas}.")
    )
    areas = "; ".join(_dose(consultation, area) for area in plan.areas)
    markup.show(
        "section",
        title=_span(plan),
        aside="",
        text=text.format(time=format_time(plan.at) if plan.at else None, areas=areas),
    )
    markup.show(
        "months",
        months=months(plan.dates, consultation.today),
        weekdays=[_(day) for day in WEEKDAYS],
    )


def _dose(consultation: Consultation, area: PlannedArea) -> str:
    """A planned area with its points and volume."""
    parts = []
    if area.points:
        points = ngettext("{n} point", "{n} points", area.points)
        parts.append(points.format(n=phrases.number(area.points)))
    if area.volume_ml:
        parts.append(_("{number} mL").format(number=phrases.plain(area.volume_ml)))
    name = consultation.catalogue.label(area.area, area.side)
    if not parts:
        return name
    return _("{area}: {dose}").format(area=name, dose=", ".join(parts))


def _span(plan: CoursePlan) -> str:
    """The number of sessions, with the first and the last day."""
    n = len(plan.dates)
    first, last = (phrases.day(day.isoformat()) for day in (plan.dates[0], plan.dates[-1]))
    text = (
        ngettext("{n} session, {first}", "{n} sessions, {first}", n)
        if first == last
        else ngettext("{n} session, {first} to {last}", "{n} sessions, {first} to {last}", n)
    )
    return text.format(n=phrases.number(n), first=first, last=last)


def _keep(consultation: Consultation, plan: CoursePlan) -> None:
    """Save for a patient; a walk-in can take the handout, but has no sessions to plan."""
    if consultation.patient_id is None:
        markup.show(
            "note",
            text=_("Choose a patient to save these sessions; without one nothing is stored."),
        )
        handout.offer(consultation, plan, None)
        return
    treating = _who_treats(context.actor())
    nonce = st.session_state.setdefault(NONCE, secrets.token_hex(16))
    if st.button(_("Save as planned sessions"), type="primary", key="plan_save"):
        try:
            course = save_plan(
                context.db(), consultation.patient_id, plan, treating, context.actor(), nonce=nonce
            )
        except RecordError as error:
            st.session_state[NONCE] = secrets.token_hex(16)
            markup.show("empty", title=_("The plan was not saved"), text=str(error))
            return
        st.session_state[SAVED] = ((consultation.patient_id, consultation.chosen), (course, plan))
        st.session_state[NONCE] = secrets.token_hex(16)  # the next plan is another one
        st.rerun()


def _who_treats(actor: Actor) -> str | None:
    """Ask who will treat; a single practitioner is taken without asking."""
    if not actor.may("sessions.plan"):
        return None
    names = phrases.distinct(dict(practitioners(context.db(), actor)))
    if len(names) <= 1:
        return next(iter(names), None)
    return st.selectbox(
        _("Practitioner"),
        list(names),
        index=None,
        format_func=phrases.wording(names),
        key="plan_practitioner",
        placeholder=_("Not decided yet"),
    )


def _show_saved(consultation: Consultation, saved: tuple[str, CoursePlan]) -> None:
    """Show the saved plan with its downloads, and offer the next one."""
    course, plan = saved
    label = consultation.catalogue.protocols[plan.protocol].label
    markup.show(
        "done",
        title=_("Planned: {protocol}").format(protocol=label),
        text=_("{sessions}; the history shows them as planned.").format(sessions=_span(plan)),
    )
    markup.show(
        "months",
        months=months(plan.dates, consultation.today),
        weekdays=[_(day) for day in WEEKDAYS],
    )
    handout.offer(consultation, plan, course)
    with st.container(horizontal=True, key="plan_next"):
        st.button(_("Plan another course"), key="plan_another", on_click=_another)
        words = _("{protocol}, {sessions}").format(protocol=label, sessions=_span(plan))
        offer_cancelling(consultation, {course: words}, {course: plan.sessions(course)})


def _another() -> None:
    st.session_state.pop(SAVED, None)
    st.session_state[NONCE] = secrets.token_hex(16)


def months(dates: Sequence[date], today: date) -> list[dict[str, Any]]:
    """The `months` of the template `months`: title, and weeks of days.

    A day has its number, the numbers of the sessions on it, and whether it is today; a day of
    another month is None. Months without a session are left out.
    """
    sessions: dict[date, list[int]] = {}
    for number, day in enumerate(dates, 1):
        sessions.setdefault(day, []).append(number)
    grids = []
    for year, month in dict.fromkeys((day.year, day.month) for day in sorted(dates)):
        weeks = [
            [
                {
                    "day": day.day,
                    "sessions": sessions.get(day, []),
                    "today": day == today,
                }
                if day.month == month
                else None
                for day in week
            ]
            for week in Calendar().monthdatescalendar(year, month)
        ]
        grids.append({"title": format_month(date(year, month, 1)), "weeks": weeks})
    return grids
