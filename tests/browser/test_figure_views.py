"""Views of the figure in Chromium: turning, zoom, drag, sides, values, the atlas that ships."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.figure_page import Opener, area, heard, runs, view_button
from tests.browser.looks import stand_still

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("view", "viewers_right"), [("front", "left"), ("back", "right")])
def test_a_side_is_the_patients(opened: Opener, view: str, viewers_right: str):
    page = opened()
    name = {"front": "thigh.front", "back": "thigh.back"}[view]
    pair = page.locator(f'[data-view="{view}"] [data-area="{name}"]')
    expect(pair).to_have_count(2)
    boxes = {
        pair.nth(i).get_attribute("data-side"): pair.nth(i).bounding_box()["x"] for i in (0, 1)
    }
    assert max(boxes, key=boxes.get) == viewers_right
    rightmost = page.locator(
        f'[data-view="{view}"] [data-area="{name}"][data-side="{viewers_right}"]'
    )
    rightmost.click()
    heard(page, f"{name}|{viewers_right}")
    letters = page.locator(f'[data-view="{view}"] .mb-letter')
    at = {letters.nth(i).text_content(): letters.nth(i).bounding_box()["x"] for i in (0, 1)}
    assert max(at, key=at.get) == viewers_right[0].upper()


def test_sides_of_the_shipped_atlas(opened: Opener):
    page = opened(atlas="")
    expect(page.locator("[data-area]").first).to_be_visible()
    wrong = page.evaluate(
        """async () => {
          const answer = await fetch('/_stcore/bidi-components/mesodash.body/atlas/atlas.json');
          const { figures } = await answer.json();
          const wrong = [];
          let pairs = 0;
          for (const [sex, views] of Object.entries(figures)) {
            for (const [name, right] of [['front', 'left'], ['face', 'left'], ['back', 'right']]) {
              const { areas, l_label, r_label } = views[name];
              const x = (area, side) =>
                areas.find((drawn) => drawn.area === area && drawn.side === side)?.anchor[0];
              if ((l_label[0] > r_label[0]) !== (right === 'left')) {
                wrong.push(`${sex} ${name} letters`);
              }
              for (const code of new Set(areas.map(({ area }) => area))) {
                const [left, other] = [x(code, 'left'), x(code, 'right')];
                if (left === undefined || other === undefined) continue;
                pairs += 1;
                if ((left > other) !== (right === 'left')) wrong.push(`${sex} ${name} ${code}`);
              }
            }
          }
          return [wrong, pairs > 20];
        }"""
    )
    assert wrong == [[], True]


def test_views_and_figures_turn_without_a_rerun_and_are_remembered(opened: Opener):
    page = opened()
    expect(area(page, "Lower abdomen")).to_be_visible()
    before, height = runs(page), page.locator(".mb-root").bounding_box()["height"]
    for name in ("Left", "Face", "Scalp", "Male", "Back", "Front", "Front", "Face"):
        view_button(page, name).click()
        expect(view_button(page, name)).to_have_attribute("aria-pressed", "true")
        assert page.locator(".mb-root").bounding_box()["height"] == height
    stand_still(page)
    assert runs(page) == before
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text(f"runs: {before + 1}")).to_be_visible()
    expect(view_button(page, "Face")).to_have_attribute("aria-pressed", "true")
    area(page, "Chin", "face").click()
    heard(page, "face.chin|midline")
    expect(page.get_by_text("where: male face")).to_be_visible()
    page.reload()
    expect(area(page, "Chin", "face")).to_have_attribute("aria-pressed", "true")
    expect(view_button(page, "Male")).to_have_attribute("aria-pressed", "true")
    # Another patient: what Python asks for now counts, not what was looked at before.
    page.goto(page.url.partition("?")[0] + "?case=male,face")
    expect(view_button(page, "Male")).to_have_attribute("aria-pressed", "true")


def test_two_bodies_where_there_is_room_one_where_there_is_not(opened: Opener):
    page = opened()
    expect(page.locator(".mb-svg")).to_have_count(2)
    view_button(page, "Back").click()
    expect(page.locator(".mb-svg")).to_have_count(1)
    view_button(page, "Back").click()
    expect(page.locator(".mb-svg")).to_have_count(2)
    narrow = opened(viewport={"width": 390, "height": 844})
    expect(narrow.locator(".mb-svg")).to_have_count(1)
    view_button(narrow, "Back").click()
    expect(area(narrow, "Upper back", "back")).to_be_visible()


def test_zoom_by_button_and_ctrl_wheel_while_the_page_still_scrolls(opened: Opener):
    page = opened("case=alone", viewport={"width": 1000, "height": 600})
    lower = area(page, "Lower abdomen")
    expect(lower).to_be_visible()
    width = lower.bounding_box()["width"]
    # Of a pair one figure alone is enlarged; the whole figure brings the pair back.
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator(".mb-svg")).to_have_count(1)
    once = lower.bounding_box()["width"]
    assert once >= width * 1.49
    page.get_by_role("button", name="Zoom in").click()
    assert lower.bounding_box()["width"] == pytest.approx(once * 1.5, rel=0.02)
    page.get_by_role("button", name="Whole figure").click()
    expect(page.locator(".mb-svg")).to_have_count(2)
    assert lower.bounding_box()["width"] == pytest.approx(width, rel=0.02)
    page.locator(".stMain").evaluate("main => main.scrollTo(0, 60)")
    box = lower.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -60)
    stand_still(page)
    assert lower.bounding_box()["y"] > box["y"]
    assert lower.bounding_box()["width"] == pytest.approx(width, rel=0.02)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    stand_still(page)
    assert lower.bounding_box()["width"] > width * 2


def test_a_drag_moves_the_enlarged_figure_and_chooses_nothing(opened: Opener):
    page = opened()
    lower = area(page, "Lower abdomen")
    expect(lower).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    frame = page.locator('.mb-svg[data-view="front"]').bounding_box()
    letters = page.locator('[data-view="front"] .mb-letter')
    places = [letters.nth(i).bounding_box()["x"] for i in (0, 1)]
    # Enlarged, the sides are still printed, R at the viewer's left.
    assert frame["x"] < places[0] < places[1] < frame["x"] + frame["width"]
    box = lower.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y - 60, steps=5)
    page.mouse.up()
    assert lower.bounding_box()["y"] == pytest.approx(box["y"] - 60, abs=8)
    stand_still(page)
    heard(page, "")
    lower.click()
    heard(page, "abdomen.lower|midline")


def test_values_speak_and_missing_is_not_zero(opened: Opener):
    page = opened("case=values")
    lower = area(page, "Lower abdomen")
    expect(lower).to_have_attribute("aria-description", "none recorded")
    expect(lower).to_have_attribute("data-value", "none")
    style = "element => [getComputedStyle(element).fill, getComputedStyle(element).strokeDasharray]"
    assert lower.evaluate(style) == ["rgba(0, 0, 0, 0)", "0px, 4px"]
    upper = area(page, "Upper abdomen")
    expect(upper).to_have_attribute("aria-description", "25 sessions, n 5")
    upper.hover()
    tip = page.locator(".mb-tip")
    expect(tip.locator("strong")).to_have_text("Upper abdomen")
    expect(tip.locator("span")).to_have_text("25 sessions, n 5")
    legend = page.locator(".mb-legend")
    expect(legend).to_have_text("Sessions, last 12 months050214none recorded")


@pytest.mark.parametrize("view", ["Front", "Back", "Left", "Right", "Face", "Scalp"])
def test_every_view_of_the_shipped_atlas_draws(opened: Opener, view: str):
    page = opened(atlas="")
    for figure in ("Male", "Female"):
        view_button(page, figure).click()
        view_button(page, view).click()
        expect(view_button(page, view)).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-area]").first).to_be_visible()
        expect(page.locator(".mb-svg image[href]").first).to_be_attached()


def test_the_skin_tone_changes_without_a_rerun_and_is_remembered(opened: Opener):
    page = opened(atlas="")
    front = page.locator('.mb-svg[data-view="front"] image')
    light = page.get_by_role("button", name="Phototype II", exact=True)
    dark = page.get_by_role("button", name="Phototype V", exact=True)
    expect(light).to_have_attribute("aria-pressed", "true")
    expect(front).to_have_attribute("href", re.compile("^blob:"))
    before, first = runs(page), front.get_attribute("href")
    dark.click()
    expect(dark).to_have_attribute("aria-pressed", "true")
    expect(front).not_to_have_attribute("href", first)
    stand_still(page)
    assert runs(page) == before
    page.reload()
    expect(dark).to_have_attribute("aria-pressed", "true")
    expect(front).to_have_attribute("href", re.compile("^blob:"))
    light.press("Enter")
    expect(light).to_have_attribute("aria-pressed", "true")


def test_the_first_step_of_zoom_brings_the_chosen_area_close(opened: Opener):
    page = opened()
    cheek = area(page, "Cheek, left")
    cheek.press("Enter")
    heard(page, "face.cheek|left")
    width = cheek.bounding_box()["width"]
    page.get_by_role("button", name="Zoom in").click()
    assert cheek.bounding_box()["width"] > 4 * width
    frame, box = page.locator(".mb-frame").bounding_box(), cheek.bounding_box()
    assert frame["x"] < box["x"]
    assert box["x"] + box["width"] < frame["x"] + frame["width"]
