"""docs/exchange.md says which reported terms are which effect, and import does what it says."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "exchange.md"


@pytest.fixture(scope="module")
def told():
    """effect code -> (label, terms), as the page tells."""
    text = PAGE.read_text("utf-8").partition("## Terms of side effects")[2]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    return {code: (label, terms.split(", ")) for code, label, terms in rows}


def test_the_page_lists_every_term_of_the_catalogue(told, catalogue):
    known = {code: (one.label, list(one.synonyms))
             for code, one in catalogue.side_effects.items() if one.synonyms}  # fmt: skip
    assert told == known
    assert sum(len(terms) for _, terms in told.values()) > 100


def test_each_term_is_taken_for_its_effect(told, catalogue):
    for code, (_, terms) in told.items():
        for term in terms:
            for written in (term, term.upper(), f" {term.capitalize()} "):
                assert catalogue.side_effect_for_term(written) == code, written


@pytest.mark.parametrize(
    "term",
    [
        "Injection site reaction",
        "Injection site infection",
        "Injection site hypersensitivity",
        "Injection site haemorrhage",
        "Injection site discomfort",
    ],
)
def test_what_is_other_on_purpose_is_no_effect(term, catalogue):
    assert term in " ".join(PAGE.read_text("utf-8").split())
    assert catalogue.side_effect_for_term(term) is None
