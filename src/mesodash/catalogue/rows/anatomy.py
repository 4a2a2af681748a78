"""The parts of the body that can be treated."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from mesodash.catalogue.fields import (
    Choice,
    ChoiceOrNone,
    Choices,
    Code,
    CodeOrNone,
    Column,
    DigitsOrNone,
    NumberOrNone,
    Several,
    Sources,
    SourcesNeeded,
    Text,
    TextOrNone,
    WholeOrNone,
    YesOrNo,
)

SIDES: Final = ("left", "right", "midline")
"""The sides an area can have, always the patient's."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the body. `leaf` areas are drawn on the figure; `buttock` is drawn and a parent."""

    code: Code
    label: Annotated[
        Text,
        Column(
            "what the figure, the lists and a screen reader say; no two areas share one",
        ),
    ]
    parent: Annotated[
        CodeOrNone,
        Column(
            "the area it is part of; empty at the top. The tree is what counts, not the dots:"
            " `face.temple` is part of `head`, `hip` of `leg`",
            refers=("areas",),
        ),
    ]
    group: Annotated[
        Literal[
            "face", "neck", "arm", "leg", "buttock", "back", "abdomen", "scalp", "head", "chest"
        ],
        Choice,
        Column(
            "the group of the project's founding text: face, neck, arm, leg, buttock, back,"
            " abdomen, scalp (hair), head; `chest` is the décolleté, an extension"
        ),
    ]
    sides: Annotated[
        tuple[Literal["left", "right", "midline"], ...],
        Choices,
        Column(
            "left, right, midline: always the patient's. A parent has those of the areas below it"
        ),
    ]
    views: Annotated[
        tuple[Literal["front", "back", "face", "scalp"], ...],
        Choices,
        Column("where it can be seen: front, back, face, scalp"),
    ]
    uberon: TextOrNone
    uberon_skin: TextOrNone
    fma: Annotated[
        TextOrNone,
        Column(
            "ids in UBERON (the part, and its skin) and FMA, read from UBERON at commit 52817eeaa"
        ),
    ]
    snomed: DigitsOrNone
    snomed_left: DigitsOrNone
    snomed_right: Annotated[
        DigitsOrNone,
        Column(
            'SNOMED CT "... structure" concepts that were seen in a published value set. Those'
            " known only from memory are left empty until someone looks them up"
        ),
    ]
    snomed_entire: Annotated[
        DigitsOrNone,
        Column(
            'SNOMED CT "Entire ..." concept from UBERON\'s bridge, which calls its own mappings'
            " unverified"
        ),
    ]
    snomed_status: Annotated[
        Literal["unverified", "verified"] | None,
        ChoiceOrNone,
        Column(
            "`unverified` wherever there is a SNOMED CT id: none was looked up on a terminology"
            " server. Whoever does writes `verified`"
        ),
    ]
    leaf: Annotated[
        YesOrNo,
        Column(
            "yes: drawn on the figure and clickable. Every area with nothing below it, and"
            " `buttock`, which is drawn itself and has the fold below it"
        ),
    ]
    synonyms: Annotated[Several, Column("other words a search finds it by")]
    note: Annotated[TextOrNone, Column("what a reader should know")]
    sources: Annotated[Sources, Column("where the ids come from")]

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: ids without an origin or a verification status."""
        snomed = (self.snomed, self.snomed_left, self.snomed_right, self.snomed_entire)
        if any(snomed) != bool(self.snomed_status):
            yield "snomed_status goes with a SNOMED CT id: fill in both, or neither."
        if any((self.uberon, self.uberon_skin, self.fma, *snomed)) and not self.sources:
            yield "sources is empty; name where the ids come from."


@dataclass(frozen=True, slots=True)
class SkinLayer:
    """The measured thickness of a layer of the skin in an area, or that nobody measured it."""

    code: Code
    area: Annotated[Code, Column("where it was measured", refers=("areas",))]
    place: Annotated[TextOrNone, Column("the place as the source names it")]
    sex: Annotated[
        Literal["female", "male"] | None,
        ChoiceOrNone,
        Column("female or male; empty where both were measured together"),
    ]
    layer: Annotated[
        Literal["epidermis", "dermis", "skin", "fat"],
        Choice,
        Column("epidermis; dermis; skin (both together, where not told apart); fat"),
    ]
    mean_mm: Annotated[NumberOrNone, Column("mean in mm; empty: not measured, as far as was found")]
    sd_mm: Annotated[NumberOrNone, Column("standard deviation in mm, where it was given")]
    n: Annotated[WholeOrNone, Column("people measured")]
    method: Annotated[TextOrNone, Column("how it was measured, and on whom")]
    sources: SourcesNeeded

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: a spread or a method without a measurement."""
        if self.mean_mm is None and (self.sd_mm is not None or self.n is not None):
            yield "mean_mm is empty, so sd_mm and n must be empty too."
        if self.mean_mm is not None and not self.method:
            yield "method is empty; say how it was measured."
