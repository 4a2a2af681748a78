"""What the clinic has and the files of an import have not: the rows that are gone, one by one.

They stay in the clinic; whoever imports is told. A row is known again by its key, as at writing. A
refused row stands in the file all the same: where its key can be read, the clinic's row of that key
is not gone; where a part of it cannot, every row that agrees in the rest may be the one, and is
listed with where it may stand.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from sqlite_utils import Database

from mesodash.exchange.importing.batch import UNREAD, Batch, Key
from mesodash.records.transfer.dump import ordered_rows
from mesodash.records.transfer.lookup import ExistingRows

_AT_ONCE = 5000
"""Rows of the clinic compared together."""

Place = tuple[str, int]
"""A file and a line of it."""


def absent_rows(db: Database, batch: Batch) -> Iterator[tuple[Key, Place | None]]:
    """The key of each row that the clinic has and the file has not, in the order of an export.

    Args:
        db: the clinic's open file, before the batch is written.
        batch: the file's rows, checked.

    Yields:
        The key, and where it may stand among the refused rows; None if it is gone for sure.
    """
    at = [batch.target.at(name) for name in batch.target.key]
    whole = [key for _place, key in batch.refused_keys if UNREAD not in key]
    known = np.fromiter((_hash(tuple(row.values[a] for a in at)) for row in batch.rows), np.int64)
    known = np.union1d(known, np.fromiter(map(_hash, whole), np.int64, len(whole)))
    torn = _Torn(batch)
    for keys in _chunks(_keys(db, batch)):
        hashes = np.fromiter(map(_hash, keys), np.int64, len(keys))
        for number in np.flatnonzero(~np.isin(hashes, known)):
            yield keys[number], torn.place_of(keys[number])


def patients_of(db: Database, batch: Batch, keys: list[Key]) -> Mapping[Any, str]:
    """Whose rows they are: patient_id by the first part of a row's key."""
    first = batch.target.columns[batch.target.at(batch.target.key[0])]
    table = first.refers or (batch.target.table if first.kind == "id" else "")
    if not table or table in ("practitioners", "stock"):
        return {}
    return ExistingRows(db).owners(table, {str(key[0]) for key in keys})


def _keys(db: Database, batch: Batch) -> Iterator[Key]:
    target = batch.target
    fields = tuple(target.columns[target.at(name)].field for name in target.key)
    rows = ordered_rows(db, target.table, fields)
    if target.table == "screening_answers":  # these come with all of their columns
        at = [target.at(name) for name in target.key]
        rows = (tuple(row[a] for a in at) for row in rows)
    return (tuple("" if part is None else part for part in row) for row in rows)


def _hash(key: Key) -> int:
    return hash(tuple("" if part is None else part for part in key))


def _chunks(keys: Iterator[Key]) -> Iterator[list[Key]]:
    while some := list(islice(keys, _AT_ONCE)):
        yield some


class _Torn:
    """Refused rows of which only a part of the key can be read, by the parts that can."""

    def __init__(self, batch: Batch) -> None:
        self._parts: dict[tuple[int, ...], dict[Key, Place]] = {}
        for place, key in batch.refused_keys:
            if UNREAD in key:
                readable = tuple(at for at, part in enumerate(key) if part is not UNREAD)
                rest = tuple("" if key[at] is None else key[at] for at in readable)
                self._parts.setdefault(readable, {}).setdefault(rest, place)

    def place_of(self, key: Key) -> Place | None:
        """Where a row may stand; None if no refused row agrees with it."""
        for readable, rests in self._parts.items():
            found = rests.get(tuple(key[at] for at in readable))
            if found is not None:
                return found
        return None
