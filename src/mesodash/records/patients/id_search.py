"""Finding a patient among many by id, a few at a time, so that no list holds them all."""

from dataclasses import dataclass
from pathlib import Path

from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now

#: The newest sessions looked through for patients seen lately.
_LOOKED_THROUGH = 150


@dataclass(frozen=True, slots=True)
class PatientMatches:
    """What a search gave.

    Attributes:
        exact: the patient with the requested id, as it is written in the file.
        others: if there is no exact match, the ids that begin with the input, in order.
        more: whether there are more than were returned.
    """

    exact: str | None
    others: tuple[str, ...] = ()
    more: bool = False


def recent_patients(
    path: Path, actor: Actor, *, limit: int = 50, clock: Clock = utc_now
) -> tuple[str, ...]:
    """The ids of the patients with the newest sessions, newest first; then others, up to `limit`.

    Future sessions count too, since those patients come next. Logged as a view of the list.
    """
    require(path, actor, "patients.list", clock=clock)
    note_view(path, actor, table="patients", key="list", clock=clock)
    with reading(path) as db:
        seen = db.execute(
            "SELECT p.patient_id FROM (SELECT patient, held_at FROM sessions"
            " ORDER BY held_at DESC LIMIT ?) AS s JOIN patients AS p ON p.id = s.patient"
            " GROUP BY p.id ORDER BY max(s.held_at) DESC, p.patient_id LIMIT ?",
            [_LOOKED_THROUGH, limit],
        ).fetchall()
        ids = dict.fromkeys(row[0] for row in seen)
        if len(ids) < limit:
            rest = db.execute(
                "SELECT patient_id FROM patients ORDER BY patient_id LIMIT ?", [limit]
            )
            ids |= dict.fromkeys(row[0] for row in rest)
    return tuple(ids)[:limit]


def find_patient(
    path: Path, asked: str, actor: Actor, *, limit: int = 12, clock: Clock = utc_now
) -> PatientMatches:
    """The patient with this id, whatever its case, or those whose ids begin with it.

    Args:
        path: the clinic's file.
        asked: an id or its beginning; surrounding spaces are ignored.
        actor: who asks; the view of the list is logged.
        limit: the most ids to return if there is no exact match.
        clock: gives the time of the view.
    """
    require(path, actor, "patients.list", clock=clock)
    wanted = asked.strip()
    if not wanted:
        return PatientMatches(None)
    note_view(path, actor, table="patients", key="list", clock=clock)
    with reading(path) as db:
        same = db.execute(
            "SELECT patient_id FROM patients WHERE patient_id IN (?, ?, ?) ORDER BY patient_id",
            [wanted, wanted.upper(), wanted.lower()],
        ).fetchall()
        exact = [row[0] for row in same]
        if exact:
            return PatientMatches(wanted if wanted in exact else exact[0])
        begins: dict[str, None] = {}
        for start in dict.fromkeys((wanted, wanted.upper(), wanted.lower())):
            # A range of the index: LIKE would read every id of a large clinic.
            rows = db.execute(
                "SELECT patient_id FROM patients WHERE patient_id >= ? AND patient_id < ?"
                " ORDER BY patient_id LIMIT ?",
                [start, start + "\U0010ffff", limit + 1],
            )
            begins |= dict.fromkeys(row[0] for row in rows)
    ids = sorted(begins)
    return PatientMatches(None, tuple(ids[:limit]), len(ids) > limit)
