"""The sessions of chosen areas, newest first, with what followed them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import RecordError


@dataclass(frozen=True, slots=True)
class Site:
    """An area code and the patient's side; None means any side."""

    area: str
    side: str | None = None


@dataclass(frozen=True, slots=True)
class EffectSeen:
    """A side effect of a session; dates keep the precision they were recorded with."""

    effect: str
    term: str | None
    area: str | None
    onset_at: str
    resolved_at: str | None
    last_seen_at: str | None
    gone_by_at: str | None
    severity: int | None


@dataclass(frozen=True, slots=True)
class Score:
    """An outcome measured: on a session's course, in date order."""

    scale: str
    area: str | None
    value: float
    measured_on: str


@dataclass(frozen=True, slots=True)
class TreatedSession:
    """One treated area of one held session.

    Attributes:
        number: the session's place among the held sessions of its course; None outside a course.
        volume_ml: volume injected in this area, mL.
        products: (product, lot or None, volume in mL or None) drawn for the area or the session.
    """

    session_id: str
    patient_id: str
    held_at: str
    area: str
    side: str
    protocol: str | None
    course_id: str | None
    number: int | None
    planned_sessions: int | None
    practitioner: str | None
    technique: str | None
    depth_mm: float | None
    points: int | None
    volume_ml: float | None
    products: tuple[tuple[str, str | None, float | None], ...]
    effects: tuple[EffectSeen, ...]
    scores: tuple[Score, ...]


_COLUMNS = """t.session, t.area, t.side, t.technique, t.depth_um, t.points, t.volume_ul,
    t.held_at, t.patient"""

_DETAILS = """SELECT s.id AS session, s.session_id, p.patient_id, s.protocol, s.course,
    c.course_id, c.planned_sessions, d.name AS practitioner,
    CASE WHEN s.course IS NULL THEN NULL ELSE (
        SELECT count(*) FROM sessions AS e
        WHERE e.course = s.course AND e.state = 'held' AND e.held_at <= s.held_at) END AS number
    FROM sessions AS s
    JOIN patients AS p ON p.id = s.patient
    LEFT JOIN courses AS c ON c.id = s.course
    LEFT JOIN practitioners AS d ON d.id = s.practitioner
    WHERE s.id IN ({marks})"""


def area_history(
    path: Path,
    sites: Sequence[Site],
    actor: Actor,
    *,
    patient_id: str | None = None,
    limit: int = 50,
    clock: Clock = utc_now,
) -> tuple[TreatedSession, ...]:
    """The held sessions in any of `sites`, newest first, at most `limit` treated areas.

    A side matches itself and `both`. The look is noted in the change log.

    Raises:
        RecordError: nobody has `patient_id`.
    """
    require(path, actor, "sessions.view", clock=clock)
    if not sites:
        return ()
    patient: int | None = None
    with reading(path) as db:
        if patient_id is not None:
            patient = _patient_number(db, patient_id)
        treated = _treated(db, sites, patient, limit)
        history = _with_details(db, treated)
    key = patient_id or ",".join(sorted({site.area for site in sites}))
    note_view(path, actor, table="sessions", key=key, patient=patient, clock=clock)
    return history


