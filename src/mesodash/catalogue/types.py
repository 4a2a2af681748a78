"""The catalogue as others use it: the row types, and `Catalogue`, which answers questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

from mesodash.catalogue.care import (
    Aftercare,
    FollowUp,
    Grade,
    Question,
    RedFlag,
    Regulation,
    Scope,
)
from mesodash.catalogue.quoting import quoted
from mesodash.catalogue.rows import (
    EVIDENCE_ORDER,
    SIDES,
    Area,
    Component,
    Contraindication,
    Indication,
    Protocol,
    Scale,
    SideEffect,
    Source,
    Technique,
)

__all__ = [
    "EVIDENCE_ORDER",
    "SIDES",
    "Aftercare",
    "Area",
    "Catalogue",
    "Component",
    "Contraindication",
    "FollowUp",
    "Grade",
    "Indication",
    "Protocol",
    "Question",
    "RedFlag",
    "Regulation",
    "Scale",
    "SideEffect",
    "Source",
    "Technique",
    "UnknownCodeError",
]


class UnknownCodeError(LookupError):
    """A code that the catalogue does not have; the message is one plain sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything by code, in the order of the files; made by `load_catalogue`, already checked."""

    areas: Mapping[str, Area]
    indications: Mapping[str, Indication]
    scales: Mapping[str, Scale]
    side_effects: Mapping[str, SideEffect]
    techniques: Mapping[str, Technique]
    components: Mapping[str, Component]
    protocols: Mapping[str, Protocol]
    contraindications: Mapping[str, Contraindication]
    questions: Mapping[str, Question]
    red_flags: Mapping[str, RedFlag]
    aftercare: Mapping[str, Aftercare]
    regulations: Mapping[str, Regulation]
    follow_ups: Mapping[str, FollowUp]
    grades: Mapping[str, Grade]
    sources: Mapping[str, Source]
    _terms: Mapping[str, str] = field(init=False, repr=False)
    _leaves: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        terms = {
            term.casefold(): effect.code
            for effect in self.side_effects.values()
            for term in (effect.code, effect.label, *effect.synonyms)
        }
        object.__setattr__(self, "_terms", terms)
        object.__setattr__(self, "_leaves", _drawn_at_or_below(self.areas))

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
                return f"{label}, {side}"
            case "both":
                return f"{label}, both sides"
            case _:
                message = f"{quoted(side)} is not a side; use left, right, both or midline."
                raise ValueError(message)

    def indications_at(self, area: str) -> tuple[Indication, ...]:
        """The indications treated in an area (a parent asks for all below), in file order."""
        asked = set(self.leaves(area))
        return tuple(i for i in self.indications.values() if asked & self.covered(i.areas))

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
        """What speaks against a protocol, by itself, its indications or components, in file order.

        With `area`, those limited to other areas are left out; without, they are all there.
        """
        sites = None if area is None else self.sites(protocol, area)
        return tuple(
            c
            for c in self.contraindications.values()
            if self.concerns(protocol, c.scope) and (sites is None or self.touches(sites, c.areas))
        )

    def concerns(self, protocol: str, scope: Scope) -> bool:
        """Whether a row's scope has this protocol, one of its indications or its components."""
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
        """The components of a protocol that are not to be used any more."""
        parts = (self.components[code] for code in self.protocols[protocol].components)
        return tuple(part for part in parts if "withdrawn" in part.flags)

    def regulations_for(self, protocol: str, country: str | None) -> tuple[Regulation, ...]:
        """What is ruled of a protocol everywhere and, if known, in the country; strictest first."""
        order = ("banned", "caution", "allowed")
        found = [
            r
            for r in self.regulations.values()
            if r.holds_in(country) and self.concerns(protocol, r.scope)
        ]
        return tuple(sorted(found, key=lambda r: order.index(r.status)))

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
