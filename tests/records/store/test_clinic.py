"""Making a clinic and what it says of itself."""

from datetime import UTC, datetime

import pytest

from mesodash.language import use_language
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import Clinic, create_clinic, read_clinic, read_revision
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError
from mesodash.records.store.migrations import migrate

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def make(path, **changed):
    return create_clinic(
        path,
        **{"clinic_id": "north", "name": "North", "kind": "clinical", "actor": COMMAND_LINE}
        | changed,
        clock=lambda: NOON,
    )


def test_a_new_clinic_states_itself(tmp_path):
    path = tmp_path / "deep" / "north.db"

    made = make(path, country="GB")

    assert made == read_clinic(path) == Clinic("north", "North", "clinical", "GB", 1)
    assert not made.is_demo
    assert read_revision(path) == 1
    with reading(path) as db:
        log = list(db.query("SELECT at, actor, role, action, table_name, row_key FROM change_log"))
    assert log == [
        {
            "at": "2026-05-04T12:00:00+00:00",
            "actor": "command-line",
            "role": "administrator",
            "action": "init",
            "table_name": "clinic",
            "row_key": "north",
        }
    ]


def test_a_demo_says_so(tmp_path):
    demo = make(tmp_path / "d.db", kind="demo")
    assert demo.is_demo
    assert demo.name_on_documents == "North (synthetic patients)"
    with use_language("fr"):
        assert "synthétiques" in demo.name_on_documents
    assert make(tmp_path / "c.db").name_on_documents == "North"


def test_an_existing_clinic_is_not_overwritten(tmp_path):
    path = tmp_path / "north.db"
    make(path)

    with pytest.raises(RecordError, match="choose another file name"):
        make(path, name="South")

    assert read_clinic(path).name == "North"


@pytest.mark.parametrize("clinic_id", ["", "a b", "a/b", "..", "a.b"])
def test_an_id_that_could_not_name_a_folder_is_refused(tmp_path, clinic_id):
    with pytest.raises(RecordError, match="letters, digits"):
        make(tmp_path / "north.db", clinic_id=clinic_id)

    assert list(tmp_path.iterdir()) == []


def test_a_file_with_tables_but_no_clinic_says_so(tmp_path):
    path = tmp_path / "half.db"
    migrate(path)

    with pytest.raises(RecordError, match="names no clinic"):
        read_clinic(path)
