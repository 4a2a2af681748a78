"""Reading one sheet of a workbook (.xlsx, .xls, .ods), in a process with limits of its own.

A workbook is a program's file that anybody may have made: python-calamine reads it in a process
that may use so much memory and time and no more, and only rows of text come back.
"""

import json
import os
import stat
import sys
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, Final

from mesodash.exchange.cell_text import cleaned
from mesodash.exchange.sources.limited import TooLongError, limit, run_on_paths
from mesodash.exchange.sources.source_file import MAX_CELL, SEARCHED, SourceFile, SourceRow
from mesodash.language import N_, _

ENDINGS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MAX_BYTES: Final = 200_000_000
MAX_UNPACKED: Final = 2_000_000_000
MEMORY: Final = 3_000_000_000
SECONDS: Final = 180
"""Limits of the process that reads: address space in bytes, and time."""

_NO_SHEET, _NOT_READ = 3, 4


class WorkbookFile(SourceFile):
    """An open sheet of a workbook; lines are the sheet's rows."""

    def __init__(self, path: Path, wanted: Collection[str] | None = (), sheet: str = "") -> None:
        """Open `path`; the sheet is the named one, else the first that has all `wanted`.

        Raises:
            BrokenFileError: it is no workbook, has no such sheet, or is too large.
        """
        super().__init__(path)
        self._strict = False
        self._check()
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        try:
            self._read(wanted, sheet)
            self._file.seek(0)
            about = json.loads(self._file.readline())
            if len(about["sheets"]) > 1:
                self.note(N_("sheet {name!r} of {n}"), name=about["sheet"], n=len(about["sheets"]))
            self._find_header(wanted)
        except BaseException:
            self.close()
            raise

    def in_words(self, text: str) -> str:
        """A text in the reader's language."""
        return _(text)

    def close(self) -> None:
        """Close and forget what was read."""
        self._file.close()

    def _check(self) -> None:
        try:
            state = os.lstat(self.path)
            if not stat.S_ISREG(state.st_mode):
                raise self.broken(N_("is a link or a folder; put the file itself there"))
            if state.st_size > MAX_BYTES:
                raise self.broken(
                    N_("is larger than {n} MB; save its table as “CSV UTF-8”"),
                    n=MAX_BYTES // 10**6,
                )
            if zipfile.is_zipfile(self.path):
                with zipfile.ZipFile(self.path) as packed:
                    if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED:
                        raise self.broken(
                            N_(
                                "unpacks to more than a workbook holds; save its table as “CSV"
                                " UTF-8”"
                            )
                        )
        except (OSError, zipfile.BadZipFile) as error:
            raise self.broken(
                N_("cannot be read; check its permissions, or save it again")
            ) from error

    def _read(self, wanted: Collection[str] | None, sheet: str) -> None:
        asked = json.dumps({"wanted": sorted(wanted or ()), "sheet": sheet})
        arguments = [str(self.path.absolute()), asked]
        try:
            done = run_on_paths(__name__, arguments, seconds=SECONDS, out=self._file)
        except TooLongError as error:
            raise self.broken(
                N_("took more than {n} seconds to read; save its table as “CSV UTF-8”"), n=SECONDS
            ) from error
        if done == _NO_SHEET:
            raise self.broken(
                N_("has no sheet {name!r}; name one of its sheets")
                if sheet
                else N_("has no sheet with rows; check that it is the right file"),
                name=sheet,
            )
        if done:
            raise self.broken(
                N_(
                    "cannot be read as a workbook (it may be damaged, protected by a password or"
                    " too large); save its table as “CSV UTF-8”"
                )
            )

    def _parsed(self) -> Iterator[SourceRow]:
        for text in self._file:
            line, cells = json.loads(text)
            yield line, cells


def cell_text(value: Any) -> str:
    """A workbook's cell as text: numbers without noise, days and times in ISO 8601."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, float):
        text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    elif isinstance(value, datetime):
        if value.time() == time():
            value = value.date()
        text = value.isoformat()
    elif isinstance(value, (date, time)):
        text = value.isoformat()
    elif isinstance(value, timedelta):
        text = str(value)
    else:
        text = "" if value is None else str(value)
    return text[:MAX_CELL]


def _main(path: str, asked: str) -> int:
    """Write the sheet as lines of JSON: what sheets there are, then [row, cells] each."""
    limit(MEMORY, SECONDS)
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - in the child only

    wish = json.loads(asked)
    try:
        book = CalamineWorkbook.from_path(path)
        names = [wish["sheet"]] if wish["sheet"] else book.sheet_names
        if wish["sheet"] and wish["sheet"] not in book.sheet_names:
            return _NO_SHEET
        chosen: tuple[str, list[list[str]]] | None = None
        for name in names:
            rows = [
                [cell_text(cell) for cell in row]
                for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            if not any(any(row) for row in rows):
                continue
            if chosen is None:
                chosen = (name, rows)
            head = [{cleaned(cell) for cell in row} for row in rows[:SEARCHED]]
            if wish["wanted"] and any(set(wish["wanted"]) <= row for row in head):
                chosen = (name, rows)
                break
    except (CalamineError, MemoryError, OSError, ValueError):
        return _NOT_READ
    if chosen is None:
        return _NO_SHEET
    out = sys.stdout
    out.write(json.dumps({"sheets": book.sheet_names, "sheet": chosen[0]}) + "\n")
    for number, row in enumerate(chosen[1], start=1):
        out.write(json.dumps([number, row]) + "\n")
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2]))
