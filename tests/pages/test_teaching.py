"""The pages of teaching, opened as Streamlit runs them."""

import pytest
from tests.conftest import TODAY
from tests.pages.drawn_page import text
from tests.pages.identities import IDENTITIES, add_accounts
from tests.pages.signed_in_page import as_who, opened

from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic
from mesodash.teaching.asking.cases import make_case


def test_the_list_has_a_lesson_a_protocol_and_only_those_of_an_area(open_page, catalogue):
    page = open_page("teach/lessons")
    assert f"{len(catalogue.protocols)} lessons" in text(page)

    page = open_page("teach/lessons", lessons_area="neck.submental")
    assert f"{len(catalogue.protocols_at('neck.submental'))} lesson" in text(page)


def test_a_lesson_without_a_protocol_says_where_to_choose_one(open_page):
    assert "No lesson was chosen" in text(open_page("teach/lesson"))


def test_the_teaching_map_waits_for_an_area(open_page):
    assert "Nothing chosen yet" in text(open_page("teach/teaching_map", demo_role="trainer"))


@pytest.mark.parametrize("code", [None, "face_ncha"])
def test_a_case_asks_the_decision_and_then_its_questions(open_page, catalogue, code):
    page = open_page("teach/cases", case_number=3, case_protocol=code)
    case = make_case(catalogue, 3, today=TODAY, protocol=code)
    assert [one.label for one in page.radio] == [
        f"{at}. {item.text}" for at, item in enumerate(case.items, start=1)
    ]


def test_two_protocols_stand_side_by_side(open_page):
    page = open_page("teach/compare", compare_chosen=["face_ncha", "face_microdroplet"])
    words = text(page)
    assert "0.02 mL" in words
    assert "0.05 mL" in words
    assert "rows differ" in words


def test_a_room_is_opened_and_joined_from_one_page(open_page):
    page = open_page("teach/room", demo_role="trainer")
    assert "Open a room" in text(page)
    page = open_page("teach/room", demo_role="manager")
    assert "Join a room" in text(page)
    assert "Open a room" not in text(page)


def test_a_clinics_own_server_has_no_room(tmp_path, monkeypatch):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE)
    add_accounts(path)
    as_who(monkeypatch, path, next(who for who in IDENTITIES if who.role == "trainer"))
    page = opened("teach/room.py")
    assert "never opened on a clinic's own server" in text(page)
    assert "Join a room" not in text(page)
