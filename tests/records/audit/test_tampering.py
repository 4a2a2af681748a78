"""What is done to the file past mesodash shows: every kind of row, the log, the seals, accounts."""

import shutil
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from pysqlite3 import dbapi2 as sqlite3

from mesodash.permissions import NotAllowedError
from mesodash.records.accounts.accounts import add_account, set_role
from mesodash.records.audit import anchors
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.verification import check_start, restart, verify
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.files.check import check_clinic
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import ChangedOutsideError, DamagedError, RecordError
from mesodash.records.store.schema.versions import PATIENT_OF

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")
PICTURE = bytes(200)

ROWS = {
    "practitioners": {"practitioner_id": "D-1", "name": "Dr One"},
    "patients": {"patient_id": "P-1", "sex": "female", "birth_date": "1980-04-05"},
    "protocol_versions": {
        "protocol": "p", "version": 1, "adopted_on": "2026-01-01", "adopted_by": "ann",
        "parameters": "{}",
    },
    "stock": {"stock_id": "K-1", "product": "ha", "lot": "L1", "state": "in_stock"},
    "courses": {
        "course_id": "C-1", "patient": 1, "indication": "i", "protocol": "p",
        "started_on": "2026-01-02", "state": "active",
    },
    "sessions": {
        "session_id": "S-1", "patient": 1, "course": 1, "held_at": "2026-02-03", "state": "held",
        "note": "calm",
    },
    "treated_areas": {
        "session": 1, "patient": 1, "held_at": "2026-02-03", "area": "hip", "side": "left",
        "volume_ul": 2000,
    },
    "injection_points": {
        "session": 1, "area": "hip", "side": "left", "number": 1, "triangle": 7, "u": 0.1, "v": 0.2,
    },
    "products_used": {"session": 1, "product": "ha", "lot": "L1", "stock": 1},
    "side_effects": {
        "side_effect_id": "E-1", "session": 1, "effect": "bruising", "onset_at": "2026-02-03",
    },
    "follow_ups": {"session": 1, "contacted_at": "2026-02-09"},
    "outcomes": {"patient": 1, "scale": "gais", "value": 2.5, "measured_on": "2026-03-01"},
    "screenings": {"patient": 1, "screened_on": "2026-01-02", "screened_by": "ann"},
    "screening_answers": {
        "screening": 1, "question": "q", "said": "no", "areas": "[]", "answered_on": "2026-01-02",
    },
    "plans": {
        "nonce": "nonce-0001", "course": 1, "made_by": "ann", "made_at": "2026",
        "content": "0" * 64,
    },
    "consents": {
        "consent_id": "A-1", "patient": 1, "purpose": "treatment", "given_on": "2026-01-02",
    },
    "consent_texts": {"version": "abc", "words": "I agree."},
    "photographs": {
        "photograph_id": "F-1", "patient": 1, "area": "face.cheek", "side": "left",
        "view": "front", "moment": "before", "taken_on": "2026-01-02", "taken_by": "ann",
        "intimate": 0, "width": 300, "height": 400,
        "sha256": sha256(PICTURE).hexdigest(), "picture": PICTURE,
    },
    "red_cards": {
        "red_card_id": "R-1", "patient": 1, "flag": "vision", "opened_at": "2026-02-04",
        "opened_by": "ann",
    },
}  # fmt: skip
"""One row of every kind; `clinic`, `accounts`, `sign_ins` and `erasures` come by other ways."""

EDITS = {
    "clinic": "kind = 'demo'",
    "practitioners": "name = 'Dr Two'",
    "patients": "sex = 'male'",
    "protocol_versions": "parameters = '{\"a\": 1}'",
    "accounts": "role = 'administrator'",
    "sign_ins": "account = 1",
    "stock": "lot = 'L2'",
    "courses": "state = 'completed'",
    "sessions": "note = 'other words'",
    "treated_areas": "volume_ul = volume_ul * 10",
    "injection_points": "u = 0.3",
    "products_used": "lot = 'L2'",
    "side_effects": "effect = 'itching'",
    "follow_ups": "channel = 'phone'",
    "outcomes": "value = 2.6",
    "screenings": "screened_by = 'bob'",
    "screening_answers": "said = 'unknown'",
    "plans": "made_by = 'bob'",
    "consents": "purpose = 'teaching'",
    "red_cards": "owner = 'bob'",
    "consent_texts": "words = 'other words'",
    "photographs": "moment = 'after'",
    "erasures": "reason = 'another'",
}
"""A change of one column of every kind of row."""


