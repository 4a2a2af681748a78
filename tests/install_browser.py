"""Make sure a Chromium is here for the browser tests: the system's package, else playwright's own.

Run as `python tests/install_browser.py`; does nothing where one is found.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> str | None:
    """The path of an installed Chromium, or None."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110 - a plain string either way


def install() -> None:
    """Install by the system's package manager where that is possible, else by playwright."""
    if shutil.which("apt-get") and hasattr(os, "geteuid"):
        front = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if not front or shutil.which("sudo"):
            environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run([*front, "apt-get", "update", "-qq"], env=environment, check=False)
            done = subprocess.run(
                [*front, "apt-get", "install", "-y", "-qq", "chromium"],
                env=environment,
                check=False,
            )
            if done.returncode == 0 and find_chromium():
                return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if find_chromium() is None:
        install()
    found = find_chromium()
    if found is None:
        sys.exit("No Chromium could be installed; install one and run this again.")
    print(f"Chromium for the browser tests: {found}")
