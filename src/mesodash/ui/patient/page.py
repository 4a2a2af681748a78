"""The patient page: identity at a glance, the body, a timeline, what is planned and open."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from mesodash.bodymap.atlas import most_skin_first
from mesodash.bodymap.choice import AreaSide
from mesodash.bodymap.colours import ColourScale
from mesodash.bodymap.figure.component import body_figure
from mesodash.consult.consent_text import PURPOSES
from mesodash.figures.timeline import CourseSpan, timeline
from mesodash.language import _, format_day, ngettext
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.completeness import SessionTicks, ticks_of
from mesodash.records.patients.patients import Patient
from mesodash.records.store.clinic import Clinic
from mesodash.records.treatment.follow_up import open_effects
from mesodash.records.treatment.history import TreatedSession, patient_history
from mesodash.records.watch.consents import Consent, consents_of
from mesodash.ui.body_map import history, screening, treated_sessions
from mesodash.ui.body_map.consultation import Consultation, read_consultation
from mesodash.ui.body_map.patient_choice import describe
from mesodash.ui.parts import area_choice, labels, markup
from mesodash.ui.planning import handout, planned_sessions
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

MOST_ROWS = 200
SHOWN = 12

Rows = Sequence[TreatedSession]


def read(clinic: Clinic, actor: Actor, patient: Patient) -> tuple[Consultation, Rows]:
    """All of one patient: the consultation over all treated areas, and what was done in them.

    The look is noted in the change log.
    """
    rows = patient_history(context.db(), patient.patient_id, actor, limit=MOST_ROWS)
    treated = tuple(dict.fromkeys(AreaSide(row.area, row.side) for row in rows))
    return read_consultation(clinic, actor, patient, treated), rows


def show_sessions(consultation: Consultation) -> None:
    """The newest sessions, each with what it has and lacks and a link to all of it."""
    found = ticks_of(
        context.db(),
        str(consultation.patient_id),
        consultation.actor,
        today=consultation.today.isoformat(),
        limit=SHOWN,
    )
    if not found:
        return
    lacking = sum(not one.is_complete for one in found)
    with st.container(border=True, key="patient_sessions"):
        markup.show(
            "section",
            title=_("Sessions"),
            aside=ngettext("{n} incomplete", "{n} incomplete", lacking).format(n=lacking)
            if lacking
            else _("all complete"),
            text=_("Open one to read it whole, to finalise or to correct it."),
        )
        for one in found:
            with st.container(
                horizontal=True,
                vertical_alignment="center",
                key=f"patient_session_{one.session_id}",
            ):
                link(
                    "record",
                    format_day(one.held_at),
                    icon=":material/lock:" if one.finalised else ":material/description:",
                    patient=str(consultation.patient_id),
                    session=one.session_id,
                )
                markup.show(
                    "ticks",
                    title=_("Completeness of the session of {day}").format(
                        day=format_day(one.held_at)
                    ),
                    yes=_("recorded"),
                    no=_("missing"),
                    ticks=_ticks(one),
                )


def _ticks(one: SessionTicks) -> list[tuple[bool, str]]:
    """What a session has and lacks; what is not due is left out."""
    words = (
        (one.products, _("products and lots")),
        (one.dose, _("dose")),
        (one.consent, _("consent")),
        (one.baseline, _("baseline")),
        (one.follow_up, _("follow-up")),
    )
    return [(done, text) for done, text in words if done is not None]


def show_table(consultation: Consultation, rows: Rows) -> None:
    """The newest sessions, area by area."""
    if rows:
        treated_sessions.show_table(consultation.catalogue, rows[:SHOWN], with_patient=False)


def show_head(consultation: Consultation, rows: Rows) -> None:
    """Who the patient is, what comes next, and links to further pages."""
    patient = consultation.patient
    if patient is None:
        return
    markup.show(
        "heading",
        title=_("Patient {id}").format(id=patient.patient_id),
        text=describe(patient, year=consultation.today.year).partition(" · ")[2],
    )
    with st.container(horizontal=True, key="patient_ways"):
        who = {"patient": patient.patient_id}
        todays = _planned_today(consultation)
        if todays is not None:
            words = _("Record today's session")
            link("record", words, icon=":material/edit_note:", session=todays, **who)
        words = _("Record a session") if todays is None else _("Record another session")
        link("record", words, icon=":material/edit_note:", **who)
        link("body_map", _("Plan on the body map"), icon=":material/accessibility_new:", **who)
    flags = _flags(consultation)
    if flags:
        text = _("To mind: {flags}").format(flags="; ".join(flags))
        markup.show("finding", level="reason", text=text)
    if patient.note:
        markup.show("note", text=_("Note: {note}").format(note=patient.note))
    markup.show("measures", measures=_measures(consultation, rows))


def _planned_today(consultation: Consultation) -> str | None:
    """The id of the session that is planned for today, or None."""
    coming = consultation.overview.coming if consultation.overview else ()
    today = consultation.today.isoformat()
    return next((one.session_id for one in coming if one.planned_at[:10] == today), None)


def _flags(consultation: Consultation) -> list[str]:
    """What the patient answered yes to, with the details given."""
    flags = []
    for code, answer in consultation.answers.given.items():
        if answer.said != "yes" or code not in consultation.catalogue.questions:
            continue
        where = [
            consultation.catalogue.areas[a].label
            for a in answer.areas
            if a in consultation.catalogue.areas
        ]
        more = ", ".join(part for part in (answer.detail, *where) if part)
        label = consultation.catalogue.questions[code].label
        flags.append(f"{label} ({more})" if more else label)
    return flags


def _consent(consultation: Consultation) -> tuple[str, str, str]:
    """The valid consents: when the newest was given, and their purposes."""
    given = consents_of(context.db(), str(consultation.patient_id), consultation.actor)
    standing: list[Consent] = [one for one in given if one.withdrawn_on is None]
    if not standing:
        return _("Consent"), _("none"), _("none stands")
    words = dict.fromkeys(_(PURPOSES[one.purpose]) for one in standing)
    return _("Consent"), format_day(max(one.given_on for one in standing)), ", ".join(words)


def _measures(
    consultation: Consultation, rows: Sequence[TreatedSession]
) -> list[tuple[str, str, str]]:
    coming = consultation.overview.coming if consultation.overview else ()
    following = [one for one in coming if one.planned_at[:10] >= consultation.today.isoformat()]
    newest = next((row for row in rows if row.number), None)
    still = open_effects(context.db(), str(consultation.patient_id), consultation.actor)
    effects = [consultation.catalogue.side_effects[one.effect].label for one in still[:3]]
    sessions = len({row.session_id for row in rows})
    return [
        (
            _("Last here"),
            format_day(rows[0].held_at) if rows else _("never"),
            ngettext("{n} session in all", "{n} sessions in all", sessions).format(n=sessions),
        ),
        (
            _("Next"),
            format_day(following[0].planned_at) if following else _("not planned"),
            planned_sessions.protocol_words(consultation.catalogue, following[0].protocol)
            if following
            else "",
        ),
        (
            _("Course"),
            (
                _("{n} of {of}")
                if (newest.number or 0) <= (newest.planned_sessions or newest.number or 0)
                else _("{n}, after {of}")
            ).format(n=newest.number, of=newest.planned_sessions or "?")
            if newest
            else _("none"),
            planned_sessions.protocol_words(consultation.catalogue, newest.protocol)
            if newest
            else "",
        ),
        (
            _("Open side effects"),
            str(len(still)),
            ", ".join(effects) if effects else _("none known to be open"),
        ),
        _consent(consultation),
        (
            _("Screening"),
            format_day(consultation.screening.screened_on.isoformat())
            if consultation.screening
            else _("none"),
            screening.status(consultation).rpartition(" · ")[2],
        ),
    ]


def show_figure(consultation: Consultation, rows: Rows) -> None:
    """The body, coloured by how often each area of this patient was treated."""
    drawn = area_choice.area_labels()
    counted: Counter[AreaSide] = Counter()
    for place in {(row.session_id, row.area, row.side) for row in rows}:
        counted.update(area_choice.places(AreaSide(place[1], place[2]), drawn))
    words = {
        site: ngettext("{n} session", "{n} sessions", n).format(n=n) for site, n in counted.items()
    }
    body_figure(
        key="patient_figure",
        labels=drawn,
        figure=consultation.figure,
        view=_view(consultation, counted),
        tone=consultation.tone,
        values=dict(counted),
        value_text=words,
        scale=ColourScale(_("Sessions of this patient"), 0, max(counted.values(), default=1)),
        read_only=True,
    )


def _view(consultation: Consultation, counted: Counter[AreaSide]) -> str:
    """The view that shows most of what was treated most."""
    for site, _times in counted.most_common(1):
        for view, _shape in most_skin_first(context.atlas(), consultation.figure, site):
            return view.name
    return "front"


def _courses(consultation: Consultation, rows: Rows) -> list[CourseSpan]:
    """The courses from their first to their last session, held or planned; the newest first."""
    coming = consultation.overview.coming if consultation.overview else ()
    days: dict[tuple[str, str | None], list[str]] = {}
    for course, protocol, day in (
        *((row.course_id, row.protocol, row.held_at) for row in rows),
        *((one.course_id, one.protocol, one.planned_at) for one in coming),
    ):
        if course is not None:
            days.setdefault((course, protocol), []).append(day[:10])
    spans = []
    for (_course, protocol), on in days.items():
        name = labels.protocol(consultation.catalogue, protocol) if protocol else _("no protocol")
        words = _("{protocol}: {first} to {last}").format(
            protocol=name, first=format_day(min(on)), last=format_day(max(on))
        )
        course = _("Course: {protocol}").format(protocol=name)
        spans.append(CourseSpan(course, min(on), max(on), words))
    return spans


def show_timeline(consultation: Consultation, rows: Rows) -> None:
    """One line of time: sessions held and planned, side effects as bars, scores."""
    coming = consultation.overview.coming if consultation.overview else ()
    if not rows and not coming:
        markup.show(
            "empty",
            title=_("Nothing recorded yet"),
            text=_("Record the first session, or plan a course on the body map."),
        )
        return
    chart = timeline(
        treated_sessions.visits(consultation.catalogue, rows, coming, (), with_patient=False),
        treated_sessions.lasted(consultation.catalogue, rows),
        treated_sessions.scores(
            consultation.catalogue, consultation.overview.scores if consultation.overview else ()
        ),
        today=consultation.today,
        subtitle=_(
            "Hollow: planned. Bars: side effects from onset to end, an arrow while open."
            " Lines: scores."
        ),
        courses=_courses(consultation, rows),
    )
    with st.container(border=True, key="card_timeline"):
        markup.show("section", title=chart.title, aside="", text=chart.subtitle)
        st.plotly_chart(
            chart.figure, key="timeline", theme=None, config=history.CONFIG, alt=chart.alt
        )


def show_planned(consultation: Consultation) -> None:
    """What is planned, in any area, with a link to record the next one."""
    coming = consultation.overview.coming if consultation.overview else ()
    if not coming:
        return
    planned_sessions.show_planned(consultation, coming)
    for course, words in planned_sessions.courses_of(consultation.catalogue, coming).items():
        handout.offer_saved(consultation, course, words)
    first = coming[0]
    link(
        "record",
        _("Record the session of {day}").format(day=format_day(first.planned_at)),
        icon=":material/edit_note:",
        patient=str(consultation.patient_id),
        session=first.session_id,
    )
