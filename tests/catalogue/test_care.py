"""Rows of a consultation: where a country's rule holds, which grades a term has."""

import pytest

from mesodash.catalogue.rows.effects import Grade
from mesodash.catalogue.rows.rules import EU, EU_MEMBERS, Regulation


@pytest.mark.parametrize(
    ("country", "asked", "holds"),
    [
        ("FR", "FR", True),
        ("FR", "DE", False),
        ("FR", None, False),
        (EU, "FR", True),
        (EU, "DE", True),
        (EU, "GB", False),
        (EU, "US", False),
        (EU, None, False),
        (None, "US", True),
        (None, None, True),
    ],
)
def test_where_a_rule_holds(country, asked, holds):
    rule = Regulation("r", country, "all", (), "caution", "Text.", ("DEFAULT",))
    assert rule.holds_in(asked) is holds


def test_the_union_has_27_members():
    assert len(set(EU_MEMBERS)) == len(EU_MEMBERS) == 27


def test_a_term_has_the_grades_that_are_filled_in():
    grade = Grade("presyncope", "Presyncope", None, "near-faint", None, None, None, ("KNOWN",))
    assert grade.grades == {2: "near-faint"}
