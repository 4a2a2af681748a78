"""Who the matrix of roles is tried with, and the clinic's files it is tried on."""

import secrets
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mesodash.access import passwords, signing_in
from mesodash.records.accounts import accounts, sign_ins
from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.store.connection import reading, writing
from mesodash.settings import lake_beside

PASSWORD = "correct horse battery"
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
IDENTITIES = (
    Actor("Ada", "administrator"),
    Actor("Mia", "manager"),
    Actor("Nia", "manager", sees_names=True),
    Actor("Pia", "practitioner"),
    Actor("Tom", "trainer"),
    Actor("Rex", "auditor"),
)
"""One of each role, and a second manager who has the right to names."""


def add_accounts(db):
    """Give the clinic an account of each identity, all with PASSWORD."""
    kept = passwords.hashed(PASSWORD, name="all")
    for who in IDENTITIES:
        accounts.add_account(
            db,
            who.actor_id,
            who.role,
            COMMAND_LINE,
            password_hash=kept,
            sees_names=who.sees_names,
            clock=lambda: START,
        )


def signed_in(db, who):
    """Begin a full sign-in for one of them; its token, as the browser's cookie would hold it."""
    account = accounts.find_account(db, who.actor_id)
    token = secrets.token_urlsafe(32)
    sign_ins.begin(db, account, signing_in.hashed_token(token), "full")
    return token


def made_clinical(db):
    """Turn a demo's file into a clinical one: rich data, and a sign-in to see it with."""
    with writing(Path(db), COMMAND_LINE, clock=lambda: START) as change:
        change.db.execute("UPDATE clinic SET kind = 'clinical'")
        change.log("migrate", "clinic")  # moves no revision: what is known of the demo stays true


def copied(source, folder):
    """A copy of a clinic's file that nobody has open, with its lake and its log's key."""
    for part in source.parent.glob(f"{source.name}*"):
        (shutil.copytree if part.is_dir() else shutil.copy)(part, folder / part.name)
    lake = lake_beside(source)
    if lake.is_dir() and not (folder / lake.name).exists():
        shutil.copytree(lake, folder / lake.name)
    return folder / source.name


def last_entry(db):
    """The number of the newest row of the change log."""
    with reading(db) as file:
        return file.execute("SELECT coalesce(max(seq), 0) FROM change_log").fetchone()[0]


def entries_since(db, seq):
    """The rows of the change log after `seq`: (actor, role, action, table, key)."""
    with reading(db) as file:
        rows = file.execute(
            "SELECT actor, role, action, table_name, row_key FROM change_log WHERE seq > ?"
            " ORDER BY seq",
            [seq],
        )
        return [tuple(row) for row in rows]


class Later:
    """A clock that is an hour later at each look, so that no two looks are one and the same."""

    def __init__(self):
        self.now = START

    def __call__(self):
        self.now += timedelta(hours=1)
        return self.now
