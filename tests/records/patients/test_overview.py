"""What is under way, planned and measured of one patient in the areas asked for."""

import pytest
from tests.consult_clinic import make_clinic

from mesodash.records.audit.actor import DEMO
from mesodash.records.patients.overview import ComingSession, patient_overview
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.history import Site

CROWN = [Site("scalp.vertex")]
HIP = [Site("hip", "left")]


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


def test_a_course_under_way_brings_its_planned_session_and_its_scores(clinic):
    found = patient_overview(clinic, "HUGO", CROWN, DEMO)

    assert found.under_way == {"hair_duta"}
    assert found.planned == (ComingSession("S4", "2026-11-27", "hair_duta", "C1", ()),)
    assert [(s.scale, s.value, s.measured_on) for s in found.scores] == [
        ("norwood", 4.0, "2026-11-06"),
        ("norwood", 3.0, "2026-11-20"),
    ]


def test_elsewhere_there_is_neither(clinic):
    found = patient_overview(clinic, "HUGO", HIP, DEMO)

    assert (found.planned, found.scores) == ((), ())
    assert [one.session_id for one in found.coming] == ["S4"]
    assert found.under_way == {"hair_duta"}


def test_a_planned_session_with_areas_belongs_there_alone(clinic):
    with writing(clinic, DEMO) as change:
        change.db["treated_areas"].insert(
            {"session": 4, "patient": 2, "held_at": "2026-11-27", "area": "hip", "side": "both"}
        )
        change.log("create", "treated_areas")

    assert patient_overview(clinic, "HUGO", CROWN, DEMO).planned == ()
    (coming,) = patient_overview(clinic, "HUGO", HIP, DEMO).planned
    assert coming.places == (("hip", "both"),)


def test_another_patient_has_nothing(clinic):
    found = patient_overview(clinic, "ANNA", CROWN, DEMO)

    assert (found.under_way, found.planned, found.scores) == (frozenset(), (), ())


def test_an_unknown_patient_is_refused(clinic):
    with pytest.raises(RecordError, match="No patient has the id 'NOBODY'"):
        patient_overview(clinic, "NOBODY", CROWN, DEMO)


def test_the_look_is_noted(clinic):
    patient_overview(clinic, "HUGO", CROWN, DEMO)

    with reading(clinic) as db:
        rows = db.execute(
            "SELECT table_name, row_key, patient FROM change_log WHERE action = 'view'"
        ).fetchall()
    assert rows == [("sessions", "HUGO", 2)]
