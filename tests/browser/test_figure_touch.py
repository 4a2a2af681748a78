"""The figure under fingers in Chromium: tap, small areas, pinch, drag."""

import pytest
from playwright.sync_api import expect
from tests.browser.figure_page import Opener, area, focused, heard

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_touch_on_a_phone(opened: Opener):
    page = opened("case=alone", viewport={"width": 390, "height": 844}, has_touch=True)
    area(page, "Lower abdomen").tap()
    heard(page, "abdomen.lower|midline")
    area(page, "Lower abdomen").tap()
    heard(page, "")
    fits = """() => {
      const root = document.querySelector('.mb-root');
      return [document.documentElement.scrollWidth, root.scrollWidth <= root.clientWidth];
    }"""
    assert page.evaluate(fits) == [390, True]
    # The head of the whole body is too small for a finger: it chooses, and brings the face close.
    area(page, "Cheek, left").tap()
    heard(page, "face.cheek|left")
    expect(area(page, "Cheek, left", "face")).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "Cheek, left"


def test_a_finger_just_beside_a_small_area_still_hits_it(opened: Opener):
    page = opened("case=alone", viewport={"width": 390, "height": 844}, has_touch=True)
    box = area(page, "Cheek, left").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] + 3, box["y"] + box["height"] / 2)
    heard(page, "face.cheek|left")


@pytest.mark.parametrize("size", [(1024, 768), (390, 844)])
def test_two_fingers_enlarge_one_moves_and_the_button_resets(opened: Opener, size: tuple[int, int]):
    page = opened("case=alone", viewport={"width": size[0], "height": size[1]}, has_touch=True)
    lower = area(page, "Lower abdomen")
    expect(lower).to_be_visible()
    box = lower.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", (x - 20, y))
    touch("touchStart", (x - 20, y), (x + 20, y))
    for gap in (25, 30, 40, 50, 60):
        touch("touchMove", (x - gap, y), (x + gap, y))
    touch("touchEnd")
    expect(page.get_by_role("button", name="Whole figure")).to_have_attribute(
        "aria-disabled", "false"
    )
    wide = lower.bounding_box()
    assert wide["width"] == pytest.approx(box["width"] * 3, rel=0.1)
    touch("touchStart", (x, y))
    for step in (10, 20, 30):
        touch("touchMove", (x, y - step))
    touch("touchEnd")
    page.wait_for_function(
        "(y) => document.querySelector('[data-area=\"abdomen.lower\"]')"
        ".getBoundingClientRect().y < y",
        arg=wide["y"] - 15,
    )
    page.get_by_role("button", name="Whole figure").click()
    assert lower.bounding_box()["width"] == pytest.approx(box["width"], rel=0.02)
    heard(page, "")
