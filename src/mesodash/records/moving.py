"""Moving one planned session to another day, unless somebody else did so first."""

from datetime import date, time
from pathlib import Path

from mesodash.records.actor import Actor
from mesodash.records.connection import Clock, utc_now, writing
from mesodash.records.errors import ChangedMeanwhileError, RecordError
from mesodash.records.refusals import require


def move_session(
    path: Path,
    session_id: str,
    actor: Actor,
    *,
    seen: str,
    to: date,
    at: time | None = None,
    clock: Clock = utc_now,
) -> str:
    """Give a planned session another day or time; what is to be treated in it moves with it.

    What was seen is the lock: two who look at the same session and both move it cannot both
    succeed, for the second no longer finds it where it was. The course keeps the day it was
    planned to start on.

    Args:
        path: the clinic's file.
        session_id: which.
        actor: who moves it.
        seen: its `held_at` as the person saw it.
        to: the new day.
        at: the time of day, local to the clinic, if said.
        clock: gives the time for the change log.

    Returns:
        The new `held_at`.

    Raises:
        ChangedMeanwhileError: it stands on another day than `seen`, or is planned no more; the
            sentence says where it stands and what was asked.
        RecordError: nobody planned a session of this id.
    """
    require(path, actor, "sessions.plan", clock=clock)
    wanted = to.isoformat() + ("" if at is None else f"T{at.isoformat(timespec='minutes')}")
    with writing(path, actor, clock=clock) as change:
        row = change.db.execute(
            "SELECT id, patient, held_at, state FROM sessions WHERE session_id = ?", [session_id]
        ).fetchone()
        if row is None:
            raise RecordError(
                f"No session has the id {session_id[:64]!r}; choose one from the list."
            )
        number, patient, held_at, state = row
        if (held_at, state) != (seen, "planned"):
            now = f"planned on {held_at}" if state == "planned" else f"{state} ({held_at})"
            raise ChangedMeanwhileError(
                f"This session stood on {seen[:20]} when you looked and is {now} by now, so it was"
                f" not moved to {wanted}; look at it again, then move it."
            )
        if wanted == held_at:
            return wanted
        change.db.execute("UPDATE sessions SET held_at = ? WHERE id = ?", [wanted, number])
        # The day that its areas repeat follows by their foreign key (ON UPDATE CASCADE).
        (areas,) = change.db.execute(
            "SELECT count(*) FROM treated_areas WHERE session = ?", [number]
        ).fetchone()
        for month in sorted({held_at[:7], wanted[:7]}):
            change.log("update", "sessions", key=session_id, patient=patient, month=month)
            if areas:
                change.log("update", "treated_areas", patient=patient, month=month, rows=areas)
    return wanted
