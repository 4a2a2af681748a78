"""Opening the clinic's file: reading, and the one way to write.

A connection lives as long as one `with` block, because SQLite connections may not travel between
Streamlit's threads and opening one costs about a millisecond. SQLite comes from pysqlite3, which
sqlite-utils uses as well: its version has the fix of the WAL-reset bug. Two copies of SQLite on one
file lose each other's locks, so Python's own `sqlite3` is imported nowhere (see `driver`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.keys import read_keys, writing_keys
from mesodash.records.audit.seals import check_end, is_open, is_sealed, write_sealed
from mesodash.records.store import driver
from mesodash.records.store.errors import (
    BusyError,
    CannotWriteError,
    DamagedError,
    NewerSchemaError,
    NotAClinicError,
    RecordError,
)
from mesodash.records.store.schema_steps import NEWEST
from mesodash.settings import db_key_file

QUIET = ("view", "export", "sign_in", "sign_out", "refused", "migrate", "restart")
"""Actions that are noted and leave the clinic's data, and so its revision, as they were."""

_READING = ("foreign_keys = ON", "query_only = ON")
_WRITING = ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock used if the caller passes none."""
    return datetime.now(UTC)


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's own failures on `path` into sentences a person can act on."""
    try:
        yield
    except driver.operational_errors() as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            raise BusyError(
                _("{file} is in use by another program; close that one and try again.").format(
                    file=path.name
                )
            ) from error
        if "unable to open" in text or "no such table" in text:
            raise NotAClinicError(
                _(
                    "{path} is not a mesodash clinic; make one with `mesodash init` or name"
                    " another."
                ).format(path=path)
            ) from error
        if "readonly" in text or "read-only" in text:
            raise CannotWriteError(
                _(
                    "{file} may not be changed by this user; give write access to it and to its"
                    " folder."
                ).format(file=path.name)
            ) from error
        if "full" in text:
            raise CannotWriteError(
                _(
                    "The disk that holds {name} is full; nothing was kept, so make room and"
                    " save again."
                ).format(name=path.name)
            ) from error
        raise
    except driver.database_errors() as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise DamagedError(_not_a_database(path)) from error
        raise
    except UnicodeEncodeError as error:  # half of a character, from a faulty paste or client
        raise RecordError(
            _("The text holds a broken character; delete it and type it anew.")
        ) from error
    except OverflowError as error:  # SQLite's whole numbers have 64 bits
        raise RecordError(_("A number is too large to be kept; correct it.")) from error


def _not_a_database(path: Path) -> str:
    key_file = db_key_file()
    if key_file is not None:
        return _(
            "{path} cannot be opened with the key in {key_file}; it has another key, is"
            " not encrypted or is damaged."
        ).format(path=path, key_file=key_file)
    return _(
        "{path} is damaged or not a mesodash clinic; restore it from a backup, or name"
        " its key with MESODASH_DB_KEY_FILE if it is encrypted."
    ).format(path=path)


def connect(path: Path, *, read_only: bool, existing: bool = False) -> Database:
    """Open `path` with the pragmas every connection needs; the caller closes it.

    With `existing` the file is looked at before the pragmas, which write to it: whatever is not a
    clinic's file stays as it is.
    """
    connection = driver.open_file(path, "ro" if read_only else "rwc")
    try:
        if existing:
            connection.execute("SELECT revision FROM clinic")
        for pragma in _READING if read_only else _WRITING:
            connection.execute(f"PRAGMA {pragma}")
        return Database(connection, recursive_triggers=True, strict=True)
    except BaseException:
        connection.close()
        raise


def refuse_newer(db: Database, path: Path) -> None:
    """Return if this version knows the file's schema; else raise.

    Raises:
        NewerSchemaError: a newer version of mesodash made it.
    """
    (newest,) = db.execute(
        "SELECT max(name) FROM _sqlite_migrations WHERE migration_set = 'mesodash'"
    ).fetchone()
    if newest is not None and newest > NEWEST:
        raise NewerSchemaError(
            _(
                "{file} was made by a newer version of mesodash; update mesodash, or restore a"
                " backup that this version made."
            ).format(file=path.name)
        )


