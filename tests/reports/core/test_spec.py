"""Every column of every report and list has one definition; docs/metrics.md is made of them."""

import re
from datetime import date
from pathlib import Path

import pytest
from tools.metrics_page import main, page

from mesodash.records.audit.actor import DEMO
from mesodash.reports.core.periods import compared
from mesodash.reports.core.registry import names, spec, specs
from mesodash.reports.core.spec import KEYS, names_of, types_of
from mesodash.reports.courses.due import REASONS

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"


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
    return {name: reader.report(name) for name in names()} | lists


def report_filters():
    from mesodash.reports.core.filters import Filters

    return Filters()


def test_nothing_is_left_out(frames):
    assert set(frames) == set(specs())


@pytest.mark.parametrize("name", specs())
def test_every_column_is_defined_once_and_nothing_else(frames, name):
    known, frame = spec(name), frames[name]
    assert [c for c in frame.columns if c not in known.keys] == list(names_of(known.columns))
    for column, kind in types_of(known.columns).items():
        if len(frame) and frame[column].notna().any():
            assert str(frame[column].dtype) == kind, column
    assert known.about
    assert set(known.groups) <= {*names_of(known.columns)}
    assert all(text and text[0] != " " for text in known.definitions().values())
    assert len(known.definitions()) == len(known.keys) + len(known.columns)


@pytest.mark.parametrize("name", names())
def test_every_key_is_explained_and_can_be_asked_for(reader, name):
    for key in spec(name).keys:
        assert KEYS[key]
        if name not in ("signals", "looks", "clusters"):
            assert key in reader.report(name, by=(key,)).columns, key


def section(name):
    pattern = rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)"
    body = re.search(pattern, PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return body.group(1)


@pytest.mark.parametrize("name", specs())
def test_the_page_defines_each_column_exactly_once(name):
    spelled = {"side_effects": "side-effects"}.get(name, name)
    heads = re.findall(r"^\| (`.*?) \| ", section(spelled), re.MULTILINE)
    named = [column for head in heads for column in re.findall(r"`(\w+)`", head)]
    assert named == list(names_of(spec(name).columns))


def test_every_reason_has_its_rule():
    for reason in REASONS:
        assert f"| {reason} |" in section("due")


def test_an_undefined_column_would_be_noticed():
    """Negative control."""
    assert "profit" not in spec("volumes").definitions()
    with pytest.raises(KeyError):
        spec("profit")


def test_the_ends_of_an_interval_say_which_they_are():
    low = spec("attendance").definitions()["no_show_low"]
    high = spec("outcomes").definitions()["rate_high"]
    assert [said.partition(" ")[0] for said in (low, high)] == ["lower", "upper"]
    assert ("no_show /" in low, "responders /" in high) == (True, True)
