"""A wheel in a new environment serves the demo clinic from an empty folder."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import START_SECONDS, answers, free_port
from tests.browser.looks import PATIENCE
from tests.wheel_build import build_wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A new environment that holds the wheel; of ours it sees the libraries, not the checkout."""
    wheel = build_wheel(tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel"))
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--quiet", "install"]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    (site,) = (home / "lib").glob("python*/site-packages")
    # A folder named in a .pth file is searched, its own .pth files (our checkout) are not read.
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (site / "libraries.pth").write_text("\n".join(ours) + "\n")
    return home / "bin"


@pytest.fixture(scope="module")
def apart():
    """Our environment without what points to the checkout."""
    ours = ("MESODASH", "PYTHONPATH")
    return {name: text for name, text in os.environ.items() if not name.startswith(ours)}


@pytest.fixture
def served(installed, apart, tmp_path):
    """The address at which the wheel serves its demo, and the folder it was started in."""
    empty = tmp_path / "empty"
    empty.mkdir()
    port = free_port()
    log = (tmp_path / "server.log").open("wb")
    running = subprocess.Popen(
        [installed / "mesodash", "serve", "--demo", "--port", str(port)],
        cwd=empty, env=apart | {"MESODASH_DEMO_SESSIONS": "60", "MESODASH_AHEAD": "no"},
        stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + START_SECONDS
    while not answers(url):
        if running.poll() is not None or time.monotonic() > until:
            running.kill()
            pytest.fail((tmp_path / "server.log").read_text("utf-8")[-2000:])
        time.sleep(0.2)
    yield url, empty
    running.terminate()
    running.wait(timeout=20)
    log.close()


def test_the_demo_is_made_and_served_from_an_empty_folder(served, tab):
    url, empty = served
    assert (empty / "demo.db").is_file()
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    page = tab(viewport={"width": 1440, "height": 1000})
    page.goto(f"{url}/?area=abdomen.lower&side=midline")
    expect(page.locator("h2.md-title")).to_have_text("Lower abdomen", timeout=PATIENCE)
    expect(page.locator('[role=button][data-area="abdomen.lower"]').first).to_be_visible()
    page.goto(f"{url}/volumes")
    expect(page).to_have_title("Volumes - mesodash", timeout=PATIENCE)
    page.close()


def test_without_asking_for_a_demo_nothing_is_made(installed, apart, tmp_path):
    done = subprocess.run(
        [installed / "mesodash", "serve"], cwd=tmp_path, env=apart, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr.startswith(f"There is no clinic at {tmp_path / 'demo.db'}; ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_negative_control_the_environment_does_not_see_the_checkout(installed, apart, tmp_path):
    where = subprocess.run(
        [installed / "python", "-c", "import mesodash; print(mesodash.__file__)"],
        cwd=tmp_path, env=apart, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert Path(where.stdout.strip()).is_relative_to(installed.parent)
