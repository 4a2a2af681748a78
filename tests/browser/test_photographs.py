"""A consent signed on the screen, then photographs by camera and by file, and compared."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from tests.browser.conftest import of_kind, start_server
from tests.browser.looks import PATIENCE, foreign, grave, settled, spill
from tests.browser.menu import expect_signed_in
from tests.pictures_made import PLACE, exif, photograph, saved

from mesodash.access import passwords
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.patients.new_patient import add_patient
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading
from mesodash.records.watch.photographs import declare_disk

APP = Path(__file__).parents[2] / "app.py"
PASSWORD = "correct horse battery"

pytestmark = pytest.mark.browser


@pytest.fixture
def rooms(tmp_path):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="Clinic One", kind="clinical", actor=COMMAND_LINE)
    for name, role in (("Ada", "administrator"), ("Pia", "practitioner")):
        kept = passwords.hashed(PASSWORD, name=name)
        accounts.add_account(path, name, role, COMMAND_LINE, password_hash=kept)
    add_patient(path, "LENA", COMMAND_LINE, sex="female")
    return path


@pytest.fixture
def url(rooms, tmp_path):
    process, url = start_server(
        APP, tmp_path / "app.log", {"MESODASH_DB": str(rooms)}, show_errors="none"
    )
    yield url
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def page(own, url):
    own.grant_permissions(["camera"])
    page = of_kind(own.new_page(), {"width": 1280, "height": 1000}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.get_by_label("Name").fill("Pia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect_signed_in(page, "Pia")
    return page


def sign(page):
    """Draw two strokes into the field."""
    sheet = page.get_by_role("img", name="Field to sign in")
    sheet.scroll_into_view_if_needed()
    settled(page)
    box = sheet.bounding_box()
    for start in (60, 240):
        page.mouse.move(box["x"] + start, box["y"] + 90)
        page.mouse.down()
        for step in range(1, 20):
            page.mouse.move(box["x"] + start + 7 * step, box["y"] + 90 + (step % 5) * 8)
        page.mouse.up()
    settled(page)


def one(path, sql):
    with reading(path) as db:
        return tuple(db.execute(sql).fetchone())


def consent(page, rooms):
    page.get_by_role("tab", name="Consents", exact=True).click()
    page.get_by_role("combobox", name="Consent for", exact=True).click()
    page.get_by_role("option", name="Photographs", exact=True).click()
    settled(page)
    page.get_by_role("radio", name="on the screen", exact=True).click()
    settled(page)
    page.get_by_role("button", name="Record the consent").click()
    expect(page.get_by_text("A consent on the screen is signed there")).to_be_visible()
    sign(page)
    assert grave(page) == []
    page.get_by_role("button", name="Record the consent").click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    purpose, how, signature = one(rooms, "SELECT purpose, given_how, signature FROM consents")
    assert (purpose, how, signature.count("M")) == ("photographs", "screen", 2)
    settled(page)
    with page.expect_download() as given:
        page.get_by_role("button", name="PDF", exact=True).click()
    words = PdfReader(io.BytesIO(given.value.path().read_bytes())).pages[0].extract_text()
    assert "photographs are taken" in words
    assert "drawn on the screen" in words


def test_signed_taken_with_the_earlier_one_over_it_and_compared(page, url, rooms, tmp_path):
    declare_disk(rooms, COMMAND_LINE, declared=True)
    outside, refused = foreign(page, url)
    page.goto(f"{url}/patient?patient=LENA")
    settled(page)
    consent(page, rooms)
    del refused[:]  # Streamlit's one inline script, once a page

    # The first by camera, nothing over it.
    page.get_by_role("tab", name="Photographs", exact=True).click()
    page.get_by_text("Take it with this device's camera").click()
    page.get_by_role("button", name="Start the camera").click()
    expect(page.locator(".pt-ghost")).to_be_hidden()
    ready = "() => document.querySelector('video.pt-live')?.videoWidth > 0"
    page.wait_for_function(ready)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        settled(page)
        assert grave(page) == [], scheme
    page.get_by_role("button", name="Take the photograph").click()
    page.get_by_role("button", name="Keep it", exact=True).click()
    expect(page.get_by_text("The photograph was kept.")).to_be_visible()

    # The second as the file of a telephone, while the first lies over the live picture.
    expect(page.locator(".pt-ghost")).to_be_visible()
    file = tmp_path / "IMG_0001.HEIC"
    file.write_bytes(saved(photograph((600, 800)), "HEIF", exif=exif()))
    page.locator(".st-key-card_photographs input[type=file]").set_input_files(str(file))
    expect(page.get_by_text("Show the 2 photographs")).to_be_visible()
    page.get_by_text("Show the 2 photographs").click()
    expect(page.get_by_role("button", name="One over the other")).to_be_visible()
    expect(page.locator(".pt-pair img")).to_have_count(2)
    settled(page)
    loaded = "() => [...document.querySelectorAll('.pt-pair img')].map((i) => i.naturalWidth > 0)"
    assert page.evaluate(loaded) == [True, True]
    page.get_by_role("button", name="One over the other").click()
    expect(page.locator(".pt-pair")).to_have_class("pt-pair over")
    assert grave(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    settled(page)
    assert spill(page) <= 0

    assert outside == []
    assert refused == []
    kept = "SELECT count(*), count(DISTINCT sha256), max(width) <= 2048 FROM photographs"
    assert one(rooms, kept) == (2, 2, 1)
    with reading(rooms) as db:
        for (picture,) in db.execute("SELECT picture FROM photographs"):
            assert picture[:3] == b"\xff\xd8\xff"
            assert PLACE not in picture
    assert one(
        rooms,
        "SELECT count(*) FROM change_log WHERE action = 'view' AND table_name = 'photographs'"
        " AND row_key LIKE 'photo-%'",
    ) == (2,)


def test_they_are_off_until_somebody_answers_for_the_disk(page, url):
    page.goto(f"{url}/patient?patient=LENA")
    page.get_by_role("tab", name="Photographs", exact=True).click()
    expect(page.get_by_text("Photographs are off", exact=True)).to_be_visible()
    expect(page.get_by_text("Take it with this device's camera")).to_have_count(0)
