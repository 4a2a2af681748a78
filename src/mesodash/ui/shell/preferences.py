"""What the reader's account chose for the app alone; a demo keeps nothing of its visitors."""

from contextlib import suppress

from mesodash.records.accounts.preferences import keep_preference, read_preferences
from mesodash.records.audit.actor import Actor
from mesodash.records.store.errors import CannotWriteError
from mesodash.ui.shell import context


def kept(name: str, actor: Actor) -> str:
    """What the account chose last under a name; empty if nothing, and on a demo."""
    if context.clinic().is_demo:
        return ""
    return read_preferences(context.db(), actor).get(name, "")


def keep(name: str, value: str, actor: Actor) -> None:
    """Keep a choice for another day; not on a demo."""
    if context.clinic().is_demo:
        return
    # On a full disk people read on: the choice holds in this tab, and is asked for again later.
    with suppress(CannotWriteError):
        keep_preference(context.db(), actor, name, value)
