"""Clinics made from the contract of the exchange files: things missing, extremes, all states.

`clinics(vocabulary)` draws the files of one clinic. A cell is drawn from its column alone (kind,
limits, allowed words, codes of the catalogue); what the rules of a row refuse is mended or left
out, so nothing here knows what a page or a report expects. Links go to rows drawn before.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from mesodash.exchange.cell_text import csv_line
from mesodash.exchange.contract.cells import Vocabulary, parser_for
from mesodash.exchange.contract.columns import FIRST_YEAR, ExchangeColumn, ExchangeFile
from mesodash.exchange.contract.files import EXCHANGE_FILES
from mesodash.exchange.contract.row_rules import faults_of
from mesodash.exchange.errors import CellError

Files = Mapping[str, str]
Row = dict[str, str]

_WORDS = (
    "x",
    "Zoé O'Neil-Şahin",
    "=1+1",
    '<b onclick="x">b</b> & "c"',
    "![x](y) **b** $a$ :red[c] `d`",
    "שלום مرحبا",
    "👩🏽‍⚕️ 𝒳",
    "two\nlines",
)
_IDS = ("1", "P-1", "ä", "a&b=c#d?e%20", "../x", "'quoted'", "=1", "null", "0", "👩🏽‍⚕️", "NaN")
_DAYS = ("2026-11-22", "2026-11-21", "2026-10-31", "2026-02-28", "2024-02-29", "2025-01-01")
_LONG_AGO = (f"{FIRST_YEAR}-01-01", "1999-12-31")
_LATER = ("2026-11-23", "2027-01-15", "2100-12-31")
_TIMES = ("", "", "T00:00", "T10:30", "T23:59", "T10:30:15")
_MENDINGS = 12
_OF_A_PATIENT = ("courses", "sessions", "side_effects")
_PARAMETERS = (
    {},
    {"sessions": 1},
    {"depth_mm": 100000, "points": 1, "volume_ml": 0.001, "interval_days": 100000},
    {"technique": "nappage", "needle": "30 G", "mixture": "é"},
)


def _times(column: ExchangeColumn) -> st.SearchStrategy[str]:
    days = [*_DAYS, *_DAYS, *_LONG_AGO, *(() if column.past else _LATER)]
    day = st.sampled_from(days)
    match column.kind:
        case "date":
            return day
        case "moment":
            return day.map(lambda text: f"{text}T08:00:00+00:00")
        case "partial":
            return st.one_of(
                st.tuples(day, st.sampled_from(_TIMES)).map("".join),
                st.sampled_from(["2026", "2026-10", "2025-12", "1900"]),
            )
        case _:
            return st.tuples(day, st.sampled_from(_TIMES)).map("".join)


def _number(column: ExchangeColumn) -> st.SearchStrategy[int]:
    high = 2026 if column.past else column.high
    usual = min(high, max(column.low, column.usual or 60))
    return st.one_of(
        st.sampled_from([column.low, min(column.low + 1, high), high]),
        st.integers(column.low, usual),
    )


def _codes(vocabulary: Vocabulary, what: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(vocabulary.codes[what]))


def cells(column: ExchangeColumn, vocabulary: Vocabulary) -> st.SearchStrategy[str]:
    """Texts that a cell of this column may hold."""
    texts = [*(word[: column.longest] for word in _WORDS), "x" * column.longest]
    by_kind: dict[str, Callable[[], st.SearchStrategy[str]]] = {
        "id": lambda: st.sampled_from(_IDS),
        "word": lambda: st.sampled_from(column.allowed),
        "code": lambda: _codes(vocabulary, column.codes),
        "codes": lambda: st.lists(
            _codes(vocabulary, column.codes), min_size=1, max_size=3, unique=True
        ).map(";".join),
        "mark": lambda: st.from_regex(column.pattern, fullmatch=True),
        "parameters": lambda: st.sampled_from(_PARAMETERS).map(json.dumps),
        "text": lambda: st.sampled_from(texts),
        "integer": lambda: _number(column).map(str),
        "thousandths": lambda: _number(column).map(lambda n: f"{n // 1000}.{n % 1000:03}"),
        "real": lambda: st.sampled_from([column.low, column.high, 0, 0.25, 1, 3, 50]).map(str),
    }
    return by_kind.get(column.kind, lambda: _times(column))()


class _Drawn:
    """What was drawn so far, as far as later rows must agree with it.

    Attributes:
        owners: table -> id -> the patient's id (the id itself where there is none).
        births: patient -> birth year, where it is there.
        versions: (protocol, version) adopted.
        screened: patient -> (number, day) of the latest screening.
    """

    def __init__(self) -> None:
        self.owners: dict[str, dict[str, str]] = {}
        self.births: dict[str, str] = {}
        self.versions: list[tuple[str, str]] = []
        self.screened: dict[str, tuple[int, str]] = {}

    def agree(self, target: ExchangeFile, row: Row, pick: int) -> None:
        """Make a row agree with the rows it belongs to; `pick` chooses where there is a choice."""
        patient = row.get("patient_id", "")
        for column in target.columns if patient else ():
            mine = self.owners.get(column.refers, {})
            named = row[column.name]
            if named and column.refers in _OF_A_PATIENT and mine.get(named) != patient:
                theirs = [name for name, who in mine.items() if who == patient]
                row[column.name] = theirs[pick % len(theirs)] if theirs else ""
        if target.table == "sessions":
            if row["protocol_version"]:
                versions = self.versions or [("", "")]
                protocol, row["protocol_version"] = versions[pick % len(versions)]
                row["protocol"] = protocol or row["protocol"]
            row["held_at"] = max(row["held_at"], self.births.get(patient, ""))
            if len(row["held_at"]) == len("1980"):
                row["held_at"] += "-12-31"
        if target.table == "screening_answers":
            number, day = self.screened.get(patient, (0, ""))
            row["number"], row["screened_on"] = str(number + 1), max(row["screened_on"], day)
            if row["confirms"]:
                row["confirms"] = str(pick % number + 1) if number else ""

    def note(self, target: ExchangeFile, row: Row) -> None:
        """Remember a row."""
        patient = row.get("patient_id", "")
        if target.table == "side_effects":
            patient = self.owners["sessions"][row["session_id"]]
        if target.own_id:
            own = row[target.own_id]
            self.owners.setdefault(target.table, {})[own] = patient or own
        if target.table == "patients":
            self.births[patient] = row["birth_year"] or row["birth_date"][:4]
        if target.table == "protocol_versions":
            self.versions.append((row["protocol"], row["version"]))
        if target.table == "screening_answers":
            self.screened[patient] = (int(row["number"]), row["screened_on"])


@st.composite
def clinics(draw: st.DrawFn, vocabulary: Vocabulary, most: int = 6) -> Files:
    """The files of one clinic: file name -> text. A file without rows is left out.

    Args:
        draw: Hypothesis'.
        vocabulary: the catalogue's codes and the clinic's day.
        most: rows a file at the most.
    """
    drawn = _Drawn()
    files: dict[str, str] = {}
    for target in EXCHANGE_FILES:
        # How much of what is optional is there: nothing, about half, nearly all.
        share = draw(st.sampled_from([0, 5, 9]))
        count = draw(st.sampled_from([0, 1, 1, 2, most]))
        if target.table in ("patients", "sessions"):
            count = max(count, 1)
        rows: dict[tuple[str, ...], Row] = {}
        for number in range(count):
            row = draw(_rows(target, vocabulary, drawn, share, number))
            key = tuple(row[name] for name in target.key) if row else ()
            if row and key not in rows:
                rows[key] = row
                drawn.note(target, row)
        if rows:
            lines = [target.names, *(tuple(row.values()) for row in rows.values())]
            files[target.file_name] = "".join(csv_line(line) for line in lines)
    return files


@st.composite
def _rows(
    draw: st.DrawFn,
    target: ExchangeFile,
    vocabulary: Vocabulary,
    drawn: _Drawn,
    share: int,
    number: int,
) -> Row | None:
    """One row, or None where what it must name is not there or it cannot be mended.

    Of ten optional cells about `share` are there.
    """
    row: Row = {}
    for column in target.columns:
        row[column.name] = ""
        if not column.required and draw(st.integers(0, 9)) >= share:
            continue
        if column.refers:
            ids = sorted(drawn.owners.get(column.refers, {}))
            if ids:
                row[column.name] = draw(st.sampled_from(ids))
            elif column.required:
                return None
        elif column.name == target.own_id:
            row[column.name] = f"{draw(cells(column, vocabulary))}-{target.table[:2]}{number}"
        else:
            row[column.name] = draw(cells(column, vocabulary))
    drawn.agree(target, row, draw(st.integers(0, 9)))
    for _attempt in range(_MENDINGS):
        fault = _fault(target, row, vocabulary)
        if fault is None:
            return row
        column = target.columns[target.at(fault)]
        mended = "" if row[fault] and not column.required else draw(cells(column, vocabulary))
        row[fault] = mended
    return None


def _fault(target: ExchangeFile, row: Row, vocabulary: Vocabulary) -> str | None:
    """The first column at fault; None where the row is acceptable."""
    facts: dict[str, Any] = {}
    for column in target.columns:
        text = row[column.name]
        try:
            facts[column.name] = parser_for(column, vocabulary)(text) if text else None
        except CellError:
            return column.name
    faults = faults_of(target, facts, vocabulary)
    return faults[0][0] if faults else None
