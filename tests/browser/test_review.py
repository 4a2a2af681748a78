"""The review pages in a real browser: filters, drilling, sorting, files, widths, themes, policy."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import ON_THE_DAY
from tests.browser.looks import FAULTLESS, PATIENCE, faults, foreign
from tests.browser.menu import choose

from mesodash.ui.shell.pages import PAGES

ROOT = Path(__file__).parents[2]
REVIEW = [spec.url_path for spec in PAGES if spec.file.startswith("review/")]
PARTS = ["How often", "Onset and severity", "Still open", "For publication"]
PATHS = [*(f"/{path}" for path in REVIEW), *(f"/side_effects?effects_part={p}" for p in PARTS)]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def app(serve, tmp_path_factory):
    env = {
        "MESODASH_DB": str(tmp_path_factory.mktemp("review") / "demo.db"),
        "MESODASH_DEMO_SESSIONS": "800",
        **ON_THE_DAY,
    }
    return serve(ROOT / "app.py", env)


@pytest.fixture
def page(tab):
    page = tab(viewport={"width": 1440, "height": 1000})
    yield page
    page.close()


def settled(page):
    """Wait until no run of the page is under way."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)


def open_page(page, address):
    """Go there and wait until the page is drawn to its end."""
    page.goto(address)
    expect(page.locator(".md-quiet, .md-empty").first).to_be_visible(timeout=PATIENCE)
    settled(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)


def table(page, name):
    return page.get_by_role("region", name=f"{name}, table")


def column(page, name, at):
    return table(page, name).locator(f"tbody tr > :nth-child({at})").all_inner_texts()


def test_a_head_sorts_the_table_by_click_and_by_key(app, page):
    open_page(page, f"{app}/volumes")
    head = table(page, "By month").get_by_role("button", name="Sessions", exact=True)
    expect(head).to_be_visible()

    head.click()
    fallen = [int(text.replace(" ", "")) for text in column(page, "By month", 2)]
    head.press("Enter")
    risen = [int(text.replace(" ", "")) for text in column(page, "By month", 2)]

    assert fallen == sorted(fallen, reverse=True)
    assert risen == fallen[::-1]
    cell = table(page, "By month").locator("th[aria-sort=ascending]")
    expect(cell).to_have_text("Sessions")


def test_days_sort_by_the_calendar_and_not_by_their_letters(app, page):
    open_page(page, f"{app}/volumes?volumes_by=Day")
    head = table(page, "By day").get_by_role("button", name="Day", exact=True)

    head.click()

    texts = column(page, "By day", 1)
    days = [datetime.strptime(text, "%d %b %Y").replace(tzinfo=UTC) for text in texts]
    assert days == sorted(days)
    assert len({day.month for day in days}) > 2


def test_a_bar_opens_its_sessions_and_so_does_the_list(app, page):
    open_page(page, f"{app}/volumes")
    bars = page.locator(".st-key-volumes_over_time .point path")
    expect(bars.first).to_be_visible()

    # A month without a session, as the first days of a period may be, has a bar of no height.
    heights = bars.evaluate_all("all => all.map((bar) => bar.getBoundingClientRect().height)")
    bars.nth(heights.index(max(heights))).click(force=True)

    behind = page.get_by_role("region", name=re.compile("^Sessions behind .* 20")).first
    expect(behind).to_contain_text(re.compile(r"P-\d{4}"), timeout=PATIENCE)
    expect(page).to_have_url(re.compile("volumes_behind="))
    page.get_by_role("link", name="see the sessions behind it").click()
    expect(behind).to_be_in_viewport()

    choice = page.get_by_role("combobox", name="Sessions behind a bar or an area")
    choice.click()
    choice.fill("Area: Abdomen")
    choice.press("Enter")
    expect(
        page.get_by_role("region", name=re.compile("Sessions behind Area: Abdomen")).first
    ).to_be_visible(timeout=PATIENCE)


def test_an_area_of_the_coloured_body_opens_its_sessions(app, page):
    open_page(page, f"{app}/volumes")

    page.locator(
        ".st-key-card_volumes_body [role=button][data-area='face.cheek'], "
        ".st-key-card_volumes_body [role=button][data-area='abdomen.lower']"
    ).first.click()

    expect(
        page.get_by_role("region", name=re.compile("Sessions behind Area:")).first
    ).to_be_visible(timeout=PATIENCE)


def test_the_small_body_filters_every_page(app, page):
    open_page(page, f"{app}/volumes")
    page.get_by_role("button", name="On the body").click()

    page.locator(".st-key-small_body [role=button][data-area='abdomen.lower']").first.click()

    expect(page).to_have_url(re.compile("filter_area="), timeout=PATIENCE)
    said = page.get_by_text("area Abdomen: Lower abdomen.").first
    expect(said).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-small_body")).to_have_count(0, timeout=PATIENCE)
    settled(page)
    choose(page, "Review", "Courses")
    expect(page.locator("h1")).to_have_text("Courses", timeout=PATIENCE)
    expect(said).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("filter_area="), timeout=PATIENCE)


def test_filters_come_from_the_address(app, page):
    open_page(page, f"{app}/volumes?filter_shared=true&filter_practitioner=D-01")

    expect(page.get_by_text("practitioner D-01.").first).to_be_visible()
    expect(
        page.get_by_text("Shared view: groups of fewer than 5 are left out.").first
    ).to_be_visible()


@pytest.mark.parametrize(
    ("path", "files"),
    [
        (
            "/volumes",
            [
                (
                    "Save as CSV",
                    r"volumes-by-month-\d{4}-\d\d-\d\d\.csv",
                    b"month,",
                ),
                ("Notes to the CSV", r"volumes-by-month-[\d-]{10}\.txt", b"Table: "),
                ("Save as Excel", r"volumes-by-month-[\d-]{10}\.xlsx", b"PK"),
                ("Save the month as PDF", r"monthly-\d{4}-\d\d\.pdf", b"%PDF"),
            ],
        ),
        (
            "/due",
            [("Save as calendar (.ics)", r"calls-\d{4}-\d\d-\d\d\.ics", b"BEGIN:VCALENDAR")],
        ),
    ],
)
def test_files_are_made_on_the_click(app, page, tmp_path, path, files):
    open_page(page, f"{app}{path}")
    for button, name, start in files:
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name=button).first.click()
        kept = tmp_path / "file"
        download.value.save_as(kept)

        assert re.fullmatch(name, download.value.suggested_filename)
        assert kept.read_bytes().startswith(start)


@pytest.mark.parametrize("path", PATHS)
def test_every_page_at_every_width_in_both_themes_by_our_policy(app, tab, path):
    page = tab(viewport={"width": 1440, "height": 1000}, reduced_motion="reduce")
    outside, refused = foreign(page, app)
    open_page(page, f"{app}{path}")
    found = faults(page)
    page.close()

    assert found == FAULTLESS
    assert outside == []
    # Streamlit's own page holds one inline script, a flag for crawlers, which the policy refuses.
    assert len(refused) <= 1
