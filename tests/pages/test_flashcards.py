"""The page of flashcards: begun, shown, rated, done for the day, erased; on a real file."""

import pytest
from tests.conftest import TODAY
from tests.pages.identities import IDENTITIES, add_accounts, entries_since, last_entry
from tests.pages.signed_in_page import as_who, named, opened, press, ran, text
from tests.sentences import numbers_in

from mesodash.bodymap.atlas import load_atlas
from mesodash.records.accounts.learning import end_learning, read_learner, set_new_a_day
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.store.clinic import create_clinic
from mesodash.teaching.flashcards import flashcards
from mesodash.teaching.scheduling import RATINGS

PAGE = "teach/flashcards.py"
WHO = IDENTITIES[0]


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "clinic.db"
    create_clinic(path, clinic_id="c", name="C", kind="clinical", actor=COMMAND_LINE)
    add_accounts(path)
    return path


@pytest.fixture(scope="module")
def cards(catalogue):
    return flashcards(catalogue, load_atlas())


def rating(page, name):
    return next(one for one in page.button if one.key == f"flashcard_{name}")


def left(page):
    """Cards to repeat and new ones, as the page says."""
    return numbers_in(text(page).split("Due today: ")[1].split(".")[0])


@pytest.mark.parametrize("who", IDENTITIES, ids=lambda who: who.actor_id)
def test_everybody_may_begin_and_nothing_is_kept_before(db, monkeypatch, who):
    as_who(monkeypatch, db, who)
    page = opened(PAGE)
    assert read_learner(db, who) is None
    at = last_entry(db)
    page = press(page, "Begin")

    assert left(page) == [0, 10]
    assert read_learner(db, who).cards == {}
    row = (who.actor_id, who.role, "update", "accounts", "own flashcards: on")
    assert entries_since(db, at) == [row]


def test_the_answer_comes_after_the_question_and_each_rating_is_kept(db, monkeypatch, cards):
    as_who(monkeypatch, db, WHO)
    page = press(opened(PAGE), "Begin")
    at = last_entry(db)
    assert cards[0].question in text(page)
    assert cards[0].answers[0] not in text(page)
    page = press(page, "Show the answer")
    assert cards[0].answers[0] in text(page)
    assert [one.key for one in page.button if one.key.startswith("flashcard_")][:4] == [
        f"flashcard_{name}" for name in RATINGS
    ]
    assert ran(rating(page, "easy").click()) is page
    kept = read_learner(db, WHO).cards
    assert list(kept) == [cards[0].row]
    assert kept[cards[0].row].begun_on == TODAY
    assert left(page) == [0, 9]
    assert cards[0].answers[0] not in text(page)
    assert entries_since(db, at) == [], "an answer stands in no log"


def test_a_day_is_done_when_every_card_is_known(db, monkeypatch, cards):
    as_who(monkeypatch, db, WHO)
    page = press(opened(PAGE), "Begin")
    set_new_a_day(db, WHO, 2)
    page = ran(page)
    for name in ("easy", "again", "good", "good"):
        page = press(page, "Show the answer")
        page = ran(rating(page, name).click())
    assert "Done for today" in text(page)
    assert set(read_learner(db, WHO).cards) == {cards[0].row, cards[1].row}


def test_a_rating_of_a_card_erased_meanwhile_is_refused_in_words(db, monkeypatch):
    as_who(monkeypatch, db, WHO)
    page = press(press(opened(PAGE), "Begin"), "Show the answer")
    end_learning(db, WHO)
    page = ran(rating(page, "good").click())
    assert "Your flashcards were erased" in text(page)
    assert read_learner(db, WHO) is None


def test_all_is_erased_only_after_a_tick(db, monkeypatch):
    as_who(monkeypatch, db, WHO)
    page = press(press(opened(PAGE), "Begin"), "Show the answer")
    page = ran(rating(page, "good").click())
    stop = next(one for one in page.button if one.key == "flashcard_end")
    assert stop.disabled
    page = ran(named(page.checkbox, "Erase all of them for good").check())
    at = last_entry(db)
    page = press(page, "Stop and erase")
    assert read_learner(db, WHO) is None
    assert [row[-1] for row in entries_since(db, at)] == ["own flashcards: erased"]
    assert [one.label for one in page.button if one.key == "flashcard_begin"] == ["Begin"]


def test_new_cards_a_day_are_chosen_on_the_page(db, monkeypatch):
    as_who(monkeypatch, db, WHO)
    page = press(opened(PAGE), "Begin")
    page = ran(named(page.number_input, "New cards a day").set_value(3))
    assert read_learner(db, WHO).new_a_day == 3
    assert left(page) == [0, 3]
