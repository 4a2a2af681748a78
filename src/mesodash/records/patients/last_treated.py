"""When each area of a patient was last treated, for the rest map; one index range."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import RecordError


@dataclass(frozen=True, slots=True)
class LastTreated:
    """The last held session of one area and side of a patient.

    Attributes:
        protocol: of the session, else of its course; None if neither has one.
    """

    area: str
    side: str
    on: date
    session_id: str
    protocol: str | None


def last_treated(
    path: Path,
    patient_id: str,
    actor: Actor,
    *,
    protocol: str | None = None,
    before: str | None = None,
    clock: Clock = utc_now,
) -> tuple[LastTreated, ...]:
    """The last held session of each area and side, by area and side; logged as a view.

    Args:
        path: the clinic's file.
        patient_id: whose.
        actor: who looks.
        protocol: only sessions of this one, if given.
        before: only sessions held before this day or moment, if given; the one whose own it is
            (when a session is corrected) is then left out, and so is what came after it.
        clock: gives the time of the look.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.view", clock=clock)
    with reading(path) as db:
        row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
        if row is None:
            raise RecordError(
                _("No patient has the id {patient_id!r}; choose one from the list.").format(
                    patient_id=patient_id[:64]
                )
            )
        # With max() alone, SQLite takes the other columns from the row that holds the maximum.
        found = db.execute(
            "SELECT t.area, t.side, max(t.held_at), s.session_id,"
            " coalesce(s.protocol, c.protocol) AS followed FROM treated_areas AS t"
            " JOIN sessions AS s ON s.id = t.session LEFT JOIN courses AS c ON c.id = s.course"
            " WHERE t.patient = ? AND s.state = 'held'"
            " AND (?2 IS NULL OR coalesce(s.protocol, c.protocol) = ?2)"
            " AND (?3 IS NULL OR t.held_at < ?3)"
            " GROUP BY t.area, t.side ORDER BY t.area, t.side",
            [row[0], protocol, before],
        ).fetchall()
    note_view(path, actor, table="sessions", key=patient_id, patient=row[0], clock=clock)
    return tuple(
        LastTreated(area, side, date.fromisoformat(held_at[:10]), session_id, followed)
        for area, side, held_at, session_id, followed in found
    )
