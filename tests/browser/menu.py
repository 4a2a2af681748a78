"""The app's menu in a browser, as a person uses it: a button a group, a link a page."""

from playwright.sync_api import Page, expect
from tests.browser.looks import PATIENCE


def open_menu(page: Page, group: str) -> None:
    """Open the menu of a group, such as `Review`; on a clinic's file the last bears one's name."""
    page.get_by_test_id("stPopoverButton").filter(has_text=group).first.click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()


def choose(page: Page, group: str, title: str) -> None:
    """Click a page's link in the menu of its group."""
    open_menu(page, group)
    page.get_by_test_id("stPopoverBody").get_by_role("link", name=title, exact=True).click()


def sign_out(page: Page, account: str) -> None:
    """Click what ends the sign-in, in the menu that bears one's name."""
    open_menu(page, account)
    page.get_by_role("button", name="Sign out").click()


def expect_signed_in(page: Page, account: str) -> None:
    """Wait until the page is drawn for an account."""
    menu = page.get_by_test_id("stPopoverButton").filter(has_text=account)
    expect(menu).to_be_visible(timeout=PATIENCE)


def offered(page: Page) -> set[str]:
    """The last part of each address that the menus lead to; "" for the app's own."""
    menus = page.locator(".st-key-frame_menu").get_by_test_id("stPopoverButton")
    found: set[str] = set()
    for at in range(menus.count()):
        menus.nth(at).click()
        body = page.get_by_test_id("stPopoverBody")
        expect(body).to_be_visible()
        links = body.get_by_role("link").all()
        found |= {str(link.get_attribute("href")).rsplit("/", 1)[-1] for link in links}
        page.keyboard.press("Escape")
        expect(body).to_have_count(0)
    return found
