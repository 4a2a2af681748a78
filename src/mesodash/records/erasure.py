"""Erasing who a patient was: what names or describes the person goes, doses and courses stay.

Medical facts without a name go on to count, so reports say the same before and after. The change
log keeps a keyed pseudonym (see `sealing`): whoever has the log's key and knows the id can confirm
that this person was erased, and nobody can read the id out of the file.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.records.actor import Actor
from mesodash.records.chain_key import Keyring, name_of, writing_keys
from mesodash.records.connection import (
    Change,
    Clock,
    connect,
    plain_errors,
    reading,
    utc_now,
    writing,
)
from mesodash.records.erasure_rules import GOES, OF_SESSIONS, STAYS, Part
from mesodash.records.errors import RecordError
from mesodash.records.refusals import require
from mesodash.records.sealing import LOST, is_pseudonym, pseudonym

_LONGEST_REASON = 200
_WAITS_S = 10.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do; nothing was changed.

    Attributes:
        patient_id: whom it is about.
        goes, stays: what would go, and what would stay and why.
        backups: names of the backups the change log knows since the patient was first noted, with
            the day of each; some may have been rotated away. They still hold the patient.
    """

    patient_id: str
    goes: tuple[Part, ...]
    stays: tuple[Part, ...]
    backups: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did.

    Attributes:
        pseudonym: what stands for the patient's id in the change log.
        stand_in: the patient's new id, made at random.
        rows: table -> rows changed or deleted.
        cleared: whether the file's old pages and its `-wal` are overwritten; False while another
            program reads the file.
    """

    pseudonym: str
    stand_in: str
    rows: Mapping[str, int]
    cleared: bool


def preview(path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now) -> Preview:
    """Say what erasing a patient would do, table by table; changes nothing.

    Raises:
        NotAllowedError: the role may not erase.
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.erase", clock=clock)
    with reading(path) as db:
        known = {"patient": _number(db, patient_id)}
        goes = [
            Part(table, what, _count(db, table, where, known), why)
            for table, where, what, why, _ in GOES
        ]
        goes.append(
            Part(
                "change_log",
                "the id, replaced by a keyed pseudonym",
                len(_logged(db, known["patient"], _names(db, known["patient"]))),
                "names the person; who looked and when stays",
            )
        )
        stays = [
            Part(table, what, _count(db, table, where, known), why)
            for table, where, what, why in STAYS
        ]
        backups = db.execute(
            "SELECT row_key, substr(at, 1, 10) FROM change_log WHERE action = 'export'"
            " AND table_name = 'clinic' AND row_key IS NOT NULL ORDER BY seq"
        ).fetchall()
    return Preview(
        patient_id,
        tuple(part for part in goes if part.rows),
        tuple(part for part in stays if part.rows),
        tuple(backups),
    )


