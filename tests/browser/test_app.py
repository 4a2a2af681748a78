"""The main job in a real browser: from an area to its protocols and its history, three ways."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import ON_THE_DAY, start_server
from tests.browser.looks import (
    ERRORS,
    MOST_SHIFT,
    PATIENCE,
    THEMES,
    foreign,
    grave,
    layout_shift,
    least_shift,
    spill,
    stand_still,
    turn,
    watch_shifts,
)

from mesodash.permissions import may
from mesodash.ui.shell.pages import PAGES

ROOT = Path(__file__).parents[2]
SIZES = ((1440, 1000), (1024, 900), (390, 844))
LOWER_ABDOMEN = "/body_map?area=abdomen.lower&side=midline"
OPEN = [spec for spec in PAGES if may("administrator", spec.action)]
"""The pages of the role that a demo opens with; the others' are in test_teaching_mode.py."""
HISTORY = 12
"""Sessions that the history shows at once; the demo has more of them there."""

# The arrow key that leads from the focused area towards another, by their middles; null on it.
ARROW_TOWARDS = """(wanted) => {
    const here = document.activeElement;
    if (here.dataset.area === wanted) return null;
    const svg = here.closest('svg');
    const [x, y] = here.dataset.anchor.split(' ').map(Number);
    const there = svg.querySelector(`[data-area="${wanted}"]`);
    const [left, top] = there.dataset.anchor.split(' ').map(Number);
    if (Math.abs(top - y) > 0.5 * Math.abs(left - x)) return top > y ? 'ArrowDown' : 'ArrowUp';
    return left > x ? 'ArrowRight' : 'ArrowLeft';
}"""


@pytest.fixture(scope="session")
def clinic_env(tmp_path_factory):
    """A demo with enough in the lower abdomen for durations to be shown."""
    return {
        "MESODASH_DB": str(tmp_path_factory.mktemp("app") / "demo.db"),
        "MESODASH_DEMO_SESSIONS": "1600",
        **ON_THE_DAY,
    }


@pytest.fixture(scope="session")
def app(serve, clinic_env):
    return serve(ROOT / "app.py", clinic_env)


@pytest.fixture
def page(tab):
    page = tab(viewport={"width": 1440, "height": 1000})
    yield page
    page.close()


def area(page, code, side="midline"):
    return page.locator(f'[role=button][data-area="{code}"][data-side="{side}"]').first


def expect_lower_abdomen(page):
    """The panel of the lower abdomen: its protocols, results, durations and sessions."""
    expect(page.locator("h2.md-title")).to_have_text("Lower abdomen", timeout=PATIENCE)
    indicated = page.get_by_role("region", name=re.compile("^Protocol "))
    expect(indicated).to_have_count(3, timeout=PATIENCE)
    expect(indicated.first).to_contain_text("Evidence")
    open_history(page)
    history = page.get_by_role("region", name="History here").get_by_role("table")
    expect(history.locator("tbody tr")).to_have_count(HISTORY, timeout=PATIENCE)
    expect(history.locator("tbody tr td").nth(1)).to_have_text(re.compile(r"P-\d{4}"))
    lasting = page.get_by_role("region", name="How long side effects last here")
    expect(lasting).to_contain_text("half gone by")


def open_history(page):
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_role("region", name="History here")).to_be_visible(timeout=PATIENCE)


def test_a_click_on_the_figure_opens_the_area(app, page):
    page.goto(f"{app}/body_map")
    area(page, "abdomen.lower").click()

    expect(page).to_have_url(f"{app}{LOWER_ABDOMEN}")
    expect_lower_abdomen(page)
    expect(area(page, "abdomen.lower")).to_have_attribute("aria-pressed", "true")
    expect(area(page, "abdomen.lower")).to_have_attribute("aria-label", "Lower abdomen")


def test_the_keyboard_alone_opens_the_area(app, page):
    page.goto(f"{app}/body_map")
    expect(area(page, "abdomen.lower")).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset?.area !== undefined"):
            break
    for _ in range(60):
        arrow = page.evaluate(ARROW_TOWARDS, "abdomen.lower")
        if arrow is None:
            break
        page.keyboard.press(arrow)
    page.keyboard.press("Enter")

    expect_lower_abdomen(page)


def test_a_link_opens_the_area_on_a_server_just_started(chromium, clinic_env, app, tmp_path):
    process, address = start_server(ROOT / "app.py", tmp_path / "server.log", clinic_env)
    try:
        context = chromium.new_context(viewport={"width": 1440, "height": 1000})
        page = context.new_page()
        page.goto(f"{address}{LOWER_ABDOMEN}")

        expect_lower_abdomen(page)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        context.close()
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_the_list_and_the_figure_are_in_step(app, page):
    page.goto(f"{app}{LOWER_ABDOMEN}")
    expect_lower_abdomen(page)
    page.get_by_role("combobox", name="Areas").click()
    page.get_by_role("combobox", name="Areas").fill("Hip")
    # The list narrows a moment after the typing; until then another area comes first.
    page.get_by_role("option", name="Hip, left", exact=True).click()

    expect(area(page, "hip", "left")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("h2.md-title")).to_contain_text("Lower abdomen")
    assert "hip" in page.url


