"""Protection of the change log, and the columns for erasure and retention."""

from sqlite_utils import Database

_FIXED = (
    "seq",
    "at",
    "revision",
    "actor",
    "role",
    "action",
    "table_name",
    "patient",
    "month",
    "row_count",
    "mac",
)


def m007_chain(db: Database) -> None:
    """Seals on the change log's entries, and triggers that let it only grow.

    One change of an entry is allowed: an erasure replaces its key by a pseudonym.
    """
    db.execute("ALTER TABLE change_log ADD COLUMN mac TEXT CHECK (length(mac) = 64)")
    db.execute(
        """CREATE TABLE chains (
            from_seq INTEGER PRIMARY KEY CHECK (from_seq >= 1),
            key_name TEXT NOT NULL CHECK (length(key_name) = 16),
            began_at TEXT NOT NULL
        ) STRICT"""
    )
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _FIXED)
    db.execute(
        f"""CREATE TRIGGER change_log_no_update BEFORE UPDATE ON change_log
        WHEN NOT ({same} AND OLD.row_key IS NOT NULL AND NEW.row_key GLOB '~*') BEGIN
            SELECT raise(ABORT, 'the change log is never changed');
        END"""
    )
    db.execute(
        """CREATE TRIGGER change_log_no_delete BEFORE DELETE ON change_log BEGIN
            SELECT raise(ABORT, 'the change log is never changed');
        END"""
    )
    for event in ("UPDATE", "DELETE"):
        db.execute(
            f"""CREATE TRIGGER chains_no_{event.lower()} BEFORE {event} ON chains BEGIN
                SELECT raise(ABORT, 'the change log is never changed');
            END"""
        )


def m008_erasure(db: Database) -> None:
    """Pseudonyms of erased patients; how long a clinic keeps records."""
    db.execute(
        """CREATE TABLE erasures (
            id INTEGER PRIMARY KEY,
            patient INTEGER NOT NULL REFERENCES patients (id),
            pseudonym TEXT NOT NULL CHECK (pseudonym GLOB '~*'),
            erased_at TEXT NOT NULL,
            erased_by TEXT NOT NULL,
            reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 200)
        ) STRICT"""
    )
    db.execute("ALTER TABLE clinic ADD COLUMN keep_years INTEGER CHECK (keep_years >= 1)")
