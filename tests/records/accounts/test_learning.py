"""Flashcards that a person learns: kept by account or role, for them alone, erased for good."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.conftest import TODAY

from mesodash.permissions import ROLES, NotAllowedError
from mesodash.records.accounts.accounts import add_account, set_disabled
from mesodash.records.accounts.learning import (
    LearnedCard,
    begin_learning,
    end_learning,
    forget_learning,
    keep_card,
    read_learner,
    set_new_a_day,
)
from mesodash.records.audit.actor import COMMAND_LINE, DEMO, Actor
from mesodash.records.audit.verification import verify
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError

ADA, BEA = Actor("Ada", "practitioner"), Actor("Bea", "trainer")
CARD = LearnedCard(
    card="areas.face.cheek",
    state="learning",
    step=1,
    stability_days=2.3065,
    difficulty=2.11,
    due_at=datetime(2026, 11, 22, 10, 10, tzinfo=UTC),
    reviewed_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
    begun_on=TODAY,
)


@pytest.fixture
def db(empty_clinic):
    for actor in (ADA, BEA):
        add_account(empty_clinic, actor.actor_id, actor.role, COMMAND_LINE, password_hash="h")
    return empty_clinic


def rows(path):
    """How many learners and cards the file holds, and whether their row is anywhere in it."""
    with reading(path) as db:
        counts = [
            db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("learners", "learned_cards")
        ]
        versions = db.execute(
            "SELECT count(*) FROM row_versions WHERE table_name LIKE 'learne%'"
        ).fetchone()[0]
    return (*counts, versions)


def revision(path):
    with reading(path) as db:
        return db.execute("SELECT revision FROM clinic").fetchone()[0]


def test_nothing_is_kept_before_a_person_begins(db):
    assert read_learner(db, ADA) is None
    with pytest.raises(RecordError):
        keep_card(db, ADA, CARD)
    with pytest.raises(RecordError):
        set_new_a_day(db, ADA, 5)
    assert rows(db) == (0, 0, 0)


def test_a_card_comes_back_as_it_was_kept_and_belongs_to_one_account(db):
    begin_learning(db, ADA)
    begin_learning(db, ADA)
    begin_learning(db, BEA)
    keep_card(db, ADA, CARD)
    set_new_a_day(db, BEA, 25)

    assert read_learner(db, ADA).cards == {CARD.card: CARD}
    assert (read_learner(db, ADA).new_a_day, read_learner(db, BEA).new_a_day) == (10, 25)
    assert read_learner(db, BEA).cards == {}
    later = replace(CARD, state="review", step=None, begun_on=date(2026, 12, 24))
    keep_card(db, ADA, later)
    assert read_learner(db, ADA).cards == {CARD.card: replace(later, begun_on=TODAY)}
    assert rows(db) == (2, 1, 0)


def test_answers_are_no_fact_of_the_clinic(db):
    begin_learning(db, ADA)
    before = revision(db)
    keep_card(db, ADA, CARD)
    set_new_a_day(db, ADA, 3)
    assert revision(db) == before
    assert verify(db).holds


@pytest.mark.parametrize("number", [-1, 101])
def test_new_cards_a_day_have_a_limit(db, number):
    begin_learning(db, ADA)
    with pytest.raises(RecordError):
        set_new_a_day(db, ADA, number)
    assert read_learner(db, ADA).new_a_day == 10


def test_its_owner_erases_all_of_it_and_nobody_elses(db):
    for actor in (ADA, BEA):
        begin_learning(db, actor)
        keep_card(db, actor, CARD)
    assert end_learning(db, ADA) == 1
    assert end_learning(db, ADA) == 0
    assert read_learner(db, ADA) is None
    assert read_learner(db, BEA).cards == {CARD.card: CARD}
    assert rows(db) == (1, 1, 0)


def test_it_goes_with_the_account(db):
    for actor in (ADA, BEA):
        begin_learning(db, actor)
        keep_card(db, actor, CARD)
    set_disabled(db, "ada", COMMAND_LINE)
    assert rows(db) == (1, 1, 0)
    set_disabled(db, "ada", COMMAND_LINE, disabled=False)
    assert read_learner(db, ADA) is None
    assert read_learner(db, BEA).cards == {CARD.card: CARD}
    assert verify(db).holds


def test_an_administrator_erases_what_is_asked_for_and_no_other_role_can(db):
    begin_learning(db, BEA)
    keep_card(db, BEA, CARD)
    with pytest.raises(NotAllowedError):
        forget_learning(db, "Bea", ADA)
    assert forget_learning(db, "bea", COMMAND_LINE) == 1
    assert rows(db) == (0, 0, 0)


def test_on_a_demo_a_role_has_its_cards(tmp_path):
    path = tmp_path / "demo.db"
    create_clinic(path, clinic_id="d", name="D", kind="demo", actor=DEMO)
    for role in ROLES:
        begin_learning(path, replace(DEMO, role=role))
    trainer = replace(DEMO, role="trainer")
    keep_card(path, trainer, CARD)
    assert read_learner(path, DEMO).cards == {}
    assert read_learner(path, trainer).cards == {CARD.card: CARD}
    assert end_learning(path, trainer) == 1
    assert rows(path) == (len(ROLES) - 1, 0, 0)


def test_an_account_called_demo_is_an_account_in_a_clinics_own_file(db):
    add_account(db, "demo", "practitioner", COMMAND_LINE, password_hash="h")
    begin_learning(db, Actor("demo", "practitioner"))
    with reading(db) as file:
        found = file.execute("SELECT account IS NULL, demo_role FROM learners").fetchall()
    assert [tuple(row) for row in found] == [(0, None)]
