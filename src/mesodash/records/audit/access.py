"""Before every access to the record: the matrix of roles is checked and the view is logged."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import ChangedOutsideError


def require(path: Path, actor: Actor, action: str, *, clock: Clock = utc_now) -> None:
    """Return if the action is allowed; else write one `refused` row to the change log and raise.

    The row holds the actor and the action's name in the matrix, never the object: what a person
    typed may be a patient's name. A clinic that does not exist yet has no log to write to.

    Args:
        path: the clinic's file.
        actor: who asks.
        action: a row of permissions/matrix.csv.
        clock: gives the time of the row.

    Raises:
        NotAllowedError: the role may not; the sentence says who may.
        RecordError: it may not, and the refusal cannot be written to the file.
    """
    try:
        actor.require(action)
    except NotAllowedError:
        if path.is_file():
            # A log that another program changed takes no entry; the refusal stands all the same.
            with suppress(ChangedOutsideError), writing(path, actor, clock=clock) as change:
                change.log("refused", "permissions", key=action)
        raise


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
        Whether a row was written. Without the 15 minutes every redraw of a page would be a view.
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
