"""What restoring a backup would lose, shown before anything is replaced."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mesodash.language import _
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now
from mesodash.records.store.errors import NotAClinicError


@dataclass(frozen=True, slots=True)
class Losses:
    """What is in a clinic's file but not in a backup of it.

    Attributes:
        same_clinic: whether the backup is of the clinic that would be replaced.
        saved_at: the time of the backup's last entry in its change log, UTC; None of an empty one.
        changes: rows that were added, changed or imported since, by table; views are not counted.
        rows: (in the backup, in the file) of each table whose number differs.
    """

    same_clinic: bool
    saved_at: str | None
    changes: Mapping[str, int]
    rows: Mapping[str, tuple[int, int]]


_COUNTED = (
    "patients", "practitioners", "courses", "sessions", "treated_areas", "products_used",
    "side_effects", "follow_ups", "outcomes", "screenings", "consents", "photographs", "red_cards",
    "accounts",
)  # fmt: skip


def losses(backup: Path, db: Path, *, actor: Actor, clock: Clock = utc_now) -> Losses:
    """What `restore_clinic` would lose of the file at `db`; only a refusal is written.

    Args:
        backup: a file made by `backup_clinic`.
        db: the clinic's file that would be replaced.
        actor: who asks; entered in the change log where the role may not.
        clock: gives the time in the change log.

    Raises:
        NotAllowedError: the role may not restore.
        NotAClinicError, DamagedError, BusyError: one of the two cannot be read.
    """
    require(db, actor, "records.backup", clock=clock)
    if not backup.is_file():
        raise NotAClinicError(
            _("There is no backup at {backup}; check the path.").format(backup=backup)
        )
    with reading(backup) as saved:
        clinic_then, (seq, saved_at) = (
            saved.execute("SELECT clinic_id FROM clinic").fetchone(),
            saved.execute("SELECT max(seq), max(at) FROM change_log").fetchone(),
        )
        known = set(saved.table_names())
        then = {name: saved.table(name).count for name in _COUNTED if name in known}
    with reading(db) as now:
        clinic_now = now.execute("SELECT clinic_id FROM clinic").fetchone()
        known = set(now.table_names())
        counts = {name: now.table(name).count for name in _COUNTED if name in known}
        changes = {
            table: int(rows)
            for table, rows in now.execute(
                "SELECT table_name, sum(row_count) FROM change_log"
                " WHERE seq > ? AND action IN"
                " ('create', 'update', 'void', 'import', 'adopt', 'erase', 'undo')"
                " GROUP BY table_name ORDER BY table_name",
                [seq or 0],
            )
        }
    return Losses(
        same_clinic=clinic_then == clinic_now,
        saved_at=saved_at,
        changes=changes,
        rows={
            name: (then.get(name, 0), count)
            for name, count in counts.items()
            if then.get(name, 0) != count
        },
    )
