"""The catalogue as the rest of the package uses it: the row types, and lookups in `Catalogue`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import product
from typing import Any

from mesodash.catalogue.fields import Scope
from mesodash.catalogue.quoting import quoted
from mesodash.catalogue.rows.anatomy import SIDES, Area, SkinLayer
from mesodash.catalogue.rows.danger_zones import DangerZone
from mesodash.catalogue.rows.effects import (
    Duration,
    EmergencyItem,
    FollowUp,
    Grade,
    RedFlag,
    SideEffect,
)
from mesodash.catalogue.rows.indications import Indication, OutcomeScale
from mesodash.catalogue.rows.rules import (
    Aftercare,
    Contraindication,
    ContraindicationReason,
    Departure,
    Question,
    Regulation,
    SafetyNote,
)
from mesodash.catalogue.rows.sources import Passage, Source
from mesodash.catalogue.rows.treatments import (
    EVIDENCE_ORDER,
    Assessment,
    Component,
    DoseLimit,
    Protocol,
    ProtocolSite,
    Schedule,
    Strength,
    Technique,
)
from mesodash.language import _

__all__ = [
    "EVIDENCE_ORDER",
    "SIDES",
    "Aftercare",
    "Area",
    "Assessment",
    "Catalogue",
    "Component",
    "Contraindication",
    "ContraindicationReason",
    "DangerZone",
    "Departure",
    "DoseLimit",
    "Duration",
    "FollowUp",
    "Grade",
    "Indication",
    "OutcomeScale",
    "Passage",
    "Protocol",
    "ProtocolSite",
    "Question",
    "RedFlag",
    "Regulation",
    "SafetyNote",
    "Schedule",
    "SideEffect",
    "SkinLayer",
    "Source",
    "Strength",
    "Technique",
    "UnknownCodeError",
]


class UnknownCodeError(LookupError):
    """A code that is not in the catalogue; the message is one plain sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything by code, in the order of the files; made by `load_catalogue`, already checked."""

    areas: Mapping[str, Area]
    skin_layers: Mapping[str, SkinLayer]
    danger_zones: Mapping[str, DangerZone]
    indications: Mapping[str, Indication]
    scales: Mapping[str, OutcomeScale]
    side_effects: Mapping[str, SideEffect]
    durations: Mapping[str, Duration]
    techniques: Mapping[str, Technique]
    components: Mapping[str, Component]
    protocols: Mapping[str, Protocol]
    schedules: Mapping[str, Schedule]
    assessments: Mapping[str, Assessment]
    protocol_sites: Mapping[str, ProtocolSite]
    strengths: Mapping[str, Strength]
    dose_limits: Mapping[str, DoseLimit]
    contraindications: Mapping[str, Contraindication]
    contraindication_reasons: Mapping[str, ContraindicationReason]
    questions: Mapping[str, Question]
    red_flags: Mapping[str, RedFlag]
    emergency_kit: Mapping[str, EmergencyItem]
    aftercare: Mapping[str, Aftercare]
    regulations: Mapping[str, Regulation]
    safety_notes: Mapping[str, SafetyNote]
    follow_ups: Mapping[str, FollowUp]
    departures: Mapping[str, Departure]
    grades: Mapping[str, Grade]
    sources: Mapping[str, Source]
    passages: Mapping[str, Passage]
    _terms: Mapping[str, str] = field(init=False, repr=False)
    _leaves: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    _held: Mapping[tuple[str, str], tuple[Passage, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        terms = {
            term.casefold(): effect.code
            for effect in self.side_effects.values()
            for term in (effect.code, effect.label, *effect.synonyms)
        }
        object.__setattr__(self, "_terms", terms)
        object.__setattr__(self, "_leaves", _drawn_at_or_below(self.areas))
        held: dict[tuple[str, str], tuple[Passage, ...]] = {}
        for passage in self.passages.values():
            for row in passage.rows:
                held[passage.file, row] = (*held.get((passage.file, row), ()), passage)
        object.__setattr__(self, "_held", held)

    def reworded(self, word: Callable[[str, str, str, str], str]) -> "Catalogue":
        """This catalogue in other words, such as another language's; codes and figures stay.

        Side effects are found by their words here as well, and CTCAE's terms, which side effects
        name, are kept.

        Args:
            word: gives the words for a file (without `.csv`), a code, a column and its text.
        """
        tables: dict[str, Any] = {
            table.name: {
                code: replace(
                    row,
                    **{
                        one.name: word(table.name, code, one.name, text)
                        for one in fields(row)
                        if isinstance(text := getattr(row, one.name), str) and one.name != "term"
                    },
                )
                for code, row in getattr(self, table.name).items()
            }
            for table in fields(self)
            if table.init
        }
        tables["protocols"] = {
            code: replace(
                one,
                schedules=tuple(tables["schedules"][own.code] for own in one.schedules),
                sites=tuple(tables["protocol_sites"][own.code] for own in one.sites),
            )
            for code, one in tables["protocols"].items()
        }
        made = Catalogue(**tables)
        object.__setattr__(made, "_terms", {**made._terms, **self._terms})
        return made

    def area(self, code: str) -> Area:
        """The area with this code; raises UnknownCodeError."""
        try:
            return self.areas[code]
        except KeyError:
            message = (
                f"There is no area {quoted(code)} in the catalogue; see areas.csv for the codes."
            )
            raise UnknownCodeError(message) from None

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The codes above an area, nearest first, without the area itself."""
        above = []
        parent = self.area(code).parent
        while parent is not None:
            above.append(parent)
            parent = self.area(parent).parent
        return tuple(above)

    def within(self, code: str, ancestor: str) -> bool:
        """Whether an area is `ancestor` or lies below it."""
        return self.area(code).code == self.area(ancestor).code or ancestor in self.ancestors(code)

    def leaves(self, code: str) -> tuple[str, ...]:
        """The codes of the drawn areas at or below an area, in the order of the file."""
        return self._leaves[self.area(code).code]

    def label(self, area: str, side: str | None = None) -> str:
        """The words for an area and the patient's side: "Cheek, left"; the midline says no side."""
        label = self.area(area).label
        match side:
            case None | "midline":
                return label
            case "left" | "right":
                words = _("{area}, left") if side == "left" else _("{area}, right")
                return words.format(area=label)
            case "both":
                return _("{area}, both sides").format(area=label)
            case _:
                message = f"{quoted(side)} is not a side; use left, right, both or midline."
                raise ValueError(message)

    def indications_at(self, area: str, sex: str | None = None) -> tuple[Indication, ...]:
        """The indications treated in an area (a parent asks for all below), in file order.

        With the patient's sex (female or male) those named for the other one are left out.
        """
        asked = set(self.leaves(area))
        return tuple(
            i for i in self.indications.values() if asked & self.covered(i.areas) and i.is_for(sex)
        )

    def protocols_at(self, area: str, indication: str | None = None) -> tuple[Protocol, ...]:
        """The protocols reported for an area (a parent asks for all below), best evidence first.

        A protocol on a parent covers all below it. With `indication`, only those for it; an
        unknown one raises UnknownCodeError.
        """
        if indication is not None and indication not in self.indications:
            message = (
                f"There is no indication {quoted(indication)} in the catalogue;"
                " see indications.csv for the codes."
            )
            raise UnknownCodeError(message)
        asked = set(self.leaves(area))
        found = [
            p
            for p in self.protocols.values()
            if (indication is None or indication in p.indications) and asked & self.covered(p.areas)
        ]
        return tuple(sorted(found, key=lambda p: EVIDENCE_ORDER.index(p.evidence)))

    def covered(self, areas: tuple[str, ...]) -> set[str]:
        """The drawn areas at or below any of `areas`."""
        return {leaf for area in areas for leaf in self.leaves(area)}

    def contraindications_to(
        self, protocol: str, area: str | None = None
    ) -> tuple[Contraindication, ...]:
        """Contraindications to a protocol, its indications or its components, in file order.

        With `area`, those limited to other areas are left out; without, they are all there.
        """
        sites = None if area is None else self.sites(protocol, area)
        return tuple(
            c
            for c in self.contraindications.values()
            if self.concerns(protocol, c.scope) and (sites is None or self.touches(sites, c.areas))
        )

    def concerns(self, protocol: str, scope: Scope) -> bool:
        """Whether a row's scope covers this protocol, one of its indications or its components."""
        if scope == "all":
            return True
        chosen = self.protocols[protocol]
        return bool({chosen.code, *chosen.indications, *chosen.components} & set(scope))

    def sites(self, protocol: str, area: str) -> frozenset[str]:
        """The drawn areas at or below `area` that a protocol is reported for; may be empty."""
        return frozenset(self.leaves(area)) & self.covered(self.protocols[protocol].areas)

    def touches(self, sites: Iterable[str], areas: tuple[str, ...]) -> bool:
        """Whether drawn areas overlap any of `areas`; a row without areas holds anywhere."""
        return not areas or not self.covered(areas).isdisjoint(sites)

    def withdrawn(self, protocol: str) -> tuple[Component, ...]:
        """The components of a protocol that must no longer be used."""
        parts = (self.components[code] for code in self.protocols[protocol].components)
        return tuple(part for part in parts if "withdrawn" in part.flags)

    def regulations_for(self, protocol: str, country: str | None) -> tuple[Regulation, ...]:
        """The country's regulations of a protocol, if the country is known; strictest first."""
        return tuple(r for r in self.regulations_of(protocol) if r.holds_in(country))

    def regulations_of(self, protocol: str) -> tuple[Regulation, ...]:
        """Every country's regulations of a protocol, strictest first."""
        order = ("banned", "caution", "allowed")
        found = [
            r
            for r in self.regulations.values()
            if self.concerns(protocol, r.scope) and protocol not in r.but_not
        ]
        return tuple(sorted(found, key=lambda r: order.index(r.status)))

    def safety_notes_for(self, protocol: str) -> tuple[SafetyNote, ...]:
        """Safety notes of a protocol for every country: its own first, then the general ones."""
        found = [n for n in self.safety_notes.values() if self.concerns(protocol, n.scope)]
        return tuple(sorted(found, key=lambda n: n.scope == "all"))

    def reasons_for(self, rule: str, protocol: str) -> tuple[ContraindicationReason, ...]:
        """Why a contraindication applies to a protocol, for its own components; may be empty."""
        return tuple(
            reason
            for reason in self.contraindication_reasons.values()
            if reason.contraindication == rule and self.concerns(protocol, reason.scope)
        )

    def danger_zones_at(self, area: str, side: str) -> tuple[DangerZone, ...]:
        """The vessels and nerves that are mapped in an area on a side; empty is not mapped.

        An area of the midline has those of both sides.
        """
        return tuple(
            zone
            for zone in self.danger_zones.values()
            if not self.covered(zone.areas).isdisjoint(self.leaves(area))
            and (side in zone.sides or side == "midline")
        )

    def passages_of(self, part: str, row: str) -> tuple[Passage, ...]:
        """What was found when a row of a file (without `.csv`) was checked against its sources."""
        return self._held.get((part, row), ())

    def aftercare_for(
        self, protocols: Iterable[str], areas: Iterable[str]
    ) -> tuple[Aftercare, ...]:
        """The instructions for these protocols in these areas, each once, soonest first."""
        pairs = [(p, self.leaves(area)) for p, area in product(protocols, areas)]
        found = [
            a
            for a in self.aftercare.values()
            if any(self.concerns(p, a.scope) and self.touches(sites, a.areas) for p, sites in pairs)
        ]
        return tuple(sorted(found, key=lambda a: (a.from_hours, a.to_hours or float("inf"))))

    def grades_for(self, side_effect: str) -> tuple[Grade, ...]:
        """What severity means for a side effect, by each of its CTCAE terms; may be empty."""
        named = self.side_effects[side_effect].ctcae_term or ""
        terms = [term.split(",")[0] for term in named.split(" / ")]  # "…, grade 3"
        return tuple(g for g in self.grades.values() if g.term in terms)

    def side_effect_for_term(self, term: str) -> str | None:
        """The code whose code, label or synonym is this term, whatever its case; None if none."""
        return self._terms.get(" ".join(term.split()).casefold())


def _drawn_at_or_below(areas: Mapping[str, Area]) -> dict[str, tuple[str, ...]]:
    """Each area's drawn areas. Made before the parents are checked, so it survives a loop."""
    below: dict[str, list[str]] = {code: [] for code in areas}
    for area in areas.values():
        above: str | None = area.code if area.leaf else None
        while above in below and area.code not in below[above]:
            below[above].append(area.code)
            above = areas[above].parent
    return {code: tuple(drawn) for code, drawn in below.items()}
