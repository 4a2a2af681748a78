"""The good rows of a file that is being imported, packed until all of them are checked."""

import json
import os
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from mesodash.exchange.contract.cells import Value

_AT_ONCE = 5000
"""Rows packed together; bounds the memory used for a file of any length."""

_IN_MEMORY = 8
"""Packs kept in memory; further ones go to a file that has no name."""


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """A row whose cells are good: values in the target's column order, None where missing.

    `left` names columns that are given in the file but not in this row.
    """

    line: int
    values: tuple[Value, ...]
    left: tuple[str, ...] = ()


class RowStore:
    """Rows in the order they were added, packed; those of a large file lie on disk.

    A million rows as objects take 400 MB and more; packed on disk they take next to none. The file
    has no name, so nobody else can open it, and it is gone with this object.
    """

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._places: list[tuple[int, int]] = []
        self._file: IO[bytes] | None = None
        self._last: list[tuple[int, tuple[Value, ...], tuple[str, ...]]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, row: ExchangeRow) -> None:
        """Add a row."""
        self._last.append((row.line, row.values, row.left))
        self._count += 1
        if len(self._last) >= _AT_ONCE:
            self._put(json.dumps(self._last).encode())
            self._last = []

    def _put(self, packed: bytes) -> None:
        if self._file is None and len(self._packed) < _IN_MEMORY:
            self._packed.append(packed)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this object
            weakref.finalize(self, self._file.close)
        self._places.append((self._file.seek(0, os.SEEK_END), len(packed)))
        self._file.write(packed)

    def __iter__(self) -> Iterator[ExchangeRow]:
        for rows in self.chunks():
            yield from rows

    def chunks(self) -> Iterator[list[ExchangeRow]]:
        """The rows, some thousand at a time."""
        for packed in self._all_packed():
            yield [
                ExchangeRow(line, tuple(values), tuple(left))
                for line, values, left in json.loads(packed)
            ]
        yield [ExchangeRow(*one) for one in self._last]

    def _all_packed(self) -> Iterator[bytes]:
        yield from self._packed
        for at, size in self._places:
            if self._file is not None:
                self._file.seek(at)
                yield self._file.read(size)
