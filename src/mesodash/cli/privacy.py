"""Commands about patients' data as such: erase, retention, processing."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from tabulate import tabulate

from mesodash.cli.common import DAMAGED, Failure, db_option, format_option, plain_errors, print_rows
from mesodash.lake.errors import LakeError
from mesodash.lake.publish import publish
from mesodash.language import _, ngettext
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.files.upgrade import bring_up_to_date
from mesodash.records.privacy import backup_erasure, erasure, processing, retention
from mesodash.records.privacy.erasure import Part
from mesodash.records.store.clinic import read_clinic
from mesodash.settings import lake_beside
from mesodash.settings import today as calendar_day


@click.command()
@click.argument("patient_id")
@db_option
@click.option("--reason", help=_("Reason, in a few words without the patient's name; it is kept."))
@click.option(
    "--backups",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Also rewrite the clinic's backups in this folder."),
)
@click.option(
    "--dry-run",
    is_flag=True,
    help=_("Show what would be erased and what kept, without changing anything."),
)
def erase(
    patient_id: str, db: Path, reason: str | None, folder: Path | None, dry_run: bool
) -> None:
    """Erase a patient's identity; doses, courses and side effects are kept without a name.

    A patient already erased from the clinic's file can still be erased from backups.
    """
    saved: tuple[Path, ...] = ()
    with plain_errors():
        _bring_up(db)
        if folder:
            saved = backup_erasure.backups_with(db, folder, patient_id, COMMAND_LINE)
        told = None
        if erasure.knows(db, patient_id, COMMAND_LINE) or not saved:
            told = erasure.preview(db, patient_id, COMMAND_LINE)
    if dry_run:
        if told:
            _print_parts(_("Would go"), told.goes)
            _print_parts(_("Would stay"), told.stays)
        _print_backups(told.backups if told else (), saved, folder)
        return
    if not reason:
        raise Failure(_("Say why with --reason, or look first with --dry-run."))
    if folder and saved:
        with plain_errors():
            for path in backup_erasure.erase_in_backups(
                db, folder, patient_id, COMMAND_LINE, reason=reason
            ):
                click.echo(_("Rewrote {name}.").format(name=path.name))
    if told:
        _erase_here(db, told, reason, with_backups=folder is not None)


def _erase_here(db: Path, told: erasure.Preview, reason: str, *, with_backups: bool) -> None:
    with plain_errors():
        done = erasure.erase(db, told.patient_id, COMMAND_LINE, reason=reason)
    if lake_beside(db).exists():
        try:
            publish(db, lake_beside(db))
        except LakeError as error:
            raise Failure(str(error), DAMAGED) from error
    rows = sum(done.rows.values())
    click.echo(
        ngettext(
            "Erased: {n} row changed; the patient is {stand_in} from now on, and {pseudonym} in"
            " the change log.",
            "Erased: {n} rows changed; the patient is {stand_in} from now on, and {pseudonym} in"
            " the change log.",
            rows,
        ).format(n=rows, stand_in=done.stand_in, pseudonym=done.pseudonym)
    )
    if told.backups and not with_backups:
        click.echo(
            ngettext(
                "{n} backup was made of this clinic; if it still exists, it holds the patient. Run"
                " the command again with --backups FOLDER, or delete it: {files}.",
                "{n} backups were made of this clinic; those that still exist hold the patient. Run"
                " the command again with --backups FOLDER, or delete them: {files}.",
                len(told.backups),
            ).format(
                n=len(told.backups), files=", ".join(name for name, _at in told.backups[-10:])
            ),
            err=True,
        )
    if not done.cleared:
        raise Failure(
            _(
                "Another program is reading {name}, so its write-ahead log still holds old"
                " pages; close the app: they go as it ends."
            ).format(name=db.name),
            DAMAGED,
        )


def _print_parts(head: str, parts: Iterable[Part]) -> None:
    rows = [(part.table, _(part.what), part.rows, _(part.why)) for part in parts]
    click.echo(tabulate(rows, headers=(head, "what", "rows", "why")))
    click.echo()


def _print_backups(
    known: tuple[tuple[str, str], ...], found: tuple[Path, ...], folder: Path | None
) -> None:
    if folder:
        names = ", ".join(path.name for path in found) or _("none")
        click.echo(
            _("Backups in {folder} that hold the patient: {names}.").format(
                folder=folder, names=names
            )
        )
    elif known:
        click.echo(
            ngettext(
                "{n} backup was made, on {day}; name its folder with --backups to see whether it"
                " holds the patient.",
                "{n} backups were made, the last on {day}; name their folder with --backups to see"
                " which hold the patient.",
                len(known),
            ).format(n=len(known), day=known[-1][1])
        )


@click.command("retention")
@db_option
@click.option(
    "--set-years", type=click.IntRange(1, 200), help=_("Set the retention period, in years.")
)
@click.option("--no-limit", is_flag=True, help=_("Remove the retention period."))
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help=_("Reference date, YYYY-MM-DD; default: today.")
)
@format_option("table", "csv", "json", default="table")
def retention_command(
    db: Path, set_years: int | None, no_limit: bool, on: datetime | None, output: str
) -> None:
    """List patients whose records are past the retention period; erases nobody."""
    today = on.date() if on else calendar_day()
    with plain_errors():
        _bring_up(db)
        if set_years or no_limit:
            retention.set_years(db, COMMAND_LINE, set_years)
        kept = retention.years(db)
        found = retention.past(db, COMMAND_LINE, today)
        span = retention.log_span(db)
    click.echo(
        _("No limit is set; `--set-years N` sets one, as the law of the clinic's country asks.")
        if kept is None
        else ngettext(
            "Records are kept {years} years after the last contact; {n} patient is past that on"
            " {today}. The change log goes back to {oldest}.",
            "Records are kept {years} years after the last contact; {n} patients are past that on"
            " {today}. The change log goes back to {oldest}.",
            len(found),
        ).format(years=kept, n=len(found), today=today, oldest=span.oldest),
        err=output != "table",
    )
    if kept is not None:
        print_rows(("patient_id", "last_contact", "past_since"), [asdict(o) for o in found], output)


@click.command("processing")
@db_option
@click.option("--format", "output", type=click.Choice(("md", "json")), default="md")
def processing_command(db: Path, output: str) -> None:
    """Print the record of processing activities (GDPR, article 30)."""
    with plain_errors():
        _bring_up(db)
        told = processing.record(db, COMMAND_LINE)
    if output == "json":
        click.echo(json.dumps(asdict(told), ensure_ascii=False, indent=2))
    else:
        click.echo(processing.as_markdown(told), nl=False)


def _bring_up(db: Path) -> None:
    """Upgrade a file of an earlier version; `read_clinic` reports a missing one."""
    read_clinic(db)
    bring_up_to_date(db)


COMMANDS = (erase, retention_command, processing_command)
