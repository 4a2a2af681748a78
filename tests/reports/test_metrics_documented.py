"""Every column and key of every report stands in docs/metrics.md, in its report's section."""

import re
from pathlib import Path

import pytest

from mesodash.reports import clusters, courses, due, outcomes, side_effects, volumes

TEXT = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
DUE = ("patient_id", "course_id", "area", "reason", "due_on", "days_overdue")
SECTIONS = {
    "volumes": (*volumes.COLUMNS, *volumes.ALL_KEYS),
    "side-effects": side_effects.COLUMNS,
    "outcomes": outcomes.COLUMNS,
    "courses": courses.COLUMNS,
    "due": DUE,
    "clusters": (c for c in clusters.COLUMNS if c != "effect"),
}


def defined(section):
    """The names in the first column of the section's tables, and those of sums beside them."""
    body = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL).group(1)
    rows = [line for line in body.splitlines() if line.startswith("| `")]
    return set(re.findall(r"`(\w+)`", "\n".join(rows)))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_column_is_documented(section):
    assert set(SECTIONS[section]) - defined(section) == set()


def test_every_key_is_named():
    for keys in (side_effects.KEYS, outcomes.KEYS, courses.KEYS):
        for key in keys:
            assert re.search(rf"\b{key}\b", TEXT), key


def test_every_reason_is_explained():
    for reason in due.REASONS:
        assert f"| {reason} |" in TEXT


def test_an_undocumented_column_would_be_noticed():
    assert "profit" not in defined("volumes")
