"""What people do with their own account: password and language; list and end its sign-ins."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mesodash.language import _
from mesodash.records.accounts.accounts import account_named
from mesodash.records.accounts.sign_ins import ABSOLUTE, IDLE
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """One of a person's valid sign-ins.

    Attributes:
        began: when (UTC).
        last_used: the last activity (UTC), to half a minute.
        this: whether it is the sign-in that makes the request.
    """

    began: datetime
    last_used: datetime
    this: bool


def own_sign_ins(
    path: Path, actor: Actor, this: str, *, clock: Clock = utc_now
) -> tuple[OwnSignIn, ...]:
    """The valid full sign-ins of the actor's own account, newest first.

    Args:
        path: the clinic's file.
        actor: who asks; the account with the same name.
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
    """End the actor's other sign-ins; return how many were ended.

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
    """Store a new password for the actor's own account; all its other sign-ins end.

    Raises:
        NotAllowedError: the role may not look after an account of its own.
        RecordError: there is no such account, or it has no password here.
    """
    require(path, actor, "account.own", clock=clock)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, actor.actor_id)
        if account.issuer is not None:
            raise RecordError(_("You sign in elsewhere; change your password there."))
        change.db.table("accounts").update(
            account.number,
            {"password_hash": password_hash, "must_change": 0, "failures": 0, "locked_until": None},
        )
        _end_others(change, account.number, this, clock)
        change.log("update", "accounts", key="own password")


def keep_own_language(path: Path, actor: Actor, code: str, *, clock: Clock = utc_now) -> None:
    """Keep the language that the actor chose for the app, for every browser they sign in with.

    Raises:
        NotAllowedError: the role may not look after an account of its own.
        RecordError: there is no such account.
    """
    require(path, actor, "account.own", clock=clock)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, actor.actor_id)
        change.db.table("accounts").update(account.number, {"language": code})
        change.log("update", "accounts", key="own language")


def _end_others(change: Change, account: int, this: str, clock: Clock) -> int:
    return int(
        change.db.execute(
            "UPDATE sign_ins SET ended_at = ?"
            " WHERE account = ? AND ended_at IS NULL AND token_hash <> ?",
            [clock().isoformat(timespec="seconds"), account, this],
        ).rowcount
    )
