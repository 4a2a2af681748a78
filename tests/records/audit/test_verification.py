"""The change log shows what was done to it: seven ways of tampering, with and without an anchor."""

import hashlib
import hmac
import json
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from pysqlite3 import dbapi2 as sqlite3
from tests.sentences import numbers_in

from mesodash.records.audit import anchors
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.audit.keys import Keyring, name_of, read_keys
from mesodash.records.audit.seals import COLUMNS, head_seal, seal
from mesodash.records.audit.verification import verify, verify_and_anchor
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import connect, reading, writing
from mesodash.records.store.errors import ChangedOutsideError, RecordError
from mesodash.records.store.migrations import MIGRATIONS, migrate

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")
TRIGGERS = ("change_log_no_update", "change_log_no_delete", "chains_no_update", "chains_no_delete")
OTHER_KEY = b"x" * 32


def look(path, names, *, at=NOON):
    for name in names:
        with writing(path, ANN, clock=lambda: at) as change:
            change.log("view", "patients", key=name)


def outside(path, *statements):
    """What somebody with the file and another program does: no pragmas, triggers dropped."""
    with closing(sqlite3.connect(str(path))) as db, db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)


def replace(path):
    """REPLACE deletes without asking the delete trigger where recursive_triggers is off."""
    with closing(sqlite3.connect(str(path))) as db, db:
        columns = ", ".join((*COLUMNS, "mac"))
        chosen = columns.replace("actor", "'nobody'")
        db.execute(
            f"REPLACE INTO change_log ({columns}) SELECT {chosen} FROM change_log WHERE seq = 5"
        )


def rehash(path, seal_of, name=None):
    """Change an entry and seal the log anew, as one would who has no key, or another."""
    outside(path, "UPDATE change_log SET actor = 'nobody' WHERE seq = 5")
    with closing(sqlite3.connect(str(path))) as db, db:
        if name:
            db.execute("UPDATE chains SET key_name = ?", [name])
        before = hmac.digest(OTHER_KEY, b"mesodash: unsealed entries\0", "sha256")
        for row in db.execute(f"SELECT {', '.join(COLUMNS)} FROM change_log ORDER BY seq"):
            before = seal_of(before, row)
            db.execute("UPDATE change_log SET mac = ? WHERE seq = ?", [before.hex(), row[0]])


def with_the_key(path):
    (key,) = read_keys(path).keys
    outside(path, "UPDATE change_log SET actor = 'nobody' WHERE seq = 5")
    with closing(sqlite3.connect(str(path))) as db, db:
        columns = ", ".join((*COLUMNS, "versions"))
        rows = db.execute(f"SELECT {columns}, mac FROM change_log ORDER BY seq")
        before = b""
        for *row, mac in rows.fetchall():
            before = bytes.fromhex(mac) if row[0] < 5 else seal(key, before, row)
            db.execute("UPDATE change_log SET mac = ? WHERE seq = ?", [before.hex(), row[0]])
        db.execute(
            "UPDATE chain_head SET mac = ?, seal = ?",
            [before.hex(), head_seal(key, row[0], before.hex())],
        )


#: What is done, and the first entry that does not hold without an anchor; 0: it does not show.
ATTACKS = {
    "edit": (
        lambda path: outside(path, "UPDATE change_log SET actor = 'nobody' WHERE seq = 5"),
        5,
    ),
    "delete": (lambda path: outside(path, "DELETE FROM change_log WHERE seq = 5"), 5),
    "delete and close the gap": (
        lambda path: outside(
            path,
            "DELETE FROM change_log WHERE seq = 5",
            "UPDATE change_log SET seq = seq - 1 WHERE seq > 5",
        ),
        5,
    ),
    "reorder": (
        lambda path: outside(
            path,
            "UPDATE change_log SET seq = -1 WHERE seq = 5",
            "UPDATE change_log SET seq = 5 WHERE seq = 6",
            "UPDATE change_log SET seq = 6 WHERE seq = -1",
        ),
        5,
    ),
    "replace": (replace, 5),
    "truncate": (lambda path: outside(path, "DELETE FROM change_log WHERE seq > 9"), 10),
    "empty": (lambda path: outside(path, "DELETE FROM change_log"), 1),
    "seal anew without a key": (
        lambda path: rehash(
            path, lambda before, row: hashlib.sha256(before + repr(row).encode()).digest()
        ),
        1,
    ),
    "seal anew with another key": (
        lambda path: rehash(path, lambda before, row: seal(OTHER_KEY, before, row)),
        1,
    ),
    "seal anew with the stolen key": (with_the_key, 0),
}


