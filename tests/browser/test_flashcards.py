"""Flashcards in a real browser: learnt by keyboard alone; nothing for axe to find."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import ON_THE_DAY, of_kind
from tests.browser.looks import axe

from mesodash.teaching.scheduling import RATINGS

APP = Path(__file__).parents[2] / "app.py"
SOON = 60_000
NEW = re.compile(r"\b(\d+) new\b")


@pytest.fixture(scope="module")
def url(serve, tmp_path_factory):
    path = tmp_path_factory.mktemp("flashcards") / "demo.db"
    return serve(APP, {**ON_THE_DAY, "MESODASH_DB": str(path), "MESODASH_DEMO_SESSIONS": "60"})


def new_cards(page):
    """How many new cards the line above the card still offers."""
    line = page.get_by_text(NEW)
    expect(line).to_be_visible(timeout=SOON)
    return int(NEW.search(line.inner_text())[1])


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_card_is_learnt_by_keyboard(url, own, scheme, width):
    """Any visitor of the role goes on where the last stopped: each takes one new card away."""
    size = {"width": width, "height": 800}
    page = of_kind(own.new_page(), size, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{url}/flashcards", timeout=120_000)
    begin = page.get_by_role("button", name="Begin", exact=True)
    card = page.get_by_role("region", name="Flashcard")
    expect(begin.or_(card).first).to_be_visible(timeout=SOON)
    if begin.is_visible():
        begin.focus()
        page.keyboard.press("Enter")
    before = new_cards(page)
    asked = card.get_by_role("img").get_attribute("src")
    answer = card.get_by_role("status")
    expect(answer).to_have_text("")
    page.keyboard.press("Space")
    expect(answer).not_to_have_text("", timeout=SOON)
    ratings = page.locator(".st-key-flashcard_ratings button")
    expect(ratings).to_have_count(len(RATINGS))
    found = axe(page)
    bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert bad == []
    page.keyboard.press("3")
    expect(answer).to_have_text("", timeout=SOON)
    expect(card.get_by_role("img")).not_to_have_attribute("src", asked, timeout=SOON)
    expect(page.get_by_text(f"{before - 1} new")).to_be_visible(timeout=SOON)
