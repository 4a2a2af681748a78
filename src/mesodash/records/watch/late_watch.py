"""Which sessions are watched for late effects or to be followed up, and who was in touch since.

For how long every session is watched is this program's own rule: twelve weeks. What to look for in
which weeks is in the catalogue (`follow_ups.csv`), which goes on to week 29 for mycobacteria.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from mesodash.records.audit.access import note_view, require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.watch.red_cards import COUNT

WATCHED_DAYS: Final = 84


@dataclass(frozen=True, slots=True)
class WatchedSession:
    """A held session whose twelve weeks are not over.

    Attributes:
        session_id, patient_id, held_at, protocol: which.
        last_contact: the latest contact after its day, or later visit, up to today; None if none.
        open_effects: side effects of it without an end.
        red_cards: cards of the patient that are not closed.
    """

    session_id: str
    patient_id: str
    held_at: str
    protocol: str | None
    last_contact: str | None
    open_effects: int
    red_cards: int

    def days_left(self, today: date) -> int:
        """How many days of the watch are left, 0 on its last one."""
        return WATCHED_DAYS - (today - date.fromisoformat(self.held_at[:10])).days


@dataclass(frozen=True, slots=True)
class UnaskedSession:
    """A held session since which nobody was in touch with the patient.

    Attributes:
        session_id, patient_id, held_at, protocol: which.
    """

    session_id: str
    patient_id: str
    held_at: str
    protocol: str | None


_HELD = """sessions AS s JOIN patients AS p ON p.id = s.patient
    WHERE s.state = 'held' AND substr(s.held_at, 1, 10) BETWEEN :since AND :today
    AND (p.died_on IS NULL OR p.died_on > :today) AND (p.left_on IS NULL OR p.left_on > :today)"""

_WATCHED = f"""SELECT s.session_id, p.patient_id, s.held_at,
    coalesce(s.protocol, (SELECT c.protocol FROM courses AS c WHERE c.id = s.course)) AS protocol,
    (SELECT max(day) FROM (
        SELECT substr(f.contacted_at, 1, 10) AS day FROM follow_ups AS f WHERE f.session = s.id
        UNION ALL
        SELECT substr(coalesce(e.gone_by_at, e.last_seen_at), 1, 10) FROM side_effects AS e
        WHERE e.session = s.id
        UNION ALL
        SELECT substr(v.held_at, 1, 10) FROM sessions AS v
        WHERE v.patient = s.patient AND v.state = 'held' AND v.held_at > s.held_at)
     WHERE day > substr(s.held_at, 1, 10) AND day <= :today) AS last_contact,
    (SELECT count(*) FROM side_effects AS e WHERE e.session = s.id
        AND e.resolved_at IS NULL AND e.gone_by_at IS NULL) AS open_effects,
    (SELECT count(*) FROM red_cards AS r WHERE r.patient = s.patient
        AND r.closed_at IS NULL) AS red_cards
    FROM {_HELD} ORDER BY s.held_at, s.id"""


_UNASKED = f"""SELECT s.session_id, p.patient_id, s.held_at,
    coalesce(s.protocol, (SELECT c.protocol FROM courses AS c WHERE c.id = s.course)) AS protocol
    FROM {_HELD} AND substr(s.held_at, 1, 10) <= :until
    AND NOT EXISTS (SELECT 1 FROM follow_ups AS f WHERE f.session = s.id
        AND substr(f.contacted_at, 1, 10) > substr(s.held_at, 1, 10)
        AND substr(f.contacted_at, 1, 10) <= :today)
    AND NOT EXISTS (SELECT 1 FROM sessions AS v WHERE v.patient = s.patient AND v.state = 'held'
        AND substr(v.held_at, 1, 10) > substr(s.held_at, 1, 10)
        AND substr(v.held_at, 1, 10) <= :today)
    ORDER BY s.held_at, s.id"""


def follow_ups_due(
    path: Path, actor: Actor, today: date, *, days: tuple[int, int], clock: Clock = utc_now
) -> tuple[UnaskedSession, ...]:
    """The sessions to ask about: nobody was in touch since; the one to be asked first on top.

    The same patients as the report `due` lists for this reason. The look at the list is noted.

    Args:
        path: the clinic's file.
        actor: who looks.
        today: the clinic's calendar day.
        days: from which to which day after a session to ask.
        clock: gives the time of the look.
    """
    require(path, actor, "sessions.view", clock=clock)
    first, last = days
    values = {
        "since": (today - timedelta(days=last)).isoformat(),
        "until": (today - timedelta(days=first)).isoformat(),
        "today": today.isoformat(),
    }
    with reading(path) as db:
        found = tuple(UnaskedSession(**row) for row in db.query(_UNASKED, values))
    if found:
        note_view(path, actor, table="sessions", key="follow-ups due", clock=clock)
    return found


def sessions_under_watch(
    path: Path, actor: Actor, today: date, *, clock: Clock = utc_now
) -> tuple[WatchedSession, ...]:
    """The sessions of the last twelve weeks, the one whose watch ends first on top.

    Who died or left is not watched. The look at the list is noted.
    """
    require(path, actor, "sessions.view", clock=clock)
    with reading(path) as db:
        found = tuple(WatchedSession(**row) for row in db.query(_WATCHED, _days(today)))
    if found:
        note_view(path, actor, table="sessions", key="late watch", clock=clock)
    return found


def count_under_watch(path: Path, actor: Actor, today: date, *, clock: Clock = utc_now) -> int:
    """How many sessions are under watch; a count without patients."""
    require(path, actor, COUNT, clock=clock)
    with reading(path) as db:
        (count,) = db.execute(f"SELECT count(*) FROM {_HELD}", _days(today)).fetchone()
    return int(count)


def _days(today: date) -> dict[str, str]:
    since = today - timedelta(days=WATCHED_DAYS)
    return {"since": since.isoformat(), "today": today.isoformat()}
