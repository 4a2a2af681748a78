"""Scores: an outcome by one of the catalogue's scales, entered by hand."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from mesodash.catalogue.rows.indications import OutcomeScale
from mesodash.language import _, format_trimmed
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import course_number, patient_number
from mesodash.records.store import vocabulary
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedMeanwhileError, RecordError

ACTION: Final = "outcomes.record"


@dataclass(frozen=True, slots=True)
class PatientCourse:
    """One course of a patient, for which a score may be entered.

    Attributes:
        course_id: its id.
        indication, protocol: codes.
        started_on: YYYY-MM-DD, or less where only that is known.
        state: planned, active, completed or stopped.
        interval_days: as planned, or None.
        planned_sessions: how many it is to have, or None.
        held, coming: the days of its sessions, YYYY-MM-DD, in order: held, and still planned.
    """

    course_id: str
    indication: str
    protocol: str
    started_on: str
    state: str
    interval_days: int | None
    planned_sessions: int | None = None
    held: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether its last session has been held."""
        if self.coming:
            return False
        full = self.planned_sessions is not None and len(self.held) >= self.planned_sessions
        return full or self.state in ("completed", "stopped")


def courses_of(
    path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now
) -> tuple[PatientCourse, ...]:
    """The courses of a patient, the newest first; noted as a view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        days: dict[tuple[str, str], list[str]] = {}
        for course, state, on in db.execute(
            "SELECT c.course_id, s.state, substr(s.held_at, 1, 10) FROM sessions AS s"
            " JOIN courses AS c ON c.id = s.course WHERE c.patient = ?"
            " AND s.state IN ('held', 'planned') ORDER BY s.held_at, s.id",
            [patient],
        ):
            days.setdefault((course, state), []).append(on)
        found = tuple(
            PatientCourse(
                **row,
                held=tuple(days.get((row["course_id"], "held"), ())),
                coming=tuple(days.get((row["course_id"], "planned"), ())),
            )
            for row in db.query(
                "SELECT course_id, indication, protocol, started_on, state, interval_days,"
                " planned_sessions FROM courses WHERE patient = ?"
                " ORDER BY started_on DESC, id DESC",
                [patient],
            )
        )
    note_view(path, actor, table="courses", key=patient_id, patient=patient, clock=clock)
    return found


def baseline_of(
    path: Path, course_id: str, actor: Actor, on: date, *, clock: Clock = utc_now
) -> tuple[str, frozenset[str]]:
    """The indication of a course, and the scales that it has a baseline of by a day.

    Raises:
        RecordError: there is no such course.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        course, patient = course_number(db, course_id)
        (indication,) = db.execute(
            "SELECT indication FROM courses WHERE id = ?", [course]
        ).fetchone()
        scales = db.execute(
            "SELECT scale FROM outcomes WHERE course = ? AND timing = 'baseline'"
            " AND substr(measured_on, 1, 10) <= ?",
            [course, on.isoformat()],
        ).fetchall()
    note_view(path, actor, table="outcomes", key=course_id, patient=patient, clock=clock)
    return str(indication), frozenset(scale for (scale,) in scales)


def record_score(
    path: Path,
    patient_id: str,
    scale: OutcomeScale,
    value: float,
    actor: Actor,
    *,
    measured_on: date,
    timing: str,
    today: date,
    course_id: str | None = None,
    area: str | None = None,
    seen: float | None = None,
    clock: Clock = utc_now,
) -> None:
    """Save one score; a second one of the same scale, course, area and day replaces it.

    Args:
        path: the clinic's file.
        patient_id: whose.
        scale: the catalogue's, whose ends hold.
        value: in the unit of the scale.
        actor: who enters it.
        measured_on: the day, not after `today`.
        timing: baseline or follow_up.
        today: the clinic's calendar day.
        course_id: the course it belongs to, or None.
        area: a code, or None.
        seen: the value recorded when the form was opened, or None.
        clock: gives the time for the change log.

    Raises:
        ChangedMeanwhileError: another value is recorded than was seen.
        RecordError: an unknown patient, course or timing, a value off the scale, between two
            grades, a baseline of a scale that only knows change, or a day to come.
    """
    require(path, actor, ACTION, clock=clock)
    check_score(scale, value, timing)
    if measured_on > today:
        raise RecordError(_("A score cannot be measured on a day to come; correct the day."))
    with writing(path, actor, clock=clock) as change:
        db = change.db
        patient = patient_number(db, patient_id)
        course = None
        if course_id is not None:
            course, whose = course_number(db, course_id)
            if whose != patient:
                raise RecordError(_("This course belongs to another patient; open the form again."))
        row = db.execute(
            "SELECT id, value FROM outcomes WHERE patient = ? AND course IS ? AND area IS ?"
            " AND scale = ? AND measured_on = ?",
            [patient, course, area, scale.code, measured_on.isoformat()],
        ).fetchone()
        if row is not None and row[1] == value:
            return
        if (None if row is None else row[1]) != seen:
            raise ChangedMeanwhileError(
                _(
                    "{scale} of that day stands at {value} already; look at it again, then correct"
                    " it."
                ).format(scale=scale.label, value="-" if row is None else format_trimmed(row[1]))
            )
        month = measured_on.isoformat()[:7]
        if row is None:
            db.table("outcomes").insert(
                {
                    "patient": patient,
                    "course": course,
                    "area": area,
                    "scale": scale.code,
                    "value": value,
                    "measured_on": measured_on.isoformat(),
                    "timing": timing,
                }
            )
        else:
            db.table("outcomes").update(row[0], {"value": value, "timing": timing})
        action = "create" if row is None else "update"
        change.log(action, "outcomes", key=patient_id, patient=patient, month=month)


def check_score(scale: OutcomeScale, value: float, timing: str) -> None:
    """Return if the scale has this value; else raise.

    Raises:
        RecordError: it lies off the scale or between two grades, the timing is none, or a scale
            that only knows change is asked for a baseline.
    """
    if timing not in vocabulary.TIMINGS:
        raise RecordError(_("Say whether this is the baseline or a later score."))
    if timing == "baseline" and scale.is_change:
        raise RecordError(
            _("{scale} tells change, so it has no baseline; enter it later.").format(
                scale=scale.label
            )
        )
    low, high = scale.low, scale.high
    if (low is not None and value < low) or (high is not None and value > high):
        sentence = _("{scale} runs from {low} to {high}; correct the value.")
        raise RecordError(
            sentence.format(
                scale=scale.label,
                low="-" if low is None else format_trimmed(low),
                high="-" if high is None else format_trimmed(high),
            )
        )
    if scale.ordinal and value != round(value):
        raise RecordError(
            _("{scale} has whole grades; choose one of them.").format(scale=scale.label)
        )
