"""What the command line of a clinic prints: exports, reports, help, lookups, monthly reports."""

import contextlib
import csv
import io
import json
import re
import secrets
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from clinic_dump.documents import pdf_text

AREAS = (
    {},
    {"area": "abdomen.lower", "side": "midline"},
    {"area": "scalp.vertex", "side": "midline"},
    {"area": "leg.thigh.lateral,leg.thigh.lateral", "side": "left,right"},
    {"area": "face.glabella,face.temple,face.temple", "side": "midline,left,right"},
    {"area": "neck.submental", "side": "midline"},
    {"area": "arm.hand.dorsal", "side": "left"},
    {"area": "nowhere", "side": "left"},
)


def run(*arguments: str) -> tuple[int, str, str]:
    """Run `mesodash` in this process; exit code, standard output, standard error."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    module, _, name = project["scripts"]["mesodash"].partition(":")
    main = getattr(import_module(module), name)
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["mesodash", *arguments]),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return code, out.getvalue(), err.getvalue()


def told(*arguments: str, hidden: Path) -> dict[str, Any]:
    """What a command printed, JSON read as such, without the folder it worked in."""
    code, out, err = run(*arguments)
    printed: Any = out.replace(str(hidden), "FOLDER")
    with contextlib.suppress(json.JSONDecodeError):
        printed = json.loads(out)
    return {"code": code, "out": printed, "err": err.replace(str(hidden), "FOLDER")}


def commands(*path: str) -> dict[str, str]:
    """The help of a command and of all below it, by name."""
    text = run(*path, "--help")[1]
    found = {" ".join(("mesodash", *path)): text}
    listed = text.partition("Commands:\n")[2]
    for name in re.findall(r"^  ([a-z][\w-]*)", listed, re.MULTILINE):
        found |= commands(*path, name)
    return found


def rows_of(path: Path) -> Any:
    """A CSV file's rows as lists of cells."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def exports(db: Path, folder: Path) -> dict[str, Any]:
    """Every file of the plain and of the pseudonymised export; the key of pseudonyms is fixed."""
    found: dict[str, Any] = {}
    with mock.patch.object(secrets, "token_bytes", lambda n=32: b"\7" * (n or 32)):
        for name, options in (("plain", ()), ("pseudonymised", ("--pseudonymised",))):
            to = folder / name
            printed = told("export", "csv", "--db", str(db), "--to", str(to), *options,
                           hidden=folder)  # fmt: skip
            found[f"{name}/printed"] = printed
            for file in sorted(to.rglob("*")):
                if file.is_file():
                    found[f"{name}/{file.relative_to(to)}"] = (
                        rows_of(file) if file.suffix == ".csv" else file.read_text("utf-8")
                    )
    return found


def keys_of(db: Path, report: str) -> list[str]:
    """What a report may be counted by, as its refusal of a wrong key lists them."""
    _, _, err = run("report", report, "--db", str(db), "--by", "not_a_key")
    return re.findall(r"[a-z_]+", err.partition("choose from")[2])


def reports(db: Path, folder: Path, *, brief: bool = False) -> dict[str, Any]:
    """Every report: as it comes, in all, by each key, in the last quarter, and as a table."""
    listed = run("report", "--help")[1].partition("Commands:\n")[2]
    found: dict[str, Any] = {}
    for name in re.findall(r"^  ([a-z][\w-]*)", listed, re.MULTILINE):
        if name == "monthly":
            continue
        base = ("report", name, "--db", str(db))
        asked = {
            "usual": (),
            "table": ("--format", "table"),
            "csv": ("--format", "csv"),
            "quarter": ("--from", "2026-08-01", "--to", "2026-10-31"),
        }
        if brief:
            asked = {"usual": ()}
        if "--by" in run("report", name, "--help")[1]:
            asked["all"] = ("--by", "")
            asked |= {} if brief else {f"by {key}": ("--by", key) for key in keys_of(db, name)}
        for title, options in asked.items():
            shown = options if "--format" in options else (*options, "--format", "json")
            found[f"{name}/{title}"] = told(*base, *shown, hidden=folder)
    return found


def lookups(db: Path, folder: Path, patients: list[str]) -> dict[str, Any]:
    """What the other commands say: areas, protocols, history, check, processing, retention."""
    asked = [
        ("areas", "--format", "json"),
        ("protocols", "--format", "json"),
        ("processing",), ("retention",), ("check",), ("user", "list"), ("audit", "verify"),
        *(("protocols", "--area", area["area"].partition(",")[0], "--format", "json")
          for area in AREAS[1:]),
        *(("history", "--area", area["area"].partition(",")[0]) for area in AREAS[1:]),
        *(("areas", "--patient", one, "--format", "json") for one in patients),
        *(("protocols", "--area", "abdomen.lower", "--patient", one) for one in patients),
    ]  # fmt: skip
    return {" ".join(one): told(*one, "--db", str(db), hidden=folder) for one in asked}


def months(db: Path, folder: Path) -> dict[str, Any]:
    """The monthly report's text: a full month, a running one, and one before the clinic."""
    found = {}
    for month in ("2026-10", "2026-11", "2011-01"):
        target = folder / f"{month}.pdf"
        printed = told(
            "report", "monthly", "--db", str(db), "--month", month, "--to", str(target),
            hidden=folder,
        )  # fmt: skip
        pages = pdf_text(target.read_bytes()) if target.exists() else None
        found[month] = {"printed": printed, "pages": pages}
    return found
