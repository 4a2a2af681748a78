"""The thread that makes each day's backup while the app runs."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mesodash.language import _
from mesodash.records.files.scheduled import back_up_if_due
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import Clock, utc_now
from mesodash.records.store.errors import RecordError
from mesodash.ui.shell.server.quiet_log import note

FIRST_LOOK_S: Final = 60
"""The first look is made once the start is over."""
EVERY_S: Final = 15 * 60
"""A day's backup that failed is tried again so often."""


@contextmanager
def daily_backups(db: Path, folder: Path | None) -> Iterator[None]:
    """While the block runs, make a backup each day; none of a demo, none without a folder."""
    if folder is None or read_clinic(db).is_demo:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(
        target=_keep_making, args=(db, folder, stop), name="daily-backup", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()


def _keep_making(db: Path, folder: Path, stop: threading.Event) -> None:
    wait: float = FIRST_LOOK_S
    while not stop.wait(wait):
        make_if_due(db, folder)
        wait = EVERY_S


def make_if_due(db: Path, folder: Path, *, clock: Clock = utc_now) -> bool:
    """Make the day's backup if it is due, and tell the log how it went; whether it is there."""
    try:
        made = back_up_if_due(db, folder, clock=clock)
    except RecordError as error:
        note(_("The day's backup failed: {why}").format(why=error), level=logging.ERROR)
        return False
    if made is not None:
        note(
            _("Backup {name}: made, and restored for trial ({n} rows).").format(
                name=made.backup.name, n=made.rows
            )
        )
    return True
