"""Commands about patients' data as such: erase, retention, processing."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import click
from tabulate import tabulate

from mesodash.cli.common import DAMAGED, Failure, db_option, format_option, print_rows, told_plainly
from mesodash.lake.errors import LakeError
from mesodash.lake.publish import publish
from mesodash.records import erasure, erasure_backups, processing, retention
from mesodash.records.actor import COMMAND_LINE
from mesodash.records.clinic import read_clinic
from mesodash.records.erasure_rules import Part
from mesodash.records.migrations import migrate
from mesodash.settings import lake_beside


@click.command()
@click.argument("patient_id")
@db_option
@click.option("--reason", help="Why, in a few words without the patient's name; it stays.")
@click.option(
    "--backups",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Rewrite the clinic's backups in this folder as well.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go and what would stay.")
def erase(
    patient_id: str, db: Path, reason: str | None, folder: Path | None, dry_run: bool
) -> None:
    """Erase who a patient was; doses, courses and side effects stay, without a name.

    Who is erased in the clinic's file already can still be erased in backups.
    """
    saved: tuple[Path, ...] = ()
    with told_plainly():
        _bring_up(db)
        if folder:
            saved = erasure_backups.backups_with(db, folder, patient_id, COMMAND_LINE)
        told = None
        if erasure.knows(db, patient_id, COMMAND_LINE) or not saved:
            told = erasure.preview(db, patient_id, COMMAND_LINE)
    if dry_run:
        if told:
            _tell("Would go", told.goes)
            _tell("Would stay", told.stays)
        _tell_backups(told.backups if told else (), saved, folder)
        return
    if not reason:
        raise Failure("Say why with --reason, or look first with --dry-run.")
    if folder and saved:
        with told_plainly():
            for path in erasure_backups.erase_in_backups(
                db, folder, patient_id, COMMAND_LINE, reason=reason
            ):
                click.echo(f"Rewrote {path.name}.")
    if told:
        _erase_here(db, told, reason, with_backups=folder is not None)


def _erase_here(db: Path, told: erasure.Preview, reason: str, *, with_backups: bool) -> None:
    with told_plainly():
        done = erasure.erase(db, told.patient_id, COMMAND_LINE, reason=reason)
    if lake_beside(db).exists():
        try:
            publish(db, lake_beside(db))
        except LakeError as error:
            raise Failure(str(error), DAMAGED) from error
    click.echo(
        f"Erased: {sum(done.rows.values())} rows changed; the patient is {done.stand_in} from now"
        f" on, and {done.pseudonym} in the change log."
    )
    if told.backups and not with_backups:
        click.echo(
            f"{len(told.backups)} backups were made of this clinic; those that still exist hold the"
            " patient. Run the command again with --backups FOLDER, or delete them:"
            f" {', '.join(name for name, _ in told.backups[-10:])}.",
            err=True,
        )
    if not done.cleared:
        raise Failure(
            f"Another program is reading {db.name}, so its write-ahead log still holds old pages;"
            " close the app: they go as it ends.",
            DAMAGED,
        )


def _tell(head: str, parts: Iterable[Part]) -> None:
    rows = [(part.table, part.what, part.rows, part.why) for part in parts]
    click.echo(tabulate(rows, headers=(head, "what", "rows", "why")))
    click.echo()


def _tell_backups(
    known: tuple[tuple[str, str], ...], found: tuple[Path, ...], folder: Path | None
) -> None:
    if folder:
        names = ", ".join(path.name for path in found) or "none"
        click.echo(f"Backups in {folder} that hold the patient: {names}.")
    elif known:
        click.echo(
            f"{len(known)} backups were made, the last on {known[-1][1]}; name their folder with"
            " --backups to see which hold the patient."
        )


@click.command("retention")
@db_option
@click.option("--set-years", type=click.IntRange(1, 200), help="Keep records so many years.")
@click.option("--no-limit", is_flag=True, help="Take the limit away.")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="As of this day, YYYY-MM-DD; else today."
)
@format_option("table", "csv", "json", default="table")
def retention_command(
    db: Path, set_years: int | None, no_limit: bool, on: datetime | None, output: str
) -> None:
    """List patients whose records are past the clinic's limit; erases nobody."""
    today = on.date() if on else _today()
    with told_plainly():
        _bring_up(db)
        if set_years or no_limit:
            retention.set_years(db, COMMAND_LINE, set_years)
        kept = retention.years(db)
        found = retention.past(db, COMMAND_LINE, today)
        span = retention.log_span(db)
    click.echo(
        "No limit is set; `--set-years N` sets one, as the law of the clinic's country asks."
        if kept is None
        else f"Records are kept {kept} years after the last contact; {len(found)} patients are past"
        f" that on {today}. The change log goes back to {span.oldest}.",
        err=output != "table",
    )
    if kept is not None:
        print_rows(("patient_id", "last_contact", "past_since"), [asdict(o) for o in found], output)


@click.command("processing")
@db_option
@click.option("--format", "output", type=click.Choice(("md", "json")), default="md")
def processing_command(db: Path, output: str) -> None:
    """Print the record of processing: what is kept of whom, why, where, for how long."""
    with told_plainly():
        _bring_up(db)
        told = processing.record(db, COMMAND_LINE)
    if output == "json":
        click.echo(json.dumps(asdict(told), ensure_ascii=False, indent=2))
    else:
        click.echo(processing.as_markdown(told), nl=False)


def _bring_up(db: Path) -> None:
    """Bring a file of an earlier version to this one; a missing one is told by `read_clinic`."""
    read_clinic(db)
    migrate(db)


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


COMMANDS = (erase, retention_command, processing_command)
