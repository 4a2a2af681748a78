"""Synthetic cases: an invented patient asks for a protocol; may it be done, and how?

The same seed gives the same case. The verdict is that of the clinic's own screening
(`consult.screening`), on a history in which at most one answer is a yes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from mesodash.catalogue.types import Catalogue, Protocol, Question
from mesodash.consult.screening import Answer, ScreeningAnswers, questions_for, screen
from mesodash.consult.verdicts import ScreeningVerdict
from mesodash.language import N_, _, catalogue_text
from mesodash.teaching.asking.question_types import TaughtQuestion
from mesodash.teaching.asking.questions import questions_on

TREAT, WEIGH, REFUSE = "treat", "weigh", "refuse"
DECISIONS: Final[Mapping[str, str]] = {
    TREAT: N_("None of it argues against treating"),
    WEIGH: N_("Weigh it or take care first"),
    REFUSE: N_("Do not treat"),
}
QUESTIONS: Final = 8
"""How many questions follow the decision."""
PASS_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class TaughtCase:
    """One case.

    Attributes:
        seed: makes the same case again.
        sex: female or male.
        age: years.
        phototype: I to VI.
        history: what the patient answers with yes, in words; at most one.
        protocol: what is asked for.
        area: where.
        decision: the first question, whose options are DECISIONS.
        questions: what follows.
    """

    seed: int
    sex: str
    age: int
    phototype: str
    history: tuple[str, ...]
    protocol: Protocol
    area: str
    decision: TaughtQuestion
    questions: tuple[TaughtQuestion, ...]

    @property
    def items(self) -> tuple[TaughtQuestion, ...]:
        """All that is scored, in order."""
        return (self.decision, *self.questions)


@dataclass(frozen=True, slots=True)
class CaseScore:
    """How a case went: items right, of how many, and the critical mistakes, by their place."""

    right: int
    of: int
    critical: tuple[int, ...]

    @property
    def passed(self) -> bool:
        """PASS_SHARE of the items, and not one critical mistake."""
        return not self.critical and self.right >= PASS_SHARE * self.of


def make_case(
    catalogue: Catalogue,
    seed: int,
    *,
    today: date,
    protocol: str | None = None,
    country: str | None = None,
) -> TaughtCase:
    """A case, always the same for a seed.

    Args:
        catalogue: the rules and everything that is asked.
        seed: any whole number.
        today: the day of the visit.
        protocol: the protocol's code; None picks one at random.
        country: the country whose rules apply.
    """
    # Seeded on purpose: a case must be reproducible, and nothing here is a secret.
    chance = Random(seed)  # noqa: S311
    code = protocol or chance.choice(list(catalogue.protocols))
    chosen = catalogue.protocols[code]
    area = chance.choice(sorted(catalogue.covered(chosen.areas)))
    sexes = {catalogue.indications[one].sex for one in chosen.indications}
    fitting = [sex for sex in ("female", "male") if None in sexes or sex in sexes]
    sex = chance.choice(fitting)
    age = chance.randint(22, 68)
    phototype = chance.choice(("I", "II", "III", "IV", "V"))
    who = _Visitor(sex, today.year - age, phototype, today, country)
    asked = questions_for(
        catalogue,
        [code],
        [area],
        sex=sex,
        birth_year=who.birth_year,
        phototype=phototype,
        today=today,
    )
    told = _yes_answer(asked, chance)
    verdict = who.verdict(catalogue, chosen, area, asked, told)
    questions = list(questions_on(catalogue, chosen, area, sex=sex, chance=chance))
    kept = sorted(chance.sample(questions, min(QUESTIONS, len(questions))), key=questions.index)
    words = (catalogue_text("questions", told.code, "label", told.label),) if told else ()
    decision = _decision(chosen, verdict, told)
    return TaughtCase(seed, sex, age, phototype, words, chosen, area, decision, tuple(kept))


def score(case: TaughtCase, chosen: Mapping[int, Iterable[int]]) -> CaseScore:
    """Score what was chosen, by the place of each item; an item without an answer is wrong."""
    right, critical = 0, []
    for at, item in enumerate(case.items):
        given = frozenset(chosen.get(at, ()))
        right += item.is_right(given)
        if item.is_critical(given):
            critical.append(at)
    return CaseScore(right, len(case.items), tuple(critical))


@dataclass(frozen=True, slots=True)
class _Visitor:
    sex: str
    birth_year: int
    phototype: str
    today: date
    country: str | None

    def verdict(
        self,
        catalogue: Catalogue,
        protocol: Protocol,
        area: str,
        asked: Iterable[Question],
        told: Question | None,
    ) -> ScreeningVerdict:
        answers = ScreeningAnswers(
            {
                one.code: Answer("yes" if one is told else "no", answered_on=self.today)
                for one in asked
            }
        )
        (found,) = screen(
            catalogue,
            protocols=[protocol.code],
            areas=[area],
            answers=answers,
            sex=self.sex,
            birth_year=self.birth_year,
            phototype=self.phototype,
            country=self.country,
            today=self.today,
        )
        return found


def _yes_answer(asked: Iterable[Question], chance: Random) -> Question | None:
    """What the visitor answers with yes; nothing in one of four cases."""
    every = [one for one in asked if one.raises or one.level]
    if not every or chance.random() < 0.25:
        return None
    return chance.choice(every)


def _decision(
    protocol: Protocol, verdict: ScreeningVerdict, told: Question | None
) -> TaughtQuestion:
    right = REFUSE if verdict.blocked else TREAT if verdict.level == "offered" else WEIGH
    order = list(DECISIONS)
    keys = tuple(dict.fromkeys(key for reason in verdict.reasons for key in reason.sources))
    why = " ".join(reason.sentence for reason in verdict.reasons)
    critical = frozenset({order.index(TREAT)}) if right == REFUSE else frozenset()
    row = f"questions.{told.code}" if told else f"protocols.{protocol.code}"
    return TaughtQuestion(
        "decision",
        row,
        _("May “{protocol}” be done today?").format(protocol=protocol.label),
        tuple(_(DECISIONS[one]) for one in order),
        frozenset({order.index(right)}),
        critical,
        why or _("No answer argues against it."),
        keys or (told.sources if told else protocol.sources),
    )


def history_words(case: TaughtCase) -> Iterator[str]:
    """Who comes, one line each; nobody like this exists."""
    sex = _("woman") if case.sex == "female" else _("man")
    yield _("Synthetic: a {sex} of {age}, skin type {phototype}").format(
        sex=sex, age=case.age, phototype=case.phototype
    )
    for one in case.history:
        yield _("Answered with yes: {what}").format(what=one)
    if not case.history:
        yield _("Answered every question of the screening with no")
