"""Every column of every report and list has one definition; docs/metrics.md is made of them."""

import re
from datetime import date
from pathlib import Path

import pytest
from tools.metrics_page import main, page

from mesodash.records.actor import DEMO
from mesodash.reports.definitions import KEYS, NAMES, columns_of, report
from mesodash.reports.due import REASONS
from mesodash.reports.periods import compared
from mesodash.reports.reader import REPORTS

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_the_page_is_current():
    assert PAGE.read_text("utf-8") == page(), "run: python tools/metrics_page.py"
    assert main(["--check"]) == 0


@pytest.fixture(scope="module")
def frames(reader):
    lists = {
        "due": reader.due(date(2025, 6, 1), DEMO),
        "weekday_hours": reader.weekday_hours(),
        "sessions_behind": reader.sessions_behind(DEMO, {"month": "2024-07"}),
        "open_effects": reader.open_effects(DEMO),
        "late_effects": reader.late_effects(DEMO),
        "compared": compared(reader, report_filters()),
    }
    return {name: reader.report(name) for name in REPORTS} | lists


def report_filters():
    from mesodash.reports.filters import Filters

    return Filters()


def test_nothing_is_left_out(frames):
    assert set(frames) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_defined_once_and_nothing_else(frames, name):
    known = report(name)
    assert set(frames[name].columns) <= set(columns_of(name))
    assert set(known.columns) == set(frames[name].columns) - set(known.keys)
    assert known.about
    assert all(text and text[0] != " " for text in columns_of(name).values())


@pytest.mark.parametrize("name", REPORTS)
def test_every_key_is_explained_and_can_be_asked_for(reader, name):
    for key in report(name).keys:
        assert KEYS[key]
        if name not in ("signals", "looks", "clusters"):
            assert key in reader.report(name, by=(key,)).columns, key


def section(name):
    pattern = rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)"
    body = re.search(pattern, PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return body.group(1)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_defines_each_column_exactly_once(name):
    spelled = {"side_effects": "side-effects"}.get(name, name)
    heads = re.findall(r"^\| (`.*?) \| ", section(spelled), re.MULTILINE)
    named = [column for head in heads for column in re.findall(r"`(\w+)`", head)]
    assert named == list(report(name).columns)


def test_every_reason_has_its_rule():
    for reason in REASONS:
        assert f"| {reason} |" in section("due")


def test_an_undefined_column_would_be_noticed():
    """Negative control."""
    assert "profit" not in columns_of("volumes")
    with pytest.raises(KeyError):
        report("profit")


def test_the_ends_of_an_interval_say_which_they_are():
    low, high = columns_of("attendance")["no_show_low"], columns_of("outcomes")["rate_high"]
    assert low.startswith("lower end of the interval: no_show /")
    assert high.startswith("upper end of the interval: responders /")
