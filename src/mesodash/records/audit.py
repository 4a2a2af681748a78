"""Noting that somebody looked at a patient or a list of them."""

from datetime import timedelta
from pathlib import Path

from mesodash.records.actor import Actor
from mesodash.records.connection import Clock, reading, utc_now, writing

SAME_LOOK = timedelta(minutes=15)


def note_view(
    path: Path,
    actor: Actor,
    *,
    table: str,
    key: str,
    patient: int | None = None,
    clock: Clock = utc_now,
) -> bool:
    """Write one `view` row to the change log, unless this actor saw the same within 15 minutes.

    Args:
        path: the clinic's file.
        actor: who looks.
        table: what is looked at (`patients`, `sessions`).
        key: which one: a patient's id, or the areas of a list.
        patient: the patient's internal number, for a single patient.
        clock: gives the time.

    Returns:
        Whether a row was written. The dedupe keeps every redraw of a page from being a view.
    """
    since = (clock() - SAME_LOOK).isoformat(timespec="seconds")
    with reading(path) as db:
        seen = db.execute(
            "SELECT 1 FROM change_log WHERE action = 'view' AND actor = ? AND table_name = ?"
            " AND row_key = ? AND at >= ? AND seq > (SELECT max(seq) - 1000 FROM change_log)",
            [actor.actor_id, table, key, since],
        ).fetchone()
    if seen:
        return False
    with writing(path, actor, clock=clock) as change:
        change.log("view", table, key=key, patient=patient)
    return True
