"""Two people at one protocol, each in a browser: the slower one is shown both versions."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import start_server
from tests.browser.looks import PATIENCE, settled
from tests.consult_clinic import make_clinic
from tests.pages.identities import IDENTITIES, add_accounts, signed_in

from mesodash.access.gate import COOKIE
from mesodash.records.courses.protocol_versions import read_versions

APP = Path(__file__).parents[2] / "app.py"
ADA, PIA = IDENTITIES[0], IDENTITIES[3]
CODE = "hair_duta"


@pytest.fixture
def clinic(tmp_path):
    db = make_clinic(tmp_path / "rooms.db", kind="clinical")
    add_accounts(db)
    return db


@pytest.fixture
def page_of(clinic, chromium, catalogue, tmp_path):
    """Give the form of the protocol as one of them sees it, in a browser of their own."""
    process, url = start_server(
        APP, tmp_path / "app.log", {"MESODASH_DB": str(clinic)}, show_errors="none"
    )
    made = []

    def opened(who):
        context = chromium.new_context(viewport={"width": 1440, "height": 1200})
        made.append(context)
        context.add_cookies([{"name": COOKIE, "value": signed_in(clinic, who), "url": url}])
        page = context.new_page()
        page.goto(f"{url}/adopted")
        choice = page.get_by_role("combobox", name="Protocol")
        expect(choice).to_be_visible(timeout=PATIENCE)
        settled(page)
        choice.fill(catalogue.protocols[CODE].label)
        page.keyboard.press("Enter")
        expect(needle(page)).to_be_visible(timeout=PATIENCE)
        settled(page)
        return page

    yield opened
    for context in made:
        context.close()
    process.terminate()
    process.wait(timeout=20)


def needle(page):
    return page.get_by_role("textbox", name="Needle")


def type_needle(page, text):
    needle(page).fill(text)
    needle(page).press("Enter")
    settled(page)


def adopt(page):
    page.get_by_test_id("stMain").get_by_role("button", name="Adopt").first.click()
    settled(page)


def told(page):
    return page.get_by_test_id("stMain").inner_text()


def adopted(clinic):
    versions = read_versions(clinic, CODE)
    return [(one.version, one.parameters.needle, one.adopted_by) for one in reversed(versions)]


def test_the_slower_one_sees_both_versions(clinic, page_of, checks):
    quick, slow = page_of(ADA), page_of(PIA)
    type_needle(quick, "30 G of the quick one")
    type_needle(slow, "32 G of the slow one")
    with checks("two editors in two browsers", planned=11) as count:
        adopt(quick)
        expect(quick.get_by_text("Version 1 of", exact=False).first).to_be_visible()
        first = (1, "30 G of the quick one", "Ada")
        count.that(adopted(clinic) == [first], f"the quick one's: {adopted(clinic)}")

        adopt(slow)
        expect(slow.get_by_text("Not adopted").first).to_be_visible()
        words = told(slow)
        count.that(adopted(clinic) == [first], "the slow one's press changed nothing")
        count.that("30 G of the quick one" in words, f"the version kept: {words}")
        count.that("32 G of the slow one" in words, "the one that was not")
        count.that("Ada" in words, "and who was quicker")
        count.that(needle(slow).input_value() == "32 G of the slow one", "what was typed stays")

        adopt(slow)
        count.that(adopted(clinic) == [first], "pressed again, still not")
        slow.get_by_role("button", name="Start from version 1").click()
        settled(slow)
        count.that(needle(slow).input_value() == "30 G of the quick one", "a start from the newer")
        type_needle(slow, "32 G of the slow one")
        adopt(slow)
        expect(slow.get_by_text("Version 2 of", exact=False).first).to_be_visible()
        second = (2, "32 G of the slow one", "Pia")
        count.that(adopted(clinic) == [first, second], "then it is the next version")

        # Control: with nobody quicker, the same two presses adopt, and nothing is said.
        alone = page_of(PIA)
        type_needle(alone, "33 G of one alone")
        adopt(alone)
        expect(alone.get_by_text("Version 3 of", exact=False).first).to_be_visible()
        count.that("Not adopted" not in told(alone), "control: alone nothing is refused")
        count.that(len(adopted(clinic)) == 3, "control: and it is adopted")
