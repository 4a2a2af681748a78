"""An overview of one patient's areas: planned sessions, courses under way and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.history import Site


@dataclass(frozen=True, slots=True)
class ComingSession:
    """A future session in one of the requested areas.

    Attributes:
        places: (area, side) planned; empty if only its course tells the area.
    """

    session_id: str
    planned_at: str
    protocol: str | None
    course_id: str | None
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CourseScore:
    """One outcome of a patient, with or without a course."""

    course_id: str | None
    protocol: str | None
    scale: str
    area: str | None
    value: float
    measured_on: str
    timing: str | None


@dataclass(frozen=True, slots=True)
class PatientOverview:
    """What the panel shows of one patient besides the sessions themselves.

    Attributes:
        under_way: the protocols of courses that are planned or active.
        planned: what is still planned at the requested sites.
        coming: all that is still planned, at any site.
    """

    under_way: frozenset[str]
    planned: tuple[ComingSession, ...]
    scores: tuple[CourseScore, ...]
    coming: tuple[ComingSession, ...]


_OPEN = """SELECT DISTINCT protocol FROM courses
    WHERE patient = ? AND state IN ('planned', 'active')"""

_PLANNED = """SELECT s.id, s.session_id, s.held_at, s.protocol, c.course_id
    FROM sessions AS s
    LEFT JOIN courses AS c ON c.id = s.course
    WHERE s.patient = ? AND s.state = 'planned' ORDER BY s.held_at, s.id"""

_SCORES = """SELECT c.course_id, c.protocol, o.scale, o.area, o.value, o.measured_on, o.timing
    FROM outcomes AS o
    LEFT JOIN courses AS c ON c.id = o.course
    WHERE o.patient = ? ORDER BY o.measured_on, o.id"""


def patient_overview(
    path: Path, patient_id: str, sites: Sequence[Site], actor: Actor, *, clock: Clock = utc_now
) -> PatientOverview:
    """The courses under way (anywhere), planned sessions and outcomes (at `sites`) of one patient.

    A side matches itself and `both`. A planned session without areas of its own, and an outcome
    without an area, belong to the areas that their course treated. The view is logged.

    Args:
        path: the clinic's file.
        patient_id: whose.
        sites: where to look for planned sessions and outcomes; none gives none.
        actor: who looks.
        clock: gives the time of the look.

    Raises:
        RecordError: nobody has `patient_id`.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        patient = _patient_number(db, patient_id)
        under_way = frozenset(row[0] for row in db.execute(_OPEN, [patient]))
        places = _places(db, patient)
        courses = _courses_at(db, patient, sites)
        coming = tuple(
            ComingSession(session_id, at, protocol, course, places.get(number, ()))
            for number, session_id, at, protocol, course in db.execute(_PLANNED, [patient])
        )
        planned = tuple(
            one
            for one in coming
            if (
                any(_meets(place, sites) for place in one.places)
                if one.places
                else one.course_id in courses
            )
        )
        scores = tuple(
            score
            for score in (CourseScore(*row) for row in db.execute(_SCORES, [patient]))
            if (
                score.course_id in courses
                if score.area is None
                else any(score.area == site.area for site in sites)
            )
        )
    note_view(path, actor, table="sessions", key=patient_id, patient=patient, clock=clock)
    return PatientOverview(under_way, planned, scores, coming)


def _patient_number(db: Database, patient_id: str) -> int:
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    if row is None:
        raise RecordError(
            _("No patient has the id {patient_id!r}; choose one from the list.").format(
                patient_id=patient_id[:64]
            )
        )
    return int(row[0])


def _meets(place: tuple[str, str], sites: Sequence[Site]) -> bool:
    area, side = place
    return any(
        area == site.area and (site.side is None or side in (site.side, "both")) for site in sites
    )


def _places(db: Database, patient: int) -> dict[int, tuple[tuple[str, str], ...]]:
    """The areas of each planned session that has any."""
    found: dict[int, list[tuple[str, str]]] = {}
    for session, area, side in db.execute(
        "SELECT s.id, t.area, t.side FROM sessions AS s JOIN treated_areas AS t ON t.session = s.id"
        " WHERE s.patient = ? AND s.state = 'planned' ORDER BY t.area, t.side",
        [patient],
    ):
        found.setdefault(session, []).append((area, side))
    return {session: tuple(places) for session, places in found.items()}


def _courses_at(db: Database, patient: int, sites: Sequence[Site]) -> set[str]:
    """The courses of a patient that treated one of the sites."""
    rows = db.execute(
        "SELECT DISTINCT c.course_id, t.area, t.side FROM treated_areas AS t"
        " JOIN sessions AS s ON s.id = t.session JOIN courses AS c ON c.id = s.course"
        " WHERE t.patient = ?",
        [patient],
    )
    return {course for course, area, side in rows if _meets((area, side), sites)}
