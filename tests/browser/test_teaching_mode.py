"""Teaching mode on a demo: begun by a question, there after a reload, left by a question."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import ON_THE_DAY, of_kind
from tests.browser.looks import axe
from tests.browser.menu import offered

from mesodash.permissions import may
from mesodash.ui.shell.pages import PAGES

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(scope="module")
def url(serve, tmp_path_factory):
    path = tmp_path_factory.mktemp("teaching") / "demo.db"
    return serve(APP, {**ON_THE_DAY, "MESODASH_DB": str(path), "MESODASH_DEMO_SESSIONS": "60"})


def test_it_is_begun_kept_and_left(url, own, chromium):
    page = of_kind(own.new_page(), {"width": 1440, "height": 900})
    page.goto(f"{url}/?patient=P-0001&area=face.cheek&side=left", timeout=120_000)
    page.get_by_role("link", name="Teaching mode").click()
    assert [one["id"] for one in axe(page)["violations"]] == []
    page.get_by_role("button", name="Begin teaching mode").click()
    leave = page.get_by_role("link", name="Leave teaching mode")
    expect(leave).to_be_visible()
    page.goto(f"{url}/?patient=P-0001&area=face.cheek&side=left")
    expect(page.get_by_role("heading", name="Cheek, left")).to_be_visible()
    expect(page).not_to_have_url(re.compile("patient"))
    page.reload()
    expect(leave).to_be_visible()
    expect(page.get_by_role("combobox", name="See it as")).to_have_count(0)
    links = offered(page)
    assert "cases" in links
    assert links.isdisjoint(one.url_path for one in PAGES if not may("trainer", one.action))

    other = chromium.new_context()
    try:
        free = other.new_page()
        free.goto(url)
        expect(free.get_by_role("link", name="Teaching mode", exact=True)).to_be_visible()
    finally:
        other.close()

    leave.click()
    page.get_by_role("button", name="Leave teaching mode").click()
    expect(page.get_by_role("link", name="Teaching mode", exact=True)).to_be_visible()
    assert "volumes" in offered(page)