def test_one_patient_narrows_the_history(app, page):
    page.goto(f"{app}{LOWER_ABDOMEN}")
    expect_lower_abdomen(page)
    patient = page.get_by_role("region", name="History here").locator("tbody tr td").nth(1)
    wanted = patient.inner_text()
    page.goto(f"{app}{LOWER_ABDOMEN}&patient={wanted}&show=History")

    expect(page.get_by_text(f"Patient {wanted}", exact=False).first).to_be_visible()
    history = page.get_by_role("region", name="History here")
    expect(history).to_contain_text("1 patient;")


def grave_in_both_themes(page):
    found = {}
    for theme in THEMES:
        turn(page, theme)
        found[theme] = grave(page)
    return found


def loaded(app, tab, spec, *, width, height):
    """The page, opened in a tab of its own that counts its shifts, once nothing moves."""
    page = tab(viewport={"width": width, "height": height})
    watch_shifts(page)
    page.goto(f"{app}/{spec.url_path}")
    expect(page.locator("h1")).to_have_text([spec.title], timeout=PATIENCE)
    stand_still(page)
    return page


@pytest.mark.parametrize("spec", OPEN, ids=lambda spec: spec.url_path)
def test_a_cold_link_to_a_page_runs_the_frame_and_the_page(app, page, tab, spec, record_property):
    watch_shifts(page)
    page.goto(f"{app}/{spec.url_path}")

    expect(page).to_have_title(f"{spec.title} - mesodash")
    expect(page.locator("h1")).to_have_text([spec.title])
    said = page.locator(".md-quiet, .md-empty, .md-card").locator("visible=true")
    expect(said.first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Synthetic patients")).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.locator(ERRORS)).to_have_count(0)
    stand_still(page)
    shift = layout_shift(page)
    if shift > MOST_SHIFT:
        shift = least_shift(lambda: loaded(app, tab, spec, width=1440, height=1000))
    record_property("layout_shift", round(shift, 3))
    assert shift <= MOST_SHIFT
    # test_review.py looks at its pages of the same clinic in both themes, at this width and others.
    if not spec.file.startswith("review/"):
        assert grave_in_both_themes(page) == {theme: [] for theme in THEMES}


def test_the_body_map_has_no_serious_accessibility_finding_and_keeps_to_the_policy(app, page):
    outside, refused = foreign(page, app)
    answer = page.goto(f"{app}{LOWER_ABDOMEN}")
    expect_lower_abdomen(page)

    assert "script-src 'self'" in answer.headers["content-security-policy"]
    page.get_by_role("tab", name="Indicated").click()
    expect(page.locator("[data-area]").first).to_be_visible(timeout=PATIENCE)
    assert grave_in_both_themes(page) == {theme: [] for theme in THEMES}
    assert outside == []
    # Streamlit's own page holds one inline script, a flag for crawlers, which the policy refuses.
    assert len(refused) <= 1


def test_nothing_spills_sideways(app, page):
    page.goto(f"{app}{LOWER_ABDOMEN}")
    expect_lower_abdomen(page)
    found = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        stand_still(page)
        found[width] = spill(page)

    assert found == {width: 0 for width, _ in SIZES}


@pytest.mark.parametrize("spec", OPEN, ids=lambda spec: spec.url_path)
def test_how_much_a_page_shifts_on_a_phone_while_it_is_drawn(app, tab, spec, record_property):
    shift = least_shift(lambda: loaded(app, tab, spec, width=390, height=844))

    record_property("layout_shift", round(shift, 3))
    assert shift <= MOST_SHIFT


def test_negative_control_a_shift_is_measured(tab):
    page = tab(viewport={"width": 600, "height": 600})
    watch_shifts(page)
    page.goto("data:text/html,<p style='height:300px;background:teal'>below</p>")
    page.wait_for_timeout(200)
    page.evaluate("""() => {
        const above = document.createElement('div');
        above.style.height = '200px';
        document.body.prepend(above);
    }""")
    page.wait_for_function("window.layoutShift > 0.1")
    page.close()


def test_clearing_the_last_area_is_one_step_back(app, page):
    page.goto(app + LOWER_ABDOMEN)
    expect(page.locator("h2.md-title")).to_have_text("Lower abdomen", timeout=PATIENCE)
    stand_still(page)
    before = page.evaluate("history.length")
    area(page, "abdomen.lower").press("Escape")
    expect(page.locator("h2.md-title")).to_have_text("Choose an area", timeout=PATIENCE)
    stand_still(page)
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(page.locator("h2.md-title")).to_have_text("Lower abdomen", timeout=PATIENCE)


def test_what_a_button_opens_takes_the_focus(app, page):
    page.goto(app + LOWER_ABDOMEN)
    for button, opened in (("Screen: ", "Screening"), ("Choose (?!several)", "Plan")):
        page.get_by_role("tab", name="Indicated").click()
        page.get_by_role("button", name=re.compile(f"^{button}")).first.press("Enter")
        begins = page.get_by_role("group", name=opened, exact=True)
        expect(begins).to_be_focused(timeout=PATIENCE)