@pytest.fixture
def clinic(empty_clinic):
    look(empty_clinic, [f"P-{n}" for n in range(11)])
    return empty_clinic


@pytest.fixture
def copied(clinic, tmp_path):
    """Gives copies of the clinic, each with the key it had."""

    def copy(name):
        path = tmp_path / f"{name}.db"
        with closing(sqlite3.connect(str(clinic))) as db, closing(sqlite3.connect(str(path))) as to:
            db.backup(to)
        shutil.copy(f"{clinic}.key", f"{path}.key")
        return path

    return copy


def test_tampering_shows(copied, clinic, checks):
    """Test 19 of the security plan."""
    kept = clinic.with_name("elsewhere.txt")
    anchors.note(clinic, to=kept, clock=lambda: NOON)
    known = anchors.read_anchors([kept])
    untouched = verify(clinic, anchors=known)
    with checks("audit tamper", planned=3 * len(ATTACKS) + 10) as count:
        count.that(untouched.holds, "untouched, with the anchor")
        count.that(verify(clinic, anchors=()).holds, "untouched, without an anchor")
        count.that(untouched.rows == 12, "every entry was looked at")
        for name, (attack, first) in ATTACKS.items():
            path = copied(name)
            attack(path)
            alone, anchored = verify(path, anchors=()), verify(path, anchors=known)
            count.that(anchored.broken and not anchored.holds, f"{name}: with the anchor")
            count.that(alone.broken is (first > 0), f"{name}: without an anchor")
            count.that((alone.first_broken or 0) == first, f"{name}: {alone.first_broken}")

        back = copied("clock back")
        look(back, ["P-1"], at=NOON - timedelta(days=2))
        count.that(not verify(back, anchors=known).holds, "clock back: does not hold")
        count.that("The clock went back at entry 13" in verify(back).sentence, "clock back: where")

        # Control: another key's name in the file does not help.
        other = copied("other key")
        rehash(other, lambda before, row: seal(OTHER_KEY, before, row), name_of(OTHER_KEY))
        count.that(not verify(other, anchors=()).holds, "not under the clinic's key")
        ring = Keyring((OTHER_KEY,), clinic)
        count.that(verify(other, keys=ring, anchors=known).broken, "nor against the anchor")

        db = connect(clinic, read_only=False)
        for statement in (
            "UPDATE change_log SET actor = 'nobody' WHERE seq = 5",
            "DELETE FROM change_log WHERE seq = 5",
            "REPLACE INTO change_log SELECT * FROM change_log WHERE seq = 5",
        ):
            with pytest.raises(sqlite3.IntegrityError) as refused:
                db.execute(statement)
            count.that("never changed" in str(refused.value), f"mesodash itself: {statement}")
        db.close()


def test_an_anchor_of_another_clinic_is_refused(clinic):
    anchor = anchors.Anchor("2026-11-22", "other", 3, "0" * 64)

    with pytest.raises(RecordError, match="of the clinic other, not of test"):
        verify(clinic, anchors=[anchor])


def test_entries_of_an_earlier_version_are_covered_by_the_first_seal(tmp_path):
    old = tmp_path / "old.db"
    db = connect(old, read_only=False)
    MIGRATIONS.apply(db, stop_before="m007_chain")
    db.execute("INSERT INTO clinic VALUES (1, 'old', 'Old', 'clinical', NULL, '2026', 1)")
    for seq in (1, 2, 3):
        db.execute(
            "INSERT INTO change_log VALUES (?, '2026-05-04T12:00:00+00:00', 1, 'ann', 'manager',"
            " 'create', 'patients', 'P-1', 1, NULL, 1)",
            [seq],
        )
    db.conn.commit()
    db.close()
    look(old, ["P-2"])  # written by this version into a file not yet brought up
    assert "earlier version" in verify(old).sentence

    migrate(old, clock=lambda: NOON)
    look(old, ["P-3", "P-4"])

    found = verify(old)
    assert (found.holds, found.rows, found.chained_from) == (True, 7, 5)
    assert numbers_in(found.sentence)[:2] == [7, 5]

    outside(old, "UPDATE change_log SET row_key = 'P-9' WHERE seq = 2")
    assert (verify(old).broken, verify(old).first_broken) == (True, 5)


