"""Reading one CSV file strictly: its rows with their lines, or one sentence why it is broken."""

import csv
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from mesodash.exchange.errors import BrokenFileError

MAX_BYTES = 1_000_000_000
MAX_COLUMNS = 200
MAX_LINE = 1_000_000
MAX_HEADER = 20_000
MAX_CELL = 131_072
"""What Python's own reader of CSV takes; it also bounds how far an open quote is followed."""

NOT_TEXT = {
    b"PK\x03\x04": "a spreadsheet or zip file",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF",
    b"SQLite format 3": "a database",
}

SourceRow = tuple[int, list[str]]


class SourceFile:
    """An open CSV file: `header`, and `rows()` of (line, cells).

    Refused as a whole, each with one sentence: other encodings than UTF-8 (a BOM is fine), NUL
    bytes, spreadsheets and other files by their first bytes, no header, a column named twice or not
    at all, quotes never closed, more than 200 columns, cells of more than 131 072 characters, lines
    of more than 1 MB (which bounds memory), files of more than 1 GB, links, folders and devices.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._line = 0
        try:
            # A link could lead anywhere, and a pipe is waited for without end.
            size = os.lstat(path).st_size
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise self.broken("is a link or a folder; put the file itself there")
            self._file: BinaryIO = os.fdopen(_opened(path), "rb")
        except OSError as error:
            raise BrokenFileError(f"{path.name} cannot be read; check its permissions.") from error
        try:
            self._check_size(size)
            self._reader = csv.reader(self._lines(), strict=True)
            self.header = self._read_header()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def broken(self, what: str) -> BrokenFileError:
        """The sentence for this file."""
        return BrokenFileError(f"{self.path.name} {what}; nothing was imported.")

    def _check_size(self, size: int) -> None:
        if size > MAX_BYTES:
            raise self.broken(f"is larger than {MAX_BYTES // 10**6} MB; import it in parts")

    def _lines(self) -> Iterator[str]:
        while raw := self._file.readline(MAX_LINE if self._line else MAX_HEADER):
            self._line += 1
            if self._line == 1:
                if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise self.broken("is in UTF-16; save it as “CSV UTF-8”")
                for begins, what in NOT_TEXT.items():
                    if raw.startswith(begins):
                        raise self.broken(f"is {what}; save its table as “CSV UTF-8”")
                raw = raw.removeprefix(b"\xef\xbb\xbf")
                if len(raw) >= MAX_HEADER - 3 and not raw.endswith(b"\n"):
                    raise self.broken(
                        f"has a header line of more than {MAX_HEADER} characters; check that"
                        " it is a CSV file with one header row"
                    )
            elif len(raw) == MAX_LINE and not raw.endswith(b"\n"):
                raise self.broken(
                    f"has more than {MAX_LINE} characters in line {self._line};"
                    " check that the lines are separate"
                )
            if b"\0" in raw:
                raise self.broken(
                    f"holds NUL bytes (line {self._line}), so it is no text; export it again as"
                    " “CSV UTF-8”"
                )
            try:
                yield raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise self.broken(
                    f"is not in UTF-8 (line {self._line}); save it as “CSV UTF-8”"
                ) from error

    def _read_header(self) -> list[str]:
        header = next(self._parsed(), None)
        if header is None or not any(cell.strip() for cell in header[1]):
            raise self.broken("is empty; its first line must name the columns")
        names = [name.strip() for name in header[1]]
        if len(names) > MAX_COLUMNS:
            raise self.broken(f"has {len(names)} columns; leave out those that are not needed")
        if "" in names:
            raise self.broken(
                f"has no name for column {names.index('') + 1}; name it in the first line"
            )
        twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
        if twice is not None:
            raise self.broken(f"names the column {twice!r} twice; rename or delete one")
        return names

    def _parsed(self) -> Iterator[SourceRow]:
        while True:
            line = self._line + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "field limit" in str(error):
                    raise self.broken(
                        f"has a cell of more than {MAX_CELL} characters in or after line {line}, or"
                        ' a quote (") that is never closed; shorten the one or close the other'
                    ) from error
                if "new-line character" in str(error):
                    raise self.broken(
                        f"has a line end inside a cell or of an old kind (CR alone) in line {line};"
                        " put the cell in quotes, or save the file with usual line ends"
                    ) from error
                raise self.broken(
                    f'has a quote (") in or after line {line} that is never closed or stands'
                    ' inside a cell; write "" for a quote within quotes'
                ) from error
            yield line, cells

    def rows(self) -> Iterator[SourceRow]:
        """The rows after the header; lines without any content are passed over."""
        for line, cells in self._parsed():
            if any(cells):
                yield line, cells


def _opened(path: Path) -> int:
    """Open a file for reading, unless it has become a link since it was looked at."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
