"""Patients: finding one and reading what is known of them."""

from dataclasses import dataclass
from pathlib import Path

from mesodash.records.actor import Actor
from mesodash.records.audit import note_view
from mesodash.records.connection import Clock, reading, utc_now
from mesodash.records.errors import RecordError
from mesodash.records.refusals import require


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient as recorded; None is unknown."""

    patient_id: str
    sex: str
    birth_year: int | None
    phototype: str | None


def patient_ids(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[str, ...]:
    """All patient ids in order, for choosing one; noted as a view of the list."""
    require(path, actor, "patients.list", clock=clock)
    note_view(path, actor, table="patients", key="list", clock=clock)
    with reading(path) as db:
        return tuple(
            row[0] for row in db.execute("SELECT patient_id FROM patients ORDER BY patient_id")
        )


def read_patient(path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now) -> Patient:
    """One patient, noted as a view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        row = next(
            db.query(
                "SELECT id, patient_id, sex, birth_year, phototype FROM patients"
                " WHERE patient_id = ?",
                [patient_id],
            ),
            None,
        )
    if row is None:
        raise RecordError(f"No patient has the id {patient_id[:64]!r}; choose one from the list.")
    note_view(path, actor, table="patients", key=patient_id, patient=row.pop("id"), clock=clock)
    return Patient(**row)


def ids_of_patients_and_courses(
    path: Path, actor: Actor, *, reason: str, clock: Clock = utc_now
) -> tuple[dict[int, str], dict[int, str]]:
    """The ids behind the numbers that the lake holds; noted as a view of the list.

    Args:
        path: the clinic's file.
        actor: who will read the names.
        reason: what they are for ("due"), which stands in the change log.
        clock: gives the time of the look.

    Returns:
        number -> patient_id, number -> course_id.
    """
    require(path, actor, "patients.list", clock=clock)
    note_view(path, actor, table="patients", key=reason, clock=clock)
    with reading(path) as db:
        patients = dict(db.execute("SELECT id, patient_id FROM patients").fetchall())
        courses = dict(db.execute("SELECT id, course_id FROM courses").fetchall())
    return patients, courses
