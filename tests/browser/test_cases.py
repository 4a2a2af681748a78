"""A case in a real browser: right, wrong and critical answers; the checklist of a station."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import ON_THE_DAY, of_kind
from tests.browser.looks import axe
from tests.conftest import TODAY

from mesodash.teaching.asking.cases import DECISIONS, REFUSE, TREAT, make_case

APP = Path(__file__).parents[2] / "app.py"
ORDER = list(DECISIONS)


@pytest.fixture(scope="module")
def url(serve, tmp_path_factory):
    path = tmp_path_factory.mktemp("cases") / "demo.db"
    return serve(APP, {**ON_THE_DAY, "MESODASH_DB": str(path), "MESODASH_DEMO_SESSIONS": "60"})


@pytest.fixture
def page(url, own):
    page = of_kind(own.new_page(), {"width": 1280, "height": 1000})
    page.goto(f"{url}/cases", timeout=120_000)
    expect(page.get_by_role("button", name="Score", exact=True)).to_be_visible()
    return page


def refused(catalogue):
    """The first case that must be refused."""
    return next(
        case
        for case in (make_case(catalogue, seed, today=TODAY) for seed in range(1, 200))
        if ORDER[min(case.decision.right)] == REFUSE
    )


def open_case(page: Page, number: int) -> None:
    field = page.get_by_label("Case number")
    field.fill(str(number))
    field.press("Enter")
    expect(page.get_by_role("heading", name=f"Case {number}")).to_be_visible()


def answer(page: Page, case, places) -> None:
    for at, item in enumerate(case.items):
        group = page.get_by_role("radiogroup").nth(at)
        group.get_by_text(item.options[places[at]], exact=True).click()
    page.get_by_role("button", name="Score", exact=True).click()


def test_right_wrong_and_critical_answers(page, catalogue):
    case = refused(catalogue)
    open_case(page, case.seed)
    right = [min(item.right) for item in case.items]
    answer(page, case, right)
    expect(page.get_by_role("status").filter(has_text="Passed")).to_be_visible()
    expect(page.locator(".md-case.right")).to_have_count(len(case.items))

    wrong = [
        next(at for at in range(len(item.options)) if at not in item.right | item.critical)
        if number == 1
        else right[number]
        for number, item in enumerate(case.items)
    ]
    answer(page, case, wrong)
    expect(page.locator(".md-case.wrong")).to_have_count(1)

    answer(page, case, [ORDER.index(TREAT), *right[1:]])
    expect(page.get_by_text("Failed: a critical mistake")).to_be_visible()
    expect(page.locator(".md-case.critical")).to_have_count(1)
    assert [one["id"] for one in axe(page)["violations"]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_running_case_has_no_finding_before_and_after_its_answers(page, catalogue, scheme):
    """On a screen of 1280 x 720, with a curve to be read among its questions."""
    case = next(
        made
        for made in (make_case(catalogue, seed, today=TODAY) for seed in range(1, 400))
        if any(item.curve for item in made.items)
    )
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    open_case(page, case.seed)
    expect(page.get_by_test_id("stPlotlyChart").locator(".main-svg").first).to_be_visible()
    assert [one["id"] for one in axe(page)["violations"]] == []
    answer(page, case, [min(item.right) for item in case.items])
    expect(page.locator(".md-case")).to_have_count(len(case.items))
    assert [one["id"] for one in axe(page)["violations"]] == []


def test_a_critical_item_that_is_missed_fails_the_station(page):
    page.get_by_role("combobox", name="Protocol").click()
    page.get_by_role("option", name="Deoxycholic acid, under the chin").click()
    page.get_by_role("tab", name="Checklist").click()
    told = re.compile(r"0 of (\d+) shown; critical items missed: (\d+)\.")
    expect(page.get_by_text(told)).to_be_visible()
    of, critical = map(int, told.search(page.get_by_text(told).inner_text()).groups())
    assert 10 < critical < of
    page.locator('[data-testid="stCheckbox"]').filter(has_text="Critical:").first.click()
    after = f"1 of {of} shown; critical items missed: {critical - 1}."
    expect(page.get_by_text(after)).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Not passed yet")).to_be_visible()
