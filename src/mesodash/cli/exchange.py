"""Commands that move data in and out of the clinic's file: import and export."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from tqdm import tqdm

from mesodash.catalogue.load import load_catalogue
from mesodash.cli.common import (
    REFUSED,
    F,
    Failure,
    db_option,
    plain_errors,
    print_rows,
    questionable_lines,
)
from mesodash.documents.person_record import JSON, PDF, person_json, person_pdf
from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.exporting.export_fhir import export_fhir
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.exporting.exported_rows import Progress
from mesodash.exchange.importing.import_folder import ImportResult, clinic_zone, import_folder
from mesodash.exchange.importing.take_rows import absent_lines
from mesodash.exchange.mapping.mapping_file import load_mapping
from mesodash.language import _, current, ngettext
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.files.outputs import refuse_output, write_output
from mesodash.records.privacy.person import everything_about
from mesodash.records.store.clinic import read_clinic
from mesodash.records.transfer.import_undo import latest_import, undo_import
from mesodash.settings import load_settings, today

_COLUMNS = ("file", "read", "inserted", "updated", "unchanged", "rejected")
_WITH_LEFT_OUT = (*_COLUMNS, "skipped", "repeated")
_SHOWN = 10
"""How many ids and words are named one by one; the others are counted."""


@contextmanager
def _exchange_errors() -> Iterator[None]:
    """Turn what an exchange raises into a sentence with the contract's exit code."""
    try:
        with plain_errors():
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
    with tqdm(desc=what, unit=_(" rows"), file=sys.stderr, leave=False) as bar:

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
    help=_("YAML file that maps your columns and values to ours (docs/exchange.md)."),
)
@click.option(
    "--dry-run", is_flag=True, help=_("Check and count only; do not change the clinic's file.")
)
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("rejects.csv"),
    show_default=True,
    help=_("File for rejected rows; without a folder it lies in the current one."),
)
@click.option(
    "--changes",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("changes.csv"),
    show_default=True,
    help=_("File for replaced values of stored rows, old and new; likewise."),
)
@click.option(
    "--absent",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("absent.csv"),
    show_default=True,
    help=_("File for rows that the clinic has and the folder's files have not; likewise."),
)
@click.option(
    "--force", is_flag=True, help=_("Overwrite existing files named by the three options above.")
)
def import_command(
    folder: Path,
    db: Path,
    mapping_file: Path | None,
    dry_run: bool,
    rejects: Path,
    changes: Path,
    absent: Path,
    force: bool,
) -> None:
    """Import the tables in FOLDER (or a zip file) into the clinic, in one transaction.

    FOLDER holds CSV files or workbooks, or FHIR R4B as NDJSON or Bundles.

    Rejected rows are written to rejects.csv with the reason, and values that the mapping does not
    cover are listed; the exit code is then 3. Importing the same files again changes nothing. Rows
    that the clinic has and a file has not stay, and are written to absent.csv.
    """
    with _exchange_errors(), _progress(_("Reading")) as progress:
        mapping = load_mapping(mapping_file) if mapping_file else None
        result = import_folder(
            db,
            folder,
            actor=COMMAND_LINE,
            catalogue=load_catalogue(load_settings().catalogue),
            mapping=mapping,
            dry_run=dry_run,
            rejects=rejects,
            changes=changes,
            absent=absent,
            force=force,
            today=today(),
            progress=progress,
        )
    rows = [asdict(file) for file in result.files]
    for row in rows:
        if row["source"] != row["file"]:
            row["file"] = _("{file} (from {source})").format(file=row["file"], source=row["source"])
    left_out = any(row["skipped"] or row["repeated"] for row in rows)
    print_rows(_WITH_LEFT_OUT if left_out else _COLUMNS, rows, "table")
    _print_remarks(result)
    if result.not_read:
        click.echo(_("Not read: {files}.").format(files=", ".join(result.not_read)), err=True)
    if dry_run:
        click.echo(_("Trial run: nothing was written to the clinic."), err=True)
    sentences = _unnamed(result)
    if result.rejects:
        sentences.append(
            ngettext(
                "{n} row was refused; {file} says why: mend it and import again.",
                "{n} rows were refused; {file} says why: mend them and import again.",
                result.rejected,
            ).format(n=result.rejected, file=result.rejects.absolute())
        )
    if sentences:
        raise Failure("\n".join(sentences), REFUSED)


def _print_remarks(result: ImportResult) -> None:
    """Print on stderr what a person must know about the import."""
    for file in result.files:
        for note in file.notes:
            click.echo(f"{file.source}: {note}.", err=True)
    if result.changes:
        text = (
            ngettext(
                "{n} value of a stored row would be replaced: see {file}.",
                "{n} values of stored rows would be replaced: see {file}.",
                result.changed,
            )
            if result.dry_run
            else ngettext(
                "{n} value of a stored row was replaced: see {file}.",
                "{n} values of stored rows were replaced: see {file}.",
                result.changed,
            )
        )
        click.echo(text.format(n=result.changed, file=result.changes.absolute()), err=True)
    _print_absent(result)
    for line in questionable_lines(result.questionable):
        click.echo(line, err=True)


def _print_absent(result: ImportResult) -> None:
    """Name on stderr the rows that the clinic has and a file has not."""
    for file in result.files:
        for line in absent_lines(file, _SHOWN):
            click.echo(line, err=True)
    if result.absent:
        click.echo(
            _("All rows that the clinic has and the files have not: see {file}.").format(
                file=result.absent.absolute()
            ),
            err=True,
        )


