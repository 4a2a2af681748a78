"""Changing one's own password, and replacing one that somebody else set."""

from dataclasses import replace
from pathlib import Path

from mesodash.access import passwords, signing_in
from mesodash.access.signing_in import Step
from mesodash.language import N_, _
from mesodash.records.accounts import own_account, sign_ins
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.store.errors import RecordError

WRONG_OLD = N_("The old password is not right; nothing was changed.")
SAME = N_("Choose another password than the one you have.")


def change_password(
    db: Path, token: str | None, old: str, new: str, *, clock: Clock = utc_now
) -> None:
    """Change the password of a sign-in's account; its other sign-ins end, this one stays.

    A wrong old password counts as a failed sign-in: the fifth locks the account.

    Raises:
        PasswordError: the new one is not acceptable.
        RecordError: the sign-in has ended, the old password is wrong, the account is locked or
            signs in elsewhere.
    """
    account = signing_in.signed_in(db, token, clock=clock)
    if token is None or account is None:
        raise RecordError(_(signing_in.OVER))
    if account.issuer is not None:
        raise RecordError(_("You sign in elsewhere; change your password there."))
    passwords.check(new, name=account.name)
    if signing_in.is_locked(account, clock()):
        raise RecordError(_(signing_in.LOCKED))
    if not passwords.matches(old, account.password_hash):
        sign_ins.note_failure(db, account, clock=clock)
        raise RecordError(_(WRONG_OLD))
    if new == old:
        raise passwords.PasswordError(_(SAME))
    kept = passwords.hashed(new, name=account.name)
    own_account.keep_own_password(
        db, account.actor, kept, signing_in.hashed_token(token), clock=clock
    )


def with_first_password(
    db: Path, token: str, new: str, again: str, *, clock: Clock = utc_now
) -> Step:
    """The last step of signing in with a password that somebody else set: choosing one's own.

    The old password was asked for in the first step. The token ends here; a new one follows.
    """
    account = signing_in.must_change(db, token, clock=clock)
    if account is None:
        return Step(None, "refused", signing_in.OVER)
    if new != again:
        return Step(None, "refused", _("The two are not the same; type them again."))
    try:
        kept = passwords.hashed(new, name=account.name)
    except passwords.PasswordError as error:
        return Step(None, "refused", str(error))
    if passwords.matches(new, account.password_hash):
        return Step(None, "refused", SAME)
    own_account.keep_own_password(db, account.actor, kept, "", clock=clock)
    return signing_in.full_sign_in(db, replace(account, must_change=False), clock=clock)
