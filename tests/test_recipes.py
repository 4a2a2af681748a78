"""The recipes of docs/architecture.md ("Where to add a thing"), each followed in a scratch copy.

A recipe is followed by its words, what was added is then seen at work, and the files that had to be
touched are counted. What a tool writes from what was touched does not count.
"""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("src", "data", "pages", "tools", "docs", ".streamlit", "app.py", "pyproject.toml")
GENERATED = {"docs/metrics.md"}
DEMO = "2026-11-22"


class Scratch:
    """A copy of the project to change, and what was changed in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, root / name)
        self._before = self._hashes()

    def _hashes(self) -> dict[str, str]:
        return {
            path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for name in COPIED
            for path in ((self.root / name).rglob("*") if (self.root / name).is_dir() else [])
            if path.is_file() and "__pycache__" not in path.parts
        }

    def touched(self) -> set[str]:
        """The files that differ from the project's, without generated ones."""
        now = self._hashes()
        names = self._before.keys() | now.keys()
        return {name for name in names if self._before.get(name) != now.get(name)} - GENERATED

    def row(self, file: str, like: str, **cells: str) -> None:
        """Add a row to a CSV file: as the one whose first cell is `like`, but for these cells."""
        path = self.root / file
        text = path.read_text("utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        names = list(rows[0])
        new = next(row for row in rows if row[names[0]] == like) | cells
        added = io.StringIO()
        csv.DictWriter(added, names, lineterminator="\n").writerow(new)
        path.write_text(text + added.getvalue(), "utf-8")

    def after(self, file: str, line: str, added: str) -> None:
        """Add a line below the one that contains `line`."""
        path = self.root / file
        lines = path.read_text("utf-8").splitlines(keepends=True)
        at = next(n for n, text in enumerate(lines) if line in text)
        path.write_text("".join([*lines[: at + 1], added, *lines[at + 1 :]]), "utf-8")

    def python(self, *arguments: str, **env: str) -> subprocess.CompletedProcess:
        """Run this Python in the copy."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MESODASH_")}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**kept, "PYTHONPATH": str(self.root / "src"), "MESODASH_TODAY": DEMO, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def says(self, *arguments: str, **env: str) -> str:
        """What `mesodash` prints in the copy; a failure is the test's."""
        done = self.python("-m", "mesodash", *arguments, **env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, *arguments: str) -> list[dict]:
        return json.loads(self.says(*arguments, "--format", "json"))

    def answers(self, code: str, **env: str) -> str:
        """What a piece of Python prints in the copy."""
        done = self.python("-W", "error", "-c", code, **env)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def scratch(tmp_path):
    return Scratch(tmp_path)


@pytest.fixture
def demo(scratch):
    path = scratch.root / "clinic.db"
    scratch.says("demo", "--db", str(path), "--sessions", "60", "--ending", DEMO)
    return path


LABEL = """
from pathlib import Path
from mesodash.catalogue.load import load_catalogue
print(load_catalogue(Path("data/catalogue")).{group}["{code}"].label)
"""
TRANSLATED = """
from mesodash.language import _, available, use_language
print("nl" in available())
with use_language("nl"):
    print(_("Due"))
"""
HANDOUT = """
import io
from datetime import date, time
from pathlib import Path
from pypdf import PdfReader
from mesodash.bodymap.atlas import load_atlas
from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.load import load_catalogue
from mesodash.consult.handout.contents import Handout
from mesodash.consult.handout.page import handout
ask = Handout(clinic="C", contact="", protocol="night_glow", indication="rejuv_face",
    areas=(AreaSide("face.cheek", "left"),), dates=(date(2026, 12, 1),), at=time(10),
    interval_days=7, printed_on=date(2026, 11, 22), patient="P", own={})
for language in ("en", "fr"):
    made = handout(ask, catalogue=load_catalogue(Path("data/catalogue")), atlas=load_atlas(),
        language=language)
    print("Night glow" in PdfReader(io.BytesIO(made)).pages[0].extract_text())
"""


def test_a_protocol_is_a_row(scratch):
    scratch.row("data/catalogue/protocols.csv", "face_ncha", code="night_glow", label="Night glow")

    assert scratch.touched() == {"data/catalogue/protocols.csv"}
    listed = scratch.rows("protocols", "--area", "face.cheek")
    assert "night_glow" in {row["protocol"] for row in listed}
    assert scratch.answers(HANDOUT) == "True\nTrue"


def test_a_side_effect_is_a_row(scratch, demo):
    scratch.row(
        "data/catalogue/side_effects.csv", "heat", code="tingling", label="Tingling", synonyms=""
    )

    assert scratch.touched() == {"data/catalogue/side_effects.csv"}
    scratch.says("check", "--db", str(demo))
    assert scratch.answers(LABEL.format(group="side_effects", code="tingling")) == "Tingling"


def test_a_scale_is_a_row(scratch):
    scratch.row("data/catalogue/scales.csv", "wsrs", code="glow", label="Glow scale")

    assert scratch.touched() == {"data/catalogue/scales.csv"}
    assert scratch.answers(LABEL.format(group="scales", code="glow")) == "Glow scale"


def test_an_area_is_rows_of_data(scratch):
    """Its row in the catalogue, its sides and its outline; the pictures are built from them."""
    scratch.row("data/catalogue/areas.csv", "hip", code="heel", label="Heel", synonyms="",
                snomed="", snomed_left="", snomed_right="", snomed_entire="",
                snomed_status="", uberon="",
                uberon_skin="", fma="", group="leg", parent="", views="back")  # fmt: skip
    scratch.row("data/body/areas.csv", "hip", area="heel")
    scratch.row(
        "data/body/regions.csv", "leg.thigh.lateral", area="heel",
        outline="160,1.9! 200,1.9! 200,2! 160,2!",
    )  # fmt: skip

    assert {name.split("/")[0] for name in scratch.touched()} == {"data"}
    assert len(scratch.touched()) == 3
    assert "heel" in {row["area"] for row in scratch.rows("areas")}


def test_a_language_is_a_file(scratch):
    shutil.copytree(scratch.root / "data/languages/fr", scratch.root / "data/languages/nl")
    (file,) = (scratch.root / "data/languages/nl").rglob("*.po")
    text = file.read_text("utf-8").replace('"Language: fr\\n"', '"Language: nl\\n"')
    text = re.sub(r'(msgid "Due"\nmsgstr )"[^"]*"', r'\1"Te bellen"', text)
    if '"Te bellen"' not in text:
        text += '\nmsgid "Due"\nmsgstr "Te bellen"\n'
    file.write_text(text, "utf-8")

    assert len(scratch.touched()) == 1
    assert scratch.answers(TRANSLATED) == "True\nTe bellen"


PAGE = '''"""Rooms: a page of the recipes' test."""

import streamlit as st

st.html("<p>The shelf is full</p>")
'''
OPENED = """
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from mesodash.ui.shell import pages
page = AppTest.from_file("src/mesodash/ui/shell/frame.py", default_timeout=120)
page._page_hash = calc_hash("rooms")
page.run()
print(list(page.exception))
print(any("The shelf is full" in block.proto.body for block in page.get("html")))
"""
STARTED = "from mesodash.ui.shell.server.start import _check_pages\n_check_pages()\nprint('starts')"


def test_a_page_is_a_file_and_two_lines(scratch, demo):
    (scratch.root / "pages/review/rooms.py").write_text(PAGE, "utf-8")
    scratch.after(
        "src/mesodash/ui/shell/pages.py",
        '"review/signals.py"',
        '    PageSpec("review/rooms.py", "Rooms", ":material/inventory:"),\n',
    )
    refused = scratch.python("-c", STARTED)
    scratch.after(
        "src/mesodash/permissions/matrix.csv",
        "page.signals",
        "page.rooms,yes,yes,yes,no,yes,see the rooms\n",
    )

    assert "matrix.csv has no row page.rooms" in refused.stderr
    assert scratch.answers(STARTED) == "starts"
    assert scratch.touched() == {
        "pages/review/rooms.py",
        "src/mesodash/ui/shell/pages.py",
        "src/mesodash/permissions/matrix.csv",
    }
    assert scratch.answers(OPENED, MESODASH_DB=str(demo)) == "[]\nTrue"


METRIC = '''"""Weekdays: on which days of the week sessions were held."""

from typing import Any, Final

import pandas as pd

from mesodash.catalogue.types import Catalogue
from mesodash.lake.engines import Lake
from mesodash.language import N_
from mesodash.reports.core.columns import whole
from mesodash.reports.core.filters import Filters, checked_keys
from mesodash.reports.core.prepared_queries import ask
from mesodash.reports.core.selection import held_sessions, keyed, ordered, summed
from mesodash.reports.core.spec import ReportColumn, ReportSpec, names_of

KEYS = ("protocol", "practitioner")
_COLUMNS = (
    ReportColumn("sessions", "int64", "held sessions of the period"),
    ReportColumn("weekend", "int64", "of these, on a Saturday or Sunday"),
)
COLUMNS = names_of(_COLUMNS)


def weekdays(
    lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Columns and keys: `WEEKDAYS`."""
    by = checked_keys(by, KEYS, "weekdays")
    frame = ask(lake, _cells, catalogue, filters, by)
    return ordered(whole(frame.rename(columns={f"key_{k}": k for k in by}), COLUMNS), by, COLUMNS)


def _cells(lake: Lake, catalogue: Catalogue, filters: Filters, by: tuple[str, ...]) -> Any:
    sessions = held_sessions(lake, filters)
    rows = sessions.mutate(**{f"key_{k}": e for k, e in keyed(sessions, by, catalogue).items()})
    keys = tuple(f"key_{key}" for key in by)
    cells = rows.group_by("clinic_id", *keys).agg(
        sessions=rows.count(), weekend=rows.count(where=rows.held_on.day_of_week.index() > 4)
    )
    return summed(cells, keys, COLUMNS)


WEEKDAYS: Final = ReportSpec(
    function=weekdays,
    summary=N_("On which days of the week sessions were held."),
    columns=_COLUMNS,
    keys=KEYS,
    groups=("sessions",),
)
'''


def test_a_metric_is_a_module(scratch, demo):
    (scratch.root / "src/mesodash/reports/volumes/weekdays.py").write_text(METRIC, "utf-8")
    written = scratch.python("tools/metrics_page.py")

    assert written.returncode == 0, written.stderr
    assert scratch.touched() == {"src/mesodash/reports/volumes/weekdays.py"}
    page = (scratch.root / "docs/metrics.md").read_text("utf-8")
    assert "of these, on a Saturday" in page
    assert "On which days of the" in scratch.says("report", "--help")
    (total,) = scratch.rows("report", "weekdays", "--db", str(demo))
    (volumes,) = scratch.rows("report", "volumes", "--by", "", "--db", str(demo))
    by_protocol = scratch.rows("report", "weekdays", "--by", "protocol", "--db", str(demo))
    assert total["sessions"] == volumes["sessions"]
    assert sum(row["sessions"] for row in by_protocol) == total["sessions"]
    assert 0 <= total["weekend"] <= total["sessions"]


COLUMN = '''

def m{number:03}_shoe_size(db: Database) -> None:
    """A column of the recipes' test."""
    db.execute("ALTER TABLE patients ADD COLUMN shoe_size INTEGER")
'''
COLUMNS_OF = """
import sys
from pathlib import Path
from mesodash.records.store.connection import reading
from mesodash.records.store.migrations import migrate
migrate(Path(sys.argv[1]))
with reading(Path(sys.argv[1])) as db:
    print([column.name for column in db["patients"].columns][-1])
"""


def test_a_column_of_the_record_is_a_step_of_the_schema(scratch, demo):
    schema = scratch.root / "src/mesodash/records/store/schema"
    steps = [
        int(n) for file in schema.glob("*.py") for n in re.findall(r"def m(\d+)_", file.read_text())
    ]
    step = COLUMN.format(number=max(steps) + 1)
    with (schema / "treatment.py").open("a", encoding="utf-8") as file:
        file.write(step)
    steps_of = "src/mesodash/records/store/schema_steps.py"
    text = (scratch.root / steps_of).read_text("utf-8")
    name = re.search(r"def (m\d+_shoe_size)", step)[1]
    (scratch.root / steps_of).write_text(
        re.sub(r"(STEPS = \(.*?)(\n\))", rf"\1\n    treatment.{name},\2", text, flags=re.DOTALL),
        "utf-8",
    )
    dictionary = scratch.root / "docs/data-dictionary.md"
    text = dictionary.read_text("utf-8")
    section = text.partition("### patients\n")[2].partition("\n\n##")[0]
    dictionary.write_text(
        text.replace(section, f"{section}\n| `shoe_size` | whole number | as the patient says |"),
        "utf-8",
    )

    assert scratch.touched() == {
        "src/mesodash/records/store/schema/treatment.py",
        steps_of,
        "docs/data-dictionary.md",
    }
    # An older file is brought up to it, and a new one has it.
    older = scratch.python("-c", COLUMNS_OF, str(demo))
    newer = scratch.python("-c", COLUMNS_OF, str(scratch.root / "new.db"))
    assert (older.stdout, newer.stdout) == ("shoe_size\n", "shoe_size\n"), older.stderr


def test_every_recipe_of_the_page_is_followed_here():
    """The table's rows and the tests above are the same things."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = text.partition("## Where to add a thing")[2]
    things = re.findall(r"^\| (?:an?) ([\w ]+?) \|", table, re.MULTILINE)
    tests = "\n".join(name for name in globals() if name.startswith("test_a"))

    assert len(things) == 8
    assert [
        t for t in things if t.replace(" of the record", "").replace(" ", "_") not in tests
    ] == []
