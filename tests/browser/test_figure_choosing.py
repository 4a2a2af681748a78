"""Choosing areas on the figure in Chromium: mouse, keyboard, several, focus, the address."""

import pytest
from playwright.sync_api import expect
from tests.browser.figure_page import Opener, address, area, focused, heard, runs, view_button
from tests.browser.looks import stand_still

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_click_chooses_and_the_next_one_lets_go(opened: Opener):
    page = opened()
    lower = area(page, "Lower abdomen")
    expect(lower).to_have_attribute("aria-pressed", "false")
    before = runs(page)
    lower.click()
    expect(lower).to_have_attribute("aria-pressed", "true")
    heard(page, "abdomen.lower|midline")
    expect(page.get_by_text("before: abdomen.lower|midline")).to_be_visible()
    expect(page.locator('[aria-pressed="true"][data-area]')).to_have_count(1)
    stand_still(page)
    assert runs(page) == before + 1
    assert address(page) == "area=abdomen.lower&side=midline"
    area(page, "Upper abdomen").click()
    heard(page, "abdomen.upper|midline")
    expect(lower).to_have_attribute("aria-pressed", "false")
    area(page, "Upper abdomen").click()
    heard(page, "")
    stand_still(page)
    assert address(page) == ""
    assert runs(page) == before + 3


def test_the_address_alone_chooses(opened: Opener):
    page = opened("area=flank,abdomen.lower&side=left,midline")
    expect(page.locator('[aria-pressed="true"][data-area]')).to_have_count(2)
    expect(area(page, "Flank, left")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(area(page, "Lower abdomen")).to_have_attribute("aria-pressed", "true")


def test_a_hostile_address_chooses_nothing_and_says_so(opened: Opener):
    page = opened("area=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&side=left")
    expect(page.get_by_text("problem: The address holds something that is not")).to_be_visible()
    expect(area(page, "Lower abdomen")).to_have_attribute("aria-pressed", "false")
    heard(page, "")


def test_the_keyboard_alone_is_enough(opened: Opener):
    page = opened()
    expect(area(page, "Lower abdomen")).to_be_visible()
    view_button(page, "Phototype V").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('svg').dataset.view") == "front"
    # One stop per view: the next Tab leaves the front for the back.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('svg').dataset.view") == "back"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Home")
    assert focused(page) == "Cheek, left"
    walked = []
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        walked.append(focused(page))
    assert walked == [
        "Upper abdomen",
        "Lower abdomen",
        "Flank, left",
        "Front of thigh, left",
        "Front of thigh, right",
    ]
    page.keyboard.press("Enter")
    heard(page, "thigh.front|right")
    page.keyboard.press("Space")
    heard(page, "")
    page.keyboard.press("Space")
    heard(page, "thigh.front|right")
    page.keyboard.press("Escape")
    heard(page, "")
    assert focused(page) == "Front of thigh, right"
    expect(page.locator(".mb-ring")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="Nothing chosen.")).to_have_count(1)


def test_every_area_can_be_walked_to(opened: Opener):
    page = opened(atlas="")
    expect(page.locator("[data-area]").first).to_be_visible()
    lost = page.evaluate(
        """async () => {
          const base = '/_stcore/bidi-components/mesodash.body/';
          const { neighbour } = await import(base + 'view.js');
          const { figures } = await (await fetch(base + 'atlas/atlas.json')).json();
          const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
          const lost = [];
          for (const [sex, views] of Object.entries(figures)) {
            for (const [name, { areas }] of Object.entries(views)) {
              const points = areas.map(({ anchor }) => anchor);
              for (const [start] of points.entries()) {
                const seen = new Set([start]);
                for (const at of seen) for (const key of keys) seen.add(neighbour(points, at, key));
                points.forEach((_, i) => seen.has(i) || lost.push(`${sex} ${name} ${start}-${i}`));
              }
            }
          }
          return lost;
        }"""
    )
    assert lost == []


def test_focus_stays_over_the_rerun(opened: Opener):
    page = opened()
    expect(area(page, "Flank, left")).to_be_visible()
    area(page, "Flank, left").focus()
    marked = page.evaluate("document.activeElement.mark = 'same'")
    page.keyboard.press("Enter")
    heard(page, "flank|left")
    stand_still(page)
    assert (focused(page), page.evaluate("document.activeElement.mark")) == ("Flank, left", marked)


