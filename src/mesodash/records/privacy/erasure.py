"""Erasing a patient's identity: what names or describes the person goes; doses and courses stay.

Medical facts without a name still count, so reports are the same before and after. The change
log keeps a keyed pseudonym (see `audit.seals`): whoever has the log's key and knows the id can
confirm that this person was erased, and nobody can read the id out of the file.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.language import N_, _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.keys import Keyring, name_of, writing_keys
from mesodash.records.audit.seals import LOST, is_pseudonym, pseudonym
from mesodash.records.store.connection import (
    Change,
    Clock,
    connect,
    plain_errors,
    reading,
    utc_now,
    writing,
)
from mesodash.records.store.errors import RecordError

WITHHELD = "withheld"
"""Replaces the reported words where the exchange files need some (effect `other`)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the record that an erasure changes or keeps.

    Attributes:
        table: where.
        what: in plain words.
        rows: how many rows contain it.
        why: why it is erased, or may stay.
    """

    table: str
    what: str
    rows: int
    why: str


OF_SESSIONS = "session IN (SELECT id FROM sessions WHERE patient = :patient)"
_SCREENED = "screening IN (SELECT id FROM screenings WHERE patient = :patient)"


def _whole(table: str, where: str, why: str) -> tuple[str, str, str, str, str]:
    """A part of `GOES` whose rows go as a whole."""
    return table, where, N_("the whole row"), why, f"DELETE FROM {table}"


#: Table, condition of the patient's rows, what goes in words, why, statement; in this order.
GOES = (
    (
        "patients",
        "id = :patient",
        N_(
            "id, names, birth, telephone, mail, weight, note; of a death or leaving all but the"
            " year"
        ),
        N_("names or describes the person"),
        (
            "UPDATE patients SET patient_id = :stand_in, given_name = NULL, family_name = NULL,"
            " birth_date = NULL, birth_year = NULL, phone = NULL, email = NULL, weight_g = NULL,"
            " died_on = substr(died_on, 1, 4), left_on = substr(left_on, 1, 4), note = NULL"
        ),
    ),
    (
        "courses",
        "patient = :patient",
        N_("id, words on why it was stopped"),
        N_("may lead back to the person"),
        "UPDATE courses SET stopped_reason = NULL, course_id = :random || '-' || id",
    ),
    (
        "plans",
        "course IN (SELECT id FROM courses WHERE patient = :patient)",
        N_("fingerprint, reason"),
        N_("made from the id; free text"),
        "UPDATE plans SET reason = NULL, content = lower(hex(randomblob(32)))",
    ),
    (
        "sessions",
        "patient = :patient",
        N_("id, note, reasons in words"),
        N_("may lead back to the person"),
        (
            "UPDATE sessions SET note = NULL, reason = NULL, departure_text = NULL,"
            " session_id = :random || '-' || id"
        ),
    ),
    (
        "products_used",
        f"serial IS NOT NULL AND {OF_SESSIONS}",
        N_("serial numbers"),
        N_("lead back to the person; the lot is enough for a recall"),
        "UPDATE products_used SET serial = NULL",
    ),
    (
        "side_effects",
        OF_SESSIONS,
        N_("id, words as reported, treatment given, note"),
        N_("may lead back to the person"),
        (
            "UPDATE side_effects SET note = NULL, treatment_given = NULL,"
            " side_effect_id = :random || '-' || id,"
            f" term = CASE effect WHEN 'other' THEN '{WITHHELD}' END"
        ),
    ),
    (
        "red_cards",
        "patient = :patient",
        N_("id, examination, reason of closing, note"),
        N_("may lead back to the person"),
        (
            "UPDATE red_cards SET note = NULL, red_card_id = :random || '-' || id,"
            f" examination = iif(examination IS NULL, NULL, '{WITHHELD}'),"
            f" closing_reason = iif(closing_reason IS NULL, NULL, '{WITHHELD}')"
        ),
    ),
    _whole("consents", "patient = :patient", N_("what a person agreed to, with their signature")),
    _whole("photographs", "patient = :patient", N_("pictures of the person")),
    _whole(
        "drafts",
        f"patient = :patient OR {OF_SESSIONS}",
        N_("a form about the person that was not saved"),
    ),
    _whole("screening_answers", _SCREENED, N_("health facts of the person; no report counts them")),
    _whole("screenings", "patient = :patient", N_("who was asked, and when")),
)

_COUNTED = N_("counted in reports")

#: Table, condition, what stays, why.
STAYS = (
    (
        "patients",
        "id = :patient",
        N_("sex, phototype"),
        N_("reports compare them; many people share them"),
    ),
    ("courses", "patient = :patient", N_("indication, protocol, dates, state"), _COUNTED),
    ("sessions", "patient = :patient", N_("date, protocol, practitioner"), _COUNTED),
    ("treated_areas", "patient = :patient", N_("areas and doses"), N_("dose statistics")),
    ("injection_points", OF_SESSIONS, N_("places and doses"), N_("dose statistics")),
    ("products_used", OF_SESSIONS, N_("products, lots, volumes"), N_("recalls; dose statistics")),
    ("side_effects", OF_SESSIONS, N_("kind, dates, severity"), N_("safety statistics")),
    ("follow_ups", OF_SESSIONS, N_("date and channel"), N_("how long side effects were followed")),
    ("outcomes", "patient = :patient", N_("scores"), _COUNTED),
    (
        "row_versions",
        "patient = :patient AND before IS NULL",
        N_("that a row was changed, when and by whom"),
        N_("the seals of the record; digests under its key"),
    ),
    ("red_cards", "patient = :patient", N_("kind, times, staff"), N_("safety statistics")),
)


_LONGEST_REASON = 200
_WAITS_S = 10.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do; nothing was changed.

    Attributes:
        patient_id: whom it is about.
        goes, stays: what would be erased, and what would stay and why.
        backups: the backups in the change log since the patient first appeared in it, with the day
            of each; some may have been deleted since. They still contain the patient.
    """

    patient_id: str
    goes: tuple[Part, ...]
    stays: tuple[Part, ...]
    backups: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of an erasure.

    Attributes:
        pseudonym: what replaces the patient's id in the change log.
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
    """What erasing a patient would do, table by table; changes nothing.

    Raises:
        NotAllowedError: the role may not erase.
        RecordError: nobody has this id.
    """
    require(path, actor, "patients.erase", clock=clock)
    with reading(path) as db:
        known = {"patient": _number(db, patient_id)}
        goes = [
            Part(table, what, _count(db, table, where, known), why)
            for table, where, what, why, _statement in GOES
        ]
        goes.append(
            Part(
                "row_versions",
                N_("former contents of the rows"),
                _count(db, "row_versions", "patient = :patient AND before IS NOT NULL", known),
                N_("what was written before names the person too"),
            )
        )
        goes.append(
            Part(
                "change_log",
                N_("the id, replaced by a keyed pseudonym"),
                len(_logged(db, known["patient"], _names(db, known["patient"]))),
                N_("names the person; who looked and when stays"),
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
    """Erase a patient's identity; doses, courses, side effects and outcomes stay without a name.

    It is one transaction; then old pages and the `-wal` are overwritten. Backups still contain the
    patient: see `backup_erasure`.

    Args:
        path: the clinic's file.
        patient_id: whom.
        actor: who erases.
        reason: why, in a few words without the patient's name; it stays in the file.
        clock: gives the time.
        key_file: where the change log's key is, for a file that is not the clinic's own.

    Raises:
        NotAllowedError: the role may not erase.
        RecordError: nobody has this id, or the reason is empty, too long or names the id.
    """
    require(path, actor, "patients.erase", clock=clock)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= _LONGEST_REASON:
        raise RecordError(
            _("Say why in 1 to {longest_reason} characters.").format(longest_reason=_LONGEST_REASON)
        )
    if patient_id in reason:
        raise RecordError(_("The reason stays in the file; say it without the patient's id."))
    keys = writing_keys(path, key_file)
    with writing(path, actor, clock=clock, key_file=key_file) as change:
        done = erase_within(change, _number(change.db, patient_id), reason, keys, clock)
    return Erased(*done, cleared=overwrite_old_pages(path))


def erase_within(
    change: Change, patient: int, reason: str, keys: Keyring, clock: Clock
) -> tuple[str, str, dict[str, int]]:
    """Erase one patient within a write in progress; pages are not overwritten yet.

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
    former = _count(db, "row_versions", "patient = :patient AND before IS NOT NULL", known)
    rows = {}
    for table, where, _whose, _why, statement in GOES:
        rows[table] = db.execute(f"{statement} WHERE {where}", known).rowcount
    rows["row_versions"] = former  # and what these statements leave there
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
    change.forgotten.add(patient)
    change.log("erase", "patients", key=told, patient=patient, rows=sum(rows.values()))
    return told, stand_in, {table: count for table, count in rows.items() if count}


def erased_before(db: Database) -> frozenset[str]:
    """The pseudonyms of the patients erased in an open file; none in one of an earlier version."""
    if "erasures" not in db.table_names():
        return frozenset()
    return frozenset(told for (told,) in db.execute("SELECT pseudonym FROM erasures").fetchall())


def erase_again(change: Change, told: frozenset[str], keys: Keyring, clock: Clock) -> int:
    """Erase again those who came back with an older copy; return how many."""
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
    """Rewrite the file without deleted content, and empty its `-wal`.

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
                (busy, _frames, _done) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy or time.monotonic() > until:
                    return not busy
        finally:
            db.close()


def _number(db: Database, patient_id: str) -> int:
    row = db.execute("SELECT id FROM patients WHERE patient_id = ?", [patient_id]).fetchone()
    if row is None:
        raise RecordError(
            _("No patient has the id {patient_id!r}; choose one from the list.").format(
                patient_id=patient_id[:64]
            )
        )
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
            f" UNION ALL SELECT side_effect_id FROM side_effects WHERE {OF_SESSIONS}"
            " UNION ALL SELECT photograph_id FROM photographs WHERE patient = :patient"
            " UNION ALL SELECT consent_id FROM consents WHERE patient = :patient"
            " UNION ALL SELECT red_card_id FROM red_cards WHERE patient = :patient",
            {"patient": patient},
        )
    ]


def _logged(db: Database, patient: int, names: list[str]) -> list[tuple[int, str]]:
    """The entries that name a patient: their numbers and keys.

    Entries about several patients have no patient's number; they are found by their key alone.
    """
    mine = set(names)
    found = db.execute("SELECT seq, patient, row_key FROM change_log WHERE row_key IS NOT NULL")
    return [
        (seq, key)
        for seq, whose, key in found
        if (whose == patient or key in mine) and not is_pseudonym(key)
    ]


def _hide_in_log(db: Database, patient: int, names: list[str], keys: Keyring) -> int:
    """Replace the key of each entry by its pseudonym under the key that sealed the entry."""
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
