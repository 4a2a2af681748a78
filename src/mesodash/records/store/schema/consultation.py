"""Tables of the consultation: screenings, adopted versions, plans."""

from sqlite_utils import Database

from mesodash.records.store import vocabulary
from mesodash.records.store.schema.checks import one_of


def m004_screenings(db: Database) -> None:
    """Patients' answers to a screening: dated, confirmed, never changed."""
    db.execute(
        """CREATE TABLE screenings (
            id INTEGER PRIMARY KEY,
            patient INTEGER NOT NULL REFERENCES patients (id),
            screened_on TEXT NOT NULL CHECK (date(screened_on) IS screened_on),
            screened_by TEXT NOT NULL CHECK (length(screened_by) >= 1),
            confirms INTEGER,
            UNIQUE (id, patient),
            FOREIGN KEY (confirms, patient) REFERENCES screenings (id, patient),
            CHECK (confirms < id)
        ) STRICT"""
    )
    db.execute("CREATE INDEX screenings_by_patient ON screenings (patient, screened_on, id)")
    db.execute(
        f"""CREATE TABLE screening_answers (
            id INTEGER PRIMARY KEY,
            screening INTEGER NOT NULL REFERENCES screenings (id),
            question TEXT NOT NULL CHECK (length(question) BETWEEN 1 AND 64),
            said TEXT NOT NULL {one_of("said", vocabulary.ANSWERS)},
            areas TEXT NOT NULL CHECK (json_valid(areas) AND json_type(areas) = 'array'),
            detail TEXT CHECK (length(detail) BETWEEN 1 AND 500),
            answered_on TEXT NOT NULL CHECK (date(answered_on) IS answered_on),
            UNIQUE (screening, question)
        ) STRICT"""
    )
    for table in ("screenings", "screening_answers"):
        db.execute(
            f"""CREATE TRIGGER {table}_stand BEFORE UPDATE ON {table} BEGIN
                SELECT raise(ABORT, 'a screening is never changed; record a new one');
            END"""
        )


def m005_plans(db: Database) -> None:
    """Why an adopted version goes beyond the published limits, and how a course was planned."""
    db.execute("ALTER TABLE protocol_versions ADD COLUMN reason TEXT")
    for event in ("UPDATE", "DELETE"):
        db.execute(
            f"""CREATE TRIGGER protocol_versions_no_{event.lower()}
            BEFORE {event} ON protocol_versions BEGIN
                SELECT raise(ABORT, 'an adopted version is never changed; adopt a new one');
            END"""
        )
    db.execute(
        """CREATE TABLE plans (
            id INTEGER PRIMARY KEY,
            nonce TEXT NOT NULL UNIQUE CHECK (length(nonce) BETWEEN 8 AND 64),
            course INTEGER NOT NULL UNIQUE REFERENCES courses (id),
            made_by TEXT NOT NULL CHECK (length(made_by) >= 1),
            made_at TEXT NOT NULL,
            content TEXT NOT NULL CHECK (length(content) = 64),
            reason TEXT
        ) STRICT"""
    )
