"""How the change log and the versions of rows are sealed.

Each seal covers an entry and the seal before it. The last entry of a transaction also covers, by
one digest, the versions of all rows that the transaction changed (see `store.schema.versions`), and
each version holds a keyed digest of the row before and after: every row of the file is linked to
the chain. The log's end is sealed as well, so that entries cut off from it are noticed.

What an entry names (`row_key`) may be a patient's id, so the seal covers a keyed pseudonym of it.
An erasure replaces the id by the pseudonym and removes the former row from each version of the
patient's rows. Only digests of both are sealed, so every seal still holds.
"""

import hmac
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.keys import Keyring, name_of
from mesodash.records.store.errors import ChangedOutsideError
from mesodash.records.store.schema.versions import PATIENT_OF, row_json, tracked_columns

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
"""The columns a seal covers, in the order in which they are encoded; `versions` where it is set."""

VERSION_COLUMNS = (
    "seq",
    "table_name",
    "row",
    "patient",
    "action",
    "before_mac",
    "after_mac",
    "reason_mac",
)
"""The columns of a version that its entry covers, in this order."""

HIDDEN_IN_VERSIONS: Mapping[str, tuple[str, ...]] = {"accounts": ("password_hash", "totp_secret")}
"""Of these columns a version holds a keyed digest only: old passwords are not kept."""

_DIGITS = frozenset("0123456789abcdef")
_KEY_AT = COLUMNS.index("row_key")
_MAC_BYTES = 16
_AT_ONCE = 20_000
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
    """One entry as the bytes that are sealed: COLUMNS, then `versions` unless it is empty."""
    cells = list(row)
    if len(cells) > len(COLUMNS) and cells[-1] is None:
        cells.pop()  # as entries were sealed before there were versions
    if cells[_KEY_AT] is not None:
        cells[_KEY_AT] = pseudonym(key, cells[_KEY_AT])
    return _encode(cells).encode("ascii")


def seal(key: bytes, before: bytes, row: Sequence[Any]) -> bytes:
    """The seal of an entry: HMAC-SHA-256 over the seal before it and the entry."""
    return hmac.digest(key, before + encoded(key, row), "sha256")


def first_seal(key: bytes, older: Iterable[Sequence[Any]]) -> bytes:
    """The first seal of a chain: one HMAC over all entries that it does not cover one by one."""
    told = hmac.new(key, b"mesodash: unsealed entries\0", "sha256")
    for row in older:
        told.update(encoded(key, row) + b"\n")
    return told.digest()


def head_seal(key: bytes, seq: int, mac: str) -> str:
    """The seal of the log's end: its last entry's number and seal."""
    return hmac.digest(key, f"mesodash: head\0{seq}\0{mac}".encode(), "sha256").hex()


def row_mac(key: bytes, table: str, row: int, content: str) -> bytes:
    """The keyed digest of a row's content (JSON as `shown` gives it)."""
    message = f"mesodash: row\0{table}\0{row}\0{content}".encode()
    return hmac.digest(key, message, "sha256")[:_MAC_BYTES]


def shown(key: bytes, table: str, content: str) -> str:
    """A row's JSON as a version may hold it: secrets replaced by digests."""
    if table not in HIDDEN_IN_VERSIONS:
        return content
    cells = json.loads(content)
    for name in HIDDEN_IN_VERSIONS[table]:
        if name in cells:
            secret = f"mesodash: secret\0{cells[name]}".encode()
            cells[name] = "mac:" + hmac.digest(key, secret, "sha256").hex()[:32]
    return _encode(cells)


def versions_digest(key: bytes) -> "hmac.HMAC":
    """A running digest over the versions of one transaction; see `version_bytes`."""
    return hmac.new(key, b"mesodash: versions\0", "sha256")


def version_bytes(row: Sequence[Any]) -> bytes:
    """One version, in the order of VERSION_COLUMNS, as the bytes its entry's digest covers."""
    cells = [cell.hex() if isinstance(cell, bytes) else cell for cell in row]
    return _encode(cells).encode("ascii") + b"\n"


def is_sealed(db: Database) -> bool:
    """Whether the file is of a version that seals its change log."""
    return "mac" in _log_columns(db)


def has_versions(db: Database) -> bool:
    """Whether the file is of a version that keeps and seals versions of its rows."""
    return "versions" in _log_columns(db)


def _log_columns(db: Database) -> list[str]:
    return [column[0] for column in db.execute("SELECT * FROM change_log LIMIT 0").description]