def patient_history(
    path: Path, patient_id: str, actor: Actor, *, limit: int = 200, clock: Clock = utc_now
) -> tuple[TreatedSession, ...]:
    """The held sessions of one patient in all areas, newest first, at most `limit` treated areas.

    The look is noted in the change log.

    Raises:
        RecordError: nobody has `patient_id`.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        patient = _patient_number(db, patient_id)
        treated = list(
            db.query(
                f"SELECT t.id, {_COLUMNS} FROM treated_areas AS t"
                " JOIN sessions AS s ON s.id = t.session"
                " WHERE t.patient = ? AND s.state = 'held'"
                " ORDER BY t.held_at DESC, t.session DESC, t.area, t.side LIMIT ?",
                [patient, limit],
            )
        )
        history = _with_details(db, treated)
    note_view(path, actor, table="sessions", key=patient_id, patient=patient, clock=clock)
    return history


def _patient_number(db: Database, patient_id: str) -> int:
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    if row is None:
        raise RecordError(
            _("No patient has the id {patient_id!r}; choose one from the list.").format(
                patient_id=patient_id[:64]
            )
        )
    return int(row[0])


def _treated(
    db: Database, sites: Sequence[Site], patient: int | None, limit: int
) -> list[dict[str, Any]]:
    """The newest rows of each site are read from one index range each, then merged."""
    parts: list[str] = []
    values: list[str | int] = []
    for site in sites:
        where = ["t.area = ?", "s.state = 'held'"]
        values.append(site.area)
        if patient is not None:
            where.append("t.patient = ?")
            values.append(patient)
        if site.side is not None:
            where.append("t.side IN (?, 'both')")
            values.append(site.side)
        parts.append(
            f"SELECT * FROM (SELECT t.id, {_COLUMNS} FROM treated_areas AS t"
            f" JOIN sessions AS s ON s.id = t.session WHERE {' AND '.join(where)}"
            " ORDER BY t.held_at DESC LIMIT ?)"
        )
        values.append(limit)
    sql = f"{' UNION '.join(parts)} ORDER BY held_at DESC, session DESC, area, side LIMIT ?"
    return list(db.query(sql, [*values, limit]))


def _with_details(db: Database, treated: list[dict[str, Any]]) -> tuple[TreatedSession, ...]:
    ids = sorted({row["session"] for row in treated})
    marks = ", ".join("?" * len(ids))
    details = {row["session"]: row for row in db.query(_DETAILS.format(marks=marks), ids)}
    products = _products(db, marks, ids)
    effects = _effects(db, marks, ids)
    scores = _scores(db, marks, ids)
    return tuple(
        _session(row, details[row["session"]], products, effects, scores) for row in treated
    )


def _session(
    row: dict[str, Any],
    detail: dict[str, Any],
    products: dict[int, list[tuple[str | None, tuple[str, str | None, float | None]]]],
    effects: dict[int, list[EffectSeen]],
    scores: dict[int, list[Score]],
) -> TreatedSession:
    here = row["area"]
    return TreatedSession(
        session_id=detail["session_id"],
        patient_id=detail["patient_id"],
        held_at=row["held_at"],
        area=here,
        side=row["side"],
        protocol=detail["protocol"],
        course_id=detail["course_id"],
        number=detail["number"],
        planned_sessions=detail["planned_sessions"],
        practitioner=detail["practitioner"],
        technique=row["technique"],
        depth_mm=_thousandth(row["depth_um"]),
        points=row["points"],
        volume_ml=_thousandth(row["volume_ul"]),
        products=tuple(used for area, used in products[row["session"]] if area in (None, here)),
        effects=tuple(e for e in effects[row["session"]] if e.area in (None, here)),
        scores=tuple(s for s in scores[row["session"]] if s.area in (None, here)),
    )


def _thousandth(whole: int | None) -> float | None:
    return None if whole is None else whole / 1000


def _products(
    db: Database, marks: str, ids: list[int]
) -> dict[int, list[tuple[str | None, tuple[str, str | None, float | None]]]]:
    found: dict[int, list[tuple[str | None, tuple[str, str | None, float | None]]]]
    found = defaultdict(list)
    for session, area, product, lot, volume in db.execute(
        "SELECT session, area, product, lot, volume_ul FROM products_used"
        f" WHERE session IN ({marks}) ORDER BY session, product, lot",
        ids,
    ):
        found[session].append((area, (product, lot, _thousandth(volume))))
    return found


def _effects(db: Database, marks: str, ids: list[int]) -> dict[int, list[EffectSeen]]:
    found: dict[int, list[EffectSeen]] = defaultdict(list)
    for session, *seen in db.execute(
        "SELECT session, effect, term, area, onset_at, resolved_at, last_seen_at, gone_by_at,"
        f" severity FROM side_effects WHERE session IN ({marks}) ORDER BY session, onset_at, id",
        ids,
    ):
        found[session].append(EffectSeen(*seen))
    return found


def _scores(db: Database, marks: str, ids: list[int]) -> dict[int, list[Score]]:
    """Scores taken at a session; those of its course are listed with the session they name."""
    found: dict[int, list[Score]] = defaultdict(list)
    for session, *score in db.execute(
        f"SELECT session, scale, area, value, measured_on FROM outcomes WHERE session IN ({marks})"
        " ORDER BY session, scale, measured_on",
        ids,
    ):
        found[session].append(Score(*score))
    return found
