"""FHIR files as exchange files: what runs in a process with limits of its own (`incoming`).

It imports little, for it starts anew for each import.
"""

import json
import os
import re
import stat
import sys
from array import array
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn, TextIO

from mesodash.exchange.cell_text import csv_line, protect
from mesodash.exchange.contract.columns import ExchangeColumn
from mesodash.exchange.contract.files import BY_TABLE, PHOTOS, picture_name
from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.fhir.elements import MEDICATION, ResourceShape, recorded_path
from mesodash.exchange.fhir.paths import get
from mesodash.exchange.fhir.shapes import PLANS, shape_of, table_of
from mesodash.exchange.fhir.validation import faults
from mesodash.exchange.sources.csv_file import MAX_BYTES
from mesodash.exchange.sources.limited import limit
from mesodash.exchange.sources.source_file import MAX_CELL
from mesodash.language import _, use_language

ENDINGS: Final = (".ndjson", ".json")
MAX_BUNDLE: Final = 200_000_000
MEMORY: Final = 3_000_000_000
SECONDS: Final = 3600
"""Limits of the process: address space in bytes, and time."""

MOST_INVALID: Final = 50_000
"""Resources refused one by one; with more it is another kind of file."""

BROKEN: Final = 3
ABOUT, WHY = "about.json", "why.txt"
"""How the process ends where a file cannot be read at all; where it says what it found, and why."""

_HELPERS: Final = frozenset({"Medication", "Organization"})
"""Types that are no row of their own: what refers to them takes what it needs."""


