"""Looking at a drawn page: waiting until nothing moves, and what is wrong with it at a width."""

import math
from collections.abc import Callable

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request, expect

PATIENCE = 90_000
"""Milliseconds that any state is waited for. A busy machine may take a minute over one run of a
page; a page that is wrong stays wrong however long one waits."""
# Streamlit's card of an exception, and our own words in its place.
ERRORS = "[data-testid=stException], .md-incident"
WIDTHS = (1440, 1024, 390)
THEMES = ("light", "dark")

# Settles once nothing of the document and its layout changed for a quarter of a second.
STANDS_STILL = """() => new Promise((done) => {
    const root = document.documentElement;
    const shape = () => [root.scrollWidth, root.clientWidth, document.body.scrollHeight,
        ...[...document.querySelectorAll('svg, canvas, iframe, table')]
            .map((one) => one.getBoundingClientRect())
            .map((box) => `${box.x} ${box.y} ${box.width}`)].join();
    let last = '', since = performance.now();
    const watcher = new MutationObserver(() => { since = performance.now(); });
    watcher.observe(document, {
        subtree: true, childList: true, attributes: true, characterData: true,
    });
    const look = () => {
        const now = performance.now(), here = shape();
        if (here !== last) [last, since] = [here, now];
        if (now - since < 250) return setTimeout(look, 50);
        watcher.disconnect();
        done();
    };
    look();
})"""


def stand_still(page: Page) -> None:
    """Wait until no run of the page is under way and neither it nor its layout changes any more."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
    page.evaluate(STANDS_STILL)


def settled(page: Page) -> None:
    """Stand still, with nothing of an earlier run left, faded, where a newer one is to come."""
    stand_still(page)
    expect(page.locator('[data-stale="true"]')).to_have_count(0, timeout=PATIENCE)


def axe(page: Page, within: str | None = None) -> dict[str, list[dict]]:
    """What axe finds on the page, or in one element of it.

    Its script goes into a document once: read again before each run, as `Axe.run` of
    axe-playwright-python does, it costs a third of the whole.

    Args:
        within: selector of the element.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(
        "(within) => axe.run(within ?? document, { resultTypes: ['violations'] })", within
    )


def grave(page: Page) -> list[tuple[str, list[str]]]:
    """The serious and critical findings of axe: the rule's name, and the first nodes it found."""
    return [
        (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
        for rule in axe(page)["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def foreign(page: Page, own: str) -> tuple[list[str], list[str]]:
    """Listen to a page not yet opened: what it will ask for elsewhere, what the policy refuses it.

    Both lists grow while the page is looked at.
    """
    outside: list[str] = []
    refused: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((own, "data:", "blob:")):
            outside.append(request.url)

    def complained(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    page.on("request", asked)
    page.on("console", complained)
    return outside, refused


def spill(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return max(page.evaluate(wider), 0)


def turn(page: Page, theme: str) -> None:
    """Put the page that is open into a theme, as the system's switch does, and wait for it."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        """(dark) => {
            const colour = getComputedStyle(document.querySelector('.stApp')).backgroundColor;
            const [red, green, blue] = colour.match(/\\d+/g).map(Number);
            return (red + green + blue < 384) === dark;
        }""",
        arg=theme == "dark",
        timeout=PATIENCE,
    )
    stand_still(page)


def faults(page: Page) -> dict[tuple[str, int], tuple[int, int, list]]:
    """Look at the open page in both themes at every width, without loading it again.

    Gives (theme, width) -> (pixels too wide, errors shown, grave findings of axe).
    """
    found = {}
    for theme in THEMES:
        turn(page, theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1000})
            stand_still(page)
            found[theme, width] = (
                spill(page),
                page.locator(ERRORS).count(),
                grave(page),
            )
    return found


FAULTLESS = dict.fromkeys(((theme, width) for theme in THEMES for width in WIDTHS), (0, 0, []))


# Counts from before the page's first script. Shifts right after a person's own input do not count
# (web.dev/articles/cls); the score is the largest sum of shifts less than a second apart, within at
# most five seconds.
WATCH_SHIFTS = """(() => {
    window.layoutShift = 0;
    let sum = 0, first = 0, last = 0;
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) {
            if (shift.hadRecentInput) continue;
            if (shift.startTime - last > 1000 || shift.startTime - first > 5000) {
                sum = 0;
                first = shift.startTime;
            }
            last = shift.startTime;
            sum += shift.value;
            window.layoutShift = Math.max(window.layoutShift, sum);
        }
    }).observe({ type: 'layout-shift', buffered: true });
})()"""
MOST_SHIFT = 0.1
"""What web.dev calls good."""
LOADS = 3


def watch_shifts(page: Page) -> None:
    """Let pages that are opened from now on count how much their layout shifts."""
    page.add_init_script(WATCH_SHIFTS)


def layout_shift(page: Page) -> float:
    """The cumulative layout shift of the page since it was opened (0 is none)."""
    return page.evaluate("window.layoutShift")


def least_shift(load: Callable[[], Page]) -> float:
    """The least layout shift of up to three loads of a page; ends with the first that is good.

    What the page itself does wrong it does at every load. A busy machine may hold up one part of
    one load, and what was already drawn then moves.

    Args:
        load: opens the page anew, with `watch_shifts`, and returns it once nothing moves.
    """
    least = math.inf
    for _ in range(LOADS):
        page = load()
        least = min(least, layout_shift(page))
        page.close()
        if least <= MOST_SHIFT:
            break
    return least
