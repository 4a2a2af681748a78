"""How an entry of the change log is sealed: each seal covers the entry and the seal before it.

What an entry names (`row_key`) may be a patient's id, so the seal covers a keyed pseudonym of it.
An erasure puts the pseudonym in the id's place, and the seal still holds.
"""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from mesodash.records.chain_key import Keyring, name_of

COLUMNS = (
    "seq",
    "at",
    "revision",
    "actor",
    "role",
    "action",
    "table_name",
    "row_key",
    "patient",
    "month",
    "row_count",
)
"""The columns a seal covers, in the order in which they are encoded."""

_DIGITS = frozenset("0123456789abcdef")
_KEY_AT = COLUMNS.index("row_key")
LOST = "~" + "0" * 32
"""The pseudonym of what was sealed with a key that is gone."""

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


def pseudonym(key: bytes, name: str) -> str:
    """The keyed pseudonym of what an entry names: 128 bits of an HMAC, after a `~`."""
    if is_pseudonym(name):
        return name
    told = hmac.digest(key, b"mesodash: row_key\0" + name.encode(), "sha256")
    return f"~{told.hex()[:32]}"


def is_pseudonym(name: str) -> bool:
    """Whether this is a pseudonym already: a `~` and 32 hexadecimal digits."""
    return name.startswith("~") and len(name) == len(LOST) and not set(name[1:]) - _DIGITS


def encoded(key: bytes, row: Sequence[Any]) -> bytes:
    """One entry, in the order of COLUMNS, as the bytes that are sealed."""
    cells = list(row)
    if cells[_KEY_AT] is not None:
        cells[_KEY_AT] = pseudonym(key, cells[_KEY_AT])
    return _encode(cells).encode("ascii")


def seal(key: bytes, before: bytes, row: Sequence[Any]) -> bytes:
    """The seal of an entry: HMAC-SHA-256 over the seal before it and the entry."""
    return hmac.digest(key, before + encoded(key, row), "sha256")


def first_seal(key: bytes, older: Iterable[Sequence[Any]]) -> bytes:
    """What a chain begins with: one HMAC over all entries written before there was a chain."""
    told = hmac.new(key, b"mesodash: unsealed entries\0", "sha256")
    for row in older:
        told.update(encoded(key, row) + b"\n")
    return told.digest()


def write_sealed(
    db: Database, keys: Keyring | None, at: str, entries: Sequence[Mapping[str, Any]]
) -> None:
    """Append entries to the change log of an open file, within its transaction.

    Args:
        db: the open file.
        keys: the clinic's keys; None for a file of an earlier version, which has no seals yet.
        at: the time of all of them, UTC.
        entries: the other columns of each.
    """
    if not keys:
        (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM change_log").fetchone()
        _insert(db, COLUMNS, (_row(last + n, at, one) for n, one in enumerate(entries, 1)))
        return
    key = keys.keys[-1]
    last, before = _end(db, key, at)
    rows = []
    for number, entry in enumerate(entries, start=last + 1):
        row = _row(number, at, entry)
        before = seal(key, before, row)
        rows.append((*row, before.hex()))
    _insert(db, (*COLUMNS, "mac"), rows)


def is_sealed(db: Database) -> bool:
    """Whether the file is of a version that seals its change log."""
    found = db.execute("SELECT * FROM change_log LIMIT 0")
    return any(column[0] == "mac" for column in found.description)


def _row(number: int, at: str, entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return (number, at, *(entry[name] for name in COLUMNS[2:]))


def _insert(db: Database, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    marks = ", ".join("?" * len(columns))
    db.conn.executemany(f"INSERT INTO change_log ({', '.join(columns)}) VALUES ({marks})", rows)


def _end(db: Database, key: bytes, at: str) -> tuple[int, bytes]:
    """The last entry's number and seal; begins a chain where there is none under this key."""
    last = db.execute("SELECT seq, mac FROM change_log ORDER BY seq DESC LIMIT 1").fetchone()
    number, mac = last or (0, None)
    chain = db.execute("SELECT key_name FROM chains ORDER BY from_seq DESC LIMIT 1").fetchone()
    if chain is None or chain[0] != name_of(key):
        db.execute(
            "INSERT INTO chains (from_seq, key_name, began_at) VALUES (?, ?, ?)",
            [number + 1, name_of(key), at],
        )
    if mac is None:
        older = db.execute(f"SELECT {', '.join(COLUMNS)} FROM change_log ORDER BY seq")
        return number, first_seal(key, older)
    return number, bytes.fromhex(mac)
