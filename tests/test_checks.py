"""The counter of checks must itself be able to fail."""

import pytest
from tests.checks import Checks


def count(outcomes, *, planned, at_least=False, tell=print):
    with Checks("doors", planned=planned, at_least=at_least, tell=tell) as checks:
        for number, outcome in enumerate(outcomes, 1):
            assert checks.that(outcome, f"door {number}") is bool(outcome)


def stop_with(error):
    with Checks("doors", planned=2, tell=print):
        raise error


def test_all_held_and_all_made_are_told():
    told = []
    count([True, [1]], planned=2, tell=told.append)
    assert told == ["doors: 2 checks, 0 failures"]


def test_one_failure_fails_and_is_named():
    told = []
    with pytest.raises(AssertionError, match="door 2"):
        count([True, False], planned=2, tell=told.append)
    assert told == ["doors: 2 checks, 1 failures"]


@pytest.mark.parametrize(("planned", "at_least"), [(3, False), (3, True), (1, False)])
def test_another_number_than_planned_fails(planned, at_least):
    with pytest.raises(AssertionError, match="2 checks were made"):
        count([True, True], planned=planned, at_least=at_least)


def test_more_than_planned_may_be_allowed():
    told = []
    count([True, True], planned=1, at_least=True, tell=told.append)
    assert told == ["doors: 2 checks, 0 failures"]


def test_an_error_inside_is_not_hidden_by_the_count():
    with pytest.raises(KeyError):
        stop_with(KeyError("x"))
