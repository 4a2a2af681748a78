"""A report's table as a file: CSV or Excel, with its filters, definitions and time of making.

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

from mesodash.exchange.text import csv_line, protect, real

CSV_TYPE = "text/csv"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST_COLUMN = 40
NARROWEST_COLUMN = 10


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One table to be kept.

    Attributes:
        title: what it shows.
        frame: the report's rows; its column names head the file.
        definitions: column -> how it is counted, in a sentence; a column may be missing.
        about: what a reader must know, in order: filters, clinic, denominators, time of making.
    """

    title: str
    frame: pd.DataFrame
    definitions: Mapping[str, str] = field(default_factory=dict)
    about: tuple[tuple[str, str], ...] = ()


def file_name(title: str, made_at: datetime, ending: str) -> str:
    """A name that sorts by day and says what is inside: `volumes-by-month-2026-11-22.csv`."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"{words[:60] or 'table'}-{made_at:%Y-%m-%d}.{ending}"


def to_csv(sheet: Sheet) -> bytes:
    """The table in UTF-8: lines that start with `# ` first, then one header and the rows.

    `pandas.read_csv(..., skiprows=n)` or R's `comment.char` pass over the first lines; n is said in
    the first of them. Lines end in LF, as all CSV of this project.
    """
    notes = [f"{name}: {text}" for name, text in _about(sheet)]
    notes += [f"{name} = {text}" for name, text in _defined(sheet)]
    # Not quoted, commas or not: a reader told that `#` begins a comment passes over the whole line.
    lines = [f"# The table starts below these {len(notes) + 1} lines.\n"]
    lines += [f"# {_one_line(note)}\n" for note in notes]
    lines.append(csv_line([protect(str(name)) for name in sheet.frame.columns]))
    lines += [csv_line([_text(cell) for cell in row]) for row in _rows(sheet)]
    return "".join(lines).encode("utf-8")


def to_excel(sheet: Sheet) -> bytes:
    """A workbook: the rows as a sortable, filterable table, what it is about, the definitions."""
    kept = io.BytesIO()
    # Nothing that is written here may turn into a formula or a link by itself.
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
        columns = [str(name) for name in sheet.frame.columns]
        for at, name in enumerate(columns):
            data.write_string(0, at, protect(name), bold)
        last = 0
        for last, row in enumerate(_rows(sheet), start=1):
            for at, cell in enumerate(row):
                _write(data, last, at, cell)
        for at, name in enumerate(columns):
            data.set_column(at, at, _width(sheet, name))
        if columns:
            data.autofilter(0, 0, last, len(columns) - 1)
        for title, pairs in (("About", _about(sheet)), ("Definitions", _defined(sheet))):
            page = book.add_worksheet(title)
            page.set_column(0, 0, 26)
            page.set_column(1, 1, 90)
            for at, (name, text) in enumerate(pairs):
                page.write_string(at, 0, protect(name), bold)
                page.write_string(at, 1, protect(text), wrapped)
    return kept.getvalue()


def _about(sheet: Sheet) -> Iterator[tuple[str, str]]:
    yield "Table", sheet.title
    yield from sheet.about
    yield "Rows", str(len(sheet.frame))


def _defined(sheet: Sheet) -> Iterator[tuple[str, str]]:
    for name in sheet.frame.columns:
        if sheet.definitions.get(name):
            yield str(name), _one_line(sheet.definitions[name])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _rows(sheet: Sheet) -> Iterator[tuple[Any, ...]]:
    for row in sheet.frame.itertuples(index=False, name=None):
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


def _write(page: Any, row: int, at: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, at, cell)
    elif isinstance(cell, (int, float)):
        page.write_number(row, at, cell)
    else:
        page.write_string(row, at, protect(cell))


def _width(sheet: Sheet, name: str) -> float:
    longest = max((len(_text(_plain(cell))) for cell in sheet.frame[name].head(200)), default=0)
    return min(max(longest, len(name), NARROWEST_COLUMN) + 2, WIDEST_COLUMN)
