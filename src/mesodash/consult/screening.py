"""Screening: from a patient's answers to what may be offered where, each with its reasons.

Pure rules over the catalogue (questions.csv, contraindications.csv, red_flags.csv,
regulations.csv). What is not known never counts as a no: it makes a protocol `unknown`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from mesodash.catalogue.types import (
    Catalogue,
    Contraindication,
    Protocol,
    Question,
    UnknownCodeError,
)
from mesodash.consult.verdicts import (
    BLOCKED,
    LEVEL_WORDS,
    LEVELS,
    WEIGHT_WORDS,
    Level,
    Reason,
    ScreeningVerdict,
    Weight,
)
from mesodash.language import _, format_list, ngettext
from mesodash.records.courses.screenings import NO_ANSWERS, Answer, ScreeningAnswers

__all__ = [
    "BLOCKED",
    "LEVELS",
    "LEVEL_WORDS",
    "NO_ANSWERS",
    "WEIGHT_WORDS",
    "Answer",
    "Level",
    "Reason",
    "ScreeningAnswers",
    "ScreeningVerdict",
    "Weight",
    "questions_for",
    "screen",
    "unanswered",
    "worst_by_protocol",
]

ADULT_FROM: Final = 18
DARK_SKIN: Final = ("IV", "V", "VI")

State = Literal["yes", "no", "open"]
NAMED_AT_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What is known about a question.

    Attributes:
        state: yes, no, or open (not asked, not known, or answered too long ago).
        from_record: the patient's record says it, so nobody has to be asked.
        areas: where the yes holds; empty is anywhere.
        elsewhere: what a yes limited to `areas` implies for the rest of the body.
        answered_on: when it was said or last confirmed; None if the record says it.
    """

    state: State
    from_record: bool = False
    areas: tuple[str, ...] = ()
    elsewhere: State = "no"
    answered_on: date | None = None

    def here(self, catalogue: Catalogue, sites: Iterable[str]) -> State:
        """What is known for these drawn areas taken together."""
        if self.state == "yes" and not catalogue.touches(sites, self.areas):
            return self.elsewhere
        return self.state


