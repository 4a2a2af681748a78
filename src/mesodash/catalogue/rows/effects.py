"""What may follow a session, when to ask about it, and what severity means."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from mesodash.catalogue.fields import (
    SCOPE_FILES,
    Choice,
    ChoiceOrNone,
    Code,
    Column,
    NumberOrNone,
    Scope,
    ScopeOrNone,
    Several,
    Sources,
    SourcesNeeded,
    Text,
    TextOrNone,
    Whole,
    WholeOrNone,
    YesOrNo,
    ordered,
)

_A_DAY: Final = {"minutes": 24 * 60, "hours": 24, "days": 1}


@dataclass(frozen=True, slots=True)
class SideEffect:
    """An effect that may follow a session, with what was promised and what was published."""

    code: Code
    label: Text
    promised: NumberOrNone
    promised_unit: Annotated[Literal["minutes", "hours", "days"] | None, ChoiceOrNone]
    promised_text: Annotated[
        TextOrNone,
        Column(
            "how long the founding text says it lasts, as number and unit, and in its words. **Its"
            ' "couple of days" is read as 2 days and its "few days" as 3: our reading, not the'
            ' text\'s.** Of "15-20 minutes" the upper end is taken: 20 minutes'
        ),
    ]
    about: TextOrNone
    about_sources: Annotated[
        Sources,
        Column(
            "what else was published of it: onset, frequency, outcome. Durations: durations.csv"
        ),
    ]
    ctcae_term: Annotated[TextOrNone, Column("term in CTCAE version 5")]
    alert_after_days: Annotated[
        NumberOrNone,
        Column(
            "call the patient when it lasts longer than this; 0 is as soon as it is recorded; empty"
            ' where time alone does not decide. "3 months" is read as 90 days'
        ),
    ]
    alert_text: TextOrNone
    alert_sources: Annotated[
        Sources, Column("in words. `DEFAULT` is this catalogue's choice, not a published rule")
    ]
    late_after_days: Annotated[
        WholeOrNone,
        Column(
            "where a source reports a late onset: begun after so many days it counts as late, and"
            " is listed one by one; the number is this catalogue's choice"
        ),
    ]
    synonyms: Annotated[
        Several,
        Column(
            "terms, in lower case, that mean this and nothing else; an import matches them whatever"
            " their case. A term means one effect only"
        ),
    ]
    other: Annotated[YesOrNo, Column("yes on one row: everything that is not in this list")]

    @property
    def promised_days(self) -> float | None:
        """The founding text's promise in days: 20 minutes is 20/1440; None if it makes none."""
        if self.promised is None or self.promised_unit is None:
            return None
        return self.promised / _A_DAY[self.promised_unit]

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: half a promise, a figure without a source."""
        if self.promised is not None and not self.promised_unit:
            yield 'promised_unit "" must be one of minutes, hours, days.'
        if self.promised_unit and self.promised is None:
            yield "promised_unit is filled in but promised is empty."
        if bool(self.about) != bool(self.about_sources):
            yield "about and about_sources go together: fill in both, or neither."
        if (self.alert_after_days is not None or self.alert_text) and not self.alert_sources:
            yield "alert_sources is empty; name where it comes from."
        for synonym in self.synonyms:
            if synonym != synonym.lower():
                yield f'the synonym "{synonym}" must be in lower case.'


@dataclass(frozen=True, slots=True)
class Duration:
    """A published duration of an effect after a substance; shown with that substance only."""

    code: Code
    effect: Annotated[Code, Column("of what", refers=("side_effects",))]
    scope: Annotated[
        ScopeOrNone,
        Column(
            "the protocols or components it was reported of; `all`: of any injection; empty: the"
            " source does not name the product, so no card shows it",
            refers=SCOPE_FILES,
        ),
    ]
    basis: Annotated[
        Literal["substance", "needle"],
        Choice,
        Column("substance, or needle: what an injection without an active substance did"),
    ]
    kind: Annotated[
        Literal["median", "usual", "range"],
        Choice,
        Column(
            "median: half were gone by then; usual: it lasts about, or up to, so long; range: from"
            " the shortest to the longest"
        ),
    ]
    days_min: NumberOrNone
    days_max: Annotated[NumberOrNone, Column("the figure, or the span of several groups, in days")]
    longest_days: Annotated[NumberOrNone, Column("the longest seen, days")]
    text: Annotated[Text, Column("the same in words, without the substance")]
    note: TextOrNone
    evidence: Annotated[
        Literal["L", "A", "B", "C", "X"],
        Choice,
        Column("L label; A a trial's arm; B controlled; C a series; X clinics' pages or experts"),
    ]
    sources: SourcesNeeded

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: ends out of order, no figure at all."""
        yield from ordered(self.days_min, self.days_max, "duration")
        yield from ordered(self.days_max, self.longest_days, "duration")
        if self.days_max is None and self.longest_days is None:
            yield "days_max and longest_days are empty; fill in one."


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A warning sign: what it is, and what to do when it is there."""

    code: Code
    label: Text
    phase: Annotated[
        Literal["before", "after"],
        Choice,
        Column(
            "before: asked before a treatment, stops what its contraindication applies to. after:"
            " for the patient to watch for"
        ),
    ]
    sign: Text
    action: Annotated[Text, Column("what it is; what to do")]
    urgency: Annotated[Literal["emergency", "same_day"], Choice, Column("emergency, same_day")]
    side_effects: Annotated[
        Several, Column("the codes it may turn out to be", refers=("side_effects",))
    ]
    raised_by: Annotated[
        Several,
        Column(
            "the side effects whose report opens a red card of this sign by itself, those with a"
            " late_after_days only if they began after it; this catalogue's choice",
            refers=("side_effects",),
        ),
    ]
    sources: Annotated[SourcesNeeded, Column("the signs are this catalogue's list (`DEFAULT`)")]


@dataclass(frozen=True, slots=True)
class EmergencyItem:
    """An item of the emergency kit: how much of it, and for which warning signs."""

    code: Code
    label: Text
    amount: Annotated[TextOrNone, Column("how much of it a source names; empty: none does")]
    red_flags: Annotated[
        Several,
        Column("the warning signs it is taken out for; empty: for any", refers=("red_flags",)),
    ]
    scope: Annotated[
        Scope,
        Column("for which treatments it is kept: as in contraindications.csv", refers=SCOPE_FILES),
    ]
    sources: SourcesNeeded


@dataclass(frozen=True, slots=True)
class FollowUp:
    """When to ask a patient after a session, and what for."""

    code: Code
    label: Text
    from_day: Whole
    to_day: Annotated[Whole, Column("days after the session")]
    ask: Annotated[Text, Column("what to ask")]
    side_effects: Annotated[Several, Column("what to look for above all", refers=("side_effects",))]
    sources: SourcesNeeded

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: days out of order."""
        yield from ordered(self.from_day, self.to_day, "day")


@dataclass(frozen=True, slots=True)
class Grade:
    """What severity 1 to 5 means for one term of CTCAE; None if the term lacks that grade."""

    code: Code
    term: Annotated[Text, Column("as in ctcae_term of side_effects.csv")]
    grade_1: TextOrNone
    grade_2: TextOrNone
    grade_3: TextOrNone
    grade_4: TextOrNone
    grade_5: Annotated[TextOrNone, Column("what it means; empty where the term has no such grade")]
    sources: SourcesNeeded

    @property
    def grades(self) -> dict[int, str]:
        """The grades it has, 1 to 5."""
        texts = (self.grade_1, self.grade_2, self.grade_3, self.grade_4, self.grade_5)
        return {number: text for number, text in enumerate(texts, start=1) if text is not None}

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: no grade at all."""
        if not self.grades:
            yield "no grade is filled in; give at least one."
