"""The consultation page: what is indicated, allowed, done and planned, by a patient and without."""

import html
import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest
from tests.conftest import TODAY
from tests.consult_clinic import make_clinic
from tests.sentences import numbers_in

from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.planned_sessions import planned_sessions
from mesodash.records.courses.screenings import Answer, latest_screening, record_screening
from mesodash.records.store.connection import reading
from mesodash.settings import PROJECT

THIGHS = {"area": "leg.thigh.lateral,leg.thigh.lateral", "side": "left,right"}
CROWN = {"area": "scalp.vertex", "side": "midline"}
TEMPLE = {"area": "face.temple", "side": "left"}


@pytest.fixture
def rooms(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def open_page(monkeypatch, empty_clinic):
    def run(db=empty_clinic, **address):
        monkeypatch.setenv("MESODASH_DB", str(db))
        page = AppTest.from_file(PROJECT / "pages/consult/body_map.py", default_timeout=120)
        for name, value in address.items():
            page.query_params[name] = value
        return ran(page)

    return run


def ran(page_or_widget):
    page = page_or_widget.run()
    assert list(page.exception) == []
    return page


def text(page):
    bodies = " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in page.get("html"))
    return " ".join(html.unescape(bodies).split())


def press(page, label):
    (button,) = (one for one in page.button if one.label.startswith(label))
    return ran(button.click())


def tab(page, name):
    page.session_state["show"] = name
    page.query_params["show"] = name  # once the address names a part, it counts
    return ran(page)


def card(page, label):
    """One protocol's card as text, from its heading to its sources."""
    (body,) = (
        block.proto.body
        for block in page.get("html")
        if f'aria-label="Protocol {html.escape(label)}"' in block.proto.body
    )
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def all_no(page, *, but=()):
    """Answer every question shown: these codes with yes, the rest with no."""
    for box in page.checkbox:
        box.check()
    for pills in page.get("button_group"):
        yes = [code for code in but if code in pills.options or code in _codes(pills)]
        if yes:
            pills.set_value(yes)
    ran(page)
    return press(page, "Keep the answers")


def _codes(pills):
    from mesodash.catalogue.load import load_catalogue

    known = load_catalogue(PROJECT / "data" / "catalogue").questions
    return [code for code, question in known.items() if question.label in pills.options]


def test_nothing_chosen_says_what_to_do(open_page):
    assert "Choose an area" in text(open_page())


def test_an_empty_clinic_shows_protocols_and_says_what_is_missing(open_page):
    page = open_page(area="abdomen.lower", side="midline")
    words = text(page)

    assert "Lower abdomen" in words
    assert "3 protocols, best evidence first" in words
    assert "no outcomes recorded here" in words
    assert "none recorded" in words

    words = text(tab(page, "History"))
    assert "sessions in these areas: no" in words
    assert "No session of this clinic" in words


def test_a_hostile_address_is_left_out_with_a_sentence(open_page):
    page = open_page(area="<script>alert(1)</script>", side="left", patient="<img src=x>")

    assert "something that is not an" in text(page)
    assert "<script>" not in " ".join(block.proto.body for block in page.get("html"))
    assert "No patient's id begins with" in text(page)
    assert "<img" not in " ".join(block.proto.body for block in page.get("html"))


def test_the_list_drives_the_panel(open_page):
    page = open_page()
    (areas,) = (one for one in page.multiselect if one.label == "Areas")
    ran(areas.set_value([next(o for o in areas.options if o == "Hip, left")]))

    assert "Hip, left" in text(page)
    assert page.query_params["area"] == "hip"
    assert page.query_params["side"] == "left"


def test_a_patient_is_found_by_the_beginning_of_the_id(open_page, rooms):
    page = open_page(rooms, **CROWN, patient="hu")
    (pills,) = (one for one in page.get("button_group") if "begin with" in one.label)
    assert pills.options == ["HUGO"]

    page = open_page(rooms, **CROWN, patient="HUGO")
    assert "Patient HUGO · male · 50 or 51" in text(page)
    assert "skin type III · not screened" in text(page)


def test_a_look_at_a_patient_is_noted(open_page, rooms):
    open_page(rooms, **CROWN, patient="HUGO")

    with reading(rooms) as db:
        seen = db.execute(
            "SELECT DISTINCT table_name FROM change_log WHERE action = 'view' AND row_key = 'HUGO'"
        ).fetchall()
    assert {table for (table,) in seen} == {"patients", "sessions", "screenings"}


def test_a_card_says_what_how_how_much_and_what_to_expect(open_page, rooms):
    page = open_page(rooms, **THIGHS)
    words = card(page, "Cellulite mixture, thigh, buttock and hip")

    assert "Evidence C" in words
    assert "? Ask first" in words
    assert re.search(r"Where, how much \d+–\d+ points \(1.5–2.5 cm", words)
    course = words.partition("Course ")[2]
    assert re.findall(r"\d+-\d+ (?:sessions|days)", course)[:3] == [
        "10-15 sessions",
        "6-8 sessions",
        "7-15 days",
    ]
    assert "No product is approved" in words
    assert "Components" in words
    assert "Sources" in words


def test_first_visit_for_cellulite_an_anticoagulant_excludes_with_the_reason(open_page, rooms):
    page = tab(open_page(rooms, **THIGHS, patient="ANNA"), "Screening")
    page = all_no(page, but=["drug_anticoagulant"])

    assert latest_screening(rooms, "ANNA", DEMO).answers.given["drug_anticoagulant"].said == "yes"
    words = card(page, "Cellulite mixture, thigh, buttock and hip")
    assert "✕ Not for this patient" in words
    assert "Do not treat. Warfarin, DOAC" in words
    assert [b.label for b in page.button if b.label.startswith("Choose Cellulite")] == []
    assert "screening today" in text(page)


def test_without_a_patient_the_answers_stay_in_the_window(open_page, rooms):
    page = all_no(tab(open_page(rooms, **THIGHS), "Screening"), but=["pregnancy"])

    assert "✕ Not for this patient" in text(page)
    assert "Walk-in · answers kept in" in text(page)
    with reading(rooms) as db:
        assert db.execute("SELECT count(*) FROM screenings").fetchone() == (0,)

    page = press(tab(page, "Screening"), "Forget the answers")
    assert "not screened" in text(page)


def test_earlier_answers_are_confirmed_with_one_button(open_page, rooms):
    record_screening(rooms, "ANNA", {"pregnancy": Answer("no")}, DEMO, date(2026, 11, 1))
    page = open_page(rooms, **THIGHS, patient="ANNA")
    assert "1 Nov 2026, 21 days ago" in text(page)

    page = press(page, "Still true?")

    found = latest_screening(rooms, "ANNA", DEMO)
    assert (found.screened_on, found.confirms is not None) == (TODAY, True)
    assert "screening confirmed today" in text(page)
    assert [b.label for b in page.button if b.label == "Still true?"] == []


def test_nothing_clicked_is_not_taken_for_answered(open_page, rooms):
    page = press(tab(open_page(rooms, **THIGHS, patient="ANNA"), "Screening"), "Keep the answers")

    assert "Choose what applies, or tick" in text(page)
    assert latest_screening(rooms, "ANNA", DEMO) is None


def test_a_red_flag_stops_with_what_to_do(open_page, rooms):
    page = all_no(
        tab(open_page(rooms, **TEMPLE, patient="MIA"), "Screening"), but=["headache_red_flag"]
    )

    words = text(page)
    assert "Stop: do not inject" in words
    assert "What to do: Stop: do" in words
    assert "■ Stop and refer" in words


def test_a_course_under_way_shows_its_history_and_is_too_early(open_page, rooms):
    page = open_page(rooms, **CROWN, patient="HUGO")
    assert "2 days since the last" in text(page)
    assert "too early" in text(page)

    words = text(tab(page, "History"))
    held = words.partition("3 sessions of HUGO, ")[2]
    assert numbers_in(held)[:2] == ["2026-11-06", "2026-11-20"]
    assert "Planned here 1 session" in words
    assert "27 Nov 2026" in words
    assert re.search(r"4 \(6 Nov 2026\) 3 \(20 Nov 2026\) −1.0", words)
    assert "Dutasteride 0.05 %, lot LOT7" in words
    assert "Swelling, still there" in words
    assert len(page.get("plotly_chart")) == 1


def test_the_rest_map_is_drawn_on_the_figure(open_page, rooms):
    page = open_page(rooms, **CROWN, patient="HUGO")
    (rest,) = (one for one in page.toggle if one.label == "Rest map")
    ran(rest.set_value(True))

    assert "Rest map of HUGO, by" in text(page)
    assert "Colour by" not in [one.label for one in page.selectbox]


def test_without_a_patient_there_is_no_rest_map(open_page, rooms):
    assert [one.label for one in open_page(rooms, **CROWN).toggle] == []


def test_points_are_drawn_for_the_chosen_protocol(open_page, rooms):
    page = press(open_page(rooms, **THIGHS), "Choose Cellulite")

    (points,) = (one for one in page.toggle if one.label == "Show points")
    assert points.value is True
    assert "Plan: Cellulite mixture" in text(page)  # what was chosen is planned next
    page = press(tab(page, "Indicated"), "Chosen: Cellulite")
    assert [one.label for one in page.toggle] == []


def test_a_plan_is_saved_once_and_shown_as_planned(open_page, rooms):
    page = tab(open_page(rooms, **THIGHS, patient="ANNA"), "Screening")
    page = press(all_no(page), "Choose Cellulite")
    page = tab(page, "Plan")
    days = numbers_in(text(page).partition("10 sessions, ")[2])[:2]
    assert days == ["2026-11-23", "2027-01-25"]  # 22 Nov 2026 is a Sunday

    page = press(page, "Save as planned sessions")

    assert "Planned: Cellulite mixture, thigh, buttock" in text(page)
    sessions = planned_sessions(rooms, DEMO, patient_id="ANNA")
    assert [s.on.isoformat() for s in sessions] == [
        "2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21",
        "2026-12-28", "2027-01-04", "2027-01-11", "2027-01-18", "2027-01-25",
    ]  # fmt: skip
    assert {(a.area, a.side) for s in sessions for a in s.areas} == {
        ("leg.thigh.lateral", "left"),
        ("leg.thigh.lateral", "right"),
    }
    assert [one.label for one in page.get("download_button")][-2:] == [
        "Handout (PDF)", "Calendar (.ics)",
    ]  # fmt: skip
    page = tab(page, "History")
    assert "Planned here 10 sessions" in text(page)


def test_a_plan_that_departs_needs_a_reason_and_keeps_what_was_entered(open_page, rooms):
    page = tab(open_page(rooms, **THIGHS, patient="ANNA"), "Screening")
    page = tab(press(all_no(page), "Choose Cellulite"), "Plan")
    (days,) = (one for one in page.number_input if one.label == "Days between")
    ran(days.set_value(3))

    assert "write down the reason" in text(page)
    (reason,) = (one for one in page.text_input if one.label.startswith("Reason"))
    ran(reason.set_value("The patient leaves the country"))

    assert "10 sessions, 23 Nov 2026" in text(page)
    (days,) = (one for one in page.number_input if one.label == "Days between")
    assert days.value == 3


def test_what_the_country_bans_cannot_be_chosen(open_page, tmp_path):
    french = make_clinic(tmp_path / "fr.db", country="FR")
    page = open_page(french, area="abdomen.lower", side="midline")

    words = card(page, "Phosphatidylcholine and deoxycholate, abdomen and hip")
    assert "✕ Not allowed in this" in words
    assert [b.label for b in page.button if b.label.startswith("Choose Phosph")] == []


def test_migraine_with_nsaid_asthma_keeps_only_what_is_allowed(open_page, rooms):
    page = all_no(tab(open_page(rooms, **TEMPLE, patient="MIA"), "Screening"), but=["ulcer_asthma"])

    chosen = [b.label for b in page.button if b.label.startswith("Choose ")]
    assert [label for label in chosen if "igraine" in label] == []
    assert "Do not treat. Stomach ulcer," in text(page)


def test_a_lake_that_cannot_be_read_leaves_the_rest_of_the_page_standing(open_page, rooms):
    rooms.with_suffix(".lake").write_text("no folder", "utf-8")
    page = open_page(rooms, **CROWN, patient="HUGO")

    said = "rooms.lake cannot be written (Not a directory); free the folder or its disk."
    words = text(page)
    assert "No colours: the sessions cannot" in words
    assert "own results The lake at" in words
    assert words.count(said) == 2
    assert "How it went here not" in words
    assert "counting" not in words
    assert [b.label for b in page.button if b.label.startswith("Choose Multivitamins")] != []

    words = text(tab(page, "History"))
    assert words.count(said) == 3
    assert "worked here The lake at" in words
    assert "3 sessions of HUGO" in words

    rooms.with_suffix(".lake").unlink()  # the control: with its folder free, it is counted again
    assert "cannot be written" not in text(ran(page))
