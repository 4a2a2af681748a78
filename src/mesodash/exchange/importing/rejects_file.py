"""The files an import writes for people: refused rows, replaced values, rows that are gone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from mesodash.exchange.cell_text import csv_line, protect
from mesodash.exchange.errors import ExchangeError
from mesodash.language import _
from mesodash.records.files.outputs import OutputError, refuse_output

REJECT_HEADER = ("file", "line", "column", "value", "reason")
CHANGE_HEADER = ("file", "row", "column", "old", "new")
ABSENT_HEADER = ("file", "row", "patient_id", "perhaps")
_AT_ONCE = 5000
"""Rows kept in memory before they are written."""


class TableWriter:
    """A CSV file that appears only when complete, for its owner alone, and only if it has rows."""

    def __init__(
        self, path: Path, header: tuple[str, ...], option: str, db: Path, *, force: bool
    ) -> None:
        """Prepare to write `path`; only an earlier file of this kind is written over.

        Raises:
            ExchangeError: another file is there, and not `force`; or it is a clinic's file.
        """
        if path.exists():
            begins = _first_bytes(path)
            if begins.startswith(b"SQLite format 3") or path.samefile(db):
                raise ExchangeError(
                    _("{path} is a clinic's file; name another file with {option}.").format(
                        path=path, option=option
                    )
                )
            if not force and not begins.startswith(csv_line(header).encode()):
                raise ExchangeError(
                    _(
                        "{path} exists already and is no earlier file of this kind; name another"
                        " with {option}, or write over it with --force."
                    ).format(path=path, option=option)
                )
            with _exchange_error():
                refuse_output(path, force=True)  # a clinic's key or what SQLite keeps beside it
        self._path = path
        self._header = header
        self._option = option
        self._partial = path.with_name(f".{path.name}.{os.getpid()}")
        self.rows = 0
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._partial.unlink(missing_ok=True)

    def add(self, *cells: str) -> None:
        """Add a row; texts are protected from running as formulas."""
        self.rows += 1
        self._lines.append(csv_line(map(protect, cells)))
        if len(self._lines) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        try:
            if not self._partial.exists():
                self._partial.touch(mode=0o600)  # it contains facts about patients
                self._lines.insert(0, csv_line(self._header))
            with self._partial.open("a", encoding="utf-8", newline="") as out:
                out.writelines(self._lines)
        except OSError as error:
            raise self._cannot() from error
        self._lines = []

    def _cannot(self) -> ExchangeError:
        return ExchangeError(
            _(
                "{path} cannot be written; name another file with {option}. Nothing was imported."
            ).format(path=self._path, option=self._option)
        )

    def finish(self) -> Path | None:
        """Put the file in place; None if it has no rows.

        Raises:
            ExchangeError: the place cannot be written.
        """
        if not self.rows:
            return None
        self._flush()
        try:
            self._partial.replace(self._path)
        except OSError as error:
            raise self._cannot() from error
        return self._path


@contextmanager
def _exchange_error() -> Iterator[None]:
    try:
        yield
    except OutputError as error:
        raise ExchangeError(str(error)) from error


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as there:
            return there.read(200)
    except OSError as error:
        raise ExchangeError(
            _("{path} cannot be written; name another file.").format(path=path)
        ) from error
