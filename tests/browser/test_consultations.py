"""Three whole consultations in a real browser, each by a clinic's own words; and the open page."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import ON_THE_DAY, of_kind
from tests.browser.looks import PATIENCE, THEMES, grave, settled, spill, stand_still, turn
from tests.conftest import TODAY
from tests.consult_clinic import HAIR_DAYS, make_clinic

from mesodash.records.audit.actor import DEMO
from mesodash.records.courses.planned_sessions import planned_sessions
from mesodash.records.courses.screenings import latest_screening
from mesodash.records.store.connection import writing

ROOT = Path(__file__).parents[2]
NARROW = ((1024, 900), (390, 844))
REST = "All asked: the rest is no"
CELLULITE = "Cellulite mixture, thigh, buttock and hip"

pytestmark = pytest.mark.browser


def make_rooms(path):
    """The clinic of the consultations, its hair course moved to end two days before today."""
    make_clinic(path)
    late = TODAY - timedelta(days=2) - date.fromisoformat(HAIR_DAYS[-1][:10])
    with writing(path, DEMO) as change:
        change.db.execute(
            "UPDATE sessions SET held_at = date(substr(held_at, 1, 10), ?) || substr(held_at, 11)",
            [f"{late.days} days"],
        )
        change.log("update", "sessions")
    return path


@pytest.fixture(scope="module")
def first_rooms(tmp_path_factory):
    return make_rooms(tmp_path_factory.mktemp("consult") / "rooms.db")


@pytest.fixture
def rooms(first_rooms, attempt, tmp_path):
    """A second attempt has a clinic in which the first one recorded nothing."""
    return first_rooms if attempt == 1 else make_rooms(tmp_path / "rooms.db")


@pytest.fixture
def clinic(serve, rooms):
    return serve(ROOT / "app.py", {"MESODASH_DB": str(rooms), **ON_THE_DAY})


@pytest.fixture
def page(own):
    page = of_kind(own.new_page(), {"width": 1440, "height": 1200}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    return page


def area(page, code, side):
    return page.locator(f'[role=button][data-area="{code}"][data-side="{side}"]').first


def choose_patient(page, name):
    field = page.get_by_role("combobox", name="Patient")
    field.click()
    field.fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Patient {name}", exact=False).first).to_be_visible()
    settled(page)


def open_tab(page, name):
    page.get_by_role("tab", name=name).click()
    settled(page)


def answer(page, *yes):
    """Screen: these apply, the rest of every topic is no."""
    open_tab(page, "Screening")
    expect(page.get_by_role("button", name="Keep the answers")).to_be_visible()
    for label in yes:
        page.get_by_role("button", name=label, exact=True).click()
        settled(page)
    for number in range(page.get_by_text(REST).count()):
        page.get_by_text(REST).nth(number).click()
        settled(page)
    page.get_by_role("button", name="Keep the answers").click()
    expect(page.get_by_role("tab", name="Indicated")).to_have_attribute("aria-selected", "true")
    settled(page)


def move_to_next_month(page):
    """Move the first of the planned sessions to the next month's 15th, chosen in the calendar."""
    page.get_by_role("button", name="Move a planned session").click()
    year, month, _ = (
        int(page.get_by_role("spinbutton", name=f"{part}, New day").get_attribute("aria-valuenow"))
        for part in ("year", "month", "day")
    )
    to = date(year + month // 12, month % 12 + 1, 15)
    page.get_by_role("button", name="Choose date").last.click()
    page.get_by_role("button", name="Next month").click()
    page.get_by_role("button", name=f"{to:%A, %B} {to.day}, {to.year}").click()
    settled(page)
    page.get_by_role("button", name="Move it").click()
    settled(page)
    return to


def card(page, label):
    return page.get_by_role("region", name=f"Protocol {label}")


def test_a_first_visit_for_cellulite_on_an_anticoagulant(clinic, page, rooms):
    page.goto(f"{clinic}/body_map")
    area(page, "leg.thigh.anterior", "left").click()
    settled(page)
    area(page, "leg.thigh.anterior", "right").click(modifiers=["Shift"])
    expect(page.locator("h2.md-title")).to_have_text(
        "Front of the thigh, left · Front of the thigh, right"
    )
    choose_patient(page, "ANNA")
    expect(card(page, CELLULITE)).to_contain_text("Ask first")

    answer(page, "Warfarin, DOAC or heparin")

    expect(page.get_by_text("screening today")).to_be_visible()
    expect(card(page, CELLULITE)).to_contain_text("Not for this patient")
    expect(card(page, CELLULITE)).to_contain_text("Warfarin, DOAC or heparin: clinic lists exclude")
    expect(page.get_by_role("button", name=f"Choose {CELLULITE}")).to_have_count(0)
    open_tab(page, "Plan")
    expect(page.get_by_text("Choose a protocol first")).to_be_visible()
    assert latest_screening(rooms, "ANNA", DEMO).answers.given["drug_anticoagulant"].said == "yes"
    assert planned_sessions(rooms, DEMO, patient_id="ANNA") == ()


def test_a_hair_course_under_way_is_too_early_today(clinic, page, rooms):
    page.goto(f"{clinic}/?area=scalp.vertex&side=midline&patient=HUGO")
    expect(page.get_by_text("2 days since the last session: too early").first).to_be_visible()
    open_tab(page, "History")
    history = page.get_by_role("region", name="History here").get_by_role("table")
    expect(history.locator("tbody tr")).to_have_count(3)
    expect(history).to_contain_text("LOT7")
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    page.get_by_text("Rest map", exact=True).click()
    expect(page.get_by_text("Rest map of HUGO")).to_be_visible()
    expect(page.locator(".mb-root")).to_contain_text("Too early")
    page.get_by_text("Rest map", exact=True).click()

    answer(page)
    page.get_by_role("button", name="Choose Dutasteride").click()
    settled(page)
    open_tab(page, "Plan")
    first = date.fromisoformat(HAIR_DAYS[-1][:10])
    expect(page.get_by_role("spinbutton", name="Sessions")).to_have_value("7")
    page.get_by_role("button", name="Save as planned sessions").dblclick()

    expect(page.get_by_text("Planned: Dutasteride")).to_be_visible()
    sessions = [s for s in planned_sessions(rooms, DEMO, patient_id="HUGO") if s.course_id != "C1"]
    assert len(sessions) == 7
    assert len({s.course_id for s in sessions}) == 1
    assert sessions[0].on >= first + timedelta(days=7)
    with page.expect_download() as told:
        page.get_by_role("button", name="Calendar (.ics)").click()
    calendar = Path(told.value.path()).read_text("utf-8")
    assert calendar.count("UID:session-") == 7
    assert calendar.count("BEGIN:VEVENT") == 7 + 1  # and the day from which it is scored
    assert "HUGO" not in calendar
    with page.expect_download() as told:
        page.get_by_role("button", name="Handout (PDF)").click()
    assert Path(told.value.path()).read_bytes().startswith(b"%PDF")
    open_tab(page, "History")
    expect(page.get_by_role("region", name="Planned here").locator("tbody tr")).to_have_count(8)
    moved = move_to_next_month(page)
    expect(page.get_by_role("status").filter(has_text="Moved: ")).to_be_visible()
    assert moved in {s.on for s in planned_sessions(rooms, DEMO, patient_id="HUGO")}


def test_migraine_with_asthma_from_painkillers(clinic, page):
    page.goto(f"{clinic}/?area=face.temple&side=left&patient=MIA")
    expect(page.locator("h2.md-title")).to_have_text("Temple, left")

    answer(page, "Stomach ulcer, or asthma from painkillers")

    migraine = page.get_by_role("region", name=re.compile("^Protocol .*igraine"))
    expect(migraine).to_have_count(2)
    for number in range(2):
        expect(migraine.nth(number)).to_contain_text("Not for this patient")
        expect(migraine.nth(number)).to_contain_text("asthma from painkillers")
    expect(page.get_by_role("button", name=re.compile("^Choose .*igraine"))).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Choose Lidocaine"))).to_be_visible()

    answer(page, "Headache with a warning sign")
    stop = page.get_by_role("alert").filter(has_text="Stop: do not inject")
    expect(stop.first).to_contain_text("What to do: Stop: do not inject, refer to a doctor")
    expect(page.get_by_role("button", name=re.compile("^Choose Lidocaine"))).to_have_count(0)


@pytest.mark.parametrize("name", ["Indicated", "Screening", "History", "Plan"])
def test_no_tab_spills_sideways_or_has_a_serious_accessibility_finding(clinic, tab, name):
    page = tab(viewport={"width": 1440, "height": 1200})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{clinic}/?area=scalp.vertex&side=midline&patient=HUGO&show={name}")
    expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    settled(page)
    too_wide = {}
    for width, height in NARROW:
        page.set_viewport_size({"width": width, "height": height})
        stand_still(page)
        too_wide[width] = spill(page)
    page.set_viewport_size({"width": 1440, "height": 1200})
    open_tab(page, "Indicated")
    page.get_by_role("button", name="Choose Multivitamins").click()
    settled(page)
    page.get_by_text("Rest map", exact=True).click()
    expect(page.get_by_text("Rest map of HUGO")).to_be_visible()
    settled(page)
    open_tab(page, name)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = {}
    for theme in THEMES:
        turn(page, theme)
        found[theme] = grave(page)
    page.close()

    assert too_wide == {width: 0 for width, _ in NARROW}
    assert found == {theme: [] for theme in THEMES}
