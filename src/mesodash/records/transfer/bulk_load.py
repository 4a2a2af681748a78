"""Filling an empty clinic with many rows at once, as the demo clinic is made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Change, Clock, utc_now, writing
from mesodash.records.store.errors import RecordError

#: The tables in the order their rows must arrive in (a row's parents first), with their columns.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "practitioners": ("id", "practitioner_id", "name"),
    "patients": ("id", "patient_id", "sex", "birth_year", "phototype", "note"),
    "courses": (
        "id",
        "course_id",
        "patient",
        "indication",
        "protocol",
        "planned_sessions",
        "interval_days",
        "started_on",
        "state",
        "stopped_reason",
    ),
    "sessions": (
        "id",
        "session_id",
        "patient",
        "course",
        "practitioner",
        "protocol",
        "held_at",
        "state",
        "note",
    ),
    "treated_areas": (
        "session",
        "patient",
        "held_at",
        "area",
        "side",
        "technique",
        "depth_um",
        "points",
        "volume_ul",
    ),
    "products_used": ("session", "area", "product", "lot", "expires_on", "volume_ul"),
    "side_effects": (
        "id",
        "side_effect_id",
        "session",
        "area",
        "side",
        "effect",
        "term",
        "onset_at",
        "resolved_at",
        "last_seen_at",
        "gone_by_at",
        "severity",
        "serious",
        "related",
        "note",
    ),
    "follow_ups": ("session", "contacted_at", "channel"),
    "outcomes": (
        "patient",
        "course",
        "session",
        "area",
        "scale",
        "value",
        "measured_on",
        "timing",
    ),
}

_BY_SESSION = (
    "SELECT substr(sessions.held_at, 1, 7), count(*) FROM {table}"
    " JOIN sessions ON sessions.id = {table}.session GROUP BY 1 ORDER BY 1"
)
_ALL = "SELECT NULL, count(*) FROM {table} HAVING count(*)"
_BY_OWN = "SELECT substr({day}, 1, 7), count(*) FROM {table} GROUP BY 1 ORDER BY 1"

#: How each table's rows are counted by the month their facts belong to.
_MONTHS: Mapping[str, str] = {
    "practitioners": _ALL,
    "patients": _ALL,
    "courses": _BY_OWN.format(table="courses", day="started_on"),
    "sessions": _BY_OWN.format(table="sessions", day="held_at"),
    "treated_areas": _BY_OWN.format(table="treated_areas", day="held_at"),
    "products_used": _BY_SESSION,
    "side_effects": _BY_SESSION,
    "follow_ups": _BY_SESSION,
    "outcomes": _BY_OWN.format(table="outcomes", day="measured_on"),
}

#: SQLite's own 2 MiB would write and read the indexes' pages over and over.
_CACHE_KIB = 64 * 1024

Batch = Mapping[str, Sequence[tuple[object, ...]]]


def count_by_month(db: Database) -> dict[tuple[str, str | None], int]:
    """Rows by table and month (YYYY-MM).

    The month is that of the session for what belongs to one, of measuring for outcomes, of the
    start for courses, and None for people.
    """
    return {
        (table, month): count
        for table, sql in _MONTHS.items()
        for month, count in db.execute(sql.format(table=table))
    }


def log_everything(change: Change, action: str, *, key: str | None = None) -> None:
    """Cover every row of the clinic in the change log: one entry per table and month.

    So publish writes each month once. There is no entry per patient: nobody viewed or changed one,
    and thousands of equal lines would bury those that answer "who changed this patient?". An import
    with a `key` is none that can be taken back.
    """
    for (table, month), count in count_by_month(change.db).items():
        change.log(action, table, key=key, month=month, rows=count)


def fill_clinic(
    path: Path,
    batches: Iterable[Batch],
    *,
    actor: Actor,
    clock: Clock = utc_now,
    progress: Callable[[int], None] | None = None,
    key_file: Path | None = None,
) -> dict[str, int]:
    """Insert all batches into an empty clinic in one transaction: all of them, or nothing.

    Args:
        path: a clinic's file without patients, courses or sessions.
        batches: each maps a table to tuples in the order of `COLUMNS`; batches are consumed one
            by one, so a generator keeps memory bounded. Ids are the caller's; a row's parents
            stand in the same or an earlier batch.
        actor: who fills it; entered in the change log.
        clock: gives the time of the change.
        progress: called with the sessions inserted so far after every batch.
        key_file: where the change log's key is, if `path` is not the clinic's own place yet.

    Returns:
        table -> rows inserted, every table of `COLUMNS`.

    Raises:
        RecordError: the clinic is not empty.
    """
    counts = dict.fromkeys(COLUMNS, 0)
    statements = {
        table: f"INSERT INTO {table} ({', '.join(columns)})"
        f" VALUES ({', '.join('?' * len(columns))})"
        for table, columns in COLUMNS.items()
    }
    with writing(path, actor, clock=clock, key_file=key_file) as change:
        for table in COLUMNS:
            if change.db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                raise RecordError(
                    _("{file} has {table} already; fill a new, empty clinic.").format(
                        file=path.name, table=table
                    )
                )
        change.db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        for batch in batches:
            for table, statement in statements.items():
                rows = batch.get(table, ())
                change.db.conn.executemany(statement, rows)
                counts[table] += len(rows)
            if progress is not None:
                progress(counts["sessions"])
        log_everything(change, "import", key="made at once")
    return counts
