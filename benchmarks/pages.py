"""How long each page takes in a browser until its last element stands, beside an empty page.

    python benchmarks/pages.py [--db FILE] [--runs 5] [--pages volumes due ...]

Starts the app on a copy of a demo clinic (made if no file is given), an app of one heading and an
app of one heading and one chart. Each page is opened in headless Chromium by its address, and then
from another page of the app by its menu, as somebody who works does it. Prints Markdown, in
milliseconds: by the address, the first look after the server's start and the median of the looks
after it; what of that is the browser's own is seen in the two small apps (a chart brings plotly,
which every opened window reads anew); by the menu, the first and the median. An element stands when
the script has ended and nothing has moved in the page for a while; the time is that of the last
movement. The server's processor time a look, which a busy machine does not stretch, stands beside.
"""

import argparse
import math
import os
import shutil
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.conftest import launch, start_server

from mesodash.catalogue.load import load_catalogue
from mesodash.demo import make_demo
from mesodash.settings import PROJECT, load_settings
from mesodash.ui.shell.pages import PAGES

LIMIT_MS = 1000.0
PATIENCE_MS = 120_000
QUIET_MS = 800
EMPTY = 'import streamlit as st\n\nst.html("<h1>empty</h1>")\n'
CHART = f'{EMPTY}st.plotly_chart({{"data": [{{"type": "bar", "y": [1, 2, 3]}}]}}, theme=None)\n'
WATCH = """
window.lastMoved = 0;
new MutationObserver(() => { window.lastMoved = performance.now(); })
  .observe(document, {subtree: true, childList: true, characterData: true});
"""
DRAWN = """([quiet, since]) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const ended = app && app.getAttribute('data-test-script-state') === 'notRunning';
  const waits = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]');
  const there = document.querySelector('h1, h2');
  const moved = window.lastMoved > since;
  return ended && there && !waits && moved && performance.now() - window.lastMoved > quiet
    ? window.lastMoved : false;
}"""


def look(browser: Browser, address: str, looks: int) -> list[float]:
    """Milliseconds from entering the address to the page's last element, look by look."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.add_init_script(WATCH)
    times = []
    for _ in range(looks):
        page = context.new_page()
        page.goto(address)
        times.append(drawn_at(page, since=0))
        page.close()
    context.close()
    return times


def drawn_at(page: Page, *, since: float) -> float:
    """When the last element stood that moved after `since`, on the page's own clock."""
    drawn = page.wait_for_function(DRAWN, arg=[QUIET_MS, since], timeout=PATIENCE_MS)
    return float(drawn.json_value())


def turn_to(page: Page, title: str) -> float:
    """Milliseconds from a click in the menu to the page's last element."""
    link = page.get_by_role("link", name=title, exact=True)
    since = page.evaluate("performance.now()")
    link.click()
    return drawn_at(page, since=since) - since


def by_menu(browser: Browser, url: str, titles: list[str], turns: int) -> dict[str, list[float]]:
    """How long each page takes by the menu, in one window, turn by turn."""
    # So wide that no page is folded away in the menu.
    context = browser.new_context(viewport={"width": 1920, "height": 1000})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{url}/account")  # the last one, so that the first turn is one
    drawn_at(page, since=0)
    times: dict[str, list[float]] = {title: [] for title in titles}
    for _ in range(turns):
        for title in titles:
            times[title].append(turn_to(page, title))
    context.close()
    return times


def processor_seconds(pid: int) -> float:
    """What a process has used of the processor so far; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return 0.0
    fields = status.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(db: Path, folder: Path, runs: int, wanted: list[str]) -> None:
    """Print the table for the app on this clinic's file."""
    servers = []

    def serve(script: Path, environment: dict[str, str] | None = None) -> str:
        server, url = start_server(script, folder / f"{script.stem}.log", environment or {})
        servers.append(server)
        return url

    for name, text in (("empty", EMPTY), ("chart", CHART)):
        (folder / f"{name}.py").write_text(text, "utf-8")
    with sync_playwright() as playwright:
        browser = launch(playwright, folder / "profile").browser
        try:
            url = serve(PROJECT / "app.py", {"MESODASH_DB": str(db), "MESODASH_AHEAD": "yes"})
            print("| page | first look | by its address | processor | first turn | by the menu | |")
            print("| :--- | ---: | ---: | ---: | ---: | ---: | :--- |")
            for name in ("empty", "chart"):
                times = look(browser, serve(folder / f"{name}.py"), runs + 1)
                middle = statistics.median(times[1:])
                print(f"| (an app of {name}) | {times[0]:,.0f} | {middle:,.0f} | | | | |")
            pages = [spec for spec in PAGES if not wanted or spec.url_path in wanted]
            turned = by_menu(browser, url, [spec.title for spec in pages if spec.listed], runs + 1)
            for spec in pages:
                address = f"{url}/{spec.url_path}"
                times = look(browser, address, 1)
                before = processor_seconds(servers[0].pid)
                times += look(browser, address, runs)
                busy = 1000 * (processor_seconds(servers[0].pid) - before) / runs
                turns = turned.get(spec.title, [math.nan, math.nan])  # one has no place in the menu
                usual = statistics.median(turns[1:])
                cells = (times[0], statistics.median(times[1:]), busy, turns[0], usual)
                late = "over a second" if usual >= LIMIT_MS else ""
                numbers = " | ".join("" if math.isnan(c) else f"{c:,.0f}" for c in cells)
                print(f"| {spec.title} | {numbers} | {late} |", flush=True)
        finally:
            browser.close()
            for server in servers:
                server.terminate()
                server.wait(timeout=30)
    load = os.getloadavg()[0]
    print(f"\nMedians of {runs} looks; load of the machine at the end {load:.1f}.")


def main() -> None:
    """Copy or make a demo clinic, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path, help="a demo clinic's file; a copy of it is used")
    parser.add_argument("--sessions", type=int, default=5_000, help="of a clinic made here")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pages", nargs="*", default=[], metavar="PAGE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        db = Path(temporary) / "demo.db"
        if options.db:
            for file in options.db.parent.glob(f"{options.db.name}*"):
                if file.is_file():
                    shutil.copy(file, temporary)
            (Path(temporary) / options.db.name).rename(db)
        else:
            catalogue = load_catalogue(load_settings().catalogue)
            make_demo(
                db,
                sessions=options.sessions,
                seed=1,
                today=date.today(),  # noqa: DTZ011 - a clinic's own calendar
                catalogue=catalogue,
            )
        measure(db, Path(temporary), options.runs, options.pages)


if __name__ == "__main__":
    main()
