"""How long each page takes in a browser until its last element stands, beside an empty page.

    python benchmarks/pages.py [--db FILE] [--runs 5] [--pages volumes due ...]

Starts the app on a copy of a demo clinic (made if no file is given) and an app of one heading,
opens each page by its address in headless Chromium and prints Markdown: the first look after the
server's start, and the median of the looks after it, in milliseconds since the address was entered.
An element stands when the script has ended and nothing has moved in the page for a while; the time
is that of the last movement. What the browser itself needs is seen in the empty page. The server's
processor time a look, which a busy machine does not stretch, stands beside.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, sync_playwright
from tests.browser.conftest import launch, start_server

from mesodash.catalogue.load import load_catalogue
from mesodash.demo import make_demo
from mesodash.settings import PROJECT, load_settings
from mesodash.ui.pages import PAGES

LIMIT_MS = 1000.0
PATIENCE_MS = 120_000
QUIET_MS = 800
EMPTY = 'import streamlit as st\n\nst.html("<h1>empty</h1>")\n'
WATCH = """
window.lastMoved = 0;
new MutationObserver(() => { window.lastMoved = performance.now(); })
  .observe(document, {subtree: true, childList: true, characterData: true});
"""
DRAWN = """(quiet) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const ended = app && app.getAttribute('data-test-script-state') === 'notRunning';
  const waits = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]');
  const there = document.querySelector('h1, h2');
  return ended && there && !waits && performance.now() - window.lastMoved > quiet
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
        drawn = page.wait_for_function(DRAWN, arg=QUIET_MS, timeout=PATIENCE_MS)
        times.append(float(drawn.json_value()))
        page.close()
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
    script = folder / "empty.py"
    script.write_text(EMPTY, "utf-8")
    servers = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            environment = {"MESODASH_DB": str(db), "MESODASH_AHEAD": "yes"}
            server, url = start_server(PROJECT / "app.py", folder / "app.log", environment)
            servers.append(server)
            server, empty_url = start_server(script, folder / "empty.log")
            servers.append(server)
            nothing = look(browser, empty_url, runs + 1)
            base = statistics.median(nothing[1:])
            print("| page | first look | warm | above an empty page | server's processor | |")
            print("| :--- | ---: | ---: | ---: | ---: | :--- |")
            print(f"| (empty) | {nothing[0]:,.0f} | {base:,.0f} | 0 | | |")
            for spec in PAGES:
                if wanted and spec.url_path not in wanted:
                    continue
                address = f"{url}/{spec.url_path}"
                times = look(browser, address, 1)
                before = processor_seconds(servers[0].pid)
                times += look(browser, address, runs)
                busy = 1000 * (processor_seconds(servers[0].pid) - before) / runs
                warm = statistics.median(times[1:])
                late = "" if warm - base < LIMIT_MS else "over a second"
                cells = f"{times[0]:,.0f} | {warm:,.0f} | {warm - base:,.0f} | {busy:,.0f} | {late}"
                print(f"| {spec.title} | {cells} |", flush=True)
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
