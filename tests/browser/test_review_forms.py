"""Review pages on a phone, in forced colours, on paper, and where the focus goes."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.looks import PATIENCE, stand_still

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def app(serve, tmp_path_factory):
    env = {
        "MESODASH_DB": str(tmp_path_factory.mktemp("forms") / "demo.db"),
        "MESODASH_DEMO_SESSIONS": "800",
    }
    return serve(ROOT / "app.py", env)


@pytest.fixture
def look(tab):
    """Give a function (address, kind of context) -> the page, drawn to its end."""
    opened = []

    def at(address, *, height=900, width=1440, **kind):
        page = tab(viewport={"width": width, "height": height}, **kind)
        opened.append(page)
        page.goto(address)
        expect(page.locator(".md-leading, .md-empty").first).to_be_visible(timeout=PATIENCE)
        stand_still(page)
        return page

    yield at
    for page in opened:
        page.close()


def test_on_a_phone_the_filters_are_behind_the_line_that_says_them(app, look):
    page = look(f"{app}/courses?filter_practitioner=D-01", width=390)
    filters = page.locator(".st-key-row_of_filters")
    line = page.locator(".md-fold summary")

    expect(line).to_contain_text("practitioner D-01")
    expect(filters).to_be_hidden()
    top = page.locator(".md-leading").bounding_box()["y"]
    assert top < 844

    line.press("Enter")
    expect(filters).to_be_visible()


def test_on_a_desktop_the_filters_are_in_sight(app, look):
    page = look(f"{app}/courses")

    expect(page.locator(".st-key-row_of_filters")).to_be_visible()
    expect(page.locator(".md-fold")).to_be_hidden()


def test_in_forced_colours_bars_and_the_chosen_part_are_seen(app, look):
    page = look(f"{app}/side_effects", forced_colors="active")
    colour = "(one) => getComputedStyle(one).backgroundColor"
    ground = page.locator(".md-track").first.evaluate(colour)

    for mark in (".half", ".span", ".promise"):
        assert page.locator(f".md-track {mark}").first.evaluate(colour) != ground, mark
    group = page.locator(".st-key-effects_part button")
    chosen = page.locator('.st-key-effects_part button[data-selected="true"]')
    assert chosen.evaluate(colour) != group.last.evaluate(colour)


def test_on_paper_tables_are_whole_and_widgets_are_gone(app, look):
    page = look(f"{app}/due")
    table = page.locator(".md-tall").first
    seen = "(one) => one.scrollHeight - one.clientHeight"
    assert table.evaluate(seen) > 0

    page.emulate_media(media="print")

    assert table.evaluate(seen) <= 0
    for gone in (".st-key-row_of_filters", "[data-testid=stHeader]", ".stDownloadButton"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".md-leading")).to_be_visible()


def test_what_can_be_pressed_in_a_table_is_24_pixels_or_more(app, look):
    page = look(f"{app}/courses")

    sizes = page.locator(".md-sort, .md-how summary").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect())"
        ".filter((box) => box.width).map((box) => Math.min(box.width, box.height))"
    )
    assert sizes
    assert min(sizes) >= 24


def test_columns_do_not_touch(app, look):
    page = look(f"{app}/courses")

    gaps = page.locator(".md-table").evaluate_all(
        """(all) => all.flatMap((table) => [...table.tBodies[0].rows].slice(0, 3).flatMap((row) => {
            const boxes = [...row.cells].map((cell) => {
                const range = document.createRange();
                range.selectNodeContents(cell);
                return range.getBoundingClientRect();
            });
            return boxes.slice(1).map((box, at) => box.left - boxes[at].right);
        }))"""
    )
    assert min(gaps) >= 12


def test_the_focus_goes_to_the_list_that_was_opened(app, look):
    page = look(f"{app}/volumes")
    choice = page.get_by_role("combobox", name="Sessions behind a bar or an area")
    choice.click()
    choice.fill("Area: Abdomen")

    choice.press("Enter")

    heading = page.locator("#sessions-behind")
    expect(heading).to_be_focused(timeout=PATIENCE)
    expect(heading).to_contain_text("Sessions behind Area: Abdomen")
