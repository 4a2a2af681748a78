"""The documents that follow from the catalogue are as committed."""

from dataclasses import replace
from pathlib import Path

import pytest

from mesodash.catalogue.documents import sources_document, with_tables

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "docs" / "catalogue-sources.md"


def test_the_list_of_sources_is_as_committed(catalogue):
    assert SOURCES.read_text(encoding="utf-8") == sources_document(catalogue), (
        "run python tools/catalogue_documents.py"
    )


def test_negative_control_a_source_that_was_not_read_moves_its_rows(catalogue):
    unread = replace(catalogue.sources["ALT"], how_read="not_read")
    changed = replace(catalogue, sources=catalogue.sources | {"ALT": unread})

    assert sources_document(changed) != sources_document(catalogue)


def test_a_file_without_its_section_is_named():
    with pytest.raises(ValueError, match=r'needs a section "## areas.csv"'):
        with_tables("# The catalogue\n")


def test_every_fact_of_the_audit_is_there(catalogue):
    """Of 119 facts 74 were confirmed, 30 differ, 7 are not in the source, 7 not read, 1 unused."""
    findings = [passage.finding for passage in catalogue.passages.values()]

    assert findings.count("not_in_source") >= 7
    assert findings.count("not_read") >= 7
    assert findings.count("corrected") >= 30
    assert len(findings) >= 119


def test_a_source_that_says_it_was_read_has_an_address(catalogue):
    bare = [
        source.key
        for source in catalogue.sources.values()
        if source.how_read in ("text", "abstract", "label", "secondary") and not source.address
    ]
    assert bare == ["SEED"]


def test_every_row_was_held_against_a_source(catalogue):
    """A new row brings the passage that carries it, or the passage says that it was not read."""
    none = "None: every row was held.\n\n## What was corrected"
    assert none in sources_document(catalogue)

    passages = {k: p for k, p in catalogue.passages.items() if k != "catambing_buttock"}
    without = sources_document(replace(catalogue, passages=passages))
    assert none not in without
    assert "| skin_layers | buttock_skin (abstract) |" in without
