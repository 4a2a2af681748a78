"""The commands on a clinic's file itself: make it, check it, save it, serve it."""

import os
import re
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import click
from tabulate import tabulate

from mesodash.access.start import NEEDED_OPTIONS, check_set_up, is_loopback
from mesodash.catalogue.load import load_catalogue
from mesodash.cli.common import (
    DAMAGED,
    REFUSED,
    Failure,
    db_option,
    told_plainly,
)
from mesodash.demo import make_demo
from mesodash.records.actor import COMMAND_LINE
from mesodash.records.backup import backup_clinic, restore_clinic
from mesodash.records.chain import verify
from mesodash.records.check import CheckResult, check_clinic
from mesodash.records.clinic import create_clinic
from mesodash.settings import PROJECT, load_settings

_SHOWN = 20


@click.command()
@db_option
@click.option("--clinic", "name", required=True, help="The clinic's name, as people know it.")
@click.option("--id", "clinic_id", help="Short, unique in a network; else made from the name.")
@click.option("--country", help="Two letters (ISO 3166), for regulatory notes.")
def init(db: Path, name: str, clinic_id: str | None, country: str | None) -> None:
    """Make an empty clinical file."""
    if country is not None and not re.fullmatch("[A-Za-z]{2}", country):
        raise Failure(f"{country} is not a country; give two letters, such as GB.")
    short = clinic_id or _short(name)
    if not short:
        raise Failure(f"No short id can be made from {name!r}; give one with --id.")
    with told_plainly():
        clinic = create_clinic(
            db,
            clinic_id=short,
            name=name,
            kind="clinical",
            actor=COMMAND_LINE,
            country=None if country is None else country.upper(),
        )
    click.echo(f"Made {db}: {clinic.name} ({clinic.clinic_id}), no patients yet.")


def _short(name: str) -> str:
    """`Clínica del Sol` -> `clinica-del-sol`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain.casefold()).strip("-")


@click.command()
@db_option
@click.option(
    "--sessions",
    type=click.IntRange(1, 10_000_000),
    default=lambda: load_settings().demo_sessions,
    show_default="3000",
    help="How many sessions.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the random numbers.")
@click.option(
    "--ending",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day the demo is seen from, YYYY-MM-DD; today if left out.",
)
def demo(db: Path, sessions: int, seed: int, ending: datetime | None) -> None:
    """Make a demo clinic of synthetic patients; equal options give equal rows."""
    today = datetime.now(UTC).astimezone().date() if ending is None else ending.date()
    catalogue = load_catalogue(load_settings().catalogue)
    with (
        told_plainly(),
        click.progressbar(
            length=sessions,
            label="Sessions",
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar,
    ):
        clinic = make_demo(
            db,
            sessions=sessions,
            seed=seed,
            today=today,
            catalogue=catalogue,
            progress=lambda done, _: bar.update(done - bar.pos),
        )
    click.echo(f"Made {db}: {clinic.name}, {sessions} sessions up to {today}, nobody in it exists.")


@click.command()
@db_option
def check(db: Path) -> None:
    """Check integrity, keys, the change log and the catalogue's codes; print counts."""
    catalogue = load_catalogue(load_settings().catalogue)
    with told_plainly():
        found = check_clinic(db, catalogue)
    click.echo(tabulate(found.counts.items(), headers=("table", "rows"), disable_numparse=True))
    if found.sessions_without_areas:
        click.echo(f"{found.sessions_without_areas} held sessions name no treated area.")
    _tell(found, db)
    click.echo(found.log.sentence, err=not found.log.holds)
    click.echo(
        "Sound: the file, its change log and its codes are in order."
        if found.log.holds
        else "Sound: the file and its codes are in order; see above for its change log."
    )


def _tell(found: CheckResult, db: Path) -> None:
    for sentence in (*found.damage, *map(str, found.unknown_codes))[:_SHOWN]:
        click.echo(sentence, err=True)
    if found.damage:
        raise Failure(f"{db.name} is damaged; restore it from a backup.", DAMAGED)
    if found.unknown_codes:
        raise Failure(
            f"{db.name} uses {len(found.unknown_codes)} codes that the catalogue does not have;"
            " add them to data/catalogue or correct the rows.",
            REFUSED,
        )


@click.command()
@db_option
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder for backups.",
)
@click.option("--daily", type=click.IntRange(1), default=7, show_default=True, help="Days to keep.")
@click.option(
    "--weekly", type=click.IntRange(0), default=4, show_default=True, help="Weeks to keep."
)
def backup(db: Path, folder: Path, daily: int, weekly: int) -> None:
    """Copy the clinic's file while it is in use, verify the copy, drop old copies."""
    with told_plainly():
        path, manifest = backup_clinic(
            db, folder, actor=COMMAND_LINE, keep_daily=daily, keep_weekly=weekly
        )
    click.echo(f"Saved {path} ({manifest.size} bytes, sha256 {manifest.sha256}).")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@db_option
@click.option("--force", is_flag=True, help="Replace the clinic that is there.")
def restore(file: Path, db: Path, force: bool) -> None:
    """Put a backup in the place of the clinic's file."""
    with told_plainly():
        compared = restore_clinic(file, db, actor=COMMAND_LINE, force=force)
        log = verify(db)
    click.echo(f"Restored {db} from {file.name}.")
    if not log.holds:
        click.echo(log.sentence, err=True)
    if not compared:
        click.echo("No manifest stood beside it, so its checksum was not compared.", err=True)


@click.command()
@db_option
@click.option("--address", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
def serve(db: Path, address: str, port: int) -> None:
    """Start the app with its production settings.

    What is wrong with the set-up is told before the server starts: docs/security.md lists it.
    """
    settings = load_settings()
    with told_plainly():
        if db.exists():
            check_set_up(
                db.resolve(),
                address=address,
                hosts=settings.hosts,
                behind_tls=settings.behind_tls,
                options=NEEDED_OPTIONS,  # as .streamlit/config.toml has them; the app asks again
                posix=os.name == "posix",
            )
        elif not is_loopback(address):
            raise Failure(f"There is no clinic at {db}; make one with `mesodash init`.")
    app = PROJECT / "app.py"
    if not app.is_file():
        raise Failure(f"The app is not at {app}; run mesodash from its own project folder.")
    os.putenv("MESODASH_DB", str(db.expanduser().resolve()))
    os.chdir(PROJECT)  # Streamlit reads .streamlit/ of the current folder
    # The name people call it by, printed at the start.
    called = None if is_loopback(address) else settings.hosts[0]
    command = serve_command(app, address, port, called=called)
    os.execv(command[0], command)  # noqa: S606 - our own command; no shell is wanted


def serve_command(app: Path, address: str, port: int, *, called: str | None = None) -> list[str]:
    """How Streamlit is started; all that is not asked for here stands in .streamlit/config.toml."""
    named = [f"--browser.serverAddress={called}"] if called else []
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(app),
        f"--server.address={address}",
        f"--server.port={port}",
        *named,
    ]


COMMANDS = (init, demo, check, backup, restore, serve)
