"""Reading one CSV file: its rows with their lines, or one sentence why it cannot be read.

How a CSV file is written (encoding, what separates its cells, decimal commas, where its header
is) is detected once for the whole file and reported in `notes`; nothing is guessed cell by cell.
Imports and previews read through `folder`, which runs this module on a file in a process with
limits; so it imports little.
"""

import codecs
import csv
import json
import os
import re
import stat
import sys
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

from mesodash.exchange.cell_text import cleaned
from mesodash.exchange.errors import N_, BrokenFileError
from mesodash.exchange.sources.limited import limit
from mesodash.exchange.sources.source_file import MAX_CELL, SEARCHED, SourceFile, SourceRow

MAX_BYTES = 1_000_000_000
MAX_LINE = 1_000_000
MAX_HEADER = 100_000

NOT_TEXT = {
    b"PK\x03\x04": N_(
        "is a spreadsheet or zip file; save its table as “CSV UTF-8”, or give a workbook its own"
        " ending (.xlsx)"
    ),
    b"\xd0\xcf\x11\xe0": N_(
        "is an old spreadsheet; save its table as “CSV UTF-8”, or give a workbook its own ending"
        " (.xls)"
    ),
    b"\x1f\x8b": N_("is a gzip file; unpack it and save its table as “CSV UTF-8”"),
    b"%PDF": N_("is a PDF; save the table that it was made from as “CSV UTF-8”"),
    b"SQLite format 3": N_("is a database; save its table as “CSV UTF-8”"),
}

WESTERN: Final = N_("Windows-1252 letters")

DELIMITERS: Final = {
    ",": N_("commas"),
    ";": N_("semicolons"),
    "\t": N_("tabs"),
    "|": N_("bars"),
}

_SAMPLE = 65_536
_SEP: Final = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_COMMA: Final = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})")
_POINT: Final = re.compile(r"[+-]?\d+\.\d+")