def find(
    question: Question,
    answer: Answer | None,
    birth_year: int | None,
    phototype: str | None,
    today: date,
) -> KnownAnswer:
    """What is known about a question on this day.

    A birth year settles the age unless this is the year of the 18th birthday. Of answers, a no
    holds for the question's `holds_days`, then it has to be confirmed; a yes holds until another
    answer takes its place.
    """
    recorded = _recorded(question, birth_year, phototype, today)
    if recorded is not None:
        return KnownAnswer(recorded, from_record=True)
    if answer is None or answer.said == "unknown":
        return KnownAnswer("open")
    holds = answer.answered_on is None or (today - answer.answered_on).days <= question.holds_days
    if answer.said == "no":
        return KnownAnswer("no" if holds else "open", answered_on=answer.answered_on)
    return KnownAnswer(
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


def questions_for(
    catalogue: Catalogue,
    protocols: Iterable[str],
    areas: Iterable[str],
    *,
    sex: str,
    birth_year: int | None,
    phototype: str | None,
    today: date,
) -> tuple[Question, ...]:
    """The questions that matter for these protocols in these areas, in the order of the file.

    Questions for women are not put to men; age and skin type only where the record lacks them.

    Raises:
        UnknownCodeError: a protocol or area the catalogue does not have.
    """
    spots = list(_spots(catalogue, protocols, areas))
    return tuple(
        question
        for question in catalogue.questions.values()
        if _is_asked(question, sex, birth_year, phototype, today)
        and any(_matters(catalogue, question, spot) for spot in spots)
    )


def screen(
    catalogue: Catalogue,
    *,
    protocols: Iterable[str],
    areas: Iterable[str],
    answers: ScreeningAnswers,
    sex: str,
    birth_year: int | None,
    phototype: str | None,
    country: str | None,
    today: date,
) -> tuple[ScreeningVerdict, ...]:
    """What may be offered: one verdict for each protocol in each area where it is indicated.

    Args:
        catalogue: the rules.
        protocols: codes; one that is not indicated in an area has no verdict there.
        areas: codes; of a parent, whatever holds in any part of it holds for all.
        answers: the latest; a "no" older than its question's `holds_days` counts as not asked,
            a "yes" holds until another answer takes its place.
        sex: female, male, other or unknown, as recorded.
        birth_year: as recorded; None, or a year that leaves open whether the patient is 18, is
            settled by the question on age.
        phototype: I to VI, as recorded; None is settled by the question on skin type.
        country: the clinic's, two letters; None is not set.
        today: in the clinic's calendar.

    Raises:
        UnknownCodeError: a protocol, an area, or an area in an answer that the catalogue lacks.
    """
    asked = [
        (question, find(question, answers.get(question.code), birth_year, phototype, today))
        for question in catalogue.questions.values()
        if question.asked_of == "everybody" or sex != "male"
    ]
    for _question, found in asked:
        for area in found.areas:
            catalogue.area(area)
    return tuple(
        _verdict(catalogue, spot, asked, sex, country)
        for spot in _spots(catalogue, protocols, areas)
    )


def worst_by_protocol(verdicts: Iterable[ScreeningVerdict]) -> dict[str, ScreeningVerdict]:
    """The strictest verdict of each protocol over its areas, in the order the protocols came."""
    worst: dict[str, ScreeningVerdict] = {}
    for verdict in verdicts:
        known = worst.get(verdict.protocol)
        if known is None or LEVELS.index(verdict.level) > LEVELS.index(known.level):
            worst[verdict.protocol] = verdict
    return worst


def unanswered(verdicts: Iterable[ScreeningVerdict]) -> tuple[str, ...]:
    """The questions still open in any of the verdicts, each once."""
    return tuple(dict.fromkeys(code for verdict in verdicts for code in verdict.unanswered))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A protocol in an area, with the drawn areas there that it is reported for."""

    protocol: Protocol
    area: str
    sites: frozenset[str]


def _spots(catalogue: Catalogue, protocols: Iterable[str], areas: Iterable[str]) -> Iterator[_Spot]:
    where = [catalogue.area(area).code for area in areas]
    for code in protocols:
        if code not in catalogue.protocols:
            raise UnknownCodeError(
                _(
                    'There is no protocol "{code}" in the catalogue; see protocols.csv for'
                    " the codes."
                ).format(code=code)
            )
        for area in where:
            sites = catalogue.sites(code, area)
            if sites:
                yield _Spot(catalogue.protocols[code], area, sites)


def _is_asked(
    question: Question, sex: str, birth_year: int | None, phototype: str | None, today: date
) -> bool:
    if question.asked_of == "women" and sex == "male":
        return False
    return not find(question, None, birth_year, phototype, today).from_record


def _raised(catalogue: Catalogue, question: Question, spot: _Spot) -> tuple[Contraindication, ...]:
    """What a yes would raise here."""
    rules = (catalogue.contraindications[code] for code in question.raises)
    return tuple(
        rule
        for rule in rules
        if catalogue.concerns(spot.protocol.code, rule.scope)
        and catalogue.touches(spot.sites, rule.areas)
    )


def _matters(catalogue: Catalogue, question: Question, spot: _Spot) -> bool:
    own = question.level is not None and catalogue.concerns(spot.protocol.code, question.scope)
    return own or bool(_raised(catalogue, question, spot))


def _verdict(
    catalogue: Catalogue,
    spot: _Spot,
    asked: Sequence[tuple[Question, KnownAnswer]],
    sex: str,
    country: str | None,
) -> ScreeningVerdict:
    reasons = [
        *_ruled(catalogue, spot.protocol, country),
        *_of_itself(catalogue, spot, sex),
        *_named_for_the_other_sex(catalogue, spot.protocol, sex),
    ]
    still_open = []
    for question, found in asked:
        if not _matters(catalogue, question, spot):
            continue
        match found.here(catalogue, spot.sites):
            case "yes":
                reasons += _yes(catalogue, question, found, spot)
            case "open":
                still_open.append(question)
    if still_open:
        reasons.append(_not_asked(still_open))
    weighing = [reason for reason in reasons if reason.weight != "note"]
    weighing.sort(key=lambda reason: -LEVELS.index(reason.level))
    return ScreeningVerdict(
        protocol=spot.protocol.code,
        area=spot.area,
        level=weighing[0].level if weighing else "offered",
        reasons=tuple(weighing),
        notes=tuple(reason for reason in reasons if reason.weight == "note"),
        unanswered=tuple(question.code for question in still_open),
    )


def _ruled(catalogue: Catalogue, protocol: Protocol, country: str | None) -> Iterator[Reason]:
    """What the clinic's country says; where it says nothing, what the others do, each named."""
    here = catalogue.regulations_for(protocol.code, country)
    for rule in here:
        match rule.status:
            case "banned":
                sentence = _("Not allowed in the clinic's country ({country}). {text}").format(
                    country=country, text=rule.text
                )
                yield Reason(rule.code, "banned", sentence, sources=rule.sources)
            case "caution":
                sentence = _("The clinic's country ({country}) asks for care. {text}").format(
                    country=country, text=rule.text
                )
                yield Reason(rule.code, "caution", sentence, sources=rule.sources)
            case "allowed":
                yield Reason(rule.code, "note", rule.text, sources=rule.sources)
    everywhere = catalogue.regulations_of(protocol.code)
    if country is None and any(rule.status == "banned" for rule in everywhere):
        sentence = _("Some countries ban it, and the clinic's country is not set; set it first.")
        yield Reason("country_unknown", "unknown", sentence)
    if here:
        return
    if country is None:
        sentence = _("The clinic's country is not set: what other countries rule is shown.")
        yield Reason("country_unset", "note", sentence)
    else:
        sentence = _("No rule of {country} is known to this catalogue: check before use.").format(
            country=country
        )
        yield Reason("country_unruled", "note", sentence)
    for rule in everywhere:
        yield Reason(rule.code, "note", f"{rule.country}: {rule.text}", sources=rule.sources)


def _of_itself(catalogue: Catalogue, spot: _Spot, sex: str) -> Iterator[Reason]:
    """What rules it out without a question: by itself, or by the patient's recorded sex."""
    protocol = spot.protocol
    if not protocol.components:
        sentence = _(
            "Its mixture was not published: check allergies and drugs against the products."
        )
        yield Reason("mixture_unknown", "caution", sentence, sources=protocol.sources)
    for component in catalogue.withdrawn(protocol.code):
        sentence = _sentence(component.label, component.caution or _("not to be used"))
        yield Reason(component.code, "absolute", sentence, sources=component.sources)
    for rule in catalogue.contraindications_to(protocol.code, spot.area):
        if rule.asked or (sex in ("female", "male") and rule.sex not in (None, sex)):
            continue
        if rule.sex in (None, sex):
            why = _why(catalogue, rule, rule.label, protocol)
            yield Reason(rule.code, rule.level, why, sources=rule.sources)
        else:
            why = _("It is excluded for one sex, and the patient's sex is not recorded.")
            yield Reason(rule.code, "unknown", why, sources=rule.sources)


def _named_for_the_other_sex(
    catalogue: Catalogue, protocol: Protocol, sex: str
) -> Iterator[Reason]:
    indications = [catalogue.indications[code] for code in protocol.indications]
    named = {indication.sex for indication in indications}
    if sex in ("female", "male") and None not in named and sex not in named:
        sentence = (
            _("It is reported for {what} only, and the patient is a woman.")
            if sex == "female"
            else _("It is reported for {what} only, and the patient is a man.")
        ).format(what=format_list([indication.label.lower() for indication in indications]))
        yield Reason("sex", "caution", sentence, sources=protocol.sources)


def _yes(
    catalogue: Catalogue, question: Question, found: KnownAnswer, spot: _Spot
) -> Iterator[Reason]:
    for rule in _raised(catalogue, question, spot):
        until = " " + _("Until {when}.").format(when=rule.until) if rule.until else ""
        advice = f" {question.advice}." if question.advice else ""
        flag = catalogue.red_flags.get(rule.code) if rule.level == "stop" else None
        yield Reason(
            code=rule.code,
            weight=rule.level,
            sentence=f"{_why(catalogue, rule, question.label, spot.protocol)}{until}{advice}",
            action=flag.action if flag else None,
            question=question.code,
            answered_on=found.answered_on,
            sources=_its_sources(catalogue, rule, spot.protocol),
        )
    if question.level is not None:
        yield Reason(
            code=question.code,
            weight=question.level,
            sentence=_sentence(question.label, question.advice or _("take care")),
            question=question.code,
            answered_on=found.answered_on,
            sources=question.sources,
        )


def _not_asked(questions: Sequence[Question]) -> Reason:
    named = "; ".join(question.label for question in questions[:NAMED_AT_MOST])
    more = len(questions) - NAMED_AT_MOST
    if more > 0:
        named = _("{some}; and {n} more").format(some=named, n=more)
    sentence = ngettext(
        "{n} question is still to be asked or confirmed: {named}.",
        "{n} questions are still to be asked or confirmed: {named}.",
        len(questions),
    )
    return Reason("unanswered", "unknown", sentence.format(n=len(questions), named=named))


def _why(catalogue: Catalogue, rule: Contraindication, label: str, protocol: Protocol) -> str:
    """The general reason, then those of the protocol's own components, and of no other."""
    own = "".join(
        f" {r.reason.rstrip('.')}." for r in catalogue.reasons_for(rule.code, protocol.code)
    )
    return _sentence(label, rule.reason) + own


def _its_sources(
    catalogue: Catalogue, rule: Contraindication, protocol: Protocol
) -> tuple[str, ...]:
    own = (key for r in catalogue.reasons_for(rule.code, protocol.code) for key in r.sources)
    return tuple(dict.fromkeys((*rule.sources, *own)))


def _sentence(label: str, reason: str) -> str:
    """A label and what it means, as one sentence; a name or abbreviation keeps its capitals."""
    second = reason[1:2]
    start = reason[0].lower() if second.islower() or second == " " else reason[0]
    return _("{label}: {reason}.").format(label=label, reason=f"{start}{reason[1:].rstrip('.')}")
