"""The command `mesodash doctor`: versions, the state of the clinic's file, and what to do."""

import platform
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import click

from mesodash import __version__
from mesodash.cli.common import DAMAGED, REFUSED, Failure, db_option, plain_errors
from mesodash.lake.publish import is_up_to_date
from mesodash.language import _, format_number
from mesodash.records.audit.verification import verify
from mesodash.records.files.scheduled import latest_backup
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import utc_now
from mesodash.records.store.driver import sqlite_version
from mesodash.records.store.errors import CannotWriteError
from mesodash.records.store.migrations import is_older
from mesodash.records.store.schema_steps import NEWEST
from mesodash.settings import audit_key_file, backups_folder, lake_beside

_LIBRARIES = ("streamlit", "duckdb", "ibis-framework", "pandas", "plotly", "sqlite-utils")
_ROOM = 5
"""A disk should have room for so many times the file: a backup, a migration's copy, the lake."""

_OLD = timedelta(days=2)
"""Older than this, the latest backup is called old: backups are daily."""

_STATES = {"well": "ok", "look": "!", "wrong": "x"}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding: what was checked, its state (`well`, `look`, `wrong`), and what to do."""

    topic: str
    state: str
    sentence: str


def diagnose(db: Path, backups: Path | None, now: datetime) -> Iterator[Diagnosis]:
    """Check everything a clinic's server depends on; no patient is named.

    Args:
        db: the clinic's file.
        backups: the folder of its backups; None: where the app makes them.
        now: this moment.

    Raises:
        RecordError: the file cannot be read at all.
    """
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    yield Diagnosis(
        _("versions"),
        "well",
        f"mesodash {__version__}, Python {platform.python_version()},"
        f" SQLite {sqlite_version()}, {libraries}",
    )
    clinic = read_clinic(db)
    size = db.stat().st_size
    older = is_older(db)
    yield Diagnosis(
        _("file"),
        "look" if older else "well",
        _("{kind} clinic, revision {revision}, {size} MB.").format(
            kind=clinic.kind, revision=clinic.revision, size=format_number(size / 1e6, 1)
        )
        + (
            " "
            + _(
                "Its form is older than {newest}: the next start copies it and brings it up."
            ).format(newest=NEWEST)
            if older
            else ""
        ),
    )
    yield _disk(db, size)
    yield _log(db)
    yield _key(db)
    yield _backup(clinic.clinic_id, db, backups or backups_folder(db), now)
    fresh = is_up_to_date(db, lake_beside(db))
    yield Diagnosis(
        _("lake"),
        "well",
        _("It shows the file as it is.")
        if fresh
        else _("It is behind the file; the next report brings it up to date."),
    )


def _disk(db: Path, size: int) -> Diagnosis:
    free = shutil.disk_usage(db.parent).free
    enough = free > _ROOM * size
    words = _("{free} MB free beside a file of {size} MB.").format(
        free=format_number(free / 1e6), size=format_number(size / 1e6, 1)
    )
    more = "" if enough else " " + _("Make room: backups and migrations need a copy of the file.")
    return Diagnosis(_("disk"), "well" if enough else "wrong", words + more)


def _log(db: Path) -> Diagnosis:
    try:
        log = verify(db)
    except CannotWriteError as error:  # its key may not be read: that is what is wrong
        return Diagnosis(_("change log"), "look", str(error))
    state = "wrong" if log.broken else "well" if log.holds else "look"
    return Diagnosis(_("change log"), state, log.sentence)


def _key(db: Path) -> Diagnosis:
    key = audit_key_file(db)
    if not key.exists():
        return Diagnosis(
            _("key"),
            "wrong",
            _("{key} is not there; put it back, or begin a new log with `mesodash audit restart`.")
            .format(key=key),
        )  # fmt: skip
    others = key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    beside = key.parent == db.parent
    if others:
        return Diagnosis(
            _("key"), "wrong", _("Others may read {key}; `chmod 600` it.").format(key=key)
        )
    if beside:
        return Diagnosis(
            _("key"),
            "look",
            _("It stands beside the file; MESODASH_AUDIT_KEY_FILE can name a safer place."),
        )
    return Diagnosis(_("key"), "well", _("It stands apart from the file."))


def _backup(clinic_id: str, db: Path, backups: Path | None, now: datetime) -> Diagnosis:
    if backups is None:
        return Diagnosis(
            _("backup"),
            "look",
            _("The app makes none (MESODASH_BACKUPS=no); name the folder with --backups."),
        )
    latest = latest_backup(backups, clinic_id, now)
    if latest is None:
        return Diagnosis(
            _("backup"),
            "wrong",
            _(
                "There is none in {folder}; the running app makes one a day, or run"
                " `mesodash backup --to {folder}`."
            ).format(folder=backups),
        )
    words = [
        _("The latest is {name}, {n} hours old.").format(
            name=latest.path.name, n=format_number((now - latest.made_at).total_seconds() // 3600)
        )
    ]
    if not latest.described:
        words.append(_("No manifest stands beside it."))
    elif latest.restored_at is None:
        words.append(_("It was not restored for trial; run `mesodash backup --try`."))
    if now - latest.made_at > _OLD:
        words.append(_("Make one daily."))
    well = len(words) == 1
    if well:
        words.append(_("It was restored for trial."))
    if backups.stat().st_dev == db.stat().st_dev:
        words.append(_("It lies on the clinic's own disk; MESODASH_BACKUPS can name another."))
    return Diagnosis(_("backup"), "well" if well else "look", " ".join(words))


@click.command()
@db_option
@click.option(
    "--backups",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Folder of backups (default: where the app makes them); the latest is checked."),
)
def doctor(db: Path, backups: Path | None) -> None:
    """Diagnose versions, file, disk, change log, key, backups and lake; say what to do."""
    with plain_errors():
        found: Sequence[Diagnosis] = tuple(diagnose(db, backups, utc_now()))
    for one in found:
        click.echo(f"[{_STATES[one.state]}] {one.topic}: {one.sentence}")
    wrong = [one for one in found if one.state == "wrong"]
    if wrong:
        damaged = any(one.topic == _("change log") for one in wrong)
        raise Failure(
            _("Look first at: {topics}.").format(topics=", ".join(one.topic for one in wrong)),
            DAMAGED if damaged else REFUSED,
        )


COMMANDS = (doctor,)
