"""The commands `report` and `publish`, as typed."""

import csv
import io
import json

import pytest
from tests.reports.made_clinic import make_clinic

from mesodash.cli import main
from mesodash.reports.core.registry import names, spec
from mesodash.reports.courses import courses
from mesodash.reports.effects import side_effects
from mesodash.reports.outcomes import outcomes
from mesodash.reports.signals import signals
from mesodash.reports.volumes import volumes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    return make_clinic(tmp_path_factory.mktemp("cli") / "clinic.db", sessions=120)


@pytest.fixture
def run(capsys):
    def run(*arguments, code=0):
        status = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code or 0
        out, err = capsys.readouterr()
        assert status == code, err
        return out if code == 0 else err.strip()

    return run


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [
        (("volumes", "--by", "month,area"), ("month", "area", *volumes.COLUMNS)),
        (("side-effects", "--by", "effect"), ("effect", *side_effects.COLUMNS)),
        (("outcomes", "--by", "protocol,scale"), ("protocol", "scale", *outcomes.COLUMNS)),
        (("courses", "--by", "protocol"), ("protocol", *courses.COLUMNS)),
        (("clusters",), signals.CLUSTER_NAMES),
        (
            ("due", "--on", "2024-06-01"),
            (
                *("patient_id", "course_id", "area", "protocol", "reason", "due_on"),
                *("days_overdue", "closes_on", "severity"),
            ),
        ),
    ],
)
def test_columns(run, clinic, arguments, columns):
    sheet = run("report", *arguments, "--db", clinic, "--format", "csv")
    header, *rows = csv.reader(io.StringIO(sheet))
    assert tuple(header) == columns
    found = json.loads(run("report", *arguments, "--db", clinic, "--format", "json"))
    assert len(found) == len(rows)
    assert all(tuple(row) == columns for row in found)
    assert arguments[0] == "clusters" or rows


def test_missing_is_empty_and_null(run, clinic):
    arguments = ("report", "outcomes", "--by", "scale", "--db", clinic, "--format")
    found = {row["scale"]: row for row in json.loads(run(*arguments, "json"))}
    assert found["mmasi"]["responders"] is None
    assert found["gais"]["baseline_mean"] is None
    assert isinstance(found["nrs"]["responders"], int)
    rows = {row["scale"]: row for row in csv.DictReader(io.StringIO(run(*arguments, "csv")))}
    assert rows["mmasi"]["responders"] == ""
    assert rows["nrs"]["responders"] == str(found["nrs"]["responders"])
    assert float(rows["nrs"]["change_mean"]) == found["nrs"]["change_mean"]


def test_dropped_after_is_counts_by_session_number(run, clinic):
    arguments = ("report", "courses", "--by", "", "--db", clinic, "--format")
    (row,) = json.loads(run(*arguments, "json"))
    assert sum(row["dropped_after"].values()) == row["stopped"]
    (text,) = csv.DictReader(io.StringIO(run(*arguments, "csv")))
    assert text["dropped_after"].startswith(f"{next(iter(row['dropped_after']))}: ")


def test_period_and_clinic(run, clinic):
    arguments = ("report", "volumes", "--by", "month", "--db", clinic, "--format", "json")
    months = [row["month"] for row in json.loads(run(*arguments))]
    inside = json.loads(run(*arguments, "--from", "2024-03-01", "--to", "2024-05-31"))
    assert [row["month"] for row in inside] == [m for m in months if "2024-03" <= m <= "2024-05"]
    assert json.loads(run(*arguments, "--clinic", "test")) == json.loads(run(*arguments))


def test_publish_then_report_on_the_lake(run, clinic, tmp_path):
    lake = tmp_path / "lake"
    assert run("publish", "--db", clinic, "--lake", lake).startswith("Published 8 tables")
    assert run("publish", "--db", clinic, "--lake", lake) == "Nothing had changed.\n"
    arguments = ("report", "volumes", "--by", "month,area", "--format", "csv")
    assert run(*arguments, "--lake", lake) == run(*arguments, "--db", clinic)
    assert run(*arguments, "--lake", lake, "--engine", "duckdb") == run(*arguments, "--lake", lake)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("volumes", "--by", "colour"), 'by "colour"; choose from month, area, side, protocol'),
        (("side-effects", "--by", "effect,moon"), 'by "moon"; choose from effect, protocol'),
        (("volumes", "--from", "01.02.2024"), "write --from as 2026-01-31."),
        (("due", "--on", "soon"), "write --on as 2026-01-31."),
        (("volumes", "--from", "2024-02-01", "--to", "2024-01-01"), "swap the two dates."),
        (("volumes", "--area", "elbowish"), 'There is no area "elbowish"'),
        (("volumes", "--clinic", "other"), 'This file is the clinic "test"'),
        (("volumes", "--engine", "sc://host:1"), "knows the engine duckdb only"),
        (("volumes", "--format", "xml"), "xml"),
    ],
)
def test_wrong_use_is_one_sentence(run, clinic, arguments, sentence):
    told = run("report", *arguments, "--db", clinic, code=2)
    assert sentence in told
    assert len(told.splitlines()) == 1


