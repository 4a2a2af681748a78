"""How an area is treated: techniques, components of mixtures, and protocols."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeVar, get_args

from mesodash.catalogue.fields import (
    Choice,
    ChoiceOrNone,
    ChoicesOrNone,
    Code,
    Column,
    Countries,
    Number,
    NumberOrNone,
    Numbers,
    Several,
    Some,
    Sources,
    SourcesNeeded,
    Text,
    TextOrNone,
    Whole,
    WholeOrNone,
    ordered,
)

Evidence = Literal["A", "A/B", "B", "B/C", "C", "C, N", "X/B", "X", "N"]
_N = TypeVar("_N", int, float)
EVIDENCE_ORDER: Final[tuple[Evidence, ...]] = get_args(Evidence)
"""Best first: A trials positive, B mixed, C uncontrolled, X expert use only, N negative."""


def _least(values: Sequence[_N | None]) -> _N | None:
    """The smallest known value; None if none is known."""
    return min((value for value in values if value is not None), default=None)


@dataclass(frozen=True, slots=True)
class Technique:
    """A way to inject."""

    code: Code
    label: Text
    depth_mm_min: NumberOrNone
    depth_mm_max: Annotated[NumberOrNone, Column("depth in mm")]
    needle: Annotated[TextOrNone, Column("needle and angle")]
    needle_lengths_mm: Annotated[Numbers, Column("lengths of the needles it names, mm")]
    angle_deg_min: NumberOrNone
    angle_deg_max: Annotated[
        NumberOrNone,
        Column("angle between needle and skin in degrees; depth = sin(angle) x inserted length"),
    ]
    layer: Annotated[
        Literal["epidermis", "dermis", "fat", "muscle"] | None,
        ChoiceOrNone,
        Column("the layer that is meant: epidermis, dermis, fat, muscle; empty where not said"),
    ]
    volume_per_point_ml_min: NumberOrNone
    volume_per_point_ml_max: Annotated[NumberOrNone, Column("mL a point")]
    spacing_cm_min: NumberOrNone
    spacing_cm_max: Annotated[NumberOrNone, Column("distance of points in cm")]
    endpoint: Annotated[
        TextOrNone,
        Column("what the skin shows at once when it was done as meant (clinic default)"),
    ]
    note: TextOrNone
    sources: SourcesNeeded

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: ends out of order."""
        yield from ordered(self.depth_mm_min, self.depth_mm_max, "depth")
        yield from ordered(self.angle_deg_min, self.angle_deg_max, "angle")
        yield from ordered(self.volume_per_point_ml_min, self.volume_per_point_ml_max, "volume")
        yield from ordered(self.spacing_cm_min, self.spacing_cm_max, "spacing")


@dataclass(frozen=True, slots=True)
class Component:
    """A substance of a mixture, its purpose, and what to ask before using it."""

    code: Code
    label: Text
    role: Annotated[
        Text, Column("what it is there for; where a source only claims it, it says claim")
    ]
    flags: Annotated[
        tuple[
            Literal[
                "allergy",
                "withdrawn",
                "off_label",
                "do_not_mix",
                "weak_evidence",
                "lab_test",
                "max_dose",
                "stop_and_ask",
            ],
            ...,
        ],
        ChoicesOrNone,
        Column(
            "allergy (ask first), stop_and_ask (illness or drug that matters), withdrawn (not to be"
            " used), off_label, do_not_mix, weak_evidence, lab_test (disturbs laboratory tests),"
            " max_dose"
        ),
    ]
    caution: Annotated[TextOrNone, Column("in words")]
    sources: Sources

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: a caution says where it comes from."""
        if (self.caution or self.flags) and not self.sources:
            yield "sources is empty; name where the caution comes from."


@dataclass(frozen=True, slots=True)
class Schedule:
    """When one source held its sessions; a protocol may have several, which are never merged."""

    code: Code
    protocol: Annotated[Code, Column("whose it is", refers=("protocols",))]
    what: Annotated[
        TextOrNone, Column("the strength, product or group it was used for, if it names one")
    ]
    sex: Annotated[
        Literal["female", "male"] | None, ChoiceOrNone, Column("where only one was treated so")
    ]
    sessions_min: WholeOrNone
    sessions_max: Annotated[WholeOrNone, Column("number of sessions; a smallest or largest alone")]
    interval_days_min: NumberOrNone
    interval_days_max: Annotated[
        NumberOrNone, Column("days between sessions. A month is read as 30 days")
    ]
    text: Annotated[Text, Column("the same in words, as the source has it")]
    sources: Annotated[SourcesNeeded, Column("one source: a schedule is one source's schedule")]

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: ends out of order, two sources merged."""
        yield from ordered(self.sessions_min, self.sessions_max, "number of sessions")
        yield from ordered(self.interval_days_min, self.interval_days_max, "interval")
        if len(self.sources) > 1:
            yield "sources names several; a schedule is one source's: make a row for each."


