"""The declared columns agree with the clinic's schema and with the manual."""

import re
from pathlib import Path

import pytest

from mesodash.exchange.columns import SHEETS
from mesodash.records.connection import reading
from mesodash.records.known import OWN_ID, REFERENCES
from mesodash.records.upsert import NATURAL_KEY

MANUAL = Path(__file__).parents[2] / "docs" / "exchange.md"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.table)
def test_every_column_is_one_of_the_clinics_file_and_required_alike(sheet, clinic):
    with reading(clinic) as db:
        stored = {row[1]: bool(row[3]) for row in db.execute(f"PRAGMA table_info({sheet.table})")}

    if sheet.table == "screening_answers":  # a row repeats its screening
        stored |= {"patient": True, "number": True, "confirms": False}
        stored |= {"screened_on": True, "screened_by": True, "areas": False}
    assert {c.field: c.required for c in sheet.columns} == {
        c.field: stored[c.field] for c in sheet.columns
    }
    left_out = {
        "treated_areas": {"patient", "held_at"},
        "screening_answers": {"screening"},
        "plans": {"nonce", "content"},
    }.get(sheet.table, set())
    assert set(stored) - {c.field for c in sheet.columns} - {"id"} == left_out


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.table)
def test_a_row_is_known_again_by_what_the_clinics_file_holds_unique(sheet):
    fields = tuple(sheet.columns[sheet.at(name)].field for name in sheet.key)

    assert fields == NATURAL_KEY.get(sheet.table, (OWN_ID.get(sheet.table),))
    for column in sheet.columns:
        assert column.refers == REFERENCES.get(column.field, "")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.table)
def test_the_manual_lists_the_columns_in_order(sheet):
    (row,) = re.findall(rf"^\| {sheet.file} \| (.*) \|$", MANUAL.read_text("utf-8"), re.MULTILINE)

    named = re.sub(r" \([^)]*\)", "", row).split(", ")
    assert named == [c.name + "*" * c.required for c in sheet.columns]
    for column in sheet.columns:
        if column.kind == "word" and column.name not in ("side", "phototype"):
            assert f"({', '.join(column.allowed)})" in row
