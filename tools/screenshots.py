"""Take the pictures of the documents from the running app: `python tools/screenshots.py [FOLDER]`.

Starts the app on a demo clinic of its own, so that what is shown is what a new user sees. Needs the
packages of requirements-dev.txt and a Chromium (`python tests/install_browser.py`).
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.looks import stand_still  # noqa: E402 - its folder is added just above
from tests.install_browser import find_chromium  # noqa: E402

PAGES = {
    "body-map": "/body_map?area=abdomen.lower&side=midline",
    "start": "/",
    "protocols": "/protocols",
    "our-protocols": "/adopted",
    "volumes": "/volumes",
    "courses": "/courses",
    "due": "/due",
    "outcomes": "/outcomes",
    "side-effects": "/side_effects",
    "signals": "/signals",
    "change-log": "/change_log",
    "data-protection": "/data_protection",
}
WIDTHS = {1440: 1000, 1024: 900, 390: 844}
CHROMIUM = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-sync")


@contextmanager
def running_app(clinic: Path) -> Iterator[str]:
    """Serve the app on a free port of this machine; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"MESODASH_DB": str(clinic)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:  # noqa: S603
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                    break
                except OSError:
                    time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def take(browser: Browser, address: str, folder: Path, *, theme: str, width: int) -> None:
    """Every page at one width in one theme."""
    context = browser.new_context(
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": WIDTHS[width]},
        reduced_motion="reduce",
    )
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(address + path)
        page.wait_for_selector(".md-title", timeout=60_000)
        settle(page)
        suffix = "" if (theme, width) == ("light", 1440) else f"-{theme}-{width}"
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(int(height), 4000)})
        settle(page)
        page.screenshot(path=folder / f"{name}{suffix}.png")
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        print(f"{name}{suffix}.png", flush=True)
    context.close()


def settle(page: Page) -> None:
    """Wait until nothing moves, and charts and bodies are drawn."""
    for _ in range(2):  # what is drawn last makes others move
        stand_still(page)
        page.locator(".mb-undrawn").first.wait_for(state="detached", timeout=60_000)
        page.wait_for_timeout(500)


def main() -> None:
    """The documents' pictures; with a folder, every width and theme into it."""
    everything = len(sys.argv) > 1
    folder = Path(sys.argv[1]) if everything else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    shots = [("light", 1440), ("dark", 1440)]
    if everything:
        shots += [(theme, width) for width in (1024, 390) for theme in ("light", "dark")]
    with (
        tempfile.TemporaryDirectory() as temporary,
        running_app(Path(temporary) / "demo.db") as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*CHROMIUM])
        for theme, width in shots:
            take(browser, address, folder, theme=theme, width=width)
        browser.close()


if __name__ == "__main__":
    main()
