"""What the browser tests of the figure share: opening its page, finding areas, what was heard."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

SERVER = Path(__file__).parent / "apps" / "figure_server.py"
LISTEN = """() => {
  window.refused = [];
  document.addEventListener('securitypolicyviolation',
    (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
}"""

Opener = Callable[..., Page]


@pytest.fixture
def opened(serve, tab: Callable[..., Page]) -> Iterator[Opener]:
    """Give a function that opens the test page; every page must end without an error.

    `before` is handed the page while it is still empty, to listen from the start.
    """
    pages, errors = [], []

    def start(
        query: str = "", *, atlas: str = "small", before: Callable | None = None, **kind
    ) -> Page:
        url = serve(SERVER, {"FIGURE_ATLAS": atlas} if atlas else {})
        page = tab(**{"viewport": {"width": 1440, "height": 900}, **kind})
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if before:
            before(page)
        page.add_init_script(f"({LISTEN})()")
        page.goto(f"{url}/?{query}")
        return page

    yield start
    for page in pages:
        page.close()
    assert errors == []


def area(page: Page, name: str, view: str = "front") -> Locator:
    return page.locator(f'.mb-svg[data-view="{view}"]').get_by_role("button", name=name, exact=True)


def heard(page: Page, what: str) -> None:
    """Python's own word on the choice, not the figure's."""
    expect(page.get_by_text(f"heard: {what}".strip(), exact=True)).to_be_visible()


def runs(page: Page) -> int:
    return int(page.get_by_text("runs: ").inner_text().removeprefix("runs: "))


def view_button(page: Page, name: str) -> Locator:
    return page.locator(".mb-bar").get_by_role("button", name=name, exact=True)


def focused(page: Page) -> str | None:
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def address(page: Page) -> str:
    return page.url.partition("?")[2]