def knows(path: Path, patient_id: str, actor: Actor, *, clock: Clock = utc_now) -> bool:
    """Whether somebody in the clinic's file has this id; needs the right to erase."""
    require(path, actor, "patients.erase", clock=clock)
    with reading(path) as db:
        found = db.execute("SELECT 1 FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    return found is not None


def erase(
    path: Path,
    patient_id: str,
    actor: Actor,
    *,
    reason: str,
    clock: Clock = utc_now,
    key_file: Path | None = None,
) -> Erased:
    """Erase who a patient was; doses, courses, side effects and outcomes stay, without a name.

    All of it is one transaction; then old pages and the `-wal` are overwritten. Backups still hold
    the patient: see `erasure_backups`.

    Args:
        path: the clinic's file.
        patient_id: whom.
        actor: who erases.
        reason: why, in a few words without the patient's name; stays in the file.
        clock: gives the time.
        key_file: where the change log's key is, for a file that is not the clinic's own.

    Raises:
        NotAllowedError: the role may not erase.
        RecordError: nobody has this id, or the reason is empty, too long or names the id.
    """
    require(path, actor, "patients.erase", clock=clock)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= _LONGEST_REASON:
        raise RecordError(f"Say why in 1 to {_LONGEST_REASON} characters.")
    if patient_id in reason:
        raise RecordError("The reason stays in the file; say it without the patient's id.")
    keys = writing_keys(path, key_file)
    with writing(path, actor, clock=clock, key_file=key_file) as change:
        done = erase_within(change, _number(change.db, patient_id), reason, keys, clock)
    return Erased(*done, cleared=overwrite_old_pages(path))


def erase_within(
    change: Change, patient: int, reason: str, keys: Keyring, clock: Clock
) -> tuple[str, str, dict[str, int]]:
    """Erase one patient within a change under way; pages are not overwritten yet.

    Args:
        change: the write in progress.
        patient: the patient's number inside the file.
        reason: why.
        keys: of the change log.
        clock: gives the time.

    Returns:
        As the first three of `Erased`.
    """
    db = change.db
    names = _names(db, patient)
    stand_in = f"erased-{secrets.token_hex(8)}"
    known: dict[str, Any] = {
        "patient": patient,
        "stand_in": stand_in,
        "random": f"erased-{secrets.token_hex(4)}",
    }
    told = pseudonym(keys.keys[-1], names[0])
    rows = {}
    for table, where, _, _, statement in GOES:
        rows[table] = db.execute(f"{statement} WHERE {where}", known).rowcount
    rows["change_log"] = _hide_in_log(db, patient, names, keys)
    db.table("erasures").insert(
        {
            "patient": patient,
            "pseudonym": told,
            "erased_at": clock().astimezone(UTC).isoformat(timespec="seconds"),
            "erased_by": change.actor.actor_id,
            "reason": reason,
        }
    )
    change.log("erase", "patients", key=told, patient=patient, rows=sum(rows.values()))
    return told, stand_in, {table: count for table, count in rows.items() if count}


def erased_before(db: Database) -> frozenset[str]:
    """The pseudonyms of the patients erased in an open file; none in one of an earlier version."""
    if "erasures" not in db.table_names():
        return frozenset()
    return frozenset(told for (told,) in db.execute("SELECT pseudonym FROM erasures").fetchall())


def erase_again(change: Change, told: frozenset[str], keys: Keyring, clock: Clock) -> int:
    """Erase those who were erased before and came back with an older copy; gives how many."""
    if not told:
        return 0
    people = change.db.execute("SELECT id, patient_id FROM patients").fetchall()
    back = [
        number for number, name in people if any(pseudonym(key, name) in told for key in keys.keys)
    ]
    for number in back:
        erase_within(change, number, "erased before this copy was put back", keys, clock)
    return len(back)


def overwrite_old_pages(path: Path) -> bool:
    """Write the file anew without what was deleted, and empty its `-wal`.

    `secure_delete` overwrites deleted rows, but rows moved within a page may have left copies.

    Returns:
        False if another program kept the old pages in use for ten seconds.
    """
    with plain_errors(path):
        db = connect(path, read_only=False)
        try:
            db.execute("VACUUM")
            until = time.monotonic() + _WAITS_S
            while True:
                (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy or time.monotonic() > until:
                    return not busy
        finally:
            db.close()


def _number(db: Database, patient_id: str) -> int:
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    if row is None:
        raise RecordError(f"No patient has the id {patient_id[:64]!r}; choose one from the list.")
    return int(row[0])


def _count(db: Database, table: str, where: str, known: dict[str, Any]) -> int:
    (count,) = db.execute(f"SELECT count(*) FROM {table} WHERE {where}", known).fetchone()
    return int(count)


def _names(db: Database, patient: int) -> list[str]:
    """The outside ids that lead to a patient, the patient's own first."""
    return [
        name
        for (name,) in db.execute(
            "SELECT patient_id FROM patients WHERE id = :patient"
            " UNION ALL SELECT course_id FROM courses WHERE patient = :patient"
            " UNION ALL SELECT session_id FROM sessions WHERE patient = :patient"
            f" UNION ALL SELECT side_effect_id FROM side_effects WHERE {OF_SESSIONS}",
            {"patient": patient},
        )
    ]


def _logged(db: Database, patient: int, names: list[str]) -> list[tuple[int, str]]:
    """The entries that name a patient: their numbers and what they name.

    Entries about several patients hold no patient's number; those go by what they name alone.
    """
    mine = set(names)
    found = db.execute("SELECT seq, patient, row_key FROM change_log WHERE row_key IS NOT NULL")
    return [
        (seq, key)
        for seq, whose, key in found
        if (whose == patient or key in mine) and not is_pseudonym(key)
    ]


def _hide_in_log(db: Database, patient: int, names: list[str], keys: Keyring) -> int:
    """Put the pseudonym in the place of what each entry names, by the key that sealed the entry."""
    chains = db.execute("SELECT from_seq, key_name FROM chains ORDER BY from_seq").fetchall()
    hidden = []
    for seq, row_key in _logged(db, patient, names):
        # Entries from before there was a chain are covered by the first one's key.
        key_name = next((n for start, n in reversed(chains) if start <= seq), None) or (
            chains[0][1] if chains else name_of(keys.keys[-1])
        )
        key = keys.named(key_name)
        # Without that key the seal cannot be checked any more, with or without the id.
        hidden.append((LOST if key is None else pseudonym(key, row_key), seq))
    db.conn.executemany("UPDATE change_log SET row_key = ? WHERE seq = ?", hidden)
    return len(hidden)