def test_wrong_places_are_one_sentence(run, clinic, tmp_path):
    missing = tmp_path / "missing"
    assert "There is no lake" in run("report", "volumes", "--lake", missing, code=2)
    assert "mesodash init" in run("report", "volumes", "--db", tmp_path / "no.db", code=2)
    assert "mesodash init" in run("publish", "--db", tmp_path / "no.db", "--lake", missing, code=2)
    (tmp_path / "lake").mkdir()
    assert "give --db" in run("report", "due", "--lake", tmp_path / "lake", code=2)


def test_a_damaged_file_is_exit_5(run, tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 100)
    assert "backup" in run("report", "volumes", "--db", broken, code=5)


def test_monthly_writes_a_pdf(run, clinic, tmp_path):
    target = tmp_path / "march.pdf"

    said = run("report", "monthly", "--month", "2024-03", "--to", target, "--db", clinic)

    assert said == f"Wrote {target}.\n"
    assert target.read_bytes().startswith(b"%PDF")


def test_monthly_says_how_to_write_a_month(run, clinic, tmp_path):
    arguments = ("--month", "March", "--to", tmp_path / "x.pdf", "--db", clinic)

    assert run("report", "monthly", *arguments, code=2).startswith('"March" is not a month')
    assert list(tmp_path.iterdir()) == []


def test_monthly_says_where_it_cannot_write(run, clinic, tmp_path):
    target = tmp_path / "none" / "x.pdf"

    said = run("report", "monthly", "--month", "2024-03", "--to", target, "--db", clinic, code=2)

    assert said.startswith(f"{target} cannot be written")


def as_text(value):
    """A JSON value as a CSV cell has it."""
    return "" if value is None else str(value)


@pytest.mark.parametrize("name", names())
def test_every_report_is_printed_in_each_format(run, clinic, name):
    arguments = ("report", name.replace("_", "-"), "--db", clinic, "--format")

    header, *rows = csv.reader(io.StringIO(run(*arguments, "csv")))
    found = json.loads(run(*arguments, "json"))
    head, _, *lines = run(*arguments, "table").splitlines()

    usual = spec(name).usual
    assert header[: len(usual)] == list(usual)
    assert len(found) == len(rows) == len(lines)
    assert all(list(row) == header for row in found)
    assert head.split() == header
    whole = [[cell for cell in row.values() if not isinstance(cell, dict | list)] for row in found]
    for row, cells in zip(whole, rows, strict=True):
        assert {as_text(cell) for cell in row} <= {*cells, "True", "False"}


def test_the_help_says_what_each_report_declares(run):
    listed = " ".join(run("report", "--help").split())
    for name in names():
        assert spec(name).command in listed
    shown = " ".join(run("report", "gaps", "--help").split())
    assert spec("gaps").summary in shown
    assert "protocol, indication, month, clinic, practitioner;" in shown


@pytest.mark.parametrize("name", ["clusters", "signals", "looks", "funnel", "rising"])
def test_how_many_months_are_compared_is_an_option(run, clinic, name):
    """The twelve months are the usual; one month has fewer sessions to compare with."""
    asked = ("report", name, "--db", clinic, "--from", "2024-06-01", "--to", "2024-06-30")
    whole, year, month = (
        run(*asked, "--format", "json", *more)
        for more in ((), ("--trailing-months", 12), ("--trailing-months", 1))
    )
    keys = [json.dumps([[*row.values()][:4] for row in json.loads(one)]) for one in (whole, year)]
    assert keys[0] == keys[1]
    if name in {"funnel", "rising"}:
        counted = "sessions" if name == "funnel" else "patients"
        most = [max(row[counted] for row in json.loads(one)) for one in (year, month)]
        assert most[0] > most[1]
    told = run(*asked, "--trailing-months", 0, code=2)
    assert "--trailing-months" in told
