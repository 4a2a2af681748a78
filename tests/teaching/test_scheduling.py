"""When a flashcard comes again: as the library `fsrs` says, through what the record keeps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import fsrs
import pytest

from mesodash.records.accounts.learning import Learner
from mesodash.teaching.scheduling import LONGEST_DAYS, RATINGS, due_today, rated

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def answered(*ratings, at=NOON):
    """A card after answers, each given when it was due."""
    card = None
    for rating in ratings:
        card = rated("a", card, rating, at=at)
        at = card.due_at
    return card


@pytest.mark.parametrize(
    ("rating", "minutes"), [("again", 1), ("hard", 5.5), ("good", 10), ("easy", 8 * 24 * 60)]
)
def test_the_first_answer_waits_as_long_as_fsrs_has_it(rating, minutes):
    assert answered(rating).due_at - NOON == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "ratings",
    [
        ("good", "good", "good", "good"),
        ("again", "good", "good", "hard", "easy"),
        ("easy", "again", "again", "good", "good", "easy"),
        ("hard", "hard", "good", "again", "good"),
    ],
)
def test_what_is_kept_between_answers_loses_nothing(ratings):
    """The library alone, never taken apart, gives the same days."""
    scheduler = fsrs.Scheduler(enable_fuzzing=False, maximum_interval=LONGEST_DAYS)
    card, at = fsrs.Card(card_id=7, due=NOON), NOON
    for rating in ratings:
        card, _log = scheduler.review_card(card, fsrs.Rating[rating.capitalize()], at)
        at = card.due
    mine = answered(*ratings)
    assert (mine.due_at, mine.stability_days, mine.difficulty, mine.step, mine.state) == (
        card.due,
        card.stability,
        card.difficulty,
        card.step,
        card.state.name.lower(),
    )


def test_better_known_waits_longer_and_never_more_than_a_year():
    known = answered("good", "good", "good")
    waits = [rated("a", known, one, at=known.due_at).due_at for one in RATINGS]
    assert waits == sorted(set(waits))
    after = answered(*["easy"] * 12)
    assert after.due_at - after.reviewed_at == timedelta(days=LONGEST_DAYS)


def test_a_rating_that_is_none_is_refused():
    with pytest.raises(KeyError):
        rated("a", None, "perfect", at=NOON)


def test_the_day_of_the_first_answer_is_the_clinics_own_and_stays():
    tokyo = datetime.fromisoformat("2026-11-23T08:00+09:00")
    first = rated("a", None, "good", at=tokyo)
    assert first.begun_on.isoformat() == "2026-11-23"
    assert first.due_at == datetime(2026, 11, 22, 23, 10, tzinfo=UTC)
    assert rated("a", first, "good", at=tokyo + timedelta(days=3)).begun_on == first.begun_on


def learner(*cards, new_a_day=2):
    return Learner(new_a_day, {one.card: one for one in cards})


def due(who, *, now=NOON, known="abcdefgh"):
    return due_today(who, known, now=now, end_of_day=MIDNIGHT)


def card(code, due_at, begun=NOON):
    return replace(answered("good"), card=code, due_at=due_at, begun_on=begun.date())


def test_what_is_due_comes_first_then_what_is_new_then_what_is_due_in_minutes():
    before = NOON - timedelta(days=9)
    found = due(
        learner(
            card("e", NOON - MINUTE, before),
            card("c", NOON - 2 * MINUTE, before),
            card("a", NOON + MINUTE, before),
            card("b", MIDNIGHT, before),
        )
    )
    assert found.cards == ("c", "e", "d", "f", "a")
    assert (found.repeated, found.new, found.next_due) == (3, 2, MIDNIGHT)


def test_new_cards_of_the_day_are_counted_and_none_is_met_twice():
    assert due(learner()).cards == ("a", "b")
    assert due(learner(card("a", MIDNIGHT))).cards == ("b",)
    assert due(learner(card("a", MIDNIGHT), card("b", MIDNIGHT))).cards == ()
    assert due(learner(card("a", MIDNIGHT, NOON - timedelta(days=1)))).cards == ("b", "c")
    assert due(learner(new_a_day=0)) == due(learner(new_a_day=0), known="")


def test_a_card_whose_row_is_gone_is_not_asked():
    assert due(learner(card("z", NOON - MINUTE)), known="").cards == ()


def test_a_sitting_ends_where_every_card_is_known():
    """Two new cards, one forgotten once: nothing else comes in between, and the day ends."""
    who, at, asked = learner(), NOON, []
    for number in range(20):
        found = due(who, now=at)
        if not found.cards:
            break
        code = found.cards[0]
        asked.append(code)
        rating = "again" if number == 1 else "good"
        kept = rated(code, who.cards.get(code), rating, at=at)
        who = Learner(who.new_a_day, {**who.cards, code: kept})
        at += MINUTE / 2
    assert asked == ["a", "b", "b", "a", "b"]
    assert found.next_due > MIDNIGHT
