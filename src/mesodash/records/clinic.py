"""The clinic a file belongs to: making one, and what it says of itself."""

from dataclasses import dataclass
from pathlib import Path

from mesodash.records.actor import Actor
from mesodash.records.connection import Clock, reading, utc_now, writing
from mesodash.records.errors import RecordError
from mesodash.records.migrations import migrate


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic as its file states it; `revision` moves with every change of data."""

    clinic_id: str
    name: str
    kind: str
    country: str | None
    revision: int

    @property
    def is_demo(self) -> bool:
        """Whether the patients are synthetic."""
        return self.kind == "demo"


def create_clinic(
    path: Path,
    *,
    clinic_id: str,
    name: str,
    kind: str,
    actor: Actor,
    country: str | None = None,
    clock: Clock = utc_now,
    key_file: Path | None = None,
) -> Clinic:
    """Make an empty clinic in a new file.

    Args:
        path: the file; must not hold a clinic yet.
        clinic_id: short and unique among clinics that publish to one lake (a-z, 0-9, - and _).
        name: as people know it.
        kind: `demo` (synthetic patients) or `clinical`; written once.
        actor: who makes it.
        country: ISO 3166 alpha-2, for regulatory notes.
        clock: gives the time of making.
        key_file: where the change log's key goes, if `path` is not the clinic's own place yet.

    Raises:
        RecordError: the file holds something already, or the id has other characters.
    """
    if path.exists() and path.stat().st_size:
        raise RecordError(f"{path} exists already; choose another file name.")
    if not clinic_id or not clinic_id.replace("-", "").replace("_", "").isalnum():
        raise RecordError("A clinic's id takes letters, digits, - and _ only.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # SQLite gives its side files the same mode
    path.chmod(0o600)
    migrate(path)
    with writing(path, actor, clock=clock, key_file=key_file) as change:
        change.db.table("clinic").insert(
            {
                "id": 1,
                "clinic_id": clinic_id,
                "name": name,
                "kind": kind,
                "country": country,
                "created_at": clock().isoformat(timespec="seconds"),
                "revision": 0,
            }
        )
        change.log("init", "clinic", key=clinic_id)
    return read_clinic(path)


def read_clinic(path: Path) -> Clinic:
    """What the file says of its clinic."""
    with reading(path) as db:
        row = next(db.query("SELECT clinic_id, name, kind, country, revision FROM clinic"), None)
    if row is None:
        raise RecordError(f"{path} names no clinic; make one with `mesodash init`.")
    return Clinic(**row)


def read_revision(path: Path) -> int:
    """The counter that every change of data moves: the key under which reports are cached."""
    with reading(path) as db:
        (revision,) = db.execute("SELECT revision FROM clinic").fetchone()
    return int(revision)
