"""Commands on a clinic's file itself: create, check, back up, restore and serve it."""

import os
import re
import sys
import unicodedata
from datetime import date, datetime
from pathlib import Path

import click
from tabulate import tabulate

from mesodash.access.startup_checks import NEEDED_OPTIONS, check_set_up, is_loopback
from mesodash.catalogue.load import load_catalogue
from mesodash.cli.common import (
    DAMAGED,
    NOT_ALLOWED,
    REFUSED,
    Failure,
    db_option,
    plain_errors,
    questionable_lines,
)
from mesodash.demo import make_demo
from mesodash.language import _, format_number, ngettext
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.audit.verification import verify
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.files.check import CheckResult, check_clinic
from mesodash.records.files.losses import losses
from mesodash.records.files.trial_restore import try_restoring
from mesodash.records.store.clinic import create_clinic, read_clinic
from mesodash.settings import APP, IS_CHECKOUT, fixed_day, lake_beside, load_settings
from mesodash.settings import today as calendar_day

_SHOWN = 20


@click.command()
@db_option
@click.option("--clinic", "name", required=True, help=_("The clinic's name."))
@click.option(
    "--id", "clinic_id", help=_("Short id, unique in a network; by default made from the name.")
)
@click.option("--country", help=_("Two-letter country code (ISO 3166), for regulatory notes."))
@click.option("--timezone", help=_("The clinic's time zone, for example Europe/Paris."))
def init(
    db: Path, name: str, clinic_id: str | None, country: str | None, timezone: str | None
) -> None:
    """Create an empty clinical file."""
    if country is not None and not re.fullmatch("[A-Za-z]{2}", country):
        raise Failure(
            _("{country} is not a country; give two letters, such as GB.").format(country=country)
        )
    short = clinic_id or _short(name)
    if not short:
        raise Failure(
            _("No short id can be made from {name!r}; give one with --id.").format(name=name)
        )
    with plain_errors():
        clinic = create_clinic(
            db,
            clinic_id=short,
            name=name,
            kind="clinical",
            actor=COMMAND_LINE,
            country=None if country is None else country.upper(),
            timezone=timezone,
        )
    click.echo(
        _("Made {db}: {name} ({clinic_id}), no patients yet.").format(
            db=db, name=clinic.name, clinic_id=clinic.clinic_id
        )
    )


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
    help=_("Number of sessions."),
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help=_("Seed of the random numbers.")
)
@click.option(
    "--ending",
    type=click.DateTime(["%Y-%m-%d"]),
    help=_("Reference date of the demo, YYYY-MM-DD; default: today."),
)
def demo(db: Path, sessions: int, seed: int, ending: datetime | None) -> None:
    """Create a demo clinic of synthetic patients; the same options give the same rows."""
    _make_demo(db, sessions=sessions, seed=seed, today=None if ending is None else ending.date())


def _make_demo(db: Path, *, sessions: int, seed: int = 1, today: date | None = None) -> None:
    """Make a demo clinic, show progress on standard error, and say what was made."""
    today = today or calendar_day()
    catalogue = load_catalogue(load_settings().catalogue)
    with (
        plain_errors(),
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
            progress=lambda done, _all: bar.update(done - bar.pos),
        )
    click.echo(
        _("Made {db}: {name}, {sessions} sessions up to {today}, nobody in it exists.").format(
            db=db, name=clinic.name, sessions=sessions, today=today
        )
    )


@click.command()
@db_option
def check(db: Path) -> None:
    """Check integrity, keys, the change log, the catalogue's codes and the lake; print counts."""
    catalogue = load_catalogue(load_settings().catalogue)
    with plain_errors():
        found = check_clinic(db, catalogue)
    click.echo(tabulate(found.counts.items(), headers=("table", "rows"), disable_numparse=True))
    if found.sessions_without_areas:
        click.echo(
            ngettext(
                "{n} held session names no treated area.",
                "{n} held sessions name no treated area.",
                found.sessions_without_areas,
            ).format(n=found.sessions_without_areas)
        )
    for line in questionable_lines(found.questionable):
        click.echo(line)
    _report_faults(found, db)
    _repair_lake(db)
    click.echo(found.log.sentence, err=not found.log.holds)
    click.echo(
        _("Sound: the file, its change log and its codes are in order.")
        if found.log.holds
        else _("Sound: the file and its codes are in order; see above for its change log.")
    )


def _repair_lake(db: Path) -> None:
    """Read all of the lake next to the file; publish it again if it is not what was published."""
    from mesodash.lake.publish import damaged_files, publish  # noqa: PLC0415 - slow to import, see warm

    lake = lake_beside(db)
    wrong = damaged_files(db, lake)
    if wrong:
        publish(db, lake, everything=True)
        click.echo(
            ngettext(
                "{n} file of the lake beside it was not as it was published; all was published"
                " again.",
                "{n} files of the lake beside it were not as they were published; all was published"
                " again.",
                len(wrong),
            ).format(n=len(wrong))
        )


def _report_faults(found: CheckResult, db: Path) -> None:
    for sentence in (*found.damage, *map(str, found.unknown_codes))[:_SHOWN]:
        click.echo(sentence, err=True)
    if found.damage:
        raise Failure(
            _("{name} is damaged; restore it from a backup.").format(name=db.name), DAMAGED
        )
    if found.unknown_codes:
        raise Failure(
            ngettext(
                "{file} uses {n} code that the catalogue does not have; add it to data/catalogue"
                " or correct the rows.",
                "{file} uses {n} codes that the catalogue does not have; add them to"
                " data/catalogue or correct the rows.",
                len(found.unknown_codes),
            ).format(file=db.name, n=len(found.unknown_codes)),
            REFUSED,
        )


