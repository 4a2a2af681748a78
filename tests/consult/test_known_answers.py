"""What is known of a question: the record first, then an answer that still holds."""

from datetime import timedelta

import pytest
from tests.conftest import TODAY

from mesodash.consult.screening import KnownAnswer, find
from mesodash.records.courses.screenings import Answer


def known(catalogue, code, answer=None, *, birth_year=1980, phototype="II", today=TODAY):
    return find(catalogue.questions[code], answer, birth_year, phototype, today)


@pytest.mark.parametrize(
    ("birth_year", "expected"),
    [
        (1980, KnownAnswer("no", from_record=True)),
        (2007, KnownAnswer("no", from_record=True)),
        (2008, KnownAnswer("open")),
        (2009, KnownAnswer("yes", from_record=True)),
        (None, KnownAnswer("open")),
    ],
)
def test_a_birth_year_settles_the_age_unless_18_is_reached_this_year(
    catalogue, birth_year, expected
):
    assert known(catalogue, "under_18", birth_year=birth_year) == expected


@pytest.mark.parametrize(
    ("phototype", "expected"),
    [
        ("III", KnownAnswer("no", from_record=True)),
        ("IV", KnownAnswer("yes", from_record=True)),
        ("VI", KnownAnswer("yes", from_record=True)),
        (None, KnownAnswer("open")),
    ],
)
def test_the_recorded_skin_type_stands(catalogue, phototype, expected):
    assert known(catalogue, "skin_type_dark", phototype=phototype) == expected


def test_the_record_goes_before_an_answer(catalogue):
    said = Answer("yes", answered_on=TODAY)
    assert known(catalogue, "under_18", said) == KnownAnswer("no", from_record=True)
    assert known(catalogue, "under_18", said, birth_year=2008) == KnownAnswer(
        "yes", answered_on=TODAY
    )


def test_not_knowing_leaves_it_open(catalogue):
    assert known(catalogue, "keloid", Answer("unknown", answered_on=TODAY)) == KnownAnswer("open")
    assert known(catalogue, "keloid") == KnownAnswer("open")


@pytest.mark.parametrize("code", ["pregnancy", "breastfeeding", "keloid"])
def test_a_no_holds_for_its_days(catalogue, code):
    days = catalogue.questions[code].holds_days
    for age, state in ((days, "no"), (days + 1, "open")):
        then = TODAY - timedelta(days=age)
        assert known(catalogue, code, Answer("no", answered_on=then)).state == state


def test_a_yes_in_one_place_says_no_elsewhere_while_it_holds(catalogue):
    now = known(catalogue, "infection_site", Answer("yes", ("hip",), answered_on=TODAY))
    then = Answer("yes", ("hip",), answered_on=TODAY - timedelta(days=1))
    before = known(catalogue, "infection_site", then)

    assert [now.here(catalogue, [site]) for site in ("hip", "face.cheek")] == ["yes", "no"]
    assert [before.here(catalogue, [site]) for site in ("hip", "face.cheek")] == ["yes", "open"]


def test_places_matter_only_where_the_question_asks_for_them(catalogue):
    found = known(catalogue, "keloid", Answer("yes", ("hip",), answered_on=TODAY))
    assert found.here(catalogue, ["face.cheek"]) == "yes"
