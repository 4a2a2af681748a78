"""The handout of a course: read from the record, and filled in from its plan."""

from datetime import date
from pathlib import Path

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.types import Catalogue
from mesodash.consult.handout.contents import Handout, own_medians
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import CoursePlan, planned_sessions
from mesodash.records.courses.protocol_versions import ProtocolVersion
from mesodash.records.watch.scores import courses_of
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader


def still_planned(db: Path, patient_id: str, course_id: str, actor: Actor) -> CoursePlan | None:
    """A saved course as a plan, with the days that are still planned; None where there is none.

    Args:
        db: the clinic's file.
        patient_id: whose course.
        course_id: which.
        actor: who looks; the look is noted.

    Raises:
        RecordError: no such patient or course.
    """
    planned = [
        one for one in planned_sessions(db, actor, course_id=course_id) if one.state == "planned"
    ]
    course = next(
        (one for one in courses_of(db, patient_id, actor) if one.course_id == course_id), None
    )
    areas = next((one.areas for one in planned if one.areas), ())
    if course is None or not areas:
        return None
    return CoursePlan(
        protocol=course.protocol,
        indication=course.indication,
        areas=areas,
        dates=tuple(one.on for one in planned),
        at=planned[0].at,
        interval_days=course.interval_days,
    )


def handout_of(
    plan: CoursePlan,
    reader: Reader,
    catalogue: Catalogue,
    *,
    clinic: str,
    contact: str,
    version: ProtocolVersion | None,
    printed_on: date,
    figure: str,
    patient_id: str,
) -> Handout:
    """The contents of a plan's handout, with what the clinic itself saw after this protocol.

    Args:
        plan: the course.
        reader: gives the clinic's own durations.
        catalogue: as shipped, in no language.
        clinic: its name.
        contact: how to reach it, or "".
        version: the clinic's version of the protocol, if it adopted one.
        printed_on: the day.
        figure: female or male.
        patient_id: for the foot of the page, or "".
    """
    rows = reader.report("side_effects", sessions_told(plan), ("effect",))
    published = catalogue.protocols[plan.protocol].top_up_days
    top_up = version.parameters.top_up_days if version else None
    if top_up is None and published is not None:
        top_up = round(published)
    techniques = dict.fromkeys(area.technique for area in plan.areas)
    return Handout(
        clinic=clinic,
        contact=contact,
        protocol=plan.protocol,
        areas=tuple(AreaSide(area.area, area.side) for area in plan.areas),
        printed_on=printed_on,
        indication=plan.indication,
        dates=plan.dates,
        at=plan.at,
        sessions=len(plan.dates),
        interval_days=plan.interval_days,
        top_up_days=top_up,
        technique=next(iter(techniques)) if len(techniques) == 1 else None,
        own=own_medians(rows.to_dict("records")),
        figure=figure,
        patient=patient_id,
        diary=True,
    )


def sessions_told(plan: CoursePlan) -> Filters:
    """The sessions whose side effects a handout tells: the protocol's in the areas of the plan.

    The protocol's card counts the same, so that a patient reads what the practitioner said.
    """
    areas = dict.fromkeys(area.area for area in plan.areas)
    return Filters(protocols=(plan.protocol,), areas=tuple(areas))
