"""Every report is found where it is declared, and takes a lake, a catalogue, filters and keys."""

import subprocess
import sys
from inspect import signature

import pytest

from mesodash.reports.core.registry import names, spec, specs

CONTRACT = ("volumes", "side_effects", "outcomes", "courses", "clusters", "due")


@pytest.mark.parametrize("name", names())
def test_the_function_is_there(name):
    parameters = signature(spec(name).function).parameters
    expected = ["lake", "catalogue", "filters", "by"]
    assert list(parameters) == (expected[:3] if name == "clusters" else expected)
    assert spec(name).function.__name__ == name
    if name != "clusters":
        assert parameters["by"].default == spec(name).usual


def test_the_contracts_reports_lead():
    assert tuple(specs())[: len(CONTRACT)] == CONTRACT
    assert len(names()) >= 25


def test_an_unknown_report_has_none():
    with pytest.raises(KeyError):
        spec("sales")


NEW = '''
"""Visits."""

from mesodash.reports.core.spec import ReportColumn, ReportSpec


def visits(lake, catalogue, filters, by=("month",)):
    """Visits."""


VISITS = ReportSpec(
    function=visits, summary="Visits.", columns=(ReportColumn("visits", "int64", "held sessions"),),
    keys=("month",), usual=("month",),
)
'''


@pytest.mark.slow
def test_a_new_report_is_one_module(tmp_path):
    """The recipe of docs: a module of its own, found without a line anywhere else."""
    (tmp_path / "visits.py").write_text(NEW, "utf-8")
    code = (
        "import mesodash.reports.volumes as room\n"
        f"room.__path__.append({str(tmp_path)!r})\n"
        "from click.testing import CliRunner\n"
        "from mesodash.cli.report import report\n"
        "from mesodash.reports.core.registry import spec\n"
        "print(spec('visits').definitions()['visits'])\n"
        "print(CliRunner().invoke(report, ['visits', '--help']).output)\n"
    )
    made = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert made.stdout.startswith("held sessions\n")
    assert "What to count by, separated" in " ".join(made.stdout.split())
