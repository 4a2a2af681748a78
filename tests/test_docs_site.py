"""The documents as a site: every page is built, and no link leads nowhere."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pages(entries):
    """The files of a navigation, groups opened."""
    for entry in entries:
        for target in entry.values():
            yield from [target] if isinstance(target, str) else pages(target)


def named():
    return list(pages(tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"]))


@pytest.fixture
def build(tmp_path):
    """Build the site from a copy of the documents; gives its exit code and what it said."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)

    def go():
        done = subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--strict"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr

    return go


def test_every_document_is_in_the_navigation():
    found = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}

    assert sorted(named()) == sorted(found)


def test_every_page_is_built_and_every_link_leads_somewhere(build, tmp_path):
    code, said = build()

    assert code == 0, said
    built = {path.parent.relative_to(tmp_path / "site") for path in tmp_path.rglob("index.html")}
    assert {Path(re.sub(r"(^|/)index$", "", name.removesuffix(".md"))) for name in named()} <= built


def test_negative_control_a_link_that_leads_nowhere_is_refused(build, tmp_path):
    with (tmp_path / "docs" / "index.md").open("a") as file:
        file.write("\n[gone](gone.md)\n")

    assert build()[0] != 0
