"""Signing in step by step: a password, then a code where the role needs one; and out again."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from mesodash.access import passwords, second_factor
from mesodash.access.claims import Person
from mesodash.access.unknown_names import UnknownNames
from mesodash.language import N_
from mesodash.records.accounts import sign_ins
from mesodash.records.accounts.accounts import Account, find_account, find_subject
from mesodash.records.accounts.own_account import keep_own_language
from mesodash.records.store.connection import Clock, utc_now

REFUSED = N_("Name or password is not right.")
LOCKED = N_("Too many wrong tries; wait five minutes, then try again.")
WRONG_CODE = N_("That code is not right, or was used already; type the newest one.")
OVER = N_("That took too long; sign in again.")
BUSY = N_("Too many people are signing in at this moment; wait a minute, then try again.")
NOT_FINISHED = N_("Signing in there was not finished; begin again here.")
WRONG_PASSWORD = N_("That password is not right; teaching mode goes on.")
NO_ENTRY = N_(
    "You are known there, but have no entry here; ask an administrator of the clinic to let you in."
)


TEACHING_ROLE: Final = "trainer"
"""What a sign-in in teaching mode may do: what this role may, whoever signed in."""
TEACHING_COOKIE: Final = "mesodash_teaching"
"""Keeps teaching mode in a browser that looks at a demo, where nobody signs in."""


@dataclass(frozen=True, slots=True)
class Step:
    """The result of a step of signing in.

    Attributes:
        token: the new token for the browser; None if the step was refused.
        then: `in`, or `code` (the second factor is next), or `change` (a password that somebody
            else set must be changed next), or `refused`.
        sentence: why not, in plain words.
        language: the code of the one the account's owner chose; None if they chose none.
    """

    token: str | None
    then: Literal["in", "code", "change", "refused"]
    sentence: str = ""
    language: str | None = None


def hashed_token(token: str) -> str:
    """What is stored of a token: its SHA-256; 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def with_password(
    db: Path,
    name: str,
    password: str,
    *,
    unknown: UnknownNames | None = None,
    clock: Clock = utc_now,
) -> Step:
    """The first step.

    A name that does not exist takes the same time, gives the same words, and is locked after as
    many wrong tries.

    Args:
        db: the clinic's file.
        name: as typed.
        password: as typed.
        unknown: counts failed tries with names without an account; None counts none.
        clock: gives the time.
    """
    name = name.strip()[:64]
    account = find_account(db, name)
    if account is not None:
        locked = is_locked(account, clock())
    else:
        locked = unknown is not None and unknown.is_locked(name, clock())
    right = passwords.matches(password, account.password_hash if account else None)
    if locked:
        return Step(None, "refused", LOCKED)
    if account is None or not right or account.disabled:
        tries = 1
        if account is None and unknown is not None:
            unknown.note_failure(name, clock())
            tries = unknown.to_tell(clock())
        sign_ins.note_failure(db, account, tries=tries, clock=clock)
        return Step(None, "refused", REFUSED)
    return _first_step(db, account, clock)


def with_person(db: Path, person: Person, *, clock: Clock = utc_now) -> Step:
    """The first step for a person whom an identity provider vouches for.

    Issuer and subject together say which account that is; its role is what our table says. The
    second factor is asked for here as for everybody, unless the provider says it asked for one.
    """
    account = find_subject(db, person.issuer, person.subject)
    if account is None or account.disabled:
        sign_ins.note_refusal(db, account, clock=clock)
        return Step(None, "refused", NO_ENTRY)
    if person.two_factors:
        return full_sign_in(db, account, clock=clock)
    return _first_step(db, account, clock)


def without_claims(db: Path, *, clock: Clock = utc_now) -> Step:
    """Refuse and log a provider's answer that names nobody, is too old or is for another app."""
    sign_ins.note_refusal(db, None, clock=clock)
    return Step(None, "refused", NOT_FINISHED)