@contextmanager
def reading(path: Path) -> Iterator[Database]:
    """Open the clinic's file for reading: one consistent snapshot for the whole block.

    Raises:
        NotAClinicError, DamagedError, BusyError: each with one sentence that names the fix.
    """
    with plain_errors(path):
        db = connect(path, read_only=True)
        try:
            db.execute("BEGIN")
            db.execute("SELECT revision FROM clinic")
            refuse_newer(db, path)
            yield db
        finally:
            db.conn.rollback()
            db.close()


@dataclass(slots=True)
class Change:
    """One write in progress: the open database and the entries for the change log.

    Attributes:
        db: the open file, inside the transaction.
        actor: who writes.
        entries: what `log` collected so far.
        reason: why, in the person's words; stored with the versions of the changed rows.
        forgotten: numbers of patients whose former rows are to be removed from their versions
            (erasure).
    """

    db: Database
    actor: Actor
    entries: list[dict[str, object]] = field(default_factory=list)
    reason: str | None = None
    forgotten: set[int] = field(default_factory=set)

    def log(
        self,
        action: str,
        table: str,
        *,
        key: str | None = None,
        patient: int | None = None,
        month: str | None = None,
        rows: int = 1,
    ) -> None:
        """Add an entry to the change log.

        Args:
            action: create, update, void, import, init or adopt, or one of QUIET.
            table: the table touched.
            key: the row's own id, if one row was touched.
            patient: the patient's internal number, if the row is a patient's.
            month: YYYY-MM of the facts touched; tells publish what to rewrite.
            rows: how many rows.
        """
        self.entries.append(
            {
                "action": action,
                "table_name": table,
                "row_key": key,
                "patient": patient,
                "month": month,
                "row_count": rows,
            }
        )


@contextmanager
def writing(
    path: Path,
    actor: Actor,
    *,
    clock: Clock = utc_now,
    unlogged: bool = False,
    key_file: Path | None = None,
    restart: str | None = None,
) -> Iterator[Change]:
    """The only way to change the clinic's file: the block is one transaction.

    Begins IMMEDIATE (sqlite-utils' own `atomic()` begins deferred, which fails under concurrent
    read-then-write). The revision moves, and the change log grows, only if something was logged;
    entries whose action is one of QUIET are kept without moving the revision. `unlogged` is for
    what is no fact of the clinic, such as the last activity of a sign-in. `key_file` holds the
    change log's key while `path` is not yet the clinic's final place. `restart` is the reason why
    a new log begins here, accepting the file's content unchecked.

    Raises:
        ChangedOutsideError: another program changed the file, or the log's key is not there.
        NotAClinicError, DamagedError, BusyError: each with one sentence that names the fix.
    """
    if not path.is_file():
        raise NotAClinicError(
            _("There is no clinic at {path}; make one with `mesodash init`.").format(path=path)
        )
    with plain_errors(path):
        db = connect(path, read_only=False, existing=True)
        try:
            db.conn.execute("BEGIN IMMEDIATE")
            refuse_newer(db, path)
            if restart is None:
                _check_end(db, path, key_file)
            change = Change(db, actor)
            yield change
            if not unlogged:
                _write_log(change, clock(), path, key_file, restart)
            else:
                _refuse_open(db)
            db.conn.commit()
        except BaseException:  # a rerun in Streamlit raises past Exception; roll back all the same
            db.conn.rollback()
            raise
        finally:
            db.close()


def _refuse_open(db: Database) -> None:
    if is_open(db):
        raise RuntimeError("a change of the clinic's file was not logged")


def _check_end(db: Database, path: Path, key_file: Path | None) -> None:
    if is_sealed(db):
        check_end(db, read_keys(path, key_file))


def _write_log(
    change: Change, now: datetime, path: Path, key_file: Path | None, restart: str | None
) -> None:
    """Move the revision if the data changed, and write the collected entries under it, sealed."""
    db = change.db
    if not change.entries:
        if db.conn.total_changes:
            raise RuntimeError("a change of the clinic's file was not logged")
        return
    if any(entry["action"] not in QUIET for entry in change.entries):
        db.execute("UPDATE clinic SET revision = revision + 1")
    (revision,) = db.execute("SELECT revision FROM clinic").fetchone()
    who = {"revision": revision, "actor": change.actor.actor_id, "role": change.actor.role}
    write_sealed(
        db,
        writing_keys(path, key_file) if is_sealed(db) else None,
        now.astimezone(UTC).isoformat(timespec="seconds"),
        [who | entry for entry in change.entries],
        reason=change.reason,
        forgotten=change.forgotten,
        restarted=restart,
    )
