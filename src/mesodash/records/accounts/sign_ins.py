"""Sign-ins: begun, looked up at every request, ended. Only hashes of tokens are stored."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from mesodash.records.accounts.accounts import Account, account_by_number, account_named
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import CannotWriteError

Stage = Literal["code", "full"]

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=10)
CODE_WITHIN = timedelta(minutes=5)
"""How long a right password waits for the second factor."""
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=5)
_SEEN_EVERY = timedelta(seconds=30)
_STEPS_AHEAD = 20
"""Ten minutes: no code of a clock that is right is accepted so long before its time."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A valid sign-in: whose it is, and whether the second factor is still missing.

    `teaching`: it shows what a trainer sees until the password ends that mode.
    """

    account: Account
    stage: Stage
    teaching: bool = False


def begin(
    path: Path, account: Account, token_hash: str, stage: Stage, *, clock: Clock = utc_now
) -> None:
    """Begin a sign-in for a token, given its hash."""
    now = clock().isoformat(timespec="seconds")
    with writing(path, account.actor, clock=clock) as change:
        change.db.table("sign_ins").insert(
            {
                "token_hash": token_hash,
                "account": account.number,
                "stage": stage,
                "began_at": now,
                "seen_at": now,
            }
        )
        if stage == "full":
            change.db.table("accounts").update(
                account.number, {"failures": 0, "locked_until": None}
            )
        change.log("sign_in", "accounts", key=f"{account.name}: {stage}")


def look_up(path: Path, token_hash: str, *, clock: Clock = utc_now) -> SignIn | None:
    """The sign-in of a token, if it is still valid; looking it up counts as activity.

    It ends after IDLE without one, after ABSOLUTE in any case, as soon as its account is disabled,
    and a stage `code` after CODE_WITHIN.
    """
    now = clock()
    with reading(path) as db:
        row = next(
            db.query(
                "SELECT id, account, stage, began_at, seen_at, teaching FROM sign_ins"
                " WHERE token_hash = ? AND ended_at IS NULL",
                [token_hash],
            ),
            None,
        )
        account = None if row is None else account_by_number(db, row["account"])
    if row is None or account is None or account.disabled:
        return None
    began, seen = (datetime.fromisoformat(row[name]) for name in ("began_at", "seen_at"))
    most = ABSOLUTE if row["stage"] == "full" else CODE_WITHIN
    if now - began >= most or now - seen >= IDLE or now < began - IDLE:
        return None
    if now - seen >= _SEEN_EVERY:
        # On a full disk people read on, until the last activity that could be noted is IDLE ago.
        with suppress(CannotWriteError):
            _seen(path, row["id"], account.actor, now)
    return SignIn(account, row["stage"], bool(row["teaching"]))


def _seen(path: Path, number: int, actor: Actor, now: datetime) -> None:
    with writing(path, actor, unlogged=True) as change:
        change.db.table("sign_ins").update(number, {"seen_at": now.isoformat(timespec="seconds")})


def end(path: Path, token_hash: str, actor: Actor, *, clock: Clock = utc_now) -> None:
    """End one sign-in: every tab that uses it is out."""
    with writing(path, actor, clock=clock) as change:
        change.db.execute(
            "UPDATE sign_ins SET ended_at = ? WHERE token_hash = ? AND ended_at IS NULL",
            [clock().isoformat(timespec="seconds"), token_hash],
        )
        change.log("sign_out", "accounts", key=actor.actor_id)


def set_teaching(
    path: Path, token_hash: str, actor: Actor, *, on: bool, clock: Clock = utc_now
) -> None:
    """Begin or end teaching mode for one sign-in, in every tab that uses it; logged."""
    with writing(path, actor, clock=clock) as change:
        change.db.execute(
            "UPDATE sign_ins SET teaching = ? WHERE token_hash = ? AND ended_at IS NULL",
            [1 if on else None, token_hash],
        )
        change.log("teach" if on else "teach_end", "accounts", key=actor.actor_id)


def note_failure(
    path: Path, account: Account | None, *, tries: int = 1, clock: Clock = utc_now
) -> None:
    """Record a failed try; the MOST_FAILURES-th in a row locks the account for LOCKED_FOR.

    An unknown name causes a write as a known one does, so that timing does not tell them apart.
    What was typed as the name is not stored, because people type passwords there.

    Args:
        path: the clinic's file.
        account: whose name it was; None if nobody's.
        tries: of names that are nobody's, how many are entered in the change log; with 0 a write is
            made that leaves no row.
        clock: gives the time.
    """
    now = clock()
    actor = Actor(account.name if account else "unknown", account.role if account else "none")
    if not tries:
        with writing(path, actor, unlogged=True) as change:
            change.db.execute(
                "UPDATE sign_ins SET seen_at = seen_at WHERE id = (SELECT max(id) FROM sign_ins)"
            )
        return
    with writing(path, actor, clock=clock) as change:
        number = account.number if account else -1
        change.db.execute(
            "UPDATE accounts SET failures = failures + 1, locked_until ="
            " CASE WHEN failures + 1 >= ? THEN ? ELSE locked_until END WHERE id = ?",
            [MOST_FAILURES, (now + LOCKED_FOR).isoformat(timespec="seconds"), number],
        )
        change.db.execute(
            "UPDATE accounts SET failures = 0 WHERE id = ? AND failures >= ?",
            [number, MOST_FAILURES],
        )
        change.log("refused", "accounts", key=account.name if account else "unknown", rows=tries)


def note_refusal(path: Path, account: Account | None, *, clock: Clock = utc_now) -> None:
    """Record that a person confirmed by an identity provider has no account; locks nothing."""
    name = account.name if account else "unknown"
    actor = Actor(name, account.role if account else "none")
    with writing(path, actor, clock=clock) as change:
        change.log("refused", "accounts", key=f"{name}: identity provider")


def end_all(path: Path, actor: Actor, *, name: str | None = None, clock: Clock = utc_now) -> int:
    """End every sign-in, or those of one account; return how many were open.

    Raises:
        RecordError: no such account.
    """
    require(path, actor, "accounts.manage", clock=clock)
    now = clock().isoformat(timespec="seconds")
    with writing(path, actor, clock=clock) as change:
        of_one = ""
        values: list[object] = [now]
        if name is not None:
            of_one = " AND account = ?"
            values.append(account_named(change.db, name).number)
        ended = change.db.execute(
            f"UPDATE sign_ins SET ended_at = ? WHERE ended_at IS NULL{of_one}",
            values,
        ).rowcount
        change.log("sign_out", "accounts", key=name or "everybody", rows=ended)
    return int(ended)


def keep_second_factor(
    path: Path, account: Account, secret: str, step: int, *, clock: Clock = utc_now
) -> bool:
    """Store the second factor's secret and the time step of the accepted code.

    Returns:
        False if that step or a later one was used already: a code is valid once. A step far ahead
        is of a clock that was wrong, and shuts nobody out until then.
    """
    with writing(path, account.actor, clock=clock) as change:
        kept = change.db.execute(
            "UPDATE accounts SET totp_secret = ?, totp_step = ?"
            " WHERE id = ? AND (totp_step < ? OR totp_step > ?)",
            [secret, step, account.number, step, step + _STEPS_AHEAD],
        ).rowcount
        change.log("sign_in" if kept else "refused", "accounts", key=f"{account.name}: code")
    return bool(kept)
