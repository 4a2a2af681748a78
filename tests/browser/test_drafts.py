"""What was typed is never lost: the tab is closed, the server is killed, another device goes on."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import start_server
from tests.browser.looks import settled
from tests.consult_clinic import make_clinic

from mesodash.records.store.connection import reading

APP = Path(__file__).parents[2] / "app.py"
FORM = "record?patient=ANNA"
TABLET = {"width": 820, "height": 1180}
PATIENCE = 90_000
DESK = {"width": 1440, "height": 1000}
FIELDS = {
    "Points, Lower abdomen": "12",
    "Volume in mL, Lower abdomen": "3.00",
    "Depth in mm, Lower abdomen": "4.0",
    "Expires, product 1": "2031-01",
    "Volume in mL, product 1": "2.50",
    "Note": "two bottles, the second one shaken",
}
CHOSEN = {"Product 1": "Saline", "Lot, product 1": "S-77"}
PRESSED = ("Redness", "Not pregnant")

pytestmark = pytest.mark.browser


@pytest.fixture
def rooms(tmp_path):
    return make_clinic(tmp_path / "rooms.db")


@pytest.fixture
def started(rooms, tmp_path):
    """Give a function that starts the app on the clinic's file: (the process, its address)."""
    running = []

    def start():
        log = tmp_path / f"app-{len(running)}.log"
        env = {"MESODASH_DB": str(rooms), "MESODASH_TODAY": "2026-11-27"}
        running.append(start_server(APP, log, env))
        return running[-1]

    yield start
    for process, _url in running:
        process.kill()
        process.wait(timeout=20)


@pytest.fixture
def device(chromium):
    """Give a function that opens a page on a device of its own: no cookie, no storage is shared."""
    contexts = []
    expect.set_options(timeout=PATIENCE)

    def opened(viewport):
        contexts.append(chromium.new_context(viewport=viewport, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield opened
    expect.set_options(timeout=20_000)
    for context in contexts:
        context.close()


def kept(rooms):
    """The draft as the file has it, without the moment of the session."""
    with reading(rooms) as db:
        found = db.execute("SELECT content FROM drafts").fetchall()
    (content,) = [json.loads(row[0]) for row in found]
    return {name: value for name, value in content.items() if name not in ("held_on", "held_time")}


def held(rooms):
    with reading(rooms) as db:
        return db.execute(
            "SELECT s.state, t.area, t.points, t.volume_ul, t.depth_um, u.product, u.lot,"
            " u.expires_on, u.volume_ul, u.lot_from, s.note,"
            " (SELECT count(*) FROM injection_points AS i WHERE i.session = s.id),"
            " (SELECT group_concat(effect) FROM side_effects AS e"
            " WHERE e.session = s.id) FROM sessions AS s JOIN patients AS p ON p.id = s.patient"
            " JOIN treated_areas AS t ON t.session = s.id"
            " JOIN products_used AS u ON u.session = s.id WHERE p.patient_id = 'ANNA'"
        ).fetchall()


def type_in(page, label, text):
    field = page.get_by_label(label, exact=True).first
    field.fill(text)
    field.press("Tab")
    settled(page)


def fill_in(page, url):
    """A session as it is filled in, up to the button that finishes it."""
    page.goto(f"{url}/{FORM}")
    page.locator('[role=button][data-area="abdomen.lower"][data-side="midline"]').first.click()
    expect(page.get_by_label("Points, Lower abdomen", exact=True)).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Add a product").click()
    expect(page.get_by_role("combobox", name="Product 1", exact=True)).to_be_visible()
    settled(page)
    for label, words in CHOSEN.items():
        field = page.get_by_role("combobox", name=label, exact=True)
        field.fill(words)
        page.keyboard.press("Enter")
        expect(field).to_have_value(words)
        settled(page)
    for label, text in FIELDS.items():
        type_in(page, label, text)
    page.get_by_role("radio", name="Lower abdomen", exact=True).click()
    spread = page.get_by_role("button", name="Spread 12 evenly")
    expect(spread).to_be_visible()
    settled(page)
    spread.click()
    expect(page.get_by_text("12 points placed")).to_be_visible()
    for words in PRESSED:
        button = page.get_by_role("button", name=words, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    settled(page)
    expect(page.get_by_text("Draft kept", exact=False)).to_be_visible()


def stands_whole(page):
    """Every field is as it was typed."""
    for label, text in FIELDS.items():
        expect(page.get_by_label(label, exact=True).first).to_have_value(text)
    for label, words in CHOSEN.items():
        expect(page.get_by_role("combobox", name=label, exact=True)).to_have_value(words)
    for words in PRESSED:
        button = page.get_by_role("button", name=words, exact=True)
        expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("12 points placed")).to_be_visible()
    settled(page)


def test_closed_tab_killed_server_and_a_second_device(started, device, rooms):
    server, url = started()
    tablet = device(TABLET)
    fill_in(tablet, url)
    before = kept(rooms)
    assert [len(area["placed"]) for area in before["areas"]] == [12]
    assert [used["lot_from"] for used in before["products"]] == ["typed"]

    # The tab is closed, and another one of the same device opened.
    again = tablet.context.new_page()
    tablet.close()
    again.goto(f"{url}/{FORM}")
    stands_whole(again)
    assert kept(rooms) == before

    # The server is killed while the form is open, and started again on the same file.
    server.kill()
    server.wait(timeout=20)
    _server, url = started()
    desk = device(DESK)
    desk.goto(f"{url}/{FORM}")
    stands_whole(desk)
    assert kept(rooms) == before

    # What the second device changes is there on the first; it is recorded once, and whole.
    type_in(desk, "Note", "as agreed")
    tablet = device(TABLET)
    tablet.goto(f"{url}/{FORM}")
    expect(tablet.get_by_label("Note", exact=True).first).to_have_value("as agreed")
    settled(tablet)
    tablet.get_by_role("button", name="Finish session").click()
    expect(tablet.get_by_text("it stands in the history", exact=False).first).to_be_visible()
    assert held(rooms) == [
        (
            *("held", "abdomen.lower", 12, 3000, 4000, "Saline", "S-77", "2031-01", 2500, "typed"),
            *("as agreed", 12, "erythema"),
        )
    ]
    with reading(rooms) as db:
        assert db.execute("SELECT count(*) FROM drafts").fetchone() == (0,)
