"""Asking the matrix of roles where the clinic's file is at hand: a refusal is noted in its log."""

from pathlib import Path

from mesodash.permissions import NotAllowedError
from mesodash.records.actor import Actor
from mesodash.records.connection import Clock, utc_now, writing


def require(path: Path, actor: Actor, action: str, *, clock: Clock = utc_now) -> None:
    """Let an allowed action pass; else note one `refused` row in the change log, and raise.

    The row holds who asked and the action's name in the matrix, never what was asked about: what a
    person typed may be a patient's name. A clinic that is not made yet has no log to note it in.

    Args:
        path: the clinic's file.
        actor: who asks.
        action: a row of permissions/matrix.csv.
        clock: gives the time of the row.

    Raises:
        NotAllowedError: the role may not; the sentence says who may.
        RecordError: it may not, and the file cannot be written to note that.
    """
    try:
        actor.require(action)
    except NotAllowedError:
        if path.is_file():
            with writing(path, actor, clock=clock) as change:
                change.log("refused", "permissions", key=action)
        raise