@click.command()
@db_option
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=_("The folder for backups."),
)
@click.option(
    "--daily",
    type=click.IntRange(1),
    default=7,
    show_default=True,
    help=_("Number of daily backups to keep."),
)
@click.option(
    "--weekly",
    type=click.IntRange(0),
    default=4,
    show_default=True,
    help=_("Number of weekly backups to keep."),
)
@click.option("--try", "tried", is_flag=True, help=_("Restore it for trial, too."))
def backup(db: Path, folder: Path, daily: int, weekly: int, *, tried: bool) -> None:
    """Back up the clinic's file while in use, verify the copy and delete old copies."""
    with plain_errors():
        path, manifest = backup_clinic(
            db, folder, actor=COMMAND_LINE, keep_daily=daily, keep_weekly=weekly
        )
    click.echo(
        _("Saved {path} ({size} bytes, sha256 {sha256}).").format(
            path=path, size=manifest.size, sha256=manifest.sha256
        )
    )
    if tried:
        with plain_errors():
            held = try_restoring(path, db, actor=COMMAND_LINE)
        click.echo(
            _("Restored for trial: all {n} rows are there.").format(n=format_number(held.rows))
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@db_option
@click.option("--force", is_flag=True, help=_("Overwrite an existing clinic's file."))
@click.option(
    "--dry-run", is_flag=True, help=_("Show what would be lost, without replacing anything.")
)
def restore(file: Path, db: Path, force: bool, dry_run: bool) -> None:
    """Replace the clinic's file with a backup."""
    if dry_run:
        _print_losses(file, db)
        return
    with plain_errors():
        compared = restore_clinic(file, db, actor=COMMAND_LINE, force=force)
        log = verify(db)
    click.echo(_("Restored {db} from {name}.").format(db=db, name=file.name))
    if not log.holds:
        click.echo(log.sentence, err=True)
    if not compared:
        click.echo(_("No manifest stood beside it, so its checksum was not compared."), err=True)


def _print_losses(file: Path, db: Path) -> None:
    """Print what a restore would lose; raise if the backup belongs to another clinic."""
    if not db.exists():
        click.echo(_("Nothing would be lost: there is no file at {db}.").format(db=db))
        return
    with plain_errors():
        lost = losses(file, db, actor=COMMAND_LINE)
    if not lost.same_clinic:
        raise Failure(
            _(
                "{file} is a backup of another clinic than {db}; choose a backup of this one."
            ).format(file=file.name, db=db.name),
            REFUSED,
        )
    click.echo(_("The backup's last entry is of {at}.").format(at=lost.saved_at or _("no time")))
    if not lost.changes:
        click.echo(_("Nothing was recorded since; nothing would be lost."))
        return
    click.echo(_("What was recorded since would be lost:"))
    click.echo(
        tabulate(
            [(table, n, *lost.rows.get(table, (None, None))) for table, n in lost.changes.items()],
            headers=(_("table"), _("rows changed"), _("rows in the backup"), _("rows now")),
            disable_numparse=True,
        )
    )


@click.command()
@db_option
@click.option("--address", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option(
    "--demo", "as_demo", is_flag=True, help=_("Serve a demo clinic; create it if there is no file.")
)
def serve(db: Path, address: str, port: int, as_demo: bool) -> None:
    """Start the app with its production settings.

    Configuration errors are reported before the server starts; docs/security.md lists them.
    """
    db = db.expanduser().resolve()
    settings = load_settings()
    with plain_errors():
        if not db.exists():
            if not as_demo:
                raise Failure(
                    _(
                        "There is no clinic at {db}; name its file with --db, make one with"
                        " `mesodash init`, or look at a demo with `mesodash serve --demo`."
                    ).format(db=db)
                )
            if not (is_loopback(address) or settings.teaching):
                raise Failure(
                    _(
                        "A demo clinic has no sign-in, so it is not served on {value}; make it a"
                        " teaching server with MESODASH_TEACHING=yes, or leave the address at"
                        " 127.0.0.1."
                    ).format(value=address),
                    NOT_ALLOWED,
                )
            _make_demo(db, sessions=settings.demo_sessions)
        elif as_demo and not read_clinic(db).is_demo:
            raise Failure(
                _("{name} is a clinic's own file and no demo; leave out --demo.").format(
                    name=db.name
                )
            )
        check_set_up(
            db,
            address=address,
            hosts=settings.hosts,
            behind_tls=settings.behind_tls,
            teaching=settings.teaching,
            options=NEEDED_OPTIONS,  # as .streamlit/config.toml has them; the app asks again
            fixed_day=fixed_day(),
            posix=os.name == "posix",
        )
    os.putenv("MESODASH_DB", str(db))
    if IS_CHECKOUT:
        os.chdir(APP)  # where .streamlit/secrets.toml is looked for; else the current folder
    # The name people call it by, printed at the start.
    called = None if is_loopback(address) else settings.hosts[0]
    command = serve_command(APP / "app.py", address, port, called=called)
    os.execv(command[0], command)  # noqa: S606 - our own command; no shell is wanted


def serve_command(app: Path, address: str, port: int, *, called: str | None = None) -> list[str]:
    """How Streamlit is started; everything else is set in .streamlit/config.toml."""
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
