"""Whatever the cells hold, an import ends in a full account, never in a crash."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.exchange.small_clinic import ACTOR, FILES, clock, make_clinic, write_files

from mesodash.exchange.cell_text import csv_line
from mesodash.exchange.contract.files import EXCHANGE_FILES
from mesodash.exchange.importing.import_folder import import_folder

USUAL = sorted({cell for text in FILES.values() for cell in text.replace("\n", ",").split(",")})
ODD = [
    "0000-00-00", "2024-02-29", "2023-02-29", "2024-12-31T23:59:59", "2024-12-31T24:00", "2024-00",
    "1899", "2101-01-01", "٢٠٢٤-01-01", "-0", "+1", "00", "1.0", "1e308", "-1e-320", "1_0", "0x10",
    "50", "50.0001", "1000", "1000.001", "'=1", "=1", " P1", "\u200b", "é", "\x85", "\x7f",
    "\u202e", "x" * 65, "x" * 201, "\U0001f489", "both", "midline", "other", "III", "None", "null",
]  # fmt: skip
CELL = st.sampled_from(USUAL + ODD) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=6
)


@st.composite
def changed_rows(draw, target):
    """A row of the small clinic with some cells replaced, or a row of anything."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.lists(CELL, min_size=1, max_size=len(target.names) + 1))
    rows = list(csv.reader(io.StringIO(FILES[target.file_name])))[1:]
    row = list(draw(st.sampled_from(rows)))
    for at in draw(st.lists(st.integers(0, len(row) - 1), max_size=3)):
        row[at] = draw(CELL)
    return row


@st.composite
def folders(draw):
    files = {}
    for target in EXCHANGE_FILES:
        if draw(st.integers(0, 9)):
            rows = draw(st.lists(changed_rows(target), max_size=6))
            usual = FILES[target.file_name].splitlines(keepends=True)
            chosen = [line for line in usual[1:] if draw(st.integers(0, 9))]
            files[target.file_name] = "".join([usual[0], *chosen, *map(csv_line, rows)])
    return files or FILES


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(files=folders())
def test_every_row_is_accounted_for(files, catalogue, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    db = make_clinic(folder / "clinic.db")
    write_files(folder / "in", files)

    def run():
        return import_folder(
            db,
            folder / "in",
            actor=ACTOR,
            catalogue=catalogue,
            clock=clock,
            rejects=folder / "rejects.csv",
            changes=folder / "changes.csv",
        )

    first = run()
    for file in first.files:
        assert file.read == file.inserted + file.updated + file.unchanged + file.rejected
    second = run()
    assert [(f.inserted, f.updated) for f in second.files] == [(0, 0)] * len(first.files)
    assert [f.unchanged for f in second.files] == [f.inserted for f in first.files]
