"""A session recorded by hand in a real browser, by touch: new patient, form, draft, history."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.looks import PATIENCE, grave, settled, spill
from tests.consult_clinic import make_clinic

from mesodash.records.store.connection import reading

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 27)
TABLET = {"width": 820, "height": 1180}

pytestmark = pytest.mark.browser


@pytest.fixture
def rooms(tmp_path):
    path = tmp_path / "rooms.db"
    make_clinic(path)
    return path


@pytest.fixture
def clinic(serve, rooms):
    return serve(ROOT / "app.py", {"MESODASH_DB": str(rooms), "MESODASH_TODAY": DAY.isoformat()})


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport=TABLET, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def rows(path, sql):
    with reading(path) as db:
        return [tuple(row) for row in db.execute(sql)]


def type_in(page, label, text):
    field = page.get_by_label(label, exact=True).first
    field.fill(text)
    field.press("Tab")
    settled(page)


def type_on(page, label, text, then, more):
    """Fill in a field and type in another at once, while the form runs: focus and letters stay."""
    page.get_by_label(label, exact=True).first.fill(text)
    field = page.get_by_label(then, exact=True).first
    field.focus()
    page.keyboard.type(more, delay=250)
    settled(page)
    expect(field).to_be_focused()
    expect(field).to_have_value(more)
    field.press("Tab")
    settled(page)


def choose(page, label, text):
    field = page.get_by_role("combobox", name=label, exact=True).first
    field.click()
    field.fill(text)
    page.keyboard.press("Enter")
    settled(page)


def test_a_new_patient_and_a_first_session_by_touch(clinic, page, rooms):
    page.goto(f"{clinic}/today")
    page.get_by_role("button", name="New patient").tap()
    type_in(page, "Id", "LENA")
    page.get_by_role("radio", name="female", exact=True).tap()
    page.get_by_role("button", name="Add the patient").tap()
    page.get_by_role("link", name="Open LENA").tap()
    page.get_by_role("link", name="Record a session").tap()
    cheek = page.locator('[role=button][data-area="abdomen.lower"][data-side="midline"]').first
    cheek.tap()
    settled(page)
    type_on(page, "Points, Lower abdomen", "30", "Volume in mL, Lower abdomen", "3.000")
    page.get_by_role("button", name="Add a product").tap()
    settled(page)
    choose(page, "Product 1", "Saline")
    choose(page, "Lot, product 1", "S-77")
    type_in(page, "Expires, product 1", "2031-01")
    page.get_by_role("button", name="Redness", exact=True).tap()
    settled(page)
    assert grave(page) == []
    assert spill(page) <= 0

    # The tab is closed before the session is finished, and opened again.
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_label("Points, Lower abdomen", exact=True)).to_have_value("30")
    page.get_by_role("button", name="Finish session").tap()
    expect(page.get_by_text("it stands in the history", exact=False).first).to_be_visible()

    assert rows(
        rooms,
        "SELECT p.patient_id, s.state, t.area, t.points, t.volume_ul FROM sessions AS s"
        " JOIN patients AS p ON p.id = s.patient JOIN treated_areas AS t ON t.session = s.id"
        " WHERE p.patient_id = 'LENA'",
    ) == [("LENA", "held", "abdomen.lower", 30, 3000)]
    assert rows(
        rooms,
        "SELECT product, lot, expires_on FROM products_used AS u JOIN sessions AS s"
        " ON s.id = u.session JOIN patients AS p ON p.id = s.patient WHERE p.patient_id = 'LENA'",
    ) == [("Saline", "S-77", "2031-01")]
    assert rows(rooms, "SELECT count(*) FROM drafts") == [(0,)]
    page.goto(f"{clinic}/patient?patient=LENA")
    expect(page.get_by_text("1 session in all")).to_be_visible()


def test_a_double_tap_records_once(clinic, page, rooms):
    page.goto(f"{clinic}/record?patient=HUGO&session=S4")
    page.get_by_role("button", name="As last time").tap()
    settled(page)
    finish = page.get_by_role("button", name="Finish session")
    finish.dblclick()
    expect(page.get_by_text("it stands in the history", exact=False).first).to_be_visible()

    assert rows(rooms, "SELECT state FROM sessions WHERE session_id = 'S4'") == [("held",)]
    assert rows(rooms, "SELECT count(*) FROM sessions WHERE state = 'held'") == [(4,)]
    assert (
        date.fromisoformat(
            rows(rooms, "SELECT substr(held_at, 1, 10) FROM sessions WHERE session_id = 'S4'")[0][0]
        )
        == DAY
    )


def test_a_correction_a_consent_and_a_red_card_by_touch(clinic, page, rooms):
    page.goto(f"{clinic}/record?patient=HUGO&session=S3")
    page.get_by_role("button", name="Correct", exact=True).tap()
    expect(page.get_by_role("button", name="Keep the correction")).to_be_visible()
    settled(page)
    type_in(page, "Volume in mL, Crown", "0.5")
    page.get_by_role("button", name="Keep the correction").tap()
    expect(page.get_by_text("Earlier versions")).to_be_visible()
    settled(page)
    assert rows(
        rooms,
        "SELECT volume_ul FROM treated_areas AS t JOIN sessions AS s ON s.id = t.session"
        " WHERE session_id = 'S3' AND area = 'scalp.vertex'",
    ) == [(500,)]
    assert grave(page) == []

    page.get_by_role("link", name="To the patient").tap()
    page.get_by_role("tab", name="Consents").tap()
    page.get_by_role("button", name="Record the consent").tap()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    settled(page)
    assert rows(rooms, "SELECT purpose, given_how FROM consents") == [("treatment", "paper")]

    page.get_by_role("tab", name="Red card").tap()
    choose(page, "Warning sign", "New lump")
    page.get_by_role("button", name="Open a red card").tap()
    expect(page.get_by_text("Red card: New lump after day 7")).to_be_visible()
    page.get_by_role("button", name="Take it on").tap()
    expect(page.get_by_role("button", name="Take it on")).to_have_count(0)
    settled(page)
    assert grave(page) == []
    assert spill(page) <= 0
    assert rows(rooms, "SELECT flag, acknowledged_by FROM red_cards") == [("late_lump", "demo")]
