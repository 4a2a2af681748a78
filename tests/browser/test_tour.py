"""The tour in a real browser: offered once, walked by keys, the focus kept, kept by account."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import start_server
from tests.browser.looks import PATIENCE, THEMES, grave, stand_still
from tests.consult_clinic import make_clinic
from tests.pages.identities import add_accounts, signed_in

from mesodash.access.gate import COOKIE
from mesodash.records.accounts.preferences import read_preferences
from mesodash.records.audit.actor import Actor
from mesodash.ui.tour.guide import steps_for

APP = Path(__file__).parents[2] / "app.py"
WHO = {"light": Actor("Pia", "practitioner"), "dark": Actor("Mia", "manager")}
FIRST = {"light": "today", "dark": "month"}


@pytest.fixture
def clinic(tmp_path):
    db = make_clinic(tmp_path / "tour.db", kind="clinical")
    add_accounts(db)
    return db


@pytest.fixture
def url(clinic, tmp_path):
    process, url = start_server(
        APP, tmp_path / "app.log", {"MESODASH_DB": str(clinic)}, show_errors="none"
    )
    yield url
    process.terminate()
    process.wait(timeout=20)


def page_of(chromium, url, clinic, theme):
    """A browser of its own in which this theme's person is signed in."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=theme, reduced_motion="reduce"
    )
    context.add_cookies([{"name": COOKIE, "value": signed_in(clinic, WHO[theme]), "url": url}])
    page = context.new_page()
    page.goto(url)
    expect(page.locator(".md-tour-start")).to_be_visible(timeout=PATIENCE)
    stand_still(page)
    return page


def test_it_is_walked_by_keys_and_offered_no_more(chromium, url, clinic):
    for theme in THEMES:
        page = page_of(chromium, url, clinic, theme)
        titles = [step.title for step in steps_for(FIRST[theme], WHO[theme].role)]
        offer, shown = page.locator(".md-tour-offer"), page.locator(".driver-popover.md-tour")
        expect(offer).to_have_count(1)
        assert page.locator('script[src*="driver"], link[href*="driver"]').count() == 0
        offer.get_by_role("button").first.focus()
        page.keyboard.press("Enter")
        seen = []
        while True:
            expect(shown.get_by_role("button").last).to_be_focused()
            seen.append(shown.locator(".driver-popover-title").inner_text())
            if len(seen) == 2:
                assert grave(page) == []
                page.keyboard.press("ArrowLeft")
                expect(shown.locator(".driver-popover-title")).to_have_text(seen[0])
                page.keyboard.press("ArrowRight")
                expect(shown.locator(".driver-popover-title")).to_have_text(seen[1])
                expect(shown.get_by_role("button").last).to_be_focused()
            done = shown.locator(".driver-popover-done-btn").count() == 1
            page.keyboard.press("Enter")
            if done:
                break
            expect(shown.locator(".driver-popover-title")).not_to_have_text(seen[-1])
        # What is not on the page, as a demo's choice of a role, is left out.
        assert seen == [title for title in titles if title in seen]
        assert len(seen) >= 5
        expect(shown).to_have_count(0)
        expect(page.locator(".md-tour-start")).to_be_focused()
        expect(offer).to_have_count(0, timeout=PATIENCE)
        assert read_preferences(clinic, WHO[theme]) == {f"tour.{WHO[theme].role}": "seen"}
        again = page_of(chromium, url, clinic, theme)
        expect(again.locator(".md-tour-offer")).to_have_count(0)
        # It can be begun again, and is left with Escape.
        again.locator(".md-tour-start").click()
        expect(again.locator(".driver-popover.md-tour")).to_be_visible()
        again.keyboard.press("Escape")
        expect(again.locator(".driver-popover.md-tour")).to_have_count(0)
        expect(again.locator(".md-tour-start")).to_be_focused()
