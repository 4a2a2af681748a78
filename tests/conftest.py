"""What every test may use: the shipped catalogue and an empty clinic's file."""

import os
import sys
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.checks import Checks
from tests.copied_clinics import copied
from tests.second_attempts import cut_outlines, passed_at_second, tell

from mesodash.catalogue.load import load_catalogue
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.clinic import create_clinic

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

ROOT = Path(__file__).parents[1]
# After each run of a page Streamlit walks through all that its process holds, which is a third of
# the run of a small clinic. Nothing here asks what is freed when; servers started inherit this.
os.environ["STREAMLIT_RUNNER_POST_SCRIPT_GC"] = "false"
if sys.dont_write_bytecode:
    # As images of containers are set up (PYTHONDONTWRITEBYTECODE). Each of the hundred servers and
    # commands that the tests start would compile twelve hundred modules, up to 3 s of a processor.
    # They keep their bytecode apart: nothing is written beside the sources.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # `python -B` sets no variable
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(ROOT / ".cache" / "bytecode")
    sys.dont_write_bytecode = False
# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def today() -> Iterator[date]:
    """The day on which all tests are held, whatever the machine's calendar says.

    A test of another day sets `MESODASH_TODAY` for itself.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MESODASH_TODAY", TODAY.isoformat())
        yield TODAY


@pytest.fixture(scope="session", autouse=True)
def clean_working_folder() -> Iterator[None]:
    """The folder that the tests are started in holds no file more at their end than before.

    A name that begins with a dot is a cache of a tool, which may come and go meanwhile.
    """
    here = Path.cwd()
    before = {one.name for one in here.iterdir()}
    yield
    left = {one.name for one in here.iterdir() if not one.name.startswith(".")} - before
    assert left == set()


@pytest.fixture(autouse=True)
def own_main_module():
    """AppTest leaves its script as `__main__`, which spawned processes would then run."""
    main, path = sys.modules["__main__"], list(sys.path)
    yield
    sys.modules["__main__"], sys.path[:] = main, path


@pytest.fixture
def checks(record_property: Callable[[str, object], None]) -> Callable[..., Checks]:
    """Give `checks(NAME, planned=N)`, a counter whose figures are printed at the end of the run."""
    return partial(Checks, tell=partial(record_property, "checks"))


@pytest.hookimpl(trylast=True)  # folders mark their own tests as slow before
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first, so that no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_unconfigure() -> None:
    """Close the folder that Streamlit's AppTest opens when it is imported, and never closes."""
    if app_test := sys.modules.get("streamlit.testing.v1.app_test"):
        app_test.TMP_DIR.cleanup()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep failures short: one page's whole outline would hide what the other failures say."""
    if call.excinfo is not None:
        cut_outlines(call.excinfo.value)
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failed test at once: a run that is cut off never comes to its summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.__stderr__.write(f"\nFAILED {report.nodeid} ({report.when})\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what the counting tests counted, of every worker, and what was held twice."""
    tell(terminalreporter, passed_at_second(terminalreporter.stats))
    told = sorted(
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "checks" and report.when == "call"
    )
    if told:
        terminalreporter.section("checks counted")
        for line in told:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def catalogue():
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture
def empty_clinic(tmp_path):
    """The file of a clinic with nothing recorded."""
    return copied(
        tmp_path / "clinic.db",
        "empty",
        partial(
            create_clinic,
            clinic_id="test",
            name="Test",
            kind="clinical",
            actor=DEMO,
            clock=lambda: NOW,
        ),
    )


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator["BrowserContext"]:
    """The profile of this process's one browser: a second Playwright beside the first is refused.

    Only what a profile opens is compiled once: in a context of its own, which is a private window,
    Chromium compiles Streamlit's front end at each load (2.4 s of a processor in place of 1.4).
    """
    from playwright.sync_api import expect, sync_playwright
    from tests.browser.conftest import launch
    from tests.browser.looks import PATIENCE

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        profile = launch(playwright, tmp_path_factory.mktemp("profile"))
        yield profile
        profile.close()


@pytest.fixture(scope="session")
def chromium(profile: "BrowserContext") -> "Browser":
    """The browser, for contexts that share nothing with its profile."""
    assert profile.browser is not None
    return profile.browser
