"""Patients whose records are past the clinic's own limit; nothing is erased here."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError

_CONTACTS = """
    SELECT patient, held_at AS day FROM sessions
    UNION ALL SELECT s.patient, f.contacted_at FROM follow_ups f JOIN sessions s ON s.id = f.session
    UNION ALL SELECT patient, measured_on FROM outcomes
    UNION ALL SELECT patient, screened_on FROM screenings
    UNION ALL SELECT patient, started_on FROM courses
    UNION ALL SELECT patient, taken_on FROM photographs
"""


@dataclass(frozen=True, slots=True)
class Past:
    """A patient whose records are past the clinic's limit.

    Attributes:
        patient_id: who.
        last_contact: the latest day with any entry, planned sessions included.
        past_since: the first day on which the limit was passed.
    """

    patient_id: str
    last_contact: date
    past_since: date


@dataclass(frozen=True, slots=True)
class LogSpan:
    """The extent of the change log, which is never shortened.

    Attributes:
        entries: how many.
        oldest: the day of the first (UTC); None in an empty log.
    """

    entries: int
    oldest: date | None


def years(path: Path) -> int | None:
    """How many years after the last contact this clinic keeps records; None is no limit set."""
    with reading(path) as db:
        if "keep_years" not in {column.name for column in db["clinic"].columns}:
            return None  # a file of an earlier version
        (kept,) = db.execute("SELECT keep_years FROM clinic").fetchone()
    return None if kept is None else int(kept)


def set_years(path: Path, actor: Actor, kept: int | None, *, clock: Clock = utc_now) -> None:
    """Set how many years records are kept, as the local law requires; None removes the limit.

    Raises:
        NotAllowedError: the role may not.
        RecordError: not 1 to 200 years.
    """
    require(path, actor, "patients.erase", clock=clock)
    if kept is not None and not 1 <= kept <= 200:
        raise RecordError(_("Give 1 to 200 years, or none."))
    with writing(path, actor, clock=clock) as change:
        change.db.execute("UPDATE clinic SET keep_years = ?", [kept])
        change.log("update", "clinic", key=f"keep records: {kept or 'no limit'}")


def past(path: Path, actor: Actor, today: date, *, clock: Clock = utc_now) -> tuple[Past, ...]:
    """Patients whose last contact is longer ago than the clinic keeps records, longest first.

    Erased patients and those without any dated entry are left out. Empty if the clinic set no
    limit. Logged as a view of the list.

    Raises:
        NotAllowedError: the role may not erase.
    """
    require(path, actor, "patients.erase", clock=clock)
    kept = years(path)
    if kept is None:
        return ()
    with reading(path) as db:
        rows = db.execute(
            f"SELECT p.patient_id, substr(max(c.day), 1, 10) FROM patients p"
            f" JOIN ({_CONTACTS}) c ON c.patient = p.id"
            " WHERE p.id NOT IN (SELECT patient FROM erasures) GROUP BY p.id ORDER BY 2, 1"
        ).fetchall()
    found = [Past(name, last, later(last, kept)) for name, last in _days(rows)]
    note_view(path, actor, table="patients", key="retention", clock=clock)
    return tuple(one for one in found if one.past_since <= today)


def log_span(path: Path) -> LogSpan:
    """The extent of the change log, for the clinic to judge."""
    with reading(path) as db:
        entries, oldest = db.execute("SELECT count(*), min(at) FROM change_log").fetchone()
    return LogSpan(entries, None if oldest is None else date.fromisoformat(oldest[:10]))


def later(day: date, by: int) -> date:
    """The same day some years later; 29 February becomes 1 March in a year without it."""
    try:
        return day.replace(year=day.year + by)
    except ValueError:
        return date(day.year + by, 3, 1)


def _days(rows: list[tuple[str, str]]) -> list[tuple[str, date]]:
    return [(name, date.fromisoformat(day)) for name, day in rows]
