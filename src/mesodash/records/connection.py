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

from mesodash.records import driver
from mesodash.records.actor import Actor
from mesodash.records.chain_key import writing_keys
from mesodash.records.errors import (
    BusyError,
    CannotWriteError,
    DamagedError,
    NotAClinicError,
    RecordError,
)
from mesodash.records.sealing import is_sealed, write_sealed
from mesodash.settings import db_key_file

QUIET = ("view", "export", "sign_in", "sign_out", "refused")
"""Actions that are noted and leave the clinic's data, and so its revision, as they were."""

_READING = ("foreign_keys = ON", "query_only = ON")
_WRITING = ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock used where a caller passes none."""
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
                f"{path.name} is in use by another program; close that one and try again."
            ) from error
        if "unable to open" in text or "no such table" in text:
            raise NotAClinicError(
                f"{path} is not a mesodash clinic; make one with `mesodash init` or name another."
            ) from error
        if "readonly" in text or "read-only" in text:
            raise CannotWriteError(
                f"{path.name} may not be changed by this user; give write access to it and to its"
                " folder."
            ) from error
        if "full" in text:
            raise CannotWriteError(
                f"The disk that holds {path.name} is full; nothing was kept, so make room and save"
                " again."
            ) from error
        raise
    except driver.database_errors() as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise DamagedError(_not_a_database(path)) from error
        raise
    except UnicodeEncodeError as error:  # half of a character, from a faulty paste or client
        raise RecordError(
            "The text holds a broken character; delete it and type it anew."
        ) from error
    except OverflowError as error:  # SQLite's whole numbers have 64 bits
        raise RecordError("A number is too large to be kept; correct it.") from error


def _not_a_database(path: Path) -> str:
    key_file = db_key_file()
    if key_file is not None:
        return (
            f"{path} cannot be opened with the key in {key_file}; it has another key, is not"
            " encrypted or is damaged."
        )
    return (
        f"{path} is damaged or not a mesodash clinic; restore it from a backup, or name its key"
        " with MESODASH_DB_KEY_FILE if it is encrypted."
    )


def connect(path: Path, *, read_only: bool) -> Database:
    """Open `path` with the pragmas every connection needs; the caller closes it."""
    connection = driver.open_file(path, "ro" if read_only else "rwc")
    try:
        for pragma in _READING if read_only else _WRITING:
            connection.execute(f"PRAGMA {pragma}")
        return Database(connection, recursive_triggers=True, strict=True)
    except BaseException:
        connection.close()
        raise


@contextmanager
def reading(path: Path) -> Iterator[Database]:
    """A read-only look at the clinic's file, one consistent snapshot for the whole block.

    Raises:
        NotAClinicError, DamagedError, BusyError: each with one sentence that names the fix.
    """
    with plain_errors(path):
        db = connect(path, read_only=True)
        try:
            db.execute("BEGIN")
            db.execute("SELECT revision FROM clinic")
            yield db
        finally:
            db.conn.rollback()
            db.close()


@dataclass(slots=True)
class Change:
    """One write in progress: the open database and what is to stand in the change log."""

    db: Database
    actor: Actor
    entries: list[dict[str, object]] = field(default_factory=list)

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
        """Note what was done.

        Args:
            action: create, update, void, import, init or adopt, or one of QUIET.
            table: the table touched.
            key: the row's own id, where one row was touched.
            patient: the patient's internal number, where the row is a patient's.
            month: YYYY-MM of the facts touched; tells publish what to write again.
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
) -> Iterator[Change]:
    """The one way to change the clinic's file: all of the block is kept, or nothing.

    Begins IMMEDIATE (sqlite-utils' own `atomic()` begins deferred, which fails under concurrent
    read-then-write). The revision moves, and the change log grows, only if something was logged;
    entries whose action is one of QUIET are kept without moving the revision. `unlogged` is for
    what is no fact of the clinic, such as the sign of life of a sign-in. `key_file` holds the
    change log's key where `path` is a clinic in the making, not yet under its own name.

    Raises:
        NotAClinicError, DamagedError, BusyError: each with one sentence that names the fix.
    """
    if not path.is_file():
        raise NotAClinicError(f"There is no clinic at {path}; make one with `mesodash init`.")
    with plain_errors(path):
        db = connect(path, read_only=False)
        try:
            db.conn.execute("BEGIN IMMEDIATE")
            change = Change(db, actor)
            yield change
            if not unlogged:
                _write_log(change, clock(), path, key_file)
            db.conn.commit()
        except BaseException:  # a rerun in Streamlit raises past Exception; roll back all the same
            db.conn.rollback()
            raise
        finally:
            db.close()


def _write_log(change: Change, now: datetime, path: Path, key_file: Path | None) -> None:
    """Move the revision if the data changed and write the noted entries under it, sealed."""
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
    )