def fill(path):
    with writing(path, ANN, clock=lambda: NOON) as change:
        for table, row in ROWS.items():
            change.db.table(table).insert(row)
        change.db.table("patients").insert({"patient_id": "P-2", "sex": "unknown"})
        change.db.table("erasures").insert(
            {
                "patient": 2, "pseudonym": "~" + "0" * 32, "erased_at": "2026", "erased_by": "ann",
                "reason": "asked",
            }
        )  # fmt: skip
        change.log("create", "patients", rows=len(ROWS))
    add_account(path, "root", "administrator", ANN, password_hash="h1", clock=lambda: NOON)
    add_account(path, "tim", "trainer", ANN, password_hash="h2", clock=lambda: NOON)
    with writing(path, ANN, clock=lambda: NOON) as change:
        change.db.table("sign_ins").insert(
            {
                "token_hash": "f" * 64, "account": 2, "stage": "full", "began_at": "2026",
                "seen_at": "2026",
            }
        )  # fmt: skip
        change.log("sign_in", "accounts", key="tim")
    # A row that was changed has a version before the last one.
    with writing(path, ANN, clock=lambda: NOON) as change:
        change.reason = "the lot was misread"
        change.db.execute("UPDATE products_used SET lot = 'L1b' WHERE id = 1")
        change.log("update", "products_used", patient=1, month="2026-02")


@pytest.fixture
def clinic(empty_clinic):
    fill(empty_clinic)
    anchors.note(empty_clinic, clock=lambda: NOON)
    return empty_clinic


@pytest.fixture
def copied(clinic, tmp_path):
    """Gives copies of the clinic with its key, without its anchors."""
    made = iter(range(1000))

    def copy():
        path = tmp_path / f"copy-{next(made)}.db"
        with closing(sqlite3.connect(str(clinic))) as db, closing(sqlite3.connect(str(path))) as to:
            db.backup(to)
        shutil.copy(f"{clinic}.key", f"{path}.key")
        return path

    return copy


def outside(path, *statements, triggers=False):
    """What somebody with the file and another program does; the triggers go unless they stay."""
    with closing(sqlite3.connect(str(path))) as db, db:
        kept = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        if not triggers:
            for name, _ in kept:
                db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)
        if not triggers:
            for _, sql in kept:
                db.execute(sql)


def whole(table):
    """How a row of a table is deleted, added and put back in place of itself."""
    return {
        "edited": (f"UPDATE {table} SET {EDITS[table]} WHERE id = (SELECT max(id) FROM {table})",),
        "deleted": (f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})",),
    }


STRIPPED = (
    "UPDATE change_log SET mac = NULL, versions = NULL",
    "DELETE FROM chains",
    "DELETE FROM chain_head",
    "DELETE FROM row_versions",
)
ON_THE_LOG = {
    "an entry edited": ("UPDATE change_log SET actor = 'bob' WHERE seq = 2",),
    "an entry deleted": ("DELETE FROM change_log WHERE seq = 2",),
    "the tail cut": ("DELETE FROM change_log WHERE seq > 3",),
    "the tail cut, with its versions and its end": (
        "DELETE FROM change_log WHERE seq > 3",
        "DELETE FROM row_versions WHERE entry > 3",
        "UPDATE chain_head SET seq = 3, mac = (SELECT mac FROM change_log WHERE seq = 3)",
    ),
    "the end taken out": ("DELETE FROM chain_head",),
    "emptied": ("DELETE FROM change_log",),
    "emptied with everything that seals": ("DELETE FROM change_log", *STRIPPED[1:]),
    "seals stripped": STRIPPED,
    "seals stripped, a volume changed": (*STRIPPED, "UPDATE treated_areas SET volume_ul = 1"),
    "one seal stripped": ("UPDATE change_log SET mac = NULL WHERE seq = 2",),
    "the digest of versions stripped": ("UPDATE change_log SET versions = NULL",),
    "versions deleted": ("DELETE FROM row_versions",),
    "one version deleted": ("DELETE FROM row_versions WHERE action = 'update'",),
    "a version's content edited": (
        "UPDATE row_versions SET before = '{\"id\":1}' WHERE before IS NOT NULL",
    ),
    "a version's reason edited": ("UPDATE row_versions SET reason = 'x' WHERE reason NOT NULL",),
    "versions taken for another program's": ("UPDATE row_versions SET entry = NULL",),
    "the schema taken back": (
        *STRIPPED[1:],
        "DELETE FROM _sqlite_migrations WHERE name >= 'm011_versions'",
    ),
}


def noticed(path, count, name):
    """`verify`, `check`, the backup and the start all refuse; the start may need the long look."""
    found = verify(path, anchors=())
    count.that(found.broken and not found.holds, f"{name}: verify ({found.sentence})")


