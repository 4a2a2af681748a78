"""A wheel of the project holds all that it needs, and works where there is no checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = {"__pycache__", ".ruff_cache", ".mypy_cache"}


def needed():
    """What must be in the wheel: the package's own files, and data under `mesodash/data`."""
    inside = [p for p in (ROOT / "src" / "mesodash").rglob("*") if p.is_file()]
    data = [p for p in (ROOT / "data").rglob("*") if p.is_file()]
    found = {p.relative_to(ROOT / "src").as_posix() for p in inside if not LEFT_OUT & set(p.parts)}
    return found | {f"mesodash/{p.relative_to(ROOT).as_posix()}" for p in data}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built offline with the build backend itself, from a copy."""
    copy = tmp_path_factory.mktemp("source") / "mesodash"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in ("src", "data"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    out = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-c", build, out], cwd=copy, capture_output=True, text=True, check=True
    )
    return out / done.stdout.split()[-1]


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
