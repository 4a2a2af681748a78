"""Commands about the change log: `mesodash audit ...`."""

from pathlib import Path

import click

from mesodash.cli.common import DAMAGED, REFUSED, Failure, db_option, told_plainly
from mesodash.records import anchors
from mesodash.records.chain import verify


@click.group("audit")
def audit() -> None:
    """Check that the change log is as it was written."""


@audit.command("verify")
@db_option
@click.option(
    "--anchor",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Anchors kept elsewhere, or a backup's manifest; may be given more than once.",
)
def verify_log(db: Path, files: tuple[Path, ...]) -> None:
    """Check every entry's seal, and the anchors beside the file and in the files given."""
    with told_plainly():
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
    help="Append it to this file, best on another computer; else to the one beside the clinic's.",
)
def anchor_log(db: Path, to: Path | None) -> None:
    """Note how long the change log is and its last seal, so that a cut shows later."""
    with told_plainly():
        verdict = verify(db)
        if verdict.broken:
            raise Failure(verdict.sentence, DAMAGED)
        noted = anchors.note(db, to=to)
    if noted is None:
        raise Failure("The change log has no seal yet; the next change of the clinic begins it.")
    click.echo(str(noted))


COMMANDS = (audit,)
