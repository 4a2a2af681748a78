"""The copy of SQLite that opens the clinic's file: pysqlite3, or SQLCipher if a key is set.

Two copies of SQLite on one file in one process lose each other's locks, so the whole process uses
one of them: with `MESODASH_DB_KEY_FILE` set, every clinic's file is assumed to be encrypted.
"""

import importlib
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite3

from mesodash.language import _
from mesodash.records.audit.keys import read_key_file
from mesodash.records.store.errors import CannotWriteError
from mesodash.settings import db_key_file

BUSY_TIMEOUT_S = 30.0


def open_file(path: Path, mode: str) -> Any:
    """A bare connection to `path` with its key, before any pragma.

    Args:
        path: the clinic's file.
        mode: SQLite's: ro, rw or rwc.

    Raises:
        CannotWriteError: a key is set and cannot be read, or SQLCipher is not installed.
    """
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    key_file = db_key_file()
    connection = _module(key_file).connect(
        uri, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False
    )
    if key_file is not None:
        try:
            give_key(connection, key_file)
        except BaseException:
            connection.close()
            raise
    return connection


def give_key(connection: Any, key_file: Path, schema: str = "main") -> None:
    """Give SQLCipher the key of an open file, before anything is read from it."""
    connection.execute(f"PRAGMA {schema}.key = \"x'{read_key_file(key_file)[-1].hex()}'\"")


def sqlcipher() -> Any:
    """The module of SQLCipher.

    Raises:
        CannotWriteError: it is not installed.
    """
    try:
        return importlib.import_module("sqlcipher3.dbapi2")
    except ImportError as error:
        raise CannotWriteError(
            _("An encrypted clinic needs SQLCipher; run `pip install mesodash[encrypted]`.")
        ) from error


def operational_errors() -> tuple[type[Exception], ...]:
    """The errors with which this process's driver reports that a file cannot be used now."""
    return _errors("OperationalError")


def database_errors() -> tuple[type[Exception], ...]:
    """The errors with which this process's driver reports any fault of a file."""
    return _errors("DatabaseError")


def _errors(name: str) -> tuple[type[Exception], ...]:
    plain: type[Exception] = getattr(sqlite3, name)
    return (plain,) if db_key_file() is None else (plain, getattr(sqlcipher(), name))


def _module(key_file: Path | None) -> Any:
    return sqlite3 if key_file is None else sqlcipher()


def sqlite_version() -> str:
    """The version of the SQLite that reads and writes clinics' files."""
    return str(sqlite3.sqlite_version)
