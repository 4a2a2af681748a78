"""A name that is no account's is locked as an account is, so that a lock tells nobody apart."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.access.through_gate import NOW, PASSWORD, make_clinic

from mesodash.access import signing_in
from mesodash.access.unknown_names import UnknownNames
from mesodash.records.accounts.sign_ins import LOCKED_FOR, MOST_FAILURES
from mesodash.records.store.connection import reading

WRONG = "a wrong password"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def clinic(tmp_path):
    return make_clinic(tmp_path / "clinic.db", "Pia")


def said(clinic, name, unknown, times):
    """The sentences of wrong tries at each of some times."""
    return [
        signing_in.with_password(
            clinic, name, WRONG, unknown=unknown, clock=lambda at=at: at
        ).sentence
        for at in times
    ]


@pytest.mark.slow
def test_a_known_and_an_unknown_name_hear_the_same_for_twenty_minutes(clinic):
    unknown = UnknownNames()
    times = [NOW + timedelta(seconds=30 * step) for step in range(40)]

    known, stranger = said(clinic, "Pia", unknown, times), said(clinic, "Zed", unknown, times)

    assert stranger == known
    assert set(known) == {signing_in.REFUSED, signing_in.LOCKED}


def test_negative_control_without_a_memory_a_lock_tells_them_apart(clinic):
    times = [NOW + timedelta(seconds=step) for step in range(MOST_FAILURES + 1)]

    assert said(clinic, "Pia", None, times)[-1] == signing_in.LOCKED
    assert said(clinic, "Zed", None, times)[-1] == signing_in.REFUSED


def test_one_that_is_no_account_locks_no_other(clinic):
    unknown = UnknownNames()
    said(clinic, "Zed", unknown, [NOW] * MOST_FAILURES)

    assert said(clinic, "Zoe", unknown, [NOW]) == [signing_in.REFUSED]
    assert signing_in.with_password(
        clinic, "Pia", PASSWORD, unknown=unknown, clock=lambda: NOW
    ).token


def test_a_lock_ends_by_itself():
    unknown = UnknownNames()
    for _try in range(MOST_FAILURES):
        assert not unknown.is_locked("Zed", AT)
        unknown.note_failure("Zed", AT)

    assert unknown.is_locked("zed", AT + LOCKED_FOR - timedelta(seconds=1))
    assert not unknown.is_locked("Zed", AT + LOCKED_FOR)


def test_only_so_many_are_remembered_and_none_as_typed():
    unknown = UnknownNames(most=50)
    for number in range(500):
        for _try in range(MOST_FAILURES):
            unknown.note_failure(f"name {number}", AT)

    kept = [unknown.is_locked(f"name {number}", AT) for number in range(500)]
    assert kept == [False] * 450 + [True] * 50
    assert "name" not in repr(vars(unknown))


@pytest.mark.slow
def test_a_flood_of_names_that_nobody_has_leaves_one_row_a_minute(clinic):
    unknown = UnknownNames()
    before = rows_of(clinic)

    for step in range(100):
        said(clinic, f"nobody {step}", unknown, [NOW + timedelta(seconds=step)])

    told = rows_of(clinic)[len(before) :]
    assert told == [("unknown", 1), ("unknown", 60)]
    assert signing_in.with_password(clinic, "Pia", PASSWORD, unknown=unknown, clock=lambda: NOW)
    assert rows_of(clinic)[len(before) :] == told


def test_a_clock_that_went_back_silences_nothing():
    unknown = UnknownNames()
    assert [unknown.to_tell(AT), unknown.to_tell(AT), unknown.to_tell(AT - timedelta(days=9))] == [
        1,
        0,
        2,
    ]


def rows_of(db):
    with reading(db) as file:
        return file.execute(
            "SELECT row_key, row_count FROM change_log WHERE action = 'refused' ORDER BY seq"
        ).fetchall()
