"""The declared columns agree with the clinic's schema and with the manual."""

import re
from pathlib import Path

import pytest

from mesodash.exchange.contract.files import AMENDMENTS, EXCHANGE_FILES, PHOTOS
from mesodash.records.store.connection import reading
from mesodash.records.transfer.lookup import OWN_ID, REFERENCES
from mesodash.records.transfer.upsert import NATURAL_KEY

MANUAL = Path(__file__).parents[3] / "docs" / "exchange.md"


@pytest.mark.parametrize("target", [*EXCHANGE_FILES, PHOTOS], ids=lambda target: target.table)
def test_every_column_is_one_of_the_clinics_file_and_required_alike(target, clinic):
    with reading(clinic) as db:
        stored = {row[1]: bool(row[3]) for row in db.execute(f"PRAGMA table_info({target.table})")}

    if target.table == "screening_answers":  # a row repeats its screening
        stored |= {"patient": True, "number": True, "confirms": False}
        stored |= {"screened_on": True, "screened_by": True, "areas": False}
    assert {c.field: c.required for c in target.columns} == {
        c.field: stored[c.field] for c in target.columns
    }
    left_out = {
        "treated_areas": {"patient", "held_at"},
        "screening_answers": {"screening"},
        "plans": {"nonce", "content"},
        "photographs": {"picture"},
    }.get(target.table, set())
    assert set(stored) - {c.field for c in target.columns} - {"id"} == left_out


@pytest.mark.parametrize("target", [*EXCHANGE_FILES, PHOTOS], ids=lambda target: target.table)
def test_a_row_is_known_again_by_what_the_clinics_file_holds_unique(target):
    fields = tuple(target.columns[target.at(name)].field for name in target.key)

    assert fields == NATURAL_KEY.get(target.table, (OWN_ID.get(target.table),))
    for column in target.columns:
        assert column.refers == REFERENCES.get(column.field, "")


@pytest.mark.parametrize(
    "target", [*EXCHANGE_FILES, PHOTOS, AMENDMENTS], ids=lambda target: target.table
)
def test_the_manual_lists_the_columns_in_order(target):
    (row,) = re.findall(
        rf"^\| {target.file_name} \| (.*) \|$", MANUAL.read_text("utf-8"), re.MULTILINE
    )

    named = re.sub(r" \([^)]*\)", "", row).split(", ")
    assert named == [c.name + "*" * c.required for c in target.columns]
    for column in target.columns:
        if column.kind == "word" and column.name not in ("side", "phototype"):
            assert f"({', '.join(column.allowed)})" in row
