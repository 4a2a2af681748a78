"""Whether the clinic's file is still the one that this process opened."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesodash.language import _
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.errors import NotAClinicError

Stamp = tuple[int, int]


def _stamp(path: Path) -> Stamp:
    try:
        at = path.stat()
    except FileNotFoundError:
        return 0, 0
    return at.st_mtime_ns, at.st_size


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a file was when it was last looked at.

    Attributes:
        stamp: of the file and of its write-ahead log, which holds the newest changes: time of the
            last change in ns, and size in bytes; 0 and 0 where there is none.
        place: the file on its disk, whatever its name: device and number.
        clinic_id: whose it is.
        revision: how far its data had come; restoring a backup moves it on as well.
    """

    stamp: tuple[Stamp, Stamp]
    place: tuple[int, int]
    clinic_id: str
    revision: int


class OpenedFiles:
    """What each file was that this process opened; thread-safe."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._seen: dict[Path, _Seen] = {}

    def knows(self, db: Path) -> bool:
        """Whether this process has opened the file."""
        return db in self._seen

    def look_at(self, db: Path) -> None:
        """Note what the file is, and refuse one that was put in the place of the one opened.

        It is read only where its place, time or size, or its log's, is another than at the last
        look: every run of a page looks, and reading takes more than a millisecond.

        Reports and sign-ins of the former file would be shown with the new one's patients, and its
        change log was not checked.

        Raises:
            NotAClinicError: the file is gone; or it is another one: moved or copied over it, of
                another clinic, or an older copy.
            DamagedError, BusyError: it cannot be read.
        """
        if not db.exists():
            raise NotAClinicError(
                _(
                    "{db} was here and is gone; put it back or restore a backup, then reload the"
                    " page."
                ).format(db=db.name)
            )
        # Read within the lock: a look that was overtaken by a later one would seem an older copy.
        with self._lock:
            at = db.stat()
            place, stamp = (
                (at.st_dev, at.st_ino),
                (_stamp(db), _stamp(db.with_name(f"{db.name}-wal"))),
            )
            seen = self._seen.get(db)
            if seen is not None and (seen.place, seen.stamp) == (place, stamp):
                return
            clinic = read_clinic(db)
            now = _Seen(stamp, place, clinic.clinic_id, clinic.revision)
            before = self._seen.setdefault(db, now)
            if (before.place, before.clinic_id) != (now.place, now.clinic_id) or (
                now.revision < before.revision
            ):
                raise NotAClinicError(
                    _(
                        "{db} is not the file that mesodash opened: another was put in its place."
                        " Put the clinic's own file back, or restart mesodash, which checks a"
                        " file before it opens it."
                    ).format(db=db.name)
                )
            self._seen[db] = now


OPENED: Final = OpenedFiles()
"""Those of this process."""
