"""Signing in and out in a real browser."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import of_kind, start_server
from tests.browser.looks import axe
from tests.browser.menu import choose, expect_signed_in, offered, sign_out

from mesodash.access import passwords, signing_in
from mesodash.access.gate import COOKIE
from mesodash.permissions import may
from mesodash.records.accounts import accounts, sign_ins
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import utc_now, writing
from mesodash.ui.shell.pages import PAGES

APP = Path(__file__).parents[2] / "app.py"
PASSWORD = "correct horse battery"


def make_accounts(path):
    create_clinic(path, clinic_id="c", name="Clinic <b>One", kind="clinical", actor=COMMAND_LINE)
    for name, role in (
        ("Ada", "administrator"),
        ("Pia", "practitioner"),
        ("Tom", "trainer"),
        ("Max", "practitioner"),
    ):
        kept = passwords.hashed(PASSWORD, name=name)
        accounts.add_account(path, name, role, COMMAND_LINE, password_hash=kept)
    return path


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Give a function: a name -> the clinic of that name, its address and what serves it."""
    running = {}

    def start(name):
        if name not in running:
            folder = tmp_path_factory.mktemp("sign_in")
            clinic = make_accounts(folder / "clinic.db")
            env = {"MESODASH_DB": str(clinic)}
            process, url = start_server(APP, folder / "app.log", env, show_errors="none")
            running[name] = (clinic, url, process)
        return running[name]

    yield start
    for _, _, process in running.values():
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def served(started, request, attempt):
    """A second attempt has accounts to which the first one did nothing."""
    return started("shared" if attempt == 1 else request.node.nodeid)


@pytest.fixture
def clinic(served):
    return served[0]


@pytest.fixture
def url(served):
    return served[1]


def fill_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def context(own: BrowserContext):
    return own


def test_a_deep_link_leads_through_the_sign_in_to_its_page(url, context):
    page = context.new_page()
    page.goto(f"{url}/protocols")
    expect(page.get_by_text("Clinic <b>One")).to_be_visible()
    fill_in(page, "pia", "wrong password!")
    expect(page.get_by_role("alert")).to_have_text("Name or password is not right.")
    expect(page.get_by_label("Name")).to_have_value("pia")
    fill_in(page, "pia")
    expect(page.get_by_text("Pia, practitioner")).to_be_visible()
    assert page.url == f"{url}/protocols"
    cookie = next(c for c in context.cookies() if c["name"] == COOKIE)
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)


def test_signing_out_ends_every_tab_and_the_cookie_is_worth_nothing(url, context, checks):
    first, second = context.new_page(), context.new_page()
    first.goto(url)
    fill_in(first, "Pia")
    expect_signed_in(first, "Pia")
    second.goto(f"{url}/volumes")
    expect_signed_in(second, "Pia")
    kept = context.cookies()
    with checks("session rules in the browser", planned=4) as count:
        sign_out(first, "Pia")
        count.that(is_out(first), "the tab that signed out")
        count.that("Volumes" in second.locator("body").inner_text(), "control: not yet clicked")
        choose(second, "Consult", "Protocols")
        count.that(is_out(second), "the other tab, with its next click")
        context.add_cookies(kept)
        second.goto(f"{url}/volumes")
        expect(second.get_by_role("heading", name="Sign in")).to_be_visible()
        count.that(second.url.startswith(f"{url}/sign-in"), "the cookie from before")


def is_out(page: Page) -> bool:
    """Whether a tab says that it is signed out, and nothing of the page it showed is left."""
    # What the page showed before goes a moment after the words have come.
    expect(page.get_by_test_id("stMain")).to_have_text(
        "Signed out This sign-in has ended. Sign in again", use_inner_text=True
    )
    return True


def test_a_tab_left_open_is_out_with_its_next_click(url, clinic, context):
    """Its websocket stays open all the while: the limit is asked at each click, not at the door."""
    page = context.new_page()
    page.goto(url)
    fill_in(page, "Pia")
    expect_signed_in(page, "Pia")
    value = next(c["value"] for c in context.cookies() if c["name"] == COOKIE)
    before = (utc_now() - sign_ins.IDLE - timedelta(seconds=1)).isoformat(timespec="seconds")
    with writing(clinic, COMMAND_LINE, unlogged=True) as change:
        changed = change.db.execute(
            "UPDATE sign_ins SET seen_at = ? WHERE token_hash = ?",
            [before, signing_in.hashed_token(value)],
        ).rowcount
    assert changed == 1
    choose(page, "Consult", "Protocols")
    assert is_out(page)


def test_an_account_shut_out_is_out_with_its_next_click(url, clinic, context):
    page = context.new_page()
    page.goto(f"{url}/body_map")
    fill_in(page, "Max")
    expect_signed_in(page, "Max")
    figure = page.locator(".mb-root").get_by_role("button", name="Lower abdomen").first
    expect(figure).to_be_visible()
    accounts.set_disabled(clinic, "Max", COMMAND_LINE)
    figure.click()  # in a part of the page that runs by itself
    assert is_out(page)


def test_a_trainer_is_offered_no_page_with_patients(url, context):
    page = context.new_page()
    page.goto(url)
    fill_in(page, "Tom")
    expect(page.get_by_text("Tom, trainer")).to_be_visible()
    shut = [spec for spec in PAGES if not may("trainer", spec.action)]
    assert {"body_map", "volumes"} <= {spec.url_path for spec in shut}
    links = offered(page)
    assert "cases" in links
    assert links.isdisjoint(spec.url_path for spec in shut)
    page.goto(f"{url}/body_map")
    expect(page.get_by_text("Tom, trainer")).to_be_visible()
    expect(page.locator(".mb-root")).to_have_count(0)


def test_an_administrator_sets_up_the_second_step_once(url, context):
    page = context.new_page()
    page.goto(url)
    fill_in(page, "Ada")
    expect(page.get_by_role("heading", name="Set up the second step")).to_be_visible()
    secret = page.locator("code").inner_text()
    expect(page.get_by_alt_text("QR code of the key below")).to_be_visible()
    page.goto(f"{url}/volumes")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{url}/sign-in/code")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("code").inner_text() == secret, "the key stays while one is typing"
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Ada, administrator")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/code"])
def test_the_sign_in_pages_are_accessible(url, own, scheme, address):
    page = of_kind(own.new_page(), {"width": 390, "height": 844}, color_scheme=scheme)
    page.goto(url)
    if address.endswith("code"):
        fill_in(page, "Ada")
        expect(page.get_by_label("Code")).to_be_visible()
    found = axe(page)["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_where_to_go_afterwards_is_never_another_site(url, context):
    page = context.new_page()
    page.goto(f"{url}/sign-in?to=//evil.example/")
    fill_in(page, "Pia")
    expect_signed_in(page, "Pia")
    assert page.url == f"{url}/"
