"""The pages of teaching, opened as Streamlit runs them."""

import pytest
from tests.conftest import TODAY
from tests.pages.drawn_page import text

from mesodash.teaching.cases import make_case


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
