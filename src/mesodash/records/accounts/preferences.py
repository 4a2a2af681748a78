"""What a person chose for the app alone: the filters of the review pages, tours they have seen.

Kept by account, for its owner alone. It is no fact of the clinic: it moves no revision and stands
in no log. A demo has no accounts, and nothing is kept there.
"""

from collections.abc import Mapping
from pathlib import Path

from mesodash.language import _
from mesodash.records.accounts.accounts import account_named
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError

ACTION = "account.own"
LONGEST = 2000
"""Characters of a value at most."""


def read_preferences(path: Path, actor: Actor, *, clock: Clock = utc_now) -> Mapping[str, str]:
    """What the actor chose, by name.

    Raises:
        NotAllowedError: the role may not look after an account of its own.
        RecordError: there is no such account.
    """
    require(path, actor, ACTION, clock=clock)
    with reading(path) as db:
        number = account_named(db, actor.actor_id).number
        rows = db.execute(
            "SELECT name, value FROM preferences WHERE account = ? ORDER BY name", [number]
        )
        return dict(rows.fetchall())


def keep_preference(
    path: Path, actor: Actor, name: str, value: str, *, clock: Clock = utc_now
) -> None:
    """Keep one choice of the actor in place of an earlier one; an empty value forgets it.

    Raises:
        NotAllowedError: the role may not look after an account of its own.
        RecordError: there is no such account, or the value is longer than `LONGEST`.
    """
    require(path, actor, ACTION, clock=clock)
    if len(value) > LONGEST:
        raise RecordError(
            _("A choice is kept with up to {most} characters; choose less.").format(most=LONGEST)
        )
    with writing(path, actor, clock=clock, unlogged=True) as change:
        owner = {"account": account_named(change.db, actor.actor_id).number, "name": name}
        table = change.db.table("preferences")
        table.delete_where("account = :account AND name = :name", owner)
        if value:
            table.insert({**owner, "value": value})
