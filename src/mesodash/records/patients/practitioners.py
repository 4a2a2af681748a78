"""Adding somebody who treats, so that a session can say by whom it was held."""

from pathlib import Path
from typing import Final

from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, utc_now, writing
from mesodash.records.store.errors import RecordError

ACTION: Final = "practitioners.add"
LONGEST: Final = 200


def add_practitioner(path: Path, name: str, actor: Actor, *, clock: Clock = utc_now) -> str:
    """Add a practitioner under the next free id; whose name is there already is not added twice.

    Args:
        path: the clinic's file.
        name: as shown, 1 to 200 characters.
        actor: who adds.
        clock: gives the time for the change log.

    Returns:
        The practitioner's id, such as `D7`.

    Raises:
        RecordError: the name is empty or too long.
    """
    require(path, actor, ACTION, clock=clock)
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= LONGEST:
        raise RecordError(_("Give the practitioner a name of 1 to 200 characters."))
    with writing(path, actor, clock=clock) as change:
        there = change.db.execute(
            "SELECT practitioner_id FROM practitioners WHERE name = ? ORDER BY id", [tidy]
        ).fetchone()
        if there is not None:
            return str(there[0])
        taken = {row[0] for row in change.db.execute("SELECT practitioner_id FROM practitioners")}
        number = len(taken) + 1
        while f"D{number}" in taken:
            number += 1
        change.db.table("practitioners").insert({"practitioner_id": f"D{number}", "name": tidy})
        change.log("create", "practitioners", key=f"D{number}")
    return f"D{number}"
