"""A report's table as a file: CSV with its notes in a second file, or Excel with both.

Numbers leave as the report has them (shares 0 to 1, days, mL), missing ones empty, so that a
statistician can go on from them. Text never runs as a formula in a spreadsheet.
"""

import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from mesodash.exchange.cell_text import csv_line, protect, real

CSV_TYPE = "text/csv"
NOTES_TYPE = "text/plain"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST_COLUMN = 40
NARROWEST_COLUMN = 10
_FIRST_YEAR = 1900
_DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_FORMS: Mapping[str, re.Pattern[str]] = {
    "day": re.compile(_DAY),
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
    "moment": re.compile(_DAY + r"T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"),
}
_LOOKS: Mapping[str, str] = {
    "share": "0.0%",
    "day": "yyyy-mm-dd",
    "month": "mmm yyyy",
    "moment": "yyyy-mm-dd hh:mm",
}


@dataclass(frozen=True, slots=True, eq=False)
class DownloadTable:
    """One table to download.

    Attributes:
        title: what it shows.
        frame: the report's rows; its column names head the file.
        definitions: column -> how it is counted, in a sentence; a column may be missing.
        about: what a reader must know, in order: filters, clinic, denominators, time of making.
        units: column -> its unit; a workbook shows a `share` as a percentage.
    """

    title: str
    frame: pd.DataFrame
    definitions: Mapping[str, str] = field(default_factory=dict)
    about: tuple[tuple[str, str], ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)


def file_name(title: str, made_at: datetime, ending: str) -> str:
    """A file name with the title and the day: `volumes-by-month-2026-11-22.csv`."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"{words[:60] or 'table'}-{made_at:%Y-%m-%d}.{ending}"


def to_csv(table: DownloadTable) -> bytes:
    """The table in UTF-8: one header and the rows, as every program reads them.

    Lines end in LF, as all CSV of this project. What the table is about is in `to_notes`.
    """
    lines = [csv_line([protect(str(name)) for name in table.frame.columns])]
    lines += [csv_line([_text(cell) for cell in row]) for row in _rows(table)]
    return "".join(lines).encode("utf-8")


def to_notes(table: DownloadTable) -> bytes:
    """What a reader must know about the table, in UTF-8: lines, then how columns are counted."""
    lines = [f"{name}: {_one_line(text)}" for name, text in _about(table)]
    lines += ["", *(f"{name} = {text}" for name, text in _defined(table))]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def to_excel(table: DownloadTable) -> bytes:
    """A workbook: the rows as a sortable, filterable table, what it is about, the definitions."""
    kept = io.BytesIO()
    # Nothing written here may turn into a formula or a link.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(kept, options) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        data = book.add_worksheet("Data")
        data.freeze_panes(1, 0)
        columns = [str(name) for name in table.frame.columns]
        for at, name in enumerate(columns):
            data.write_string(0, at, protect(name), bold)
        looks = {look: book.add_format({"num_format": look}) for look in _LOOKS.values()}
        written = [_look(table, at) for at in range(len(columns))]
        last = 0
        for last, row in enumerate(_rows(table), start=1):
            for at, cell in enumerate(row):
                _write(data, last, at, cell, written[at], looks)
        for at, name in enumerate(columns):
            data.set_column(at, at, _width(table, name))
        if columns:
            data.autofilter(0, 0, last, len(columns) - 1)
        for title, pairs in (("About", _about(table)), ("Definitions", _defined(table))):
            page = book.add_worksheet(title)
            page.set_column(0, 0, 26)
            page.set_column(1, 1, 90)
            for at, (name, text) in enumerate(pairs):
                page.write_string(at, 0, protect(name), bold)
                page.write_string(at, 1, protect(text), wrapped)
    return kept.getvalue()


def _about(table: DownloadTable) -> Iterator[tuple[str, str]]:
    yield "Table", table.title
    yield from table.about
    yield "Rows", str(len(table.frame))


def _defined(table: DownloadTable) -> Iterator[tuple[str, str]]:
    for name in table.frame.columns:
        if table.definitions.get(name):
            yield str(name), _one_line(table.definitions[name])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _rows(table: DownloadTable) -> Iterator[tuple[Any, ...]]:
    for row in table.frame.itertuples(index=False, name=None):
        yield tuple(_plain(cell) for cell in row)


def _plain(cell: Any) -> Any:
    """A cell as text, whole number, decimal, truth or None for missing."""
    if isinstance(cell, dict):
        return ", ".join(f"{key}: {value}" for key, value in cell.items())
    if isinstance(cell, (list, tuple)):
        return ", ".join(str(part) for part in cell)
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    if isinstance(cell, (bool, int, float)):
        return cell if math.isfinite(cell) else None
    return cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return real(cell)
    return str(cell) if isinstance(cell, int) else protect(cell)


def _look(table: DownloadTable, at: int) -> str:
    """The number format of a column, if it needs one of its own: a key of `_LOOKS`."""
    if table.units.get(str(table.frame.columns[at])) == "share":
        return "share"
    cells = [_plain(cell) for cell in table.frame.iloc[:, at]]
    texts = [cell for cell in cells if cell is not None]
    for kind, form in _FORMS.items():
        if texts and all(isinstance(one, str) and form.fullmatch(one) for one in texts):
            return kind
    return ""


def _write(page: Any, row: int, at: int, cell: Any, kind: str, looks: Mapping[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, at, cell)
    elif isinstance(cell, (int, float)):
        page.write_number(row, at, cell, looks[_LOOKS[kind]] if kind else None)
    elif kind in _FORMS and (moment := _moment(cell)) is not None:
        page.write_datetime(row, at, moment, looks[_LOOKS[kind]])
    else:
        page.write_string(row, at, protect(cell))


def _moment(text: str) -> datetime | None:
    """The day, the month's first day or the moment of a text.

    None where a spreadsheet has no such day: before 1900, and 31 February.
    """
    try:
        found = datetime.fromisoformat(f"{text}-01" if len(text) == len("2026-11") else text)
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None


def _width(table: DownloadTable, name: str) -> float:
    longest = max((len(_text(_plain(cell))) for cell in table.frame[name].head(200)), default=0)
    return min(max(longest, len(name), NARROWEST_COLUMN) + 2, WIDEST_COLUMN)
