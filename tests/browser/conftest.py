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

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright
from tests.browser.figure_page import opened  # noqa: F401 (a fixture of the figure's tests)
from tests.conftest import TODAY

ROOT = Path(__file__).parents[2]
ON_THE_DAY = {"MESODASH_TODAY": TODAY.isoformat()}
START_SECONDS = 180
# Milliseconds for a page to load and for an action to find its element. A busy machine may take
# long over both; a page that is wrong stays wrong however long one waits.
LOADING = 120_000
ACTING = 60_000
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
    """All that stands in this folder drives a browser, is slow, and may be held a second time.

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


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium, else the one Playwright brought."""
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        browser = playwright.chromium.launch(executable_path=system, args=FLAGS)
    except Error as error:
        pytest.fail(
            "The browser tests need Chromium: install the package chromium, "
            f"or run `playwright install chromium`. ({str(error).splitlines()[0]})"
        )
    fresh = browser.new_context

    def patient(**kind: object) -> BrowserContext:
        context = fresh(**kind)
        context.set_default_timeout(ACTING)
        context.set_default_navigation_timeout(LOADING)
        return context

    browser.new_context = patient
    return browser


@pytest.fixture(scope="session")
def contexts() -> dict[str, BrowserContext]:
    """The contexts that tabs share, by their kind; the browser closes them as it ends."""
    return {}


@pytest.fixture(scope="session")
def tab(chromium: Browser, contexts: dict[str, BrowserContext]) -> Callable[..., Page]:
    """Give a function (kind of context) -> a new tab; tabs of one kind share what is cached.

    A context of its own costs each test seconds of a processor, in which Streamlit's front end is
    fetched and parsed anew. Tabs share cookies, so this is not for tests that sign in.
    """

    def new(**kind: object) -> Page:
        what = repr(sorted(kind.items()))
        if what not in contexts:
            contexts[what] = chromium.new_context(**kind)
        return contexts[what].new_page()

    return new