def check_end(db: Database, keys: Keyring) -> None:
    """Refuse to write if another program changed the log's end or rows.

    A few point reads, made at the start of every change; `verification.verify` looks at all of it.

    Raises:
        ChangedOutsideError: the log's end is not as it was sealed, its key is not there, or a row
            was changed by another program.
    """
    if not has_versions(db):
        return
    last = db.execute("SELECT seq, mac FROM change_log ORDER BY seq DESC LIMIT 1").fetchone()
    head = db.execute("SELECT seq, mac, seal FROM chain_head").fetchone()
    if last is None and head is None:
        if db.execute("SELECT 1 FROM clinic").fetchone() is None:
            return  # a clinic in the making
        raise ChangedOutsideError(_changed(_("its change log is gone")))
    chain = db.execute("SELECT key_name FROM chains ORDER BY from_seq DESC LIMIT 1").fetchone()
    if head is None or chain is None or last is None or last[1] is None:
        raise ChangedOutsideError(_changed(_("its change log has lost its seals")))
    key = keys.named(chain[0])
    if key is None:
        raise ChangedOutsideError(
            _(
                "The key that sealed this clinic's change log is not in {file}; put it"
                ' back, or begin a new log with `mesodash audit restart --reason "..."`.'
            ).format(file=keys.file)
        )
    if tuple(head[:2]) != tuple(last) or head[2] != head_seal(key, *last):
        raise ChangedOutsideError(_changed(_("the end of its change log was cut off or changed")))
    if db.execute("SELECT 1 FROM row_versions WHERE entry IS NULL LIMIT 1").fetchone():
        raise ChangedOutsideError(_changed(_("another program changed rows of it")))


def _changed(what: str) -> str:
    return _(
        "This clinic's file was changed from outside: {what}. Restore a backup, or accept what is"
        ' there with `mesodash audit restart --reason "..."`.'
    ).format(what=what)


def is_key_missing(db: Database, keys: Keyring) -> bool:
    """Whether the log's last seal was made with a key that is not available."""
    if not is_sealed(db):
        return False
    chain = db.execute("SELECT key_name FROM chains ORDER BY from_seq DESC LIMIT 1").fetchone()
    return chain is not None and keys.named(chain[0]) is None


