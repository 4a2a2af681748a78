"""A table's columns, distinguished by their kind."""

from mesodash.records.privacy.processing import ProcessedColumn, ProcessedTable
from mesodash.ui.admin.processing import kinds


def test_columns_stand_by_their_kind():
    columns = (
        ProcessedColumn("id", "technical"),
        ProcessedColumn("patient_id", "names the person"),
    )
    kept = ProcessedTable(
        "patients", "patients", "why", 3, (*columns, ProcessedColumn("n", "technical"))
    )
    assert dict(part.split(": ") for part in kinds(kept).split("; ")) == {
        "technical": "id, n",
        "names the person": "patient_id",
    }