class CsvFile(SourceFile):
    """An open CSV file.

    Refused as a whole, each with one sentence: text that is neither UTF-8, UTF-16 with its mark,
    nor plainly Windows-1252; NUL bytes, other kinds of files by their first bytes, no header,
    quotes never closed, more than 2000 columns, cells of more than 131 072 characters, lines of
    more than 1 MB (which bounds memory), files of more than 1 GB, links, folders and devices.
    """

    def __init__(self, path: Path, wanted: Collection[str] | None = ()) -> None:
        """Open `path`; `wanted` are columns that its header must have (None: not known)."""
        super().__init__(path)
        self.said: list[tuple[str, dict[str, object]]] = []
        self._line = 0
        try:
            # A link could lead anywhere, and a pipe is waited for without end.
            size = os.lstat(path).st_size
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise self.broken(N_("is a link or a folder; put the file itself there"))
            if size > MAX_BYTES:
                raise self.broken(
                    N_("is larger than {n} MB; import it in parts"), n=MAX_BYTES // 10**6
                )
            number = _opened(path)
        except OSError as error:
            raise self.broken(N_("cannot be read; check its permissions")) from error
        self._file: TextIO | None = None
        try:
            with os.fdopen(number, "rb", closefd=False) as raw:
                self._check_kind(raw.read(64))
            encoding = self._encoding(number)
            os.lseek(number, 0, os.SEEK_SET)
            # Lines end at LF only: a lone CR within a row is reported as a fault.
            self._file = os.fdopen(number, "r", encoding=encoding, newline="\n")
            delimiter = self._look(wanted)
            self._reader = csv.reader(self._lines(), strict=True, delimiter=delimiter)
            self._find_header(wanted)
        except BaseException:
            if self._file is None:
                os.close(number)
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def note(self, what: str, **values: object) -> None:
        """As of any file; also kept for the process that this one reads for."""
        super().note(what, **values)
        self.said.append((what, values))

    def _check_kind(self, begins: bytes) -> None:
        for mark, what in NOT_TEXT.items():
            if begins.startswith(mark):
                raise self.broken(what)

    def _encoding(self, number: int) -> str:
        """The file's encoding; reported unless it is UTF-8."""
        os.lseek(number, 0, os.SEEK_SET)
        first = os.read(number, 4)
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self.note("UTF-16")
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        os.lseek(number, 0, os.SEEK_SET)
        lines = 0
        try:
            while chunk := os.read(number, 1 << 20):
                if b"\0" in chunk:
                    line = lines + chunk[: chunk.index(0)].count(b"\n") + 1
                    raise self._nul(line)
                decoder.decode(chunk)
                lines += chunk.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            self._check_western(number, lines, error)
            self.note(WESTERN)
            return "cp1252"
        if first.startswith(codecs.BOM_UTF8):
            os.lseek(number, 3, os.SEEK_SET)
            if os.read(number, 3) == codecs.BOM_UTF8:
                raise self.broken(N_("begins with two byte order marks; save it as “CSV UTF-8”"))
        return "utf-8-sig"

    def _nul(self, line: int) -> BrokenFileError:
        return self.broken(
            N_("holds NUL bytes (line {line}), so it is no text; export it again as “CSV UTF-8”"),
            line=line,
        )

    def _check_western(self, number: int, lines: int, error: UnicodeDecodeError) -> None:
        """Raise unless the file is plainly Windows-1252, as Western programs write it.

        Its letters stand alone or in pairs; bytes of other alphabets come in rows, and where some
        are UTF-8 already the file is of two encodings.
        """
        os.lseek(number, 0, os.SEEK_SET)
        tail = b""
        while chunk := os.read(number, 1 << 20):
            block = tail + chunk
            if _NOT_WESTERN.search(block):
                line = lines + error.object[: error.start].count(b"\n") + 1
                raise self.broken(
                    N_(
                        "is not in UTF-8 (line {line}) nor in another encoding that can be told;"
                        " save it as “CSV UTF-8”"
                    ),
                    line=line,
                ) from error
            tail = block[-4:]

    def _look(self, wanted: Collection[str] | None) -> str:
        """Find out what separates the cells, from a `sep=` line or the first rows."""
        if self._file is None:
            raise RuntimeError("the file is not open")
        try:
            sample = self._file.read(_SAMPLE)
        except UnicodeError as error:
            raise self.broken(N_("is not in UTF-16 as it says; save it as “CSV UTF-8”")) from error
        self._file.seek(0)
        lines = sample.split("\n")
        if len(sample) == _SAMPLE and len(lines) > 1:
            lines.pop()  # it may be cut
        lines = [line + "\n" for line in lines]
        said = _SEP.fullmatch(lines[0].lstrip("\ufeff")) if lines else None
        if said:
            self._line = 1
            self._file.readline()
            self.note(N_("a line sep= that says what separates the cells"))
            return said[1]
        delimiter = _delimiter(lines, wanted)
        if delimiter != ",":
            self.note(DELIMITERS[delimiter])
            if _has_decimal_commas(lines, delimiter):
                self.decimal = ","
                self.note(N_("decimal commas"))
        return delimiter

    def _lines(self) -> Iterator[str]:
        if self._file is None:
            return
        while True:
            try:
                text = self._file.readline(MAX_LINE if self._line else MAX_HEADER)
            except UnicodeError as error:
                raise self.broken(
                    N_("is not in one encoding (line {line}); save it as “CSV UTF-8”"),
                    line=self._line + 1,
                ) from error
            if not text:
                return
            self._line += 1
            if not text.endswith("\n"):
                if self._line == 1 and len(text) >= MAX_HEADER:
                    raise self.broken(
                        N_(
                            "has a header line of more than {n} characters; check that it is a CSV"
                            " file with one header row"
                        ),
                        n=MAX_HEADER,
                    )
                if len(text) == MAX_LINE:
                    raise self.broken(
                        N_(
                            "has more than {n} characters in line {line}; check that the lines are"
                            " separate"
                        ),
                        n=MAX_LINE,
                        line=self._line,
                    )
            if "\0" in text:
                raise self._nul(self._line)
            yield text

    def _parsed(self) -> Iterator[SourceRow]:
        while True:
            line = self._line + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._fault(str(error), line) from error
            yield line, cells

    def _fault(self, error: str, line: int) -> BrokenFileError:
        if "field limit" in error:
            return self.broken(
                N_(
                    "has a cell of more than {n} characters in or after line {line}, or a quote"
                    ' (") that is never closed; shorten the one or close the other'
                ),
                n=MAX_CELL,
                line=line,
            )
        if "new-line character" in error:
            return self.broken(
                N_(
                    "has a line end inside a cell or of an old kind (CR alone) in line {line}; put"
                    " the cell in quotes, or save the file with usual line ends"
                ),
                line=line,
            )
        return self.broken(
            N_(
                'has a quote (") in or after line {line} that is never closed or stands inside a'
                ' cell; write "" for a quote within quotes'
            ),
            line=line,
        )


