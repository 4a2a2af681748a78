"""Bringing a clinic's file to this version's schema."""

from datetime import UTC
from pathlib import Path

from sqlite_utils import Database, Migrations

from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.keys import Keyring, read_keys, writing_keys
from mesodash.records.audit.seals import has_versions, is_sealed, note_all_rows, write_sealed
from mesodash.records.store.connection import Clock, connect, plain_errors, refuse_newer, utc_now
from mesodash.records.store.errors import ChangedOutsideError
from mesodash.records.store.schema_steps import STEPS

MIGRATIONS = Migrations("mesodash")
for step in STEPS:
    MIGRATIONS()(step)


MIGRATING = Actor("mesodash", "administrator")
"""Whom the change log names where a file was brought up to date."""


def migrate(path: Path, *, key_file: Path | None = None, clock: Clock = utc_now) -> bool:
    """Bring the file at `path` (made if missing) to this version's schema.

    `Migrations.apply` looks for what is pending outside its transaction, so processes that start
    together race; BEGIN IMMEDIATE around it makes them queue. Rows of a file that kept no versions
    yet are sealed as they are found, in the same transaction.

    Args:
        path: the file.
        key_file: where the change log's key is, for a file that is not the clinic's own.
        clock: gives the time of the entry in the change log.

    Returns:
        Whether the file was changed.

    Raises:
        NewerSchemaError: a newer version of mesodash made the file.
        ChangedOutsideError: the file has lost the seals that its key was for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with plain_errors(path):
        db = connect(path, read_only=False)
        try:
            db.conn.execute("BEGIN IMMEDIATE")
            if "_sqlite_migrations" in db.table_names():
                refuse_newer(db, path)
            pending = bool(MIGRATIONS.pending(db))
            if pending:
                _apply(db, path, key_file, clock)
            db.conn.commit()
        except BaseException:
            db.conn.rollback()
            raise
        finally:
            db.close()
    return pending


def is_older(path: Path) -> bool:
    """Whether the file has a schema before this version's."""
    with plain_errors(path):
        db = connect(path, read_only=True)
        try:
            return bool(MIGRATIONS.pending(db))
        finally:
            db.close()


def _last_seal(db: Database) -> str | None:
    last = db.execute("SELECT mac FROM change_log ORDER BY seq DESC LIMIT 1").fetchone()
    return None if last is None else last[0]


def _apply(db: Database, path: Path, key_file: Path | None, clock: Clock) -> None:
    there = bool(db.table_names())
    sealed_before = there and is_sealed(db)
    keys: Keyring = read_keys(path, key_file)
    has_rows = there and db.execute("SELECT 1 FROM clinic").fetchone() is not None
    had_versions = sealed_before and has_versions(db)
    unsealed = not sealed_before or _last_seal(db) is None
    if has_rows and unsealed and keys.keys:
        raise ChangedOutsideError(
            _(
                "{file} has lost its seals, though there is a key for them at {key_file};"
                " restore a backup."
            ).format(file=path.name, key_file=keys.file)
        )
    MIGRATIONS.apply(db)
    if not has_rows or had_versions:
        return
    note_all_rows(db)
    (revision,) = db.execute("SELECT revision FROM clinic").fetchone()
    write_sealed(
        db,
        writing_keys(path, key_file),
        clock().astimezone(UTC).isoformat(timespec="seconds"),
        [
            {
                "revision": revision,
                "actor": MIGRATING.actor_id,
                "role": MIGRATING.role,
                "action": "migrate",
                "table_name": "clinic",
                "row_key": None,
                "patient": None,
                "month": None,
                "row_count": 1,
            }
        ],
    )
