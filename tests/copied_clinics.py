"""Clinics' files that many tests begin with: made once a process, then copied."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Hashable
from contextlib import closing
from pathlib import Path

from mesodash.records.store.driver import open_file

_FOLDER = Path(tempfile.mkdtemp(prefix="mesodash-clinics-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
_MADE: dict[Hashable, Path] = {}
ELSEWHERE = ("MESODASH_AUDIT_KEY_FILE", "MESODASH_DB_KEY_FILE")
"""With a key in another place a file is not its folder's alone: it is then made, not copied."""


def copied(path: Path, key: Hashable, make: Callable[[Path], object]) -> Path:
    """Put at `path` the clinic that `make` makes; of one key it is made only the first time.

    A copy is the whole clinic: the file, without any writer's `-wal`, and the key of its
    change log. To make one takes some 70 ms of a processor, to copy it one.
    """
    if any(name in os.environ for name in ELSEWHERE):
        make(path)
        return path
    if key not in _MADE:
        made = _FOLDER / f"clinic-{len(_MADE)}.db"
        make(made)
        with closing(open_file(made, "rw")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _MADE[key] = made
    made = _MADE[key]
    path.parent.mkdir(parents=True, exist_ok=True)  # as `create_clinic` does
    for file in (made, made.with_name(f"{made.name}.key")):
        shutil.copy2(file, path.with_name(path.name + file.name.removeprefix(made.name)))
    return path
