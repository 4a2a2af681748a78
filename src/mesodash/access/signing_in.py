"""Signing in step by step: a password, then a code where the role needs one; and out again."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from mesodash.access import passwords, second_factor
from mesodash.access.claims import Person
from mesodash.records import sign_ins
from mesodash.records.accounts import Account, find_account, find_subject
from mesodash.records.connection import Clock, utc_now

REFUSED = "Name or password is not right."
LOCKED = "Too many wrong tries; wait five minutes, then try again."
WRONG_CODE = "That code is not right, or was used already; type the newest one."
OVER = "That took too long; sign in again."
BUSY = "Too many people are signing in at this moment; wait a minute, then try again."
NOT_FINISHED = "Signing in there was not finished; begin again here."
NO_ENTRY = (
    "You are known there, but have no entry here; ask an administrator of the clinic to let you in."
)


@dataclass(frozen=True, slots=True)
class Step:
    """How a step of signing in ended.

    Attributes:
        token: the new token to hand to the browser; None where the step was refused.
        then: `in`, or `code` (the second factor is next), or `change` (a password that somebody
            else gave is to be changed next), or `refused`.
        sentence: why not, in plain words.
    """

    token: str | None
    then: Literal["in", "code", "change", "refused"]
    sentence: str = ""


def hashed_token(token: str) -> str:
    """What is kept of a token: its SHA-256; 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def with_password(db: Path, name: str, password: str, *, clock: Clock = utc_now) -> Step:
    """The first step. A name that does not exist takes the same time and gives the same words."""
    account = find_account(db, name.strip()[:64])
    locked = account is not None and is_locked(account, clock())
    right = passwords.matches(password, account.password_hash if account else None)
    if locked:
        return Step(None, "refused", LOCKED)
    if account is None or not right or account.disabled:
        sign_ins.note_failure(db, account, clock=clock)
        return Step(None, "refused", REFUSED)
    return _first_step(db, account, clock)


def with_person(db: Path, person: Person, *, clock: Clock = utc_now) -> Step:
    """The first step of one whom an identity provider vouches for.

    Issuer and subject together say which account that is; its role is what our table says. The
    second factor is asked for here as for everybody, unless the provider says it asked for one.
    """
    account = find_subject(db, person.issuer, person.subject)
    if account is None or account.disabled:
        sign_ins.note_refusal(db, account, clock=clock)
        return Step(None, "refused", NO_ENTRY)
    if person.two_factors:
        return entered(db, account, clock=clock)
    return _first_step(db, account, clock)


def without_claims(db: Path, *, clock: Clock = utc_now) -> Step:
    """Refuse what a provider says of nobody, or too late, or for another app; and note that."""
    sign_ins.note_refusal(db, None, clock=clock)
    return Step(None, "refused", NOT_FINISHED)


def with_code(
    db: Path, token: str, code: str, *, secret: str | None = None, clock: Clock = utc_now
) -> Step:
    """The second step, for a token that `with_password` gave.

    Args:
        db: the clinic's file.
        token: of the first step; it ends here, the next one is new.
        code: six digits from the app.
        secret: one just set up, for an account that has none yet.
        clock: gives the time.
    """
    standing = sign_ins.look_up(db, hashed_token(token), clock=clock)
    if standing is None or standing.stage != "code":
        return Step(None, "refused", OVER)
    account = standing.account
    if is_locked(account, clock()):
        return Step(None, "refused", LOCKED)
    known = account.totp_secret or secret
    step = second_factor.step_of(known, code, clock()) if known else None
    if known is None or step is None:
        sign_ins.note_failure(db, account, clock=clock)
        return Step(None, "refused", WRONG_CODE)
    if not sign_ins.keep_second_factor(db, account, known, step, clock=clock):
        return Step(None, "refused", WRONG_CODE)
    sign_ins.end(db, hashed_token(token), account.actor, clock=clock)
    return entered(db, account, clock=clock)


def entered(db: Path, account: Account, *, clock: Clock = utc_now) -> Step:
    """Begin a full sign-in, which with a password that somebody else gave opens its change only."""
    then: Literal["in", "change"] = "change" if account.must_change else "in"
    return Step(_begin(db, account, "full", clock), then)


def signed_in(db: Path, token: str | None, *, clock: Clock = utc_now) -> Account | None:
    """Whose full sign-in a token is; None if it does not stand or a password must be changed."""
    account = _whole(db, token, clock)
    return None if account is None or account.must_change else account


def must_change(db: Path, token: str | None, *, clock: Clock = utc_now) -> Account | None:
    """Whose sign-in a token is that waits for a password of their own; None if it does not."""
    account = _whole(db, token, clock)
    return account if account is not None and account.must_change else None


def _whole(db: Path, token: str | None, clock: Clock) -> Account | None:
    if not token:
        return None
    standing = sign_ins.look_up(db, hashed_token(token), clock=clock)
    return standing.account if standing and standing.stage == "full" else None


def sign_out(db: Path, token: str | None, *, clock: Clock = utc_now) -> None:
    """End the sign-in of a token, in every tab."""
    if not token:
        return
    standing = sign_ins.look_up(db, hashed_token(token), clock=clock)
    if standing:
        sign_ins.end(db, hashed_token(token), standing.account.actor, clock=clock)


def _first_step(db: Path, account: Account, clock: Clock) -> Step:
    if account.totp_secret or account.role in second_factor.NEEDED_BY:
        return Step(_begin(db, account, "code", clock), "code")
    return entered(db, account, clock=clock)


def _begin(db: Path, account: Account, stage: sign_ins.Stage, clock: Clock) -> str:
    token = secrets.token_urlsafe(32)
    sign_ins.begin(db, account, hashed_token(token), stage, clock=clock)
    return token


def is_locked(account: Account, now: datetime) -> bool:
    """Whether no password of the account is tried now."""
    return account.locked_until is not None and now < account.locked_until
