"""Commands that move data in and out of the clinic's file: import and export."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from tqdm import tqdm

from mesodash.catalogue.load import load_catalogue
from mesodash.cli.common import REFUSED, Failure, db_option, print_rows, told_plainly
from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.exporting import Progress, export_csv
from mesodash.exchange.importing import REJECTS, import_folder
from mesodash.exchange.mapping import load_mapping
from mesodash.records.actor import COMMAND_LINE
from mesodash.settings import load_settings

_COLUMNS = ("file", "read", "inserted", "updated", "unchanged", "rejected")


@contextmanager
def _exchange_told() -> Iterator[None]:
    """Turn what an exchange raises into a sentence with the contract's exit code."""
    try:
        with told_plainly():
            yield
    except BrokenFileError as error:
        raise Failure(str(error), REFUSED) from error
    except ExchangeError as error:
        raise Failure(str(error)) from error


@contextmanager
def _progress(what: str) -> Iterator[Progress | None]:
    """A bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with tqdm(desc=what, unit=" rows", file=sys.stderr, leave=False) as bar:

        def advance(file: str, rows: int) -> None:
            bar.set_postfix_str(file, refresh=False)
            bar.update(rows)

        yield advance


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@db_option
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(path_type=Path),
    help="A YAML file that says which of your columns and words are which (docs/exchange.md).",
)
@click.option("--dry-run", is_flag=True, help="Check and count only; write nothing to the clinic.")
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    default=REJECTS,
    show_default=True,
    help="Where refused rows are written.",
)
def import_command(
    folder: Path, db: Path, mapping_file: Path | None, dry_run: bool, rejects: Path
) -> None:
    """Take the CSV files in FOLDER into the clinic; all good rows at once, or nothing.

    Refused rows stand in rejects.csv with the reason, and the exit code is then 3. A second import
    of the same files changes nothing.
    """
    with _exchange_told(), _progress("Reading") as progress:
        mapping = load_mapping(mapping_file) if mapping_file else None
        result = import_folder(
            db,
            folder,
            actor=COMMAND_LINE,
            catalogue=load_catalogue(load_settings().catalogue),
            mapping=mapping,
            dry_run=dry_run,
            rejects=rejects,
            progress=progress,
        )
    rows = [asdict(file) for file in result.files]
    for row in rows:
        if row["source"] != row["file"]:
            row["file"] = f"{row['file']} (from {row['source']})"
    print_rows(_COLUMNS, rows, "table")
    if result.not_read:
        click.echo(f"Not read: {', '.join(result.not_read)}.", err=True)
    if dry_run:
        click.echo("Only tried: nothing was written to the clinic.", err=True)
    if result.rejects:
        what, them = ("row was", "it") if result.rejected == 1 else ("rows were", "them")
        raise Failure(
            f"{result.rejected} {what} refused; {result.rejects} says why: mend {them} and import"
            " again.",
            REFUSED,
        )


@click.group("export")
def export_group() -> None:
    """Write what the clinic has recorded into files."""


@export_group.command("csv")
@db_option
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to make; an earlier export there is replaced.",
)
@click.option(
    "--pseudonymised",
    is_flag=True,
    help="Without names, ids, free text and true dates; birth years in bands, at least five"
    " patients of each birth year, sex and skin type.",
)
def export_csv_command(db: Path, folder: Path, pseudonymised: bool) -> None:
    """Write the exchange files; importing them into an empty clinic gives an equal clinic."""
    with _exchange_told(), _progress("Writing") as progress:
        counts = export_csv(
            db, folder, actor=COMMAND_LINE, pseudonymised=pseudonymised, progress=progress
        )
    rows = [{"file": file, "rows": count} for file, count in counts.items()]
    print_rows(("file", "rows"), rows, "table")


COMMANDS = [import_command, export_group]
