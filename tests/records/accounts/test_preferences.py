"""What a person chose for the app: their own alone, in no log, gone with the account."""

import pytest

from mesodash.permissions import NotAllowedError
from mesodash.records.accounts.accounts import add_account, set_disabled
from mesodash.records.accounts.preferences import LONGEST, keep_preference, read_preferences
from mesodash.records.audit.actor import COMMAND_LINE, DEMO, Actor
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError

ADA, BEA = Actor("Ada", "practitioner"), Actor("Bea", "manager")


@pytest.fixture
def db(empty_clinic):
    for actor in (ADA, BEA):
        add_account(empty_clinic, actor.actor_id, actor.role, COMMAND_LINE, password_hash="h")
    return empty_clinic


def state(path):
    """The revision, the entries of the log and the preferences of the file."""
    with reading(path) as db:
        return tuple(
            db.execute(sql).fetchone()[0]
            for sql in (
                "SELECT revision FROM clinic",
                "SELECT count(*) FROM change_log",
                "SELECT count(*) FROM preferences",
            )
        )


def test_a_choice_replaces_the_earlier_one_and_is_its_owners_alone(db):
    keep_preference(db, ADA, "filters", "first")
    keep_preference(db, ADA, "filters", "second")
    keep_preference(db, BEA, "filters", "of Bea")
    assert read_preferences(db, ADA) == {"filters": "second"}
    assert read_preferences(db, BEA) == {"filters": "of Bea"}


def test_it_moves_no_revision_and_stands_in_no_log(db):
    before = state(db)
    keep_preference(db, ADA, "filters", "one")
    assert state(db) == (*before[:2], 1)


def test_an_empty_value_forgets_the_choice(db):
    keep_preference(db, ADA, "filters", "one")
    keep_preference(db, ADA, "filters", "")
    assert read_preferences(db, ADA) == {}


def test_who_is_shut_out_loses_their_choices(db):
    keep_preference(db, ADA, "filters", "one")
    keep_preference(db, BEA, "filters", "two")
    set_disabled(db, "Ada", COMMAND_LINE)
    set_disabled(db, "Ada", COMMAND_LINE, disabled=False)
    assert read_preferences(db, ADA) == {}
    assert read_preferences(db, BEA) == {"filters": "two"}


def test_too_long_a_value_is_refused_and_the_earlier_one_kept(db):
    keep_preference(db, ADA, "filters", "x" * LONGEST)
    with pytest.raises(RecordError, match=str(LONGEST)):
        keep_preference(db, ADA, "filters", "y" * (LONGEST + 1))
    assert read_preferences(db, ADA) == {"filters": "x" * LONGEST}


def test_nobody_without_an_account_has_choices(db):
    with pytest.raises(RecordError):
        keep_preference(db, Actor("nobody", "manager"), "filters", "one")
    with pytest.raises((RecordError, NotAllowedError)):
        read_preferences(db, DEMO)
