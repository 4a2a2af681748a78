"""Reading complete single sessions: one by its id, the last one like it, and those of a day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.courses.planned_sessions import patient_number
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.entries import (
    AreaEntry,
    PointEntry,
    ProductEntry,
    ReactionEntry,
    SessionEntry,
)


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """One session as recorded in the clinic's file.

    Attributes:
        entry: what is planned or was done.
        state: planned, held, cancelled, no_show or void.
        number: its place among the held sessions of its course; for a planned one, the place it
            will have. None outside a course.
        planned_sessions: how many sessions the course is planned to have, or None.
        reason: of a cancelled session, a no-show or one that is void.
        finalised_at, finalised_by: when, in UTC, and by whom it was closed; None while it is open.
    """

    entry: SessionEntry
    state: str
    number: int | None
    planned_sessions: int | None
    reason: str | None
    finalised_at: str | None = None
    finalised_by: str | None = None


@dataclass(frozen=True, slots=True)
class DaySession:
    """One session in a day's list.

    Attributes:
        areas: (area, side) of each treated or planned area.
        number, planned_sessions: as in `RecordedSession`.
    """

    session_id: str
    patient_id: str
    held_at: str
    state: str
    protocol: str | None
    practitioner: str | None
    areas: tuple[tuple[str, str], ...]
    number: int | None
    planned_sessions: int | None


@dataclass(frozen=True, slots=True)
class GivenThatDay:
    """What another held session of a patient gave on a day: the volume of all its areas, mL."""

    session_id: str
    protocol: str | None
    volume_ml: float


_NUMBER = """CASE WHEN s.course IS NULL THEN NULL ELSE (
    SELECT count(*) FROM sessions AS e WHERE e.course = s.course AND e.state = 'held'
    AND (e.held_at < s.held_at OR (e.held_at = s.held_at AND e.id < s.id))) + 1 END"""

_WHOLE = f"""SELECT s.id, s.session_id, p.id AS patient, p.patient_id, s.held_at, s.state,
    coalesce(s.protocol, c.protocol) AS protocol, v.version, c.course_id, c.planned_sessions,
    d.practitioner_id, s.note, s.started_at, s.ended_at, s.price_milli, s.currency, s.reason,
    s.departure, s.departure_text, s.finalised_at, s.finalised_by, {_NUMBER} AS number
    FROM sessions AS s JOIN patients AS p ON p.id = s.patient
    LEFT JOIN courses AS c ON c.id = s.course
    LEFT JOIN protocol_versions AS v ON v.id = s.protocol_version
    LEFT JOIN practitioners AS d ON d.id = s.practitioner"""


def no_session(session_id: str) -> str:
    """The sentence where no session has an id."""
    sentence = _("No session has the id {id!r}; choose one from the list.")
    return sentence.format(id=session_id[:64])


def read_session(
    path: Path, session_id: str, actor: Actor, *, clock: Clock = utc_now
) -> RecordedSession:
    """One session with its areas, products and the reactions that began with it; a noted view.

    Raises:
        RecordError: no session has this id.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        row = next(db.query(f"{_WHOLE} WHERE s.session_id = ?", [session_id]), None)
        if row is None:
            raise RecordError(no_session(session_id))
        session = _session(db, row)
    note_view(
        path, actor, table="sessions", key=row["patient_id"], patient=row["patient"], clock=clock
    )
    return session


def last_session(
    path: Path,
    patient_id: str,
    actor: Actor,
    *,
    protocol: str | None = None,
    clock: Clock = utc_now,
) -> RecordedSession | None:
    """The newest held session of a patient, of one protocol if given; None if there is none.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        row = next(
            db.query(
                f"{_WHOLE} WHERE s.patient = ? AND s.state = 'held'"
                " AND (?2 IS NULL OR coalesce(s.protocol, c.protocol) = ?2)"
                " ORDER BY s.held_at DESC, s.id DESC LIMIT 1",
                [patient, protocol],
            ),
            None,
        )
        session = None if row is None else _session(db, row)
    note_view(path, actor, table="sessions", key=patient_id, patient=patient, clock=clock)
    return session


def sessions_of_day(
    path: Path, on: date, actor: Actor, *, clock: Clock = utc_now
) -> tuple[DaySession, ...]:
    """The sessions planned for or held on a day, by time; the look at the list is noted."""
    require(path, actor, "patients.list", clock=clock)
    with reading(path) as db:
        rows = list(
            db.query(
                f"SELECT s.id, s.session_id, p.patient_id, s.held_at, s.state,"
                f" coalesce(s.protocol, c.protocol) AS protocol, d.name AS practitioner,"
                f" c.planned_sessions, {_NUMBER} AS number"
                " FROM sessions AS s JOIN patients AS p ON p.id = s.patient"
                " LEFT JOIN courses AS c ON c.id = s.course"
                " LEFT JOIN practitioners AS d ON d.id = s.practitioner"
                " WHERE s.held_at >= ? AND s.held_at < ?"
                " ORDER BY s.held_at, s.id",
                [on.isoformat(), f"{on.isoformat()}~"],  # '~' sorts after 'T'
            )
        )
        found = tuple(
            DaySession(
                areas=tuple((area.area, area.side) for area in _areas(db, row.pop("id"))), **row
            )
            for row in rows
        )
    note_view(path, actor, table="sessions", key=on.isoformat(), clock=clock)
    return found


def given_that_day(
    path: Path, patient_id: str, on: date, actor: Actor, *, clock: Clock = utc_now
) -> tuple[GivenThatDay, ...]:
    """What the held sessions of a patient gave on a day, in order of time; a noted view.

    Raises:
        RecordError: nobody has this id.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        patient = patient_number(db, patient_id)
        rows = db.execute(
            "SELECT s.session_id, coalesce(s.protocol, c.protocol),"
            " coalesce(sum(t.volume_ul), 0) / 1000.0 FROM sessions AS s"
            " LEFT JOIN courses AS c ON c.id = s.course"
            " LEFT JOIN treated_areas AS t ON t.session = s.id"
            " WHERE s.patient = ? AND s.state = 'held' AND substr(s.held_at, 1, 10) = ?"
            " GROUP BY s.id ORDER BY s.held_at, s.id",
            [patient, on.isoformat()],
        ).fetchall()
    note_view(path, actor, table="sessions", key=patient_id, patient=patient, clock=clock)
    return tuple(GivenThatDay(*row) for row in rows)


