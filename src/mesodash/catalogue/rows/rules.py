"""Rules: whom not to treat, what to ask first, a country's regulations, and aftercare."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from mesodash.catalogue.fields import (
    SCOPE_FILES,
    Choice,
    ChoiceOrNone,
    Choices,
    Code,
    Column,
    CountryOrEverywhere,
    Number,
    NumberOrNone,
    Scope,
    ScopeOrNone,
    Several,
    SourcesNeeded,
    Text,
    TextOrNone,
    Whole,
    YesOrNo,
    ordered,
)

RuleLevel = Literal["absolute", "relative", "caution", "stop"]
"""How much a contraindication weighs: do not, weigh, take care, stop and refer."""

EU: Final = "EU"
"""In regulations.csv, means every member state of the European Union."""

EU_MEMBERS: Final = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contraindication:
    """A reason not to treat, or to take care."""

    code: Code
    label: Text
    level: Annotated[
        RuleLevel,
        Choice,
        Column(
            "absolute (do not), relative (weigh), caution (take care), stop (stop and refer;"
            " red_flags.csv has a row of the same code that says what to do)"
        ),
    ]
    scope: Annotated[
        Scope,
        Column(
            "`all`, or codes of protocols, indications or components it applies to",
            refers=SCOPE_FILES,
        ),
    ]
    areas: Annotated[
        Several,
        Column("only in these areas and below; empty means anywhere", refers=("areas",)),
    ]
    sex: Annotated[
        Literal["female", "male"] | None,
        ChoiceOrNone,
        Column("only for patients recorded so; empty means anybody"),
    ]
    until: Annotated[
        TextOrNone, Column('when it ends, to follow the word "until"; empty where it does not')
    ]
    asked: Annotated[
        YesOrNo,
        Column(
            "yes: a question in questions.csv finds it out. no: it holds wherever scope and areas"
            " fit"
        ),
    ]
    reason: Annotated[Text, Column("why, as its sources put it")]
    sources: Annotated[SourcesNeeded, Column("clinic lists are no guideline, and say so")]


@dataclass(frozen=True, slots=True)
class ContraindicationReason:
    """Why a contraindication holds for one component or protocol, in its own source's words."""

    code: Code
    contraindication: Annotated[Code, Column("of which rule", refers=("contraindications",))]
    scope: Annotated[
        Scope, Column("the protocols, indications or components it speaks of", refers=SCOPE_FILES)
    ]
    reason: Annotated[Text, Column("why, said where the scope fits, after the general reason")]
    sources: SourcesNeeded


