"""A table's columns told by their kind."""

from mesodash.records.processing import Column, Table
from mesodash.ui.manage.processing_views import kinds


def test_columns_stand_by_their_kind():
    columns = (Column("id", "technical"), Column("patient_id", "names the person"))
    kept = Table("patients", "patients", "why", 3, (*columns, Column("n", "technical")))
    assert kinds(kept) == "technical: id, n; names the person: patient_id"
