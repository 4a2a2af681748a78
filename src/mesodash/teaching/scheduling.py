"""When a flashcard is shown again: FSRS, with the figures of its authors.

Intervals are computed by the library `fsrs` with its default weights (FSRS-6) for nine in ten cards
known when they are due. No chance is added to an interval, so that the same answers give the same
days, and none is longer than a year: sources change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from mesodash.language import N_
from mesodash.records.accounts.learning import LearnedCard, Learner

RATINGS: Final[Mapping[str, str]] = {
    "again": N_("Again"),
    "hard": N_("Hard"),
    "good": N_("Good"),
    "easy": N_("Easy"),
}
"""How well a card was known, worst first."""
LONGEST_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class DueCards:
    """What is asked today.

    Attributes:
        cards: the rows that are asked, in their order: what is due, the longest due first, then
            what is new, then what is due later today.
        repeated: how many of them were answered before.
        next_due: when the next card comes after today; None if none was answered yet.
    """

    cards: tuple[str, ...]
    repeated: int
    next_due: datetime | None

    @property
    def new(self) -> int:
        """How many are met for the first time."""
        return len(self.cards) - self.repeated


def due_today(
    learner: Learner, known: Iterable[str], *, now: datetime, end_of_day: datetime
) -> DueCards:
    """What a learner is asked today.

    Args:
        learner: their own cards.
        known: the cards there are, in the order in which new ones come; a card kept of a row that
            the catalogue has no more is left out.
        now: the moment, in the clinic's time zone: its day counts the new cards.
        end_of_day: when that day ends.
    """
    codes = list(dict.fromkeys(known))
    kept = sorted(
        (learner.cards[code] for code in codes if code in learner.cards),
        key=lambda one: (one.due_at, one.card),
    )
    today = now.date()
    begun = sum(one.begun_on == today for one in kept)
    new = [code for code in codes if code not in learner.cards]
    new = new[: max(0, learner.new_a_day - begun)]
    due = [one.card for one in kept if one.due_at <= now]
    # In minutes: a card that is being learnt comes after the new ones.
    soon = [one.card for one in kept if now < one.due_at < end_of_day]
    later = [one.due_at for one in kept if one.due_at >= end_of_day]
    return DueCards((*due, *new, *soon), len(due) + len(soon), min(later, default=None))


def rated(card: str, before: LearnedCard | None, rating: str, *, at: datetime) -> LearnedCard:
    """How a learner stands with a card after an answer.

    Args:
        card: the row that was asked.
        before: how they stood; None for a card they meet for the first time.
        rating: one of RATINGS.
        at: the moment of the answer, in the clinic's time zone.

    Raises:
        KeyError: the rating is none of RATINGS.
    """
    # Not at import: only who learns with flashcards needs it.
    import fsrs  # noqa: PLC0415

    number = {name: place for place, name in enumerate(RATINGS, start=1)}[rating]
    begun_on, at = at.date() if before is None else before.begun_on, at.astimezone(UTC)
    asked = fsrs.Card(card_id=1, due=at) if before is None else _restored(fsrs, before)
    scheduler = fsrs.Scheduler(enable_fuzzing=False, maximum_interval=LONGEST_DAYS)
    after, _log = scheduler.review_card(asked, fsrs.Rating(number), at)
    if after.stability is None or after.difficulty is None:
        raise ValueError("a rated card has a stability and a difficulty")
    return LearnedCard(
        card=card,
        state=after.state.name.lower(),
        step=after.step,
        stability_days=after.stability,
        difficulty=after.difficulty,
        due_at=after.due,
        reviewed_at=at,
        begun_on=begun_on,
    )


def _restored(fsrs: Any, kept: LearnedCard) -> Any:
    return fsrs.Card(
        card_id=1,
        state=fsrs.State[kept.state.capitalize()],
        step=kept.step,
        stability=kept.stability_days,
        difficulty=kept.difficulty,
        due=kept.due_at.astimezone(UTC),
        last_review=kept.reviewed_at.astimezone(UTC),
    )
