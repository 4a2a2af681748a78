"""Accounts of a clinic's file: who may sign in and with which role. No password is handled here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from mesodash import permissions
from mesodash.catalogue.quoting import quoted
from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError

_COLUMNS = (
    "id, name, role, sees_names, password_hash, totp_secret, totp_step, issuer, subject,"
    " disabled, failures, locked_until, must_change, language"
)

_FRESH: Mapping[str, Any] = {
    "totp_secret": None,
    "totp_step": 0,
    "failures": 0,
    "locked_until": None,
    "must_change": 0,
}


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in.

    Attributes:
        number: the account's key in the file.
        name: what is typed to sign in; case does not matter.
        role: one of permissions.ROLES.
        sees_names: whether a manager may see who a patient is.
        password_hash: argon2id, with its salt and parameters; None for an account of an issuer.
        totp_secret: of the second factor, base32; None before it is set up.
        totp_step: the time step of the last accepted code; a code is valid once.
        issuer, subject: the account's identity at an identity provider; None for a local one.
        disabled: may not sign in.
        failures: wrong passwords since the last right one.
        locked_until: no password is checked before this time (UTC).
        must_change: somebody else set the password; it only allows setting a new one.
        language: the code of the language its owner chose; None if they chose none.
    """

    number: int
    name: str
    role: str
    sees_names: bool
    password_hash: str | None
    totp_secret: str | None
    totp_step: int
    issuer: str | None
    subject: str | None
    disabled: bool
    failures: int
    locked_until: datetime | None
    must_change: bool = False
    language: str | None = None

    @property
    def actor(self) -> Actor:
        """The account as an `Actor`."""
        return Actor(self.name, self.role, self.sees_names)


def accounts(path: Path) -> tuple[Account, ...]:
    """All accounts by name."""
    with reading(path) as db:
        rows = db.query(f"SELECT {_COLUMNS} FROM accounts ORDER BY name COLLATE NOCASE")
        return tuple(_account(row) for row in rows)


def find_account(path: Path, name: str) -> Account | None:
    """The account of this name, whatever its case; None if there is none."""
    with reading(path) as db:
        return _found(db, "name = ?", [name])


def find_subject(path: Path, issuer: str, subject: str) -> Account | None:
    """The account an identity provider means: subjects are unique per issuer only."""
    with reading(path) as db:
        return _found(db, "issuer = ? AND subject = ?", [issuer.rstrip("/"), subject])


def account_by_number(db: Database, number: int) -> Account | None:
    """The account with this key, from an open file."""
    return _found(db, "id = ?", [number])


def account_named(db: Database, name: str) -> Account:
    """The account with this name, from an open file.

    Raises:
        RecordError: there is none.
    """
    account = _found(db, "name = ?", [name])
    if account is None:
        raise RecordError(
            _("There is no account {name}; `mesodash user list` names them.").format(
                name=quoted(name)
            )
        )
    return account


def add_account(
    path: Path,
    name: str,
    role: str,
    actor: Actor,
    *,
    password_hash: str | None = None,
    issuer: str | None = None,
    subject: str | None = None,
    sees_names: bool = False,
    given: bool = False,
    clock: Clock = utc_now,
) -> Account:
    """Add an account, local (a password's hash) or of an identity provider (issuer and subject).

    `given` is whether somebody else knows the password: its owner then changes it at first.

    Raises:
        RecordError: the name or the subject is taken or empty, the role is unknown, or neither a
            password nor an issuer was given.
    """
    require(path, actor, "accounts.manage", clock=clock)
    name = name.strip()
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise RecordError(_("An account's name has 1 to 64 characters."))
    known_role(role)
    if (password_hash is None) == (issuer is None) or (issuer is None) != (subject is None):
        raise RecordError(_("An account has a password, or an issuer and a subject."))
    if issuer is not None and subject is not None:
        issuer = known_issuer(issuer, subject)
    with writing(path, actor, clock=clock) as change:
        if _found(change.db, "name = ?", [name]):
            raise RecordError(
                _('There is an account "{name}" already; choose another name.').format(name=name)
            )
        if issuer and _found(change.db, "issuer = ? AND subject = ?", [issuer, subject]):
            raise RecordError(_("That person of this identity provider has an account already."))
        change.db.table("accounts").insert(
            {
                "name": name,
                "role": role,
                "sees_names": int(sees_names),
                "must_change": int(given and issuer is None),
                "password_hash": password_hash,
                "issuer": issuer,
                "subject": subject,
                "created_at": clock().isoformat(timespec="seconds"),
            }
        )
        change.log("create", "accounts", key=name)
        return account_named(change.db, name)


def set_role(
    path: Path,
    name: str,
    role: str,
    actor: Actor,
    *,
    sees_names: bool | None = None,
    clock: Clock = utc_now,
) -> None:
    """Give an account another role; its sign-ins end, so that no page goes on with the old one.

    Raises:
        RecordError: no such account or role, or the clinic would have no administrator left.
    """
    require(path, actor, "accounts.manage", clock=clock)
    known_role(role)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, name)
        values: dict[str, Any] = {"role": role}
        if sees_names is not None:
            values["sees_names"] = int(sees_names)
        change.db.table("accounts").update(account.number, values)
        _keep_an_administrator(change.db, account)
        end_sign_ins(change, account.number, clock())
        change.log("update", "accounts", key=f"{account.name}: {role}")