def write_sealed(
    db: Database,
    keys: Keyring | None,
    at: str,
    entries: Sequence[Mapping[str, Any]],
    *,
    reason: str | None = None,
    forgotten: Collection[int] = (),
    restarted: str | None = None,
) -> None:
    """Append entries to the change log of an open file, within its transaction, and seal them with
    the versions of all rows changed in it.

    Args:
        db: the open file.
        keys: the clinic's keys; None for a file of an earlier version, which has no seals yet.
        at: the time of all of them, UTC.
        entries: the other columns of each.
        reason: why the rows were changed, in the person's words; kept with each version.
        forgotten: numbers of patients whose former rows are removed from their versions.
        restarted: why a new chain begins over the present content, accepted unchecked.
    """  # noqa: D205
    if not keys:
        (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM change_log").fetchone()
        _insert(db, COLUMNS, (_row(last + n, at, one) for n, one in enumerate(entries, 1)))
        return
    key = keys.keys[-1]
    last, before = _end(db, key, at, restarted)
    with_versions = has_versions(db)
    if restarted is not None:
        note_all_rows(db)
    final = last + len(entries)
    digest = _complete_versions(db, key, final, reason) if with_versions else None
    rows = []
    for number, entry in enumerate(entries, start=last + 1):
        row = _row(number, at, entry)
        if with_versions:
            row = (*row, digest if number == final else None)
        before = seal(key, before, row)
        rows.append((*row, before.hex()))
    _insert(db, (*COLUMNS, *(["versions"] if with_versions else []), "mac"), rows)
    if with_versions:
        db.execute(
            "INSERT INTO chain_head VALUES (1, :seq, :mac, :seal) ON CONFLICT (id) DO UPDATE SET"
            " seq = :seq, mac = :mac, seal = :seal",
            {"seq": final, "mac": before.hex(), "seal": head_seal(key, final, before.hex())},
        )
        for patient in forgotten:
            db.execute(
                "UPDATE row_versions SET before = NULL, reason = NULL WHERE patient = ?"
                " AND (before IS NOT NULL OR reason IS NOT NULL)",
                [patient],
            )


def note_all_rows(db: Database) -> None:
    """Record every existing row as its first version, the earliest the log can vouch for."""
    for table, patient in PATIENT_OF.items():
        db.execute(
            "INSERT INTO row_versions (table_name, row, patient, action)"
            f" SELECT '{table}', t.id, {patient.format(row='t')}, 'found' FROM {table} AS t"
            " ORDER BY t.id"
        )


def is_open(db: Database) -> bool:
    """Whether this transaction changed rows that no entry covers yet."""
    return has_versions(db) and bool(
        db.execute("SELECT 1 FROM row_versions WHERE entry IS NULL LIMIT 1").fetchone()
    )


def _complete_versions(db: Database, key: bytes, entry: int, reason: str | None) -> str | None:
    """Add the digests to the versions of this transaction; return what its entry must cover."""
    span = db.execute("SELECT min(seq), max(seq) FROM row_versions WHERE entry IS NULL").fetchone()
    if span[0] is None:
        return None
    digest = versions_digest(key)
    reason_mac = None if reason is None else row_mac(key, "reason", entry, reason)
    for start in range(span[0], span[1] + 1, _AT_ONCE):
        done = []
        for seq, table, row, patient, action, old, new in _open_versions(db, start):
            before = None if old is None else shown(key, table, old)
            after = None if new is None or action == "delete" else shown(key, table, new)
            before_mac = None if before is None else row_mac(key, table, row, before)
            after_mac = None if after is None else row_mac(key, table, row, after)
            cells = (seq, table, row, patient, action, before_mac, after_mac, reason_mac)
            digest.update(version_bytes(cells))
            done.append((entry, before, before_mac, after_mac, reason, reason_mac, seq))
        db.conn.executemany(
            "UPDATE row_versions SET entry = ?, before = ?, before_mac = ?, after_mac = ?,"
            " reason = ?, reason_mac = ? WHERE seq = ?",
            done,
        )
    return digest.hexdigest()


def _open_versions(db: Database, start: int) -> Iterator[tuple[Any, ...]]:
    """Versions without digests from `start` on, some thousands, in order: with the row before and
    after each, which is what was there before the next one, or else what is there now.
    """  # noqa: D205
    end = start + _AT_ONCE
    found: list[tuple[Any, ...]] = []
    tables = db.execute(
        "SELECT DISTINCT table_name FROM row_versions WHERE seq >= ? AND seq < ?", [start, end]
    ).fetchall()
    for (table,) in tables:
        if table not in PATIENT_OF:  # no trigger of ours wrote that: it names no table to look into
            found += db.execute(
                "SELECT seq, table_name, row, patient, action, before, NULL FROM row_versions"
                " WHERE seq >= ? AND seq < ? AND table_name = ? AND entry IS NULL",
                [start, end, table],
            ).fetchall()
            continue
        now = row_json(tracked_columns(db, table), "t")
        found += db.execute(
            "SELECT v.seq, v.table_name, v.row, v.patient, v.action, v.before,"
            " coalesce((SELECT n.before FROM row_versions AS n WHERE n.table_name = v.table_name"
            "   AND n.row = v.row AND n.seq > v.seq ORDER BY n.seq LIMIT 1),"
            f"  iif(t.id IS NULL, NULL, {now}))"
            f" FROM row_versions AS v LEFT JOIN {table} AS t ON t.id = v.row"
            " WHERE v.seq >= ? AND v.seq < ? AND v.table_name = ? AND v.entry IS NULL",
            [start, end, table],
        ).fetchall()
    yield from sorted(found)


def _row(number: int, at: str, entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return (number, at, *(entry[name] for name in COLUMNS[2:]))


def _insert(db: Database, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    marks = ", ".join("?" * len(columns))
    db.conn.executemany(f"INSERT INTO change_log ({', '.join(columns)}) VALUES ({marks})", rows)


def _end(db: Database, key: bytes, at: str, restarted: str | None) -> tuple[int, bytes]:
    """The last entry's number and seal; begins a chain if there is none under this key."""
    last = db.execute("SELECT seq, mac FROM change_log ORDER BY seq DESC LIMIT 1").fetchone()
    number, mac = last or (0, None)
    chain = db.execute("SELECT key_name FROM chains ORDER BY from_seq DESC LIMIT 1").fetchone()
    if restarted is not None:
        db.execute(
            "INSERT INTO chains (from_seq, key_name, began_at, restarted) VALUES (?, ?, ?, ?)",
            [number + 1, name_of(key), at, restarted],
        )
    elif chain is None or chain[0] != name_of(key):
        db.execute(
            "INSERT INTO chains (from_seq, key_name, began_at) VALUES (?, ?, ?)",
            [number + 1, name_of(key), at],
        )
    if mac is None or restarted is not None:
        older = db.execute(f"SELECT {', '.join(COLUMNS)} FROM change_log ORDER BY seq")
        return number, first_seal(key, older)
    return number, bytes.fromhex(mac)