@pytest.mark.slow
def test_every_kind_of_row_and_every_part_of_the_chain(copied, clinic, catalogue, tmp_path, checks):
    kinds = [table for table in PATIENT_OF if table in EDITS]
    with checks("tampering", planned=1 + 3 * len(kinds) + len(ON_THE_LOG) + 2 * 8) as count:
        count.that(set(kinds) == set(PATIENT_OF), "every kind of row is tried")
        for table in kinds:
            for name, statements in whole(table).items():
                path = copied()
                outside(path, "PRAGMA foreign_keys = OFF", *statements)
                noticed(path, count, f"{table} {name}")
            path = copied()  # by somebody who leaves the triggers alone
            with closing(sqlite3.connect(str(path))) as db, db:
                for trigger in ("screenings_stand", "screening_answers_stand",
                                "protocol_versions_no_update"):  # fmt: skip
                    db.execute(f"DROP TRIGGER {trigger}")
            outside(path, whole(table)["edited"][0], triggers=True)
            noticed(path, count, f"{table} edited under the triggers")
        for name, statements in ON_THE_LOG.items():
            path = copied()
            outside(path, *statements)
            noticed(path, count, name)
        for name in ("the tail cut", "emptied", "seals stripped", "the end taken out",
                     "seals stripped, a volume changed", "one seal stripped", "versions deleted",
                     "a version's content edited"):  # fmt: skip
            path = copied()
            outside(path, *ON_THE_LOG[name])
            count.that(not check_clinic(path, catalogue).is_sound, f"{name}: check")
            with pytest.raises(DamagedError):
                backup_clinic(path, tmp_path / "backups", actor=ANN, clock=lambda: NOON)
            count.that(True, f"{name}: backup")


def test_untouched_it_holds(clinic, catalogue):
    assert verify(clinic).holds
    assert verify(clinic, anchors=()).holds
    check_start(clinic)
    assert check_clinic(clinic, catalogue).log.holds


@pytest.mark.parametrize(
    "name",
    [
        "the tail cut",
        "emptied",
        "seals stripped",
        "the end taken out",
        "the tail cut, with its versions and its end",
    ],
)
def test_nothing_is_written_on_top_and_no_start(copied, name):
    path = copied()
    outside(path, *ON_THE_LOG[name])

    with pytest.raises(ChangedOutsideError), writing(path, ANN) as change:
        change.log("view", "patients", key="P-1")
    with pytest.raises(ChangedOutsideError):
        check_start(path)


def test_a_later_change_by_mesodash_does_not_launder_a_forged_row(copied):
    path = copied()
    outside(path, "UPDATE treated_areas SET volume_ul = 1")
    with writing(path, ANN, clock=lambda: NOON) as change:
        change.db.execute("UPDATE treated_areas SET points = 3")
        change.log("update", "treated_areas", patient=1, month="2026-02")

    found = verify(path, anchors=())

    assert (found.broken, dict(found.changed)) == (True, {"treated_areas": 1})


def test_a_role_given_by_sql_is_noticed_after_a_role_given_here(copied):
    path = copied()
    outside(path, "UPDATE accounts SET role = 'administrator' WHERE name = 'tim'")
    set_role(path, "tim", "trainer", ANN, clock=lambda: NOON)

    assert dict(verify(path, anchors=()).changed) == {"accounts": 1}


def test_the_key_lost_a_drill(clinic, tmp_path, catalogue):
    """docs/security.md: nothing is written without the key; a new log begins, and says so."""
    saved, _ = backup_clinic(clinic, tmp_path / "b", actor=ANN, clock=lambda: NOON)
    key = clinic.with_name("clinic.db.key")
    former = key.read_text()
    key.unlink()
    with pytest.raises(ChangedOutsideError, match="audit restart"), writing(clinic, ANN):
        pass
    assert not key.exists()

    restart(clinic, ANN, "the computer with the key burned", clock=lambda: NOON)

    found = verify(clinic)
    assert (found.holds, found.broken) == (False, False)
    assert "begun anew at entry" in found.sentence
    assert "the computer with the key" in found.sentence
    assert check_clinic(clinic, catalogue).damage == ()
    check_start(clinic)
    with writing(clinic, ANN, clock=lambda: NOON) as change:
        change.log("view", "patients", key="P-1")
    assert not verify(clinic).broken
    # From here on rows are covered again, and the former key alone opens nothing of it.
    outside(clinic, "UPDATE patients SET sex = 'male'")
    assert dict(verify(clinic).changed) == {"patients": 2}
    key.write_text(former)
    with pytest.raises(RecordError):
        check_start(clinic)
    # A backup goes back without its key, and says so.
    key.unlink()
    restore_clinic(saved, clinic, actor=ANN, force=True, clock=lambda: NOON)
    assert not verify(clinic).broken
    assert "restored from a backup without" in verify(clinic).sentence


def test_who_may_restart(clinic):
    with pytest.raises(NotAllowedError):
        restart(clinic, Actor("tim", "trainer"), "because")
    with pytest.raises(RecordError, match="Say why"):
        restart(clinic, ANN, "  ")


def test_a_password_leaves_no_trace_in_versions(clinic):
    with writing(clinic, ANN, clock=lambda: NOON) as change:
        change.db.execute("UPDATE accounts SET password_hash = 'h3' WHERE name = 'tim'")
        change.log("update", "accounts", key="tim")

    with reading(clinic) as db:
        kept = [
            row[0] for row in db.execute("SELECT before FROM row_versions WHERE before NOT NULL")
        ]
    assert any('"password_hash":"mac:' in text for text in kept)
    assert not any('"h2"' in text for text in kept)
    assert verify(clinic).holds