@dataclass(slots=True)
class FhirReader:
    """Turns resources into rows; all resources are noted first, for they refer to each other.

    Attributes:
        ids: the outside id of a row, by the reference to it.
        medications: products by the reference to them.
    """

    ids: dict[str, str] = field(default_factory=dict)
    medications: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def note(self, resource: Mapping[str, Any], address: str = "") -> None:
        """Remember what a resource is called, for those that refer to it."""
        local = f"{resource.get('resourceType')}/{resource.get('id')}"
        names = [name for name in (local, address) if name]
        if resource.get("resourceType") == "Medication":
            self.medications.update(dict.fromkeys(names, resource))
            return
        table = table_of(resource)
        target = BY_TABLE[table] if table else None
        if target is not None and target.own_id:
            row = self._row(resource, shape_of(target.table), target.columns[:1])
            self.ids.update(dict.fromkeys(names, row[target.own_id]))

    def own_id(self, resource: Mapping[str, Any]) -> str:
        """The outside id of the row that a resource is; empty where its table has none."""
        return self.ids.get(f"{resource.get('resourceType')}/{resource.get('id')}", "")

    def of(self, resource: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The tables that a resource is a row of, each with the row's outside id."""
        table, own = table_of(resource), self.own_id(resource)
        tables = ("courses", "plans") if table == "courses" else (table,)
        return [(one, own) for one in tables if one is not None]

    def rows(self, resource: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """The rows that a resource holds: table, and text by column."""
        table = table_of(resource)
        if table is None:
            return
        shape = shape_of(table)
        columns = BY_TABLE[table].columns
        if resource.get("resourceType") == "MedicationAdministration":
            name = get(resource, ("medicationReference", "reference"))
            contained = {
                f"#{one.get('id')}": one
                for one in resource.get("contained") or ()
                if isinstance(one, dict)
            }
            named = contained.get(str(name)) or self.medications.get(str(name))
            own = {"code": resource.get("medicationCodeableConcept")}
            resource = {**resource, MEDICATION: named or own}
        if not shape.items:
            yield table, self._row(resource, shape, columns)
        else:
            head = [c for c in columns if c.name in shape.of_resource]
            rest = [c for c in columns if c.name not in shape.of_resource]
            shared = self._row(resource, shape, head)
            for item in resource.get(shape.items) or ():
                yield table, shared | self._row(item, shape, rest)
        if table == "courses" and resource.get("created"):
            plan = self._row(resource, PLANS, BY_TABLE["plans"].columns)
            yield "plans", plan

    def _row(
        self,
        resource: Mapping[str, Any],
        shape: ResourceShape,
        columns: Sequence[ExchangeColumn],
    ) -> dict[str, str]:
        own = BY_TABLE[shape.table].own_id
        found = {}
        for column in columns:
            text = self._cell(resource, shape, column)
            if not text and column.name == own:
                text = str(resource.get("id") or "")
            found[column.name] = text
        return found

    def _cell(
        self, resource: Mapping[str, Any], shape: ResourceShape, column: ExchangeColumn
    ) -> str:
        for place in shape.places_of(column):
            value = get(resource, place.path)
            if value is None:
                continue
            text = place.read(value)
            if text is None:
                continue
            if column.refers:
                return self.ids.get(text, text)
            if column.kind in ("day", "partial"):
                return _as_recorded(text, get(resource, recorded_path(column.name)))
            return text
        return ""


def _as_recorded(value: str, written: Any) -> str:
    """The local time as the clinic wrote it, if it is still the time that the element says."""
    text = str(written or "")
    minutes = len("2024-01-31T14:30")
    same = text[:minutes] == value[:minutes] if len(value) > minutes else text[:10] == value
    return text if text and same else value


class _TableFiles:
    """The exchange files being written, and where each row came from."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._open: dict[str, TextIO] = {}
        self._lines: dict[str, int] = {}
        self._places: dict[str, array[int]] = {}
        self.refused: list[tuple[str, int, str, str, str]] = []
        self.lost: list[tuple[str, str, str, int]] = []
        self.unread: Counter[str] = Counter()

    def add(self, table: str, row: dict[str, str], file: int, line: int) -> None:
        """Write a row."""
        target = BY_TABLE[table]
        name = target.file_name
        if name not in self._open:
            self._open[name] = (self._out / name).open("w", encoding="utf-8", newline="")
            self._open[name].write(csv_line(target.names))
            self._lines[name], self._places[name] = 2, array("q")
        cells = [
            protect(row[column.name]) if column.kind in ("id", "text") else row[column.name]
            for column in target.columns
        ]
        text = csv_line(cells)
        self._open[name].write(text)
        self._places[name].extend((self._lines[name], file, line))
        self._lines[name] += text.count("\n")

    def keep_picture(self, resource: Mapping[str, Any], digest: str) -> None:
        """Put the picture that a Media holds, if any, where the import looks for it."""
        data = get(resource, ("content", "data"))
        if not isinstance(data, str) or not re.fullmatch("[0-9a-f]{64}", digest):
            return
        with suppress(ValueError):  # what is no base64 is no picture, which the row then lacks
            (self._out / picture_name(digest)).write_bytes(b64decode(data, validate=True))

    def refuse(self, file: str, line: int, where: str, what: str, why: str) -> None:
        """Note a resource that cannot be taken."""
        self.refused.append((file, line, where, what, why))
        if len(self.refused) > MOST_INVALID:
            raise BrokenFileError(
                _(
                    "{file} has more than {n} resources that are not valid FHIR R4B, the first in"
                    " line {line} ({reason}); check that it is the right file; nothing was"
                    " imported."
                ).format(
                    file=file, n=MOST_INVALID, line=self.refused[0][1], reason=self.refused[0][4]
                )
            )

    def finish(self, files: list[str]) -> None:
        """Close the files and say what was found."""
        for name, out in self._open.items():
            out.close()
            (self._out / f"{name}.places").write_bytes(self._places[name].tobytes())
        about = {
            "files": files,
            "tables": list(self._open),
            "unread": self.unread,
            "refused": self.refused,
            "lost": self.lost,
        }
        (self._out / ABOUT).write_text(json.dumps(about), encoding="utf-8")


def convert(folder: Path, out: Path) -> None:
    """Read every FHIR file of a folder, and write the exchange files that say the same.

    Raises:
        BrokenFileError: a file cannot be read as FHIR at all.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    reader, tables = FhirReader(), _TableFiles(out)
    for path in files:
        for _line, resource, address in _resources(path):
            reader.note(resource, address)
    for number, path in enumerate(files):
        for line, resource, _address in _resources(path):
            _convert(reader, tables, resource, number, path.name, line)
    tables.finish([path.name for path in files])


def _convert(
    reader: FhirReader,
    tables: _TableFiles,
    resource: dict[str, Any],
    number: int,
    file: str,
    line: int,
) -> None:
    kind = str(resource.get("resourceType"))[:64]
    if table_of(resource) is None and kind not in _HELPERS:
        tables.unread[kind] += 1
        return
    name = f"{kind}/{str(resource.get('id'))[:64]}"
    for where, why in faults(resource)[:1]:
        tables.lost += [(table, own, file, line) for table, own in reader.of(resource)]
        tables.refuse(
            file,
            line,
            where,
            name,
            _("is not valid FHIR R4B ({why}); correct the resource").format(why=_short(why)),
        )
        return
    for table, row in reader.rows(resource):
        if table == PHOTOS.table:
            tables.keep_picture(resource, row["sha256"])
        wrong = next((n for n, text in row.items() if not _writable(text)), None)
        if wrong is None:
            tables.add(table, row, number, line)
        else:
            tables.lost.append((table, reader.own_id(resource), file, line))
            tables.refuse(
                file,
                line,
                wrong,
                name,
                _("holds a character that no text has, or too many; shorten"),
            )


def _short(why: str) -> str:
    return " ".join(why.split())[:200]


def _writable(text: str) -> bool:
    if "\0" in text or len(text) > MAX_CELL:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _resources(path: Path) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Each resource of a file with its line, or its number in a Bundle, and its address there."""
    _check(path)
    try:
        with path.open(encoding="utf-8-sig") as file:
            if path.suffix.lower() == ".json":
                yield from _entries(path, _parsed(path, 1, file.read()))
                return
            for line, text in enumerate(file, start=1):
                if text.strip():
                    yield line, _parsed(path, line, text), ""
    except UnicodeDecodeError as error:
        raise _broken(path, _("is not in UTF-8; write it anew")) from error
    except OSError as error:
        raise _broken(path, _("cannot be read; check its permissions")) from error


def _check(path: Path) -> None:
    state = os.lstat(path)
    if not stat.S_ISREG(state.st_mode):
        raise _broken(path, _("is a link or a folder; put the file itself there"))
    largest = MAX_BUNDLE if path.suffix.lower() == ".json" else MAX_BYTES
    if state.st_size > largest:
        raise _broken(
            path, _("is larger than {n} MB; import it in parts").format(n=largest // 10**6)
        )


def _entries(path: Path, content: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], str]]:
    if content.get("resourceType") != "Bundle":
        yield 1, content, ""
        return
    entries = content.get("entry")
    for number, entry in enumerate(entries if isinstance(entries, list) else (), start=1):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            raise _broken(
                path,
                _("has no resource in entry {number}; write the Bundle anew").format(number=number),
            )
        yield number, resource, str(entry.get("fullUrl") or "")


def _parsed(path: Path, line: int, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _broken(
            path, _("is not JSON in line {line}; write it anew").format(line=line)
        ) from error
    if not isinstance(found, dict):
        raise _broken(
            path,
            _("holds no resource in line {line}; write one JSON object a line").format(line=line),
        )
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _broken(path: Path, what: str) -> BrokenFileError:
    return BrokenFileError(
        _("{file} {what}; nothing was imported.").format(file=path.name, what=what)
    )


def _main(folder: str, out: str, language: str) -> int:
    limit(MEMORY, SECONDS)
    try:
        with use_language(language):
            convert(Path(folder), Path(out))
    except BrokenFileError as error:
        (Path(out) / WHY).write_text(str(error), encoding="utf-8")
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2], sys.argv[3]))
