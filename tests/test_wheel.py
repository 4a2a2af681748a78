"""A wheel of the project holds all that it needs, and works where there is no checkout."""

import os
import subprocess
import sys
import zipfile

import pytest
from tests.wheel_build import build_wheel, needed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel"))


@pytest.mark.slow
def test_the_wheel_holds_every_file_that_is_needed(wheel, checks):
    with zipfile.ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if ".dist-info/" not in name}
    wanted = needed()
    with checks("files in the wheel", planned=len(wanted) + 1) as count:
        for name in sorted(wanted):
            count.that(name in names, f"{name} is not in it")
        count.that(names <= wanted, f"{sorted(names - wanted)[:5]} should not be in it")


@pytest.mark.slow
def test_the_installed_wheel_works_outside_the_checkout(wheel, tmp_path, checks):
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(tmp_path / "site")
    lines = (
        ("--help",),
        ("protocols", "--area", "abdomen.lower", "--db", "none.db"),
        ("areas", "--db", "none.db"),
        ("demo", "--db", "demo.db", "--sessions", "40"),
        ("report", "volumes", "--db", "demo.db", "--by", "month"),
        ("report", "monthly", "--db", "demo.db", "--month", "2026-01", "--to", "month.pdf"),
        ("check", "--db", "demo.db"),
    )
    apart = {name: text for name, text in os.environ.items() if not name.startswith("MESODASH")}
    with checks("commands of the wheel", planned=len(lines) + 1) as count:
        for line in lines:
            done = subprocess.run(
                [sys.executable, "-m", "mesodash", *line],
                cwd=tmp_path, capture_output=True, text=True, check=False,
                env=apart | {"PYTHONPATH": str(tmp_path / "site")},
            )  # fmt: skip
            count.that(done.returncode == 0 and done.stdout, f"{line}: {done.stderr[-400:]}")
        where = subprocess.run(
            [sys.executable, "-c", "import mesodash; print(mesodash.__file__)"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
            env=apart | {"PYTHONPATH": str(tmp_path / "site")},
        )  # fmt: skip
        count.that(str(tmp_path) in where.stdout, f"the checkout was used: {where.stdout}")
