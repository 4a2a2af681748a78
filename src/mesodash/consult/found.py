"""What is known of one question: from the record, from an answer that still holds, or not yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from mesodash.catalogue.care import Question
from mesodash.catalogue.types import Catalogue
from mesodash.records.screenings import Answer

ADULT_FROM: Final = 18
DARK_SKIN: Final = ("IV", "V", "VI")

State = Literal["yes", "no", "open"]


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a question.

    Attributes:
        state: yes, no, or open (not asked, not known, or too long ago to hold).
        from_record: the patient's record says it, so nobody has to be asked.
        areas: where the yes holds; empty is anywhere.
        elsewhere: what a yes limited to `areas` says of the rest of the body.
        answered_on: when it was said or last confirmed; None if the record says it.
    """

    state: State
    from_record: bool = False
    areas: tuple[str, ...] = ()
    elsewhere: State = "no"
    answered_on: date | None = None

    def here(self, catalogue: Catalogue, sites: Iterable[str]) -> State:
        """What it says of drawn areas taken together."""
        if self.state == "yes" and not catalogue.touches(sites, self.areas):
            return self.elsewhere
        return self.state


def find(
    question: Question,
    answer: Answer | None,
    birth_year: int | None,
    phototype: str | None,
    today: date,
) -> Found:
    """What is known of a question on this day.

    A birth year settles the age unless this is the year of the 18th birthday. Of answers, a no
    holds for the question's `holds_days`, then it has to be confirmed; a yes holds until another
    answer takes its place.
    """
    recorded = _recorded(question, birth_year, phototype, today)
    if recorded is not None:
        return Found(recorded, from_record=True)
    if answer is None or answer.said == "unknown":
        return Found("open")
    holds = answer.answered_on is None or (today - answer.answered_on).days <= question.holds_days
    if answer.said == "no":
        return Found("no" if holds else "open", answered_on=answer.answered_on)
    return Found(
        "yes",
        areas=answer.areas if question.kind == "yes_no_where" else (),
        elsewhere="no" if holds else "open",
        answered_on=answer.answered_on,
    )


def _recorded(
    question: Question, birth_year: int | None, phototype: str | None, today: date
) -> State | None:
    if question.unless == "age" and birth_year is not None:
        turns = today.year - birth_year  # the age reached in the course of this year
        if turns != ADULT_FROM:
            return "yes" if turns < ADULT_FROM else "no"
    if question.unless == "skin_type" and phototype is not None:
        return "yes" if phototype in DARK_SKIN else "no"
    return None