@dataclass(frozen=True, slots=True)
class SafetyNote:
    """A fact about a protocol or component in every country: a harm, a limit, an emergency plan."""

    code: Code
    scope: Annotated[Scope, Column("as in contraindications.csv", refers=SCOPE_FILES)]
    topic: Annotated[
        Literal["off_label", "harm", "limit", "hygiene", "emergency"],
        Choice,
        Column(
            "off_label; harm (what has happened); limit (what not to exceed); hygiene; emergency"
            " (what to do at once, to be ready before the first injection)"
        ),
    ]
    red_flags: Annotated[
        Several,
        Column(
            "of an emergency: the warning signs after which it is what to do first",
            refers=("red_flags",),
        ),
    ]
    text: Annotated[Text, Column("in one or two sentences; stands on every card it applies to")]
    evidence: Annotated[
        Literal["L", "A", "B", "C", "X"],
        Choice,
        Column("L label or regulator; A to C trials, controlled, series; X experts or consensus"),
    ]
    sources: SourcesNeeded


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the screening, and what a "yes" means.

    A yes raises the contraindications in `raises`, or, where `level` is filled in, the question's
    own rule: `level` for what `scope` names.
    """

    code: Code
    label: Text
    text: Annotated[Text, Column("the label is for lists and reasons, the text is the question")]
    kind: Annotated[
        Literal["yes_no", "yes_no_detail", "yes_no_where"],
        Choice,
        Column(
            "yes_no; yes_no_detail (also asks which, or since when); yes_no_where (also asks for"
            " areas: a yes then holds there only, or everywhere if no area is given)"
        ),
    ]
    topic: Annotated[
        Literal["health", "allergies", "skin", "medicines", "recent", "headache", "plans"],
        Choice,
        Column(
            "where it stands in the questionnaire: health, allergies, skin, medicines, recent,"
            " headache, plans"
        ),
    ]
    asked_of: Annotated[
        Literal["everybody", "women"],
        Choice,
        Column("everybody; women: everyone not recorded as male"),
    ]
    unless: Annotated[
        Literal["age", "skin_type"] | None,
        ChoiceOrNone,
        Column("age or skin_type: asked only where the patient's record does not answer it"),
    ]
    raises: Annotated[
        Several,
        Column(
            "contraindications that a yes raises, with their own level and scope",
            refers=("contraindications",),
        ),
    ]
    level: Annotated[RuleLevel | None, ChoiceOrNone]
    scope: Annotated[
        ScopeOrNone,
        Column(
            "the question's own rule, where no contraindication fits: as in contraindications.csv",
            refers=SCOPE_FILES,
        ),
    ]
    advice: Annotated[TextOrNone, Column("what to do about a yes")]
    holds_days: Annotated[
        Whole,
        Column(
            'a "no" has to be confirmed after so many days; 0 holds on the same day only. A "yes"'
            " stands until another answer takes its place. Always this catalogue's choice",
            hint="write after how many days a no must be confirmed",
        ),
    ]
    sources: Annotated[
        SourcesNeeded, Column("of the rule; `DEFAULT` for the wording and holds_days")
    ]

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: not exactly one meaning of a yes."""
        if self.level is None and self.scope:
            yield "scope is filled in but level is empty; the contraindications have their own."
        elif (self.level is None) == (not self.raises):
            yield "fill in either raises, or level and scope: what a yes means."
        elif self.level is not None and not self.scope:
            yield "scope is empty; write all, or the codes it applies to."


@dataclass(frozen=True, slots=True)
class Regulation:
    """What a country says about protocols or components; `country` None is everywhere."""

    code: Code
    country: Annotated[
        CountryOrEverywhere,
        Column("two capital letters (ISO 3166); `EU` for all its member states; `everywhere`"),
    ]
    scope: Annotated[Scope, Column("as in contraindications.csv", refers=SCOPE_FILES)]
    but_not: Annotated[
        Several,
        Column("protocols it does not speak of, though their components do", refers=("protocols",)),
    ]
    status: Annotated[
        Literal["allowed", "caution", "banned"],
        Choice,
        Column(
            "allowed: a note only, off-label included. caution: shown as such. banned: can be"
            " recorded there, not planned"
        ),
    ]
    text: Annotated[Text, Column("what is ruled, in words")]
    sources: SourcesNeeded

    def holds_in(self, country: str | None) -> bool:
        """Whether it applies in this country (two letters; None if not known)."""
        if self.country is None:
            return True
        return self.country == country or (self.country == EU and country in EU_MEMBERS)


DepartureMeasure = Literal["dose", "points", "depth", "interval"]


@dataclass(frozen=True, slots=True)
class Departure:
    """Why a session was not as the clinic's adopted version of its protocol; a list of our own."""

    code: Code
    label: Text
    measures: Annotated[
        tuple[DepartureMeasure, ...],
        Choices,
        Column("the departures that it is offered for: dose, points, depth, interval"),
    ]
    wants_words: Annotated[YesOrNo, Column("yes: a field asks for it in words; it may stay empty")]
    sources: SourcesNeeded


@dataclass(frozen=True, slots=True)
class Aftercare:
    """One instruction for a span of hours after a session, as its sources say it."""

    code: Code
    topic: Annotated[Code, Column("what it is about; rows with the same topic may disagree")]
    from_hours: Annotated[Number, Column(hint="write 0 for at once")]
    to_hours: Annotated[
        NumberOrNone,
        Column(
            'hours after the session; empty: no end was given. A day is 24 hours, "until the next'
            ' morning" is read as 24, 6 months as 180 days'
        ),
    ]
    instruction: Annotated[Text, Column("as the patient reads it")]
    scope: Annotated[Scope, Column(refers=SCOPE_FILES)]
    areas: Annotated[Several, Column("as in contraindications.csv", refers=("areas",))]
    sources: SourcesNeeded

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: hours out of order."""
        yield from ordered(self.from_hours, self.to_hours, "hour")
