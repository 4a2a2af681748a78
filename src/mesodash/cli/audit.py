"""Commands about the change log: `mesodash audit ...`."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from mesodash.cli.common import DAMAGED, REFUSED, WRONG_USE, Failure, db_option, plain_errors
from mesodash.language import _
from mesodash.records.audit import anchors
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.audit.row_history import patient_versions, row_versions
from mesodash.records.audit.verification import restart, verify


@click.group("audit")
def audit() -> None:
    """Verify the change log."""


@audit.command("verify")
@db_option
@click.option(
    "--anchor",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("A file of anchors kept elsewhere, or a backup's manifest; repeatable."),
)
def verify_log(db: Path, files: tuple[Path, ...]) -> None:
    """Verify the seal of every entry, and the anchors beside the file and in the files given."""
    with plain_errors():
        known = anchors.anchors_beside(db) + anchors.read_anchors(files)
        verdict = verify(db, anchors=known)
    if not verdict.holds:
        raise Failure(verdict.sentence, DAMAGED if verdict.broken else REFUSED)
    click.echo(verdict.sentence)


@audit.command("anchor")
@db_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("File to append to, preferably on another computer; default: beside the clinic's file."),
)
def anchor_log(db: Path, to: Path | None) -> None:
    """Save the change log's length and last seal, so that a truncated log is detected later."""
    with plain_errors():
        verdict = verify(db)
        if verdict.broken:
            raise Failure(verdict.sentence, DAMAGED)
        noted = anchors.note(db, to=to)
    if noted is None:
        raise Failure(_("The change log has no seal yet; the next change of the clinic begins it."))
    click.echo(str(noted))


@audit.command("restart")
@db_option
@click.option("--reason", required=True, help=_("Reason; kept in the file."))
def restart_log(db: Path, reason: str) -> None:
    """Start a new change log, after the key was lost or a change was investigated."""
    with plain_errors():
        restart(db, COMMAND_LINE, reason)
        verdict = verify(db)
    click.echo(verdict.sentence)


@audit.command("versions")
@db_option
@click.option("--patient", help=_("All rows about this patient."))
@click.option("--table", help=_("Table of a single row: sessions, courses, side_effects ..."))
@click.option("--id", "row_id", help=_("Id of that row."))
def versions(db: Path, patient: str | None, table: str | None, row_id: str | None) -> None:
    """Print the history of rows as JSON lines: who changed what, when and why."""
    if (patient is None) == (table is None or row_id is None):
        raise Failure(_("Give --patient, or --table and --id."), WRONG_USE)
    with plain_errors():
        found = (
            patient_versions(db, patient, COMMAND_LINE)
            if patient is not None
            else row_versions(db, str(table), str(row_id), COMMAND_LINE)
        )
    for one in found:
        click.echo(json.dumps(asdict(one) | {"at": one.at.isoformat()}, ensure_ascii=False))


COMMANDS = (audit,)
