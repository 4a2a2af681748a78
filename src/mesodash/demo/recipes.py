"""What a demo clinic offers: the catalogue's protocols, each with how often and how it is done.

Schedules, depths, volumes a point and limits are the catalogue's. Where it publishes none, a depth
stays empty and a volume is drawn from `_USUAL_ML`: that is a synthetic patient's record, not a
figure of the protocol, and never enters the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mesodash.catalogue.types import Area, Catalogue, OutcomeScale, Protocol

#: How often patients come for an indication, relative to each other.
_DEMAND: Mapping[str, float] = {
    "rejuv_face": 28,
    "rejuv_neck": 6,
    "laxity": 8,
    "cellulite": 9,
    "fat_submental": 10,
    "fat_local": 7,
    "hair_aga_m": 9,
    "hair_aga_f": 8,
    "hair_te": 3,
    "migraine": 4,
    "tth": 3,
    "pain_neck": 4,
    "pain_lbp": 4,
    "pain_knee": 3,
    "melasma": 5,
    "striae": 4,
    "scar": 4,
}
_BY_EVIDENCE: Mapping[str, float] = {"A": 1.0, "B": 0.8, "C": 0.5, "X": 0.3, "N": 0.0}
_RARELY = 0.15
_HEADACHES = ("migraine", "tth")
_PREFERRED_AREAS: Mapping[str, float] = {
    "face.cheek": 5.0,
    "face.periorbital": 2.0,
    "face.nasolabial": 2.0,
    "face.forehead": 2.0,
    "face.eyelid_lower": 0.0,
    "scalp.vertex": 3.0,
    "scalp.frontal": 3.0,
    "leg.thigh.lateral": 2.0,
    "leg.thigh.posterior": 2.0,
    "abdomen.lower": 2.0,
    "arm.upper": 4.0,
}
#: mL for one side of one area where the protocol publishes nothing, by family.
_USUAL_ML: Mapping[str, tuple[float, float]] = {
    "face": (0.4, 1.2),
    "hair": (0.8, 1.6),
    "body": (3.0, 7.0),
    "lipolysis": (3.0, 9.0),
    "pain": (0.5, 1.5),
}
_USUAL_INTERVAL: Mapping[str, tuple[int, int]] = {
    "face": (21, 28),
    "hair": (14, 28),
    "body": (14, 21),
    "lipolysis": (30, 42),
    "pain": (7, 14),
}


_COMES_BACK_AFTER: Mapping[str, int] = {"face_microdroplet": 270}
"""Days after a course at which demo patients come back where the catalogue has no time for all.