def with_code(
    db: Path, token: str, code: str, *, secret: str | None = None, clock: Clock = utc_now
) -> Step:
    """The second step: check a one-time code for a token issued by `with_password`.

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
    return full_sign_in(db, account, clock=clock)


def full_sign_in(db: Path, account: Account, *, clock: Clock = utc_now) -> Step:
    """Begin a full sign-in; after a password set by somebody else it only allows changing it."""
    then: Literal["in", "change"] = "change" if account.must_change else "in"
    return Step(_begin(db, account, "full", clock), then, language=account.language)


def signed_in(db: Path, token: str | None, *, clock: Clock = utc_now) -> Account | None:
    """The account that a token fully signs in; None if it does not, or the password must change.

    In teaching mode the account has the role of a trainer and sees no names, so that every
    question of what it may do is answered as for a trainer.
    """
    standing = _valid_sign_in(db, token, clock)
    if standing is None or standing.account.must_change:
        return None
    if standing.teaching:
        return replace(standing.account, role=TEACHING_ROLE, sees_names=False)
    return standing.account


def is_teaching(db: Path, token: str | None, *, clock: Clock = utc_now) -> bool:
    """Whether the sign-in of a token is in teaching mode."""
    standing = _valid_sign_in(db, token, clock)
    return standing is not None and standing.teaching


def begin_teaching(db: Path, token: str, *, clock: Clock = utc_now) -> bool:
    """Make a sign-in show what a trainer sees; False if it is not valid."""
    standing = _valid_sign_in(db, token, clock)
    if standing is None:
        return False
    if not standing.teaching:
        sign_ins.set_teaching(db, hashed_token(token), standing.account.actor, on=True, clock=clock)
    return True


def leave_teaching(db: Path, token: str, password: str, *, clock: Clock = utc_now) -> Step:
    """End teaching mode with the password of the account that signed in.

    A wrong one counts as a failed sign-in: the fifth locks the account. Whoever signs in at an
    identity provider has no password here, and leaves by signing in again.
    """
    standing = _valid_sign_in(db, token, clock)
    if standing is None:
        return Step(None, "refused", OVER)
    account = standing.account
    if is_locked(account, clock()):
        return Step(None, "refused", LOCKED)
    if not passwords.matches(password, account.password_hash):
        sign_ins.note_failure(db, account, clock=clock)
        return Step(None, "refused", WRONG_PASSWORD)
    sign_ins.set_teaching(db, hashed_token(token), account.actor, on=False, clock=clock)
    return Step(token, "in")


def keep_language(db: Path, token: str | None, code: str, *, clock: Clock = utc_now) -> bool:
    """Keep the language chosen by whom a token signs in; False if it signs in nobody."""
    standing = _valid_sign_in(db, token, clock)
    if standing is None:
        return False
    if standing.account.language != code:
        keep_own_language(db, standing.account.actor, code, clock=clock)
    return True


def must_change(db: Path, token: str | None, *, clock: Clock = utc_now) -> Account | None:
    """The account whose sign-in must first set its own password; None if it need not."""
    standing = _valid_sign_in(db, token, clock)
    return standing.account if standing and standing.account.must_change else None


def _valid_sign_in(db: Path, token: str | None, clock: Clock) -> sign_ins.SignIn | None:
    """The full sign-in of a token, if it is valid."""
    if not token:
        return None
    standing = sign_ins.look_up(db, hashed_token(token), clock=clock)
    return standing if standing and standing.stage == "full" else None


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
    return full_sign_in(db, account, clock=clock)


def _begin(db: Path, account: Account, stage: sign_ins.Stage, clock: Clock) -> str:
    token = secrets.token_urlsafe(32)
    sign_ins.begin(db, account, hashed_token(token), stage, clock=clock)
    return token


def is_locked(account: Account, now: datetime) -> bool:
    """Whether the account is locked now.

    A lock that would last longer than any does is of a clock that ran ahead, and holds nobody up.
    """
    until = account.locked_until
    return until is not None and now < until <= now + sign_ins.LOCKED_FOR
