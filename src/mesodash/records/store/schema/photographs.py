"""Tables for photographs and for the words of consents."""

from sqlite_utils import Database

from mesodash.records.store import vocabulary
from mesodash.records.store.schema.checks import day, one_of
from mesodash.records.store.schema.versions import track


def m014_photographs(db: Database) -> None:
    """Photographs, whether they may be kept, and the words that a consent was given to.

    A picture is never changed: its row is written once with its digest, and goes as a whole.
    Versions hold the digest, not the picture, so what was taken out is nowhere in the file.
    """
    db.execute(
        "ALTER TABLE clinic ADD COLUMN disk_declared_by TEXT"
        " CHECK (length(disk_declared_by) BETWEEN 1 AND 200)"
    )
    db.execute(
        """CREATE TABLE consent_texts (
            id INTEGER PRIMARY KEY,
            version TEXT NOT NULL UNIQUE CHECK (length(version) BETWEEN 1 AND 64),
            words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 100000)
        ) STRICT"""
    )
    db.execute(
        f"""CREATE TABLE photographs (
            id INTEGER PRIMARY KEY,
            photograph_id TEXT NOT NULL UNIQUE CHECK (length(photograph_id) BETWEEN 1 AND 64),
            patient INTEGER NOT NULL REFERENCES patients (id),
            session INTEGER REFERENCES sessions (id),
            area TEXT NOT NULL,
            side TEXT NOT NULL {one_of("side", vocabulary.SIDES)},
            view TEXT NOT NULL {one_of("view", vocabulary.PHOTOGRAPH_VIEWS)},
            moment TEXT NOT NULL {one_of("moment", vocabulary.PHOTOGRAPH_MOMENTS)},
            taken_on TEXT NOT NULL {day("taken_on")},
            taken_by TEXT NOT NULL CHECK (length(taken_by) BETWEEN 1 AND 200),
            intimate INTEGER NOT NULL CHECK (intimate IN (0, 1)),
            width INTEGER NOT NULL CHECK (width BETWEEN 1 AND 4096),
            height INTEGER NOT NULL CHECK (height BETWEEN 1 AND 4096),
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            picture BLOB NOT NULL CHECK (length(picture) BETWEEN 100 AND 4000000)
        ) STRICT"""
    )
    db.execute("CREATE INDEX photographs_by_patient ON photographs (patient, taken_on)")
    db.execute(
        """CREATE TRIGGER photographs_picture_stands BEFORE UPDATE OF picture, sha256 ON photographs
        BEGIN SELECT raise(ABORT, 'a photograph is never changed'); END"""
    )
    track(db, ("clinic", "consent_texts", "photographs"))
