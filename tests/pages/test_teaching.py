"""The pages of teaching, opened as Streamlit runs them."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest
from tests.conftest import TODAY
from tests.pages.drawn_page import table, text
from tests.pages.identities import IDENTITIES, add_accounts
from tests.pages.signed_in_page import as_who, opened
from tests.reports.made_clinic import make_clinic

from mesodash.documents.small_groups import suppressed
from mesodash.records.audit.actor import COMMAND_LINE, DEMO
from mesodash.records.courses.protocol_versions import Parameters, add_version
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import writing
from mesodash.reports.core.filters import Filters
from mesodash.reports.core.reader import Reader
from mesodash.reports.courses.adherence import MEASURES, NOT_SAID
from mesodash.settings import PROJECT
from mesodash.teaching.asking.cases import make_case
from mesodash.ui.parts import labels


@pytest.fixture(scope="module")
def adopted_clinic(tmp_path_factory):
    path = make_clinic(tmp_path_factory.mktemp("adopted") / "clinic.db", sessions=400, seed=5)
    own = Parameters(max_volume_ml=1.0, points=10, depth_mm=2.0, interval_days=14)
    add_version(path, "melasma_txa", own, DEMO, on=date(2024, 1, 1))
    with writing(path, DEMO) as change:
        change.db.execute("UPDATE sessions SET departure = 'patient_wish' WHERE id % 2 = 0")
        change.log("update", "sessions", key="all")
    return path


def test_the_list_has_a_lesson_a_protocol_and_only_those_of_an_area(open_page, catalogue):
    page = open_page("teach/lessons")
    assert f"{len(catalogue.protocols)} lessons" in text(page)

    page = open_page("teach/lessons", lessons_area="neck.submental")
    assert f"{len(catalogue.protocols_at('neck.submental'))} lesson" in text(page)


def test_a_lesson_without_a_protocol_says_where_to_choose_one(open_page):
    assert "No lesson was chosen" in text(open_page("teach/lesson"))


@pytest.mark.parametrize(("role", "seen"), [("practitioner", True), ("trainer", False)])
def test_a_lesson_says_what_this_clinic_saw_to_who_may_see_side_effects(
    monkeypatch, demo_clinic, reader, role, seen
):
    rows = reader.report("side_effects", Filters(), ("protocol", "effect"))
    monkeypatch.setenv("MESODASH_DB", str(demo_clinic))
    page = AppTest.from_file(PROJECT / "pages" / "teach" / "lesson.py", default_timeout=120)
    page.session_state["demo_role"] = role
    page.query_params["lesson"] = rows.loc[rows["n"].idxmax(), "protocol"]
    page.run()
    (stage,) = page.get("bidi_component")
    assert ("What this clinic saw" in str(stage.proto)) is seen


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


def test_techniques_and_sources_stand_side_by_side(open_page):
    page = open_page(
        "teach/compare", compare_kind="techniques", compare_techniques=["papule", "nappage"]
    )
    assert "2–4 mm" in text(page)
    assert "rows differ" in text(page)
    page = open_page(
        "teach/compare",
        compare_kind="sources",
        compare_sources_of="fat_submental_dc",
        compare_sources_fat_submental_dc=["KYB", "EMPR18"],
    )
    assert "at most 50 injections or 10 mL" in text(page)


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


def test_adherence_says_what_is_needed_where_nothing_was_adopted(open_page):
    assert "Nothing to compare" in text(open_page("teach/adherence", demo_role="trainer"))


def test_adherence_shows_each_practitioners_spread_and_no_small_group(open_page, adopted_clinic):
    page = open_page("teach/adherence", clinic=adopted_clinic, adherence_period="all")
    words = text(page)
    assert "in the order of ids" in words
    shown = table(page, "Dose, by practitioner")
    assert list(shown) == sorted(shown)
    assert len(shown) > 1
    assert all(int(cells[1].replace(",", "")) >= 5 for cells in shown.values())


def test_adherence_counts_the_reasons_chosen_beside_the_spread(
    open_page, adopted_clinic, catalogue
):
    page = open_page("teach/adherence", clinic=adopted_clinic, adherence_period="all")
    frame = Reader(adopted_clinic, catalogue).report("adherence_reasons")
    frame = suppressed(frame[frame["practitioner"].notna()], "adherence_reasons")
    counted = 0
    for measure, part in frame.groupby("measure"):
        shown = table(page, f"{MEASURES[measure]}: reasons chosen")
        assert set(shown) == set(part["practitioner"])
        last = part[part["reason"] == NOT_SAID]  # the last row of a practitioner who has it
        assert {r.practitioner: shown[r.practitioner] for r in last.itertuples()} == {
            r.practitioner: ["Not said", str(r.departed), str(r.patients)]
            for r in last.itertuples()
        }
        counted += len(last)
    assert counted >= 3
    assert catalogue.departures["patient_wish"].label in text(page)


def test_adherence_tells_what_notes_say_and_who_is_not_recorded(
    open_page, adopted_clinic, catalogue
):
    page = open_page(
        "teach/adherence",
        clinic=adopted_clinic,
        adherence_period="all",
        adherence_reasons=True,
    )
    found = Reader(adopted_clinic, catalogue).departures(DEMO)
    dose = found[found["measure"] == "dose"]
    assert len(dose) > 0
    shown = table(page, "Dose: what the notes say")
    names = {cells[0] for cells in shown.values()}
    assert names <= {*dose["practitioner"].dropna(), labels.not_recorded()}
