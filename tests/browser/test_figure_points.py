"""Points on the figure in Chromium: a protocol's, and those placed by hand or keyboard."""

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.figure_page import Opener, area, heard, runs, view_button
from tests.browser.looks import PATIENCE, stand_still

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = [(1440, 900), (1024, 768), (390, 844)]


def placed(page: Page) -> list[str]:
    """Python's own word on the points."""
    said = page.get_by_test_id("stText").filter(has_text="placed:")
    return said.inner_text().removeprefix("placed:").split()


def wait_for(page: Page, number: int) -> list[str]:
    expect(page.locator(".mb-hint:not([hidden])")).to_contain_text(f"Points placed: {number}.")
    page.wait_for_function(
        """(number) => [...document.querySelectorAll('[data-testid="stText"]')].some((text) =>
        text.textContent.startsWith('placed:') &&
        text.textContent.split(' ').filter((part) => part.includes(':')).length === number + 1)""",
        arg=number,
        timeout=PATIENCE,
    )
    return placed(page)


def spot(where: Locator, across: float, down: float) -> tuple[float, float]:
    box = where.bounding_box()
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


@pytest.mark.parametrize("size", SIZES)
def test_points_stand_in_no_clicks_way_and_are_named(opened: Opener, size: tuple[int, int]):
    page = opened("case=points,alone", viewport={"width": size[0], "height": size[1]})
    dots = page.locator('[data-view="front"] .mb-dots')
    expect(dots).to_have_attribute("role", "img")
    name = dots.get_attribute("aria-label")
    assert name.startswith("Lower abdomen: ")
    assert name.endswith(" points, 3 cm apart")
    number = int(name.split()[2])
    texts = dots.locator("text")
    assert texts.all_text_contents() == [str(n + 1) for n in range(number)]
    area(page, "Lower abdomen").click()
    heard(page, "abdomen.lower|midline")


def test_numbers_come_with_room(opened: Opener):
    page = opened("case=points", viewport={"width": 1024, "height": 768})
    dots = page.locator('[data-view="front"] .mb-dots')
    expect(dots.locator("text").first).to_be_hidden()
    page.get_by_role("button", name="Zoom in").click(click_count=4, delay=30)
    expect(dots.locator("text").nth(20)).to_be_visible()
    page.get_by_role("button", name="Whole figure").click()
    expect(dots.locator("text").first).to_be_hidden()


def test_lines_are_drawn_from_where_the_needle_enters(opened: Opener):
    page = opened("case=points,lines")
    dots = page.locator('[data-view="front"] .mb-dots')
    expect(dots).to_have_count(1)
    starts = dots.locator("text").count()
    assert dots.locator(".mb-line").get_attribute("d").count("L") == starts > 2


@pytest.mark.parametrize("size", SIZES)
def test_clicks_place_points_and_take_them_away(opened: Opener, size: tuple[int, int]):
    touch = size[0] < 500
    page = opened(
        "case=placing,alone&area=abdomen.lower&side=midline",
        viewport={"width": size[0], "height": size[1]},
        has_touch=touch,
    )
    lower = area(page, "Lower abdomen")
    expect(page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")
    press = page.touchscreen.tap if touch else page.mouse.click
    press(*spot(lower, 0.25, 0.5))
    first = wait_for(page, 1)
    press(*spot(lower, 0.75, 0.5))
    assert wait_for(page, 2)[0] == first[0]
    # Outside the area nothing happens, and nothing else is chosen.
    area(page, "Upper abdomen").dispatch_event("click")
    press(*spot(lower, 0.25, 0.5))
    (left,) = wait_for(page, 1)
    assert left != first[0]
    page.get_by_role("button", name="Undo").click()
    assert wait_for(page, 2)[0] == first[0]
    heard(page, "abdomen.lower|midline")


def test_the_keyboard_alone_places_points(opened: Opener):
    page = opened("case=placing")
    lower = area(page, "Lower abdomen")
    lower.focus()
    for key in ("Enter", "Shift+ArrowRight", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    one, two = wait_for(page, 2)
    assert float(two.split(":")[1]) > float(one.split(":")[1])
    assert one.split(":")[2] == two.split(":")[2]
    page.keyboard.press("PageUp")
    expect(page.get_by_role("status").filter(has_text="Point 1 of 2.")).to_have_count(1)
    page.keyboard.press("Delete")
    assert wait_for(page, 1) == [two]
    page.keyboard.press("Control+z")
    assert wait_for(page, 2) == [one, two]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Backspace")
    # However far the cursor walks, it stays inside.
    for _ in range(60):
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_role("status").filter(has_text="The border of the area.")).to_have_count(1)


def test_placed_points_outlive_reload_and_a_turn_to_the_other_figure(opened: Opener):
    page = opened("case=placing")
    page.mouse.click(*spot(area(page, "Lower abdomen"), 0.3, 0.6))
    kept = wait_for(page, 1)
    stand_still(page)
    before = runs(page)
    view_button(page, "Male").click()
    expect(page.locator(".mb-placed text")).to_have_text("1")
    stand_still(page)
    assert runs(page) == before
    page.reload()
    assert wait_for(page, 1) == kept
    expect(page.locator(".mb-placed text")).to_have_text("1")


def test_states_are_told_by_pattern_and_word(opened: Opener):
    page = opened("case=states")
    legend = page.locator(".mb-legend")
    expect(legend).to_have_text("Free to treatToo earlyOverdueNot treated yet")
    looks = page.locator('[data-view="front"] .mb-look-fill')
    fills = {looks.nth(i).get_attribute("fill").rpartition("-")[2] for i in range(looks.count())}
    assert fills == {"wait)", "late)"}
    said = page.locator("[aria-description='Too early'][data-area]")
    expect(said.first).to_be_attached()
