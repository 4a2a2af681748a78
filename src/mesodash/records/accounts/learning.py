"""A person's own flashcards: whether they learn with them, and when each card is due again.

Kept by account; on a demo, which has no accounts, by role. Only what the next interval is computed
from is kept, for nobody but its owner: no list of answers, and no function that compares people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from mesodash.language import _
from mesodash.records.accounts.accounts import account_named, erase_learner, learner_of
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import DEMO, Actor
from mesodash.records.store.connection import Change, Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError

ACTION: Final = "flashcards.own"
NEW_A_DAY: Final = 10
MOST_NEW_A_DAY: Final = 100


@dataclass(frozen=True, slots=True)
class LearnedCard:
    """How a learner stands with one card, in the terms of FSRS.

    Attributes:
        card: the row that is asked, such as `areas.face.cheek`.
        state: learning, review or relearning.
        step: which of the short intervals of learning or relearning; None in review.
        stability_days: days after which nine in ten such cards are still known.
        difficulty: 1 to 10.
        due_at: when it is shown again (UTC).
        reviewed_at: when it was last answered (UTC).
        begun_on: the day of the first answer.
    """

    card: str
    state: str
    step: int | None
    stability_days: float
    difficulty: float
    due_at: datetime
    reviewed_at: datetime
    begun_on: date


@dataclass(frozen=True, slots=True)
class Learner:
    """A person who learns with flashcards.

    Attributes:
        new_a_day: how many cards they meet for the first time in a day.
        cards: the cards they have answered, by the row that is asked.
    """

    new_a_day: int
    cards: Mapping[str, LearnedCard]


def read_learner(path: Path, actor: Actor, *, clock: Clock = utc_now) -> Learner | None:
    """The actor's own cards; None if they do not learn with flashcards.

    Raises:
        NotAllowedError: the role may not.
        RecordError: there is no such account.
    """
    require(path, actor, ACTION, clock=clock)
    with reading(path) as db:
        number = _number(db, *_whose(db, actor))
        if number is None:
            return None
        row = db.execute("SELECT new_a_day FROM learners WHERE id = ?", [number]).fetchone()
        found = db.query("SELECT * FROM learned_cards WHERE learner = ? ORDER BY card", [number])
        return Learner(row[0], {one["card"]: _card(one) for one in found})


def begin_learning(path: Path, actor: Actor, *, clock: Clock = utc_now) -> None:
    """Begin to learn with flashcards; nothing changes for who does already.

    Raises:
        NotAllowedError: the role may not.
        RecordError: there is no such account.
    """
    require(path, actor, ACTION, clock=clock)
    with writing(path, actor, clock=clock) as change:
        column, owner = _whose(change.db, actor)
        if _number(change.db, column, owner) is not None:
            return
        change.db.table("learners").insert(
            {column: owner, "new_a_day": NEW_A_DAY, "began_at": _utc(clock())}
        )
        change.log("update", "accounts", key="own flashcards: on")


def set_new_a_day(path: Path, actor: Actor, new_a_day: int, *, clock: Clock = utc_now) -> None:
    """Set how many cards the actor meets for the first time in a day.

    Raises:
        NotAllowedError: the role may not.
        RecordError: not from 0 to MOST_NEW_A_DAY, or they do not learn with flashcards.
    """
    require(path, actor, ACTION, clock=clock)
    if not 0 <= new_a_day <= MOST_NEW_A_DAY:
        raise RecordError(
            _("New cards a day are 0 to {most}; choose fewer.").format(most=MOST_NEW_A_DAY)
        )
    with writing(path, actor, clock=clock, unlogged=True) as change:
        change.db.table("learners").update(_learner(change, actor), {"new_a_day": new_a_day})


def keep_card(path: Path, actor: Actor, card: LearnedCard, *, clock: Clock = utc_now) -> None:
    """Keep how the actor stands with a card after an answer.

    It is not a fact of the clinic: it changes no revision and is not logged.

    Raises:
        NotAllowedError: the role may not.
        RecordError: they do not learn with flashcards (any more).
    """
    require(path, actor, ACTION, clock=clock)
    with writing(path, actor, clock=clock, unlogged=True) as change:
        row = {
            "learner": _learner(change, actor),
            "card": card.card,
            "state": card.state,
            "step": card.step,
            "stability_days": card.stability_days,
            "difficulty": card.difficulty,
            "due_at": _utc(card.due_at),
            "reviewed_at": _utc(card.reviewed_at),
            "begun_on": card.begun_on.isoformat(),
        }
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        news = ", ".join(f"{name} = :{name}" for name in row if name != "begun_on")
        change.db.execute(
            f"INSERT INTO learned_cards ({names}) VALUES ({marks})"
            f" ON CONFLICT (learner, card) DO UPDATE SET {news}",
            row,
        )


def end_learning(path: Path, actor: Actor, *, clock: Clock = utc_now) -> int:
    """Stop learning with flashcards and erase all that is kept of it.

    Returns:
        How many cards were erased.

    Raises:
        NotAllowedError: the role may not.
        RecordError: there is no such account.
    """
    require(path, actor, ACTION, clock=clock)
    with writing(path, actor, clock=clock) as change:
        learner = _number(change.db, *_whose(change.db, actor))
        if learner is None:
            return 0
        erased = erase_learner(change.db, learner)
        change.log("update", "accounts", key="own flashcards: erased")
    return erased


def forget_learning(path: Path, name: str, actor: Actor, *, clock: Clock = utc_now) -> int:
    """Erase all that is kept of an account's flashcards; return how many cards.

    Raises:
        NotAllowedError: the actor may not change accounts.
        RecordError: there is no such account.
    """
    require(path, actor, "accounts.manage", clock=clock)
    with writing(path, actor, clock=clock) as change:
        account = account_named(change.db, name)
        learner = learner_of(change.db, account.number)
        if learner is None:
            return 0
        erased = erase_learner(change.db, learner)
        change.log("update", "accounts", key=f"{account.name}: flashcards erased")
    return erased


def _whose(db: Database, actor: Actor) -> tuple[str, int | str]:
    """The column of `learners` that names the actor, and its value."""
    (kind,) = db.execute("SELECT kind FROM clinic").fetchone()
    if kind == "demo" and actor.actor_id == DEMO.actor_id:
        return "demo_role", actor.role
    return "account", account_named(db, actor.actor_id).number


def _number(db: Database, column: str, owner: int | str) -> int | None:
    if column == "account":
        return learner_of(db, int(owner))
    row = db.execute("SELECT id FROM learners WHERE demo_role = ?", [owner]).fetchone()
    return None if row is None else int(row[0])


def _learner(change: Change, actor: Actor) -> int:
    number = _number(change.db, *_whose(change.db, actor))
    if number is None:
        raise RecordError(_("Your flashcards were erased; begin to learn with them again."))
    return number


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _card(row: Mapping[str, object]) -> LearnedCard:
    step = row["step"]
    return LearnedCard(
        card=str(row["card"]),
        state=str(row["state"]),
        step=None if step is None else int(str(step)),
        stability_days=float(str(row["stability_days"])),
        difficulty=float(str(row["difficulty"])),
        due_at=datetime.fromisoformat(str(row["due_at"])),
        reviewed_at=datetime.fromisoformat(str(row["reviewed_at"])),
        begun_on=date.fromisoformat(str(row["begun_on"])),
    )
