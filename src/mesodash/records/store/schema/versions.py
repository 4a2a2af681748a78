"""Versions of every row: triggers record each change, whoever makes it and with whatever program.

An insert leaves a version without content (the content is the row itself until it changes); an
update or a delete leaves the former row as JSON without its empty columns. `audit.seals` completes
the versions at the end of each transaction; one that is incomplete was made by another program.
"""

from collections.abc import Iterable, Mapping

from sqlite_utils import Database

_OWN = "{row}.patient"
_BY_SESSION = "(SELECT patient FROM sessions WHERE id = {row}.session)"

PATIENT_OF: Mapping[str, str] = {
    "clinic": "NULL",
    "practitioners": "NULL",
    "protocol_versions": "NULL",
    "accounts": "NULL",
    "sign_ins": "NULL",
    "stock": "NULL",
    "patients": "{row}.id",
    "courses": _OWN,
    "sessions": _OWN,
    "treated_areas": _OWN,
    "injection_points": _BY_SESSION,
    "products_used": _BY_SESSION,
    "side_effects": _BY_SESSION,
    "follow_ups": _BY_SESSION,
    "outcomes": _OWN,
    "screenings": _OWN,
    "screening_answers": "(SELECT patient FROM screenings WHERE id = {row}.screening)",
    "plans": "(SELECT patient FROM courses WHERE id = {row}.course)",
    "consents": _OWN,
    "red_cards": _OWN,
    "consent_texts": "NULL",
    "photographs": _OWN,
    "erasures": _OWN,
}
"""The tables whose rows are kept in versions, with the SQL for the patient whose row it is."""

UNTRACKED: Mapping[str, frozenset[str]] = {
    "clinic": frozenset({"revision"}),
    "accounts": frozenset({"totp_step", "failures", "locked_until"}),
    "sign_ins": frozenset({"seen_at"}),
    "photographs": frozenset({"picture"}),
}
"""What versions leave out: the current state, and pictures, whose digest they hold."""

ADDED_LATER = frozenset({"consent_texts", "photographs"})
"""Tables that came after versions did: a file of an earlier version of mesodash has them not."""


def tracked_columns(db: Database, table: str) -> tuple[str, ...]:
    """The columns of a table that its versions contain."""
    left_out = UNTRACKED.get(table, frozenset())
    return tuple(c.name for c in db.table(table).columns if c.name not in left_out)


def row_json(columns: Iterable[str], row: str) -> str:
    """SQL for a row as JSON without empty columns, so that a later column does not change it."""
    cells = ", ".join(f"'{name}', {row}.{name}" for name in columns)
    return f"json_patch('{{}}', json_object({cells}))"


def triggers(db: Database, table: str) -> dict[str, str]:
    """The triggers that record each change of a table: name -> SQL."""
    columns = tracked_columns(db, table)
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
    made = {}
    for event, row, before, when in (
        ("insert", "NEW", "NULL", ""),
        ("update", "OLD", row_json(columns, "OLD"), f" WHEN {changed}"),
        ("delete", "OLD", row_json(columns, "OLD"), ""),
    ):
        name = f"{table}_version_{event}"
        made[name] = (
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table}{when} BEGIN"
            " INSERT INTO row_versions (table_name, row, patient, action, before)"
            f" VALUES ('{table}', {row}.id, {PATIENT_OF[table].format(row=row)}, '{event}',"
            f" {before}); END"
        )
    return made


def track(db: Database, tables: Iterable[str]) -> None:
    """Create or replace the triggers of some tables; a migration that adds columns to one of them
    calls this last.
    """  # noqa: D205
    for table in tables:
        for name, sql in triggers(db, table).items():
            db.execute(f"DROP TRIGGER IF EXISTS {name}")
            db.execute(sql)


def m011_versions(db: Database) -> None:
    """Versions of all rows, covered by the change log's seals, and the sealed end of the log."""
    db.execute("ALTER TABLE change_log ADD COLUMN versions TEXT CHECK (length(versions) = 64)")
    db.execute("ALTER TABLE chains ADD COLUMN restarted TEXT")
    db.execute("DROP TRIGGER change_log_no_update")
    same = " AND ".join(
        f"NEW.{name} IS OLD.{name}"
        for name in (
            "seq", "at", "revision", "actor", "role", "action", "table_name", "patient", "month",
            "row_count", "mac", "versions",
        )
    )  # fmt: skip
    db.execute(
        f"""CREATE TRIGGER change_log_no_update BEFORE UPDATE ON change_log
        WHEN NOT ({same} AND OLD.row_key IS NOT NULL AND NEW.row_key GLOB '~*') BEGIN
            SELECT raise(ABORT, 'the change log is never changed');
        END"""
    )
    db.execute(
        """CREATE TABLE chain_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            seq INTEGER NOT NULL,
            mac TEXT NOT NULL CHECK (length(mac) = 64),
            seal TEXT NOT NULL CHECK (length(seal) = 64)
        ) STRICT"""
    )
    db.execute(
        """CREATE TABLE row_versions (
            seq INTEGER PRIMARY KEY,
            entry INTEGER,
            table_name TEXT NOT NULL,
            row INTEGER NOT NULL,
            patient INTEGER,
            action TEXT NOT NULL CHECK (action IN ('insert', 'update', 'delete', 'found')),
            before TEXT CHECK (json_valid(before)),
            reason TEXT,
            before_mac BLOB CHECK (length(before_mac) = 16),
            after_mac BLOB CHECK (length(after_mac) = 16),
            reason_mac BLOB CHECK (length(reason_mac) = 16)
        ) STRICT"""
    )
    db.execute("CREATE INDEX row_versions_by_row ON row_versions (table_name, row, seq)")
    db.execute(
        "CREATE INDEX row_versions_by_patient ON row_versions (patient, seq)"
        " WHERE patient IS NOT NULL"
    )
    db.execute("CREATE INDEX row_versions_open ON row_versions (seq) WHERE entry IS NULL")
    fixed = " AND ".join(
        f"NEW.{name} IS OLD.{name}" for name in ("seq", "table_name", "row", "patient", "action")
    )
    sealed = " AND ".join(
        f"NEW.{name} IS OLD.{name}" for name in ("entry", "before_mac", "after_mac", "reason_mac")
    )
    db.execute(
        f"""CREATE TRIGGER row_versions_no_update BEFORE UPDATE ON row_versions
        WHEN NOT ({fixed} AND (OLD.entry IS NULL
            OR ({sealed} AND NEW.before IS NULL AND NEW.reason IS NULL))) BEGIN
            SELECT raise(ABORT, 'versions are never changed');
        END"""
    )
    db.execute(
        """CREATE TRIGGER row_versions_no_delete BEFORE DELETE ON row_versions BEGIN
            SELECT raise(ABORT, 'versions are never changed');
        END"""
    )
    track(db, [table for table in PATIENT_OF if table not in ADDED_LATER])