@dataclass(frozen=True, slots=True)
class Assessment:
    """When the result of a protocol is judged, as its source judged it."""

    code: Code
    protocol: Annotated[Code, Column("whose result", refers=("protocols",))]
    counted_from: Annotated[
        Literal["first_session", "second_session", "last_session"],
        Choice,
        Column(
            "the session of the course from which the days count. Where the source does not say,"
            " this catalogue's reading of it (`DEFAULT` among the sources)"
        ),
    ]
    from_day: Whole
    to_day: Annotated[
        Whole, Column("days after that session: the first and the last day the source judged on")
    ]
    sources: SourcesNeeded

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: days out of order."""
        yield from ordered(self.from_day, self.to_day, "day")


@dataclass(frozen=True, slots=True)
class ProtocolSite:
    """The number of points of a protocol in an area, as its source has it; never multiplied."""

    code: Code
    protocol: Annotated[Code, Column("whose it is", refers=("protocols",))]
    area: Annotated[Code, Column("where", refers=("areas",))]
    points: Annotated[Whole, Column("how many")]
    per: Annotated[
        Literal["area", "side"],
        Choice,
        Column("area: all sides of it together; side: so many on each side"),
    ]
    where: Annotated[Text, Column("the place in the source's words")]
    sources: SourcesNeeded


@dataclass(frozen=True, slots=True)
class Strength:
    """How much of a component one mL of a protocol's mixture contains."""

    code: Code
    protocol: Annotated[Code, Column("whose mixture", refers=("protocols",))]
    component: Annotated[Code, Column("of what", refers=("components",))]
    mg_per_ml: Annotated[Number, Column("mg in a mL")]
    sources: SourcesNeeded


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """The largest amount of a component given by a label, a regulator or practitioners."""

    code: Code
    component: Annotated[Code, Column("of what", refers=("components",))]
    max_mg: Annotated[NumberOrNone, Column("mg; empty where the limit is no number of mg")]
    max_mg_per_kg: Annotated[NumberOrNone, Column("mg a kg of body weight")]
    per: Annotated[
        Literal["session", "day"], Choice, Column("what it is counted for: session, day")
    ]
    text: Annotated[Text, Column("the limit in words, and what it rests on")]
    evidence: Annotated[
        Literal["L", "A", "B", "C", "X"],
        Choice,
        Column("L label or regulator; A to X as in protocols.csv"),
    ]
    sources: SourcesNeeded


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a source reported doing for an indication in an area; never a recommendation."""

    code: Code
    label: Text
    indications: Annotated[
        Some, Column("what for", refers=("indications",), hint="name at least one")
    ]
    areas: Annotated[
        Some,
        Column(
            "where; a parent area covers all below it", refers=("areas",), hint="name at least one"
        ),
    ]
    mix: Annotated[TextOrNone, Column("the mixture in words")]
    mix_line: Annotated[
        TextOrNone,
        Column(
            "the same in at most 92 letters, with every component, where `mix` is longer: a line"
            " of a card. ± is with or without, HA hyaluronic acid"
        ),
    ]
    mix_short: Annotated[
        TextOrNone,
        Column(
            "in at most 48 letters for a phone, where it is longer: what it leaves out is counted"
            ' ("with 2 to 4 more"). PC is phosphatidylcholine'
        ),
    ]
    components: Annotated[
        Several,
        Column(
            "the mixture as codes, with those a source uses only sometimes", refers=("components",)
        ),
    ]
    techniques: Annotated[Several, Column("as codes", refers=("techniques",))]
    technique_text: Annotated[TextOrNone, Column("in words where no code fits")]
    depth_mm_min: NumberOrNone
    depth_mm_max: Annotated[NumberOrNone, Column("depth in mm")]
    depth_text: Annotated[TextOrNone, Column("depth in words where no mm was given")]
    layer: Annotated[
        Literal["epidermis", "dermis", "fat", "muscle"] | None,
        ChoiceOrNone,
        Column("the layer its source means; empty: that of its technique"),
    ]
    layer_part: Annotated[
        Literal["upper", "middle", "lower"] | None,
        ChoiceOrNone,
        Column(
            "the part of that layer, where its source says so in words (superficial, mid, deep)"
        ),
    ]
    needle: TextOrNone
    volume_per_point_ml: NumberOrNone
    spacing_cm_min: NumberOrNone
    spacing_cm_max: Annotated[NumberOrNone, Column("as reported")]
    grid: Annotated[
        Literal["square"] | None,
        ChoiceOrNone,
        Column(
            "what the spacing means: square where the source's dose an area only fits a square grid"
            " (0.2 mL of 10 mg/mL every 1 cm is 2 mg/cm²); empty: not said"
        ),
    ]
    points: Annotated[WholeOrNone, Column("as reported")]
    points_per: Annotated[
        Literal["session", "side"] | None,
        ChoiceOrNone,
        Column(
            "what the points are counted for: session (at most so many in all) or side (so many on"
            " each area and side)"
        ),
    ]
    max_volume_text: TextOrNone
    max_volume_ml: NumberOrNone
    max_volume_per: Annotated[
        Literal["session", "side"] | None,
        ChoiceOrNone,
        Column(
            "the largest volume in words, in mL, and what the mL are counted for: a `session`, or a"
            " `side` (one area on one side)"
        ),
    ]
    top_up_days: NumberOrNone
    top_up: Annotated[TextOrNone, Column("repeat after the course")]
    onset: Annotated[TextOrNone, Column("when the effect was first seen or assessed")]
    anaesthesia: Annotated[
        TextOrNone,
        Column(
            "where a source says it. Otherwise a clinic chooses among none, ice, and"
            " lidocaine-prilocaine cream 1 to 5 hours before (its product text)"
        ),
    ]
    expected_effects: Annotated[
        Several,
        Column("side effects a source reports for this protocol", refers=("side_effects",)),
    ]
    evidence: Annotated[
        Evidence,
        Choice,
        Column(
            "A randomised trials positive; B mixed, or controlled without randomisation; C no"
            " control; X expert or clinic use only; N negative. Best first: A, A/B, B, B/C, C,"
            ' "C, N", X/B, X, N'
        ),
    ]
    evidence_text: Annotated[Text, Column("what was found, also what speaks against it")]
    banned_in: Annotated[
        Countries,
        Column(
            "countries (two capital letters) where it is banned: it can be recorded there, not"
            " planned. It repeats what regulations.csv says of the protocol by name, and the loader"
            " holds the two equal"
        ),
    ]
    sources: SourcesNeeded
    technique_defaults: Annotated[
        Several,
        Column(
            "columns whose figure is the technique's, not the trial's. Named without a figure of"
            " its own (`volume_per_point_ml`): the range is in techniques.csv"
        ),
    ]
    schedules: tuple["Schedule", ...] = ()
    sites: tuple["ProtocolSite", ...] = ()

    def schedules_for(self, sex: str | None) -> tuple["Schedule", ...]:
        """The schedules for a patient of this sex; all of them if it is not known."""
        return tuple(s for s in self.schedules if None in (s.sex, sex) or s.sex == sex)

    @property
    def sessions_min(self) -> int | None:
        """The fewest sessions of any schedule; None if none gives a number."""
        return _least([s.sessions_min for s in self.schedules])

    @property
    def sessions_max(self) -> int | None:
        """The most sessions of any schedule; None if none gives a number."""
        return max((s.sessions_max for s in self.schedules if s.sessions_max), default=None)

    @property
    def interval_days_min(self) -> float | None:
        """The shortest interval of any schedule, days; None if none gives one."""
        return _least([s.interval_days_min for s in self.schedules if s.interval_days_min])

    @property
    def interval_days_max(self) -> float | None:
        """The longest interval of any schedule, days; None if one leaves it open."""
        ends = [s.interval_days_max for s in self.schedules if s.interval_days_min]
        return None if None in ends else max((end for end in ends if end), default=None)

    @property
    def spacing_is_own(self) -> bool:
        """Whether the spacing comes from its own source and is not the technique's usual one."""
        return self.spacing_cm_max is not None and "spacing_cm_max" not in self.technique_defaults

    def faults(self) -> Iterator[str]:
        """What is wrong within the row: ends out of order, a maximum that counts nothing."""
        yield from ordered(self.depth_mm_min, self.depth_mm_max, "depth")
        yield from ordered(self.spacing_cm_min, self.spacing_cm_max, "spacing")
        if self.max_volume_per and self.max_volume_ml is None:
            yield "max_volume_per is filled in but max_volume_ml is empty."
        if self.max_volume_ml is not None and not self.max_volume_per:
            yield "max_volume_per is empty; write session or side."
        if (self.points is None) != (self.points_per is None):
            yield "points and points_per go together: fill in both, or neither."