_NOT_WESTERN: Final = re.compile(
    rb"[\x81\x8d\x8f\x90\x9d]|[\x80-\xff]{3}|[\xc0-\xdf][\x80-\xbf]|[\xfe\xff]"
    rb"|[\xe0-\xef](?![\x85\x91-\x97\x99\xa0\xab\xae\xb0\xb7\xbb])[\x80-\xbf]"
)
"""Bytes that Windows-1252 does not have, three of its letters in a row, or a letter in UTF-8, whole
or cut short: two signs in a row, but for those that a text puts behind a letter (as in “été…”)."""


def _delimiter(lines: list[str], wanted: Collection[str] | None) -> str:
    """What separates the cells of the first lines; a comma where nothing speaks for another."""
    found = {mark: _split(lines, mark) for mark in DELIMITERS}
    if wanted:
        needed = set(wanted)
        for mark, rows in found.items():
            if any(needed <= {cleaned(cell) for cell in row} for row in rows):
                return mark
    first = next((line for line in lines if line.strip()), "")
    if wanted is None:
        # Not known what is looked for: what gives the most rows of the same width, above one.
        return max(found, key=lambda mark: _evenness(found[mark]))
    if "," in first:
        return ","
    return max(DELIMITERS, key=lambda mark: (first.count(mark), mark == ","))


def _split(lines: Iterable[str], mark: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(lines, delimiter=mark), SEARCHED))
    except csv.Error:
        return []


def _evenness(rows: list[list[str]]) -> tuple[int, int]:
    widths = [len(row) for row in rows if len(row) > 1]
    usual = max(widths, key=widths.count, default=0)
    return (widths.count(usual), usual)


def _has_decimal_commas(lines: list[str], delimiter: str) -> bool:
    cells = [cell.strip() for row in _split(lines, delimiter) for cell in row]
    return any(map(_COMMA.fullmatch, cells)) and not any(map(_POINT.fullmatch, cells))


def _opened(path: Path) -> int:
    """Open a file for reading, unless it has become a link since it was looked at."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))


_AT_ONCE: Final = 500_000
"""Characters of rows written together."""


def _main(path: str, asked: str) -> int:
    """Write the file as lines of JSON, as `folder` reads them."""
    memory, seconds, wanted = json.loads(asked)
    limit(memory, seconds)
    try:
        with CsvFile(Path(path), wanted) as source:
            _say({"header": [source.header, source.header_line, source.said, source.decimal]})
            rows: list[SourceRow] = []
            size = 0
            for row in source.rows():
                if row[0] == source.total_line:
                    _say(rows)
                    rows = []
                    _say({"total": row[0]})
                rows.append(row)
                size += sum(map(len, row[1])) + 20
                if size > _AT_ONCE:
                    _say(rows)
                    rows, size = [], 0
            _say(rows)
            _say({"end": source.said})
    except BrokenFileError as error:
        _say({"broken": [error.what, error.values]})
    sys.stdout.flush()
    return 0


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2]))
