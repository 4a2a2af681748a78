"""Starts the app under test on a free port of this machine, and a Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, ViewportSize
from tests.browser.figure_page import opened  # noqa: F401 (a fixture of the figure's tests)
from tests.conftest import TODAY

ROOT = Path(__file__).parents[2]
ON_THE_DAY = {"MESODASH_TODAY": TODAY.isoformat()}
START_SECONDS = 180
# Milliseconds for a page to load and for an action to find its element. A busy machine may take
# long over both; a page that is wrong stays wrong however long one waits.
LOADING = 120_000
ACTING = 60_000
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
OF_A_TAB = frozenset({"viewport", "color_scheme", "reduced_motion"})
"""What a tab can have by itself; all else is its context's."""
PROFILE = "the profile"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    # The body in three dimensions is drawn without a graphics card.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser, is slow, and may be run a second time.

    A browser on a shared machine fails by chance now and then. A second attempt finds nothing of
    the first: whatever a test changes comes from fixtures that are made anew for it (`attempt`). A
    test that cannot have that is marked `held_once`. What passed only then the run's end names.
    """
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            if item.get_closest_marker("held_once") is None:
                # Whatever the error: the run's own limit to one kind of error is for other tests.
                item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[]))


@pytest.fixture
def attempt(request: pytest.FixtureRequest) -> int:
    """Which attempt at the test this is, 1 or 2; by it fixtures make a fresh state."""
    return getattr(request.node, "execution_count", 1)


@pytest.fixture(autouse=True)
def no_shared_tabs_again(attempt: int, contexts: dict[str, BrowserContext]) -> None:
    """A second attempt opens its tabs where nothing is cached, stored or chosen yet."""
    if attempt > 1:
        contexts.clear()


def free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return asking.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def start_server(
    script: Path, log: Path, env: dict[str, str] | None = None, *, show_errors: str = "full"
) -> tuple[subprocess.Popen, str]:
    """Start `streamlit run script` on loopback and wait until it answers.

    A clinical file is not served on a fixed day, so `env` names the day for a demo (`ON_THE_DAY`).
    It asks nothing ahead, which would cost each of the many servers ten seconds of a processor, and
    makes no backup in the middle of a test.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    command += [f"--client.showErrorDetails={show_errors}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={
                **{k: v for k, v in os.environ.items() if k != "MESODASH_TODAY"},
                "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
                "MESODASH_AHEAD": "no",
                "MESODASH_BACKUPS": "no",
                **(env or {}),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + START_SECONDS
    while not answers(url):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            process.wait()
            pytest.fail(f"{script.name} did not start:\n{log.read_text('utf-8')[-2000:]}")
        time.sleep(0.1)
    return process, url


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Give a function (script, env) -> address; servers already started are used again."""
    running: dict[tuple, tuple[subprocess.Popen, str]] = {}

    def start(script: Path, env: dict[str, str] | None = None) -> str:
        what = (script, *sorted((env or {}).items()))
        if what not in running:
            log = tmp_path_factory.mktemp("server") / f"{script.stem}.log"
            running[what] = start_server(script, log, env)
        return running[what][1]

    yield start
    for process, _ in running.values():
        process.terminate()
        process.wait(timeout=20)


def patient(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(ACTING)
    context.set_default_navigation_timeout(LOADING)
    return context


def launch(playwright: Playwright, folder: Path) -> BrowserContext:
    """Start the system's Chromium, else Playwright's own; its profile is in a folder."""
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        profile = playwright.chromium.launch_persistent_context(
            folder, executable_path=system, args=FLAGS, viewport=VIEWPORT
        )
    except Error as error:
        pytest.fail(
            "The browser tests need Chromium: install the package chromium, "
            f"or run `playwright install chromium`. ({str(error).splitlines()[0]})"
        )
    browser = profile.browser
    assert browser is not None
    fresh = browser.new_context
    browser.new_context = lambda **kind: patient(fresh(**kind))
    return patient(profile)


@pytest.fixture(scope="session")
def contexts(profile: BrowserContext) -> dict[str, BrowserContext]:
    """The contexts that tabs share, by their kind; the browser closes them as it ends."""
    return {PROFILE: profile}


@pytest.fixture(scope="session")
def tab(chromium: Browser, contexts: dict[str, BrowserContext]) -> Callable[..., Page]:
    """Give a function (kind of tab) -> a new tab, of the profile if a tab of it can be of the kind.

    A context of its own costs each test seconds of a processor, in which Streamlit's front end is
    fetched and parsed anew. Tabs share cookies, so this is not for tests that sign in.
    """

    def new(**kind: object) -> Page:
        if PROFILE in contexts and kind.keys() <= OF_A_TAB:
            return of_kind(contexts[PROFILE].new_page(), **kind)
        what = repr(sorted(kind.items()))
        if what not in contexts:
            contexts[what] = chromium.new_context(**kind)
        return contexts[what].new_page()

    return new


def of_kind(page: Page, viewport: ViewportSize = VIEWPORT, **media: object) -> Page:
    """The tab, with a size, a colour scheme and the reduced motion that a context would have."""
    page.set_viewport_size(viewport)
    if media:
        page.emulate_media(**media)
    return page


@pytest.fixture
def own(profile: BrowserContext) -> Iterator[BrowserContext]:
    """The profile, in which nobody is signed in: for a test that needs no second browser.

    At the end its tabs are closed, and cookies, permissions and what pages stored are gone.
    """
    pages: list[Page] = []
    visited: set[str] = set()

    def follow(page: Page) -> None:
        pages.append(page)
        page.on("framenavigated", lambda frame: visited.add(frame.url))

    profile.clear_cookies()
    profile.on("page", follow)
    yield profile
    profile.remove_listener("page", follow)
    for page in pages:
        page.close()
    profile.unroute_all()
    profile.clear_cookies()
    profile.clear_permissions()
    session = profile.new_cdp_session(profile.pages[0])
    for scheme, host in {urlsplit(address)[:2] for address in visited}:
        if scheme == "http":
            stored = {"origin": f"http://{host}", "storageTypes": "local_storage,indexeddb"}
            session.send("Storage.clearDataForOrigin", stored)
    session.detach()