Of micro-droplets it is VYC-12's nine months, whichever product they had: a demo invents its
patients, not what is due.
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One protocol for one indication, ready to draw courses from; lengths in the unit named."""

    protocol: str
    indication: str
    family: str
    weight: float
    evidence: str
    areas: tuple[Area, ...]
    area_weights: tuple[float, ...]
    broader: tuple[Area, ...]
    sessions: tuple[int, int]
    interval_days: tuple[int, int] | None
    techniques: tuple[str | None, ...]
    depth_um: tuple[int, int] | None
    point_ul: int | None
    published_points: int | None
    usual_ul: tuple[int, int]
    max_side_ul: int | None
    max_session_ul: int | None
    products: tuple[str, ...]
    top_up_days: int | None
    scales: tuple[OutcomeScale, ...]
    not_for: frozenset[str] = frozenset()
    """The sexes that the catalogue excludes without a question."""

    @property
    def summery(self) -> bool:
        """Whether people want it done before summer."""
        return self.family in ("face", "body", "lipolysis")


def recipes_from(catalogue: Catalogue, country: str) -> tuple[Recipe, ...]:
    """The recipes of a clinic in `country`, in the catalogue's order, weights above zero.

    Protocols whose evidence is negative or that the country bans are left out, and those whose
    indication only affects patients whom the catalogue excludes; cell-dissolving mixtures beyond
    the approved submental use are rare.
    """
    recipes = []
    for protocol in catalogue.protocols.values():
        if country in protocol.banned_in:
            continue
        for indication in protocol.indications:
            if not _has_patients(catalogue, protocol, indication):
                continue
            recipe = _recipe(catalogue, protocol, indication)
            if recipe.weight > 0 and recipe.areas:
                recipes.append(recipe)
    return tuple(recipes)


def _recipe(catalogue: Catalogue, protocol: Protocol, indication: str) -> Recipe:
    found = catalogue.indications[indication]
    covered = catalogue.covered(protocol.areas)
    meant = covered & catalogue.covered(found.areas) or covered
    areas = tuple(a for a in catalogue.areas.values() if a.code in meant and a.sides)
    weights = tuple(_PREFERRED_AREAS.get(area.code, 1.0) for area in areas)
    family = _family(protocol, areas)
    usual = _USUAL_ML[family]
    limit = _microlitres(protocol.max_volume_ml)
    return Recipe(
        protocol=protocol.code,
        indication=indication,
        family=family,
        weight=_DEMAND.get(indication, 1.0) * _weight(protocol, indication, catalogue),
        evidence=protocol.evidence[0],
        areas=tuple(area for area, weight in zip(areas, weights, strict=True) if weight),
        area_weights=tuple(weight for weight in weights if weight),
        broader=_broader(catalogue, indication, areas),
        sessions=_sessions(protocol),
        interval_days=_interval(protocol, family),
        techniques=protocol.techniques or (None,),
        depth_um=_depth(protocol),
        point_ul=_microlitres(protocol.volume_per_point_ml),
        published_points=protocol.points,
        usual_ul=(round(usual[0] * 1000), round(usual[1] * 1000)),
        max_side_ul=limit if protocol.max_volume_per == "side" else None,
        max_session_ul=limit if protocol.max_volume_per != "side" else None,
        products=tuple(catalogue.components[code].label for code in protocol.components[:3]),
        top_up_days=_COMES_BACK_AFTER.get(protocol.code)
        if protocol.top_up_days is None
        else round(protocol.top_up_days),
        scales=tuple(catalogue.scales[code] for code in found.scales),
        not_for=_not_for(catalogue, protocol),
    )


def _not_for(catalogue: Catalogue, protocol: Protocol) -> frozenset[str]:
    """The sexes that may not have a protocol, whatever they answer."""
    return frozenset(
        rule.sex
        for rule in catalogue.contraindications_to(protocol.code)
        if rule.sex is not None and rule.level == "absolute" and not rule.asked and not rule.areas
    )


def _has_patients(catalogue: Catalogue, protocol: Protocol, indication: str) -> bool:
    """Whether anybody with the indication may have the protocol."""
    found = catalogue.indications[indication]
    meant = {sex for sex in ("female", "male") if found.is_for(sex)}
    return not meant <= _not_for(catalogue, protocol)


def _broader(catalogue: Catalogue, indication: str, areas: tuple[Area, ...]) -> tuple[Area, ...]:
    """The parent that a hurried record names instead of the area.

    It is the head for headaches, else the parent that all areas share; there is none where the
    areas lie in several parents.
    """
    if indication in _HEADACHES:
        found = {"head"}
    elif indication.startswith("pain"):
        found = set()
    else:
        found = {area.parent for area in areas if area.parent is not None}
    parents = (catalogue.areas[code] for code in sorted(found) if code in catalogue.areas)
    return tuple(parent for parent in parents if parent.sides) if len(found) == 1 else ()


def _family(protocol: Protocol, areas: tuple[Area, ...]) -> str:
    """The family of its side effects and volumes: lipolysis, hair, pain, face or body."""
    if any("deoxychol" in code for code in protocol.components):
        return "lipolysis"
    if any(code.startswith("hair") for code in protocol.indications):
        return "hair"
    if any(code.startswith(("pain", "migraine", "tth")) for code in protocol.indications):
        return "pain"
    return "face" if any(area.code.startswith(("face", "neck")) for area in areas) else "body"


def _weight(protocol: Protocol, indication: str, catalogue: Catalogue) -> float:
    """A protocol's share among those for an indication, by evidence."""
    rivals = sum(
        _BY_EVIDENCE[other.evidence[0]]
        for other in catalogue.protocols.values()
        if indication in other.indications and _has_patients(catalogue, other, indication)
    )
    share = _BY_EVIDENCE[protocol.evidence[0]] / rivals if rivals else 0.0
    return share * (_RARELY if any("phosphatidyl" in c for c in protocol.components) else 1.0)


def _sessions(protocol: Protocol) -> tuple[int, int]:
    high = protocol.sessions_max or protocol.sessions_min or 4
    low = protocol.sessions_min or min(high, 3)
    if low == 1 and high > 1:  # "up to n": hardly anyone plans a course of one
        low = 2
    return low, max(low, high)


def _interval(protocol: Protocol, family: str) -> tuple[int, int] | None:
    if protocol.sessions_max == 1:
        return None
    if protocol.interval_days_min is None and protocol.interval_days_max is None:
        return _USUAL_INTERVAL[family]
    low = protocol.interval_days_min or protocol.interval_days_max or 1
    return max(1, round(low)), max(1, round(protocol.interval_days_max or low))


def _depth(protocol: Protocol) -> tuple[int, int] | None:
    high = protocol.depth_mm_max or protocol.depth_mm_min
    if high is None:
        return None
    return round((protocol.depth_mm_min or high) * 1000), round(high * 1000)


def _microlitres(ml: float | None) -> int | None:
    return None if ml is None else round(ml * 1000)
