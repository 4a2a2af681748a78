"""Which files an import reads, and their rows as text in the order of an exchange file."""

import os
from collections.abc import Container, Iterator
from pathlib import Path

from mesodash.exchange.batch import Batch, Cells, Unreadable
from mesodash.exchange.columns import BY_FILE, SHEETS, Sheet
from mesodash.exchange.errors import BrokenFileError, ExchangeError
from mesodash.exchange.sheet import SourceFile

TextRow = tuple[int, Cells | Unreadable]


def check_folder(folder: Path) -> None:
    """Raise a sentence unless `folder` is one."""
    if not folder.is_dir():
        raise ExchangeError(
            f"There is no folder {folder}; name the folder that holds the CSV files."
        )


def not_read(folder: Path, used: set[str]) -> tuple[str, ...]:
    """CSV files of the folder that were not asked for, so that none is passed over in silence.

    A character that a terminal would obey is shown as `?`.
    """
    names = sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix.lower() == ".csv" and path.name not in used | {"rejects.csv"}
    )
    return tuple("".join(c if c.isprintable() else "?" for c in name) for name in names)


def exchange_files(folder: Path, mapped: Container[str]) -> list[Sheet]:
    """The exchange files that are present or mapped (by table), parents first."""
    return [s for s in SHEETS if s.table in mapped or os.path.lexists(folder / s.file)]


def expected() -> str:
    """The names of the exchange files, for a sentence."""
    return ", ".join(BY_FILE)


def present_columns(source: SourceFile, sheet: Sheet) -> tuple[str, ...]:
    """The header of an exchange file that is read without a mapping, checked.

    Raises:
        BrokenFileError: a required column is missing, or one is not known here.
    """
    header = source.header
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise source.broken("is not separated by commas; save it as “CSV (comma separated)”")
    missing = [c.name for c in sheet.columns if c.required and c.name not in header]
    if missing:
        raise source.broken(
            f"has no column {_list(missing)}; add it, or say with --mapping which column it is"
        )
    extra = [name for name in header if name not in sheet.names]
    if extra:
        raise source.broken(
            f"has a column this file does not know: {_list(extra)}; delete or rename it, or"
            " use --mapping, which reads only the columns it names"
        )
    return tuple(header)


def text_rows(source: SourceFile, batch: Batch) -> Iterator[TextRow]:
    """The rows of an exchange file, ragged ones as Unreadable."""
    own = batch.sheet.own_id
    own_at = batch.present.index(own) if own else None
    for line, cells in source.rows():
        if len(cells) == len(batch.present):
            yield line, cells
        else:
            yield line, ragged(cells, len(batch.present), own_at)


def ragged(cells: list[str], width: int, own_at: int | None) -> Unreadable:
    """What is said of a row with too few or too many cells."""
    seems = cells[own_at] if own_at is not None and own_at < len(cells) else ""
    return Unreadable(
        f"the row has {len(cells)} cells where the header has {width}; "
        "put text with commas in quotes and fill up missing cells",
        seems,
    )


def _list(names: list[str]) -> str:
    shown = ", ".join(repr(name[:64]) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def together(faults: list[BrokenFileError]) -> BrokenFileError:
    """All broken files in one error, one sentence a line."""
    return BrokenFileError("\n".join(str(fault) for fault in faults))