def test_a_lost_key_is_said_and_no_other_is_made(clinic):
    file = clinic.with_name("clinic.db.key")
    former = file.read_text()
    file.unlink()
    assert verify(clinic).sentence.startswith(f"There is no key at {file}, so nobody can tell")

    with pytest.raises(ChangedOutsideError, match="put it back"):
        look(clinic, ["P-20"])
    assert not file.exists()

    file.write_text("78" * 32 + "\n")
    file.chmod(0o600)
    found = verify(clinic)
    assert (found.holds, str(file) in found.sentence) == (False, True)
    assert "from 1 on" in found.sentence

    # A second key added below: what is written from here on is sealed with it.
    file.write_text(former + file.read_text())
    look(clinic, ["P-20"])
    found = verify(clinic)
    assert (found.holds, found.rows) == (True, 13)
    with reading(clinic) as db:
        assert [at for (at,) in db.execute("SELECT from_seq FROM chains")] == [1, 13]


def test_a_setting_names_another_place_for_the_key(tmp_path, monkeypatch):
    elsewhere = tmp_path / "safe" / "key"
    monkeypatch.setenv("MESODASH_AUDIT_KEY_FILE", str(elsewhere))

    clinic = tmp_path / "c.db"
    create_clinic(clinic, clinic_id="c", name="C", kind="clinical", actor=ANN)

    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert read_keys(clinic).file == elsewhere
    assert not clinic.with_name("c.db.key").exists()
    assert verify(clinic).holds


def test_a_key_that_others_may_read_is_refused(clinic):
    file = clinic.with_name("clinic.db.key")
    file.chmod(0o644)

    with pytest.raises(RecordError, match="run `chmod 600"):
        look(clinic, ["P-1"])


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "é"])
def test_a_file_that_is_no_key_is_refused(clinic, text):
    clinic.with_name("clinic.db.key").write_text(text)

    with pytest.raises(RecordError, match="holds no key"):
        look(clinic, ["P-1"])


def test_anchors_grow_beside_the_file(clinic):
    verify_and_anchor(clinic, clock=lambda: NOON)
    look(clinic, ["P-1"])
    verify_and_anchor(clinic, clock=lambda: NOON)

    assert [anchor.rows for anchor in anchors.anchors_beside(clinic)] == [12, 13]
    assert anchors.beside(clinic).stat().st_mode & 0o777 == 0o600
    found = verify(clinic)
    assert (found.holds, numbers_in(found.sentence)) == (True, [13, 2])


def test_a_broken_log_gets_no_anchor(clinic):
    outside(clinic, "UPDATE change_log SET actor = 'nobody' WHERE seq = 5")

    assert verify_and_anchor(clinic).broken
    assert not anchors.beside(clinic).exists()


def test_a_line_of_anchors_that_was_cut_off_is_left_out(clinic):
    anchors.note(clinic)
    with anchors.beside(clinic).open("a") as file:
        file.write("2026-11-22T1")

    assert len(anchors.anchors_beside(clinic)) == 1


def test_a_file_of_something_else_is_no_anchor(tmp_path):
    (tmp_path / "a.txt").write_text("hello\n")

    with pytest.raises(RecordError, match="something else than anchors"):
        anchors.read_anchors([tmp_path / "a.txt"])
    with pytest.raises(RecordError, match="cannot be read"):
        anchors.read_anchors([tmp_path / "none.txt"])


def test_many_entries_of_one_transaction_hold(demo_like):
    assert verify(demo_like).holds


@pytest.fixture
def demo_like(empty_clinic):
    """A clinic filled in one transaction, as a demo or an import fills it."""
    with writing(empty_clinic, DEMO, clock=lambda: NOON) as change:
        for n in range(500):
            change.log("import", "sessions", month="2026-05", rows=n)
    return empty_clinic


@pytest.mark.parametrize("name", ["clinic.db", "clinic.db.key", "short.txt", "manifest.json"])
def test_an_anchor_is_appended_to_anchors_only(clinic, name):
    target = clinic.with_name(name)
    if name == "short.txt":
        target.write_text("no line")
    if name == "manifest.json":
        told = {"made_at": "2026", "clinic_id": "test", "log_entries": 1, "log_head": "0"}
        target.write_text(json.dumps(told))
    before = target.read_bytes()

    with pytest.raises(RecordError, match=r"something else than anchors|cannot be read"):
        anchors.note(clinic, to=target)

    assert target.read_bytes() == before