def test_several(opened: Opener):
    page = opened("case=several")
    area(page, "Lower abdomen").click()
    heard(page, "abdomen.lower|midline")
    area(page, "Flank, left").click(modifiers=["Shift"])
    heard(page, "abdomen.lower|midline flank|left")
    page.get_by_role("button", name="Choose several").click()
    area(page, "Flank, right").click()
    heard(page, "abdomen.lower|midline flank|left flank|right")
    assert address(page).endswith("area=abdomen.lower%2Cflank%2Cflank&side=midline%2Cleft%2Cright")
    area(page, "Lower abdomen").click()
    heard(page, "flank|left flank|right")
    page.get_by_role("button", name="Choose several").click()
    area(page, "Upper abdomen").click()
    heard(page, "abdomen.upper|midline")


def test_where_one_may_be_chosen_shift_makes_no_second(opened: Opener):
    page = opened()
    area(page, "Lower abdomen").click()
    heard(page, "abdomen.lower|midline")
    area(page, "Upper abdomen").click(modifiers=["Shift"])
    heard(page, "abdomen.upper|midline")
    expect(page.get_by_role("button", name="Choose several")).to_be_hidden()


def test_quick_clicks_end_on_the_last(opened: Opener):
    page = opened("case=several")
    expect(area(page, "Lower abdomen")).to_be_visible()
    page.evaluate(
        """() => {
          window.seen = [];
          const chosen = () => [...document.querySelectorAll('[data-area][aria-pressed=true]')]
            .map((area) => area.dataset.area).join();
          new MutationObserver(() => {
            if (window.seen.at(-1) !== chosen()) window.seen.push(chosen());
          }).observe(document.querySelector('.mb-root'), { subtree: true, attributes: true });
        }"""
    )
    for name in ("Lower abdomen", "Upper abdomen", "Flank, left", "Flank, right"):
        area(page, name).click()
    heard(page, "flank|right")
    stand_still(page)
    # No answer to an earlier click brought an earlier choice back, even for a moment.
    sequence = [entry for entry in page.evaluate("window.seen") if entry]
    assert sequence[-1] == "flank"
    assert len(sequence) == len(dict.fromkeys(sequence))


def test_read_only_shows_and_does_not_choose(opened: Opener):
    page = opened("case=read_only,values&area=abdomen.lower&side=midline")
    areas = page.locator("[data-area]")
    expect(areas.first).to_have_attribute("role", "img")
    areas.first.click()
    areas.first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    stand_still(page)
    heard(page, "abdomen.lower|midline")
    assert runs(page) == 1


def test_one_press_adds_the_other_side_and_the_group(opened: Opener):
    page = opened("case=several")
    offers = page.locator(".mb-groups button")
    area(page, "Flank, left").click()
    expect(offers).to_have_text(["Both sides"])
    offers.first.click()
    heard(page, "flank|left flank|right")
    expect(offers).to_have_count(0)
    area(page, "Lower abdomen").click()
    heard(page, "abdomen.lower|midline")
    page.get_by_role("button", name="Abdomen: all").click()
    heard(page, "abdomen.lower|midline abdomen.upper|midline")
    expect(offers).to_have_count(0)


def test_an_area_of_the_address_is_turned_to(opened: Opener):
    page = opened("area=scalp.vertex&side=midline", atlas="")
    expect(view_button(page, "Scalp")).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-view="scalp"] .mb-letter[data-letter="front"]')).to_have_text(
        "Front"
    )
    # What the pair on the screen shows well is not turned away from.
    seen = opened("area=abdomen.lower&side=midline", atlas="")
    expect(seen.locator('[data-area="abdomen.lower"][aria-pressed="true"]')).to_be_visible()
    expect(view_button(seen, "Front")).to_have_attribute("aria-pressed", "true")


def test_on_a_phone_a_bar_leads_to_what_was_opened(opened: Opener):
    page = opened("case=panel", viewport={"width": 390, "height": 844})
    bar = page.locator(".mb-chosen-bar")
    expect(area(page, "Lower abdomen")).to_be_visible()
    expect(bar).to_be_hidden()
    area(page, "Lower abdomen").click()
    expect(bar).to_contain_text("Lower abdomen")
    bar.get_by_role("button", name="Open").click()
    assert "st-key-panel" in page.evaluate("document.activeElement.className")
    wide = opened("case=panel&area=abdomen.lower&side=midline")
    expect(area(wide, "Lower abdomen")).to_have_attribute("aria-pressed", "true")
    expect(wide.locator(".mb-chosen-bar")).to_be_hidden()
