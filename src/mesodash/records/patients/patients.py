"""Patients: finding one and reading what is known about them."""

from dataclasses import dataclass
from pathlib import Path

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import RecordError


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient as recorded; None means unknown.

    Attributes:
        birth_date: YYYY-MM-DD.
        weight_kg: kg.
        note: free text.
    """

    patient_id: str
    sex: str
    birth_year: int | None
    phototype: str | None
    given_name: str | None = None
    family_name: str | None = None
    birth_date: str | None = None
    phone: str | None = None
    email: str | None = None
    weight_kg: float | None = None
    note: str | None = None

    @property
    def name(self) -> str:
        """Given and family name, or ""."""
        return " ".join(part for part in (self.given_name, self.family_name) if part)


def patient_ids(path: Path, actor: Actor, *, clock: Clock = utc_now) -> tuple[str, ...]:
    """All patient ids in order, to choose from; logged as a view of the list."""
    require(path, actor, "patients.list", clock=clock)
    note_view(path, actor, table="patients", key="list", clock=clock)
    with reading(path) as db:
        return tuple(
            row[0] for row in db.execute("SELECT patient_id FROM patients ORDER BY patient_id")
        )


def read_patient(path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now) -> Patient:
    """One patient, logged as a view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        row = next(
            db.query(
                "SELECT id, patient_id, sex, birth_year, phototype, given_name, family_name,"
                " birth_date, phone, email, weight_g / 1000.0 AS weight_kg, note FROM patients"
                " WHERE patient_id = ?",
                [patient_id],
            ),
            None,
        )
    if row is None:
        raise RecordError(
            _("No patient has the id {patient_id!r}; choose one from the list.").format(
                patient_id=patient_id[:64]
            )
        )
    note_view(path, actor, table="patients", key=patient_id, patient=row.pop("id"), clock=clock)
    return Patient(**row)


def ids_of_patients_and_courses(
    path: Path, actor: Actor, *, reason: str, clock: Clock = utc_now
) -> tuple[dict[int, str], dict[int, str]]:
    """The ids for the numbers that the lake holds; logged as a view of the list.

    Args:
        path: the clinic's file.
        actor: who will read the names.
        reason: what they are for ("due"), recorded in the change log.
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
