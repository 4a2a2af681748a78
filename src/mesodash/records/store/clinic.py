"""The clinic that a file belongs to: creating one and reading its description."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from mesodash.language import _
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.store.migrations import migrate


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic as its file states it.

    `revision` moves with every change of data; `timezone` is its zone in the IANA database, such as
    Europe/Paris, or None if it has not been set.
    """

    clinic_id: str
    name: str
    kind: str
    country: str | None
    revision: int
    timezone: str | None = None

    @property
    def is_demo(self) -> bool:
        """Whether the patients are synthetic."""
        return self.kind == "demo"

    @property
    def name_on_documents(self) -> str:
        """The name as a document shows it: a demo's says, in the language in use, what it is."""
        if not self.is_demo:
            return self.name
        return _("{clinic} (synthetic patients)").format(clinic=self.name)


def create_clinic(
    path: Path,
    *,
    clinic_id: str,
    name: str,
    kind: str,
    actor: Actor,
    country: str | None = None,
    timezone: str | None = None,
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
        timezone: of the IANA database, such as Europe/Paris.
        clock: gives the time of creation.
        key_file: where the change log's key goes, if `path` is not the clinic's final place.

    Raises:
        RecordError: the file is not empty, the id has other characters, or there is
            no such time zone.
    """
    if path.exists() and path.stat().st_size:
        raise RecordError(_("{path} exists already; choose another file name.").format(path=path))
    if not clinic_id or not clinic_id.replace("-", "").replace("_", "").isalnum():
        raise RecordError(_("A clinic's id takes letters, digits, - and _ only."))
    if timezone is not None and timezone not in available_timezones():
        raise RecordError(
            _("{zone} is not a time zone; write it as Europe/Paris.").format(zone=timezone)
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # SQLite gives its side files the same mode
    path.chmod(0o600)
    migrate(path, key_file=key_file, clock=clock)
    with writing(path, actor, clock=clock, key_file=key_file) as change:
        change.db.table("clinic").insert(
            {
                "id": 1,
                "clinic_id": clinic_id,
                "name": name,
                "kind": kind,
                "country": country,
                "timezone": timezone,
                "created_at": clock().isoformat(timespec="seconds"),
                "revision": 0,
            }
        )
        change.log("init", "clinic", key=clinic_id)
    return read_clinic(path)


def read_clinic(path: Path) -> Clinic:
    """The description of the clinic in its file."""
    with reading(path) as db:
        names = "clinic_id, name, kind, country, revision"
        if "timezone" in db.table("clinic").columns_dict:  # not in a file of an earlier version
            names += ", timezone"
        row = next(db.query(f"SELECT {names} FROM clinic"), None)
    if row is None:
        raise RecordError(
            _("{path} names no clinic; make one with `mesodash init`.").format(path=path)
        )
    return Clinic(**row)


def read_revision(path: Path) -> int:
    """The counter that every change of data increases; reports are cached under it."""
    with reading(path) as db:
        (revision,) = db.execute("SELECT revision FROM clinic").fetchone()
    return int(revision)
