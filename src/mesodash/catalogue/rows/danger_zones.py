"""Vessels and nerves of an area: where and how deep they were measured, and by whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from mesodash.catalogue.fields import (
    Choice,
    ChoiceOrNone,
    Choices,
    Code,
    Column,
    NumberOrNone,
    Some,
    SourcesNeeded,
    Text,
    TextOrNone,
    WholeOrNone,
    ordered,
)


@dataclass(frozen=True, slots=True)
class DangerZone:
    """One measurement of a structure that a needle must not meet.

    An area without a row is not mapped, which says nothing of its safety.
    """

    code: Code
    label: Annotated[
        Text, Column("the structure; rows of one structure share it, one row a measured place")
    ]
    kind: Annotated[
        Literal["vessel", "nerve", "both", "gland"],
        Choice,
        Column("vessel; nerve; both (a bundle); gland (and lymph nodes)"),
    ]
    areas: Annotated[
        Some,
        Column("the areas it runs through there; a parent means all below it", refers=("areas",)),
    ]
    sides: Annotated[
        tuple[Literal["left", "right"], ...],
        Choices,
        Column("left, right: the patient's. An area of the midline has both"),
    ]
    place: Annotated[Text, Column("where it lies, in words, with the published distances")]
    depth_mm: Annotated[NumberOrNone, Column("mean depth below the skin, mm")]
    depth_sd_mm: Annotated[NumberOrNone, Column("standard deviation of the depth, mm, if given")]
    depth_low_mm: NumberOrNone
    depth_high_mm: Annotated[
        NumberOrNone,
        Column("the ends of what depth_span says, mm; a lowest alone: as near the skin as this"),
    ]
    depth_span: Annotated[
        Literal["interval", "range"] | None,
        ChoiceOrNone,
        Column("interval: the 95 % confidence interval of the mean; range: from to"),
    ]
    midline_mm_min: NumberOrNone
    midline_mm_max: Annotated[
        NumberOrNone,
        Column(
            "distance from the midline seen from the front, mm, where its source gives one that can"
            " be drawn: then the lesson draws it; empty: said in words only"
        ),
    ]
    n: Annotated[WholeOrNone, Column("arteries, sides or people measured")]
    method: Annotated[TextOrNone, Column("how it was measured, and on whom")]
    evidence: Annotated[
        Literal["L", "A", "B", "X"],
        Choice,
        Column(
            "L label or regulator; A several studies pooled; B one measured series; X textbook or"
            " expert"
        ),
    ]
    sources: SourcesNeeded

    @property
    def nearest_mm(self) -> float | None:
        """How near the skin it may lie: mean less two standard deviations, or the lowest end.

        None where no depth was read. For an interval of the mean, its lower end, as no spread of
        individuals is given.
        """
        if self.depth_mm is not None and self.depth_sd_mm is not None:
            return max(0.0, self.depth_mm - 2 * self.depth_sd_mm)
        return self.depth_low_mm if self.depth_low_mm is not None else self.depth_mm

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: ends without a name, a spread without a mean."""
        yield from ordered(self.depth_low_mm, self.depth_high_mm, "depth")
        yield from ordered(self.midline_mm_min, self.midline_mm_max, "distance from the midline")
        if self.depth_sd_mm is not None and self.depth_mm is None:
            yield "depth_mm is empty, so depth_sd_mm must be empty too."
        ends = self.depth_low_mm is not None or self.depth_high_mm is not None
        if ends != (self.depth_span is not None):
            yield "depth_span goes with depth_low_mm or depth_high_mm: fill in both, or neither."
        if (self.midline_mm_min is None) != (self.midline_mm_max is None):
            yield "midline_mm_min and midline_mm_max go together: fill in both, or neither."
        if self.n is not None and not self.method:
            yield "method is empty; say how it was measured."