def _unnamed(result: ImportResult) -> list[str]:
    """One sentence on the words that no rule of the mapping names."""
    if not result.unnamed:
        return []
    words = sorted(result.unnamed, key=lambda one: -one.rows)
    shown = [
        _("{word} in {column} ({n})").format(word=repr(one.word), column=one.column, n=one.rows)
        for one in words[:_SHOWN]
    ]
    if len(words) > _SHOWN:
        shown.append(_("and {n} more").format(n=len(words) - _SHOWN))
    return [
        _("No rule of the mapping names {words}; add each to a rule or to `known`.").format(
            words=", ".join(shown)
        )
    ]


@click.group("export")
def export_group() -> None:
    """Export the clinic's records to files."""


def _whole_clinic(function: F) -> F:
    """The options of a command that exports the whole clinic."""
    to = click.option(
        "--to",
        "folder",
        type=click.Path(path_type=Path),
        required=True,
        help=_("Folder to create; an earlier export there is replaced."),
    )
    pseudonymised = click.option(
        "--pseudonymised",
        is_flag=True,
        help=_(
            "Without names, ids, free text and true dates; birth years in bands, at least five"
            " patients of each birth year, sex and skin type."
        ),
    )
    return db_option(to(pseudonymised(function)))


@export_group.command("csv")
@_whole_clinic
@click.option(
    "--photographs",
    is_flag=True,
    help=_("Write the pictures beside photos.csv too, but for those of intimate areas."),
)
def export_csv_command(db: Path, folder: Path, pseudonymised: bool, photographs: bool) -> None:
    """Write the exchange files; importing them into an empty clinic gives an equal clinic."""
    with _exchange_errors(), _progress(_("Writing")) as progress:
        counts = export_csv(
            db,
            folder,
            actor=COMMAND_LINE,
            pseudonymised=pseudonymised,
            photographs=photographs,
            progress=progress,
        )
    rows = [{"file": file, "rows": count} for file, count in counts.items()]
    print_rows(("file", "rows"), rows, "table")


@export_group.command("fhir")
@_whole_clinic
@click.option(
    "--photographs",
    is_flag=True,
    help=_("With the pictures in their Media, but for those of intimate areas."),
)
def export_fhir_command(db: Path, folder: Path, pseudonymised: bool, photographs: bool) -> None:
    """Write FHIR R4B, one NDJSON file a resource type; `mesodash import` takes it back."""
    with _exchange_errors(), _progress(_("Writing")) as progress:
        result = export_fhir(
            db,
            folder,
            actor=COMMAND_LINE,
            catalogue=load_catalogue(load_settings().catalogue),
            pseudonymised=pseudonymised,
            photographs=photographs,
            progress=progress,
        )
    rows = [{"resource": kind, "number": n} for kind, n in sorted(result.resources.items())]
    print_rows(("resource", "number"), rows, "table")
    click.echo(
        ngettext(
            "Each is valid FHIR R4B; {n} reference, which leads to a resource of the export.",
            "Each is valid FHIR R4B; {n} references, all of which lead to resources of the export.",
            result.references,
        ).format(n=result.references),
        err=True,
    )


@export_group.command("patient")
@click.argument("patient_id")
@db_option
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=_("Folder for the two files; created if missing."),
)
@click.option("--force", is_flag=True, help=_("Overwrite existing files."))
def export_patient_command(patient_id: str, db: Path, folder: Path, force: bool) -> None:
    """Export everything held about one person as PDF and JSON, with who viewed or changed it."""
    with plain_errors():
        targets = [folder / name for name in (PDF, JSON)]
        for target in targets:
            refuse_output(target, force=force)
        record = everything_about(db, patient_id, COMMAND_LINE)
        catalogue = load_catalogue(load_settings().catalogue)
        page = person_pdf(
            record, catalogue, zone=clinic_zone(read_clinic(db)), language=current().code
        )
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(
                _("{folder} cannot be made; choose another folder.").format(folder=folder)
            ) from error
        for target, content in zip(targets, (page, person_json(record)), strict=True):
            write_output(target, content, force=force)
    rows = [{"table": one.name, "rows": len(one.rows)} for one in record.tables]
    rows += [
        {"table": _("who looked"), "rows": len(record.looks)},
        {"table": _("changes"), "rows": len(record.changes)},
    ]
    print_rows(("table", "rows"), rows, "table")
    if record.is_demo:
        click.echo(_("A demo clinic: nobody in it exists."), err=True)


@click.command("undo-import")
@db_option
@click.option("--yes", is_flag=True, help=_("Undo it; without this option nothing is changed."))
def undo_import_command(db: Path, yes: bool) -> None:
    """Undo the latest import, unless later data depends on it; shows first what would go."""
    with plain_errors():
        found = latest_import(db, COMMAND_LINE)
        if found is None:
            click.echo(_("Nothing was imported here, or all of it was taken back already."))
            return
        click.echo(
            _("Imported {at} by {who}.").format(
                at=found.at.isoformat(timespec="minutes"), who=found.actor
            )
        )
        print_rows(("table", "removed", "put_back"), [asdict(one) for one in found.tables], "table")
        if found.hindrances:
            raise Failure("\n".join(found.hindrances), REFUSED)
        if not yes:
            click.echo(_("Nothing was changed yet; add --yes to take it back."), err=True)
            return
        undo_import(db, COMMAND_LINE, entry=found.entry)
    click.echo(_("Taken back."), err=True)


COMMANDS = [import_command, undo_import_command, export_group]