def days_since(
    path: Path, entry: SessionEntry, actor: Actor, *, clock: Clock = utc_now
) -> int | None:
    """Days from the patient's held session of the same protocol before an entry; None if none is.

    Raises:
        RecordError: nobody has the entry's patient's id.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        patient = patient_number(db, entry.patient_id)
        (before,) = db.execute(
            "SELECT max(s.held_at) FROM sessions AS s LEFT JOIN courses AS c ON c.id = s.course"
            " WHERE s.patient = ? AND s.state = 'held' AND coalesce(s.protocol, c.protocol) = ?"
            " AND s.held_at < ? AND s.session_id IS NOT ?",
            [patient, entry.protocol, entry.held_at, entry.session_id],
        ).fetchone()
    note_view(path, actor, table="sessions", key=entry.patient_id, patient=patient, clock=clock)
    if before is None:
        return None
    return (date.fromisoformat(entry.held_at[:10]) - date.fromisoformat(before[:10])).days


def next_day(path: Path, after: date, actor: Actor, *, clock: Clock = utc_now) -> date | None:
    """The first day after `after` on which a session is planned, or None."""
    require(path, actor, "patients.list", clock=clock)
    with reading(path) as db:
        row = db.execute(
            "SELECT min(held_at) FROM sessions WHERE held_at > ? AND state = 'planned'",
            [f"{after.isoformat()}~"],
        ).fetchone()
    return None if row[0] is None else date.fromisoformat(row[0][:10])


def session_by_number(db: Database, number: int) -> RecordedSession:
    """One session by its key inside the file, from an open file."""
    return _session(db, next(db.query(f"{_WHOLE} WHERE s.id = ?", [number])))


def _session(db: Database, row: dict[str, object]) -> RecordedSession:
    number = row["id"]
    products = db.execute(
        "SELECT u.product, u.lot, u.expires_on, u.volume_ul, u.area, u.gtin, u.serial, u.maker,"
        " k.stock_id, u.lot_from FROM products_used AS u LEFT JOIN stock AS k ON k.id = u.stock"
        " WHERE u.session = ? ORDER BY u.id",
        [number],
    )
    reactions = db.execute(
        "SELECT effect, severity FROM side_effects WHERE session = ? AND onset_at = ? ORDER BY id",
        [number, row["held_at"]],
    )
    entry = SessionEntry(
        patient_id=str(row["patient_id"]),
        held_at=str(row["held_at"]),
        areas=_areas(db, number),
        protocol=_text(row["protocol"]),
        protocol_version=_whole(row["version"]),
        course_id=_text(row["course_id"]),
        practitioner_id=_text(row["practitioner_id"]),
        session_id=str(row["session_id"]),
        products=tuple(
            ProductEntry(product, lot, expires_on, _thousandth(volume), *more)
            for product, lot, expires_on, volume, *more in products
        ),
        reactions=tuple(ReactionEntry(*seen) for seen in reactions),
        note=_text(row["note"]),
        price=_thousandth(_whole(row["price_milli"])),
        currency=_text(row["currency"]),
        placed=_placed(db, number),
        started_at=_text(row["started_at"]),
        ended_at=_text(row["ended_at"]),
        departure=_text(row["departure"]),
        departure_text=_text(row["departure_text"]),
    )
    return RecordedSession(
        entry=entry,
        state=str(row["state"]),
        number=_whole(row["number"]),
        planned_sessions=_whole(row["planned_sessions"]),
        reason=_text(row["reason"]),
        finalised_at=_text(row["finalised_at"]),
        finalised_by=_text(row["finalised_by"]),
    )


def _areas(db: Database, session: object) -> tuple[AreaEntry, ...]:
    return tuple(
        AreaEntry(
            area,
            side,
            technique,
            _thousandth(depth),
            points,
            _thousandth(volume),
            needle,
            angle,
            _thousandth(inserted),
        )
        for area, side, technique, depth, points, volume, needle, angle, inserted in db.execute(
            "SELECT area, side, technique, depth_um, points, volume_ul, needle, angle_deg,"
            " inserted_um FROM treated_areas WHERE session = ? ORDER BY id",
            [session],
        )
    )


def _placed(db: Database, session: object) -> tuple[PointEntry, ...]:
    return tuple(
        PointEntry(area, side, triangle, u, v, _thousandth(depth), _thousandth(volume), product)
        for area, side, triangle, u, v, depth, volume, product in db.execute(
            "SELECT area, side, triangle, u, v, depth_um, volume_ul, product FROM injection_points"
            " WHERE session = ? ORDER BY area, side, number",
            [session],
        )
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


def _thousandth(value: int | None) -> float | None:
    return None if value is None else value / 1000
