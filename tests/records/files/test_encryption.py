"""A clinic's file under SQLCipher: no word of it is readable, and all goes on working."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from pysqlite3 import dbapi2 as sqlite3

from mesodash.records.audit.actor import Actor
from mesodash.records.audit.verification import verify
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.files.check import check_clinic
from mesodash.records.files.encryption import encrypt_copy, make_key
from mesodash.records.privacy.erasure import erase
from mesodash.records.store.clinic import create_clinic, read_clinic
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.driver import open_file
from mesodash.records.store.errors import DamagedError, RecordError

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "administrator")
NAME = "KOWALSKA-ANNA-1961"


def add(path, name):
    with writing(path, ANN, clock=lambda: NOON) as change:
        change.db.table("patients").insert({"patient_id": name, "sex": "female"})
        change.log("create", "patients", key=name)


@pytest.fixture
def plain(empty_clinic):
    add(empty_clinic, NAME)
    return empty_clinic


@pytest.fixture
def key(tmp_path):
    file = tmp_path / "keys" / "clinic.key"
    make_key(file)
    return file


@pytest.fixture
def sealed(plain, key, tmp_path, monkeypatch):
    """The encrypted copy, in a process that has its key."""
    path = tmp_path / "sealed" / "sealed.db"
    encrypt_copy(plain, path, key)
    monkeypatch.setenv("MESODASH_DB_KEY_FILE", str(key))
    return path


def people(path):
    with reading(path) as db:
        return [name for (name,) in db.execute("SELECT patient_id FROM patients ORDER BY id")]


def hits(folder, word):
    return [p.name for p in folder.rglob("*") if p.is_file() and word.encode() in p.read_bytes()]


def test_nothing_is_readable_and_everything_works(sealed, plain, tmp_path, catalogue, checks):
    with checks("encrypted file", planned=13) as count:
        count.that(hits(plain.parent, NAME), "control: the plain file shows the name")
        add(sealed, "FIRST")  # turns WAL on
        with closing(open_file(sealed, "rw")) as keeper:  # so that the -wal stays
            keeper.execute("SELECT count(*) FROM patients").fetchone()
            add(sealed, "NOWAK-1970")
            wal = sealed.with_name("sealed.db-wal")
            count.that(wal.stat().st_size > 0, "there is a -wal")
            count.that(not hits(sealed.parent, NAME), "the name, in the file and -wal")
            count.that(not hits(sealed.parent, "NOWAK-1970"), "a name written since")
            count.that(not sealed.read_bytes().startswith(b"SQLite format 3"), "no header")
        count.that(people(sealed) == [NAME, "FIRST", "NOWAK-1970"], "both are there with the key")
        count.that(check_clinic(sealed, catalogue).is_sound, "it is sound")
        count.that(verify(sealed).holds, "its change log holds")

        saved, _ = backup_clinic(sealed, tmp_path / "saved", actor=ANN)
        count.that(not hits(tmp_path / "saved", NAME), "the backup is encrypted")
        erase(sealed, NAME, ANN, reason="asked")
        count.that(NAME not in people(sealed), "an erasure works")
        again = sealed.parent / "again.db"
        restore_clinic(saved, again, actor=ANN)
        count.that(people(again) == [NAME, "FIRST", "NOWAK-1970"], "the backup can be put back")
        count.that(not hits(again.parent, NAME), "and is encrypted there")
        count.that(sealed.stat().st_mode & 0o777 == 0o600, "its owner alone may read it")


def test_without_the_key_one_sentence(sealed, monkeypatch):
    monkeypatch.delenv("MESODASH_DB_KEY_FILE")

    with pytest.raises(DamagedError, match="name its key with MESODASH_DB_KEY_FILE"):
        people(sealed)
    with closing(sqlite3.connect(str(sealed))) as db, pytest.raises(sqlite3.DatabaseError):
        db.execute("SELECT 1 FROM clinic")


def test_with_another_key_one_sentence(sealed, tmp_path, monkeypatch):
    other = tmp_path / "other.key"
    make_key(other)
    monkeypatch.setenv("MESODASH_DB_KEY_FILE", str(other))

    with pytest.raises(DamagedError, match="cannot be opened with the key in"):
        people(sealed)
    with pytest.raises(DamagedError, match="cannot be opened with the key in"):
        add(sealed, "X")


def test_a_plain_file_is_not_taken_for_an_encrypted_one(plain, key, monkeypatch):
    monkeypatch.setenv("MESODASH_DB_KEY_FILE", str(key))

    with pytest.raises(DamagedError, match="is not encrypted or is damaged"):
        people(plain)


def test_a_key_that_is_missing_is_told(sealed, monkeypatch, tmp_path):
    monkeypatch.setenv("MESODASH_DB_KEY_FILE", str(tmp_path / "none.key"))

    with pytest.raises(RecordError, match=r"none\.key holds no key"):
        people(sealed)


def test_a_clinic_can_be_made_encrypted(tmp_path, key, monkeypatch):
    monkeypatch.setenv("MESODASH_DB_KEY_FILE", str(key))
    path = tmp_path / "new.db"

    create_clinic(path, clinic_id="new", name="Nowhere", kind="clinical", actor=ANN)

    assert read_clinic(path).name == "Nowhere"
    assert hits(tmp_path, "Nowhere") == []


def test_nothing_is_overwritten(plain, key, tmp_path):
    with pytest.raises(RecordError, match="exists already"):
        make_key(key)
    with pytest.raises(RecordError, match="exists already"):
        encrypt_copy(plain, plain, key)
    with pytest.raises(RecordError, match="no clinic at"):
        encrypt_copy(tmp_path / "none.db", tmp_path / "x.db", key)
