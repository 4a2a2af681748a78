"""What is treated, and how its outcome is measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from mesodash.catalogue.fields import (
    Choice,
    ChoiceOrNone,
    Code,
    Column,
    NumberOrNone,
    Several,
    Some,
    Sources,
    SourcesNeeded,
    Text,
    TextOrNone,
    YesOrNo,
    ordered,
)


@dataclass(frozen=True, slots=True)
class Indication:
    """What a course is for; `areas` may name parents (all below); `scales` measure it."""

    code: Code
    label: Text
    aim: Annotated[
        Literal["rejuvenate", "melt_fat", "pain", "hair", "pigment_scar"],
        Choice,
        Column("rejuvenate, melt_fat, pain, hair, pigment_scar"),
    ]
    sex: Annotated[
        Literal["female", "male"] | None,
        ChoiceOrNone,
        Column(
            "male or female where the indication is named for one; empty is anybody. A protocol for"
            " the other sex only is shown with a caution, not hidden"
        ),
    ]
    areas: Annotated[
        Some,
        Column(
            "where it is treated; a parent means all below it",
            refers=("areas",),
            hint="name at least one",
        ),
    ]
    scales: Annotated[
        Several, Column("how it is measured, the first one first", refers=("scales",))
    ]
    sources: Annotated[Sources, Column("may be empty: the row states no figure")]

    def is_for(self, sex: str | None) -> bool:
        """Whether it is named for this sex; anything but female and male fits all."""
        return self.sex is None or sex not in ("female", "male") or self.sex == sex


@dataclass(frozen=True, slots=True)
class OutcomeScale:
    """An outcome measure. A patient responds when any responder column that is filled in is met."""

    code: Code
    label: Text
    low: NumberOrNone
    high: Annotated[
        NumberOrNone, Column("ends of the scale; empty where it has none or none was found")
    ]
    unit: Annotated[Text, Column("what a value counts: points, cm, hairs/cm²")]
    better: Annotated[
        Literal["lower", "higher", "depends"],
        Choice,
        Column(
            "lower, higher, or depends (on the device or the coding): then no direction, no"
            " responders"
        ),
    ]
    ordinal: Annotated[YesOrNo, Column("yes: grades, so a mean is only a summary")]
    is_change: Annotated[
        YesOrNo,
        Column(
            "yes: the value already is a change from before treatment (GAIS), no baseline is"
            " subtracted"
        ),
    ]
    responder: Annotated[TextOrNone, Column("in words, with what the sources differ on")]
    responder_change: Annotated[
        NumberOrNone,
        Column(
            "responds when the change in the better direction is at least this, in the scale's unit"
        ),
    ]
    responder_ratio: Annotated[
        NumberOrNone,
        Column(
            "responds when the change in the better direction is at least this share of the"
            " baseline: 0.5 is 50 %"
        ),
    ]
    responder_at: Annotated[
        NumberOrNone, Column("responds when the value itself is this or better")
    ]
    mcid: Annotated[
        NumberOrNone, Column("smallest change that matters to patients, in the scale's unit")
    ]
    anchors: Annotated[Several, Column("what values mean")]
    note: Annotated[
        TextOrNone, Column("what to keep in mind when recording it: window, coding, licence")
    ]
    sources: SourcesNeeded

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: ends out of order, a responder's value out of range."""
        yield from ordered(self.low, self.high, "value")
        if self.responder_at is not None:
            low = self.responder_at if self.low is None else self.low
            high = self.responder_at if self.high is None else self.high
            if not low <= self.responder_at <= high:
                yield f"responder_at {self.responder_at:g} is outside {low:g} to {high:g}."
        if self.responder_ratio is not None and not 0 < self.responder_ratio <= 1:
            yield f"responder_ratio {self.responder_ratio:g} must be a share, like 0.5."