def set_disabled(
    path: Path, name: str, actor: Actor, *, disabled: bool = True, clock: Clock = utc_now
) -> None:
    """Disable an account, or enable it again; its sign-ins end at once.

    Who is shut out loses their flashcards and preferences: both are kept for their owner alone.

    Raises:
        RecordError: no such account, or the clinic would have no administrator left.
    """
    require(path, actor, "accounts.manage", clock=clock)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, name)
        change.db.table("accounts").update(account.number, {"disabled": int(disabled)})
        _keep_an_administrator(change.db, account)
        end_sign_ins(change, account.number, clock())
        learner = learner_of(change.db, account.number)
        if disabled and learner is not None:
            erase_learner(change.db, learner)
        if disabled:
            change.db.table("preferences").delete_where("account = ?", [account.number])
        change.log("update", "accounts", key=f"{account.name}: {'off' if disabled else 'on'}")


def set_password(
    path: Path,
    name: str,
    password_hash: str,
    actor: Actor,
    *,
    given: bool = False,
    clock: Clock = utc_now,
) -> None:
    """Give an account another password; second factor and lock are cleared, its sign-ins end.

    `given` is whether somebody else knows it: its owner then changes it at the next sign-in.

    Raises:
        RecordError: no such account, or it belongs to an identity provider.
    """
    require(path, actor, "accounts.manage", clock=clock)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, name)
        if account.issuer is not None:
            raise RecordError(
                _('"{name}" signs in elsewhere; its password is changed there.').format(
                    name=account.name
                )
            )
        change.db.table("accounts").update(
            account.number,
            {**_FRESH, "password_hash": password_hash, "must_change": int(given)},
        )
        end_sign_ins(change, account.number, clock())
        change.log("update", "accounts", key=f"{account.name}: password")


def set_subject(
    path: Path, name: str, issuer: str, subject: str, actor: Actor, *, clock: Clock = utc_now
) -> None:
    """Let an account sign in at an identity provider only; password and code go, sign-ins end.

    Raises:
        RecordError: no such account, or another one is that person of that provider already.
    """
    require(path, actor, "accounts.manage", clock=clock)
    issuer = known_issuer(issuer, subject)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, name)
        other = _found(change.db, "issuer = ? AND subject = ?", [issuer, subject])
        if other is not None and other.number != account.number:
            raise RecordError(_("That person of this identity provider has an account already."))
        elsewhere = {"issuer": issuer, "subject": subject, "password_hash": None}
        change.db.table("accounts").update(account.number, {**_FRESH, **elsewhere})
        end_sign_ins(change, account.number, clock())
        change.log("update", "accounts", key=f"{account.name}: identity provider")


def end_sign_ins(change: Change, account: int, now: datetime) -> None:
    """End all sign-ins of an account within a write in progress."""
    change.db.execute(
        "UPDATE sign_ins SET ended_at = ? WHERE account = ? AND ended_at IS NULL",
        [now.isoformat(timespec="seconds"), account],
    )


def erase_learner(db: Database, learner: int) -> int:
    """Erase all that is kept of somebody's flashcards, within a write in progress.

    Args:
        db: the open file.
        learner: the key of `learners`.

    Returns:
        How many cards.
    """
    erased = db.execute("DELETE FROM learned_cards WHERE learner = ?", [learner]).rowcount
    db.execute("DELETE FROM learners WHERE id = ?", [learner])
    return int(erased)


def learner_of(db: Database, account: int) -> int | None:
    """The key of `learners` of an account; None if it learns with no flashcards."""
    row = db.execute("SELECT id FROM learners WHERE account = ?", [account]).fetchone()
    return None if row is None else int(row[0])


def _keep_an_administrator(db: Database, changed: Account) -> None:
    if changed.role != "administrator":
        return
    (left,) = db.execute(
        "SELECT count(*) FROM accounts WHERE role = 'administrator' AND NOT disabled"
    ).fetchone()
    if not left:
        raise RecordError(_("The clinic needs one administrator; make another one first."))


def _found(db: Database, where: str, values: list[Any]) -> Account | None:
    row = next(db.query(f"SELECT {_COLUMNS} FROM accounts WHERE {where}", values), None)
    return None if row is None else _account(row)


def _account(row: Mapping[str, Any]) -> Account:
    until = row["locked_until"]
    return Account(
        number=row["id"],
        name=row["name"],
        role=row["role"],
        sees_names=bool(row["sees_names"]),
        password_hash=row["password_hash"],
        totp_secret=row["totp_secret"],
        totp_step=row["totp_step"],
        issuer=row["issuer"],
        subject=row["subject"],
        disabled=bool(row["disabled"]),
        failures=row["failures"],
        locked_until=None if until is None else datetime.fromisoformat(until),
        must_change=bool(row["must_change"]),
        language=row["language"],
    )


def known_role(role: str) -> None:
    """Refuse a role that the matrix does not have.

    Raises:
        RecordError: naming those it has.
    """
    if role not in permissions.ROLES:
        raise RecordError(
            _("There is no role {role}; choose from {roles}.").format(
                role=quoted(role), roles=", ".join(permissions.ROLES)
            )
        )


def known_issuer(issuer: str, subject: str) -> str:
    """The issuer as it is stored: an https address without a trailing slash.

    Plain http is accepted only for a provider on this computer.

    Raises:
        RecordError: it is no such address, or the subject is empty or too long.
    """
    address = urlsplit(issuer)
    own = address.scheme == "http" and address.hostname in ("127.0.0.1", "localhost", "::1")
    if not (address.scheme == "https" and address.hostname) and not own:
        raise RecordError(
            _(
                "An issuer is the https address the provider calls itself in its"
                " settings, such as https://login.example.org."
            )
        )
    if not 1 <= len(subject) <= 255 or not subject.isprintable():
        raise RecordError(_("A subject has 1 to 255 characters; copy it from the provider."))
    return issuer.rstrip("/")
