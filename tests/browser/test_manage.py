"""The pages under Manage in a browser: widths, themes, and addresses that are not for a role."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import of_kind, start_server
from tests.browser.looks import FAULTLESS, PATIENCE, faults
from tests.browser.menu import offered
from tests.consult_clinic import make_clinic
from tests.pages.identities import IDENTITIES, add_accounts, entries_since, last_entry, signed_in

from mesodash.access.gate import COOKIE
from mesodash.ui.shell.pages import PAGES

APP = Path(__file__).parents[2] / "app.py"
ADA, MIA, _, _, TOM, REX = IDENTITIES
MANAGE = [spec.url_path for spec in PAGES if spec.file.startswith("manage/")]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    db = make_clinic(tmp_path_factory.mktemp("manage") / "rooms.db", kind="clinical")
    add_accounts(db)
    return db


@pytest.fixture(scope="module")
def url(clinic, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "app.log"
    process, url = start_server(APP, log, {"MESODASH_DB": str(clinic)}, show_errors="none")
    yield url
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def tab_of(own, clinic, url):
    """Give the tab of a browser in which one of the identities is signed in."""

    def signed(who):
        own.add_cookies([{"name": COOKIE, "value": signed_in(clinic, who), "url": url}])
        size = {"width": 1440, "height": 1000}
        return of_kind(own.new_page(), size, reduced_motion="reduce")

    return signed


def drawn(page, address):
    """Go there and wait until the page is drawn to its end."""
    page.goto(address)
    expect(page.locator(".md-quiet, .md-empty").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)


@pytest.mark.parametrize("path", MANAGE)
def test_the_pages_at_every_width_in_both_themes(url, tab_of, path):
    page = tab_of(ADA)
    drawn(page, f"{url}/{path}")

    assert faults(page) == FAULTLESS


@pytest.mark.parametrize("who", [MIA, TOM, REX], ids=lambda who: who.actor_id)
def test_addresses_typed_by_hand_open_nothing_that_the_role_may_not(
    url, clinic, tab_of, who, checks
):
    """The page's name goes over the websocket as a browser sends it; nothing of the page runs."""
    page = tab_of(who)
    shut = [spec for spec in PAGES if not who.may(spec.action)]
    drawn(page, url)
    at = last_entry(clinic)
    with checks(f"addresses typed by {who.actor_id}", planned=3 * len(shut) + 1) as count:
        links = offered(page)
        count.that("account" in links, f"control: the menus lead to {links}")
        for spec in shut:
            count.that(spec.url_path not in links, f"{spec.url_path} is offered")
        for spec in shut:
            drawn(page, f"{url}/{spec.url_path}")
            text = page.get_by_test_id("stMain").inner_text()
            count.that("This page is not for your role" in text, f"{spec.url_path}: {text[:200]}")
            heads = page.get_by_test_id("stMain").locator("h1, h2, .md-quiet").all_inner_texts()
            count.that(heads == ["Not for your role"], f"{spec.url_path} shows {heads}")
    noted = [(row[0], row[2], row[4]) for row in entries_since(clinic, at)]
    assert noted == [(who.actor_id, "refused", spec.action) for spec in shut]
