"""Which files an import reads, and their rows as text in the order of an exchange file.

A CSV file is read in a process with limits of its own: whatever a hostile file does to the reader
ends that process and nothing else. Rows come over as lines of JSON while they are read, so neither
process holds more than some hundred of them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Container, Iterator
from pathlib import Path
from typing import Any, Final

from mesodash.exchange.contract.columns import ExchangeFile
from mesodash.exchange.contract.files import BY_FILE, EXCHANGE_FILES
from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.importing.batch import Batch, TextRow, Unreadable
from mesodash.exchange.sources import csv_file
from mesodash.exchange.sources.source_file import SourceFile, SourceRow
from mesodash.exchange.sources.workbook import ENDINGS, WorkbookFile
from mesodash.language import N_, _

READ = (".csv", *ENDINGS)

MEMORY: Final = 700_000_000
SECONDS: Final = 900
"""Limits of the process: address space in bytes, seconds of a processor."""

_LONGEST: Final = 50_000_000
"""Characters of one line of what the process says; an honest one says far less."""


class SeparateCsvFile(SourceFile):
    """An open CSV file (see `csv_file.CsvFile`) that another process reads."""

    def __init__(self, path: Path, wanted: Collection[str] | None = ()) -> None:
        """Open `path`; `wanted` are columns that its header must have (None: not known).

        Raises:
            BrokenFileError: the file cannot be read.
        """
        super().__init__(path)
        self._process: subprocess.Popen[str] | None = None
        asked = json.dumps([MEMORY, SECONDS, None if wanted is None else sorted(wanted)])
        self._process = subprocess.Popen(  # noqa: S603 - our own module, a path as argument
            # -S: it needs no packages, and starts in a third of the time.
            [sys.executable, "-S", "-m", csv_file.__name__, str(path.absolute()), asked],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote a patient's row
            cwd=Path(__file__).parents[3],  # from where Python finds our modules
            encoding="utf-8",
        )
        try:
            self.header, self.header_line, notes, self.decimal = self._heard()["header"]
            self._note_all(notes)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the process, wherever it is."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait()

    def rows(self) -> Iterator[SourceRow]:
        """The rows after the header; see `SourceFile.rows`."""
        while True:
            heard = self._heard()
            if isinstance(heard, list):
                yield from heard
            elif "total" in heard:
                self.total_line = heard["total"]
            elif "end" in heard:
                self._note_all(heard["end"])
                return

    def in_words(self, text: str) -> str:
        """A text in the reader's language."""
        return _(text)

    def _note_all(self, told: list[tuple[str, dict[str, Any]]]) -> None:
        """Put all that the process noted so far into words."""
        self.notes = []
        for what, values in told:
            self.note(what, **values)

    def _heard(self) -> Any:
        """What the process says next."""
        said = ""
        if self._process is not None and self._process.stdout is not None:
            said = self._process.stdout.readline(_LONGEST)
        if not said.endswith("\n"):
            raise self.broken(N_("needs too much memory or time to read; import it in parts"))
        heard = json.loads(said)
        if isinstance(heard, dict) and "broken" in heard:
            what, values = heard["broken"]
            raise self.broken(what, **values)
        return heard


def open_source(path: Path, wanted: Collection[str] | None = (), sheet: str = "") -> SourceFile:
    """Open a CSV file or workbook by its ending; see `SeparateCsvFile` and `WorkbookFile`."""
    if path.suffix.lower() in ENDINGS:
        return WorkbookFile(path, wanted, sheet)
    return SeparateCsvFile(path, wanted)


def not_read(folder: Path, used: set[str]) -> tuple[str, ...]:
    """Tables of the folder that were not asked for, so that none is passed over in silence.

    A character that a terminal would obey is shown as `?`.
    """
    names = sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix.lower() in READ and path.name not in used | {"rejects.csv", "changes.csv"}
    )
    return tuple("".join(c if c.isprintable() else "?" for c in name) for name in names)


def source_of(folder: Path, target: ExchangeFile) -> Path:
    """The file that an exchange file is read from: its own name, or that of a workbook."""
    for ending in READ:
        path = folder / f"{target.table}{ending}"
        if os.path.lexists(path):
            return path
    return folder / target.file_name


def exchange_files(folder: Path, mapped: Container[str]) -> list[ExchangeFile]:
    """The exchange files that are present or mapped (by table), parents first."""
    return [
        target
        for target in EXCHANGE_FILES
        if target.table in mapped or os.path.lexists(source_of(folder, target))
    ]


def expected() -> str:
    """The names of the exchange files, for a sentence."""
    return ", ".join(BY_FILE)


def present_columns(source: SourceFile, target: ExchangeFile) -> tuple[str, ...]:
    """The header of an exchange file that is read without a mapping, checked.

    Raises:
        BrokenFileError: a required column is missing, or one is not known here.
    """
    source.check_all_names()
    header = source.header
    missing = required(target) - set(header)
    if missing:
        named = [c.name for c in target.columns if c.name in missing]
        raise source.broken(
            N_(
                "has no column {names} in its first rows; add it, or say with --mapping which"
                " column it is"
            ),
            names=_list(named),
        )
    extra = [name for name in header if name not in target.names]
    if extra:
        raise source.broken(
            N_(
                "has a column this file does not know: {names}; delete or rename it, or use"
                " --mapping, which reads only the columns it names"
            ),
            names=_list(extra),
        )
    return tuple(header)


def required(target: ExchangeFile) -> set[str]:
    """The columns without which a file is not this one."""
    return {column.name for column in target.columns if column.required}


def text_rows(source: SourceFile, batch: Batch) -> Iterator[TextRow]:
    """The rows of an exchange file, ragged ones as Unreadable."""
    own = batch.target.own_id
    own_at = batch.present.index(own) if own else None
    for line, cells in source.rows():
        if line == source.total_line:
            yield TextRow(line, total(cells))
        elif len(cells) == len(batch.present):
            yield TextRow(line, cells)
        else:
            yield TextRow(line, ragged(cells, len(batch.present), own_at))


def total(cells: list[str]) -> Unreadable:
    """What is said of a total below the table."""
    first = next(cell for cell in cells if cell.strip())
    return Unreadable(
        _(
            "looks like a total below the table ({first!r}), not like a row of it; delete"
            " it, or say skip_when in a mapping"
        ).format(first=first.strip()[:32]),
        is_row=False,
    )


def ragged(cells: list[str], width: int, own_at: int | None) -> Unreadable:
    """What is said of a row with too few or too many cells."""
    seems = cells[own_at] if own_at is not None and own_at < len(cells) else ""
    return Unreadable(
        _(
            "the row has {n} cells where the header has {width}; put text with commas in"
            " quotes and fill up missing cells"
        ).format(n=len(cells), width=width),
        seems,
    )


def _list(names: list[str]) -> str:
    shown = ", ".join(repr(name[:64]) for name in names[:5])
    if len(names) > 5:
        return _("{some} and {n} more").format(some=shown, n=len(names) - 5)
    return shown


def together(faults: list[BrokenFileError]) -> BrokenFileError:
    """All broken files in one error, one sentence per line."""
    return BrokenFileError("\n".join(str(fault) for fault in faults))
