"""What people do with their own account: another password, a look at its sign-ins, their end."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mesodash.records.accounts import account_named
from mesodash.records.actor import Actor
from mesodash.records.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.errors import RecordError
from mesodash.records.refusals import require
from mesodash.records.sign_ins import ABSOLUTE, IDLE


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """One of a person's sign-ins that stand.

    Attributes:
        began: when (UTC).
        last_used: the last sign of life (UTC), to half a minute.
        this: whether it is the one that asks.
    """

    began: datetime
    last_used: datetime
    this: bool


def own_sign_ins(
    path: Path, actor: Actor, this: str, *, clock: Clock = utc_now
) -> tuple[OwnSignIn, ...]:
    """The full sign-ins of the actor's own account that stand, the newest first.

    Args:
        path: the clinic's file.
        actor: who asks; the account is the one of that name.
        this: the hash of the token with which they ask.
        clock: gives the time.

    Raises:
        NotAllowedError: the role may not look after an account of its own.
        RecordError: there is no such account.
    """
    require(path, actor, "account.own", clock=clock)
    now = clock()
    with reading(path) as db:
        rows = db.execute(
            "SELECT began_at, seen_at, token_hash = ? FROM sign_ins WHERE account = ?"
            " AND stage = 'full' AND ended_at IS NULL AND began_at > ? AND seen_at > ?"
            " ORDER BY began_at DESC, id DESC",
            [
                this,
                account_named(db, actor.actor_id).number,
                (now - ABSOLUTE).isoformat(timespec="seconds"),
                (now - IDLE).isoformat(timespec="seconds"),
            ],
        ).fetchall()
    return tuple(
        OwnSignIn(datetime.fromisoformat(began), datetime.fromisoformat(seen), bool(own))
        for began, seen, own in rows
    )


def end_other_sign_ins(path: Path, actor: Actor, this: str, *, clock: Clock = utc_now) -> int:
    """End all sign-ins of the actor's own account but the one that asks; gives back how many.

    Raises:
        NotAllowedError: the role may not look after an account of its own.
        RecordError: there is no such account.
    """
    require(path, actor, "account.own", clock=clock)
    with writing(path, actor, clock=clock) as change:
        number = account_named(change.db, actor.actor_id).number
        ended = _end_others(change, number, this, clock)
        change.log("sign_out", "accounts", key="own, all others", rows=ended)
    return ended


def keep_own_password(
    path: Path, actor: Actor, password_hash: str, this: str, *, clock: Clock = utc_now
) -> None:
    """Keep another password of the actor's own account; all its other sign-ins end.

    Raises:
        NotAllowedError: the role may not look after an account of its own.
        RecordError: there is no such account, or it has no password here.
    """
    require(path, actor, "account.own", clock=clock)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, actor.actor_id)
        if account.issuer is not None:
            raise RecordError("You sign in elsewhere; change your password there.")
        change.db.table("accounts").update(
            account.number,
            {"password_hash": password_hash, "must_change": 0, "failures": 0, "locked_until": None},
        )
        _end_others(change, account.number, this, clock)
        change.log("update", "accounts", key="own password")


def _end_others(change: Change, account: int, this: str, clock: Clock) -> int:
    return int(
        change.db.execute(
            "UPDATE sign_ins SET ended_at = ?"
            " WHERE account = ? AND ended_at IS NULL AND token_hash <> ?",
            [clock().isoformat(timespec="seconds"), account, this],
        ).rowcount
    )
