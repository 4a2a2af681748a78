"""Account administration: who signed in when, and resetting a second factor."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mesodash.language import _
from mesodash.records.accounts.accounts import Account, account_named, accounts, end_sign_ins
from mesodash.records.accounts.sign_ins import ABSOLUTE, IDLE
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """An account as its administrators see it.

    Attributes:
        account: the account itself.
        last_sign_in: when its last full sign-in began (UTC); None if it never signed in.
        standing: how many of its full sign-ins are valid now.
    """

    account: Account
    last_sign_in: datetime | None
    standing: int


def account_overviews(
    path: Path, actor: Actor, *, clock: Clock = utc_now
) -> tuple[AccountOverview, ...]:
    """All accounts by name, with their sign-ins.

    Raises:
        NotAllowedError: the role may not manage accounts.
    """
    require(path, actor, "accounts.manage", clock=clock)
    now = clock()
    with reading(path) as db:
        last = dict(
            db.execute(
                "SELECT account, max(began_at) FROM sign_ins WHERE stage = 'full' GROUP BY account"
            ).fetchall()
        )
        standing = dict(
            db.execute(
                "SELECT account, count(*) FROM sign_ins WHERE stage = 'full'"
                " AND ended_at IS NULL AND began_at > ? AND seen_at > ? GROUP BY account",
                [
                    (now - ABSOLUTE).isoformat(timespec="seconds"),
                    (now - IDLE).isoformat(timespec="seconds"),
                ],
            ).fetchall()
        )
    return tuple(
        AccountOverview(
            account,
            datetime.fromisoformat(last[account.number]) if account.number in last else None,
            standing.get(account.number, 0),
        )
        for account in accounts(path)
    )


def reset_second_factor(path: Path, name: str, actor: Actor, *, clock: Clock = utc_now) -> None:
    """Let an account set up its second factor anew; its sign-ins end.

    Raises:
        NotAllowedError: the role may not manage accounts.
        RecordError: no such account, or it has no second factor.
    """
    require(path, actor, "accounts.manage", clock=clock)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, name)
        if account.totp_secret is None:
            raise RecordError(
                _('"{name}" has no second factor; there is nothing to reset.').format(
                    name=account.name
                )
            )
        # The step stays: a code that was taken is not good again should the secret come back.
        change.db.table("accounts").update(account.number, {"totp_secret": None})
        end_sign_ins(change, account.number, clock())
        change.log("update", "accounts", key=f"{account.name}: second factor")
