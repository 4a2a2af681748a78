"""The figure at the three widths it is made for: mouse, finger, keyboard and zoom at each."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.figure_page import Opener, area, focused, heard

SIZES = {"desk": (1440, 1000), "tablet": (1024, 768), "phone": (390, 844)}


@pytest.fixture(params=SIZES.values(), ids=SIZES)
def page(request, opened: Opener) -> Page:
    width, height = request.param
    page = opened("case=alone", viewport={"width": width, "height": height}, has_touch=True)
    expect(area(page, "Lower abdomen")).to_be_visible()
    return page


def test_mouse(page: Page):
    lower = area(page, "Lower abdomen")
    lower.hover()
    expect(page.locator(".mb-tip")).to_contain_text("Lower abdomen")
    lower.click()
    heard(page, "abdomen.lower|midline")
    area(page, "Flank, left").click(modifiers=["Shift"])
    heard(page, "flank|left")  # without "several" Shift changes nothing
    area(page, "Flank, left").click()
    heard(page, "")


def test_finger(page: Page):
    area(page, "Flank, left").tap()
    heard(page, "flank|left")
    expect(area(page, "Flank, left")).to_have_attribute("aria-pressed", "true")
    area(page, "Flank, left").tap()
    heard(page, "")


def test_keyboard(page: Page):
    area(page, "Upper abdomen").focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Lower abdomen"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "Flank, left"
    page.keyboard.press("Enter")
    heard(page, "flank|left")
    assert focused(page) == "Flank, left"
    page.keyboard.press("Escape")
    heard(page, "")


def test_zoom(page: Page):
    lower = area(page, "Lower abdomen")
    whole = lower.bounding_box()["width"]
    page.get_by_role("button", name="Zoom in").click()
    assert lower.bounding_box()["width"] == pytest.approx(whole * 1.5, rel=0.03)
    lower.click()
    heard(page, "abdomen.lower|midline")
    page.get_by_role("button", name="Whole figure").click()
    assert lower.bounding_box()["width"] == pytest.approx(whole, rel=0.03)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
