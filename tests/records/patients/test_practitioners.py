"""Who treats is added once, under an id that is free."""

import pytest
from tests.consult_clinic import make_clinic

from mesodash.permissions import NotAllowedError
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.courses.planned_sessions import practitioners
from mesodash.records.patients.practitioners import add_practitioner
from mesodash.records.store.errors import RecordError


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


def test_a_name_is_added_once(clinic):
    assert add_practitioner(clinic, " Practitioner  B", DEMO) == "D2"
    assert add_practitioner(clinic, "Practitioner B", DEMO) == "D2"
    assert practitioners(clinic, DEMO) == (("D1", "Practitioner A"), ("D2", "Practitioner B"))


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_no_name_or_one_too_long_is_refused(clinic, name):
    with pytest.raises(RecordError):
        add_practitioner(clinic, name, DEMO)
    assert len(practitioners(clinic, DEMO)) == 1


def test_a_manager_may_not(clinic):
    with pytest.raises(NotAllowedError):
        add_practitioner(clinic, "B", Actor("m", "manager"))
